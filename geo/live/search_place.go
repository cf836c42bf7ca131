package live

import (
	"strconv"
	"strings"

	"jingwei/geo"
)

// places tells where hits lie.
type places struct {
	divisions *finder // nil when divisions are not searched
	known     map[geo.DivisionCode]string
}

func placesOf(finders []*finder) places {
	p := places{known: map[geo.DivisionCode]string{}}
	for _, f := range finders {
		if f.columns.layer.Name == geo.DivisionLayer().Name {
			p.divisions = f
		}
	}
	return p
}

// above returns the names of a division and those above it, widest first, joined by " › ". Villages are left out, and
// what only groups others.
func (p places) above(code geo.DivisionCode) string {
	if path, ok := p.known[code]; ok || p.divisions == nil || code == 0 {
		return path
	}
	var names []string
	// The level falls at each step up, so that wrong parents cannot make it run in circles.
	for last, at := geo.Village+1, code; at != 0; {
		row, ok := p.divisions.current(geo.ID(at))
		if !ok {
			break
		}
		division := p.divisions.feature(row)
		n, _ := strconv.Atoi(division.Values[p.divisions.columns.find("level")])
		level := geo.DivisionLevel(n)
		if level >= last {
			break
		}
		if level < geo.Village && !groups(at) {
			names = append([]string{division.Values[p.divisions.columns.find("name")]}, names...)
		}
		last, at = level, division.Division
	}
	p.known[code] = strings.Join(names, " › ")
	return p.known[code]
}

// groups reports whether a division only groups others: 市辖区 and 县 of a municipality, and counties directly below a province.
func groups(code geo.DivisionCode) bool {
	digits := code.String()
	if !strings.HasSuffix(digits, "00000000") {
		return false
	}
	switch digits[:2] {
	case "11", "12", "31", "50":
		return digits[2:4] == "01" || digits[2:4] == "02" || digits[2:4] == "90"
	}
	return digits[2:4] == "90"
}
