package main

import (
	"cmp"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"

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
		m.cluster(members[i], len(townships), len(names), label, r)
		names = append(names, townships...)
	}
	connect(label, m.links(), func(a, b int) bool { return m.sites[a].county == m.sites[b].county })
	m.name(c, names, label, seed)
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

// cluster labels sites first, first+1 ... by k-means (Lloyd's relaxation over the sites), started as k-means++ does.
func (m *mesh) cluster(members []int, k, first int, label []int, r *rand.Rand) {
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

// name gives the clusters of a county to its townships: streets near the label point of the county, then towns,
// townships and the rest, loosely.
func (m *mesh) name(c *counties, names []geo.Division, label []int, seed uint64) {
	mean, county := m.centres(len(names), label)
	code := make([]geo.DivisionCode, len(names))
	for from := 0; from < len(names); {
		to := from
		for to < len(names) && names[to].Parent == names[from].Parent {
			to++
		}
		r := stream(seed, forTownships, uint64(names[from].Code))
		order := byDistance(mean[from:to], c.at[county[from]], r)
		ranked := slices.Clone(names[from:to])
		slices.SortStableFunc(ranked, func(a, b geo.Division) int { return cmp.Compare(rank(a), rank(b)) })
		for n, k := range order {
			code[from+k] = ranked[n].Code
		}
		from = to
	}
	for i, l := range label {
		if l >= 0 {
			m.township[i] = code[l]
		}
	}
}

// centres returns the mean place and the county of every label.
func (m *mesh) centres(n int, label []int) ([]point, []int) {
	mean, county, count := make([]point, n), make([]int, n), make([]float64, n)
	for i, l := range label {
		if l >= 0 {
			p := m.sites[i].point
			mean[l].x, mean[l].y, count[l] = mean[l].x+p.x, mean[l].y+p.y, count[l]+1
			county[l] = m.sites[i].county
		}
	}
	for l := range mean {
		mean[l] = point{mean[l].x / count[l], mean[l].y / count[l]}
	}
	return mean, county
}

// byDistance returns the order of places by distance from the seat, stretched at random by up to a quarter.
func byDistance(places []point, seat point, r *rand.Rand) []int {
	order := make([]int, len(places))
	far := make([]float64, len(places))
	for i, p := range places {
		order[i], far[i] = i, p.distance(seat)*(0.75+0.5*r.Float64())
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(far[a], far[b]) })
	return order
}

func rank(d geo.Division) int {
	return slices.Index([]string{"street", "town", "township", "other_400_599"}, d.Kind)
}
