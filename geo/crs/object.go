package crs

import (
	"encoding/json"
	"strconv"
	"strings"

	"jingwei/geo"
)

// object reads JSON: a list of two numbers, an object with a longitude and a latitude or with x and y, or a Point of GeoJSON or a
// Feature of one. ok tells that the text is JSON, whether or not it holds a coordinate.
func object(text string) (n numbers, ok bool, err error) {
	if !strings.HasPrefix(text, "{") && !strings.HasPrefix(text, "[") || !json.Valid([]byte(text)) {
		return n, false, nil
	}
	n.notation = JSON
	if text[0] == '[' {
		n.a, n.b, err = position([]byte(text))
		return n, true, err
	}
	m := membersOf([]byte(text))
	if geometry, ok := m["geometry"]; ok && m.text("type") == "Feature" {
		inside := membersOf(geometry)
		if _, ok := inside["crs"]; !ok && m["crs"] != nil {
			inside["crs"] = m["crs"]
		}
		m = inside
	}
	if n.system, n.named, err = m.system(); err != nil {
		return n, true, err
	}
	n.a, n.b, err = m.coordinate()
	return n, true, err
}

// members are those of an object, by their names in small letters.
type members map[string]json.RawMessage

// membersOf is empty for what is no object.
func membersOf(text []byte) members {
	var raw map[string]json.RawMessage
	_ = json.Unmarshal(text, &raw) // what is no object has no members
	m := members{}
	for name, value := range raw {
		m[strings.ToLower(strings.TrimSpace(name))] = value
	}
	return m
}

// text is a text, or "".
func (m members) text(name string) string {
	var s string
	if json.Unmarshal(m[name], &s) != nil {
		return ""
	}
	return strings.TrimSpace(s)
}

// coordinate finds the two numbers.
func (m members) coordinate() (a, b angle, err error) {
	if raw, ok := m["coordinates"]; ok {
		if m.text("type") != "Point" {
			return a, b, geo.Invalid("q", "of GeoJSON only a Point has one coordinate")
		}
		a, b, err = position(raw)
		a.side, b.side = 'E', 'N'
		return a, b, err
	}
	lon, ok1 := m.number("lng", "lon", "long", "longitude")
	lat, ok2 := m.number("lat", "latitude")
	if ok1 && ok2 {
		return angle{value: lon, side: 'E'}, angle{value: lat, side: 'N'}, nil
	}
	x, ok1 := m.number("x")
	y, ok2 := m.number("y")
	if !ok1 || !ok2 {
		return a, b, notRead()
	}
	a, b = angle{value: x, side: 'X'}, angle{value: y, side: 'Y'}
	if _, esri := m["spatialreference"]; esri { // whose x is the easting
		a.side, b.side = 'E', 'N'
	}
	return a, b, nil
}

// number is the first of the members that is a number, or a text that is one.
func (m members) number(names ...string) (float64, bool) {
	for _, name := range names {
		text := m.text(name)
		if text == "" {
			text = string(m[name])
		}
		if v, ok := geo.ParseDecimal(text); ok {
			return v, true
		}
	}
	return 0, false
}

// position reads [X, Y] or [X, Y, HEIGHT].
func position(raw []byte) (a, b angle, err error) {
	var list []*float64
	if json.Unmarshal(raw, &list) != nil || len(list) < 2 || len(list) > 3 || list[0] == nil || list[1] == nil {
		return a, b, notRead()
	}
	return angle{value: *list[0]}, angle{value: *list[1]}, nil
}

// system reads what an object says of its system: "crs" as a name or as GeoJSON had it until 2016, "spatialReference" as ArcGIS has it,
// or the words of map services.
func (m members) system() (s System, named bool, err error) {
	name := m.text("crs")
	if raw, ok := m["crs"]; ok && name == "" {
		name = membersOf(membersOf(raw)["properties"]).text("name")
	}
	if raw, ok := m["spatialreference"]; ok {
		wkid, _ := membersOf(raw).number("wkid")
		name = "EPSG:" + strconv.Itoa(int(wkid))
	}
	for _, word := range []string{"coord_type", "coordtype", "coordsys"} {
		if name == "" {
			name = m.text(word)
		}
	}
	if name != "" {
		s, err = Parse("q", name)
		return s, true, err
	}
	if s, err = Parse("q", m.text("type")); err == nil { // "gcj02" to some, "Point" to others
		return s, true, nil
	}
	return WGS84, false, nil
}
