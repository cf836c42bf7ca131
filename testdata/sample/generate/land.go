package main

import (
	"math"
	"slices"

	"jingwei/geo"
)

// The part of China that matters: Zhejiang and its neighbours, in degrees.
const (
	westEdge, southEdge, eastEdge, northEdge = 117.2, 26.2, 123.4, 32.0
)

// land is China's coast near Zhejiang, and islands made for counties that have no land in the source.
type land struct {
	mainland []geo.Position // the one large ring, on the grid, counterclockwise
	islands  []island
	outline  []segment                  // of both, as far as it is near Zhejiang
	pieces   map[segment][]geo.Position // of the outline: its ends and where mesh edges meet it, in order
}

// island is a made-up ring around a county's label point.
type island struct {
	county int
	centre point
	radius float64 // of a disc that holds the ring, km
	ring   []geo.Position
}

// segment is a piece of a coast, land on the left.
type segment struct{ from, to geo.Position }

func newLand(china country, c *counties, seed uint64) *land {
	l := &land{mainland: largestRing(china), pieces: map[segment][]geo.Position{}}
	l.outline = near(segments(l.mainland))
	l.addIslands(c, seed)
	for _, i := range l.islands {
		l.outline = append(l.outline, segments(i.ring)...)
	}
	return l
}

// detailed returns the ring with the places where mesh edges meet it, so that land drawn from it covers the cells
// exactly.
func (l *land) detailed(ring []geo.Position) []geo.Position {
	var out []geo.Position
	for _, s := range segments(ring) {
		out = append(out, s.from)
		if path := l.pieces[s]; len(path) > 2 {
			out = append(out, path[1:len(path)-1]...)
		}
	}
	return slices.Compact(out)
}

func largestRing(c country) []geo.Position {
	var best [][2]float64
	for _, p := range c.polygons {
		if len(p[0]) > len(best) {
			best = p[0]
		}
	}
	var ring []geo.Position
	for _, v := range best[:len(best)-1] {
		ring = append(ring, geo.Position{Lon: round(v[0]), Lat: round(v[1])})
	}
	return ring
}

func segments(ring []geo.Position) []segment {
	var out []segment
	for i, v := range ring {
		out = append(out, segment{v, ring[(i+1)%len(ring)]})
	}
	return out
}

func near(all []segment) []segment {
	var out []segment
	for _, s := range all {
		if inWindow(s.from) || inWindow(s.to) {
			out = append(out, s)
		}
	}
	return out
}

func inWindow(p geo.Position) bool {
	lon, lat := p.Degrees()
	return lon > westEdge-2 && lon < eastEdge+2 && lat > southEdge-2 && lat < northEdge+2
}

// onMainland is even-odd over the whole ring of China.
func (l *land) onMainland(p point) bool { return inRing(l.mainland, p) }

func inRing(ring []geo.Position, p point) bool {
	inside := false
	for i, v := range ring {
		a, b := planarOf(v), planarOf(ring[(i+1)%len(ring)])
		if (a.y > p.y) != (b.y > p.y) && p.x < a.x+(p.y-a.y)*(b.x-a.x)/(b.y-a.y) {
			inside = !inside
		}
	}
	return inside
}

// island returns the island that holds p, or -1.
func (l *land) island(p point) int {
	for i, s := range l.islands {
		if p.distance(s.centre) < s.radius && inRing(s.ring, p) {
			return i
		}
	}
	return -1
}

// county returns the county that p belongs to: of its island, else the nearest on the mainland; -1 in the water.
func (l *land) county(c *counties, p point) int {
	if i := l.island(p); i >= 0 {
		return l.islands[i].county
	}
	if l.onMainland(p) {
		return c.nearest(p)
	}
	return -1
}

// shore is the distance in km from p to the mainland's coast, negative on land.
func (l *land) shore(p point) float64 {
	best := math.Inf(1)
	for _, s := range near(segments(l.mainland)) {
		best = min(best, distanceToSegment(p, planarOf(s.from), planarOf(s.to)))
	}
	if l.onMainland(p) {
		return -best
	}
	return best
}

func distanceToSegment(p, a, b point) float64 {
	dx, dy := b.x-a.x, b.y-a.y
	t := 0.0
	if d := dx*dx + dy*dy; d > 0 {
		t = max(0, min(1, ((p.x-a.x)*dx+(p.y-a.y)*dy)/d))
	}
	return p.distance(point{a.x + t*dx, a.y + t*dy})
}
