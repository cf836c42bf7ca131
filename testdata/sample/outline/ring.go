package outline

import (
	"cmp"
	"slices"

	"jingwei/geo"
)

// Edge is a directed segment with the inside of its polygon on the left.
type Edge struct{ From, To geo.Position }

// Ring is a closed ring of distinct vertices; the first is not repeated at the end.
type Ring []geo.Position

// Polygon is an exterior ring, counterclockwise, followed by holes, clockwise (RFC 7946 §3.1.6).
type Polygon []Ring

// Compare orders positions by longitude, then latitude.
func Compare(a, b geo.Position) int {
	return cmp.Or(cmp.Compare(a.Lon, b.Lon), cmp.Compare(a.Lat, b.Lat))
}

// Edges returns the directed edges of polygons.
func Edges(polygons ...Polygon) []Edge {
	var out []Edge
	for _, p := range polygons {
		for _, r := range p {
			for i := range r {
				out = append(out, Edge{r[i], r[(i+1)%len(r)]})
			}
		}
	}
	return out
}

// Cancel drops edges of no length and every pair of opposite edges: what remains is the outline of the union of the
// shapes whose edges were given. The result is sorted.
func Cancel(edges []Edge) []Edge {
	slices.SortFunc(edges, compareEdges)
	var out []Edge
	for _, e := range edges {
		if e.From == e.To {
			continue
		}
		if _, ok := slices.BinarySearchFunc(edges, Edge{e.To, e.From}, compareEdges); !ok {
			out = append(out, e)
		}
	}
	return out
}

func compareEdges(a, b Edge) int { return cmp.Or(Compare(a.From, b.From), Compare(a.To, b.To)) }

// Cross is twice the area of the triangle a, b, c in square units, positive when it turns left. It is exact unless the
// triangle spans half of the world both ways.
func Cross(a, b, c geo.Position) int64 {
	return (int64(b.Lon)-int64(a.Lon))*(int64(c.Lat)-int64(a.Lat)) - (int64(b.Lat)-int64(a.Lat))*(int64(c.Lon)-int64(a.Lon))
}

// DoubleArea is twice the signed area of the ring in square units, positive when counterclockwise.
func (r Ring) DoubleArea() int64 {
	var sum int64
	for i := 1; i+1 < len(r); i++ {
		sum += Cross(r[0], r[i], r[i+1])
	}
	return sum
}

// Contains reports whether p lies inside the ring, by the even-odd rule; a point on the ring itself is not inside.
func (r Ring) Contains(p geo.Position) bool {
	inside := false
	for i := range r {
		a, b := r[i], r[(i+1)%len(r)]
		turn := Cross(a, b, p)
		if turn == 0 && between(a, b, p) {
			return false
		}
		if (a.Lat > p.Lat) == (b.Lat > p.Lat) {
			continue
		}
		if (turn > 0) == (b.Lat > a.Lat) {
			inside = !inside
		}
	}
	return inside
}

// between reports whether p, known to be on the line through a and b, lies from a to b.
func between(a, b, p geo.Position) bool {
	return min(a.Lon, b.Lon) <= p.Lon && p.Lon <= max(a.Lon, b.Lon) &&
		min(a.Lat, b.Lat) <= p.Lat && p.Lat <= max(a.Lat, b.Lat)
}
