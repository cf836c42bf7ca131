package gazetteer

import (
	"slices"

	"jingwei/geo"
)

// follower finds what former divisions have become.
type follower struct {
	*Gazetteer
	day     geo.Day
	lineage *geo.Lineage
}

func (f *follower) follow() {
	for n := f.current; int(n) < len(f.code); n++ {
		f.heirsAt = append(f.heirsAt, uint32(len(f.heirs)))
		f.heirs = append(f.heirs, f.of(n)...)
	}
	f.heirsAt = append(f.heirsAt, uint32(len(f.heirs)))
	f.above, f.until = nil, nil
}

// of returns the divisions that hold what a former one held: those that successions name, what has its code, for a
// prefecture, township or village what has its name there, and else the whole that it lay in. A former prefecture of
// which nothing else is known stands for nothing: a province would agree with everything.
func (f *follower) of(n int32) []int32 {
	if heirs := f.held(f.code[n], f.until[n]); len(heirs) > 0 {
		return heirs
	}
	within := f.held(f.above[n], f.until[n])
	for level := geo.DivisionLevel(f.level[n]) - 1; level >= geo.Province && len(within) == 0; level-- {
		within = f.held(f.code[n].Cut(level), f.until[n])
	}
	if namesakes := f.namesakes(n, within); len(namesakes) > 0 {
		return namesakes
	}
	if len(within) > 0 && geo.DivisionLevel(f.level[n]) > geo.Prefecture {
		return within
	}
	return nil
}

// held returns the divisions that exist and hold today what code held before the day until.
func (f *follower) held(code geo.DivisionCode, until geo.Day) (nodes []int32) {
	if code == 0 {
		return nil
	}
	for _, c := range f.lineage.Heirs(code, until-1, f.day) {
		if n, ok := f.node(c); ok && !slices.Contains(nodes, n) {
			nodes = append(nodes, n)
		}
	}
	return nodes
}

// namesakes returns the divisions of the level of n within others that are looked up by the same name.
func (f *follower) namesakes(n int32, within []int32) (nodes []int32) {
	if geo.DivisionLevel(f.level[n]) == geo.County {
		return nil
	}
	keys, _ := keysOf(f.name(n), geo.DivisionLevel(f.level[n]))
	if len(keys) == 0 {
		return nil
	}
	for _, m := range f.trie.find(keys[0]) {
		if m < f.current && f.level[m] == f.level[n] && slices.ContainsFunc(within, func(w int32) bool { return f.holds(w, m) }) {
			nodes = append(nodes, m)
		}
	}
	return nodes
}

// cede notes which divisions took over a part of one that went on: 临平 was a part of 余杭区, which there still is.
func (g *Gazetteer) cede(successions []geo.Succession) {
	g.ceded = map[int32][]int32{}
	for _, s := range successions {
		from, ok := g.node(s.Old)
		to, also := g.node(s.New)
		if ok && also && from != to && g.level[from] == g.level[to] && !slices.Contains(g.ceded[from], to) {
			g.ceded[from] = append(g.ceded[from], to)
		}
	}
}
