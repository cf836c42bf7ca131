package boundary

import (
	"bytes"
	"encoding/json"
	"strings"
	"unicode"
	"unicode/utf8"

	"jingwei/geo"
)

// take keeps what a feature holds; it returns the code as the source writes it for the report.
func (f *reader) take(x feature) (code string, err error) {
	var geometry struct{ Type string }
	if err := json.Unmarshal(x.Geometry, &geometry); err != nil {
		return "", geo.Invalid("geometry", "the feature has no geometry")
	}
	switch geometry.Type {
	case "LineString", "MultiLineString":
		return "", f.takeLine(x)
	case "Polygon", "MultiPolygon":
		return f.takeUnit(x)
	}
	return "", geo.Invalid("geometry", "polygons or lines are needed, not %q", geometry.Type)
}

func (f *reader) takeUnit(x feature) (string, error) {
	text := f.codeText(x)
	if f.Level == 0 {
		return text, geo.Invalid("level", "polygons need a level: --level province, prefecture, county, township or village")
	}
	code, err := geo.ParseDivisionCode("code", text)
	if err != nil {
		return text, err
	}
	if first, ok := f.seen[code]; ok {
		return text, geo.Invalid("code", "feature %d has this code already", first)
	}
	if level, ok := levelOf(textOf(x.Properties["level"])); ok && level != f.Level {
		return text, geo.Invalid("level", "the feature says that it is a %s, not a %s", level, f.Level)
	}
	name, err := nameOf(x)
	if err != nil {
		return text, err
	}
	shape, err := geo.ParseMultiPolygonFunc(x.Geometry, f.position)
	if err != nil {
		return text, err
	}
	if len(shape) == 0 {
		return text, geo.Invalid("geometry", "the shape is empty")
	}
	f.seen[code] = f.file.Read
	f.file.Units = append(f.file.Units, Unit{Feature: f.file.Read, Code: code, Name: name, Shape: shape})
	return text, nil
}

func (f *reader) position(x, y float64) (geo.Position, error) {
	return geo.NewPosition(f.System.ToWGS84(x, y))
}

// codeText finds the code: in the property named, or in the first of the common ones, or in the feature's id.
func (f *reader) codeText(x feature) string {
	names := []string{f.CodeProperty}
	if f.CodeProperty == "" {
		names = []string{"code", "adcode", "gb", "id"}
	}
	for _, name := range names {
		text := textOf(x.Properties[name])
		if len(text) == 9 && name == "gb" { // 天地图 puts the number of the country first
			text = strings.TrimPrefix(text, "156")
		}
		if text != "" {
			return text
		}
	}
	if f.CodeProperty != "" {
		return ""
	}
	return textOf(x.ID)
}

// textOf reads a string or a number; "" for anything else.
func textOf(raw json.RawMessage) string {
	var s string
	if json.Unmarshal(raw, &s) == nil {
		return strings.TrimSpace(s)
	}
	var n json.Number
	if json.Unmarshal(raw, &n) == nil {
		return n.String()
	}
	return ""
}

func levelOf(name string) (geo.DivisionLevel, bool) {
	for l := geo.Province; l <= geo.Village; l++ {
		if l.String() == name {
			return l, true
		}
	}
	return 0, false
}

// longestName is what the database takes.
const longestName = 200

func nameOf(x feature) (string, error) {
	name := textOf(x.Properties["name"])
	switch {
	case strings.ContainsRune(name, utf8.RuneError):
		return "", geo.Invalid("name", "the name %q is not in UTF-8", name)
	case strings.ContainsFunc(name, unicode.IsControl):
		return "", geo.Invalid("name", "the name %q holds control characters", name)
	case utf8.RuneCountInString(name) > longestName:
		return "", geo.Invalid("name", "a name has at most %d characters", longestName)
	}
	return name, nil
}

// lineKinds are the names that sources give to lines.
func lineKinds() map[string]string {
	return map[string]string{
		"南海断续线": geo.LineSouthChinaSea, "南海诸岛归属范围线": geo.LineSouthChinaSea, "九段线": geo.LineSouthChinaSea, "十段线": geo.LineSouthChinaSea,
		"未定国界": geo.LineUndefined, "国界": geo.LineNational, "省界": geo.LineProvincial, "特别行政区界": geo.LineSpecialRegion,
		geo.LineSouthChinaSea: geo.LineSouthChinaSea, geo.LineUndefined: geo.LineUndefined, geo.LineNational: geo.LineNational,
		geo.LineProvincial: geo.LineProvincial, geo.LineSpecialRegion: geo.LineSpecialRegion,
	}
}

// takeLine adds lines to those of the same kind and name.
func (f *reader) takeLine(x feature) error {
	name, err := nameOf(x)
	if err != nil {
		return err
	}
	kind, ok := lineKinds()[textOf(x.Properties["kind"])]
	if !ok {
		kind, ok = lineKinds()[name]
	}
	if !ok {
		kind = geo.LineOther
	}
	lines, err := f.lines(x.Geometry)
	if err != nil {
		return err
	}
	key := [2]string{kind, name}
	if f.line == nil {
		f.line = map[[2]string]int{}
	}
	i, known := f.line[key]
	if !known {
		i = len(f.file.Lines)
		f.line[key] = i
		f.file.Lines = append(f.file.Lines, geo.BoundaryLine{Kind: kind, Name: name})
	}
	f.file.Lines[i].Lines = append(f.file.Lines[i].Lines, lines...)
	return nil
}

func (f *reader) lines(text json.RawMessage) ([][]geo.Position, error) {
	var g struct {
		Type        string
		Coordinates json.RawMessage
	}
	var raw [][][]float64
	err := json.Unmarshal(text, &g)
	if err == nil && g.Type == "LineString" {
		raw = make([][][]float64, 1)
		err = json.Unmarshal(g.Coordinates, &raw[0])
	} else if err == nil {
		err = json.Unmarshal(g.Coordinates, &raw)
	}
	if err != nil || bytes.Contains(g.Coordinates, []byte("null")) { // which is read as nothing, or as 0
		return nil, geo.Invalid("geometry", "coordinates of the %s are not lists of positions, each of two numbers", g.Type)
	}
	lines := make([][]geo.Position, len(raw))
	for i, coordinates := range raw {
		if len(coordinates) < 2 {
			return nil, geo.Invalid("geometry", "a line has %d positions, two are needed", len(coordinates))
		}
		for _, c := range coordinates {
			if len(c) < 2 {
				return nil, geo.Invalid("geometry", "a position has %d numbers, two are needed", len(c))
			}
			p, err := f.position(c[0], c[1])
			if err != nil {
				return nil, err
			}
			lines[i] = append(lines[i], p)
		}
	}
	if len(lines) == 0 {
		return nil, geo.Invalid("geometry", "the line is empty")
	}
	return lines, nil
}
