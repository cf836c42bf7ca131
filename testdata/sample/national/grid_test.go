package national_test

import (
	"testing"

	"jingwei/geo"
	"jingwei/testdata/sample/national"
)

func TestGrids(t *testing.T) {
	o := forest(t, nation(t, 1), 200_000)
	const base = 5_000_000
	g := o.Grids(base)
	if g.Len() != o.Len()/20 {
		t.Fatalf("%d grids for %d organizations", g.Len(), o.Len())
	}
	codes, kinds := map[string]bool{}, map[string]int{}
	var community []geo.Ring
	var last geo.DivisionCode
	for i := range g.Len() {
		x := g.Grid(i)
		kinds[x.Kind]++
		if codes[x.Code] || x.Name == "" || x.Valid.Empty() {
			t.Fatalf("grid %d: %+v", i, x)
		}
		codes[x.Code] = true
		if head, _ := o.Organization(int(x.Organization - base)); head.Division != x.Division || head.Level != "village" {
			t.Fatalf("grid %d of %s belongs to %+v", i, x.Division, head)
		}
		ring := x.Shape[0][0]
		if ring.DoubleArea() <= 0 {
			t.Fatalf("grid %d is clockwise: %v", i, ring)
		}
		if x.Division != last {
			community, last = nil, x.Division
		}
		for _, other := range community {
			if overlap(ring, other) {
				t.Fatalf("grid %d of %s overlaps another", i, x.Division)
			}
		}
		community = append(community, ring)
	}
	if len(kinds) != 4 || kinds["village_grid"] > g.Len()/2 {
		t.Errorf("kinds of grids %v", kinds)
	}
	if empty := forest(t, nation(t, 1), 5).Grids(1); empty.Len() != 0 {
		t.Errorf("%d grids of five committees", empty.Len())
	}
}

// overlap of two convex rings: without a line between them along an edge of either, they overlap.
func overlap(a, b geo.Ring) bool {
	for _, rings := range [2][2]geo.Ring{{a, b}, {b, a}} {
		for i := range rings[0] {
			outside := true
			for _, p := range rings[1] {
				outside = outside && geo.Turn(rings[0][i], rings[0][(i+1)%len(rings[0])], p) <= 0
			}
			if outside {
				return false
			}
		}
	}
	return true
}

// TestSpiral: no two tiles are in one place, and they stay close to the first.
func TestSpiral(t *testing.T) {
	seen := map[[2]int32]bool{}
	for i := range 1000 {
		east, north := national.Spiral(i)
		if seen[[2]int32{east, north}] || max(east, -east, north, -north) > 16 {
			t.Fatalf("tile %d is in (%d, %d)", i, east, north)
		}
		seen[[2]int32{east, north}] = true
	}
}
