package outline

import (
	"encoding/json"
	"fmt"
	"strconv"

	"jingwei/geo"
)

// AppendMultiPolygon appends a GeoJSON MultiPolygon (RFC 7946 §3.1.7) in CRS84 degrees, rings closed. No polygons give
// one with empty coordinates.
func AppendMultiPolygon(b []byte, polygons []Polygon) []byte {
	b = append(b, `{"type":"MultiPolygon","coordinates":[`...)
	for i, p := range polygons {
		b = appendComma(b, i)
		b = append(b, '[')
		for j, r := range p {
			b = appendRing(appendComma(b, j), r)
		}
		b = append(b, ']')
	}
	return append(b, "]}"...)
}

func appendRing(b []byte, r Ring) []byte {
	b = append(b, '[')
	for i := range len(r) + 1 {
		v := r[i%len(r)]
		b = append(appendComma(b, i), '[')
		b = append(AppendDegrees(b, v.Lon), ',')
		b = append(AppendDegrees(b, v.Lat), ']')
	}
	return append(b, ']')
}

func appendComma(b []byte, i int) []byte {
	if i == 0 {
		return b
	}
	return append(b, ',')
}

// AppendDegrees appends a coordinate in degrees, at most seven decimals, exact.
func AppendDegrees(b []byte, units int32) []byte {
	n := int64(units)
	if n < 0 {
		b, n = append(b, '-'), -n
	}
	b = strconv.AppendInt(b, n/10_000_000, 10)
	rest := n % 10_000_000
	if rest == 0 {
		return b
	}
	b = append(b, '.')
	for scale := int64(1_000_000); rest > 0; scale /= 10 {
		b = append(b, byte('0'+rest/scale))
		rest %= scale
	}
	return b
}

// ParseMultiPolygon reads the coordinates of a GeoJSON MultiPolygon that AppendMultiPolygon wrote.
func ParseMultiPolygon(coordinates []byte) ([]Polygon, error) {
	var raw [][][][2]float64
	if err := json.Unmarshal(coordinates, &raw); err != nil {
		return nil, fmt.Errorf("read a MultiPolygon: %w", err)
	}
	out := make([]Polygon, len(raw))
	for i, rings := range raw {
		for _, closed := range rings {
			if len(closed) < 4 || closed[0] != closed[len(closed)-1] {
				return nil, fmt.Errorf("read a MultiPolygon: a ring of %d positions is not closed", len(closed))
			}
			ring := make(Ring, len(closed)-1)
			for k := range ring {
				p, err := geo.NewPosition(closed[k][0], closed[k][1])
				if err != nil {
					return nil, fmt.Errorf("read a MultiPolygon: %w", err)
				}
				ring[k] = p
			}
			out[i] = append(out[i], ring)
		}
	}
	return out, nil
}
