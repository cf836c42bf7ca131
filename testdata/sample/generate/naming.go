package main

import (
	"cmp"
	"math/rand/v2"
	"slices"

	"jingwei/geo"
)

// cluster is a cell that waits for a name.
type cluster struct {
	label  int
	middle point
	county int
	area   float64 // km²
}

// name gives the cells of a county to its townships: streets near the label point of the county, then towns,
// townships and the rest, loosely; among those of one kind the larger cell to the one with more villages.
func (m *mesh) name(c *counties, names []geo.Division, villages map[geo.DivisionCode]int, label []int, seed uint64) {
	cells := m.clusters(len(names), label)
	code := make([]geo.DivisionCode, len(names))
	for from := 0; from < len(names); {
		to := from
		for to < len(names) && names[to].Parent == names[from].Parent {
			to++
		}
		r := stream(seed, forTownships, uint64(names[from].Code))
		give(byDistance(cells[from:to], c.at[cells[from].county], r), names[from:to], villages, code)
		from = to
	}
	for i, l := range label {
		if l >= 0 {
			m.township[i] = code[l]
		}
	}
}

// give names cells, nearest first, kind by kind.
func give(cells []cluster, names []geo.Division, villages map[geo.DivisionCode]int, code []geo.DivisionCode) {
	for _, kind := range []string{"street", "town", "township", "other_400_599"} {
		var same []geo.Division
		for _, d := range names {
			if d.Kind == kind {
				same = append(same, d)
			}
		}
		slices.SortStableFunc(same, func(a, b geo.Division) int { return cmp.Compare(villages[b.Code], villages[a.Code]) })
		some := slices.Clone(cells[:len(same)])
		cells = cells[len(same):]
		slices.SortStableFunc(some, func(a, b cluster) int { return cmp.Compare(b.area, a.area) })
		for i, d := range same {
			code[some[i].label] = d.Code
		}
	}
}

// clusters measures the cells with the labels 0 to n-1.
func (m *mesh) clusters(n int, label []int) []cluster {
	out, count := make([]cluster, n), make([]float64, n)
	for i, l := range label {
		if l >= 0 {
			p := m.sites[i].point
			out[l].middle = point{out[l].middle.x + p.x, out[l].middle.y + p.y}
			out[l].label, out[l].county = l, m.sites[i].county
			count[l]++
		}
	}
	for l := range out {
		out[l].middle = point{out[l].middle.x / count[l], out[l].middle.y / count[l]}
	}
	for _, e := range m.edges {
		a, b := planarOf(e.From), planarOf(e.To)
		half := (a.x*b.y - a.y*b.x) / 2
		if l := label[e.left]; l >= 0 {
			out[l].area += half
		}
		if e.right >= 0 && label[e.right] >= 0 {
			out[label[e.right]].area -= half
		}
	}
	return out
}

// byDistance returns cells by distance from the seat, stretched at random by up to a quarter.
func byDistance(cells []cluster, seat point, r *rand.Rand) []cluster {
	far := map[int]float64{}
	for _, c := range cells {
		far[c.label] = c.middle.distance(seat) * (0.75 + 0.5*r.Float64())
	}
	out := slices.Clone(cells)
	slices.SortStableFunc(out, func(a, b cluster) int { return cmp.Compare(far[a.label], far[b.label]) })
	return out
}

// villages counts the villages of every township.
func villages(data *source) map[geo.DivisionCode]int {
	out := map[geo.DivisionCode]int{}
	for _, d := range data.divisions {
		if d.Level == geo.Village {
			out[d.Parent]++
		}
	}
	return out
}
