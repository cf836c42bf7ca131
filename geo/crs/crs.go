package crs

import (
	"math"
	"strconv"
	"strings"

	"jingwei/geo"
)

// System is a coordinate system: in degrees, longitude first, or in metres, easting first. The zero value is WGS84. Beside
// the constants, the Gauss-Krüger zones of CGCS2000 are systems, each with its code of EPSG, 4491 to 4554.
type System int

// Systems that coordinates come in.
const (
	WGS84  System = iota // EPSG:4326; CGCS2000 (EPSG:4490) is the same for a map
	GCJ02                // 火星坐标: AMap, Tencent
	BD09                 // Baidu, degrees
	BD09MC               // Baidu, metres in a plane of its own
)

// names are what people call the systems, in capitals and without separators.
func names() map[string]System {
	return map[string]System{
		"EPSG4326": WGS84, "WGS84": WGS84, "CRS84": WGS84, "OGCCRS84": WGS84, "OGC13CRS84": WGS84,
		"EPSG4490": WGS84, "CGCS2000": WGS84, "GCJ02": GCJ02, "BD09": BD09, "BD09LL": BD09, "BD09MC": BD09MC,
	}
}

// Parse reads a name: EPSG:4326 or WGS84, EPSG:4490 or CGCS2000, gcj02, bd09, bd09mc, or EPSG:4491 to EPSG:4554 for a zone of
// CGCS2000, also as the URN of OGC; case, "-" and "_" do not matter. Others are geo.ErrInvalid with the field.
func Parse(field, name string) (System, error) {
	key := strings.NewReplacer(":", "", "-", "", "_", "", " ", "", ".", "").Replace(strings.ToUpper(name))
	key = strings.TrimPrefix(key, "URNOGCDEFCRS")
	if s, ok := names()[key]; ok {
		return s, nil
	}
	code, _ := strconv.Atoi(strings.TrimPrefix(key, "EPSG")) // 0 is no zone
	if _, ok := System(code).zone(); ok {
		return System(code), nil
	}
	if superseded(key, code) {
		return 0, geo.Invalid(field, "coordinates in %s cannot be brought to WGS84 without local parameters: convert them first", name)
	}
	return 0, geo.Invalid(field, "there is no system %q; known are EPSG:4326, EPSG:4490 (CGCS2000), EPSG:4491 to 4554 (its zones), gcj02, bd09 and bd09mc", name)
}

// superseded tells the systems Beijing 54 and Xi'an 80, in degrees and in zones: programs that know no parameters return their
// coordinates unchanged, a hundred metres off.
func superseded(key string, code int) bool {
	switch key {
	case "BEIJING54", "BEIJING1954", "XIAN80", "XIAN1980", "XI'AN80", "XI'AN1980", "北京54", "西安80":
		return true
	}
	return code == 4214 || code == 4610 || 2327 <= code && code <= 2442 || 21413 <= code && code <= 21463
}

// Metres tells whether coordinates of the system are metres, else degrees.
func (s System) Metres() bool {
	_, projected := s.zone()
	return projected || s == BD09MC
}

// String returns the name that Parse reads.
func (s System) String() string {
	switch s {
	case GCJ02:
		return "gcj02"
	case BD09:
		return "bd09"
	case BD09MC:
		return "bd09mc"
	}
	if _, projected := s.zone(); projected {
		return "EPSG:" + strconv.Itoa(int(s))
	}
	return "EPSG:4326"
}

// ToWGS84 converts a coordinate of the system, easting or longitude first, as exactly as its inverse converges: to 1e-9 degree.
func (s System) ToWGS84(lon, lat float64) (float64, float64) {
	switch s {
	case GCJ02:
		return invert(gcj02, lon, lat)
	case BD09:
		return invert(gcj02At(bd09), lon, lat)
	case BD09MC:
		return BD09.ToWGS84(bd09OfMetres(lon, lat))
	}
	if z, projected := s.zone(); projected {
		return z.locate(lon, lat)
	}
	return lon, lat
}

