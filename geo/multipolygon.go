package geo

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strconv"
)

// Ring is a closed ring of vertices; the first is not repeated at the end.
type Ring []Position

// Polygon is an exterior ring, counterclockwise, followed by holes, clockwise (RFC 7946 §3.1.6).
type Polygon []Ring

// MultiPolygon is a set of polygons whose insides do not meet; none at all is an empty shape.
type MultiPolygon []Polygon

// Turn is the sign of the turn a, b, c: 1 to the left, -1 to the right, 0 straight on or back. It is exact.
func Turn(a, b, c Position) int {
	left := (int64(b.Lon) - int64(a.Lon)) * (int64(c.Lat) - int64(a.Lat))
	right := (int64(b.Lat) - int64(a.Lat)) * (int64(c.Lon) - int64(a.Lon))
	switch {
	case left > right:
		return 1
	case left < right:
		return -1
	}
	return 0
}

// DoubleArea is twice the signed area in square units of 1e-7 degree, positive when counterclockwise. It is exact for
// rings of up to half of the world: sums that wrap around in between come out right.
func (r Ring) DoubleArea() int64 {
	var sum int64
	for i := 1; i+1 < len(r); i++ {
		sum += (int64(r[i].Lon)-int64(r[0].Lon))*(int64(r[i+1].Lat)-int64(r[0].Lat)) -
			(int64(r[i].Lat)-int64(r[0].Lat))*(int64(r[i+1].Lon)-int64(r[0].Lon))
	}
	return sum
}

// Contains reports whether p lies inside the ring, by the even-odd rule; a point on the ring itself is not inside.
func (r Ring) Contains(p Position) bool {
	inside := false
	for i := range r {
		a, b := r[i], r[(i+1)%len(r)]
		turn := Turn(a, b, p)
		if turn == 0 && between(a, b, p) {
			return false
		}
		if (a.Lat > p.Lat) != (b.Lat > p.Lat) && (turn > 0) == (b.Lat > a.Lat) {
			inside = !inside
		}
	}
	return inside
}

// between reports whether p, known to be on the line through a and b, lies from a to b.
func between(a, b, p Position) bool {
	return min(a.Lon, b.Lon) <= p.Lon && p.Lon <= max(a.Lon, b.Lon) &&
		min(a.Lat, b.Lat) <= p.Lat && p.Lat <= max(a.Lat, b.Lat)
}

// DoubleArea is twice the area in square units of 1e-7 degree, holes taken off.
func (m MultiPolygon) DoubleArea() int64 {
	var sum int64
	for _, p := range m {
		for _, r := range p {
			sum += r.DoubleArea()
		}
	}
	return sum
}

// AppendGeoJSON appends a GeoJSON MultiPolygon (RFC 7946 §3.1.7) in CRS84 degrees with at most seven decimals, exact,
// rings closed. No polygons give one with empty coordinates.
func (m MultiPolygon) AppendGeoJSON(b []byte) []byte {
	b = append(b, `{"type":"MultiPolygon","coordinates":[`...)
	for i, p := range m {
		b = append(appendComma(b, i), '[')
		for j, r := range p {
			b = r.appendGeoJSON(appendComma(b, j))
		}
		b = append(b, ']')
	}
	return append(b, "]}"...)
}

func (r Ring) appendGeoJSON(b []byte) []byte {
	b = append(b, '[')
	for i := range len(r) + 1 {
		b = r[i%len(r)].appendGeoJSON(appendComma(b, i))
	}
	return append(b, ']')
}

func (p Position) appendGeoJSON(b []byte) []byte {
	b = appendDegrees(append(b, '['), p.Lon)
	b = appendDegrees(append(b, ','), p.Lat)
	return append(b, ']')
}

func appendComma(b []byte, i int) []byte {
	if i == 0 {
		return b
	}
	return append(b, ',')
}

