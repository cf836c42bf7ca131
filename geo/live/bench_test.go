package live_test

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/paulmach/orb"

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

// BenchmarkAggregate counts, in all and by kind, within areas of 500 vertices of a million points of the nation's scatter.
func BenchmarkAggregate(b *testing.B) {
	x := live.New(geo.OrganizationLayer(), live.Internal)
	if err := x.Load(drawn(1_000_000, organization), geo.FeedPosition{Epoch: "e"}); err != nil {
		b.Fatal(err)
	}
	s := x.Snapshot()
	for _, radius := range []float64{0.1, 1, 5, 20} {
		area, err := live.NewPolygons(orb.MultiPolygon{{round(110, 32, radius, 500)}})
		if err != nil {
			b.Fatal(err)
		}
		for name, a := range map[string]live.Aggregation{
			"count": {}, "kind": {By: []live.By{{Column: "kind"}}}, "filtered": {By: []live.By{{Column: "kind"}}, Query: live.Query{Filter: geo.In("level", "level1")}},
			"two": {By: []live.By{{Column: "kind"}, {Column: "level"}}, Number: "location_accuracy_m"}, "county": {By: []live.By{{Level: geo.County}}},
		} {
			a.Region, a.Days = area, geo.On(0)
			b.Run(fmt.Sprintf("%s/%g degrees", name, radius), func(b *testing.B) {
				groups, rows := []live.Group(nil), 0
				for b.Loop() {
					if groups, err = s.Aggregate(context.Background(), a); err != nil {
						b.Fatal(err)
					}
				}
				for _, g := range groups {
					rows += g.Count
				}
				b.ReportMetric(float64(rows), "rows")
			})
		}
	}
}

// round is a ring such as a hand draws it.
func round(lon, lat, radius float64, vertices int) orb.Ring {
	ring, random := orb.Ring{}, rand.New(rand.NewPCG(1, 6))
	for i := range vertices {
		angle, r := 2*math.Pi*float64(i)/float64(vertices), radius*(0.97+0.03*random.Float64())
		ring = append(ring, orb.Point{lon + r*math.Cos(angle), lat + r*math.Sin(angle)})
	}
	return append(ring, ring[0])
}
