package live_test

import (
	"cmp"
	"fmt"
	"slices"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"jingwei/geo"
	"jingwei/geo/live"
)

// TestNearestEqualsModel compares the nearest rows with all rows, measured and sorted.
func TestNearestEqualsModel(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := &model{rows: map[geo.ID][]geo.Point{}, above: map[geo.ID]geo.ID{}}
		for id := range geo.ID(rapid.IntRange(0, 200).Draw(t, "objects")) {
			m.rows[id+1] = m.object(t, id+1)
		}
		x := live.NewSmall(layer(), live.Internal, 16, 8)
		if err := x.Load(m.all(), m.position()); err != nil {
			t.Fatal(err)
		}
		pick, to, k := tree(t, live.Internal, 1), position(t), rapid.IntRange(1, 60).Draw(t, "k")
		var want []string
		inside := m.matching(live.Internal, geo.On(5), pick.holds)
		slices.SortFunc(inside, func(a, b geo.Point) int {
			return cmp.Or(cmp.Compare(geo.Distance(to, a.At), geo.Distance(to, b.At)), cmp.Compare(a.ID, b.ID))
		})
		for _, p := range inside[:min(k, len(inside))] {
			want = append(want, fmt.Sprintf("%d %.9f", p.ID, geo.Distance(to, p.At)))
		}
		near, err := x.Snapshot().Nearest(live.Query{Filter: pick.filter, Days: geo.On(5)}, to, k)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, n := range near {
			got = append(got, fmt.Sprintf("%d %.9f", n.ID, n.Metres))
		}
		if diff := gocmp.Diff(want, got); diff != "" {
			t.Fatalf("%d nearest to %v (-want +got)\n%s", k, to, diff)
		}
	})
}
