package main_test

import (
	"math"
	"math/rand/v2"
	"slices"

	"github.com/paulmach/orb"

	"jingwei/geo"
)

// lattice is the distance in degrees of the finest meridians and parallels that are exact in binary and in the 1e-7 degree
// of a stored position: points on them lie exactly on edges along them, and on slanted edges between them.
const lattice = 1.0 / 128

// drawn is an area that is asked about.
type drawn struct {
	shape orb.MultiPolygon
	kind  string
	exact bool // all vertices are on the lattice, so that no calculation of an edge is rounded
}

// planar returns the area without the antimeridian: what goes on beyond it stands on both sides.
func (d drawn) planar() orb.MultiPolygon {
	all := orb.MultiPolygon{}
	for _, polygon := range d.shape {
		all = append(all, polygon)
		switch bound := polygon.Bound(); {
		case bound.Max[0] > 180:
			all = append(all, moved(polygon, -360))
		case bound.Min[0] < -180:
			all = append(all, moved(polygon, 360))
		}
	}
	return all
}

func moved(polygon orb.Polygon, east float64) orb.Polygon {
	polygon = polygon.Clone()
	for _, ring := range polygon {
		for i := range ring {
			ring[i][0] += east
		}
	}
	return polygon
}

// pencil draws valid areas (OGC 06-103r4 §6.1.11) where the points are.
type pencil struct {
	*rand.Rand
	points []geo.Position
}

// draw draws an area of any kind, in either direction of its rings.
func (p pencil) draw() drawn {
	kinds := []struct {
		name string
		draw func() (orb.MultiPolygon, bool)
	}{
		{"star", p.stars}, {"star on the lattice", p.latticeStar}, {"box", p.box}, {"sliver", p.sliver}, {"triangle of points", p.triangle},
		{"across the antimeridian", p.across}, {"huge", p.huge}, {"tiny", p.tiny}, {"touching rings", p.touching}, {"staircase", p.staircase},
	}
	k := kinds[p.IntN(len(kinds))]
	shape, exact := k.draw()
	for _, polygon := range shape {
		for _, ring := range polygon {
			if p.IntN(2) == 0 {
				slices.Reverse(ring)
			}
		}
	}
	return drawn{shape, k.name, exact}
}

// at is the place of a point, or one near it.
func (p pencil) at() (lon, lat float64) {
	lon, lat = p.points[p.IntN(len(p.points))].Degrees()
	if p.IntN(2) == 0 {
		lon, lat = lon+p.NormFloat64()/100, lat+p.NormFloat64()/100
	}
	return max(-180, min(180, lon)), max(-89, min(89, lat))
}

// site is a corner of the lattice among the points, at least so many steps from the edges of the world.
func (p pencil) site(steps float64) (lon, lat float64) {
	lon, lat = p.at()
	within := func(v, most float64) float64 { return max(-most, min(most, math.Round(v/lattice)*lattice)) }
	return within(lon, 180-steps*lattice), within(lat, 90-steps*lattice)
}

// steps is a number of steps of the lattice, most often a few, at most so many.
func (p pencil) steps(most int) float64 { return float64(1 + p.IntN(1+p.IntN(most))) }

// spiky is a ring around a place, between three tenths of the radius and the whole of it; exact puts it on the lattice,
// for which the radius must be large.
func (p pencil) spiky(lon, lat, radius float64, vertices int, exact bool) orb.Ring {
	ring := orb.Ring{}
	for i := range vertices {
		sin, cos := math.Sincos(2 * math.Pi * float64(i) / float64(vertices))
		r := radius * (0.3 + 0.7*p.Float64())
		v := orb.Point{lon + r*cos, lat + r*sin}
		if exact {
			v = orb.Point{math.Round(v[0]/lattice) * lattice, math.Round(v[1]/lattice) * lattice}
		}
		ring = append(ring, v)
	}
	return append(ring, ring[0])
}

// rectangle is a ring.
func rectangle(west, south, east, north float64) orb.Ring {
	return orb.Ring{{west, south}, {east, south}, {east, north}, {west, north}, {west, south}}
}

