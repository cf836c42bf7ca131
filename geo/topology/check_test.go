package topology_test

import (
	"cmp"
	"fmt"
	"slices"
	"testing"

	"jingwei/geo"
)

// edge is a directed edge of a unit, which lies on its left.
type edge struct {
	from, to geo.Position
	unit     int
}

func compare(a, b geo.Position) int {
	return cmp.Or(cmp.Compare(a.Lon, b.Lon), cmp.Compare(a.Lat, b.Lat))
}

func edges(units []geo.MultiPolygon) []edge {
	var out []edge
	for u, unit := range units {
		for _, polygon := range unit {
			for _, ring := range polygon {
				for i, p := range ring {
					out = append(out, edge{p, ring[(i+1)%len(ring)], u})
				}
			}
		}
	}
	slices.SortFunc(out, func(a, b edge) int { return cmp.Or(compare(a.from, b.from), compare(a.to, b.to), a.unit-b.unit) })
	return out
}

// checkCoverage reports what makes units no coverage, by means that know nothing of how they were made: an edge that
// two units have on the same side, edges that cross or touch beside their ends, rings that turn the wrong way or visit a
// vertex twice, holes outside their shell, units on top of each other.
func checkCoverage(units []geo.MultiPolygon) error {
	all := edges(units)
	for i := 1; i < len(all); i++ {
		if all[i].from == all[i-1].from && all[i].to == all[i-1].to {
			return fmt.Errorf("%s-%s belongs to %d and %d", all[i].from, all[i].to, all[i-1].unit, all[i].unit)
		}
	}
	if err := crossing(all); err != nil {
		return err
	}
	for u, unit := range units {
		for _, polygon := range unit {
			if err := checkPolygon(polygon); err != nil {
				return fmt.Errorf("unit %d: %w", u, err)
			}
		}
	}
	return checkNesting(units)
}

func checkPolygon(polygon geo.Polygon) error {
	for i, ring := range polygon {
		if len(ring) < 3 || ring.DoubleArea() == 0 || (ring.DoubleArea() > 0) != (i == 0) {
			return fmt.Errorf("ring %d of %d vertices has the area %d", i, len(ring), ring.DoubleArea())
		}
		if i > 0 && !slices.ContainsFunc(ring, polygon[0].Contains) {
			return fmt.Errorf("hole %d lies outside its shell", i)
		}
		sorted := slices.SortedFunc(slices.Values(ring), compare)
		if len(slices.Compact(sorted)) != len(ring) {
			return fmt.Errorf("ring %d visits a vertex twice", i)
		}
	}
	return nil
}

// crossing looks for two edges that meet beside their common ends, sweeping from west to east.
func crossing(all []edge) error {
	swept := make([]edge, len(all))
	for i, e := range all {
		if compare(e.from, e.to) > 0 {
			e.from, e.to = e.to, e.from
		}
		swept[i] = edge{e.from, e.to, 0}
	}
	slices.SortFunc(swept, func(a, b edge) int { return cmp.Or(compare(a.from, b.from), compare(a.to, b.to)) })
	swept = slices.Compact(swept)
	var open []edge
	for _, e := range swept {
		open = slices.DeleteFunc(open, func(o edge) bool { return o.to.Lon < e.from.Lon })
		for _, o := range open {
			if meet(e, o) {
				return fmt.Errorf("%s-%s meets %s-%s", e.from, e.to, o.from, o.to)
			}
		}
		open = append(open, e)
	}
	return nil
}

func meet(e, o edge) bool {
	if max(e.from.Lat, e.to.Lat) < min(o.from.Lat, o.to.Lat) || max(o.from.Lat, o.to.Lat) < min(e.from.Lat, e.to.Lat) {
		return false
	}
	a, b := geo.Turn(e.from, e.to, o.from), geo.Turn(e.from, e.to, o.to)
	c, d := geo.Turn(o.from, o.to, e.from), geo.Turn(o.from, o.to, e.to)
	return a*b < 0 && c*d < 0 || a == 0 && on(e, o.from) || b == 0 && on(e, o.to) || c == 0 && on(o, e.from) || d == 0 && on(o, e.to)
}

// on reports whether p, on the line of e, lies between its ends and is neither.
func on(e edge, p geo.Position) bool {
	return p != e.from && p != e.to && min(e.from.Lon, e.to.Lon) <= p.Lon && p.Lon <= max(e.from.Lon, e.to.Lon) &&
		min(e.from.Lat, e.to.Lat) <= p.Lat && p.Lat <= max(e.from.Lat, e.to.Lat)
}

// checkNesting: edges do not cross, so two polygons can overlap only by one lying inside the other. Then a vertex of
// the inner one lies inside the outer one's shell and in none of its holes, nor on their rims.
func checkNesting(units []geo.MultiPolygon) error {
	type part struct {
		geo.Polygon
		unit      int
		low, high geo.Position
	}
	var parts []part
	for u, unit := range units {
		for _, polygon := range unit {
			low, high := polygon[0][0], polygon[0][0]
			for _, p := range polygon[0] {
				low.Lon, low.Lat = min(low.Lon, p.Lon), min(low.Lat, p.Lat)
				high.Lon, high.Lat = max(high.Lon, p.Lon), max(high.Lat, p.Lat)
			}
			parts = append(parts, part{polygon, u, low, high})
		}
	}
	for i, a := range parts {
		for j, b := range parts {
			if i == j || b.low.Lon < a.low.Lon || b.high.Lon > a.high.Lon || b.low.Lat < a.low.Lat || b.high.Lat > a.high.Lat {
				continue
			}
			for _, p := range b.Polygon[0] {
				if inside(a.Polygon, p) {
					return fmt.Errorf("%s of unit %d lies in unit %d", p, b.unit, a.unit)
				}
			}
		}
	}
	return nil
}

func inside(polygon geo.Polygon, p geo.Position) bool {
	for i, ring := range polygon {
		if ring.Contains(p) != (i == 0) || i > 0 && slices.Contains(ring, p) {
			return false
		}
	}
	return true
}

func mustCover(t testing.TB, units []geo.MultiPolygon) {
	t.Helper()
	if err := checkCoverage(units); err != nil {
		t.Error(err)
	}
}
