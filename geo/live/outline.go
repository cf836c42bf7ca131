package live

import (
	"math"

	"github.com/paulmach/orb"

	"jingwei/geo"
)

// Polygons is an area of polygons, in degrees, longitude first, edges straight in longitude and latitude; what lies on an edge
// is in it, as ST_Covers of PostGIS has it. Polygons do not overlap and holes lie within theirs (OGC 06-103r4 §6.1.11); of
// others the even-odd rule decides. A ring that goes on beyond the antimeridian, to longitudes below -180 or above 180,
// comes in again on the other side. It is immutable.
type Polygons struct{ sides []side }

// side is an edge of a ring, from a to b.
type side struct{ a, b [2]float64 }

// MostVertices is how many vertices the rings of an area may have together.
const MostVertices = 1_000_000

// NewPolygons returns the area of the rings, whose last vertex is the first (RFC 7946 §3.1.6); one that is not closed is closed.
// Coordinates that are no numbers, too many vertices, and longitudes more than a turn away are geo.ErrInvalid with the
// field "geometry". No rings are an area in which nothing is.
func NewPolygons(shape orb.MultiPolygon) (*Polygons, error) {
	p, vertices := &Polygons{}, 0
	for _, polygon := range shape {
		turns := []float64{0}
		for _, ring := range polygon {
			vertices += len(ring)
			if len(ring) < 4 || ring[0] != ring[len(ring)-1] {
				return nil, geo.Invalid("geometry", "a ring has at least four positions, the last of which is the first; there is one with %d that is not so", len(ring))
			}
			for _, v := range ring {
				if !(math.Abs(v[0]) <= 540 && math.Abs(v[1]) <= 90) {
					return nil, geo.Invalid("geometry", "%v is no position: longitude, then latitude, in degrees", v)
				}
			}
		}
		bound := polygon.Bound()
		if len(polygon) > 0 && bound.Max[0]-bound.Min[0] > 360 {
			return nil, geo.Invalid("geometry", "a polygon goes around the world more than once")
		}
		if len(polygon) > 0 && bound.Max[0] > 180 {
			turns = append(turns, -360)
		} else if len(polygon) > 0 && bound.Min[0] < -180 {
			turns = append(turns, 360)
		}
		if vertices > MostVertices {
			return nil, geo.Invalid("geometry", "the area has more than %d vertices; simplify it", MostVertices)
		}
		for _, turn := range turns {
			p.add(polygon, turn)
		}
	}
	return p, nil
}

func (p *Polygons) add(polygon orb.Polygon, turn float64) {
	for _, ring := range polygon {
		for i := range ring {
			a, b := ring[i], ring[(i+1)%len(ring)]
			if a != b || i == 0 { // a ring of a single position is that position
				p.sides = append(p.sides, side{[2]float64{a[0] + turn, a[1]}, [2]float64{b[0] + turn, b[1]}})
			}
		}
	}
}

// outline is what matters of an area within one cell of the quadtree: the sides that may decide whether a point of the cell
// is in it. For a point, a ray to the west is followed: it crosses the sides behind the cell an odd number of times, or
// not, whatever the point.
type outline struct {
	sides []side
	odd   bool
}

// Contains reports whether p is in the area, edges included.
func (p *Polygons) Contains(at geo.Position) bool { return outline{sides: p.sides}.contains(at) }

func (o outline) contains(at geo.Position) bool {
	lon, lat := at.Degrees()
	p, odd := [2]float64{lon, lat}, o.odd
	for _, s := range o.sides {
		on, crossed := s.meets(p)
		if on {
			return true
		}
		odd = odd != crossed
	}
	return odd
}

// meets reports whether p lies on the side, and whether a ray from p to the west crosses it. A ray through a vertex counts
// the side above it.
func (s side) meets(p [2]float64) (on, crossed bool) {
	low, high := s.a, s.b
	if low[1] > high[1] {
		low, high = high, low
	}
	if p[1] < low[1] || p[1] > high[1] || p[0] < min(low[0], high[0]) {
		return false, false
	}
	straddles := low[1] <= p[1] && p[1] < high[1]
	if p[0] > max(low[0], high[0]) {
		return false, straddles
	}
	turn := geo.TurnOf(low, high, p)
	return turn == 0, straddles && turn < 0
}

// rectangle is a cell in degrees, a little larger than it is, so that every point of the cell lies in it.
type rectangle struct{ west, south, east, north float64 }

