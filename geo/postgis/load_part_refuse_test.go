package postgis_test

import (
	"context"
	"strings"
	"testing"

	"jingwei/geo"
)

// editedReports is a table whose rows are altered before they are written.
type editedReports struct {
	reports
	edit func(r *geo.Report)
}

func (g *editedReports) Report(i int) geo.Report {
	r := g.reports.Report(i)
	g.edit(&r)
	return r
}

type editedGrids struct {
	grids
	edit func(g *geo.Grid)
}

func (g editedGrids) Grid(i int) geo.Grid {
	grid := g.grids.Grid(i)
	g.edit(&grid)
	return grid
}

type editedTree struct {
	tree
	edit     func(c *geo.OrganizationContent)
	superior int
	area     geo.MultiPolygon
}

func (g editedTree) Organization(i int) (geo.OrganizationContent, int) {
	c, superior := g.tree.Organization(i)
	if g.edit != nil {
		g.edit(&c)
	}
	if i > 0 {
		superior += g.superior
	}
	return c, superior
}

func (g editedTree) Jurisdiction(i int) (geo.MultiPolygon, bool) {
	if g.area != nil {
		return g.area, true
	}
	return g.tree.Jurisdiction(i)
}

// bowTie is a ring that crosses itself.
func bowTie() geo.MultiPolygon {
	m := quad(120, 28, 0.1)
	m[0][0][2], m[0][0][3] = m[0][0][3], m[0][0][2]
	return m
}

func TestLoadReportsRefuses(t *testing.T) {
	s := newSetup(t)
	tests := []struct {
		name  string
		edit  func(r *geo.Report)
		kind  error
		field string
	}{
		{"category", func(r *geo.Report) { r.Category = "odd" }, geo.ErrInvalid, "category"},
		{"state", func(r *geo.Report) { r.State = "odd" }, geo.ErrInvalid, "state"},
		{"channel", func(r *geo.Report) { r.Channel = "odd" }, geo.ErrInvalid, "channel"},
		{"division", func(r *geo.Report) { r.Division = 110000000000 }, geo.ErrInvalid, "division"},
		{"organization", func(r *geo.Report) { r.Organization = 77 }, geo.ErrConflict, "organization"},
		{"grid", func(r *geo.Report) { r.Grid = 77 }, geo.ErrConflict, "grid"},
		{"duplicate of nothing", func(r *geo.Report) { r.DuplicateOf = 77 }, geo.ErrConflict, "duplicate_of"},
		{"closed in an open state", func(r *geo.Report) { r.Status = geo.ReportClosed }, geo.ErrInvalid, "status"},
		{"open in a closed state", func(r *geo.Report) { r.State = "fixed" }, geo.ErrInvalid, "status"},
		{"visibility", func(r *geo.Report) { r.Visibility = "all" }, geo.ErrInvalid, "visibility"},
		{"dispatched before it came", func(r *geo.Report) { r.Times.Dispatched = r.Times.Received.Add(-1000) }, geo.ErrInvalid, "received_at"},
		{"accuracy", func(r *geo.Report) { r.AccuracyM = -1 }, geo.ErrInvalid, "location_accuracy_m"},
		{"longitude", func(r *geo.Report) { r.At.Lon = 1_800_000_001 }, geo.ErrInvalid, "location"},
		{"text", func(r *geo.Report) { r.Text = strings.Repeat("长", 10_001) }, geo.ErrInvalid, "text"},
		{"NUL", func(r *geo.Report) { r.Text = "a\x00b" }, geo.ErrInvalid, ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			_, err := s.LoadReports(t.Context(), test.name, &editedReports{reports{n: 2}, test.edit}, nil)
			wantError(t, err, test.kind, test.field)
			if n := queryOne[int64](t, s, `select count(*) from jingwei.report`); n != 0 {
				t.Errorf("%d reports of a refused batch", n)
			}
			if _, done, total, err := s.SamplePart(t.Context(), test.name); done != 0 || total != 2 || err != nil {
				t.Errorf("%d of %d done, %v", done, total, err)
			}
		})
	}
}

func TestLoadGridsRefuses(t *testing.T) {
	s := newSetup(t)
	tests := []struct {
		name  string
		edit  func(g *geo.Grid)
		kind  error
		field string
	}{
		{"kind", func(g *geo.Grid) { g.Kind = "odd" }, geo.ErrInvalid, "kind"},
		{"division", func(g *geo.Grid) { g.Division = 110000000000 }, geo.ErrInvalid, "division"},
		{"organization", func(g *geo.Grid) { g.Organization = 77 }, geo.ErrConflict, "organization"},
		{"name", func(g *geo.Grid) { g.Name = "" }, geo.ErrInvalid, "name"},
		{"code", func(g *geo.Grid) { g.Code = "" }, geo.ErrInvalid, "code"},
		{"a code twice", func(g *geo.Grid) { g.Code = "G" }, geo.ErrConflict, "code"},
		{"no days", func(g *geo.Grid) { g.Valid = geo.DayRange{} }, geo.ErrInvalid, "valid_from"},
		{"crossing borders", func(g *geo.Grid) { g.Shape = bowTie() }, geo.ErrInvalid, "geometry"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			_, err := s.LoadGrids(t.Context(), test.name, editedGrids{grids{n: 2, prefix: "G"}, test.edit}, nil)
			wantError(t, err, test.kind, test.field)
		})
	}
}

