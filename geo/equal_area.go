package geo

import "math"

// The equal-area projection of bins: cylindrical, after Lambert, on the ellipsoid WGS84 with true scale at 30° (EPSG:6933; J. P.
// Snyder, Map Projections: A Working Manual, USGS 1395, 1987, eqs. 3-12, 3-16, 10-13 to 10-21).
const (
	eccentricity2 = flattening * (2 - flattening)
	trueScale     = 0.866_751_002_572_198_7 // cos 30° / sqrt(1 - e² sin² 30°)
)

// EqualArea projects a position to metres east and north, such that equal areas on the ellipsoid are equal in the plane.
func EqualArea(p Position) (x, y float64) {
	lon, lat := p.Degrees()
	return equatorialRadius * trueScale * lon * math.Pi / 180, equatorialRadius * authalic(math.Sin(lat*math.Pi/180)) / (2 * trueScale)
}

// authalic is Snyder's q of the sine of a latitude.
func authalic(sin float64) float64 {
	e := math.Sqrt(eccentricity2)
	return (1 - eccentricity2) * (sin/(1-eccentricity2*sin*sin) - math.Log((1-e*sin)/(1+e*sin))/(2*e))
}

// FromEqualArea undoes EqualArea, in degrees; what lies beyond a pole is taken to it.
func FromEqualArea(x, y float64) (lon, lat float64) {
	q := 2 * y * trueScale / equatorialRadius
	phi := math.Asin(max(-1, min(1, q/authalic(1))))
	for range 8 {
		sin, cos := math.Sincos(phi)
		if cos < 1e-9 {
			break
		}
		w := 1 - eccentricity2*sin*sin
		phi += (q - authalic(sin)) * w * w / (2 * (1 - eccentricity2) * cos)
		phi = max(-math.Pi/2, min(math.Pi/2, phi))
	}
	return x / (equatorialRadius * trueScale) * 180 / math.Pi, phi * 180 / math.Pi
}
