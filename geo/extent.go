package geo

import (
	"math"
	"strings"
)

// Extent is a bounding box in degrees, OGC:CRS84, edges included. The zero value is the point 0,0. West greater than
// East means that the box crosses the antimeridian (RFC 7946 §5.2).
type Extent struct{ West, South, East, North float64 }

// World is the extent of everything.
var World = Extent{West: -180, South: -90, East: 180, North: 90}

// ParseExtent reads "west,south,east,north" in degrees (OGC API Features, /req/core/rc-bbox-definition, two
// dimensions). Wrong input is ErrInvalid with the field "bbox".
func ParseExtent(s string) (Extent, error) {
	parts := strings.Split(s, ",")
	if len(parts) != 4 {
		return Extent{}, Invalid("bbox", "four numbers are needed, west,south,east,north in degrees; %d given", len(parts))
	}
	var v [4]float64
	for i, part := range parts {
		f, ok := ParseDecimal(strings.TrimSpace(part))
		if !ok {
			return Extent{}, Invalid("bbox", "%q is not a number", part)
		}
		v[i] = f
	}
	e := Extent{West: v[0], South: v[1], East: v[2], North: v[3]}
	if math.Abs(e.West) > 180 || math.Abs(e.East) > 180 {
		return Extent{}, Invalid("bbox", "longitudes must lie within -180 and 180")
	}
	if math.Abs(e.South) > 90 || math.Abs(e.North) > 90 {
		return Extent{}, Invalid("bbox", "latitudes must lie within -90 and 90")
	}
	if e.South > e.North {
		return Extent{}, Invalid("bbox", "south %g is greater than north %g", e.South, e.North)
	}
	return e, nil
}

// Contains reports whether p lies in e, edges included.
func (e Extent) Contains(p Position) bool {
	lon, lat := p.Degrees()
	if lat < e.South || lat > e.North {
		return false
	}
	if e.West > e.East {
		return lon >= e.West || lon <= e.East
	}
	return lon >= e.West && lon <= e.East
}
