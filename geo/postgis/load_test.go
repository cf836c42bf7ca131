package postgis_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"jingwei/geo"
)

func loadContents(n int) []geo.OrganizationContent {
	list := make([]geo.OrganizationContent, n)
	for i := range list {
		list[i] = content(fmt.Sprintf("第%d村村民委员会", i))
		list[i].Code = fmt.Sprintf("L%05d", i)
		list[i].Location.Lon += int32(i)
	}
	return list
}

func TestLoadOrganizations(t *testing.T) {
	s := newSetup(t)
	r := s.replay(t)
	list := loadContents(5003) // more than one transaction
	var steps []int
	n, err := s.LoadOrganizations(t.Context(), list, since("2023-06-30"), "loader", func(done, total int) {
		if total != len(list) {
			t.Errorf("total %d", total)
		}
		steps = append(steps, done)
		if batch := r.poll(); r.reload(batch) || len(batch.Changed) > 0 {
			t.Errorf("a change before the end of the load: %+v", batch)
		}
	})
	if err != nil || n != len(list) {
		t.Fatalf("%d loaded, %v", n, err)
	}
	if diff := cmp.Diff([]int{5000, 5003}, steps); diff != "" {
		t.Errorf("progress (-want +got):\n%s", diff)
	}
	if batch := r.poll(); !r.reload(batch) {
		t.Errorf("no reload after the load: %+v", batch)
	}
	r.wantTruth(s)
	t.Run("again changes nothing", func(t *testing.T) {
		before := truth(t, s)
		n, err := s.LoadOrganizations(t.Context(), list, since("2023-06-30"), "loader", nil)
		if err != nil || n != 0 || !slices.Equal(before, truth(t, s)) {
			t.Errorf("%d changed, %v", n, err)
		}
		if batch := r.poll(); r.reload(batch) {
			t.Error("a reload though nothing changed")
		}
	})
	t.Run("a difference becomes a version", func(t *testing.T) {
		list[7].Name = "renamed"
		n, err := s.LoadOrganizations(t.Context(), list, since("2024-06-30"), "loader", nil)
		if err != nil || n != 1 {
			t.Fatalf("%d changed, %v", n, err)
		}
		id := queryOne[int64](t, s, `select id from jingwei.organization where code = 'L00007'`)
		want := []span{{"renamed", "2024-06-30", "", 2, true}, {"第7村村民委员会", "2023-06-30", "2024-06-30", 2, true}, {"第7村村民委员会", "2023-06-30", "", 1, false}}
		if diff := cmp.Diff(want, history(t, s, geo.ID(id))); diff != "" {
			t.Errorf("history (-want +got):\n%s", diff)
		}
	})
	t.Run("a retired one stays retired", func(t *testing.T) {
		id := geo.ID(queryOne[int64](t, s, `select id from jingwei.organization where code = 'L00009'`))
		if _, err := s.RetireOrganization(t.Context(), geo.Everywhere(), geo.Everywhere(), id, 1, s.today, "a"); err != nil {
			t.Fatal(err)
		}
		if n, err := s.LoadOrganizations(t.Context(), list[8:11], since("2023-06-30"), "loader", nil); err != nil || n != 0 {
			t.Errorf("%d changed, %v", n, err)
		}
	})
}

func TestLoadRefuses(t *testing.T) {
	s := newSetup(t)
	good := loadContents(2)
	tests := []struct {
		name  string
		edit  func(c *geo.OrganizationContent)
		kind  error
		field string
	}{
		{"no code", func(c *geo.OrganizationContent) { c.Code = "" }, geo.ErrInvalid, "code"},
		{"a code twice", func(c *geo.OrganizationContent) { c.Code = good[0].Code }, geo.ErrConflict, "code"},
		{"kind", func(c *geo.OrganizationContent) { c.Kind = "odd" }, geo.ErrInvalid, "kind"},
		{"division", func(c *geo.OrganizationContent) { c.Division = 110000000000 }, geo.ErrInvalid, "division"},
		{"name", func(c *geo.OrganizationContent) { c.Name = "" }, geo.ErrInvalid, "name"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			bad := good[1]
			test.edit(&bad)
			_, err := s.LoadOrganizations(t.Context(), []geo.OrganizationContent{good[0], bad}, since("2023-06-30"), "loader", nil)
			wantError(t, err, test.kind, test.field)
			if n := queryOne[int64](t, s, `select count(*) from jingwei.organization`); n != 0 {
				t.Errorf("%d organizations of a refused batch", n)
			}
		})
	}
}

func TestInterruptedLoadStillReloads(t *testing.T) {
	s := newSetup(t)
	r := s.replay(t)
	ctx, cancel := context.WithCancel(t.Context())
	n, err := s.LoadOrganizations(ctx, loadContents(5001), since("2023-06-30"), "loader", func(int, int) { cancel() })
	if !errors.Is(err, context.Canceled) || n != 5000 {
		t.Errorf("%d loaded, %v", n, err)
	}
	if batch := r.poll(); !r.reload(batch) {
		t.Errorf("committed rows that nobody hears of: %+v", batch)
	}
	r.wantTruth(s)
}

