package gazetteer

import (
	"math"

	"jingwei/geo"
)

// Nearest returns the division of the level whose label is nearest to p, within a division or, for 0, anywhere, with the
// distance in metres; false when none has a label there.
func (g *Gazetteer) Nearest(p geo.Position, level geo.DivisionLevel, within geo.DivisionCode) (d geo.Division, metres float64, ok bool) {
	lo, hi := int32(0), g.current
	if within != 0 {
		n, found := g.node(within)
		if !found {
			return d, 0, false
		}
		lo, hi = g.below(n)
	}
	best := none
	nearest := math.Inf(1)
	for n := lo; n < hi; n++ {
		if g.level[n] != uint8(level) || g.at[n] == unlabelled {
			continue
		}
		if square := flat(p, g.at[n]); square < nearest {
			best, nearest = n, square
		}
	}
	if best == none {
		return d, 0, false
	}
	return g.division(best), geo.Distance(p, g.at[best]), true
}

// flat is the square of about how far two places lie apart, for comparison.
func flat(a, b geo.Position) float64 {
	lon, lat := a.Degrees()
	otherLon, otherLat := b.Degrees()
	x, y := (lon-otherLon)*math.Cos(lat*math.Pi/180), lat-otherLat
	return x*x + y*y
}

// Chain returns the division that exists under a code and those above it, widest first, without those that only group
// others; empty when there is none.
func (g *Gazetteer) Chain(code geo.DivisionCode) []geo.Division {
	n, ok := g.node(code)
	if !ok {
		return nil
	}
	return g.divisions(g.chain(n))
}

// PlaceOf returns the label of a division, or of the deepest one above it that has one, and how far that division reaches
// from it in metres; false when there is none.
func (g *Gazetteer) PlaceOf(code geo.DivisionCode) (geo.Place, bool) {
	n, ok := g.node(code)
	if !ok {
		return geo.Place{}, false
	}
	p, _, ok := g.place(n)
	return p, ok
}

// Address composes the names of divisions, widest first, as an address is written. A municipality is not said twice.
func Address(divisions []geo.Division) string {
	var text string
	for i, d := range divisions {
		if groups(d.Name, d.Level) || i > 0 && d.Name == divisions[i-1].Name {
			continue
		}
		text += d.Name
	}
	return text
}
