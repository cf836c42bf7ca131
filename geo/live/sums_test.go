package live_test

import (
	"math/rand/v2"
	"testing"

	"jingwei/geo"
	"jingwei/geo/live"
	"jingwei/tiles/mvt"
)

// TestSumsAtEveryZoom: at every zoom the tiles that hold anything add up to the total, with and without a filter, today and on a
// past day, in cells and as raw points, and with edits that no compaction has taken in yet.
func TestSumsAtEveryZoom(t *testing.T) {
	points, s := editedReports(t, 1500, 200)
	for name, q := range map[string]live.Query{
		"all": {Days: geo.On(400)}, "on a past day": {Days: geo.On(100)}, "of an interval": {Days: geo.DayRange{From: 50, To: 60}},
		"filtered": {Days: geo.On(400), Filter: geo.And(geo.In("category", "kind1", "kind2"), compared("<", "valid_from", geo.Date(300)))},
	} {
		total, err := s.Summarize(q, geo.World)
		if err != nil || total.Count == 0 {
			t.Fatalf("%s: %d, %v", name, total.Count, err)
		}
		for z := range uint32(live.MaxZoom + 1) {
			cells, raw := 0, 0
			for tile := range occupied(points, z) {
				cells += sumOf(t, s, q, tile, 16)
				raw += sumOf(t, s, q, tile, 0)
			}
			if cells != total.Count || raw != total.Count {
				t.Errorf("%s, z%d: %d in cells, %d as points, want %d", name, z, cells, raw, total.Count)
			}
		}
	}
}

// editedReports is an index of so many reports, some of which were moved after it was loaded.
func editedReports(t *testing.T, n, moves int) ([]geo.Point, *live.Snapshot) {
	t.Helper()
	random := rand.New(rand.NewPCG(3, 4))
	var points []geo.Point
	for id := range geo.ID(n) {
		points = append(points, report(random, id+1))
	}
	x := live.NewSmall(geo.ReportLayer(), live.Internal, 256, 10_000)
	at := geo.FeedPosition{Epoch: "e"}
	if err := x.Load(every(points), at); err != nil {
		t.Fatal(err)
	}
	for i := range moves {
		points[i] = report(random, points[i].ID)
		if _, err := x.Apply([]geo.ID{points[i].ID}, points[i:i+1], at); err != nil {
			t.Fatal(err)
		}
	}
	return points, x.Snapshot()
}

func every(points []geo.Point) func(yield func(geo.Point, error) bool) {
	return func(yield func(geo.Point, error) bool) {
		for _, p := range points {
			if !yield(p, nil) {
				return
			}
		}
	}
}

func occupied(points []geo.Point, z uint32) map[live.Tile]bool {
	tiles := map[live.Tile]bool{}
	for _, p := range points {
		tiles[live.TileAt(p.At, z)] = true
	}
	return tiles
}

func sumOf(t *testing.T, s *live.Snapshot, q live.Query, tile live.Tile, cells int) int {
	t.Helper()
	encoded, err := s.Tile(q, tile.Z, tile.X, tile.Y, cells)
	if err != nil {
		t.Fatal(err)
	}
	decoded, err := mvt.Decode(encoded)
	if err != nil {
		t.Fatal(err)
	}
	sum := 0
	for _, l := range decoded.Layers {
		for _, f := range l.Features {
			if n, ok := f.Property("point_count"); ok {
				sum += int(n.(int64))
				continue
			}
			sum++
		}
	}
	return sum
}
