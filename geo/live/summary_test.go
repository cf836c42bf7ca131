package live_test

import (
	"math/rand/v2"
	"testing"

	"github.com/google/go-cmp/cmp"

	"jingwei/geo"
	"jingwei/geo/live"
)

// TestSummaryOfAnEarlierSnapshot: what a later snapshot, which knows more values, has counted of a chunk serves earlier ones.
func TestSummaryOfAnEarlierSnapshot(t *testing.T) {
	x := live.New(layer(), live.Public)
	const rows = 2000 // so many that they are not looked at one by one
	point := func(id geo.ID, state string) geo.Point {
		return geo.Point{ID: id, Version: int64(id), At: geo.Position{Lon: 1_200_000_000 + int32(id)*16, Lat: 300_000_000}, Valid: geo.Always,
			Public: true, Values: []string{"", "", state, "", ""}}
	}
	first := func(yield func(geo.Point, error) bool) {
		for id := range geo.ID(rows) {
			if !yield(point(id+1, "open"), nil) {
				return
			}
		}
	}
	if err := x.Load(first, geo.FeedPosition{Epoch: "e"}); err != nil {
		t.Fatal(err)
	}
	earlier := x.Snapshot()
	if _, err := x.Apply([]geo.ID{rows + 1}, []geo.Point{point(rows+1, "closed")}, geo.FeedPosition{Epoch: "e"}); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		snapshot *live.Snapshot
		want     map[string]int
	}{{x.Snapshot(), map[string]int{"open": rows, "closed": 1}}, {earlier, map[string]int{"open": rows}}} {
		got, err := c.snapshot.Summarize(live.Query{Days: geo.On(0)}, geo.World, "state")
		if diff := cmp.Diff(c.want, got.Counts["state"]); diff != "" || err != nil {
			t.Errorf("%v (-want +got)\n%s", err, diff)
		}
	}
}

// TestSummaryOfMany compares counts of thousands of rows, whole chunks and parts of them with tombstones, with counting one
// by one.
func TestSummaryOfMany(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	x := live.NewSmall(layer(), live.Internal, 128, 1<<20)
	rows := make([]geo.Point, 6000)
	draw := func(i int) {
		pick := func(values ...string) string { return values[random.IntN(len(values))] }
		rows[i] = geo.Point{ID: geo.ID(i + 1), Version: random.Int64(), Valid: geo.Always, Public: true,
			At:     geo.Position{Lon: 1_200_000_000 + random.Int32N(10_000_000), Lat: 300_000_000 + random.Int32N(10_000_000)},
			Values: []string{"", pick("", "village", "school"), pick("", "open", "closed", "lost"), pick("x", "y"), ""}}
	}
	for i := range rows {
		draw(i)
	}
	all := func(yield func(geo.Point, error) bool) {
		for _, p := range rows {
			if !yield(p, nil) {
				return
			}
		}
	}
	if err := x.Load(all, geo.FeedPosition{Epoch: "e"}); err != nil {
		t.Fatal(err)
	}
	for range 500 {
		i := random.IntN(len(rows))
		draw(i)
		if _, err := x.Apply([]geo.ID{rows[i].ID}, rows[i:i+1], geo.FeedPosition{Epoch: "e"}); err != nil {
			t.Fatal(err)
		}
	}
	for range 30 {
		e := geo.Extent{West: 119.9 + random.Float64(), South: 29.9 + random.Float64(), East: 121.1, North: 31.1}
		kind := []string{"village", "school"}[random.IntN(2)]
		want, total := map[string]map[string]int{"kind": {}, "state": {}}, 0
		for _, p := range rows {
			if p.Values[1] != kind || !e.Contains(p.At) {
				continue
			}
			total++
			want["kind"][kind]++
			if p.Values[2] != "" {
				want["state"][p.Values[2]]++
			}
		}
		got, err := x.Snapshot().Summarize(live.Query{Filter: geo.In("kind", kind), Days: geo.On(0)}, e, "state")
		if diff := cmp.Diff(want, got.Counts); diff != "" || got.Count != total || err != nil {
			t.Fatalf("%s in %v: %d, want %d, %v (-want +got)\n%s", kind, e, got.Count, total, err, diff)
		}
	}
}