// A loader that was killed leaves its row and no lock; a living one holds the lock.
func TestAbandonedLoadIsFinished(t *testing.T) {
	s := newSetup(t)
	r := s.replay(t)
	s.exec(t, `insert into jingwei.bulk_load values ('organizations')`)
	conn := s.connect(t)
	if _, err := conn.Exec(t.Context(), `select pg_advisory_lock(jingwei.bulk_lock('organizations'))`); err != nil {
		t.Fatal(err)
	}
	if err := s.MaintainFeed(t.Context()); err != nil {
		t.Fatal(err)
	}
	if batch := r.poll(); r.reload(batch) {
		t.Error("a load that goes on was finished")
	}
	if _, err := conn.Exec(t.Context(), `select pg_advisory_unlock_all()`); err != nil {
		t.Fatal(err)
	}
	if err := s.FinishLoads(t.Context()); err != nil {
		t.Fatal(err)
	}
	if batch := r.poll(); !r.reload(batch) {
		t.Errorf("no reload for the load that died: %+v", batch)
	}
}

func TestLoadDivisionsTwiceChangesNothing(t *testing.T) {
	s := newSetup(t)
	s.loadShapes(t)
	before, err := s.DivisionGeneration(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	n, err := s.LoadDivisions(t.Context(), divisions(), nil)
	if err != nil || n != 0 {
		t.Errorf("%d divisions changed, %v", n, err)
	}
	if n, err = s.LoadShapes(t.Context(), boundaries(), shapes(), nil); err != nil || n != 0 {
		t.Errorf("%d shapes changed, %v", n, err)
	}
	if after, err := s.DivisionGeneration(t.Context()); err != nil || after != before {
		t.Errorf("generation %s, was %s, %v", after, before, err)
	}
	list := divisions()
	list[0].Kind = "province"
	if n, err = s.LoadDivisions(t.Context(), list, nil); err != nil || n != 1 {
		t.Errorf("%d divisions changed, %v", n, err)
	}
	if after, err := s.DivisionGeneration(t.Context()); err != nil || after == before {
		t.Errorf("generation is still %s, %v", after, err)
	}
}

// TestEachBatchRaisesTheGeneration: what a load has committed is drawn at once, so that no tile of before may be taken
// for one of after.
func TestEachBatchRaisesTheGeneration(t *testing.T) {
	s := newEmptySetup(t)
	list := make([]geo.Division, 5001)
	for i := range list {
		list[i] = division(330000000000+geo.DivisionCode(i), 0, geo.Province, fmt.Sprint("第", i), 120, 30)
	}
	tile := func() ([]byte, string) {
		data, generation, err := s.DivisionTileAndGeneration(t.Context(), geo.Province, 0, 0, 0, s.today)
		if err != nil {
			t.Fatal(err)
		}
		if now, err := s.DivisionGeneration(t.Context()); err != nil || now != generation {
			t.Errorf("generation %s, drawn in %s, %v", now, generation, err)
		}
		return data, generation
	}
	drawn := map[string]int{}
	data, generation := tile()
	drawn[generation] = len(data)
	n, err := s.LoadDivisions(t.Context(), list, func(int, int) {
		data, generation := tile()
		if size, ok := drawn[generation]; ok && size != len(data) {
			t.Errorf("generation %s has tiles of %d and %d bytes", generation, size, len(data))
		}
		drawn[generation] = len(data)
	})
	if err != nil || n != len(list) || len(drawn) != 3 {
		t.Errorf("%d loaded, generations %v, %v", n, drawn, err)
	}
}

func TestLoadRefusesRetiredSuperior(t *testing.T) {
	s := newSetup(t)
	parent := s.create(t, content("parent"))
	c := content("child")
	c.Code, c.Parent = "C1", parent.ID
	if _, err := s.RetireOrganization(t.Context(), geo.Everywhere(), geo.Everywhere(), parent.ID, 1, s.today, "a"); err != nil {
		t.Fatal(err)
	}
	for _, valid := range []geo.DayRange{since("2023-06-30"), {From: s.today, To: geo.MaxDay}} {
		_, err := s.LoadOrganizations(t.Context(), []geo.OrganizationContent{c}, valid, "a", nil)
		wantError(t, err, geo.ErrConflict, "parent")
		_, _, err = s.CreateOrganization(t.Context(), geo.Everywhere(), geo.Everywhere(), c, valid, "a")
		wantError(t, err, geo.ErrConflict, "parent")
	}
	past := geo.DayRange{From: day("2023-06-30"), To: day("2024-01-01")} // both held then
	if n, err := s.LoadOrganizations(t.Context(), []geo.OrganizationContent{c}, past, "a", nil); err != nil || n != 1 {
		t.Errorf("%d loaded, %v", n, err)
	}
}
