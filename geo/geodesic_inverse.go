package geo

import "math"

// What two numbers may differ by that ought to be equal.
const (
	tiny       = 0x1p-511
	tolerance  = 0x1p-52
	tolerance1 = 200 * tolerance
	tolerance2 = 0x1p-26
	mostNewton = 20
	mostSteps  = mostNewton + 53 + 10
)

// pair is two points on the auxiliary sphere, in Karney's canonical form: the first is the one further from the equator, and
// lies south of it. lon is the difference of longitudes in radians, 0 to π.
type pair struct {
	bet1, bet2 angle // reduced latitudes
	dn1, dn2   float64
	lam        angle
	lon        float64
}

// inverse returns the distance in metres between latitudes in degrees, which lie lon degrees of longitude apart, 0 to 180.
func inverse(lat1, lat2, lon float64) float64 {
	if math.Abs(lat1) < math.Abs(lat2) {
		lat1, lat2 = lat2, lat1
	}
	if lat1 >= 0 {
		lat1, lat2 = -lat1, -lat2
	}
	p := pair{bet1: reduced(lat1), bet2: reduced(lat2), lon: lon * math.Pi / 180}
	if p.lam = degrees(lon); lon > 90 { // the sine of a small angle has more digits than that of one close to 180°
		p.lam = degrees(180 - lon)
		p.lam.cos = -p.lam.cos
	}
	if math.Abs(p.bet2.sin) == -p.bet1.sin {
		p.bet2.cos = p.bet1.cos
	}
	p.dn1, p.dn2 = math.Sqrt(1+secondEccentricity2*p.bet1.sin*p.bet1.sin), math.Sqrt(1+secondEccentricity2*p.bet2.sin*p.bet2.sin)
	if lat1 == -90 || p.lam.sin == 0 {
		if s, ok := p.alongMeridian(); ok {
			return s
		}
	}
	if p.bet1.sin == 0 && 180-lon >= flattening*180 {
		return equatorialRadius * p.lon
	}
	return p.general()
}

func reduced(lat float64) angle {
	a := degrees(lat)
	a = angle{a.sin * f1, a.cos}.unit()
	a.cos = max(tiny, a.cos)
	return a
}

// alongMeridian is the distance over a pole or along a meridian; false when that is not the shortest way.
func (p pair) alongMeridian() (float64, bool) {
	sig1, sig2 := angle{p.bet1.sin, p.lam.cos * p.bet1.cos}, p.bet2
	sig := sig1.to(sig2)
	s, m := p.lengths(thirdFlattening, sig, sig1, sig2)
	if sig >= 1 && m < 0 {
		return 0, false
	}
	if sig < 3*tiny {
		return 0, true
	}
	return s * polarRadius, true
}

// lengths returns distance and reduced length in units of b (eqs. 7, 15, 38, 40).
func (p pair) lengths(e, sig float64, sig1, sig2 angle) (s, m float64) {
	first, second := c1(e), c2(e)
	b1, b2 := sig2.sines(first)-sig1.sines(first), sig2.sines(second)-sig1.sines(second)
	one, two := 1+a1(e), 1+a2(e)
	j := (a1(e)-a2(e))*sig + (one*b1 - two*b2)
	return one * (sig + b1), p.dn2*(sig1.cos*sig2.sin) - p.dn1*(sig1.sin*sig2.cos) - sig1.cos*sig2.cos*j
}

