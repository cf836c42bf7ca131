package live

import (
	"cmp"
	"container/heap"
	"math"

	"jingwei/geo"
)

// MostNearest is how many features Nearest returns at the most.
const MostNearest = 1000

// Near is a feature and how far it is, in metres over the ellipsoid WGS84.
type Near struct {
	Feature
	Metres float64
}

// Nearest returns the k rows that count and are nearest to a position, by geodesic distance and then by id. Fewer when there
// are no more; k outside 1 to MostNearest is geo.ErrInvalid with the field "k".
func (s *Snapshot) Nearest(q Query, to geo.Position, k int) ([]Near, error) {
	if k < 1 || k > MostNearest {
		return nil, geo.Invalid("k", "from 1 to %d features can be asked for", MostNearest)
	}
	v, err := s.through(q)
	if err != nil {
		return nil, err
	}
	w := walk{view: v, to: to}
	w.enter(cellRange(0, 0, 0), 0)
	near := make([]Near, 0, min(k, 64))
	for len(w.queue) > 0 && len(near) < k {
		next := heap.Pop(&w.queue).(candidate)
		if next.cell == nil {
			near = append(near, Near{v.feature(next.row), next.metres})
			continue
		}
		w.open(*next.cell)
	}
	return near, nil
}

// candidate is a row with its distance, or a cell with one that no row in it falls below.
type candidate struct {
	metres float64
	cell   *cell // nil for a row
	row    place
	id     geo.ID
}

type cell struct {
	keys  keyRange
	level uint32
}

// queue has the candidate that is nearest first; cells before rows as far away as they, rows of one place by id.
type queue []candidate

func (q queue) Len() int      { return len(q) }
func (q queue) Swap(i, j int) { q[i], q[j] = q[j], q[i] }
func (q queue) Less(i, j int) bool {
	a, b := q[i], q[j]
	if a.metres == b.metres && (a.cell == nil) != (b.cell == nil) {
		return a.cell != nil
	}
	return cmp.Or(cmp.Compare(a.metres, b.metres), cmp.Compare(a.id, b.id)) < 0
}
func (q *queue) Push(c any) { *q = append(*q, c.(candidate)) }
func (q *queue) Pop() any {
	last := (*q)[len(*q)-1]
	*q = (*q)[:len(*q)-1]
	return last
}

// walk looks into the cells of the quadtree, the nearest first.
type walk struct {
	view
	to    geo.Position
	queue queue
}

// fewRows is how many rows of a cell are measured at once.
const fewRows = 32

func (w *walk) open(c cell) {
	if w.count(c.keys) <= fewRows || c.level == keyBits {
		w.each(c.keys, func(p place) bool {
			heap.Push(&w.queue, candidate{metres: geo.Distance(w.to, w.at(p)), row: p, id: w.id(p)})
			return true
		})
		return
	}
	for _, quarter := range c.keys.quarters() {
		w.enter(quarter, c.level+1)
	}
}

// enter puts a cell into the queue when it has rows that count.
func (w *walk) enter(keys keyRange, level uint32) {
	if w.count(keys) > 0 {
		r := rectangleOf(cellBox(keys.first, level))
		heap.Push(&w.queue, candidate{metres: r.leastDistance(w.to), cell: &cell{keys, level}})
	}
}

// leastRadius is less than any radius of curvature of WGS84 in metres: the least is that of the meridian at the equator, 6,335,439 m.
// A way over the ellipsoid is therefore longer than that radius times the arc between the same latitudes and longitudes on
// a sphere.
const leastRadius = 6_335_400.0

// roundedMetres is more than what rounding adds to a distance: at a pole, which lies at all longitudes, half a nanometre.
const roundedMetres = 1e-6

// leastDistance returns a distance in metres that no point of the rectangle falls below.
func (r rectangle) leastDistance(p geo.Position) float64 {
	lon, lat := p.Degrees()
	return max(0, leastRadius*r.arc(lon, lat)-roundedMetres)
}

// arc returns the least angle on the sphere, in radians, from a point in degrees to the rectangle.
func (r rectangle) arc(lon, lat float64) float64 {
	const radian = math.Pi / 180
	if r.spans(lon) || r.spans(lon-360) || r.spans(lon+360) { // the slack of a rectangle reaches across the antimeridian
		return max(0, r.south-lat, lat-r.north) * radian
	}
	aside := math.Mod(min(math.Mod(r.west-lon+720, 360), math.Mod(lon-r.east+720, 360)), 360) * radian
	// The nearest point of the meridian, when it is part of the side; else a corner.
	sin, cos := math.Sincos(lat * radian)
	if foot := math.Atan2(sin, cos*math.Cos(aside)) / radian; r.south <= foot && foot <= r.north {
		return math.Asin(min(1, cos*math.Sin(aside)))
	}
	return min(arc(lat*radian, r.south*radian, aside), arc(lat*radian, r.north*radian, aside))
}

func (r rectangle) spans(lon float64) bool { return r.west <= lon && lon <= r.east }

// arc is the angle between two latitudes that lie an angle of longitude apart, all in radians (haversine).
func arc(lat1, lat2, lon float64) float64 {
	a, b := math.Sin((lat2-lat1)/2), math.Sin(lon/2)
	return 2 * math.Asin(min(1, math.Sqrt(a*a+math.Cos(lat1)*math.Cos(lat2)*b*b)))
}
