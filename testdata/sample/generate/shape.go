package main

import (
	"fmt"

	"jingwei/geo"
	"jingwei/testdata/sample/outline"
)

// shape is the cell of a division above the villages, with a point for its label.
type shape struct {
	code     geo.DivisionCode
	polygons []outline.Polygon
	label    geo.Position
}

// shapes returns the cells of all divisions down to townships in the order of the table.
func (m *mesh) shapes(data *source, c *counties) ([]shape, error) {
	seats := map[geo.DivisionCode]geo.Position{}
	for i, unit := range c.list {
		if c.kept(i) {
			seats[unit.division()] = geo.Position{Lon: round(unit.lon), Lat: round(unit.lat)}
		}
	}
	groups := m.groups()
	var out []shape
	for _, d := range data.divisions {
		if d.Level > geo.Township {
			continue
		}
		g := groups[d.Code]
		if g == nil {
			return nil, fmt.Errorf("%s %s has no cell", d.Code, d.Name)
		}
		polygons, err := outline.Polygons(g.edges)
		if err != nil {
			return nil, fmt.Errorf("cell of %s %s: %w", d.Code, d.Name, err)
		}
		label, ok := seats[d.Code]
		if !ok || !outline.Contains(polygons, label) || outline.Clearance(g.edges, label) < 300 {
			label = roomiest(g, m, polygons)
		}
		out = append(out, shape{d.Code, polygons, label})
	}
	return out, nil
}

// group is what a division consists of.
type group struct {
	sites []int
	edges []outline.Edge // its outline
}

// groups collects sites and outlines of all divisions in one pass over the mesh.
func (m *mesh) groups() map[geo.DivisionCode]*group {
	out := map[geo.DivisionCode]*group{}
	of := func(code geo.DivisionCode) *group {
		if out[code] == nil {
			out[code] = &group{}
		}
		return out[code]
	}
	for i := range m.sites {
		for _, code := range lineage(m.township[i]) {
			of(code).sites = append(of(code).sites, i)
		}
	}
	for _, e := range m.edges {
		left := lineage(m.township[e.left])
		var right [4]geo.DivisionCode
		if e.right >= 0 {
			right = lineage(m.township[e.right])
		}
		for level := range left {
			if left[level] == right[level] {
				continue
			}
			of(left[level]).edges = append(of(left[level]).edges, e.Edge)
			of(right[level]).edges = append(of(right[level]).edges, outline.Edge{From: e.To, To: e.From})
		}
	}
	return out
}

// lineage returns the province, prefecture, county and township of a township.
func lineage(code geo.DivisionCode) [4]geo.DivisionCode {
	const province, prefecture, county = 10_000_000_000, 100_000_000, 1_000_000
	return [4]geo.DivisionCode{code / province * province, code / prefecture * prefecture, code / county * county, code}
}

// roomiest returns the site of the group that is farthest from its outline.
func roomiest(g *group, m *mesh, polygons []outline.Polygon) geo.Position {
	best, found := -1.0, geo.Position{}
	for _, i := range g.sites {
		p := m.sites[i].position()
		if d := outline.Clearance(g.edges, p); d > best && outline.Contains(polygons, p) {
			best, found = d, p
		}
	}
	return found
}
