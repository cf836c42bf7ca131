package geo

import "math"

// The ellipsoid WGS84: half of the equator's diameter in metres, and the flattening.
const (
	equatorialRadius = 6378137.0
	flattening       = 1 / 298.257223563
)

// Distance returns the length in metres of the shortest way from a to b over the ellipsoid WGS84, true to about 15 nanometres:
// the inverse geodesic problem after C. F. F. Karney, Algorithms for geodesics, J. Geodesy 87 (2013), with series to the
// sixth order.
func Distance(a, b Position) float64 {
	lon1, lat1 := a.Degrees()
	lon2, lat2 := b.Degrees()
	lon := math.Abs(lon2 - lon1)
	return inverse(lat1, lat2, min(lon, 360-lon))
}

// What else the series are made of: the ratio of the axes, the third flattening, the square of the second eccentricity, and half of
// the axis in metres (Karney 2013, §1).
const (
	f1                  = 1 - flattening
	thirdFlattening     = flattening / (2 - flattening)
	secondEccentricity2 = eccentricity2 / (f1 * f1)
	polarRadius         = equatorialRadius * f1
)

// polynomial returns c[0] + c[1] x + c[2] x² and so on.
func polynomial(x float64, c ...float64) float64 {
	y := 0.0
	for i := len(c) - 1; i >= 0; i-- {
		y = y*x + c[i]
	}
	return y
}

// angle is the sine and cosine of one.
type angle struct{ sin, cos float64 }

// degrees returns the angle, exact for the quarters of a turn.
func degrees(d float64) angle {
	switch d {
	case 90:
		return angle{1, 0}
	case -90:
		return angle{-1, 0}
	case 180:
		return angle{0, -1}
	}
	s, c := math.Sincos(d * math.Pi / 180)
	return angle{s, c}
}

func (a angle) unit() angle {
	h := math.Hypot(a.sin, a.cos)
	return angle{a.sin / h, a.cos / h}
}

// to returns the angle from a to b, 0 to π; less is 0.
func (a angle) to(b angle) float64 {
	return math.Atan2(max(0, a.cos*b.sin-a.sin*b.cos), a.cos*b.cos+a.sin*b.sin)
}

// sines returns the sum of c[l-1] sin(2 l x), by Clenshaw's summation.
func (a angle) sines(c []float64) float64 {
	twice := 2 * (a.cos - a.sin) * (a.cos + a.sin)
	b1, b2 := 0.0, 0.0
	for i := len(c) - 1; i >= 0; i-- {
		b1, b2 = twice*b1-b2+c[i], b1
	}
	return 2 * a.sin * a.cos * b1
}

// a1 and a2 are A1-1 and A2-1, c1 and c2 the coefficients C1 and C2 (eqs. 17, 18, 42, 43).
func a1(e float64) float64 {
	return (polynomial(e*e, 0, 1.0/4, 1.0/64, 1.0/256) + e) / (1 - e)
}

func a2(e float64) float64 {
	return (polynomial(e*e, 0, -3.0/4, -7.0/64, -11.0/256) - e) / (1 + e)
}

func c1(e float64) []float64 {
	q := e * e
	return powers(e, polynomial(q, -1.0/2, 3.0/16, -1.0/32), polynomial(q, -1.0/16, 1.0/32, -9.0/2048), polynomial(q, -1.0/48, 3.0/256),
		polynomial(q, -5.0/512, 3.0/512), -7.0/1280, -7.0/2048)
}

func c2(e float64) []float64 {
	q := e * e
	return powers(e, polynomial(q, 1.0/2, 1.0/16, 1.0/32), polynomial(q, 3.0/16, 1.0/32, 35.0/2048), polynomial(q, 5.0/48, 5.0/256),
		polynomial(q, 35.0/512, 7.0/512), 63.0/1280, 77.0/2048)
}

// powers multiplies the coefficients by e, e², and so on.
func powers(e float64, c ...float64) []float64 {
	p := 1.0
	for i := range c {
		p *= e
		c[i] *= p
	}
	return c
}

// a3 is A3 and c3 the coefficients C3 for this ellipsoid (eqs. 24 and 25).
func a3(e float64) float64 {
	const n = thirdFlattening
	return polynomial(e, 1, -1.0/2+n/2, -1.0/4-n/8+n*n*3/8, -1.0/16-n*3/16-n*n/16, -3.0/64-n/32, -3.0/128)
}

func c3(e float64) []float64 {
	const n = thirdFlattening
	return powers(e, polynomial(e, 1.0/4-n/4, 1.0/8-n*n/8, 3.0/64+n*3/64-n*n/64, 5.0/128+n/64, 3.0/128),
		polynomial(e, 1.0/16-n*3/32+n*n/32, 3.0/64-n/32-n*n*3/64, 3.0/128+n/128, 5.0/256),
		polynomial(e, 5.0/192-n*3/64+n*n*5/192, 3.0/128-n*5/192, 7.0/512),
		polynomial(e, 7.0/512-n*7/256, 7.0/512), 21.0/2560)
}

// eps is ε of a geodesic for k² (eq. 16).
func eps(k2 float64) float64 { return k2 / (2*(1+math.Sqrt(1+k2)) + k2) }
