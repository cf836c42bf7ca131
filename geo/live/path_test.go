package live_test

import (
	"errors"
	"fmt"
	"math"
	"strings"
	"testing"

	"jingwei/geo"
	"jingwei/geo/live"
)

// placed returns a point at the end of a path.
func placed(id geo.ID, path string) geo.Point {
	p := point(id, geo.Position{Lon: 1_200_000_000 + int32(id)*16, Lat: 300_000_000})
	p.Values = append(p.Values, path)
	return p
}

func array(op string, ids ...geo.Number) geo.Node {
	list := geo.List{}
	for _, id := range ids {
		list = append(list, id)
	}
	return &geo.Operation{Op: op, Args: []geo.Node{geo.Property("path"), list}}
}

func not(n geo.Node) geo.Node { return &geo.Operation{Op: "not", Args: []geo.Node{n}} }

// TestPathFilters asks rows of all sorts: of no path, at the top, below, and reports of an organization, in chunks and in the delta.
func TestPathFilters(t *testing.T) {
	points := []geo.Point{placed(1, "1"), placed(2, "1.2"), placed(3, "1.2.3"), placed(4, "4"), placed(100, "1.2"), placed(101, "4"), placed(102, "")}
	base := live.New(layer(), live.Internal)
	load(t, base, points)
	delta := live.New(layer(), live.Internal)
	load(t, delta, nil)
	var ids []geo.ID
	for _, p := range points {
		ids = append(ids, p.ID)
	}
	if _, err := delta.Apply(ids, points, geo.FeedPosition{Epoch: "e"}); err != nil {
		t.Fatal(err)
	}
	isNull := &geo.Operation{Op: "isNull", Args: []geo.Node{geo.Property("path")}}
	for _, c := range []struct {
		filter geo.Node
		want   string
	}{
		{array("a_overlaps", 1), "1 2 3 100"},
		{array("a_overlaps", 2), "2 3 100"},
		{array("a_overlaps", 3), "3"},
		{array("a_overlaps", 100), ""}, // a report is no organization
		{array("a_overlaps", 3, 4, 4, 77), "3 4 101"},
		{array("a_overlaps"), ""},
		{not(array("a_overlaps", 2)), "1 4 101"},
		{not(array("a_overlaps")), "1 2 3 4 100 101"},
		{array("a_contains", 1, 2), "2 3 100"},
		{array("a_contains", 3, 2, 1), "3"},
		{array("a_contains", 1, 2, 3, 4), ""},
		{array("a_contains", 1, 2, 3, 5, 6, 7, 8), ""},
		{array("a_contains"), "1 2 3 4 100 101"},
		{not(array("a_contains", 1, 2)), "1 4 101"},
		{not(array("a_contains", 1, 2, 3, 5, 6, 7, 8)), "1 2 3 4 100 101"},
		{not(array("a_contains")), ""},
		{array("a_overlaps", 1.5, -1, 0, geo.Number(math.Inf(1)), geo.Number(math.NaN()), 1e300), ""},
		{isNull, "102"},
		{not(isNull), "1 2 3 4 100 101"},
		{geo.Scope{Roots: []geo.ID{2, 4}}.Filter().Root, "2 3 4 100 101"},
		{geo.Scope{}.Filter().Root, ""},
		{geo.Everywhere().Filter().Root, "1 2 3 4 100 101 102"},
	} {
		for where, x := range map[string]*live.Index{"chunks": base, "delta": delta} {
			features, _, err := x.Snapshot().List(live.Query{Filter: geo.Filter{Root: c.filter}, Days: geo.On(0)}, geo.World, live.Cursor{}, 100)
			var got []string
			for _, f := range features {
				got = append(got, f.ID.String())
			}
			if text := strings.Join(got, " "); text != c.want || err != nil {
				t.Errorf("%s of %s: %q, %v, want %q", geo.Filter{Root: c.filter}.Canonical(), where, text, err, c.want)
			}
		}
	}
}

func TestPathFiltersThatNoIndexAnswers(t *testing.T) {
	internal, public := live.New(layer(), live.Internal), live.New(layer(), live.Public)
	load(t, internal, nil)
	load(t, public, nil)
	path := geo.Property("path")
	for _, c := range []struct {
		name   string
		x      *live.Index
		filter geo.Node
	}{
		{"on the public edition", public, array("a_overlaps", 1)},
		{"null on the public edition", public, &geo.Operation{Op: "isNull", Args: []geo.Node{path}}},
		{"the scope on the public edition", public, geo.Scope{Roots: []geo.ID{1}}.Filter().Root},
		{"texts", internal, &geo.Operation{Op: "a_overlaps", Args: []geo.Node{path, geo.List{geo.Text("1")}}}},
		{"no list", internal, &geo.Operation{Op: "a_overlaps", Args: []geo.Node{path, geo.Number(1)}}},
		{"no second argument", internal, &geo.Operation{Op: "a_overlaps", Args: []geo.Node{path}}},
		{"no argument", internal, &geo.Operation{Op: "a_overlaps"}},
		{"equality of arrays", internal, array("a_equals", 1)},
		{"in", internal, array("in", 1)},
		{"like", internal, &geo.Operation{Op: "like", Args: []geo.Node{path, geo.Text("1.%")}}},
		{"array predicate of a category", internal, &geo.Operation{Op: "a_overlaps", Args: []geo.Node{geo.Property("kind"), geo.List{geo.Text("village")}}}},
		{"array predicate of the division", internal, &geo.Operation{Op: "a_contains", Args: []geo.Node{geo.Property("division"), geo.List{geo.Number(1)}}}},
	} {
		if _, err := c.x.Snapshot().Summarize(live.Query{Filter: geo.Filter{Root: c.filter}, Days: geo.On(0)}, geo.World); !errors.Is(err, geo.ErrNotIndexed) {
			t.Errorf("%s: %v", c.name, err)
		}
	}
}

