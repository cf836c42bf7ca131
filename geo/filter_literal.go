package geo

import (
	"math"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Instant is a moment as a literal. Moments are compared to the microsecond.
type Instant time.Time

// Interval is a literal of time, both ends included. From and To are Date, Instant, Property or an operation that gives one
// of these; nil is an open end.
type Interval struct{ From, To Node }

// Box is a bounding box as a literal of space.
type Box Extent

// Vertex is a longitude and a latitude in degrees, OGC:CRS84.
type Vertex [2]float64

// Geometry is a geometry of GeoJSON (RFC 7946) as a literal, in CRS84 degrees; further dimensions are left out. Of a Point
// Parts is one part with one line of one vertex, of a LineString one part with one line; a MultiPoint has a line per
// point, a MultiLineString a line per line, both in one part; a Polygon is one part with a line per ring, closed, and a
// MultiPolygon a part per polygon. A GeometryCollection has Members instead.
type Geometry struct {
	Type    string
	Parts   [][][]Vertex
	Members []Geometry
}

// NewVertex checks a position: the order is longitude, latitude. What lies outside the world is ErrInvalid with the field
// "location", as for NewPosition.
func NewVertex(lon, lat float64) (Vertex, error) {
	if _, err := NewPosition(lon, lat); err != nil {
		return Vertex{}, err
	}
	return Vertex{lon, lat}, nil
}

// Extent returns the smallest box around g that does not cross the antimeridian; false when g has no vertex.
func (g Geometry) Extent() (Extent, bool) {
	e := Extent{West: math.Inf(1), South: math.Inf(1), East: math.Inf(-1), North: math.Inf(-1)}
	g.eachVertex(func(v Vertex) {
		e.West, e.East = min(e.West, v[0]), max(e.East, v[0])
		e.South, e.North = min(e.South, v[1]), max(e.North, v[1])
	})
	return e, e.West <= e.East
}

func (g Geometry) eachVertex(f func(Vertex)) {
	for _, line := range slices.Concat(g.Parts...) {
		for _, v := range line {
			f(v)
		}
	}
	for _, m := range g.Members {
		m.eachVertex(f)
	}
}

// AppendGeoJSON appends g as GeoJSON (RFC 7946 §3.1); reading it gives g again, exactly.
func (g Geometry) AppendGeoJSON(b []byte) []byte {
	b = strconv.AppendQuote(append(b, `{"type":`...), g.Type)
	if g.Type == "GeometryCollection" {
		b = append(b, `,"geometries":[`...)
		for i, m := range g.Members {
			b = m.AppendGeoJSON(appendComma(b, i))
		}
		return append(b, "]}"...)
	}
	return append(g.appendCoordinates(append(b, `,"coordinates":`...)), '}')
}

// appendCoordinates leaves out the brackets that the type of g does not have.
func (g Geometry) appendCoordinates(b []byte) []byte {
	switch {
	case g.Type == "MultiPolygon":
		return appendArray(b, g.Parts, func(b []byte, part [][]Vertex) []byte { return appendArray(b, part, appendLine) })
	case len(g.Parts) == 0 || len(g.Parts[0]) == 0:
		return append(b, "[]"...)
	case g.Type == "Polygon" || g.Type == "MultiLineString":
		return appendArray(b, g.Parts[0], appendLine)
	case g.Type == "MultiPoint":
		return appendLine(b, g.points())
	case g.Type == "LineString" || len(g.Parts[0][0]) == 0:
		return appendLine(b, g.Parts[0][0])
	}
	return appendVertex(b, g.Parts[0][0][0])
}

// points returns the vertices of a MultiPoint.
func (g Geometry) points() []Vertex {
	return slices.Concat(g.Parts[0]...)
}

func appendLine(b []byte, line []Vertex) []byte { return appendArray(b, line, appendVertex) }

func appendVertex(b []byte, v Vertex) []byte { return appendArray(b, v[:], appendNumber) }

// appendNumber writes a number so that reading it gives the same one; -0 is 0.
func appendNumber(b []byte, f float64) []byte {
	if f == 0 {
		f = 0
	}
	return strconv.AppendFloat(b, f, 'g', -1, 64)
}

func appendArray[T any](b []byte, list []T, item func([]byte, T) []byte) []byte {
	b = append(b, '[')
	for i, x := range list {
		b = item(appendComma(b, i), x)
	}
	return append(b, ']')
}

func (i Instant) canonical(b *strings.Builder) {
	b.WriteString("@t" + time.Time(i).UTC().Format(time.RFC3339Nano))
}

func (i Interval) canonical(b *strings.Builder) {
	ends := []string{"..", ".."}
	for n, end := range []Node{i.From, i.To} {
		if end != nil {
			ends[n] = nodeText(end)
		}
	}
	writeCall(b, "@i", ends)
}

func (x Box) canonical(b *strings.Builder) {
	var text []byte
	for i, f := range []float64{x.West, x.South, x.East, x.North} {
		text = appendNumber(appendComma(text, i), f)
	}
	b.WriteString("@b(" + string(text) + ")")
}

// canonical writes all parts, whatever the type.
func (g Geometry) canonical(b *strings.Builder) {
	text := strconv.AppendQuote([]byte("@g"), g.Type)
	text = appendArray(text, g.Parts, func(b []byte, part [][]Vertex) []byte { return appendArray(b, part, appendLine) })
	b.Write(append(text, '('))
	for _, m := range g.Members {
		m.canonical(b)
	}
	b.WriteByte(')')
}
