package live_test

import (
	"cmp"
	"fmt"
	"math/rand/v2"
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

// TestNearestAtTheRimOfTheMap: from the antimeridian and from a pole, which are places at both rims or all along one, the cells on the other
// side are as near as those on this.
func TestNearestAtTheRimOfTheMap(t *testing.T) {
	random := rand.New(rand.NewPCG(4, 9))
	var points []geo.Point
	for i := range int32(6000) {
		at := geo.Position{Lon: random.Int32N(20_000_001) - 1_800_000_000, Lat: random.Int32N(40_000_000) - 20_000_000}
		switch i % 4 {
		case 1:
			at.Lon = -at.Lon
		case 2:
			at.Lon = []int32{-1_800_000_000, 1_800_000_000}[i/4%2]
		case 3:
			at = geo.Position{Lon: int32(random.Int64N(3_600_000_001) - 1_800_000_000), Lat: []int32{-900_000_000, 900_000_000}[i/4%2]}
		}
		points = append(points, point(geo.ID(1+(i*7)%6000), at))
	}
	x := live.New(layer(), live.Public)
	load(t, x, points)
	for _, to := range []geo.Position{
		{Lon: 1_800_000_000, Lat: 13_481_035}, {Lon: -1_800_000_000, Lat: -5}, {Lon: 1_799_999_999}, {Lon: -1_799_999_999, Lat: 20_000_000},
		{Lon: -1_800_000_000, Lat: -900_000_000}, {Lon: 300_000_000, Lat: 900_000_000}, {Lon: 1_800_000_000, Lat: 900_000_000},
	} {
		slices.SortFunc(points, func(a, b geo.Point) int {
			return cmp.Or(cmp.Compare(geo.Distance(to, a.At), geo.Distance(to, b.At)), cmp.Compare(a.ID, b.ID))
		})
		near, err := x.Snapshot().Nearest(live.Query{Days: geo.On(0)}, to, 200)
		if err != nil || len(near) != 200 {
			t.Fatalf("%v: %d, %v", to, len(near), err)
		}
		for i, n := range near {
			if want := points[i]; n.ID != want.ID {
				t.Errorf("number %d from %v is %d at %v, %g m, want %d at %v, %g m", i+1, to, n.ID, n.At, n.Metres, want.ID, want.At, geo.Distance(to, want.At))
				break
			}
		}
	}
}