// TestPathsAreNeverShown: neither edition shows where in the tree a row stands, by no byte, and the public one holds nothing of
// it. That a row moves changes what follows the internal edition, and nothing in the public one.
func TestPathsAreNeverShown(t *testing.T) {
	for _, edition := range []live.Edition{live.Public, live.Internal} {
		x, without := live.New(layer(), edition), live.New(layer(), edition)
		load(t, x, []geo.Point{placed(3, "1.2.3")})
		load(t, without, []geo.Point{placed(3, "")})
		before := x.Snapshot()
		a, err := x.Apply([]geo.ID{3}, []geo.Point{placed(3, "9.3")}, geo.FeedPosition{Epoch: "e"})
		if err != nil {
			t.Fatal(err)
		}
		internal := edition == live.Internal
		if changed := x.Snapshot().Fingerprint(0, 0, 0) != before.Fingerprint(0, 0, 0); changed != internal || len(a.IDs) > 0 != internal {
			t.Errorf("%s: after a move the fingerprint changed %v, events %v", edition, changed, a.IDs)
		}
		if more := before.Bytes() != without.Snapshot().Bytes(); more != internal {
			t.Errorf("%s: %d bytes with a path, %d without", edition, before.Bytes(), without.Snapshot().Bytes())
		}
		for _, s := range []*live.Snapshot{before, x.Snapshot()} {
			checkSameAnswers(t, s, without.Snapshot())
		}
	}
}

func checkSameAnswers(t *testing.T, a, b *live.Snapshot) {
	t.Helper()
	for _, cells := range []int{0, 16} {
		got, err := a.Tile(live.Query{Days: geo.On(0)}, 0, 0, 0, cells)
		want, _ := b.Tile(live.Query{Days: geo.On(0)}, 0, 0, 0, cells)
		if string(got) != string(want) || err != nil {
			t.Errorf("tile of %d cells: %v\n%x\n%x", cells, err, got, want)
		}
	}
	got, _, err := a.List(live.Query{Days: geo.On(0)}, geo.World, live.Cursor{}, 10)
	want, _, _ := b.List(live.Query{Days: geo.On(0)}, geo.World, live.Cursor{}, 10)
	if fmt.Sprint(got) != fmt.Sprint(want) || err != nil {
		t.Errorf("list: %v\n%v\n%v", err, got, want)
	}
	summary, err := a.Summarize(live.Query{Days: geo.On(0)}, geo.World, "path")
	if _, shown := summary.Counts["path"]; shown || a.HasValue("path", "1.2.3") || err != nil {
		t.Errorf("counts by path: %v, %v", summary, err)
	}
}

// TestPathsThatAreNone: a path that is no path is an error, and nothing changes.
func TestPathsThatAreNone(t *testing.T) {
	for _, path := range []string{".", "1.", ".1", "1..2", "a", "0", "-1", "1.x.2", "9007199254740992", " 1"} {
		x := live.New(layer(), live.Internal)
		load(t, x, []geo.Point{placed(1, "1")})
		if _, err := x.Apply([]geo.ID{2}, []geo.Point{placed(2, path)}, geo.FeedPosition{Epoch: "e"}); err == nil || x.Snapshot().Rows() != 1 {
			t.Errorf("path %q: %v, %d rows", path, err, x.Snapshot().Rows())
		}
	}
}

// TestUnusedPathsAreForgotten moves a subtree to and fro between ever new superiors: what it leaves behind is bounded, while
// snapshots of before go on to answer as they did.
func TestUnusedPathsAreForgotten(t *testing.T) {
	const below, moves = 50, 400
	x := live.NewSmall(layer(), live.Internal, 32, 16)
	var points []geo.Point
	var ids []geo.ID
	move := func(root geo.ID) {
		points, ids = points[:0], ids[:0]
		for i := range geo.ID(below) {
			id := 1000 + i
			points = append(points, placed(id, fmt.Sprintf("%d.%d.%d", root, id+500, id)))
			ids = append(ids, id)
		}
	}
	move(1)
	load(t, x, points)
	first, size := x.Snapshot(), x.Snapshot().Bytes()
	for n := range geo.ID(moves) {
		move(5000 + n)
		if _, err := x.Apply(ids, points, geo.FeedPosition{Epoch: "e"}); err != nil {
			t.Fatal(err)
		}
		for x.Compact() {
		}
		q := live.Query{Filter: geo.Scope{Roots: []geo.ID{5000 + n}}.Filter(), Days: geo.On(0)}
		if c := countOf(t, x.Snapshot(), q); c != below {
			t.Fatalf("move %d: %d rows below the new superior, want %d", n, c, below)
		}
	}
	if now := x.Snapshot().Bytes(); now > 5*size {
		t.Errorf("%d bytes after %d moves, %d at first", now, moves, size)
	}
	if c := countOf(t, first, live.Query{Filter: geo.Scope{Roots: []geo.ID{1}}.Filter(), Days: geo.On(0)}); c != below {
		t.Errorf("%d rows in the first snapshot, want %d", c, below)
	}
}