func TestLoadOrganizationTreeRefuses(t *testing.T) {
	s := newSetup(t)
	first := tree{n: 20, prefix: "T"}
	if _, err := s.LoadOrganizationTree(t.Context(), "first", first, since("2023-06-30"), "generator", nil); err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		name  string
		tree  editedTree
		kind  error
		field string
	}{
		{"codes of another part", editedTree{tree: first}, geo.ErrConflict, "code"},
		{"division", editedTree{edit: func(c *geo.OrganizationContent) { c.Division = 110000000000 }}, geo.ErrInvalid, "division"},
		{"kind", editedTree{edit: func(c *geo.OrganizationContent) { c.Kind = "odd" }}, geo.ErrInvalid, "kind"},
		{"name", editedTree{edit: func(c *geo.OrganizationContent) { c.Name = "" }}, geo.ErrInvalid, "name"},
		{"a superior that comes later", editedTree{superior: 30}, geo.ErrInvalid, "parent"},
		{"an area with crossing borders", editedTree{area: bowTie()}, geo.ErrInvalid, "jurisdiction"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if test.tree.n == 0 {
				test.tree.tree = tree{n: 3, prefix: "X"}
			}
			_, err := s.LoadOrganizationTree(t.Context(), test.name, test.tree, since("2023-06-30"), "generator", nil)
			wantError(t, err, test.kind, test.field)
			if n := queryOne[int64](t, s, `select count(*) from jingwei.organization`); n != 20 {
				t.Errorf("%d organizations, want those of the first part", n)
			}
		})
	}
	_, err := s.LoadOrganizationTree(t.Context(), "none", first, geo.DayRange{}, "generator", nil)
	wantError(t, err, geo.ErrInvalid, "valid_from")
}

func TestLoadPartWithAnotherSize(t *testing.T) {
	s := newSetup(t)
	if _, err := s.LoadReports(t.Context(), "one", &reports{n: 3}, nil); err != nil {
		t.Fatal(err)
	}
	_, err := s.LoadReports(t.Context(), "one", &reports{n: 4}, nil)
	wantError(t, err, geo.ErrConflict, "")
	if base, done, total, err := s.SamplePart(t.Context(), "never begun"); base != 0 || done != 0 || total != 0 || err != nil {
		t.Errorf("%d, %d of %d, %v", base, done, total, err)
	}
}

// TestLoadTreeBelowSuperiorsThatPeopleEdit: what people do to a superior between two batches holds for those that come
// below it afterwards.
func TestLoadTreeBelowSuperiorsThatPeopleEdit(t *testing.T) {
	const total = 5010 // the superiors of the last ten are in the batch before
	s := newSetup(t)
	above := s.create(t, content("above"))
	interrupted, cancel := context.WithCancel(t.Context())
	first := tree{n: total, prefix: "T"}
	if n, _ := s.LoadOrganizationTree(interrupted, "one", first, since("2023-06-30"), "generator", func(int, int) { cancel() }); n != 5000 {
		t.Fatalf("%d loaded", n)
	}
	base, _, _, err := s.SamplePart(t.Context(), "one")
	if err != nil {
		t.Fatal(err)
	}
	superior := base + 500
	moved, _ := first.Organization(500)
	moved.Parent = above.ID
	if _, _, err := s.ReplaceOrganization(t.Context(), geo.Everywhere(), geo.Everywhere(), superior, 1, moved, day("2023-06-30"), s.today, "committee"); err != nil {
		t.Fatal(err)
	}
	if n, err := s.LoadOrganizationTree(t.Context(), "one", first, since("2023-06-30"), "generator", nil); err != nil || n != 10 {
		t.Fatalf("%d loaded, %v", n, err)
	}
	want := above.ID.String() + "." + superior.String() + "." + (base + 5005).String()
	if got := queryOne[string](t, s, `select path::text from jingwei.organization_version where organization_id = $1`, int64(base+5005)); got != want {
		t.Errorf("path %s, want %s", got, want)
	}
	t.Run("retired", func(t *testing.T) {
		interrupted, cancel := context.WithCancel(t.Context())
		second := tree{n: total, prefix: "U"}
		if n, _ := s.LoadOrganizationTree(interrupted, "two", second, since("2023-06-30"), "generator", func(int, int) { cancel() }); n != 5000 {
			t.Fatalf("%d loaded", n)
		}
		base, _, _, _ := s.SamplePart(t.Context(), "two")
		if _, err := s.RetireOrganization(t.Context(), geo.Everywhere(), geo.Everywhere(), base+500, 1, s.today, "committee"); err != nil {
			t.Fatal(err)
		}
		_, err := s.LoadOrganizationTree(t.Context(), "two", second, since("2023-06-30"), "generator", nil)
		wantError(t, err, geo.ErrConflict, "parent")
	})
}

// TestReservedIDsMeetNoOthers: sessions that draw ids in advance keep them while blocks are reserved.
func TestReservedIDsMeetNoOthers(t *testing.T) {
	s := newSetup(t)
	drawn := map[int64]bool{}
	conns := [3]func() int64{}
	for i := range conns {
		conn := s.connect(t)
		conns[i] = func() (id int64) {
			if err := conn.QueryRow(t.Context(), `select jingwei.next_id()`).Scan(&id); err != nil {
				t.Fatal(err)
			}
			return id
		}
	}
	for n := range 50 {
		for _, next := range conns {
			drawn[next()] = true
		}
		size := int64(n * 7)
		base := queryOne[int64](t, s, `select jingwei.reserve_ids($1)`, size)
		for id := base; id < base+size; id++ {
			if drawn[id] || geo.ID(id) > geo.MaxID {
				t.Fatalf("id %d is given out twice or too large", id)
			}
			drawn[id] = true
		}
	}
	if want := 150 + 7*49*50/2; len(drawn) != want {
		t.Errorf("%d ids, want %d", len(drawn), want)
	}
}
