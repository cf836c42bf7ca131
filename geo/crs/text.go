package crs

import (
	"math"
	"regexp"
	"strconv"
	"strings"

	"jingwei/geo"
)

// Notation is how a coordinate was written.
type Notation string

// Notations that Read knows.
const (
	Decimal   Notation = "decimal" // degrees with decimals
	Sexa      Notation = "dms"     // degrees, minutes, seconds
	Plane     Notation = "metres"  // easting and northing
	GridCode  Notation = "beidou"  // a code of the BeiDou grid
	Shared    Notation = "link"    // a link of a map service
	GeoScheme Notation = "geo"     // RFC 5870
)

// Reading is what a text says, understood in one way.
type Reading struct {
	System   System
	Told     bool // the text or the one who asked names the system; else it is supposed
	Notation Notation
	X, Y     float64 // in the system: longitude or easting first, however the text has it
	Lon, Lat float64 // WGS84, degrees
	Size     float64 // degrees: of the cell that a code of the BeiDou grid names, whose centre the reading is; else 0
}

// MostText is how many bytes of text Read takes.
const MostText = 2000

// Read understands a coordinate as people write and paste it: decimal degrees and degrees, minutes, seconds in either order,
// with 东经/北纬 or E/N or without; eastings and northings of CGCS2000, with the number of the zone in front or with the system
// named; codes of the BeiDou grid; geo: URIs; links that AMap, Baidu and Tencent share. system is one that Parse knows, or ""
// when nobody says: then what the text says counts, and degrees are supposed to be WGS84. Where a text can mean several
// things the likeliest comes first. Errors are geo.ErrInvalid with the fields "q" and "crs".
func Read(text, system string) ([]Reading, error) {
	asked, told := WGS84, system != ""
	if told {
		var err error
		if asked, err = Parse("crs", system); err != nil {
			return nil, err
		}
	}
	if len(text) > MostText {
		return nil, geo.Invalid("q", "a coordinate has at most %d bytes", MostText)
	}
	found, err := understand(plain(text), asked, told)
	if err != nil {
		return nil, err
	}
	var sound []Reading
	for _, r := range found {
		if r.Notation != GridCode {
			r.Lon, r.Lat = r.System.ToWGS84(r.X, r.Y)
		}
		if math.Abs(r.Lon) <= 180 && math.Abs(r.Lat) <= 90 {
			sound = append(sound, r)
		}
	}
	if len(sound) == 0 {
		return nil, geo.Invalid("q", "the coordinate lies outside of the world")
	}
	return sound, nil
}

func understand(text string, asked System, told bool) ([]Reading, error) {
	if strings.HasPrefix(strings.ToLower(text), "geo:") {
		return geoURI(text)
	}
	if strings.Contains(text, "://") {
		return link(text)
	}
	if lon, lat, width, height, ok := ReadBeiDou(text); ok {
		return []Reading{{Told: true, Notation: GridCode, X: lon, Y: lat, Lon: lon, Lat: lat, Size: max(width, height)}}, nil
	}
	a, b, err := angles(text)
	if err != nil {
		return nil, err
	}
	if a.metres() || b.metres() {
		return plane(a, b, asked, told)
	}
	return degreesOf(a, b, asked, told)
}

// plain brings a text to the characters that the rest of this file knows: half-width ones, capital letters for directions.
func plain(text string) string {
	var b strings.Builder
	for _, r := range text {
		if '！' <= r && r <= '～' {
			r += '!' - '！' // full width
		}
		b.WriteRune(r)
	}
	return strings.TrimSpace(signs().Replace(b.String()))
}

func signs() *strings.Replacer {
	return strings.NewReplacer("经度", "lon ", "纬度", "lat ", "經度", "lon ", "緯度", "lat ", "東經", "E", "东经", "E", "西经", "W", "北纬", "N", "北緯", "N", "南纬", "S",
		"度", "°", "º", "°", "˚", "°", "分", "'", "′", "'", "’", "'", "‘", "'", "秒", `"`, "″", `"`, "”", `"`, "“", `"`, "''", `"`, "′′", `"`,
		"、", ",", "，", ",", "；", ";", "\u3000", " ", "\u00a0", " ", "−", "-", "–", "-")
}

// angle is a number of a coordinate and what stands beside it.
type angle struct {
	value float64
	side  byte // E, W, N, S, or 0
	sexa  bool
}

// metres tells a number that cannot be degrees.
func (a angle) metres() bool { return math.Abs(a.value) > 1000 }

// horizontal tells whether the angle is said to be a longitude; vertical, a latitude.
func (a angle) horizontal() bool { return a.side == 'E' || a.side == 'W' }
func (a angle) vertical() bool   { return a.side == 'N' || a.side == 'S' }

const number = `([-+]?\d+(?:\.\d+)?)`

