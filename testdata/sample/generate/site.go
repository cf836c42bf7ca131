package main

import "math"

// site is a place that gets a cell of the mesh: the land that is nearer to it than to any other site.
type site struct {
	point
	county int  // index of its county
	island bool // on a made-up island: its county is fixed
}

// sites throws darts on the land until no more fit: points that keep a distance which depends on the county, so cells
// are of even size with natural outlines (Poisson-disc sampling). The middle of every island is one.
func sites(c *counties, l *land, seed uint64) []site {
	area := l.areas(c)
	var out []site
	index := newIndex(1)
	r := stream(seed, forSites, 0)
	for _, i := range l.islands {
		out = append(out, site{point: i.centre, county: i.county, island: true})
		index.add(i.centre)
	}
	low, high := planar(westEdge, southEdge), planar(eastEdge, northEdge)
	// The densest county has about one site per 0.1 km²; 60 tries for each place is near saturation elsewhere.
	const tries = 6_000_000
	for range tries {
		p := point{low.x + r.Float64()*(high.x-low.x), low.y + r.Float64()*(high.y-low.y)}
		n := l.county(c, p)
		if n < 0 || tooNear(index, p, c.spacing(n, max(area[n], 4), p)) {
			continue
		}
		out = append(out, site{point: p, county: n, island: l.island(p) >= 0})
		index.add(p)
	}
	return out
}

func tooNear(x *index, p point, distance float64) bool {
	found := false
	for k := 0; k <= int(math.Ceil(distance/x.size)) && !found; k++ {
		x.ring(p, k, func(i int) { found = found || p.distance(x.points[i]) < distance })
	}
	return found
}
