package crs

import (
	"math"
	"regexp"
	"strconv"
	"strings"

	"jingwei/geo"
)

// angle is a number of a coordinate and what stands beside it.
type angle struct {
	value float64
	side  byte // E, W, N, S, or X, Y, or 0
	sexa  bool
}

// metres tells a number that cannot be degrees.
func (a angle) metres() bool { return math.Abs(a.value) > 1000 }

// horizontal tells whether the angle is said to be a longitude; vertical, a latitude.
func (a angle) horizontal() bool { return a.side == 'E' || a.side == 'W' }
func (a angle) vertical() bool   { return a.side == 'N' || a.side == 'S' }

// number is one without a power of ten: behind a number E is east.
const number = `([-+]?\d+(?:\.\d+)?)`

// patterns are compiled for each text: there is no package state, and a text is read in microseconds all the same.
func anglePattern() *regexp.Regexp {
	// Seconds without their sign stand right behind the minutes: a number farther away is the next one.
	const signs = `\s*°\s*(?:(\d+(?:\.\d+)?)\s*'(?:\s*(\d+(?:\.\d+)?)\s*"|(\d+(?:\.\d+)?))?)?`
	const colons = `:(\d+(?:\.\d+)?)(?::(\d+(?:\.\d+)?))?`
	return regexp.MustCompile(`(?i)(?:(longitude|long|lng|lon|latitude|lat|[EWNSXY])\s*[:=]?\s*)?` + number + `(?:` + signs + `|` + colons + `)?\s*([EWNS])?`)
}

// angles splits a text into its two numbers. Between and around them only separators may stand: a house number or a
// telephone number is no coordinate.
func angles(text string) (a, b angle, err error) {
	if a, b, ok := spaced(text); ok {
		return a, b, nil
	}
	var list []angle
	rest := text
	pattern := anglePattern()
	const separators = " ,;/|()[]{}?&\t\n\r"
	for rest = strings.TrimLeft(rest, separators); rest != ""; rest = strings.TrimLeft(rest, separators) {
		m := pattern.FindStringSubmatchIndex(rest)
		if m == nil || m[0] != 0 || len(list) == 2 {
			return a, b, notRead()
		}
		one, used, err := angleOf(rest, m)
		if err != nil {
			return a, b, err
		}
		if rest = rest[used:]; strings.IndexAny(rest, "-+") == 0 {
			return a, b, notRead() // as in a telephone number
		}
		list = append(list, one)
	}
	if len(list) != 2 {
		return a, b, notRead()
	}
	return list[0], list[1], nil
}

func notRead() error {
	return geo.Invalid("q", "no coordinate can be read: two numbers are needed, such as 120.15, 30.27 or 东经120°09′18″ 北纬30°16′27″, a POINT of WKT or GeoJSON, a code of the BeiDou grid, or a link from AMap, Baidu or Tencent")
}

// angleOf reads one match, and says how many bytes of the text it is: a direction behind it belongs to the next number when
// one stands before it.
func angleOf(text string, m []int) (angle, int, error) {
	group := func(n int) string {
		if m[2*n] < 0 {
			return ""
		}
		return text[m[2*n]:m[2*n+1]]
	}
	a, used := angle{side: sideOf(group(1))}, m[1]
	if after := group(8); after != "" {
		if a.side == 0 {
			a.side = sideOf(after)
		} else {
			used = m[16]
		}
	}
	err := a.set(group(2), group(3)+group(6), group(4)+group(5)+group(7))
	return a, used, err
}

// set gives the angle its value, whose sign may be its side.
func (a *angle) set(degrees, minutes, seconds string) (err error) {
	a.value, err = sexagesimal(degrees, minutes, seconds)
	a.sexa = minutes != ""
	if err != nil || a.side != 'W' && a.side != 'S' {
		return err
	}
	if a.value < 0 {
		return geo.Invalid("q", "a direction of west or south and a minus sign contradict each other")
	}
	a.value = -a.value
	return nil
}

// sideOf reads what stands beside a number. A word says which coordinate it is and leaves the sign to the number.
func sideOf(word string) byte {
	switch strings.ToLower(word) {
	case "e", "longitude", "long", "lng", "lon":
		return 'E'
	case "w":
		return 'W'
	case "n", "latitude", "lat":
		return 'N'
	case "s":
		return 'S'
	case "x":
		return 'X'
	case "y":
		return 'Y'
	}
	return 0
}

func sexagesimal(degrees, minutes, seconds string) (float64, error) {
	d, _ := strconv.ParseFloat(degrees, 64) // the pattern lets only numbers through; too large ones are infinite
	m, _ := strconv.ParseFloat(minutes, 64)
	s, _ := strconv.ParseFloat(seconds, 64)
	if m >= 60 || s >= 60 {
		return 0, geo.Invalid("q", "minutes and seconds are below 60")
	}
	if minutes != "" && strings.Contains(degrees, ".") || seconds != "" && strings.Contains(minutes, ".") {
		return 0, geo.Invalid("q", "only the last of degrees, minutes and seconds may have decimals")
	}
	return math.Copysign(math.Abs(d)+m/60+s/3600, d), nil
}
