package main

import (
	"math"
	"slices"
)

// cell is the Voronoi cell of a site: its corners counterclockwise; corner k lies between the neighbours k-1 and k,
// that is, edge k (from corner k to corner k+1) is shared with neighbour k. -1 is the edge of the world.
type cell struct {
	corners    []point
	neighbours []int
}

// voronoi computes the cell of site i by cutting half-planes off a large square, nearest sites first, until sites are
// too far away to cut.
func voronoi(x *index, i int) cell {
	at := x.points[i]
	const far = 60 // km; no site on land is farther from the corners of its cell that matter
	c := cell{
		corners:    []point{{at.x - far, at.y - far}, {at.x + far, at.y - far}, {at.x + far, at.y + far}, {at.x - far, at.y + far}},
		neighbours: []int{-1, -1, -1, -1},
	}
	reach := 2 * far * math.Sqrt2
	for k := 0; float64(k-1)*x.size <= reach; k++ {
		var ring []int
		x.ring(at, k, func(j int) {
			if j != i && at.distance(x.points[j]) < reach {
				ring = append(ring, j)
			}
		})
		slices.SortFunc(ring, func(a, b int) int {
			if at.distance(x.points[a]) < at.distance(x.points[b]) {
				return -1
			}
			return 1
		})
		for _, j := range ring {
			c.cut(at, x.points[j], j)
		}
		reach = 0
		for _, v := range c.corners {
			reach = max(reach, 2*at.distance(v))
		}
	}
	return c
}

// cut removes what is nearer to other than to at.
func (c *cell) cut(at, other point, j int) {
	nx, ny := other.x-at.x, other.y-at.y
	middle := (other.x*other.x + other.y*other.y - at.x*at.x - at.y*at.y) / 2
	side := make([]float64, len(c.corners))
	outside := 0
	for k, v := range c.corners {
		side[k] = v.x*nx + v.y*ny - middle
		if side[k] > 0 {
			outside++
		}
	}
	if outside == 0 {
		return
	}
	var out cell
	for k, v := range c.corners {
		next := (k + 1) % len(c.corners)
		if side[k] <= 0 {
			out.corners = append(out.corners, v)
			out.neighbours = append(out.neighbours, c.neighbours[k])
		}
		if (side[k] <= 0) == (side[next] <= 0) {
			continue
		}
		t := side[k] / (side[k] - side[next])
		w := c.corners[next]
		out.corners = append(out.corners, point{v.x + t*(w.x-v.x), v.y + t*(w.y-v.y)})
		if side[k] <= 0 {
			out.neighbours = append(out.neighbours, j)
		} else {
			out.neighbours = append(out.neighbours, c.neighbours[k])
		}
	}
	*c = out
}

// circumcentre is the point at the same distance from three sites. Called with the sites in one order, it gives the
// same bits for all the three cells that meet there.
func circumcentre(a, b, c point) point {
	bx, by, cx, cy := b.x-a.x, b.y-a.y, c.x-a.x, c.y-a.y
	d := 2 * (bx*cy - by*cx)
	b2, c2 := bx*bx+by*by, cx*cx+cy*cy
	return point{a.x + (cy*b2-by*c2)/d, a.y + (bx*c2-cx*b2)/d}
}
