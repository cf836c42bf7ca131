package crs

import (
	"math"
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
	WellKnown Notation = "wkt"     // POINT(X Y), as OGC 06-103r4 and PostGIS write it
	JSON      Notation = "json"    // an object, a list, a Point of GeoJSON
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
	Reversed bool    // the text has latitude or northing first; of no meaning for codes and links
	Ordered  bool    // the text says which number is which, or it makes sense in one order only
}

// MostText is how many bytes of text Read takes.
const MostText = 2000

// Read understands a coordinate as people write and paste it: decimal degrees and degrees, minutes, seconds in either order,
// with 东经/北纬 or E/N or without; eastings and northings of CGCS2000, with the number of the zone in front or with the system
// named, or as X and Y, which in China are northing and easting; a POINT of WKT, with SRID or without; JSON; codes of the BeiDou
// grid; geo: URIs; ISO 6709; members of a link, lng= and lat=; links that AMap, Baidu and Tencent share. system is one that Parse knows, or "" when nobody says: then what
// the text says counts, and degrees are supposed to be WGS84. Where a text can mean several things, among them two numbers in
// either order, the likeliest comes first. A system that the text contradicts is refused. Errors are geo.ErrInvalid with the
// fields "q" and "crs".
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
		if told && r.System != asked {
			return nil, contradiction(r.System, asked)
		}
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
	return ordered(sound), nil
}

func contradiction(text, asked System) error {
	return geo.Invalid("crs", "the text itself says that it is in %s, not in %s: leave crs out, or paste the numbers alone", text, asked)
}

// ordered marks readings that all have the same order: there is no other.
func ordered(list []Reading) []Reading {
	one := true
	for _, r := range list {
		one = one && r.Reversed == list[0].Reversed
	}
	for i := range list {
		list[i].Ordered = list[i].Ordered || one
	}
	return list
}

func understand(text string, asked System, told bool) ([]Reading, error) {
	if strings.HasPrefix(strings.ToLower(text), "geo:") {
		return geoURI(text)
	}
	if strings.Contains(text, "://") {
		return link(text)
	}
	if lon, lat, width, height, ok := ReadBeiDou(text); ok {
		return []Reading{{Told: true, Notation: GridCode, X: lon, Y: lat, Lon: lon, Lat: lat, Size: max(width, height), Ordered: true}}, nil
	}
	n, err := read(text)
	if err != nil {
		return nil, err
	}
	if n.named {
		asked, told = n.system, true
	}
	list, err := n.readings(asked, told)
	for i := range list {
		if n.notation != "" {
			list[i].Notation = n.notation
		}
	}
	return list, err
}

// numbers are the two numbers of a text, in its order, and what else it says.
type numbers struct {
	a, b     angle
	notation Notation // "" for the one that the numbers show
	system   System
	named    bool // the text names the system
}

// read finds the two numbers of a text.
func read(text string) (numbers, error) {
	if n, ok, err := wellKnown(text); ok {
		return n, err
	}
	if n, ok, err := object(text); ok {
		return n, err
	}
	if n, ok, err := iso6709(text); ok {
		return n, err
	}
	a, b, err := angles(text)
	return numbers{a: a, b: b}, err
}

func (n numbers) readings(asked System, told bool) ([]Reading, error) {
	a, b := n.a, n.b
	if a.side != 0 && a.side == b.side || a.horizontal() && b.horizontal() || a.vertical() && b.vertical() {
		return nil, geo.Invalid("q", "two longitudes or two latitudes are no coordinate")
	}
	if a.metres() || b.metres() {
		return plane(a, b, asked, told)
	}
	return degreesOf(a, b, asked, told)
}

// plain brings a text to the characters that the rest of this package knows: half-width ones, letters for directions.
func plain(text string) string {
	var b strings.Builder
	for _, r := range text {
		if '！' <= r && r <= '～' {
			r += '!' - '！' // full width
		}
		b.WriteRune(r)
	}
	return strings.TrimLeft(strings.TrimSpace(signs().Replace(b.String())), ": ")
}

