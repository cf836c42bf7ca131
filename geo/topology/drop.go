package topology

import (
	"cmp"
	"math"
	"slices"

	"jingwei/geo"
)

// edge is one with a small face on its left.
type edge struct{ from, to int32 }

// dropFaces gives every face that is smaller than least, smallest first, to the neighbour it shares the most border
// with; one without a neighbour, an island, goes to the outside. The largest face of a unit stays.
func (c *Coverage) dropFaces(least float64) {
	border := map[int32][]edge{}
	var small []int32
	for f := range c.faces {
		if x := c.faces[f]; f != outside && x.parent == int32(f) && x.area < least && !x.kept && !x.raw {
			small = append(small, int32(f))
			border[int32(f)] = nil
		}
	}
	if len(small) == 0 {
		return
	}
	for u := range c.out {
		for _, e := range c.out[u] {
			if _, ok := border[e.face]; ok {
				border[e.face] = append(border[e.face], edge{int32(u), e.to})
			}
		}
	}
	slices.SortFunc(small, func(a, b int32) int {
		return cmp.Or(cmp.Compare(c.faces[a].area, c.faces[b].area), cmp.Compare(a, b))
	})
	for _, f := range small {
		if x := c.faces[f]; x.parent == f && x.area < least && !x.kept {
			c.giveAway(f, border)
		}
	}
	c.dissolve()
}

// giveAway makes f part of a neighbour; other faces of the unit that it then touches become one with it.
func (c *Coverage) giveAway(f int32, border map[int32][]edge) {
	to, neighbours := c.heir(f, border[f])
	if to < 0 {
		return
	}
	take := func(a int32) {
		c.merge(a, to)
		if edges, ok := border[to]; ok {
			border[to] = append(edges, border[a]...)
		}
	}
	take(f)
	if to == outside {
		return
	}
	for _, n := range neighbours {
		if n != to && c.faces[n].unit == c.faces[to].unit && !c.faces[n].raw {
			take(n)
		}
	}
}

// heir returns the neighbour with the longest common border, units before the outside, and all neighbours in order. -1
// when f must stay, because it lies between units that are drawn as given.
func (c *Coverage) heir(f int32, border []edge) (int32, []int32) {
	lengths := map[int32]float64{}
	for _, e := range border {
		n := c.root(c.out[e.to][c.find(e.to, e.from)].face)
		if n != f {
			lengths[n] += math.Hypot(c.flat[e.to].x-c.flat[e.from].x, c.flat[e.to].y-c.flat[e.from].y)
		}
	}
	best, longest := int32(-1), -1.0
	var neighbours []int32
	for n := range lengths {
		if n != outside {
			neighbours = append(neighbours, n)
		}
	}
	slices.Sort(neighbours)
	for _, n := range neighbours {
		if lengths[n] > longest && !c.faces[n].raw {
			best, longest = n, lengths[n]
		}
	}
	if len(neighbours) == 0 {
		best = outside
	}
	return best, neighbours
}

// dropHoles fills every hole that no unit covers, such as a lake, when it is smaller than least and nothing lies in it.
func (c *Coverage) dropHoles(least float64) {
	filled := false
	c.clearDone()
	for u := range c.out {
		for i, e := range c.out[u] {
			if e.face != outside || e.done {
				continue
			}
			for _, ring := range split(c.walk(int32(u), i)) {
				if area := c.area(ring); area > 0 && area < least && c.isEmpty(ring) {
					filled = c.fill(ring) || filled
				}
			}
		}
	}
	if filled {
		c.dissolve()
	}
}

// isEmpty reports whether no vertex lies inside the ring.
func (c *Coverage) isEmpty(ring []int32) bool {
	r := c.ring(ring)
	low, high := r[0], r[0]
	for _, p := range r {
		low.Lon, low.Lat = min(low.Lon, p.Lon), min(low.Lat, p.Lat)
		high.Lon, high.Lat = max(high.Lon, p.Lon), max(high.Lat, p.Lat)
	}
	return !c.grid.any(low, high, func(v int32) bool { return r.Contains(c.at[v]) })
}

// fill gives the hole inside the ring to the unit with the longest border; false when that cannot be.
func (c *Coverage) fill(ring []int32) bool {
	hole := int32(len(c.faces))
	c.faces = append(c.faces, face{parent: hole, unit: -1, area: c.area(ring)})
	var border []edge
	for i, v := range ring {
		border = append(border, edge{v, ring[(i+1)%len(ring)]})
	}
	to, _ := c.heir(hole, border)
	if to <= outside {
		return false
	}
	for _, e := range border {
		c.out[e.from][c.find(e.from, e.to)].face = hole
	}
	c.giveAway(hole, map[int32][]edge{hole: border})
	return true
}

func (c *Coverage) ring(ids []int32) geo.Ring {
	r := make(geo.Ring, len(ids))
	for i, v := range ids {
		r[i] = c.at[v]
	}
	return r
}
