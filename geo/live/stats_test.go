package live_test

import (
	"testing"

	"jingwei/geo"
	"jingwei/geo/live"
)

// TestStats: the numbers are those of what was done.
func TestStats(t *testing.T) {
	x := live.NewSmall(geo.OrganizationLayer(), live.Internal, 8, 2)
	if got := x.Stats(); got != (live.Stats{}) {
		t.Errorf("before the first load: %+v", got)
	}
	at := geo.FeedPosition{Epoch: "e"}
	if err := x.Load(func(yield func(geo.Point, error) bool) {
		for id := range geo.ID(20) {
			if !yield(statsPoint(id+1), nil) {
				return
			}
		}
	}, at); err != nil {
		t.Fatal(err)
	}
	moved := statsPoint(3)
	moved.At.Lon += 70_000_000
	for _, changed := range [][]geo.Point{{moved}, {statsPoint(21), statsPoint(22)}} {
		ids := []geo.ID{changed[0].ID, changed[len(changed)-1].ID}
		if _, err := x.Apply(ids, changed, at); err != nil {
			t.Fatal(err)
		}
	}
	got := x.Stats()
	if !got.Loaded || got.Loads != 1 || got.Rows != 22 || got.Delta != 3 || got.Tombstones != 1 || got.Chunks != 3 || got.Bytes != x.Snapshot().Bytes() {
		t.Errorf("after changes: %+v", got)
	}
	steps := uint64(0)
	for x.Compact() {
		steps++
	}
	if got = x.Stats(); got.Compactions != steps || steps == 0 || got.Rows != 22 {
		t.Errorf("after %d steps of the compaction: %+v", steps, got)
	}
	x.Withdraw()
	if got = x.Stats(); got.Loaded || got.Rows != 0 || got.Loads != 1 {
		t.Errorf("withdrawn: %+v", got)
	}
}

// TestStatsOfTheFilterCache: the first answer to a filter derives it, the second finds it.
func TestStatsOfTheFilterCache(t *testing.T) {
	x := live.NewSmall(geo.OrganizationLayer(), live.Internal, 64, 2)
	if err := x.Load(func(yield func(geo.Point, error) bool) { yield(statsPoint(1), nil) }, geo.FeedPosition{Epoch: "e"}); err != nil {
		t.Fatal(err)
	}
	ask := func() live.Stats {
		if _, err := x.Snapshot().Summarize(live.Query{Filter: geo.In("kind", "branch"), Days: geo.On(0)}, geo.World); err != nil {
			t.Fatal(err)
		}
		return x.Stats()
	}
	first := ask()
	second := ask()
	if first.CacheMisses == 0 || first.CacheBytes == 0 || second.CacheMisses != first.CacheMisses || second.CacheHits <= first.CacheHits || second.CacheBytes != first.CacheBytes {
		t.Errorf("first %+v, second %+v", first, second)
	}
}

func statsPoint(id geo.ID) geo.Point {
	p := geo.Point{ID: id, At: geo.Position{Lon: int32(id) * 10_000_000}, Valid: geo.Always, Public: true, Values: make([]string, len(geo.OrganizationLayer().Columns))}
	for i, c := range geo.OrganizationLayer().Columns {
		if c.Name == "kind" {
			p.Values[i] = []string{"branch", "committee"}[id%2]
		}
	}
	return p
}
