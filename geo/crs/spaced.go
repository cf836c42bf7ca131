package crs

import (
	"math"
	"strings"

	"jingwei/geo"
)

// group is the degrees, minutes and seconds of one angle.
type group struct {
	side    byte
	numbers []string
}

// spaced reads degrees, minutes and seconds with nothing but spaces between them: 30 16 27 N, 120 9 18 E; 30 16.45, 120 9.3; or
// six numbers.
func spaced(text string) (a, b angle, ok bool) {
	groups, ok := groupsOf(text)
	if !ok {
		return a, b, false
	}
	if six := together(groups); len(six) == 6 {
		groups = []group{{numbers: six[:3]}, {numbers: six[3:]}}
	}
	if len(groups) != 2 || len(groups[0].numbers)+len(groups[1].numbers) == 2 { // two plain numbers are read elsewhere
		return a, b, false
	}
	a, ok1 := groups[0].angle()
	b, ok2 := groups[1].angle()
	return a, b, ok1 && ok2
}

// groupsOf parts a text at commas, and at directions, which stand before or behind their numbers.
func groupsOf(text string) (groups []group, ok bool) {
	var g group
	end := func() {
		if len(g.numbers) > 0 {
			groups = append(groups, g)
		}
		g = group{}
	}
	for _, field := range strings.Fields(apart(text)) {
		side := sideOf(field)
		switch {
		case field == ",":
			end()
		case side == 0:
			g.numbers = append(g.numbers, field)
		case len(g.numbers) == 0 && g.side == 0:
			g.side = side
		case len(g.numbers) > 0 && g.side == 0:
			g.side = side
			end()
		case len(g.numbers) > 0:
			end()
			g.side = side
		default:
			return nil, false
		}
	}
	if len(g.numbers) == 0 && g.side != 0 {
		return nil, false
	}
	end()
	return groups, true
}

// apart puts spaces around commas and directions.
func apart(text string) string {
	var b strings.Builder
	for _, r := range text {
		switch {
		case r == ',' || r == ';':
			b.WriteString(" , ")
		case strings.ContainsRune("EWNSewns", r):
			b.WriteString(" " + string(r) + " ")
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

// together are the numbers of groups that have no directions.
func together(groups []group) (all []string) {
	for _, g := range groups {
		if g.side != 0 {
			return nil
		}
		all = append(all, g.numbers...)
	}
	return all
}

func (g group) angle() (a angle, ok bool) {
	if len(g.numbers) > 3 {
		return a, false
	}
	parts := [3]string{}
	for i, text := range g.numbers {
		v, ok := geo.ParseDecimal(text)
		if !ok || i > 0 && (strings.ContainsAny(text, "+-") || v >= 60) || math.Abs(v) > 1000 {
			return a, false
		}
		parts[i] = text
	}
	a.side = g.side
	return a, a.set(parts[0], parts[1], parts[2]) == nil
}
