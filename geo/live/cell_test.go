package live_test

import (
	"errors"
	"testing"

	"jingwei/geo"
	"jingwei/geo/live"
	"jingwei/tiles/mvt"
)

// TestCellsHoldTheirMembers: what the cell of a cluster holds, page by page, is as much as the cluster says, in any number of
// cells and with edits that no compaction has taken in yet.
func TestCellsHoldTheirMembers(t *testing.T) {
	points, s := editedReports(t, 800, 100)
	q := live.Query{Days: geo.On(400), Filter: geo.In("category", "kind1", "kind2", "kind3")}
	clusters := 0
	for z := range uint32(8) {
		for tile := range occupied(points, z) {
			for _, cells := range []int{8, 16, 64} {
				clusters += wantMembers(t, s, q, tile, cells)
			}
		}
	}
	if clusters < 100 {
		t.Errorf("%d clusters", clusters)
	}
}

// wantMembers asks for the members of each cluster of a tile, and returns how many there are.
func wantMembers(t *testing.T, s *live.Snapshot, q live.Query, tile live.Tile, cells int) (clusters int) {
	t.Helper()
	data, err := s.Tile(q, tile.Z, tile.X, tile.Y, cells)
	if err != nil {
		t.Fatal(err)
	}
	layers, err := mvt.Decode(data)
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range layers.Layers {
		for _, f := range l.Features {
			name, ok := f.Property("cell")
			if !ok {
				continue
			}
			clusters++
			count, _ := f.Property("point_count")
			cell, err := tile.Cell(name.(string))
			if err != nil {
				t.Fatal(err)
			}
			sum, err := s.SummarizeTile(q, cell)
			if err != nil || int64(sum.Count) != count.(int64) {
				t.Fatalf("cell %s of %v: %d, %v; the cluster says %v", name, tile, sum.Count, err, count)
			}
			if n := walk(t, s, q, cell); n != sum.Count {
				t.Fatalf("cell %s of %v: %d on its pages, want %d", name, tile, n, sum.Count)
			}
		}
	}
	return clusters
}

// walk goes through the pages of a tile and returns how many different objects stand on them, all within it.
func walk(t *testing.T, s *live.Snapshot, q live.Query, tile live.Tile) int {
	t.Helper()
	seen := map[geo.ID]bool{}
	for after, more := (live.Cursor{}), true; more; more = after != (live.Cursor{}) {
		features, next, err := s.ListTile(q, tile, after, 7)
		if err != nil || len(features) == 0 || len(features) > 7 {
			t.Fatalf("%d on a page, %v", len(features), err)
		}
		for _, f := range features {
			if live.TileAt(f.At, tile.Z) != tile || seen[f.ID] {
				t.Fatalf("%d at %v is not in %v, or twice", f.ID, f.At, tile)
			}
			seen[f.ID] = true
		}
		after = next
	}
	return len(seen)
}

func TestCellNames(t *testing.T) {
	tile := live.Tile{Z: 1, X: 1, Y: 0}
	for name, want := range map[string]live.Tile{"0": {Z: 2, X: 2}, "1": {Z: 2, X: 3}, "2": {Z: 2, X: 2, Y: 1}, "31": {Z: 3, X: 7, Y: 2}} {
		if got, err := tile.Cell(name); err != nil || got != want {
			t.Errorf("%s: %v, %v, want %v", name, got, err, want)
		}
	}
	for _, name := range []string{"", "4", "0000000", "1x", "-1"} {
		var fault *geo.Error
		if _, err := tile.Cell(name); !errors.As(err, &fault) || fault.Field != "cell" || !errors.Is(err, geo.ErrInvalid) {
			t.Errorf("%q: %v", name, err)
		}
	}
	empty, next, err := loaded(t, 10).Snapshot().ListTile(live.Query{Days: geo.Always}, live.Tile{Z: 22}, live.Cursor{Key: 1 << 60}, 5)
	if err != nil || len(empty) != 0 || next != (live.Cursor{}) {
		t.Errorf("behind the tile: %v, %v, %v", empty, next, err)
	}
}

// TestChangedSince: what changed is told also where the rows stay what they were, until a load makes everything new.
func TestChangedSince(t *testing.T) {
	a := geo.Position{Lon: 1201551000, Lat: 302741000}
	x := live.New(layer(), live.Public)
	load(t, x, []geo.Point{point(1, a), point(2, a)})
	at := geo.FeedPosition{Epoch: "e"}
	apply := func(points ...geo.Point) {
		t.Helper()
		var ids []geo.ID
		for _, p := range points {
			ids = append(ids, p.ID)
		}
		if _, err := x.Apply(ids, points, at); err != nil {
			t.Fatal(err)
		}
	}
	hidden := point(3, a)
	hidden.Public = false
	first := x.Snapshot()
	apply(point(2, a), point(1, a)) // nothing differs
	second := x.Snapshot()
	apply()
	apply(hidden)
	apply(point(2, geo.Position{}))
	want := func(s *live.Snapshot, since live.Mark, ids ...geo.ID) {
		t.Helper()
		if got, ok := s.ChangedSince(since); !ok || len(got) != len(ids) {
			t.Errorf("%v, %v; want %v", got, ok, ids)
		} else if len(ids) > 0 && (got[0] != ids[0] || got[len(got)-1] != ids[len(ids)-1]) {
			t.Errorf("%v, want %v", got, ids)
		}
	}
	want(x.Snapshot(), first.Mark(), 1, 2, 3)
	want(x.Snapshot(), second.Mark(), 2, 3)
	want(second, first.Mark(), 1, 2)
	want(second, second.Mark())
	if _, ok := x.Snapshot().ChangedSince(live.Mark{}); ok {
		t.Error("the state before the first load is known")
	}
	many := make([]geo.ID, 60_000)
	for i := range many {
		many[i] = geo.ID(i + 10)
	}
	for range 2 {
		if _, err := x.Apply(many, nil, at); err != nil {
			t.Fatal(err)
		}
	}
	if _, ok := x.Snapshot().ChangedSince(second.Mark()); ok {
		t.Error("more is held than fits")
	}
	held := x.Snapshot()
	load(t, x, []geo.Point{point(1, a)})
	if _, ok := x.Snapshot().ChangedSince(held.Mark()); ok {
		t.Error("what a load changed is known")
	}
	if _, ok := held.ChangedSince(first.Mark()); ok {
		t.Error("changes before a load are known")
	}
}
