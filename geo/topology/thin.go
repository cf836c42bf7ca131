package topology

import (
	"container/heap"
	"math"

	"jingwei/geo"
)

// pixelsPerTile is the width in which a renderer such as MapLibre draws a tile.
const pixelsPerTile = 512

// Simplify makes the coverage as coarse as one can see at a zoom: what is smaller than a square of half a pixel goes,
// be it a part, a hole or the triangle between a vertex and its neighbours. The largest part of each unit stays, as a
// triangle if need be. Calls must come with falling zooms, so that a coarser shape holds no vertex that a finer lacks.
func (c *Coverage) Simplify(zoom int) {
	half := 0.5 / (pixelsPerTile * math.Exp2(float64(zoom)))
	least := half * half
	c.dropFaces(least)
	c.dropHoles(least)
	for c.thin(least) {
	}
}

// corner is a vertex that may be left out, with the area of the triangle that this takes off.
type corner struct {
	area   float64
	vertex int32
	stamp  int32
}

// corners is a heap, smallest triangle first; vertices are numbered by place, so equal input goes equal ways.
type corners []corner

func (h corners) Len() int { return len(h) }
func (h corners) Less(i, j int) bool {
	return h[i].area < h[j].area || h[i].area == h[j].area && h[i].vertex < h[j].vertex
}
func (h corners) Swap(i, j int) { h[i], h[j] = h[j], h[i] }

// Push appends a corner.
func (h *corners) Push(x any) { *h = append(*h, x.(corner)) }

// Pop takes the last corner.
func (h *corners) Pop() any {
	last := len(*h) - 1
	x := (*h)[last]
	*h = (*h)[:last]
	return x
}

// thin leaves out vertices whose triangle is smaller than least, smallest first, and reports whether there were any. A
// vertex that another stands in the way of is passed over; the way may be free the next time.
func (c *Coverage) thin(least float64) bool {
	stamps := make([]int32, len(c.at))
	var queue corners
	offer := func(v int32) {
		stamps[v]++
		if !c.removable(v) {
			return
		}
		if area := c.cornerArea(v); area < least {
			heap.Push(&queue, corner{area, v, stamps[v]})
		}
	}
	for v := range c.at {
		offer(int32(v))
	}
	changed := false
	for queue.Len() > 0 {
		next := heap.Pop(&queue).(corner)
		if next.stamp != stamps[next.vertex] || !c.free(next.vertex) {
			continue
		}
		a, b := c.leaveOut(next.vertex)
		changed = true
		offer(a)
		offer(b)
	}
	return changed
}

// removable reports whether v lies between two edges with the same faces on either side.
func (c *Coverage) removable(v int32) bool {
	if c.pinned[v] || len(c.out[v]) != 2 {
		return false
	}
	a, b := c.out[v][0], c.out[v][1]
	return a.face == c.right(v, b).face && b.face == c.right(v, a).face
}

func (c *Coverage) cornerArea(v int32) float64 {
	return math.Abs(turned(c.flat[c.out[v][0].to], c.flat[v], c.flat[c.out[v][1].to])) / 2
}

// free reports whether v can be left out without touching anything: the edge that takes the place of its two does not
// exist, and no vertex lies in the triangle or on its rim. In a planar graph no edge can then cross the new one.
func (c *Coverage) free(v int32) bool {
	a, b := c.out[v][0].to, c.out[v][1].to
	if c.find(a, b) >= 0 {
		return false
	}
	p, q, r := c.at[a], c.at[v], c.at[b]
	low := geo.Position{Lon: min(p.Lon, q.Lon, r.Lon), Lat: min(p.Lat, q.Lat, r.Lat)}
	high := geo.Position{Lon: max(p.Lon, q.Lon, r.Lon), Lat: max(p.Lat, q.Lat, r.Lat)}
	return !c.grid.any(low, high, func(w int32) bool {
		return w != a && w != v && w != b && (inTriangle(p, q, r, c.at[w]) || inFlatTriangle(c.flat[a], c.flat[v], c.flat[b], c.flat[w]))
	})
}

// inTriangle reports whether p lies in the triangle a, b, c, known to lie in its box; the rim counts.
func inTriangle(a, b, c, p geo.Position) bool {
	x, y, z := geo.Turn(a, b, p), geo.Turn(b, c, p), geo.Turn(c, a, p)
	return min(x, y, z) >= 0 || max(x, y, z) <= 0
}

// rounding bounds the error of a coordinate on the web mercator plane.
const rounding = 4e-16

// inFlatTriangle is inTriangle on the web mercator plane; what rounding leaves open counts as inside.
func inFlatTriangle(a, b, c, p point) bool {
	slack := rounding * (math.Abs(b.x-a.x) + math.Abs(b.y-a.y) + math.Abs(c.x-a.x) + math.Abs(c.y-a.y))
	x, y, z := turned(a, b, p), turned(b, c, p), turned(c, a, p)
	return min(x, y, z) >= -slack || max(x, y, z) <= slack
}

// leaveOut puts one edge in the place of the two at v and returns its ends.
func (c *Coverage) leaveOut(v int32) (a, b int32) {
	a, b = c.out[v][0].to, c.out[v][1].to
	c.right(v, c.out[v][0]).to = b
	c.right(v, c.out[v][1]).to = a
	c.out[v] = nil
	c.grid.remove(v)
	return a, b
}
