package boundary

import (
	"fmt"
	"math"
	"slices"

	"jingwei/geo"
	"jingwei/geo/crs"
)

// leastMatched is how many codes two sets must share before their offset says anything.
const leastMatched = 30

// Shift says that boundaries stand where a coordinate system would put them that they are not said to be in.
type Shift struct {
	System    crs.System // GCJ02 or BD09
	Backwards bool       // they stand the shift away on the other side: converted although they need not have been
	Codes     int        // that the medians are of
	Lon, Lat  float64    // medians of the offset, in degrees
}

// Error explains what to do.
func (s *Shift) Error() string {
	where := fmt.Sprintf("the boundaries lie %+.4f° of longitude and %+.4f° of latitude off those of the default set (medians of %d codes)",
		s.Lon, s.Lat, s.Codes)
	if s.Backwards {
		return fmt.Sprintf("%s: the shift of %s backwards, so they are not in %s: say --crs EPSG:4490 and nothing is converted", where, s.System, s.System)
	}
	return fmt.Sprintf("%s, which is the shift of %s: say --crs %s and they are converted", where, s.System, s.System)
}

// Unwrap returns geo.ErrInvalid.
func (s *Shift) Unwrap() error { return geo.ErrInvalid }

// offset is how far the centre of a unit is from where another set has it, in degrees.
type offset struct{ at, by [2]float64 }

// FindShift compares the centres of units with those of another set, by code, both in degrees. It returns nil when they
// agree, or differ in some other way, or fewer than 30 codes are in both. Single divisions differ by kilometres from
// edition to edition; the median over many does not.
func FindShift(units []Unit, centres map[geo.DivisionCode][2]float64) *Shift {
	var offsets []offset
	for _, u := range units {
		at, known := centres[u.Code]
		centre, ok := Centre(u.Shape)
		if known && ok {
			offsets = append(offsets, offset{at, [2]float64{centre[0] - at[0], centre[1] - at[1]}})
		}
	}
	if len(offsets) < leastMatched {
		return nil
	}
	seen := medians(offsets, func(offset) (float64, float64) { return 0, 0 })
	for _, system := range []crs.System{crs.GCJ02, crs.BD09} {
		for _, sign := range []float64{1, -1} {
			expected := func(o offset) (float64, float64) {
				lon, lat := system.FromWGS84(o.at[0], o.at[1])
				return sign * (lon - o.at[0]), sign * (lat - o.at[1])
			}
			left := medians(offsets, expected)
			if size := typical(offsets, expected); size > 0 && math.Hypot(left[0], left[1]) < size/4 && math.Hypot(seen[0], seen[1]) > size/2 {
				return &Shift{System: system, Backwards: sign < 0, Codes: len(offsets), Lon: seen[0], Lat: seen[1]}
			}
		}
	}
	return nil
}

// medians are those of the offsets, less what is expected of each, per axis.
func medians(offsets []offset, expected func(offset) (lon, lat float64)) [2]float64 {
	var axes [2][]float64
	for _, o := range offsets {
		lon, lat := expected(o)
		axes[0] = append(axes[0], o.by[0]-lon)
		axes[1] = append(axes[1], o.by[1]-lat)
	}
	return [2]float64{median(axes[0]), median(axes[1])}
}

// typical is the median size of what is expected.
func typical(offsets []offset, expected func(offset) (lon, lat float64)) float64 {
	sizes := make([]float64, len(offsets))
	for i, o := range offsets {
		sizes[i] = math.Hypot(expected(o))
	}
	return median(sizes)
}

func median(list []float64) float64 {
	slices.Sort(list)
	middle := len(list) / 2
	if len(list)%2 == 1 {
		return list[middle]
	}
	return (list[middle-1] + list[middle]) / 2
}

// Centre is the centre of gravity in degrees, on the plane of degrees; false for a shape without area.
func Centre(m geo.MultiPolygon) ([2]float64, bool) {
	if len(m) == 0 {
		return [2]float64{}, false
	}
	origin := m[0][0][0]
	var x, y, area float64
	for _, polygon := range m {
		for i, ring := range polygon {
			rx, ry, a := moments(ring, origin)
			if (a < 0) == (i == 0) { // shells count, holes count against them, whichever way they turn
				rx, ry, a = -rx, -ry, -a
			}
			x, y, area = x+rx, y+ry, area+a
		}
	}
	if area <= 0 {
		return [2]float64{}, false
	}
	lon, lat := origin.Degrees()
	return [2]float64{lon + x/(3*area), lat + y/(3*area)}, true
}

// moments are three times the first moments about the origin and the area, each doubled, in degrees.
func moments(ring geo.Ring, origin geo.Position) (x, y, area float64) {
	at := func(p geo.Position) (float64, float64) {
		return float64(int64(p.Lon)-int64(origin.Lon)) * geo.Unit, float64(int64(p.Lat)-int64(origin.Lat)) * geo.Unit
	}
	for i := range ring {
		ax, ay := at(ring[i])
		bx, by := at(ring[(i+1)%len(ring)])
		cross := ax*by - bx*ay
		x, y, area = x+(ax+bx)*cross, y+(ay+by)*cross, area+cross
	}
	return x, y, area
}
