package postgis

import (
	"encoding/binary"
	"fmt"
	"math"
	"strconv"

	"jingwei/geo"
)

// pointColumns are what pointReader decodes, in this order; o is the identity, v the version.
const pointColumns = `
       v.organization_id, v.row_id, v.lon_e7, v.lat_e7,
       jingwei.day_number(lower(v.valid)), jingwei.day_number(upper(v.valid)), v.division_code,
       v.name, v.kind, v.level, v.status, v.location_state, v.location_source, v.location_accuracy_m, o.code`

// pointReader decodes rows of pointColumns from their binary form: a full load reads millions, and a general scan costs
// several times as much. Values of code lists are kept once.
type pointReader struct {
	layer geo.PointLayer
	known map[string]string
}

func newPointReader() *pointReader {
	return &pointReader{layer: geo.OrganizationLayer(), known: map[string]string{}}
}

// point decodes one row; Values follow the order of the layer's columns.
func (r *pointReader) point(raw [][]byte) (geo.Point, error) {
	if len(raw) != 15 {
		return geo.Point{}, fmt.Errorf("a point has %d columns", len(raw))
	}
	status := r.keep(raw[10])
	values := [...]struct {
		name, value string
	}{
		{"name", string(raw[7])},
		{"kind", r.keep(raw[8])},
		{"level", r.keep(raw[9])},
		{"status", status},
		{"location_state", r.keep(raw[11])},
		{"location_source", r.keep(raw[12])},
		{"location_accuracy_m", r.metres(raw[13])},
		{"code", string(raw[14])},
	}
	p := geo.Point{
		ID:       geo.ID(bigint(raw[0])),
		Version:  bigint(raw[1]),
		At:       geo.Position{Lon: integer(raw[2]), Lat: integer(raw[3])},
		Valid:    dayRange(integerOrNull(raw[4]), integerOrNull(raw[5])),
		Division: geo.DivisionCode(bigint(raw[6])),
		Public:   status == geo.StatusActive,
		Values:   make([]string, len(r.layer.Columns)),
	}
	for i, column := range r.layer.Columns {
		if i >= len(values) || values[i].name != column.Name {
			return geo.Point{}, fmt.Errorf("column %s of the layer %s is not read", column.Name, r.layer.Name)
		}
		p.Values[i] = values[i].value
	}
	return p, nil
}

// keep returns the text, allocated once per value.
func (r *pointReader) keep(raw []byte) string {
	if s, ok := r.known[string(raw)]; ok {
		return s
	}
	s := string(raw)
	r.known[s] = s
	return s
}

// metres writes a distance in whole metres; "" for unknown, which is stored as 0.
func (r *pointReader) metres(raw []byte) string {
	m := math.Float64frombits(binary.BigEndian.Uint64(raw))
	if m <= 0 {
		return ""
	}
	return r.keep(strconv.AppendInt(nil, int64(math.Round(m)), 10))
}

func bigint(raw []byte) int64  { return int64(binary.BigEndian.Uint64(raw)) }
func integer(raw []byte) int32 { return int32(binary.BigEndian.Uint32(raw)) }

func integerOrNull(raw []byte) *int32 {
	if raw == nil {
		return nil
	}
	n := integer(raw)
	return &n
}