// appendDegrees appends a coordinate in degrees, at most seven decimals, exact.
func appendDegrees(b []byte, units int32) []byte {
	n := int64(units)
	if n < 0 {
		b, n = append(b, '-'), -n
	}
	b = strconv.AppendInt(b, n/unitsPerDegree, 10)
	rest := n % unitsPerDegree
	if rest == 0 {
		return b
	}
	b = append(b, '.')
	for scale := int64(unitsPerDegree / 10); rest > 0; scale /= 10 {
		b = append(b, byte('0'+rest/scale))
		rest %= scale
	}
	return b
}

// ParseMultiPolygon reads a GeoJSON Polygon or MultiPolygon in CRS84 degrees; further dimensions are left out.
// Anything else, an open ring and one of fewer than three vertices are ErrInvalid with the field "geometry". Rings
// keep their order and direction.
func ParseMultiPolygon(text []byte) (MultiPolygon, error) {
	return ParseMultiPolygonFunc(text, NewPosition)
}

// ParseMultiPolygonFunc is ParseMultiPolygon for coordinates in another system, which at turns into positions.
func ParseMultiPolygonFunc(text []byte, at func(x, y float64) (Position, error)) (MultiPolygon, error) {
	raw, err := ParseCoordinates(text)
	if err != nil {
		return nil, err
	}
	return readPolygons(raw, at)
}

// ParseCoordinates reads the numbers of a GeoJSON Polygon or MultiPolygon, whatever their system: polygons of rings of positions,
// each of which has two numbers or more. Anything else is ErrInvalid with the field "geometry"; whether rings are closed is not
// looked at.
func ParseCoordinates(text []byte) ([][][][]float64, error) {
	var g struct {
		Type        string
		Coordinates json.RawMessage
	}
	if err := json.Unmarshal(text, &g); err != nil {
		return nil, Invalid("geometry", "not a geometry of GeoJSON: %v", err)
	}
	var raw [][][][]float64
	var err error
	switch g.Type {
	case "MultiPolygon":
		err = json.Unmarshal(g.Coordinates, &raw)
	case "Polygon":
		raw = make([][][][]float64, 1)
		err = json.Unmarshal(g.Coordinates, &raw[0])
	default:
		return nil, Invalid("geometry", "a Polygon or MultiPolygon is needed, not %.40q", g.Type)
	}
	if err != nil || bytes.Contains(g.Coordinates, []byte("null")) { // which is read as nothing, or as 0
		return nil, Invalid("geometry", "coordinates of the %s are not lists of positions, each of two numbers", g.Type)
	}
	return raw, checkPositions(raw)
}

func checkPositions(raw [][][][]float64) error {
	for i, rings := range raw {
		for j, positions := range rings {
			for k, p := range positions {
				if len(p) < 2 {
					return Invalid("geometry", "position %d of ring %d of polygon %d has %d numbers, two are needed", k+1, j+1, i+1, len(p))
				}
			}
		}
	}
	return nil
}

func readPolygons(raw [][][][]float64, at func(x, y float64) (Position, error)) (MultiPolygon, error) {
	out := make(MultiPolygon, 0, len(raw))
	for i, rings := range raw {
		polygon := make(Polygon, 0, len(rings))
		for j, coordinates := range rings {
			ring, err := readRing(coordinates, at)
			if err != nil {
				return nil, fmt.Errorf("polygon %d, ring %d: %w", i+1, j+1, err)
			}
			polygon = append(polygon, ring)
		}
		if len(polygon) > 0 {
			out = append(out, polygon)
		}
	}
	return out, nil
}

func readRing(coordinates [][]float64, at func(x, y float64) (Position, error)) (Ring, error) {
	ring := make(Ring, 0, len(coordinates))
	for _, c := range coordinates {
		p, err := at(c[0], c[1])
		if err != nil {
			return nil, err
		}
		ring = append(ring, p)
	}
	last := len(ring) - 1
	if last < 3 || ring[0] != ring[last] {
		return nil, Invalid("geometry", "a ring of %d positions is not closed, or has fewer than four", len(ring))
	}
	return ring[:last], nil
}
