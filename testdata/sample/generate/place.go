package main

import (
	"math"
	"math/rand/v2"

	"jingwei/geo"
	"jingwei/testdata/sample/outline"
)

// margin is the least distance in metres of a made-up position from the outline of its cell, where there is room.
const margin = 60

// place returns a label position for every division: that of its shape, and for villages one inside their township.
func place(data *source, cells []shape, seed uint64) map[geo.DivisionCode]geo.Position {
	at := map[geo.DivisionCode]geo.Position{}
	villages := map[geo.DivisionCode][]geo.Division{}
	for _, d := range data.divisions {
		if d.Level == geo.Village {
			villages[d.Parent] = append(villages[d.Parent], d)
		}
	}
	for _, s := range cells {
		at[s.code] = s.label
		if len(villages[s.code]) == 0 {
			continue
		}
		p := placer{
			shape: s, edges: outline.Edges(s.polygons...), radius: radius(s.polygons),
			random: stream(seed, forVillages, uint64(s.code)),
		}
		for _, v := range villages[s.code] {
			at[v.Code] = p.village(v.Kind)
		}
	}
	return at
}

// radius is that of the disc with the area of polygons, metres.
func radius(polygons []outline.Polygon) float64 {
	lat := float64(polygons[0][0][0].Lat) * geo.Unit
	perUnit := kmPerDegree * 1000 * geo.Unit
	return perUnit * math.Sqrt(float64(outline.Area(polygons))/2*math.Cos(lat*math.Pi/180)/math.Pi)
}

// placer puts the villages of one township.
type placer struct {
	shape
	edges  []outline.Edge
	radius float64
	random *rand.Rand
	taken  []geo.Position
}

// village returns a free position. Residents' committees gather around the label of the township, village committees
// keep away from each other (Mitchell's best candidate).
func (p *placer) village(kind string) geo.Position {
	candidates, draw := 6, p.anywhere
	if kind == "residents_committee" {
		candidates, draw = 2, p.central
	}
	best, found := -1.0, p.label
	for range candidates {
		q := draw()
		if d := p.loneliness(q); d > best {
			best, found = d, q
		}
	}
	p.taken = append(p.taken, found)
	return found
}

func (p *placer) loneliness(q geo.Position) float64 {
	best := math.Inf(1)
	for _, t := range p.taken {
		best = min(best, outline.Distance(t, q))
	}
	return best
}

// anywhere draws a position in the cell, off its outline.
func (p *placer) anywhere() geo.Position {
	low, high := corners(p.edges)
	return p.inside(func() geo.Position {
		return geo.Position{
			Lon: low.Lon + p.random.Int32N(high.Lon-low.Lon+1), Lat: low.Lat + p.random.Int32N(high.Lat-low.Lat+1),
		}
	})
}

// central draws from a normal distribution around the label, a third of the cell's radius wide.
func (p *placer) central() geo.Position {
	middle := planarOf(p.label)
	sigma := p.radius / 3 / 1000
	return p.inside(func() geo.Position {
		return point{middle.x + sigma*p.random.NormFloat64(), middle.y + sigma*p.random.NormFloat64()}.position()
	})
}

// inside draws until a position lies in the cell with the margin; narrow cells lower the margin.
func (p *placer) inside(draw func() geo.Position) geo.Position {
	for try := 0; ; try++ {
		q := draw()
		q.Lon, q.Lat = q.Lon/gridUnits*gridUnits, q.Lat/gridUnits*gridUnits
		need := margin / (1 + float64(try)/500)
		if outline.Contains(p.polygons, q) && outline.Clearance(p.edges, q) >= need {
			return q
		}
	}
}

func corners(edges []outline.Edge) (low, high geo.Position) {
	low, high = edges[0].From, edges[0].From
	for _, e := range edges {
		low.Lon, low.Lat = min(low.Lon, e.From.Lon), min(low.Lat, e.From.Lat)
		high.Lon, high.Lat = max(high.Lon, e.From.Lon), max(high.Lat, e.From.Lat)
	}
	return low, high
}
