package gazetteer

import (
	"cmp"
	"slices"

	"jingwei/geo"
)

// Builder collects divisions. The zero value is empty; it may be built once.
type Builder struct{ rows []row }

// row is what a gazetteer keeps of a division.
type row struct {
	code, parent geo.DivisionCode
	level        geo.DivisionLevel
	name         string
	until        geo.Day
	at           geo.Position
	labelled     bool
	reach        float32
}

// Add takes a division that is or was one on the day of Build. reach is how far it goes from its label, in metres; 0 for
// unknown. Later divisions, and rows that repeat their superior where a level is left out, are not taken.
func (b *Builder) Add(d geo.Division, reach float64, day geo.Day) {
	if d.Parent == d.Code || d.Valid.From > day {
		return
	}
	b.rows = append(b.rows, row{d.Code, d.Parent, d.Level, d.Name, d.Valid.To, d.Label, d.HasLabel, float32(reach)})
}

// Build makes the gazetteer of the day. The builder must not be used any more. Without divisions it finds nothing.
func (b *Builder) Build(day geo.Day, successions []geo.Succession) *Gazetteer {
	slices.SortFunc(b.rows, func(x, y row) int {
		return cmp.Or(compareBool(x.until <= day, y.until <= day), cmp.Compare(x.code, y.code), cmp.Compare(x.level, y.level), compareBool(!x.labelled, !y.labelled), cmp.Compare(x.until, y.until))
	})
	current, _ := slices.BinarySearchFunc(b.rows, day, func(r row, day geo.Day) int { return compareBool(r.until <= day, true) })
	g := &Gazetteer{nameAt: []uint32{0}, country: newCountry()}
	for i, r := range b.rows {
		if i < current && i > 0 && b.rows[i-1].code == r.code || i >= current && g.goesOn(r.code, r.name) {
			continue // said twice, or goes on under its name
		}
		g.add(r)
		if i < current {
			g.current++
		}
	}
	b.rows = nil
	g.clip()
	g.link()
	f := follower{Gazetteer: g, day: day, lineage: geo.NewLineage(successions)}
	g.trie = newTrie(g.keys())
	f.follow()
	g.cede(successions)
	return g
}

func compareBool(a, b bool) int {
	switch {
	case a == b:
		return 0
	case a:
		return 1
	}
	return -1
}

// goesOn reports whether a division that exists has the code and the name.
func (g *Gazetteer) goesOn(code geo.DivisionCode, name string) bool {
	n, ok := g.node(code)
	return ok && g.name(n) == name
}

func (g *Gazetteer) add(r row) {
	g.code, g.level, g.names = append(g.code, r.code), append(g.level, uint8(r.level)), append(g.names, r.name...)
	g.nameAt = append(g.nameAt, uint32(len(g.names)))
	if !r.labelled {
		r.at = unlabelled
	}
	g.at, g.reach = append(g.at, r.at), append(g.reach, r.reach)
	g.above, g.until = append(g.above, r.parent), append(g.until, r.until)
}

func (g *Gazetteer) clip() {
	g.code, g.level, g.nameAt, g.names = slices.Clip(g.code), slices.Clip(g.level), slices.Clip(g.nameAt), slices.Clip(g.names)
	g.at, g.reach = slices.Clip(g.at), slices.Clip(g.reach)
}

// link finds the superiors of divisions that exist. One that is not there, or of no wider level, is left out.
func (g *Gazetteer) link() {
	g.parent = make([]int32, len(g.code))
	for i := range g.parent {
		g.parent[i] = none
		if p, ok := g.node(g.above[i]); ok && i < int(g.current) && g.level[p] < g.level[i] {
			g.parent[i] = p
		}
	}
}

// keys lists what nodes are looked up by, and notes their endings.
func (g *Gazetteer) keys() []keyed {
	list := make([]keyed, 0, len(g.code)+len(g.code)/8)
	g.ending = make([]ending, len(g.code))
	for i := range g.code {
		keys, e := keysOf(g.name(int32(i)), geo.DivisionLevel(g.level[i]))
		g.ending[i] = e
		for _, k := range keys {
			list = append(list, keyed{k, int32(i)})
		}
	}
	return list
}