// patterns are compiled for each text: there is no package state, and a text is read in microseconds all the same.
func anglePattern() *regexp.Regexp {
	// Seconds without their sign stand right behind the minutes: a number farther away is the next one.
	const parts = number + `\s*(?:°\s*(?:(\d+(?:\.\d+)?)\s*'(?:\s*(\d+(?:\.\d+)?)\s*"|(\d+(?:\.\d+)?))?)?)?`
	return regexp.MustCompile(`(?i)(?:(longitude|lng|lon|latitude|lat|[EWNS])\s*[:=]?\s*)?` + parts + `\s*([EWNS])?`)
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
	for rest = strings.TrimLeft(rest, " ,;/|()[]\t\n\r"); rest != ""; rest = strings.TrimLeft(rest, " ,;/|()[]\t\n\r") {
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
	return geo.Invalid("q", "no coordinate can be read: two numbers are needed, such as 120.15, 30.27 or 东经120°09′18″ 北纬30°16′27″, a code of the BeiDou grid, or a link from AMap, Baidu or Tencent")
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
	if after := group(6); after != "" {
		if a.side == 0 {
			a.side = sideOf(after)
		} else {
			used = m[12]
		}
	}
	var err error
	a.value, err = sexagesimal(group(2), group(3), group(4)+group(5))
	a.sexa = group(3) != ""
	if err == nil && (a.side == 'W' || a.side == 'S') {
		if a.value < 0 {
			return a, used, geo.Invalid("q", "a direction of west or south and a minus sign contradict each other")
		}
		a.value = -a.value
	}
	return a, used, err
}

// sideOf reads what stands beside a number. A word says which coordinate it is and leaves the sign to the number.
func sideOf(word string) byte {
	switch strings.ToLower(word) {
	case "e", "longitude", "lng", "lon":
		return 'E'
	case "w":
		return 'W'
	case "n", "latitude", "lat":
		return 'N'
	case "s":
		return 'S'
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

// spaced reads six numbers as two times degrees, minutes and seconds.
func spaced(text string) (a, b angle, ok bool) {
	fields := strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune(" ,;", r) })
	if len(fields) != 6 {
		return a, b, false
	}
	for i, f := range fields {
		if v, err := strconv.ParseFloat(f, 64); err != nil || i%3 != 0 && (v < 0 || v >= 60) {
			return a, b, false
		}
	}
	one, err1 := sexagesimal(fields[0], fields[1], fields[2])
	two, err2 := sexagesimal(fields[3], fields[4], fields[5])
	return angle{value: one, sexa: true}, angle{value: two, sexa: true}, err1 == nil && err2 == nil
}

// degreesOf orders two angles: by what stands beside them, else by what a latitude can be, else by what lies in China.
func degreesOf(a, b angle, asked System, told bool) ([]Reading, error) {
	if a.horizontal() && b.horizontal() || a.vertical() && b.vertical() {
		return nil, geo.Invalid("q", "two longitudes or two latitudes are no coordinate")
	}
	if asked.Metres() {
		return nil, geo.Invalid("crs", "%s has coordinates in metres, and these are degrees", asked)
	}
	lon, lat := a, b
	if a.vertical() || b.horizontal() || a.side == 0 && b.side == 0 && latitudeFirst(a.value, b.value) {
		lon, lat = b, a
	}
	if math.Abs(lat.value) > 90 || math.Abs(lon.value) > 180 {
		return nil, geo.Invalid("q", "a latitude is at most 90 degrees and a longitude at most 180")
	}
	r := Reading{System: asked, Told: told, Notation: Decimal, X: lon.value, Y: lat.value}
	if a.sexa || b.sexa {
		r.Notation = Sexa
	}
	return []Reading{r}, nil
}

// latitudeFirst: two numbers of which nothing is said are longitude and latitude, unless only the other order is in the world,
// or only it is in China.
func latitudeFirst(a, b float64) bool {
	inChina := func(lon, lat float64) bool { return 73 <= lon && lon <= 136 && 3 <= lat && lat <= 54 }
	return math.Abs(b) > 90 || inChina(b, a) && !inChina(a, b)
}

// plane reads metres. Eastings that begin with the number of a zone name their system; others need it named. Baidu's metres look
// like those of the zones 13 to 15, in the far west.
func plane(a, b angle, asked System, told bool) ([]Reading, error) {
	x, y := a.value, b.value
	if a.vertical() || b.horizontal() || a.side == 0 && b.side == 0 && northingFirst(x, y) {
		x, y = y, x
	}
	if told {
		if !asked.Metres() {
			return nil, geo.Invalid("crs", "%s has coordinates in degrees, and these are metres", asked)
		}
		if z, ok := asked.zone(); ok && !z.reaches(x, y) {
			return nil, geo.Invalid("crs", "these metres do not lie in %s, whose eastings are about %.0f: with the number of a zone in front, or without it, they are of another system", asked, z.falseEasting)
		}
		return []Reading{{System: asked, Told: true, Notation: Plane, X: x, Y: y}}, nil
	}
	var found []Reading
	if 8e6 <= x && x <= 15.1e6 && 0 <= y && y <= 7.5e6 {
		found = append(found, Reading{System: BD09MC, Notation: Plane, X: x, Y: y})
	}
	if s, z, ok := ofEasting(x); ok && z.reaches(x, y) {
		found = append(found, Reading{System: s, Told: len(found) == 0, Notation: Plane, X: x, Y: y})
	}
	if len(found) == 0 {
		return nil, geo.Invalid("crs", "these are metres: name their system, such as EPSG:4549 (CGCS2000, meridian 120°E), or write the easting with the number of the zone")
	}
	return found, nil
}

// northingFirst: surveyors in China write the northing, which they call X, first. Eastings without the number of a zone are below
// a million and northings above, but near the equator; other eastings are greater than any northing.
func northingFirst(a, b float64) bool {
	if max(a, b) < 8e6 {
		return b < 1e6 && a >= 1e6
	}
	return a < b
}
