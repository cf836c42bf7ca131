package topology_test

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"jingwei/geo"
	"jingwei/geo/topology"
)

// lattice draws a random coverage: squares of a crooked net, with crooked sides, each of one of a few units or of none.
func lattice(t *rapid.T) []geo.MultiPolygon {
	const cell, middle = 1000, 3
	columns, rows := rapid.IntRange(1, 6).Draw(t, "columns"), rapid.IntRange(1, 6).Draw(t, "rows")
	scale := int32(rapid.SampledFrom([]int{1, 40, 3000}).Draw(t, "scale"))
	shift := rapid.SampledFrom([]geo.Position{{}, {Lon: 1_200_000_000, Lat: 300_000_000}, {Lon: -700_000_000, Lat: -600_000_000}}).Draw(t, "shift")
	jitter := func(bound int) int32 { return int32(rapid.IntRange(-bound, bound).Draw(t, "jitter")) }
	place := func(x, y int32) geo.Position { return geo.Position{Lon: shift.Lon + x*scale, Lat: shift.Lat + y*scale} }
	at := map[[2]int]geo.Position{}
	sides := map[[4]int][]geo.Position{}
	for x := range columns + 1 {
		for y := range rows + 1 {
			at[[2]int{x, y}] = place(int32(x*cell)+jitter(100), int32(y*cell)+jitter(100))
		}
	}
	// The vertices within a side stay in a strip of their own, so sides never cross.
	side := func(x, y, dx, dy int) []geo.Position {
		key := [4]int{x, y, dx, dy}
		if _, ok := sides[key]; !ok {
			list := []geo.Position{}
			for k := range rapid.IntRange(0, middle).Draw(t, "vertices") {
				along := int32(250 + 500*(k+1)/(middle+1))
				across := jitter(200)
				list = append(list, place(int32(x*cell)+along*int32(dx)+across*int32(dy), int32(y*cell)+along*int32(dy)+across*int32(dx)))
			}
			sides[key] = list
		}
		return sides[key]
	}
	backward := func(list []geo.Position) []geo.Position {
		list = slices.Clone(list)
		slices.Reverse(list)
		return list
	}
	units := make([]geo.MultiPolygon, rapid.IntRange(1, 5).Draw(t, "units"))
	for x := range columns {
		for y := range rows {
			u := rapid.IntRange(-1, len(units)-1).Draw(t, "unit")
			if u < 0 {
				continue
			}
			ring := geo.Ring(slices.Concat(
				[]geo.Position{at[[2]int{x, y}]}, side(x, y, 1, 0),
				[]geo.Position{at[[2]int{x + 1, y}]}, side(x+1, y, 0, 1),
				[]geo.Position{at[[2]int{x + 1, y + 1}]}, backward(side(x, y+1, 1, 0)),
				[]geo.Position{at[[2]int{x, y + 1}]}, backward(side(x, y, 0, 1))))
			units[u] = append(units[u], geo.Polygon{ring})
		}
	}
	return units
}

// steps are zooms that make something of the lattices vanish: their cells are of 1, 40 or 3000 times 1e-4 degree.
func steps() []int { return []int{20, 17, 15, 13, 11, 9, 7, 5, 0} }

func TestCoverageStaysOne(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		units := lattice(t)
		c, again := topology.New(units), topology.New(units)
		if got := c.Conflicts(); len(got) > 0 {
			t.Fatalf("conflicts %v", got)
		}
		whole := c.Units()
		for u := range units {
			if whole[u].DoubleArea() != units[u].DoubleArea() {
				t.Errorf("unit %d has the area %d, was %d", u, whole[u].DoubleArea(), units[u].DoubleArea())
			}
		}
		fewest := len(edges(whole))
		for _, zoom := range steps() {
			c.Simplify(zoom)
			got := c.Units()
			if err := checkCoverage(got); err != nil {
				t.Fatalf("zoom %d: %v", zoom, err)
			}
			if n := len(edges(got)); n > fewest {
				t.Errorf("zoom %d has %d edges, a deeper one %d", zoom, n, fewest)
			}
			fewest = len(edges(got))
			for u := range units {
				if len(units[u]) > 0 && len(got[u]) == 0 {
					t.Fatalf("zoom %d: unit %d is gone", zoom, u)
				}
			}
			again.Simplify(zoom)
			if diff := cmp.Diff(got, again.Units()); diff != "" {
				t.Fatalf("zoom %d differs the second time (-first +second):\n%s", zoom, diff)
			}
		}
	})
}

// Turning a coverage into shapes and back is the same coverage.
func TestShapesAreACoverage(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		units := topology.New(lattice(t)).Units()
		if diff := cmp.Diff(units, topology.New(units).Units()); diff != "" {
			t.Fatalf("not the same again (-want +got):\n%s", diff)
		}
	})
}

func box(west, south, east, north int32) geo.Ring {
	const unit = 100_000
	return geo.Ring{{Lon: west * unit, Lat: south * unit}, {Lon: east * unit, Lat: south * unit}, {Lon: east * unit, Lat: north * unit}, {Lon: west * unit, Lat: north * unit}}
}

