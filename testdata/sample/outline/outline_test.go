package outline_test

import (
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"jingwei/geo"
	"jingwei/testdata/sample/outline"
)

func ring(coordinates ...int32) outline.Ring {
	var r outline.Ring
	for i := 0; i < len(coordinates); i += 2 {
		r = append(r, geo.Position{Lon: coordinates[i], Lat: coordinates[i+1]})
	}
	return r
}

func square(x, y, size int32) outline.Polygon {
	return outline.Polygon{ring(x, y, x+size, y, x+size, y+size, x, y+size)}
}

func TestPolygons(t *testing.T) {
	frame := outline.Edges(square(0, 0, 1), square(1, 0, 1), square(2, 0, 1), square(0, 1, 1), square(2, 1, 1),
		square(0, 2, 1), square(1, 2, 1), square(2, 2, 1))
	tests := []struct {
		name  string
		edges []outline.Edge
		want  []int // rings of each polygon
	}{
		{"nothing", nil, nil},
		{"one", outline.Edges(square(0, 0, 1)), []int{1}},
		{"two with a common edge", outline.Edges(square(0, 0, 1), square(1, 0, 1)), []int{1}},
		{"two that touch in a vertex", outline.Edges(square(0, 0, 1), square(1, 1, 1)), []int{1, 1}},
		{"a frame", frame, []int{2}},
		{"an island in a frame", append(outline.Edges(square(12, 12, 2)), scaled(frame, 10)...), []int{2, 1}},
		{"a hole that touches its shell", outline.Edges(outline.Polygon{ring(0, 0, 2, 0, 4, 0, 4, 4, 0, 4), ring(2, 0, 1, 1, 2, 2, 3, 1)}), []int{2}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			polygons, err := outline.Polygons(outline.Cancel(test.edges))
			if err != nil {
				t.Fatal(err)
			}
			var got []int
			for _, p := range polygons {
				got = append(got, len(p))
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("rings (-want +got):\n%s", diff)
			}
			if err := outline.Check(polygons); err != nil {
				t.Error(err)
			}
		})
	}
}

func scaled(edges []outline.Edge, by int32) []outline.Edge {
	var out []outline.Edge
	for _, e := range edges {
		out = append(out, outline.Edge{
			From: geo.Position{Lon: e.From.Lon * by, Lat: e.From.Lat * by},
			To:   geo.Position{Lon: e.To.Lon * by, Lat: e.To.Lat * by},
		})
	}
	return out
}

func TestPolygonsRefusesAnOpenOutline(t *testing.T) {
	if _, err := outline.Polygons(outline.Edges(square(0, 0, 1))[:3]); err == nil {
		t.Error("no error")
	}
}

func TestCheck(t *testing.T) {
	tests := []struct {
		name    string
		polygon outline.Polygon
		valid   bool
	}{
		{"square", square(0, 0, 4), true},
		{"clockwise", outline.Polygon{ring(0, 0, 0, 4, 4, 4, 4, 0)}, false},
		{"bow tie", outline.Polygon{ring(0, 0, 4, 4, 4, 0, 0, 8)}, false},
		{"vertex twice", outline.Polygon{ring(0, 0, 4, 0, 4, 4, 2, 2, 0, 4, 2, 2)}, false},
		{"vertex on an edge", outline.Polygon{ring(0, 0, 4, 0, 4, 4, 2, 0, 0, 4)}, false},
		{"hole", outline.Polygon{ring(0, 0, 9, 0, 9, 9, 0, 9), ring(2, 2, 2, 4, 4, 4, 4, 2)}, true},
		{"hole counterclockwise", outline.Polygon{ring(0, 0, 9, 0, 9, 9, 0, 9), ring(2, 2, 4, 2, 4, 4, 2, 4)}, false},
		{"hole outside", outline.Polygon{ring(0, 0, 9, 0, 9, 9, 0, 9), ring(12, 2, 12, 4, 14, 4, 14, 2)}, false},
		{"two vertices", outline.Polygon{ring(0, 0, 9, 0)}, false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if err := outline.Check([]outline.Polygon{test.polygon}); (err == nil) != test.valid {
				t.Errorf("got %v", err)
			}
		})
	}
}

func TestContains(t *testing.T) {
	frame := []outline.Polygon{{ring(0, 0, 9, 0, 9, 9, 0, 9), ring(3, 3, 3, 6, 6, 6, 6, 3)}}
	tests := []struct {
		lon, lat int32
		want     bool
	}{{1, 1, true}, {4, 4, false}, {7, 3, true}, {0, 0, false}, {0, 5, false}, {9, 9, false}, {20, 3, false}}
	for _, test := range tests {
		if got := outline.Contains(frame, geo.Position{Lon: test.lon, Lat: test.lat}); got != test.want {
			t.Errorf("Contains(%d, %d) = %v", test.lon, test.lat, got)
		}
	}
}

// Any set of unit squares dissolves to valid polygons of the same area.
func TestDissolveKeepsTheArea(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		chosen := rapid.SliceOfNDistinct(rapid.Int32Range(0, 35), 1, 30, rapid.ID).Draw(t, "squares")
		var edges []outline.Edge
		for _, n := range chosen {
			edges = append(edges, outline.Edges(square(n%6, n/6, 1))...)
		}
		polygons, err := outline.Polygons(outline.Cancel(edges))
		if err != nil {
			t.Fatal(err)
		}
		if err := outline.Check(polygons); err != nil {
			t.Fatal(err)
		}
		if got := outline.Area(polygons); got != int64(2*len(chosen)) {
			t.Fatalf("area %d of %d squares", got, len(chosen))
		}
	})
}

func TestMultiPolygonRoundTrip(t *testing.T) {
	want := []outline.Polygon{
		{ring(-1_800_000_000, 0, 1_234_567, 5, 10_000_000, 899_999_999), ring(-3, 7, 20, -1_000_000, 100, 3)},
		{ring(0, 0, 10, 0, 0, 10)},
	}
	text := outline.AppendMultiPolygon(nil, want)
	const prefix = `{"type":"MultiPolygon","coordinates":`
	got, err := outline.ParseMultiPolygon(text[len(prefix) : len(text)-1])
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s\n%s", diff, text)
	}
	if _, err := outline.ParseMultiPolygon([]byte(`[[[[0,0],[1,0],[1,1],[0,1]]]]`)); err == nil {
		t.Error("an open ring was read")
	}
}

func TestDistanceAndClearance(t *testing.T) {
	a, b := geo.Position{Lon: 1_200_000_000, Lat: 300_000_000}, geo.Position{Lon: 1_201_000_000, Lat: 300_000_000}
	if got := outline.Distance(a, b); math.Abs(got-9630) > 20 {
		t.Errorf("0.1 degree along 30 N is %.0f m", got)
	}
	north := geo.Position{Lon: 1_200_500_000, Lat: 300_100_000}
	if got := outline.Clearance([]outline.Edge{{From: a, To: b}}, north); math.Abs(got-1112) > 2 {
		t.Errorf("0.01 degree of latitude is %.0f m", got)
	}
	if got := outline.Clearance(nil, a); !math.IsInf(got, 1) {
		t.Errorf("no edges are %.0f m away", got)
	}
}
