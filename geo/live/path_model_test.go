package live_test

import (
	"slices"
	"strings"

	"pgregory.net/rapid"

	"jingwei/geo"
	"jingwei/geo/live"
)

// organizations of the model's tree. Objects have ids from 1 on as well, so that some of them are organizations.
const organizations = 24

// newModel draws a tree: a superior has a smaller id, and some have none.
func newModel(t *rapid.T) *model {
	m := &model{rows: map[geo.ID][]geo.Point{}, above: map[geo.ID]geo.ID{}, xid: 1}
	for id := range geo.ID(organizations) {
		m.above[id+1] = geo.ID(rapid.IntRange(0, int(id)).Draw(t, "superior"))
	}
	return m
}

// path returns the ids from the topmost superior down to id.
func (m *model) path(id geo.ID) string {
	text := id.String()
	for up := m.above[id]; up != 0; up = m.above[up] {
		text = up.String() + "." + text
	}
	return text
}

// place draws the path of a row: its own, as an organization has, that of an organization that is responsible, or none.
func (m *model) place(t *rapid.T, id geo.ID) string {
	switch rapid.IntRange(0, 3).Draw(t, "place") {
	case 0:
		return ""
	case 1:
		return m.path(geo.ID(rapid.IntRange(1, organizations).Draw(t, "responsible")))
	}
	if id > organizations && m.above[id] == 0 { // a leaf
		m.above[id] = geo.ID(rapid.IntRange(0, organizations).Draw(t, "superior"))
	}
	return m.path(id)
}

// move gives an organization another superior and hands over the rows of everything below.
func (m *model) move(t *rapid.T, apply func(ids []geo.ID, points []geo.Point)) {
	id := geo.ID(rapid.IntRange(1, organizations).Draw(t, "moved"))
	to := geo.ID(rapid.IntRange(0, organizations).Draw(t, "to"))
	if slices.Contains(strings.Split(m.path(to), "."), id.String()) {
		to = 0 // no circle
	}
	m.above[id] = to
	var ids []geo.ID
	var points []geo.Point
	for object := range geo.ID(100) {
		rows := slices.Clone(m.rows[object])
		changed := false
		for i, p := range rows {
			steps := strings.Split(p.Values[5], ".")
			if slices.Contains(steps, id.String()) {
				last, _ := geo.ParseID("", steps[len(steps)-1])
				rows[i].Values = append(slices.Clone(p.Values[:5]), m.path(last))
				changed = true
			}
		}
		if changed {
			m.rows[object] = rows
			ids, points = append(ids, object), append(points, rows...)
		}
	}
	m.xid++
	apply(ids, points)
}

// scope draws a filter by the tree.
func scope(t *rapid.T) reading {
	known := func(p geo.Point) bool { return p.Values[5] != "" }
	if rapid.IntRange(0, 9).Draw(t, "null") == 0 {
		return negatable(t, &geo.Operation{Op: "isNull", Args: []geo.Node{geo.Property("path")}},
			func(geo.Point) bool { return true }, func(p geo.Point) bool { return !known(p) })
	}
	list := rapid.SliceOfN(rapid.IntRange(1, organizations+10), 0, 4).Draw(t, "ids")
	nodes, ids := geo.List{}, []string{}
	for _, id := range list {
		nodes, ids = append(nodes, geo.Number(id)), append(ids, geo.ID(id).String())
	}
	in := func(p geo.Point) func(string) bool {
		return func(id string) bool { return slices.Contains(strings.Split(p.Values[5], "."), id) }
	}
	if rapid.Bool().Draw(t, "overlaps") {
		return negatable(t, &geo.Operation{Op: "a_overlaps", Args: []geo.Node{geo.Property("path"), nodes}}, known,
			func(p geo.Point) bool { return slices.ContainsFunc(ids, in(p)) })
	}
	return negatable(t, &geo.Operation{Op: "a_contains", Args: []geo.Node{geo.Property("path"), nodes}}, known,
		func(p geo.Point) bool {
			return !slices.ContainsFunc(ids, func(id string) bool { return !in(p)(id) })
		})
}

// negatable returns the filter or its negation; neither holds for a row of which nothing is known.
func negatable(t *rapid.T, n geo.Node, known, holds func(geo.Point) bool) reading {
	if rapid.Bool().Draw(t, "negated") {
		return reading{geo.Filter{Root: &geo.Operation{Op: "not", Args: []geo.Node{n}}}, func(p geo.Point) bool { return known(p) && !holds(p) }}
	}
	return reading{geo.Filter{Root: n}, func(p geo.Point) bool { return known(p) && holds(p) }}
}

func (r reading) and(other reading) reading {
	return reading{geo.And(r.filter, other.filter), func(p geo.Point) bool { return r.holds(p) && other.holds(p) }}
}

// compareScope counts in a scope that many steps have in common, so that what was derived from chunks meets dictionaries that
// grew and were renewed since, and returns what a later look at the snapshot must find.
func (m *model) compareScope(t *rapid.T, s *live.Snapshot) (geo.Filter, int) {
	root := rapid.IntRange(1, 4).Draw(t, "root")
	f := geo.Scope{Roots: []geo.ID{geo.ID(root), organizations}}.Filter()
	want := m.matching(live.Internal, geo.On(5), func(p geo.Point) bool {
		steps := strings.Split(p.Values[5], ".")
		return slices.Contains(steps, geo.ID(root).String()) || slices.Contains(steps, geo.ID(organizations).String())
	})
	n := countOf(t, s, live.Query{Days: geo.On(5), Filter: f})
	if n != len(want) {
		t.Fatalf("%s: %d, want %d", f.Canonical(), n, len(want))
	}
	return f, n
}

func countOf(t interface{ Fatal(...any) }, s *live.Snapshot, q live.Query) int {
	summary, err := s.Summarize(q, geo.World)
	if err != nil {
		t.Fatal(err)
	}
	return summary.Count
}