func turned(r geo.Ring) geo.Ring {
	r = slices.Clone(r)
	slices.Reverse(r)
	return r
}

func doubleAreas(units []geo.MultiPolygon) []int64 {
	var out []int64
	for _, u := range units {
		out = append(out, u.DoubleArea()/1e10)
	}
	return out
}

func TestDrops(t *testing.T) {
	tests := []struct {
		name  string
		units []geo.MultiPolygon
		want  []int64 // twice the areas in square hundredths of a degree; a square that is too small stays as a triangle
	}{
		{"an island goes", []geo.MultiPolygon{{{box(0, 0, 100, 100)}, {box(200, 0, 201, 1)}}}, []int64{2 * 100 * 100}},
		{"an island that is all of a unit stays", []geo.MultiPolygon{{{box(0, 0, 100, 100)}}, {{box(200, 0, 201, 1)}}}, []int64{2 * 100 * 100, 1}},
		{"a lake goes", []geo.MultiPolygon{{{box(0, 0, 100, 100), box(50, 50, 51, 51)}}}, []int64{2 * 100 * 100}},
		{"a large lake stays", []geo.MultiPolygon{{{box(0, 0, 100, 100), box(30, 30, 70, 70)}}}, []int64{2 * (100*100 - 1600)}},
		{"an exclave in a neighbour becomes the neighbour's", []geo.MultiPolygon{
			{{box(0, 0, 100, 100), box(50, 50, 51, 51)}}, {{turned(box(50, 50, 51, 51))}, {box(200, 0, 300, 100)}}}, []int64{2 * 100 * 100, 2 * 100 * 100}},
		{"an enclave that is all of a unit stays", []geo.MultiPolygon{
			{{box(0, 0, 100, 100), box(50, 50, 51, 51)}}, {{box(50, 50, 51, 51)}}}, []int64{2*100*100 - 1, 1}},
		{"a lake around a whole unit stays", []geo.MultiPolygon{
			{{box(0, 0, 100, 100), box(50, 50, 53, 53)}}, {{box(51, 51, 52, 52)}}}, []int64{2*100*100 - 18, 1}},
		{"a small island of two units goes", []geo.MultiPolygon{
			{{box(0, 0, 100, 100)}, {box(200, 0, 201, 1)}}, {{box(0, 200, 100, 300)}, {box(201, 0, 202, 1)}}}, []int64{2 * 100 * 100, 2 * 100 * 100}},
		{"nothing at all", []geo.MultiPolygon{nil, {}}, []int64{0, 0}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			c := topology.New(test.units)
			c.Simplify(1) // half a pixel is 17.6 hundredths of a degree at the equator
			got := c.Units()
			mustCover(t, got)
			if diff := cmp.Diff(test.want, doubleAreas(got)); diff != "" {
				t.Errorf("areas (-want +got):\n%s", diff)
			}
		})
	}
}

func TestOverlapsStayAsGiven(t *testing.T) {
	island := geo.Polygon{box(200, 0, 210, 10)}
	a := geo.MultiPolygon{{box(0, 0, 10, 10)}, island}
	b := geo.MultiPolygon{{geo.Ring{{Lon: 0, Lat: 0}, {Lon: 1_000_000, Lat: 0}, {Lon: 0, Lat: 500_000}}}, island}
	c := topology.New([]geo.MultiPolygon{a, b})
	if diff := cmp.Diff([][2]int{{0, 1}}, c.Conflicts()); diff != "" {
		t.Errorf("conflicts (-want +got):\n%s", diff)
	}
	c.Simplify(0)
	if diff := cmp.Diff([]geo.MultiPolygon{a, b}, c.Units()); diff != "" {
		t.Errorf("units (-want +got):\n%s", diff)
	}
}

func TestBandsCoverEveryZoomOnce(t *testing.T) {
	next := 0
	for _, b := range topology.Bands() {
		if b.MinZoom != next || b.MaxZoom < b.MinZoom {
			t.Errorf("band %v after zoom %d", b, next-1)
		}
		next = b.MaxZoom + 1
	}
	if next != topology.DeepestZoom+1 {
		t.Errorf("the last zoom is %d", next-1)
	}
}

func TestSimplified(t *testing.T) {
	got, _ := topology.Simplified([]geo.MultiPolygon{{{box(0, 0, 100, 100)}, {box(200, 0, 201, 1)}}, nil})
	want := [][]topology.Shape{{
		{Band: topology.Band{MinZoom: 6, MaxZoom: 30}, Polygons: geo.MultiPolygon{{box(0, 0, 100, 100)}, {box(200, 0, 201, 1)}}},
		{Band: topology.Band{MinZoom: 0, MaxZoom: 5}, Polygons: geo.MultiPolygon{{box(0, 0, 100, 100)}}},
	}, nil}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("shapes (-want +got):\n%s", diff)
	}
}
