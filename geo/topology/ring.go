package topology

import (
	"slices"

	"jingwei/geo"
)

// Units returns the polygons of each unit: shells counterclockwise, holes clockwise, each ring from its westernmost
// vertex, polygons and holes from west to east. Equal coverages give equal results.
func (c *Coverage) Units() []geo.MultiPolygon {
	rings := make([][][]int32, len(c.faces))
	c.clearDone()
	for u := range c.out {
		for i, e := range c.out[u] {
			if e.face != outside && !e.done {
				rings[e.face] = append(rings[e.face], split(c.walk(int32(u), i))...)
			}
		}
	}
	out := make([]geo.MultiPolygon, c.units)
	for f, x := range c.faces {
		switch {
		case x.raw:
			out[x.unit] = append(out[x.unit], x.given)
		case len(rings[f]) > 0:
			out[x.unit] = append(out[x.unit], c.polygons(rings[f])...)
		}
	}
	for _, polygons := range out {
		slices.SortFunc(polygons, func(a, b geo.Polygon) int { return slices.CompareFunc(a[0], b[0], compare) })
	}
	return out
}

func (c *Coverage) clearDone() {
	for u := range c.out {
		for i := range c.out[u] {
			c.out[u][i].done = false
		}
	}
}

// walk goes along the border of the face to the left of the i-th edge of u until it is back, and marks what it passes.
func (c *Coverage) walk(u int32, i int) []int32 {
	var path []int32
	for !c.out[u][i].done {
		c.out[u][i].done = true
		path = append(path, u)
		v, left := c.out[u][i].to, c.out[u][i].face
		i = c.next(u, v, left)
		u = v
	}
	return path
}

// next chooses the edge that leaves v sharpest to the left, coming from u, along the same face.
func (c *Coverage) next(u, v, left int32) int {
	best := -1
	for i, e := range c.out[v] {
		if e.face == left && e.to != u && (best < 0 || c.lefter(u, v, e.to, c.out[v][best].to)) {
			best = i
		}
	}
	if best < 0 { // back where it came from: only at the end of a lonely edge
		return c.find(v, u)
	}
	return best
}

// lefter reports whether going on from u, v to a is a sharper left turn than to b.
func (c *Coverage) lefter(u, v, a, b int32) bool {
	leftA := geo.Turn(c.at[u], c.at[v], c.at[a]) > 0
	leftB := geo.Turn(c.at[u], c.at[v], c.at[b]) > 0
	if leftA != leftB {
		return leftA
	}
	return geo.Turn(c.at[v], c.at[a], c.at[b]) < 0
}

// split cuts a walk at vertices that it visits twice into rings that do not.
func split(walk []int32) [][]int32 {
	if len(walk) == 0 {
		return nil
	}
	var rings [][]int32
	var path []int32
	at := make(map[int32]int, len(walk))
	for _, v := range append(walk, walk[0]) {
		k, seen := at[v]
		if !seen {
			at[v] = len(path)
			path = append(path, v)
			continue
		}
		if len(path)-k > 2 {
			rings = append(rings, slices.Clone(path[k:]))
		}
		for _, w := range path[k+1:] {
			delete(at, w)
		}
		path = path[:k+1]
	}
	return rings
}

// polygons puts the rings of one face together.
func (c *Coverage) polygons(rings [][]int32) geo.MultiPolygon {
	var shells geo.MultiPolygon
	var holes []geo.Ring
	for _, ids := range rings {
		west := slices.Index(ids, slices.Min(ids))
		ring := c.ring(slices.Concat(ids[west:], ids[:west]))
		switch area := ring.DoubleArea(); {
		case area > 0:
			shells = append(shells, geo.Polygon{ring})
		case area < 0:
			holes = append(holes, ring)
		}
	}
	slices.SortFunc(holes, func(a, b geo.Ring) int { return slices.CompareFunc(a, b, compare) })
	for _, hole := range holes {
		if i := shellOf(shells, hole); i >= 0 {
			shells[i] = append(shells[i], hole)
		}
	}
	return shells
}

// shellOf returns the smallest shell around the hole, -1 when there is none. One face has more than one shell only when
// it was not connected.
func shellOf(shells geo.MultiPolygon, hole geo.Ring) int {
	best := -1
	if len(shells) == 1 {
		best = 0
	}
	for i := 0; i < len(shells) && len(shells) > 1; i++ {
		if !slices.ContainsFunc(hole, shells[i][0].Contains) {
			continue
		}
		if best < 0 || shells[i][0].DoubleArea() < shells[best][0].DoubleArea() {
			best = i
		}
	}
	return best
}

func equal(a, b geo.MultiPolygon) bool {
	return slices.EqualFunc(a, b, func(p, q geo.Polygon) bool {
		return slices.EqualFunc(p, q, func(r, s geo.Ring) bool { return slices.Equal(r, s) })
	})
}
