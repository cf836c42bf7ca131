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
		sortByDistance(inside, to)
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

func sortByDistance(points []geo.Point, to geo.Position) {
	slices.SortFunc(points, func(a, b geo.Point) int {
		return cmp.Or(cmp.Compare(geo.Distance(to, a.At), geo.Distance(to, b.At)), cmp.Compare(a.ID, b.ID))
	})
}

// TestNearestAtTheEndsOfTheWorld asks from where both sides of the world meet, and from the poles, where all meridians do.
func TestNearestAtTheEndsOfTheWorld(t *testing.T) {
	m := &model{rows: map[geo.ID][]geo.Point{}}
	for lon := int32(-180); lon <= 180; lon += 15 {
		for lat := int32(-90); lat <= 90; lat += 15 {
			id := geo.ID(len(m.rows) + 1)
			m.rows[id] = []geo.Point{{
				ID: id, Version: 1, At: geo.Position{Lon: lon * 1e7, Lat: lat * 1e7}, Valid: geo.DayRange{To: geo.MaxDay}, Values: make([]string, len(layer().Columns)),
			}}
		}
	}
	x := live.NewSmall(layer(), live.Internal, 16, 8)
	if err := x.Load(m.all(), m.position()); err != nil {
		t.Fatal(err)
	}
	for _, lon := range []int32{-180, -179, 0, 179, 180} {
		for _, lat := range []int32{-90, -89, 0, 89, 90} {
			to := geo.Position{Lon: lon * 1e7, Lat: lat * 1e7}
			want := m.matching(live.Internal, geo.On(5), func(geo.Point) bool { return true })
			sortByDistance(want, to)
			near, err := x.Snapshot().Nearest(live.Query{Days: geo.On(5)}, to, 60)
			if err != nil {
				t.Fatal(err)
			}
			for i, n := range near {
				if n.ID != want[i].ID {
					t.Errorf("%v: the nearest but %d is %d, %f m away, want %d, %f m", to, i, n.ID, n.Metres, want[i].ID, geo.Distance(to, want[i].At))
					break
				}
			}
		}
	}
}
