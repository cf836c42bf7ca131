package live_test

import (
	"testing"

	"jingwei/geo"
	"jingwei/geo/live"
)

// The benchmarks stand on one million points; no cache but the index's own bitmaps, no compression.

func BenchmarkTile(b *testing.B) {
	s := loaded(b, 1_000_000).Snapshot()
	for _, c := range []struct {
		name    string
		q       live.Query
		z, x, y uint32
		cells   int
	}{
		{"z0 clusters", live.Query{Days: geo.On(0)}, 0, 0, 0, 16},
		{"z0 clusters filtered", live.Query{Filter: geo.In("kind", "school"), Days: geo.On(0)}, 0, 0, 0, 16},
		{"z4 clusters", live.Query{Days: geo.On(0)}, 4, 8, 8, 16},
		{"z6 points", live.Query{Days: geo.On(0)}, 6, 32, 32, 0},
		{"z14 points", live.Query{Days: geo.On(0)}, 14, 8192, 8192, 0},
	} {
		b.Run(c.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := s.Tile(c.q, c.z, c.x, c.y, c.cells); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkApply(b *testing.B) {
	x := loaded(b, 1_000_000)
	n := geo.ID(0)
	for b.Loop() {
		n++
		p := point(n%1_000_000+1, geo.Position{Lon: int32(n) * 1000, Lat: int32(n) * 500})
		p.Version = int64(n) + 5_000_000
		if _, err := x.Apply([]geo.ID{p.ID}, []geo.Point{p}, geo.FeedPosition{Epoch: "e"}); err != nil {
			b.Fatal(err)
		}
		x.Compact()
	}
}

// BenchmarkLoad reads one million points into an index; per operation, so 1e6 rows.
func BenchmarkLoad(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		loaded(b, 1_000_000)
	}
}
