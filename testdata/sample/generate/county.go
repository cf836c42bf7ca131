package main

import (
	"math"

	"jingwei/geo"
)

// zhejiang is the province that is kept: the first two digits of its codes.
const zhejiang = 33

// counties are the county units of China on the plane, found by the nearest label point: their Voronoi diagram.
type counties struct {
	list  []county
	at    []point
	index *index
}

// newCounties jitters the label points, which are given to 0.01 degree, by 10 m, so that no two coincide.
func newCounties(s *source, seed uint64) *counties {
	c := &counties{list: s.counties, index: newIndex(25)}
	r := stream(seed, forJitter, 0)
	for _, unit := range s.counties {
		p := planar(unit.lon, unit.lat)
		p.x += (r.Float64() - 0.5) / 50
		p.y += (r.Float64() - 0.5) / 50
		c.at = append(c.at, p)
		c.index.add(p)
	}
	return c
}

func (c *counties) nearest(p point) int { return c.index.nearest(p) }

func (c *counties) kept(i int) bool { return i >= 0 && c.list[i].code/10000 == zhejiang }

func (c county) division() geo.DivisionCode { return geo.DivisionCode(c.code) * 1_000_000 }

// mesh cells that a county gets: enough for township cells with natural outlines; fewer outside of the province, where
// they only shape its border.
const (
	cellsPerTownship        = 30
	cellsPerTownshipOutside = 10
)

func (c *counties) wanted(i int) int {
	if c.kept(i) {
		return max(4, c.list[i].townships) * cellsPerTownship
	}
	return max(12, c.list[i].townships) * cellsPerTownshipOutside
}

// spacing is the least distance of mesh sites at p in county i of the given area: smaller near the seat of the county,
// where streets are small.
func (c *counties) spacing(i int, area float64, p point) float64 {
	radius := math.Sqrt(area / math.Pi)
	far := min(2, p.distance(c.at[i])/radius)
	return 0.72 * math.Sqrt(area/float64(c.wanted(i))) * math.Sqrt((0.3+far)/0.95)
}