// general finds the azimuth at the first point that leads to the second, and returns the distance.
func (p pair) general() float64 {
	alp1, sig, dnm := p.start()
	if sig >= 0 {
		return sig * polarRadius * dnm
	}
	low, high := angle{tiny, 1}, angle{tiny, -1}
	nearly, last := false, false
	for step := 0; ; step++ {
		v, slope, way := p.reach(alp1)
		limit := tolerance
		if nearly {
			limit *= 8
		}
		if last || !(math.Abs(v) >= limit) || step == mostSteps {
			s, _ := p.lengths(way.eps, way.sig, way.sig1, way.sig2)
			return s * polarRadius
		}
		if v > 0 && (step > mostNewton || alp1.cos/alp1.sin > high.cos/high.sin) {
			high = alp1
		} else if v < 0 && (step > mostNewton || alp1.cos/alp1.sin < low.cos/low.sin) {
			low = alp1
		}
		if step+1 < mostNewton && slope > 0 {
			if next, ok := alp1.turned(-v / slope); ok {
				alp1, nearly = next, math.Abs(v) <= 16*tolerance
				continue
			}
		}
		alp1 = angle{(low.sin + high.sin) / 2, (low.cos + high.cos) / 2}.unit()
		nearly = false
		last = math.Abs(low.sin-alp1.sin)+(low.cos-alp1.cos) < tolerance || math.Abs(alp1.sin-high.sin)+(alp1.cos-high.cos) < tolerance
	}
}

// turned returns the azimuth changed by d radians; false when that is none from north to south by east.
func (a angle) turned(d float64) (angle, bool) {
	s, c := math.Sincos(d)
	next := angle{a.sin*c + a.cos*s, a.cos*c - a.sin*s}
	return next.unit(), math.Abs(d) < math.Pi && next.sin > 0
}

// way is a geodesic from the first point to the latitude of the second.
type way struct {
	eps, sig   float64
	sig1, sig2 angle
}

// reach follows the geodesic with an azimuth to the second latitude and returns by how much it misses the longitude, the slope of
// that, and the geodesic (eqs. 44 to 46).
func (p pair) reach(alp1 angle) (miss, slope float64, w way) {
	if p.bet1.sin == 0 && alp1.cos == 0 {
		alp1.cos = -tiny
	}
	sin0, cos0 := alp1.sin*p.bet1.cos, math.Hypot(alp1.cos, alp1.sin*p.bet1.sin)
	alp2 := p.azimuthAtSecond(alp1, sin0)
	omg1, omg2 := angle{sin0 * p.bet1.sin, alp1.cos * p.bet1.cos}, angle{sin0 * p.bet2.sin, alp2.cos * p.bet2.cos}
	w.sig1, w.sig2 = angle{p.bet1.sin, omg1.cos}.unit(), angle{p.bet2.sin, omg2.cos}.unit()
	w.sig = w.sig1.to(w.sig2)
	omg := angle{max(0, omg1.cos*omg2.sin-omg1.sin*omg2.cos), omg1.cos*omg2.cos + omg1.sin*omg2.sin}
	eta := math.Atan2(omg.sin*p.lam.cos-omg.cos*p.lam.sin, omg.cos*p.lam.cos+omg.sin*p.lam.sin)
	w.eps = eps(cos0 * cos0 * secondEccentricity2)
	c := c3(w.eps)
	b3 := w.sig2.sines(c) - w.sig1.sines(c)
	miss = eta - flattening*a3(w.eps)*sin0*(w.sig+b3)
	if alp2.cos == 0 {
		return miss, -2 * f1 * p.dn1 / p.bet1.sin, w
	}
	_, m := p.lengths(w.eps, w.sig, w.sig1, w.sig2)
	return miss, m * f1 / (alp2.cos * p.bet2.cos), w
}

func (p pair) azimuthAtSecond(alp1 angle, sin0 float64) angle {
	b1, b2 := p.bet1, p.bet2
	alp2 := angle{alp1.sin, math.Abs(alp1.cos)}
	if b2.cos != b1.cos {
		alp2.sin = sin0 / b2.cos
	}
	if b2.cos != b1.cos || math.Abs(b2.sin) != -b1.sin {
		rest := (b1.sin - b2.sin) * (b1.sin + b2.sin)
		if b1.cos < -b1.sin {
			rest = (b2.cos - b1.cos) * (b1.cos + b2.cos)
		}
		alp2.cos = math.Sqrt(alp1.cos*b1.cos*alp1.cos*b1.cos+rest) / b2.cos
	}
	return alp2
}