func signs() *strings.Replacer {
	return strings.NewReplacer("经度", "lon ", "纬度", "lat ", "經度", "lon ", "緯度", "lat ", "東經", "E", "东经", "E", "西经", "W", "北纬", "N", "北緯", "N", "南纬", "S",
		"纵坐标", "X ", "横坐标", "Y ", "縱坐標", "X ", "橫坐標", "Y ", "北坐标", "N ", "东坐标", "E ", "坐标", " ", "座標", " ", "坐標", " ",
		"度", "°", "º", "°", "˚", "°", "分", "'", "′", "'", "’", "'", "‘", "'", "秒", `"`, "″", `"`, "”", `"`, "“", `"`, "''", `"`, "′′", `"`,
		"、", ",", "，", ",", "；", ";", "\u3000", " ", "\u00a0", " ", "−", "-", "–", "-")
}

// pairing is two numbers as longitude and latitude, or easting and northing, in one of their orders.
type pairing struct {
	x, y     angle
	reversed bool
}

// orders are the orders that two numbers can have, by what stands beside them: one if that says it, else the one of the text
// first. said tells whether it does. X and Y do not: they are the easting to some and the northing to others.
func orders(a, b angle) (list []pairing, said bool) {
	straight, reversed := pairing{a, b, false}, pairing{b, a, true}
	switch {
	case a.vertical() || b.horizontal():
		return []pairing{reversed}, true
	case a.horizontal() || b.vertical():
		return []pairing{straight}, true
	case a.value == b.value:
		return []pairing{straight}, false
	}
	return []pairing{straight, reversed}, false
}

// degreesOf orders two angles: by what stands beside them, else by what a latitude can be, else by what lies in China, and then
// by where people live.
func degreesOf(a, b angle, asked System, told bool) ([]Reading, error) {
	if asked.Metres() {
		return nil, geo.Invalid("crs", "%s has coordinates in metres, and these are degrees", asked)
	}
	notation := Decimal
	if a.sexa || b.sexa {
		notation = Sexa
	}
	list, said := orders(a, b)
	if len(list) == 2 {
		list = likelier(list[0], list[1])
	}
	var found []Reading
	for _, p := range list {
		if math.Abs(p.y.value) <= 90 && math.Abs(p.x.value) <= 180 {
			found = append(found, Reading{System: asked, Told: told, Notation: notation, X: p.x.value, Y: p.y.value, Reversed: p.reversed, Ordered: said})
		}
	}
	if len(found) == 0 {
		return nil, geo.Invalid("q", "a latitude is at most 90 degrees and a longitude at most 180; WKT and GeoJSON have the longitude first")
	}
	return found, nil
}

// likelier orders the two ways to read degrees. X is the longitude unless that is unlikely.
func likelier(straight, reversed pairing) []pairing {
	first, second := straight, reversed
	if first.x.side == 'Y' || first.y.side == 'X' {
		first, second = second, first
	}
	if latitudeFirst(first.x.value, first.y.value) {
		first, second = second, first
	}
	return []pairing{first, second}
}

// inhabited is the latitude beyond which next to nobody lives.
const inhabited = 66.5

// latitudeFirst: two numbers of which nothing is said are longitude and latitude, unless only the other order is in the world, or
// only it is in China, or only it is where people live.
func latitudeFirst(a, b float64) bool {
	inChina := func(lon, lat float64) bool { return 73 <= lon && lon <= 136 && 3 <= lat && lat <= 54 }
	switch {
	case math.Abs(a) > 90 || math.Abs(b) > 90:
		return math.Abs(b) > 90
	case inChina(a, b) != inChina(b, a):
		return inChina(b, a)
	}
	return math.Abs(b) > inhabited && math.Abs(a) <= inhabited
}
