package topology

import (
	"cmp"
	"math"
	"slices"

	"jingwei/geo"
)

// Coverage is the planar graph of the borders of units. It is not safe for concurrent use.
type Coverage struct {
	units     int
	at        []geo.Position // of each vertex, in the order of compare
	flat      []point        // of each vertex, on the web mercator plane
	out       [][]halfEdge   // edges that leave each vertex; none when it was left out
	pinned    []bool         // vertices that stay
	faces     []face         // 0 is what no unit covers
	conflicts [][2]int
	grid      grid // of the vertices that have edges
}

// point is on the web mercator plane, the whole world being the square from 0 to 1.
type point struct{ x, y float64 }

// halfEdge is one direction of an edge. An edge is there in both, with the faces of its two sides.
type halfEdge struct {
	to, face int32 // face is on the left
	done     bool  // scratch: gone over by the present step
}

// face is a connected part of one unit. A face that was merged into another points to it.
type face struct {
	parent int32
	unit   int32
	area   float64 // on the web mercator plane
	kept   bool    // the largest of its unit: it never vanishes
	given  geo.Polygon
	raw    bool // it overlaps another: drawn as given
}

const outside = 0

// New returns the coverage of units, the index of a unit in the slice being its number. Shells and holes may turn
// either way; repeated vertices and rings of fewer than three are left out. Polygons must be valid by themselves.
// Where two units cover the same side of an edge (an island that both claim), both polygons stay as given; Conflicts
// lists them.
func New(units []geo.MultiPolygon) *Coverage {
	c := &Coverage{faces: []face{{unit: -1}}}
	edges := c.addUnits(units)
	c.connect(edges)
	c.uniteSiblings()
	c.dissolve()
	c.keepLargest()
	c.grid = newGrid(c.at)
	for v := range c.at {
		if len(c.out[v]) > 0 {
			c.grid.add(int32(v))
		}
	}
	return c
}

// Conflicts returns the pairs of units that cover the same side of an edge, in order, each once.
func (c *Coverage) Conflicts() [][2]int { return c.conflicts }

type directed struct{ from, to, face int32 }

// addUnits cleans the rings, numbers vertices and faces and returns the edges with the face on their left.
func (c *Coverage) addUnits(units []geo.MultiPolygon) []directed {
	c.units = len(units)
	cleaned := make([]geo.MultiPolygon, len(units))
	for i, unit := range units {
		cleaned[i] = clean(unit)
		for _, polygon := range cleaned[i] {
			for _, ring := range polygon {
				c.at = append(c.at, ring...)
			}
		}
	}
	slices.SortFunc(c.at, compare)
	c.at = slices.Clip(slices.Compact(c.at))
	number := make(map[geo.Position]int32, len(c.at))
	c.flat = make([]point, len(c.at))
	for v, p := range c.at {
		number[p] = int32(v)
		c.flat[v] = mercator(p)
	}
	var edges []directed
	for i, unit := range cleaned {
		for _, polygon := range unit {
			f := int32(len(c.faces))
			area := 0.0
			for _, ring := range polygon {
				ids := make([]int32, len(ring))
				for k, p := range ring {
					ids[k] = number[p]
				}
				for k, v := range ids {
					edges = append(edges, directed{v, ids[(k+1)%len(ids)], f})
				}
				area += c.area(ids)
			}
			c.faces = append(c.faces, face{parent: f, unit: int32(i), area: area, given: polygon})
		}
	}
	return edges
}

// compare orders positions by longitude, then latitude.
func compare(a, b geo.Position) int {
	return cmp.Or(cmp.Compare(a.Lon, b.Lon), cmp.Compare(a.Lat, b.Lat))
}

// clean leaves out repeated vertices and rings without area and turns shells counterclockwise, holes clockwise.
func clean(unit geo.MultiPolygon) geo.MultiPolygon {
	out := make(geo.MultiPolygon, 0, len(unit))
	for _, polygon := range unit {
		cleaned := make(geo.Polygon, 0, len(polygon))
		for i, given := range polygon {
			ring := slices.Compact(slices.Clone(given))
			for len(ring) > 1 && ring[0] == ring[len(ring)-1] {
				ring = ring[:len(ring)-1]
			}
			area := ring.DoubleArea()
			if area == 0 && i == 0 {
				break
			}
			if area == 0 {
				continue
			}
			if (area > 0) != (i == 0) {
				slices.Reverse(ring)
			}
			cleaned = append(cleaned, ring)
		}
		if len(cleaned) > 0 {
			out = append(out, cleaned)
		}
	}
	return out
}

// mercatorLimit is the latitude at which the web mercator plane is square.
const mercatorLimit = 85.051128779806604

func mercator(p geo.Position) point {
	lon, lat := p.Degrees()
	sin := math.Sin(max(-mercatorLimit, min(mercatorLimit, lat)) * math.Pi / 180)
	return point{(lon + 180) / 360, 0.5 - math.Log((1+sin)/(1-sin))/(4*math.Pi)}
}