// start returns a first azimuth (§4 and §5); for short lines the distance on the sphere too, in radians, which is exact enough,
// and its scale; else that is negative.
func (p pair) start() (alp1 angle, sig, dnm float64) {
	b1, b2 := p.bet1, p.bet2
	sin12, cos12 := b2.sin*b1.cos-b2.cos*b1.sin, b2.cos*b1.cos+b2.sin*b1.sin
	sum := b2.sin*b1.cos + b2.cos*b1.sin
	short := cos12 >= 0 && sin12 < 0.5 && b2.cos*p.lon < 0.5
	omg := p.lam
	if short {
		mean := (b1.sin + b2.sin) * (b1.sin + b2.sin)
		mean /= mean + (b1.cos+b2.cos)*(b1.cos+b2.cos)
		dnm = math.Sqrt(1 + secondEccentricity2*mean)
		omg.sin, omg.cos = math.Sincos(p.lon / (f1 * dnm))
	}
	alp1 = angle{b2.cos * omg.sin, sin12 + b2.cos*b1.sin*omg.sin*omg.sin/(1+omg.cos)}
	if omg.cos < 0 {
		alp1.cos = sum - b2.cos*b1.sin*omg.sin*omg.sin/(1-omg.cos)
	}
	arc := angle{math.Hypot(alp1.sin, alp1.cos), b1.sin*b2.sin + b1.cos*b2.cos*omg.cos}
	switch {
	case short && arc.sin < shortest():
		return alp1, math.Atan2(arc.sin, arc.cos), dnm
	case arc.cos < 0 && arc.sin < 6*thirdFlattening*math.Pi*b1.cos*b1.cos:
		alp1 = p.startNearlyAntipodal(sum)
	}
	if !(alp1.sin > 0) {
		return angle{1, 0}, -1, 0
	}
	return alp1.unit(), -1, 0
}

// shortest is the arc in radians below which the sphere is exact enough.
func shortest() float64 {
	return 0.1 * tolerance2 / math.Sqrt(max(0.001, flattening)*(1-flattening/2)/2)
}

// startNearlyAntipodal scales the neighbourhood of the antipode to the astroid (§5).
func (p pair) startNearlyAntipodal(sum float64) angle {
	b1, b2 := p.bet1, p.bet2
	e := eps(b1.sin * b1.sin * secondEccentricity2)
	scale := flattening * b1.cos * a3(e) * math.Pi
	x, y := math.Atan2(-p.lam.sin, -p.lam.cos)/scale, sum/(scale*b1.cos)
	if y > -tolerance1 && x > -1-1000*tolerance2 {
		s := min(1, -x)
		return angle{s, -math.Sqrt(1 - s*s)}
	}
	k := astroid(x, y)
	omg := scale * (-x * k / (1 + k))
	s, c := math.Sincos(omg)
	return angle{b2.cos * s, sum - b2.cos*b1.sin*s*s/(1+c)}
}

// astroid returns the positive root k of k⁴ + 2k³ - (x² + y² - 1)k² - 2y²k - y² = 0 (eq. 55).
func astroid(x, y float64) float64 {
	p, q := x*x, y*y
	r := (p + q - 1) / 6
	if q == 0 && r <= 0 {
		return 0
	}
	s, r3 := p*q/4, r*r*r
	u := r
	if d := s * (s + 2*r3); d >= 0 {
		t := s + r3
		t = math.Cbrt(t + math.Copysign(math.Sqrt(d), t))
		if u += t; t != 0 {
			u += r * r / t
		}
	} else {
		u += 2 * r * math.Cos(math.Atan2(math.Sqrt(-d), -(s+r3))/3)
	}
	v := math.Sqrt(u*u + q)
	uv := u + v
	if u < 0 {
		uv = q / (v - u)
	}
	w := (uv - q) / (2 * v)
	return uv / (math.Sqrt(uv+w*w) + w)
}
