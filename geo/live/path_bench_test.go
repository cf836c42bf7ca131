package live_test

import (
	"math/rand/v2"
	"strconv"
	"strings"
	"testing"

	"jingwei/geo"
	"jingwei/geo/live"
)

// nation returns the paths of n organizations of a tree like that of the national sample: 31 provinces, each prefecture,
// county and township with about 11, 9 and 14 below it, and below these committees with branches. The id of number i is i + 1.
func nation(n int) []string {
	fan := []int{31, 11, 9, 14, 7}
	rng := rand.New(rand.NewPCG(3, 4))
	paths := make([]string, 0, n)
	var fill func(path string, level int)
	fill = func(path string, level int) {
		width := 11
		if level < len(fan) {
			width = fan[level]
		}
		for range 1 + rng.IntN(2*width-1) {
			if len(paths) == n {
				return
			}
			own := strings.TrimPrefix(path+"."+strconv.Itoa(len(paths)+1), ".")
			paths = append(paths, own)
			if level < len(fan) {
				fill(own, level+1)
			}
		}
	}
	for len(paths) < n {
		fill("", 0)
	}
	return paths
}

// inTree returns n organizations, or as many reports of them, of the layer.
func inTree(n int, layer geo.PointLayer, reports bool) []geo.Point {
	paths, points := nation(n), spread(n)
	rng := rand.New(rand.NewPCG(5, 6))
	for i := range points {
		path := paths[i]
		if reports {
			path = paths[rng.IntN(n/10)]
			points[i].ID += 1 << 40
		}
		points[i].Values = make([]string, len(layer.Columns))
		for c, column := range layer.Columns {
			switch column.Role {
			case geo.ColumnCategory:
				points[i].Values[c] = [...]string{"a", "b", "c"}[i%3]
			case geo.ColumnTree:
				points[i].Values[c] = path
			}
		}
	}
	return points
}

// BenchmarkScope counts the rows of one million in a scope: at first, when nothing is known of the chunks, later, and
// without a scope. bytes/row is what the columns and dictionaries take, texts aside, path/row what the paths do.
func BenchmarkScope(b *testing.B) {
	const n = 1_000_000
	for _, layer := range geo.PointLayers() {
		points := inTree(n, layer, layer.Name == "reports")
		x, public := live.New(layer, live.Internal), live.New(layer, live.Public)
		load(b, x, points)
		load(b, public, points)
		s, day := x.Snapshot(), geo.Day(0)
		root := geo.Scope{Roots: []geo.ID{2, 70_000, 500_000}}.Filter()
		count := func(b *testing.B, q live.Query) {
			if _, err := s.Summarize(q, geo.World); err != nil {
				b.Fatal(err)
			}
		}
		b.Run(layer.Name+"/first", func(b *testing.B) {
			for b.Loop() {
				day++ // another day is another query
				count(b, live.Query{Filter: root, Days: geo.On(day)})
			}
			b.ReportMetric(float64(s.Bytes())/n, "bytes/row")
			b.ReportMetric(float64(s.Bytes()-public.Snapshot().Bytes())/n, "path/row")
		})
		b.Run(layer.Name+"/first by category", func(b *testing.B) {
			for b.Loop() {
				day++
				count(b, live.Query{Filter: geo.In(layer.Columns[1].Name, "a"), Days: geo.On(day)})
			}
		})
		b.Run(layer.Name+"/later", func(b *testing.B) {
			for b.Loop() {
				count(b, live.Query{Filter: root, Days: geo.On(0)})
			}
		})
		b.Run(layer.Name+"/tile", func(b *testing.B) {
			for b.Loop() {
				if _, err := s.Tile(live.Query{Filter: root, Days: geo.On(0)}, 4, 8, 8, 16); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkLoadTree reads one million organizations with their paths into both editions' indexes.
func BenchmarkLoadTree(b *testing.B) {
	points := inTree(1_000_000, geo.OrganizationLayer(), false)
	for _, edition := range []live.Edition{live.Public, live.Internal} {
		b.Run(edition.String(), func(b *testing.B) {
			for b.Loop() {
				load(b, live.New(geo.OrganizationLayer(), edition), points)
			}
		})
	}
}