// stars are up to three beside each other, some with a hole.
func (p pencil) stars() (shape orb.MultiPolygon, exact bool) {
	lon, lat := p.at()
	radius := min(math.Pow(10, 6*p.Float64()-5), 90-math.Abs(lat))
	lon = max(radius-180, min(180-radius, lon))
	for i := range 1 + p.IntN(3) {
		middle := lon + 2.1*radius*float64(i)
		if middle+radius > 180 {
			break
		}
		polygon := orb.Polygon{p.spiky(middle, lat, radius, 3+p.IntN(40), false)}
		if p.IntN(2) == 0 {
			polygon = append(polygon, p.spiky(middle, lat, radius/10, 3+p.IntN(10), false))
		}
		shape = append(shape, polygon)
	}
	return shape, false
}

func (p pencil) latticeStar() (orb.MultiPolygon, bool) {
	lon, lat := p.site(220)
	radius := 0.5 + p.Float64()
	polygon := orb.Polygon{p.spiky(lon, lat, radius, 5+p.IntN(8), true)}
	if p.IntN(2) == 0 { // one step around the middle
		polygon = append(polygon, orb.Ring{{lon - lattice, lat}, {lon, lat - lattice}, {lon + lattice, lat}, {lon, lat + lattice}, {lon - lattice, lat}})
	}
	return orb.MultiPolygon{polygon}, true
}

// box is along meridians and parallels of points, with a box for a hole.
func (p pencil) box() (orb.MultiPolygon, bool) {
	lon, lat := p.site(130)
	w, h := 3+p.steps(120), 3+p.steps(120)
	polygon := orb.Polygon{rectangle(lon, lat, lon+w*lattice, lat+h*lattice)}
	if p.IntN(2) == 0 {
		polygon = append(polygon, rectangle(lon+lattice, lat+lattice, lon+(w-1)*lattice, lat+(h-1)*lattice))
	}
	return orb.MultiPolygon{polygon}, true
}

// sliver is a triangle of a degree or so whose sides meet at next to nothing, or a box of one step.
func (p pencil) sliver() (orb.MultiPolygon, bool) {
	lon, lat := p.site(260)
	switch length := p.steps(250) * lattice; p.IntN(4) {
	case 0:
		return orb.MultiPolygon{{rectangle(lon, lat, lon+length, lat+lattice)}}, true
	case 1: // a diagonal through many points
		return orb.MultiPolygon{{{{lon, lat}, {lon + length, lat + length}, {lon + length, lat + length + lattice}, {lon, lat}}}}, true
	default:
		width := math.Pow(10, -3-5*p.Float64())
		return orb.MultiPolygon{{{{lon, lat}, {lon + length, lat + p.NormFloat64()}, {lon, lat + width}, {lon, lat}}}}, false
	}
}

// triangle has points for corners.
func (p pencil) triangle() (orb.MultiPolygon, bool) {
	for {
		ring := orb.Ring{}
		for range 3 {
			lon, lat := p.points[p.IntN(len(p.points))].Degrees()
			ring = append(ring, orb.Point{lon, lat})
		}
		ring = append(ring, ring[0])
		a, b, c := ring[0], ring[1], ring[2]
		if area := (b[0]-a[0])*(c[1]-a[1]) - (b[1]-a[1])*(c[0]-a[0]); math.Abs(area) > 1e-9 {
			return orb.MultiPolygon{{ring}}, false
		}
	}
}

// across goes on beyond 180° E or 180° W, along or through the meridian, or ends on it.
func (p pencil) across() (orb.MultiPolygon, bool) {
	side := []float64{-180, 180}[p.IntN(2)]
	lat := math.Round((4*p.Float64()-2)/lattice) * lattice
	switch p.IntN(4) {
	case 0:
		w, h := p.steps(250)*lattice, p.steps(250)*lattice
		return orb.MultiPolygon{{rectangle(side-w, lat, side+p.steps(250)*lattice, lat+h)}}, true
	case 1: // up to it
		return orb.MultiPolygon{{rectangle(min(side, side-math.Copysign(1, side)), lat, max(side, side-math.Copysign(1, side)), lat+p.steps(100)*lattice)}}, true
	case 2: // on this side of it in one part, on the other in another
		far := -math.Copysign(180, side)
		return orb.MultiPolygon{
			{rectangle(min(side, side-math.Copysign(1, side)), lat, max(side, side-math.Copysign(1, side)), lat+1)},
			{rectangle(min(far, far-math.Copysign(1, far)), lat, max(far, far-math.Copysign(1, far)), lat+1)}}, true
	}
	polygon := orb.Polygon{p.spiky(side+p.NormFloat64()/10, lat, 0.2+2*p.Float64(), 5+p.IntN(30), false)}
	if p.IntN(2) == 0 {
		middle := polygon.Bound().Center()
		polygon = orb.Polygon{rectangle(side-3, lat-3, side+3, lat+3), p.spiky(middle[0], lat, 0.5, 9, false)}
	}
	return orb.MultiPolygon{polygon}, false
}

