package main

import (
	"math"
	"math/rand/v2"

	"jingwei/geo"
)

// point is a place on the working plane in kilometres: x to the east of the meridian of 120° E, y to the north of the
// parallel of 29° N. Equirectangular, true to scale along 29° N: distances in Zhejiang are good to 2 %.
type point struct{ x, y float64 }

const (
	originLon, originLat = 120.0, 29.0
	kmPerDegree          = 111.19508
	shrink               = 0.8746197071393957 // cosine of originLat
)

func planar(lon, lat float64) point {
	return point{(lon - originLon) * kmPerDegree * shrink, (lat - originLat) * kmPerDegree}
}

// gridUnits is the grid that vertices are rounded to, in units of geo.Position: 1e-5 degree, one metre.
const gridUnits = 100

func (p point) position() geo.Position {
	lon := p.x/(kmPerDegree*shrink) + originLon
	lat := p.y/kmPerDegree + originLat
	return geo.Position{Lon: round(lon), Lat: round(lat)}
}

func round(degrees float64) int32 {
	return int32(math.Round(degrees/(geo.Unit*gridUnits))) * gridUnits
}

func planarOf(p geo.Position) point { return planar(p.Degrees()) }

func (p point) distance(q point) float64 { return math.Hypot(p.x-q.x, p.y-q.y) }

// stream returns the random numbers of one purpose, so that a change in one place does not alter the others.
func stream(seed, purpose, item uint64) *rand.Rand {
	return rand.New(rand.NewPCG(seed, purpose<<48|item))
}

// Purposes of random numbers.
const (
	forJitter = iota + 1
	forIslands
	forSites
	forTownships
	forVillages
)

// index finds points near a place: buckets of a square grid.
type index struct {
	size    float64
	buckets map[[2]int][]int
	points  []point
}

func newIndex(size float64) *index { return &index{size: size, buckets: map[[2]int][]int{}} }

func (x *index) bucket(p point) [2]int {
	return [2]int{int(math.Floor(p.x / x.size)), int(math.Floor(p.y / x.size))}
}

func (x *index) add(p point) {
	b := x.bucket(p)
	x.buckets[b] = append(x.buckets[b], len(x.points))
	x.points = append(x.points, p)
}

// ring calls do for the points of the buckets whose Chebyshev distance from p's bucket is k.
func (x *index) ring(p point, k int, do func(i int)) {
	b := x.bucket(p)
	for dx := -k; dx <= k; dx++ {
		step := 2 * k
		if dx == -k || dx == k || k == 0 {
			step = 1
		}
		for dy := -k; dy <= k; dy += step {
			for _, i := range x.buckets[[2]int{b[0] + dx, b[1] + dy}] {
				do(i)
			}
		}
	}
}

// nearest returns the point nearest to p; the index must hold one within 200 buckets, otherwise -1.
func (x *index) nearest(p point) int {
	best, found := math.Inf(1), -1
	for k := 0; k <= 200 && float64(k-1)*x.size <= best; k++ {
		x.ring(p, k, func(i int) {
			if d := p.distance(x.points[i]); d < best {
				best, found = d, i
			}
		})
	}
	return found
}
