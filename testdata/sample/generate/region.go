package main

import (
	"maps"
	"slices"

	"jingwei/testdata/sample/outline"
)

// link is a common border of two sites on land.
type link struct {
	to     int
	metres float64
}

func (m *mesh) links() [][]link {
	out := make([][]link, len(m.sites))
	for _, e := range m.edges {
		if e.right < 0 {
			continue
		}
		d := outline.Distance(e.From, e.To)
		out[e.left] = append(out[e.left], link{e.right, d})
		out[e.right] = append(out[e.right], link{e.left, d})
	}
	return out
}

// assignCounties gives parts of a county that other counties cut off from its largest part to the neighbour with the
// longest common border: the coarse coast splits Voronoi cells across bays.
func (m *mesh) assignCounties(c *counties) {
	label := make([]int, len(m.sites))
	for i, s := range m.sites {
		label[i] = s.county
	}
	connect(label, m.links(), func(int, int) bool { return true })
	for i := range m.sites {
		m.sites[i].county = label[i]
	}
}

// connect relabels sites until every label is one part on its land mass. Two sites may share a label only if allowed
// says so; a part with no such neighbour stays as it is: an island.
func connect(label []int, links [][]link, allowed func(a, b int) bool) {
	for range 20 {
		changed := false
		biggest := map[int]int{}
		parts := components(label, links)
		for _, p := range parts {
			biggest[label[p[0]]] = max(biggest[label[p[0]]], len(p))
		}
		for _, p := range parts {
			if len(p) == biggest[label[p[0]]] {
				biggest[label[p[0]]] = len(label) + 1 // of two equal parts the first stays
				continue
			}
			if to, ok := closest(p, label, links, allowed); ok {
				changed = true
				for _, i := range p {
					label[i] = to
				}
			}
		}
		if !changed {
			return
		}
	}
}

// components returns the connected parts of equal label, negative labels left out.
func components(label []int, links [][]link) [][]int {
	seen := make([]bool, len(label))
	var out [][]int
	for i := range label {
		if seen[i] || label[i] < 0 {
			continue
		}
		seen[i] = true
		part := []int{i}
		for n := 0; n < len(part); n++ {
			for _, k := range links[part[n]] {
				if !seen[k.to] && label[k.to] == label[i] {
					seen[k.to] = true
					part = append(part, k.to)
				}
			}
		}
		out = append(out, part)
	}
	return out
}

// closest returns the label around part with the longest common border.
func closest(part []int, label []int, links [][]link, allowed func(a, b int) bool) (int, bool) {
	border := map[int]float64{}
	for _, i := range part {
		for _, k := range links[i] {
			if label[k.to] >= 0 && label[k.to] != label[i] && allowed(i, k.to) {
				border[label[k.to]] += k.metres
			}
		}
	}
	best, found := 0, false
	for _, l := range slices.Sorted(maps.Keys(border)) {
		if !found || border[l] > border[best] {
			best, found = l, true
		}
	}
	return best, found
}