// area is that of a ring on the web mercator plane, positive when counterclockwise (north up).
func (c *Coverage) area(ring []int32) float64 {
	var sum float64
	for i := 1; i+1 < len(ring); i++ {
		sum += turned(c.flat[ring[0]], c.flat[ring[i]], c.flat[ring[i+1]])
	}
	return sum / 2
}

// turned is twice the area of the triangle a, b, c, positive when it turns left as seen with north up.
func turned(a, b, c point) float64 {
	return (b.y-a.y)*(c.x-a.x) - (b.x-a.x)*(c.y-a.y)
}

// connect makes both directions of every edge. Where two faces claim the same side, both are set aside.
func (c *Coverage) connect(edges []directed) {
	slices.SortFunc(edges, func(a, b directed) int {
		return cmp.Or(cmp.Compare(a.from, b.from), cmp.Compare(a.to, b.to), cmp.Compare(a.face, b.face))
	})
	edges = slices.Compact(edges)
	c.out = make([][]halfEdge, len(c.at))
	c.pinned = make([]bool, len(c.at))
	for i, e := range edges {
		if i > 0 && edges[i-1].from == e.from && edges[i-1].to == e.to {
			c.setAside(edges[i-1].face, e.face)
			continue
		}
		c.out[e.from] = append(c.out[e.from], halfEdge{to: e.to, face: e.face})
	}
	for _, e := range edges {
		if c.find(e.to, e.from) < 0 {
			c.out[e.to] = append(c.out[e.to], halfEdge{to: e.from, face: outside})
		}
	}
	slices.SortFunc(c.conflicts, func(a, b [2]int) int { return cmp.Or(cmp.Compare(a[0], b[0]), cmp.Compare(a[1], b[1])) })
	c.conflicts = slices.Compact(c.conflicts)
}

// setAside pins the vertices of two faces in conflict: their neighbours keep the common line as it is.
func (c *Coverage) setAside(a, b int32) {
	u, v := int(c.faces[a].unit), int(c.faces[b].unit)
	c.conflicts = append(c.conflicts, [2]int{min(u, v), max(u, v)})
	for _, f := range []int32{a, b} {
		if c.faces[f].raw {
			continue
		}
		c.faces[f].raw = true
		for _, ring := range c.faces[f].given {
			for _, p := range ring {
				v, _ := slices.BinarySearchFunc(c.at, p, compare)
				c.pinned[v] = true
			}
		}
	}
}

// find returns the place of the edge from u to v among those that leave u, -1 when there is none.
func (c *Coverage) find(u, v int32) int {
	return slices.IndexFunc(c.out[u], func(e halfEdge) bool { return e.to == v })
}

// right returns the edge v to u, which e, leaving u, is the other direction of.
func (c *Coverage) right(u int32, e halfEdge) *halfEdge { return &c.out[e.to][c.find(e.to, u)] }

// root returns the face that f has become part of.
func (c *Coverage) root(f int32) int32 {
	for c.faces[f].parent != f {
		c.faces[f].parent = c.faces[c.faces[f].parent].parent
		f = c.faces[f].parent
	}
	return f
}

// merge makes face a part of b.
func (c *Coverage) merge(a, b int32) {
	a, b = c.root(a), c.root(b)
	if a == b {
		return
	}
	c.faces[a].parent = b
	c.faces[b].area += c.faces[a].area
	c.faces[b].kept = c.faces[b].kept || c.faces[a].kept
}

// uniteSiblings makes one face of parts of a unit that share an edge.
func (c *Coverage) uniteSiblings() {
	for u := range c.out {
		for _, e := range c.out[u] {
			a, b := c.root(e.face), c.root(c.right(int32(u), e).face)
			if a != outside && b != outside && c.faces[a].unit == c.faces[b].unit && !c.faces[a].raw && !c.faces[b].raw {
				c.merge(max(a, b), min(a, b))
			}
		}
	}
}

// dissolve removes the edges that have one face on both sides.
func (c *Coverage) dissolve() {
	for u := range c.out {
		for i, e := range c.out[u] {
			c.out[u][i].done = c.root(e.face) == c.root(c.right(int32(u), e).face)
		}
	}
	for u := range c.out {
		had := len(c.out[u])
		c.out[u] = slices.DeleteFunc(c.out[u], func(e halfEdge) bool { return e.done })
		for i := range c.out[u] {
			c.out[u][i].face = c.root(c.out[u][i].face)
		}
		if had > 0 && len(c.out[u]) == 0 {
			c.grid.remove(int32(u))
		}
	}
}

// keepLargest marks the face of each unit that stays at every zoom.
func (c *Coverage) keepLargest() {
	largest := make([]int32, c.units)
	for f := range c.faces {
		u := c.faces[f].unit
		if f == outside || c.root(int32(f)) != int32(f) {
			continue
		}
		if largest[u] == 0 || c.faces[f].area > c.faces[largest[u]].area {
			largest[u] = int32(f)
		}
	}
	for _, f := range largest {
		if f != outside {
			c.faces[f].kept = true
		}
	}
}
