package main

import (
	"fmt"
	"math"
	"math/rand/v2"

	"jingwei/geo"
)

// assignTownships divides the sites of every county among its townships.
func (m *mesh) assignTownships(c *counties, data *source, seed uint64) error {
	label := make([]int, len(m.sites)) // index of the township in names, -1 outside
	members := map[int][]int{}
	for i, s := range m.sites {
		label[i] = -1
		if c.kept(s.county) {
			members[s.county] = append(members[s.county], i)
		}
	}
	var names []geo.Division
	for i, unit := range c.list {
		if !c.kept(i) {
			continue
		}
		townships := children(data, unit.division())
		if len(members[i]) < 4*len(townships) {
			return fmt.Errorf("%s has %d mesh cells for %d townships", unit.name, len(members[i]), len(townships))
		}
		r := stream(seed, forTownships, uint64(unit.code))
		m.partition(members[i], len(townships), len(names), label, r)
		names = append(names, townships...)
	}
	connect(label, m.links(), func(a, b int) bool { return m.sites[a].county == m.sites[b].county })
	m.name(c, names, villages(data), label, seed)
	return nil
}

func children(data *source, parent geo.DivisionCode) []geo.Division {
	var out []geo.Division
	for _, d := range data.divisions {
		if d.Parent == parent {
			out = append(out, d)
		}
	}
	return out
}

// partition labels sites first, first+1 ... by k-means (Lloyd's relaxation over the sites), started as k-means++ does.
func (m *mesh) partition(members []int, k, first int, label []int, r *rand.Rand) {
	centres := []point{m.sites[members[r.IntN(len(members))]].point}
	for len(centres) < k {
		centres = append(centres, m.sites[farMember(m, members, centres, r)].point)
	}
	for range 25 {
		sum := make([]point, k)
		count := make([]float64, k)
		for _, i := range members {
			p := m.sites[i].point
			n := nearestCentre(centres, p)
			label[i] = first + n
			sum[n].x, sum[n].y, count[n] = sum[n].x+p.x, sum[n].y+p.y, count[n]+1
		}
		for n := range centres {
			if count[n] > 0 {
				centres[n] = point{sum[n].x / count[n], sum[n].y / count[n]}
			}
		}
	}
}

// farMember draws a member with a probability that grows with the square of its distance to the centres.
func farMember(m *mesh, members []int, centres []point, r *rand.Rand) int {
	weight := make([]float64, len(members))
	total := 0.0
	for n, i := range members {
		p := m.sites[i].point
		d := p.distance(centres[nearestCentre(centres, p)])
		weight[n] = d * d
		total += weight[n]
	}
	rest := r.Float64() * total
	for n := range members {
		if rest -= weight[n]; rest < 0 {
			return members[n]
		}
	}
	return members[len(members)-1]
}

func nearestCentre(centres []point, p point) int {
	best, found := math.Inf(1), 0
	for n, c := range centres {
		if d := p.distance(c); d < best {
			best, found = d, n
		}
	}
	return found
}