// FromWGS84 converts a coordinate in degrees into the system. A zone is exact to a micrometre some degrees around its meridian.
func (s System) FromWGS84(lon, lat float64) (float64, float64) {
	switch s {
	case GCJ02:
		return gcj02(lon, lat)
	case BD09:
		return bd09(gcj02(lon, lat))
	case BD09MC:
		return bd09mc(bd09(gcj02(lon, lat)))
	}
	if z, projected := s.zone(); projected {
		return z.project(lon, lat)
	}
	return lon, lat
}

// The Krasovsky ellipsoid: semi-major axis in metres, square of the eccentricity.
const (
	krasovskyAxis         = 6378245.0
	krasovskyEccentricity = 0.00669342162296594323
)

// shifted is the box inside which GCJ-02 differs from WGS84 in the common implementations; it reaches far beyond China.
func shifted(lon, lat float64) bool {
	return 72.004 <= lon && lon <= 137.8347 && 0.8293 <= lat && lat <= 55.8271
}

func gcj02(lon, lat float64) (float64, float64) {
	if !shifted(lon, lat) {
		return lon, lat
	}
	east, north := offset(lon-105, lat-35)
	phi := lat * math.Pi / 180
	m := 1 - krasovskyEccentricity*math.Sin(phi)*math.Sin(phi)
	dLat := north * 180 / (krasovskyAxis * (1 - krasovskyEccentricity) / (m * math.Sqrt(m)) * math.Pi)
	dLon := east * 180 / (krasovskyAxis / math.Sqrt(m) * math.Cos(phi) * math.Pi)
	return lon + dLon, lat + dLat
}

// offset is the shift in metres at x degrees east of 105°E and y north of 35°N.
func offset(x, y float64) (east, north float64) {
	wave := func(amplitude, period, v float64) float64 { return 2.0 / 3 * amplitude * math.Sin(v*math.Pi/period) }
	both := wave(20, 1.0/6, x) + wave(20, 0.5, x)
	root := math.Sqrt(math.Abs(x))
	north = -100 + 2*x + 3*y + 0.2*y*y + 0.1*x*y + 0.2*root + both +
		wave(20, 1, y) + wave(40, 3, y) + wave(160, 12, y) + wave(320, 30, y)
	east = 300 + x + 2*y + 0.1*x*x + 0.1*x*y + 0.1*root + both +
		wave(20, 1, x) + wave(40, 3, x) + wave(150, 12, x) + wave(300, 30, x)
	return east, north
}

const baiduTurn = math.Pi * 3000 / 180

// bd09 is the second shift, from GCJ-02 to BD-09.
func bd09(lon, lat float64) (float64, float64) {
	z := math.Hypot(lon, lat) + 0.00002*math.Sin(lat*baiduTurn)
	theta := math.Atan2(lat, lon) + 0.000003*math.Cos(lon*baiduTurn)
	return z*math.Cos(theta) + 0.0065, z*math.Sin(theta) + 0.006
}

func gcj02At(next func(lon, lat float64) (float64, float64)) func(lon, lat float64) (float64, float64) {
	return func(lon, lat float64) (float64, float64) { return next(gcj02(lon, lat)) }
}

// Convergence of the inverse, in degrees; and how many steps it may take: in China two or three do.
const (
	converged = 1e-9
	mostSteps = 20
)

// invert finds where forward leads to lon, lat by fixed-point iteration.
func invert(forward func(lon, lat float64) (float64, float64), lon, lat float64) (float64, float64) {
	x, y := lon, lat
	for range mostSteps {
		a, b := forward(x, y)
		dx, dy := a-lon, b-lat
		x, y = x-dx, y-dy
		if math.Abs(dx) < converged && math.Abs(dy) < converged {
			break
		}
	}
	return x, y
}
