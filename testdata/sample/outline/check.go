package outline

import (
	"cmp"
	"fmt"
	"slices"

	"jingwei/geo"
)

// Check reports the first fault that makes polygons invalid by OGC 06-103r4 §6.1.14: crossing edges, repeated
// vertices, wrong orientation, a hole outside its shell. Nil means valid.
func Check(polygons []Polygon) error {
	for i, p := range polygons {
		for j, r := range p {
			if len(r) < 3 {
				return fmt.Errorf("polygon %d ring %d has %d vertices", i, j, len(r))
			}
			if (r.DoubleArea() > 0) != (j == 0) || r.DoubleArea() == 0 {
				return fmt.Errorf("polygon %d ring %d turns the wrong way", i, j)
			}
			if j > 0 && !holds(p[0], r) {
				return fmt.Errorf("polygon %d ring %d lies outside its shell", i, j)
			}
			if err := distinct(r); err != nil {
				return fmt.Errorf("polygon %d ring %d: %w", i, j, err)
			}
		}
	}
	return Crossing(Edges(polygons...))
}

func distinct(r Ring) error {
	sorted := slices.SortedFunc(slices.Values(r), Compare)
	for i := 1; i < len(sorted); i++ {
		if sorted[i] == sorted[i-1] {
			return fmt.Errorf("the vertex %s occurs twice", sorted[i])
		}
	}
	return nil
}

// Crossing reports the first two edges that meet anywhere but in a vertex of both. The same edge in both directions
// is no crossing: neighbours share it. Edges are sorted by their western end, so each meets few others.
func Crossing(edges []Edge) error {
	edges = slices.Clone(edges)
	for i, e := range edges {
		if Compare(e.From, e.To) > 0 {
			edges[i] = Edge{e.To, e.From}
		}
	}
	slices.SortFunc(edges, compareEdges)
	edges = slices.Compact(edges)
	var open []Edge
	for _, e := range edges {
		open = slices.DeleteFunc(open, func(o Edge) bool { return o.To.Lon < e.From.Lon })
		for _, o := range open {
			if meet(e, o) {
				return fmt.Errorf("%s-%s meets %s-%s", e.From, e.To, o.From, o.To)
			}
		}
		open = append(open, e)
	}
	return nil
}

// meet reports whether two segments share a point that is not an end of both.
func meet(e, o Edge) bool {
	if max(e.From.Lat, e.To.Lat) < min(o.From.Lat, o.To.Lat) || max(o.From.Lat, o.To.Lat) < min(e.From.Lat, e.To.Lat) {
		return false
	}
	a, b := sign(Cross(e.From, e.To, o.From)), sign(Cross(e.From, e.To, o.To))
	c, d := sign(Cross(o.From, o.To, e.From)), sign(Cross(o.From, o.To, e.To))
	if a*b < 0 && c*d < 0 {
		return true
	}
	return a == 0 && inside(e, o.From) || b == 0 && inside(e, o.To) ||
		c == 0 && inside(o, e.From) || d == 0 && inside(o, e.To)
}

// inside reports whether p, on the line of e, lies between its ends and is neither.
func inside(e Edge, p geo.Position) bool { return p != e.From && p != e.To && between(e.From, e.To, p) }

func sign(x int64) int { return cmp.Compare(x, 0) }
