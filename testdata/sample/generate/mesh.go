package main

import (
	"cmp"
	"slices"

	"jingwei/geo"
	"jingwei/testdata/sample/outline"
)

// mesh is the planar graph that every cell of the sample is a union of: Voronoi edges cut by the coast, and the coast
// cut by them. Each piece is stored once, so shapes made of it share vertices at all levels.
type mesh struct {
	sites    []site
	edges    []meshEdge
	township []geo.DivisionCode // of each site; 0 outside of the province
}

// meshEdge is a piece with the sites whose cells lie left and right of it; right is -1 along the coast.
type meshEdge struct {
	outline.Edge
	left, right int
}

func newMesh(sites []site, l *land) *mesh {
	m := &mesh{sites: sites, township: make([]geo.DivisionCode, len(sites))}
	x := newIndex(1.5)
	for _, s := range sites {
		x.add(s.point)
	}
	cuts := make([][]geo.Position, len(l.outline))
	for i := range sites {
		c := voronoi(x, i)
		for k, j := range c.neighbours {
			if j <= i { // the other cell adds it, or it is the edge of the world
				continue
			}
			path := l.cut(outline.Edge{From: m.corner(c, i, k), To: m.corner(c, i, k+1)}, cuts)
			for n := 1; n < len(path); n++ {
				m.add(l, outline.Edge{From: path[n-1], To: path[n]}, i, j)
			}
		}
	}
	for k, s := range l.outline {
		l.pieces[s] = m.addCoast(x, s, cuts[k])
	}
	return m
}

// corner returns corner k of the cell of site i, from its three sites in rising order where it has three.
func (m *mesh) corner(c cell, i, k int) geo.Position {
	n := len(c.neighbours)
	t := []int{i, c.neighbours[(k-1+n)%n], c.neighbours[k%n]}
	slices.Sort(t)
	if t[0] < 0 {
		return c.corners[k%n].position()
	}
	return circumcentre(m.sites[t[0]].point, m.sites[t[1]].point, m.sites[t[2]].point).position()
}

// add keeps an edge between the cells left and right when it is on land.
func (m *mesh) add(l *land, e outline.Edge, left, right int) {
	if e.From == e.To {
		return
	}
	a, b := planarOf(e.From), planarOf(e.To)
	middle := point{(a.x + b.x) / 2, (a.y + b.y) / 2}
	if l.onMainland(middle) || l.island(middle) >= 0 {
		m.edges = append(m.edges, meshEdge{e, left, right})
	}
}

// cut returns the edge with the places where it crosses the coast, and notes those for the coast. The cuts are rounded
// to the grid once, for both.
func (l *land) cut(e outline.Edge, cuts [][]geo.Position) []geo.Position {
	path := []geo.Position{e.From}
	for k, s := range l.outline {
		if p, ok := crossing(e, outline.Edge{From: s.from, To: s.to}); ok {
			path = append(path, p)
			cuts[k] = append(cuts[k], p)
		}
	}
	path = append(path, e.To)
	sortAlong(path, e.From)
	return path
}

// crossing returns where two segments cross, rounded to the grid. Crossings are decided on whole numbers.
func crossing(e, s outline.Edge) (geo.Position, bool) {
	a, b := outline.Cross(s.From, s.To, e.From), outline.Cross(s.From, s.To, e.To)
	c, d := outline.Cross(e.From, e.To, s.From), outline.Cross(e.From, e.To, s.To)
	if (a > 0) == (b > 0) || (c > 0) == (d > 0) {
		return geo.Position{}, false
	}
	t := float64(a) / (float64(a) - float64(b))
	p, q := planarOf(e.From), planarOf(e.To)
	return point{p.x + t*(q.x-p.x), p.y + t*(q.y-p.y)}.position(), true
}

func sortAlong(path []geo.Position, from geo.Position) {
	start := planarOf(from)
	slices.SortStableFunc(path, func(a, b geo.Position) int {
		return cmp.Compare(start.distance(planarOf(a)), start.distance(planarOf(b)))
	})
}

// addCoast adds a segment of the coast in pieces, each to the cell of the nearest site, and returns their ends.
func (m *mesh) addCoast(x *index, s segment, cuts []geo.Position) []geo.Position {
	path := append([]geo.Position{s.from, s.to}, cuts...)
	sortAlong(path, s.from)
	for n := 1; n < len(path); n++ {
		e := outline.Edge{From: path[n-1], To: path[n]}
		if e.From == e.To {
			continue
		}
		a, b := planarOf(e.From), planarOf(e.To)
		if owner := x.nearest(point{(a.x + b.x) / 2, (a.y + b.y) / 2}); owner >= 0 {
			m.edges = append(m.edges, meshEdge{e, owner, -1})
		}
	}
	return path
}
