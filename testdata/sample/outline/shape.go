package outline

import (
	"math"

	"jingwei/geo"
)

// metresPerDegree is the length of a degree of latitude on a sphere of the mean radius 6371008.8 m.
const metresPerDegree = 111195.08

// Contains reports whether p lies strictly inside one of polygons.
func Contains(polygons []Polygon, p geo.Position) bool {
	for _, polygon := range polygons {
		inside := false
		for i, r := range polygon {
			if i == 0 && !inBox(r, p) {
				break
			}
			if r.Contains(p) {
				inside = !inside
			}
		}
		if inside {
			return true
		}
	}
	return false
}

func inBox(r Ring, p geo.Position) bool {
	e := box(r)
	return e.min.Lon < p.Lon && p.Lon < e.max.Lon && e.min.Lat < p.Lat && p.Lat < e.max.Lat
}

type bounds struct{ min, max geo.Position }

func box(r Ring) bounds {
	b := bounds{r[0], r[0]}
	for _, v := range r {
		b.min.Lon, b.min.Lat = min(b.min.Lon, v.Lon), min(b.min.Lat, v.Lat)
		b.max.Lon, b.max.Lat = max(b.max.Lon, v.Lon), max(b.max.Lat, v.Lat)
	}
	return b
}

// Area is twice the area in square units of 1e-7 degree, holes taken off. It is exact, so areas of parts add up to the
// area of the whole without rounding.
func Area(polygons []Polygon) int64 {
	var sum int64
	for _, p := range polygons {
		for _, r := range p {
			sum += r.DoubleArea()
		}
	}
	return sum
}

// Distance is the distance of two positions in metres, on a plane that touches near them: good to 1 % within 100 km.
func Distance(a, b geo.Position) float64 {
	x := float64(a.Lon-b.Lon) * geo.Unit * math.Cos(float64(a.Lat)*geo.Unit*math.Pi/180)
	return math.Hypot(x, float64(a.Lat-b.Lat)*geo.Unit) * metresPerDegree
}

// Clearance is the distance in metres from p to the nearest of edges; +Inf when there are none.
func Clearance(edges []Edge, p geo.Position) float64 {
	best := math.Inf(1)
	k := math.Cos(float64(p.Lat) * geo.Unit * math.Pi / 180)
	for _, e := range edges {
		best = min(best, segmentDistance(
			float64(e.From.Lon-p.Lon)*k, float64(e.From.Lat-p.Lat),
			float64(e.To.Lon-p.Lon)*k, float64(e.To.Lat-p.Lat)))
	}
	return best * geo.Unit * metresPerDegree
}

// segmentDistance is the distance of the origin to the segment (ax, ay)-(bx, by).
func segmentDistance(ax, ay, bx, by float64) float64 {
	dx, dy := bx-ax, by-ay
	t := 0.0
	if d := dx*dx + dy*dy; d > 0 {
		t = max(0, min(1, -(ax*dx+ay*dy)/d))
	}
	return math.Hypot(ax+t*dx, ay+t*dy)
}
