package crs

import "math"

// zone is a Gauss-Krüger zone of CGCS2000: a transverse Mercator projection with scale 1 at its meridian.
type zone struct {
	meridian     float64 // degrees
	falseEasting float64 // metres; begins with the number of the zone where eastings do
}

// The codes of EPSG for the zones of CGCS2000: 6 degrees wide with the number of the zone in the easting (13 to 23) and
// without (meridians 75° to 135°), 3 degrees wide with it (25 to 45) and without.
const (
	firstSixNumbered   = 4491
	firstSix           = 4502
	firstThreeNumbered = 4513
	firstThree         = 4534
	lastZone           = 4554
)

// zone returns the projection of a projected system.
func (s System) zone() (zone, bool) {
	switch {
	case s < firstSixNumbered || s > lastZone:
		return zone{}, false
	case s < firstSix:
		n := float64(s-firstSixNumbered) + 13
		return zone{6*n - 3, n*1e6 + 500_000}, true
	case s < firstThreeNumbered:
		return zone{75 + 6*float64(s-firstSix), 500_000}, true
	case s < firstThree:
		n := float64(s-firstThreeNumbered) + 25
		return zone{3 * n, n*1e6 + 500_000}, true
	}
	return zone{75 + 3*float64(s-firstThree), 500_000}, true
}

// ZoneOf returns the zone of CGCS2000 of three degrees, without its number in the easting, in which a longitude in degrees
// lies; ok is false outside of 73.5° to 136.5°, where there is none.
func ZoneOf(lon float64) (s System, ok bool) {
	n := int(math.Round(lon / 3))
	return System(firstThree + n - 25), 25 <= n && n <= 45
}

// reaches tells whether a place is near enough to the meridian of the zone to have been measured in it, and between the equator
// and the north of China.
func (z zone) reaches(east, north float64) bool {
	return math.Abs(east-z.falseEasting) < 600_000 && 0 <= north && north <= 6.5e6
}

// ofEasting returns the system whose eastings begin with the number of a zone; ok is false for other numbers.
func ofEasting(metres float64) (System, zone, bool) {
	s, ok := numbered(metres)
	z, _ := s.zone() // none for none
	return s, z, ok
}

func numbered(metres float64) (System, bool) {
	switch n := int(metres / 1e6); {
	case 13 <= n && n <= 23:
		return System(firstSixNumbered + n - 13), true
	case 25 <= n && n <= 45:
		return System(firstThreeNumbered + n - 25), true
	}
	return 0, false
}

// The ellipsoid of CGCS2000: semi-major axis in metres, flattening, and what follows from them.
const (
	axis         = 6378137.0
	flattening   = 1 / 298.257222101
	eccentricity = 0.08181919104281579 // of the first kind: the root of f (2 - f)
	third        = flattening / (2 - flattening)
	third2       = third * third
	// rectifying is the radius of the circle as long as a meridian.
	rectifying = axis / (1 + third) * (1 + third2/4 + third2*third2/64 + third2*third2*third2/256)
)

// krueger returns the coefficients of the series from the conformal sphere to the plane, and back, to the sixth order of the third
// flattening: better than a micrometre within the zones (C. F. F. Karney, Transverse Mercator with an accuracy of a few
// nanometers, J. Geodesy 85 (2011), eqs. 35 and 36).
func krueger() (plane, sphere [6]float64) {
	const n, n2, n3, n4, n5, n6 = third, third2, third2 * third, third2 * third2, third2 * third2 * third, third2 * third2 * third2
	plane = [6]float64{
		n/2 - n2*2/3 + n3*5/16 + n4*41/180 - n5*127/288 + n6*7891/37800,
		n2*13/48 - n3*3/5 + n4*557/1440 + n5*281/630 - n6*1983433/1935360,
		n3*61/240 - n4*103/140 + n5*15061/26880 + n6*167603/181440,
		n4*49561/161280 - n5*179/168 + n6*6601661/7257600,
		n5*34729/80640 - n6*3418889/1995840,
		n6 * 212378941 / 319334400,
	}
	sphere = [6]float64{
		n/2 - n2*2/3 + n3*37/96 - n4/360 - n5*81/512 + n6*96199/604800,
		n2/48 + n3/15 - n4*437/1440 + n5*46/105 - n6*1118711/3870720,
		n3*17/480 - n4*37/840 - n5*209/4480 + n6*5569/90720,
		n4*4397/161280 - n5*11/504 - n6*830251/7257600,
		n5*4583/161280 - n6*108847/3991680,
		n6 * 20648693 / 638668800,
	}
	return plane, sphere
}

// project returns easting and northing in metres of longitude and latitude in degrees.
func (z zone) project(lon, lat float64) (east, north float64) {
	tau := math.Tan(lat * math.Pi / 180)
	conformal := conformalTangent(tau)
	sin, cos := math.Sincos((lon - z.meridian) * math.Pi / 180)
	xi := math.Atan2(conformal, cos)
	eta := math.Asinh(sin / math.Hypot(conformal, cos))
	plane, _ := krueger()
	x, y := eta, xi
	for j, c := range plane {
		k := 2 * float64(j+1)
		x += c * math.Cos(k*xi) * math.Sinh(k*eta)
		y += c * math.Sin(k*xi) * math.Cosh(k*eta)
	}
	return z.falseEasting + rectifying*x, rectifying * y
}

// locate is the inverse of project.
func (z zone) locate(east, north float64) (lon, lat float64) {
	x, y := (east-z.falseEasting)/rectifying, north/rectifying
	_, sphere := krueger()
	eta, xi := x, y
	for j, c := range sphere {
		k := 2 * float64(j+1)
		eta -= c * math.Cos(k*y) * math.Sinh(k*x)
		xi -= c * math.Sin(k*y) * math.Cosh(k*x)
	}
	sin, cos := math.Sincos(xi)
	lambda := math.Atan2(math.Sinh(eta), cos)
	tau := tangentOf(sin / math.Hypot(math.Sinh(eta), cos))
	return z.meridian + lambda*180/math.Pi, math.Atan(tau) * 180 / math.Pi
}

// conformalTangent returns the tangent of the conformal latitude for that of the geographic one.
func conformalTangent(tau float64) float64 {
	sigma := math.Sinh(eccentricity * math.Atanh(eccentricity*tau/math.Hypot(1, tau)))
	return tau*math.Hypot(1, sigma) - sigma*math.Hypot(1, tau)
}

// tangentOf is the inverse of conformalTangent, by Newton's method: three steps suffice (Karney 2011, eqs. 19 to 21).
func tangentOf(conformal float64) float64 {
	const squared = eccentricity * eccentricity
	tau := conformal / (1 - squared)
	for range 5 {
		at := conformalTangent(tau)
		tau += (conformal - at) / math.Hypot(1, at) * (1 + (1-squared)*tau*tau) / ((1 - squared) * math.Hypot(1, tau))
	}
	return tau
}
