package main

import (
	"math"
	"math/rand/v2"

	"jingwei/geo"
)

// gap is the least water between a made-up island and other land, km.
const gap = 1.5

// leastShare of its real area that a county must have on the mainland; one with less gets islands.
const leastShare = 0.3

// addIslands gives islands to counties of the province whose Voronoi cell has little or no land in the coarse coast: a
// main island around the label point with two thirds of the real area, and islets for the rest.
func (l *land) addIslands(c *counties, seed uint64) {
	area := l.areas(c)
	for i, unit := range c.list {
		if !c.kept(i) || area[i] >= leastShare*unit.area {
			continue
		}
		r := stream(seed, forIslands, uint64(unit.code))
		main := math.Sqrt(unit.area * 0.66 / math.Pi)
		l.addIsland(c, i, c.at[i], main, r)
		rest := unit.area * 0.34
		for try := 0; try < 200 && rest > 1; try++ {
			share := rest * (0.25 + 0.35*r.Float64())
			turn, far := r.Float64()*2*math.Pi, main*(1.3+1.4*r.Float64())
			at := point{c.at[i].x + far*math.Cos(turn), c.at[i].y + far*math.Sin(turn)}
			if l.addIsland(c, i, at, math.Sqrt(share/math.Pi), r) {
				rest -= share
			}
		}
	}
}

// addIsland adds an island of about the given radius at a place that is free; the main island shrinks until it fits.
func (l *land) addIsland(c *counties, county int, at point, radius float64, r *rand.Rand) bool {
	room := l.shore(at)
	for _, other := range l.islands {
		room = min(room, at.distance(other.centre)-other.radius)
	}
	most := (room - gap) / bulge
	if at == c.at[county] {
		radius = min(radius, most)
	}
	if radius > most || radius <= 0 || at != c.at[county] && c.nearest(at) != county {
		return false
	}
	l.islands = append(l.islands, island{county: county, centre: at, radius: radius * bulge, ring: blob(at, radius, r)})
	return true
}

// bulge is the most that a blob reaches beyond its mean radius.
const bulge = 1.45

// blob is a ring around a point whose radius swings with a few random waves.
func blob(at point, radius float64, r *rand.Rand) []geo.Position {
	n := max(12, min(90, int(radius*8)))
	var height, phase [7]float64
	for k := 1; k < len(height); k++ {
		height[k] = (r.Float64()*0.5 + 0.5) * 0.22 / float64(k)
		phase[k] = r.Float64() * 2 * math.Pi
	}
	var ring []geo.Position
	for i := range n {
		turn := 2 * math.Pi * float64(i) / float64(n)
		swing := 1.0
		for k := 1; k < len(height); k++ {
			swing += height[k] * math.Cos(float64(k+1)*turn+phase[k])
		}
		swing = max(0.5, min(bulge-0.01, swing))
		ring = append(ring, point{at.x + radius*swing*math.Cos(turn), at.y + radius*swing*math.Sin(turn)}.position())
	}
	return ring
}

// areas estimates the land of every county in the window, km², on a grid of 1.5 km.
func (l *land) areas(c *counties) map[int]float64 {
	const step = 1.5
	out := map[int]float64{}
	low, high := planar(westEdge, southEdge), planar(eastEdge, northEdge)
	for x := low.x; x < high.x; x += step {
		for y := low.y; y < high.y; y += step {
			if i := l.county(c, point{x, y}); i >= 0 {
				out[i] += step * step
			}
		}
	}
	return out
}