func rectangleOf(c box) rectangle {
	const perUnit = 360.0 / (1 << keyBits)
	r := rectangle{
		west: float64(c.x0)*perUnit - 180 - slack, east: (float64(c.x1)+1)*perUnit - 180 + slack,
		north: latitudeOf(float64(c.y0)-1) + slack, south: latitudeOf(float64(c.y1)+2) - slack,
	}
	if c.y0 == 0 {
		r.north = 90
	}
	if c.y1 == math.MaxUint32 {
		r.south = -90
	}
	return r
}

// slack is more than what rounding could move a corner, in degrees.
const slack = 1e-10

// latitudeOf returns the latitude of a web-mercator y in units of 2^-32 of the world.
func latitudeOf(y float64) float64 {
	return math.Atan(math.Sinh(math.Pi*(1-2*y/(1<<keyBits)))) * 180 / math.Pi
}

// in returns what matters of o in a smaller cell, and whether a side may run through it.
func (o outline) in(r rectangle) (n outline, touched bool) {
	n = outline{odd: o.odd}
	n.sides = make([]side, 0, min(len(o.sides), 64))
	for _, s := range o.sides {
		south, north := min(s.a[1], s.b[1]), max(s.a[1], s.b[1])
		switch {
		case south > r.north, north < r.south, min(s.a[0], s.b[0]) > r.east: // no ray from the cell meets it
		case max(s.a[0], s.b[0]) < r.west && south <= r.south && r.north < north: // every ray does
			n.odd = !n.odd
		case max(s.a[0], s.b[0]) < r.west:
			n.sides = append(n.sides, s)
		default:
			turn := s.aside(r)
			if turn != 0 && south <= r.south && r.north < north { // past the cell, from below it to above: all rays meet it, or none
				n.odd = n.odd != (turn < 0)
				continue
			}
			touched = touched || turn == 0
			n.sides = append(n.sides, s)
		}
	}
	return n, touched
}

// aside returns on which side of the line, followed from south to north, all corners of the rectangle lie: 1 to the left, -1 to the
// right; 0 when the line may run through it.
func (s side) aside(r rectangle) int {
	low, high := s.a, s.b
	if low[1] > high[1] {
		low, high = high, low
	}
	turn := geo.TurnOf(low, high, [2]float64{r.west, r.south})
	for _, corner := range [][2]float64{{r.west, r.north}, {r.east, r.south}, {r.east, r.north}} {
		if geo.TurnOf(low, high, corner) != turn {
			return 0
		}
	}
	return turn
}

// region is where rows are looked for: an extent or an area.
type region interface {
	// ranges calls f, in the order of keys, for ranges of keys inside, with nil, and for small ones on the border, with what
	// decides of each row, until f returns false.
	ranges(v view, f func(r keyRange, holds func(geo.Position) bool) bool) bool
}

func (p *Polygons) ranges(v view, f func(r keyRange, holds func(geo.Position) bool) bool) bool {
	return outline{sides: p.sides}.descend(v, cellRange(0, 0, 0), 0, f)
}

func (o outline) descend(v view, r keyRange, level uint32, f func(keyRange, func(geo.Position) bool) bool) bool {
	at := rectangleOf(cellBox(r.first, level))
	o, touched := o.in(at)
	if !v.spend(len(o.sides) + 1) {
		return false
	}
	if !touched {
		// All points are on the same side: the middle tells for them.
		if len(o.sides) > 0 {
			o.odd = o.holdsMiddle(at)
		}
		return !o.odd || f(r, nil)
	}
	n := v.stored(r)
	if n == 0 {
		return true
	}
	if n*len(o.sides) <= borderTests || level == keyBits {
		v.spend(n * len(o.sides))
		return f(r, o.contains)
	}
	for _, quarter := range r.quarters() {
		if !o.descend(v, quarter, level+1, f) {
			return false
		}
	}
	return true
}

// borderTests is how many tests of a row against a side cost as much as looking into the four parts of a cell.
const borderTests = 400

func (o outline) holdsMiddle(r rectangle) bool {
	p, odd := [2]float64{(r.west + r.east) / 2, (r.south + r.north) / 2}, o.odd
	for _, s := range o.sides {
		_, crossed := s.meets(p)
		odd = odd != crossed
	}
	return odd
}

// ranges makes an extent a region.
func (e extentRegion) ranges(v view, f func(r keyRange, holds func(geo.Position) bool) bool) bool {
	extent := geo.Extent(e)
	return v.descend(newArea(extent), keyRange{0, ^uint64(0)}, 0, func(r keyRange, a *area) bool {
		if a == nil {
			return f(r, nil)
		}
		return f(r, extent.Contains)
	})
}

type extentRegion geo.Extent