// huge is a part of the world up to all of it, with holes.
func (p pencil) huge() (orb.MultiPolygon, bool) {
	west, south := float64(-180+p.IntN(100)), float64(-90+p.IntN(60))
	polygon := orb.Polygon{rectangle(west, south, 180-float64(p.IntN(30)), 90-float64(p.IntN(30)))}
	if p.IntN(2) == 0 {
		polygon = orb.Polygon{rectangle(-180, -90, 180, 90)}
	}
	for i := range p.IntN(4) {
		lon := 118.5 + float64(i)
		polygon = append(polygon, p.spiky(lon, 30, 0.45, 4+p.IntN(4), true))
	}
	return orb.MultiPolygon{polygon}, true
}

// tiny is around one point, or has it on its edge or at its corner.
func (p pencil) tiny() (orb.MultiPolygon, bool) {
	at := p.points[p.IntN(len(p.points))]
	lon, lat := at.Degrees()
	lon, lat = max(-179, min(179, lon)), max(-89, min(89, lat))
	size := math.Pow(10, -7+3*p.Float64())
	switch p.IntN(3) {
	case 0:
		return orb.MultiPolygon{{rectangle(lon-size, lat-size, lon+size, lat+size)}}, false
	case 1:
		return orb.MultiPolygon{{rectangle(lon, lat-size, lon+size, lat+size)}}, false
	}
	return orb.MultiPolygon{{{{lon, lat}, {lon + size, lat}, {lon, lat + size}, {lon, lat}}}}, false
}

// touching are boxes that meet at their corners, or one whose holes touch it, or each other, at a point.
func (p pencil) touching() (orb.MultiPolygon, bool) {
	lon, lat := p.site(80)
	s := 8 * float64(1+p.IntN(4)) * lattice
	box := func(x, y float64) orb.Ring { return rectangle(lon+x*s, lat+y*s, lon+(x+1)*s, lat+(y+1)*s) }
	diamond := func(x, y float64) orb.Ring {
		x, y = lon+x*s, lat+y*s
		return orb.Ring{{x - s/4, y}, {x, y - s/4}, {x + s/4, y}, {x, y + s/4}, {x - s/4, y}}
	}
	switch p.IntN(4) {
	case 0:
		return orb.MultiPolygon{{box(0, 0)}, {box(1, 1)}, {box(0, 2)}}, true
	case 1: // a hole that touches the edge at one corner
		return orb.MultiPolygon{{rectangle(lon, lat, lon+s, lat+s), diamond(0.25, 0.5)}}, true
	case 2: // two holes that touch each other
		return orb.MultiPolygon{{rectangle(lon, lat, lon+2*s, lat+s), diamond(0.75, 0.5), diamond(1.25, 0.5)}}, true
	}
	// a part that lies in the hole of another and touches it
	return orb.MultiPolygon{{rectangle(lon, lat, lon+s, lat+s), diamond(0.5, 0.5)}, {{{lon + s/4, lat + s/2}, {lon + s/2, lat + 3*s/8}, {lon + 5*s/8, lat + s/2}, {lon + s/4, lat + s/2}}}}, true
}

// staircase goes up along meridians and parallels, and straight down.
func (p pencil) staircase() (orb.MultiPolygon, bool) {
	lon, lat := p.site(130)
	ring, x, y := orb.Ring{{lon, lat}}, lon, lat
	for range 2 + p.IntN(6) {
		y += p.steps(8) * lattice
		ring = append(ring, orb.Point{x, y})
		x += p.steps(8) * lattice
		ring = append(ring, orb.Point{x, y})
	}
	return orb.MultiPolygon{{append(ring, orb.Point{x, lat}, ring[0])}}, true
}
