package gazetteer

import (
	"cmp"
	"slices"

	"jingwei/geo"
)

// chain is a division with what in the text speaks for it: its name, and names of those above it.
type chain struct {
	node    int32
	score   float32
	hits    []*hit // the deepest first, none over another
	end     int    // of the deepest name
	against []*hit // names that lie elsewhere
}

// What speaks against a chain.
const (
	gapCost     = .25 // a character between its names that none of them explains
	mostGapCost = .5  // of what the name behind the gap counts
	orderShare  = .6  // of a name that stands behind a deeper one
)

// chainOf weighs a node. It is none when the node itself is not named.
func (f *finder) chainOf(node int32) (c chain, ok bool) {
	c.node = node
	for n := node; n != none; n = f.parent[n] {
		best := f.bestHit(n, c.hits, Full)
		if best == nil && n == node {
			return c, false
		}
		if best != nil && n != node && f.belongsAbove(best, c.hits) {
			best = nil
		}
		if best != nil {
			c.hits = append(c.hits, best)
		}
		if also := f.bestHit(n, c.hits, CededFrom); also != nil && best != nil && best.how != CededFrom && also.start < best.start {
			c.hits = append(c.hits, also)
		}
	}
	if slices.Contains(vague, f.name(c.hits[0].named)) && len(c.hits) == 1 {
		return c, false
	}
	if f.lendsName(c) {
		return c, false
	}
	for i, h := range c.hits {
		w := h.weight
		if i > 0 && h.start > c.hits[i-1].start {
			w *= orderShare
		}
		if i > 0 && h.how == CededFrom {
			w *= cededAbove
		}
		c.score += w - min(gapCost*float32(f.gapBefore(h, c)), mostGapCost*h.weight)
	}
	c.end = c.hits[0].end
	return c, true
}

// lendsName reports whether a township or village, of which nothing wider than a township is named, has the name of a province or
// prefecture that is not here, and is named without its ending: 湖南长沙 is not the town 湖南镇.
func (f *finder) lendsName(c chain) bool {
	h := c.hits[0]
	if h.ended || slices.ContainsFunc(c.hits, func(h *hit) bool { return f.level[h.node] <= uint8(geo.County) }) {
		return false
	}
	_, end := f.elsewhere(h.start)
	return end == h.end
}

// belongsAbove reports whether a wider division than that of the hit is the likelier reading of its piece of the text: 金华 is
// the city of today before the one of former days that lay in it.
func (f *finder) belongsAbove(h *hit, taken []*hit) bool {
	for n := f.parent[h.node]; n != none; n = f.parent[n] {
		if o := f.bestHit(n, taken, Full); o != nil && o.weight > h.weight && overlaps(o, []*hit{h}) {
			return true
		}
	}
	return false
}

// bestHit returns the heaviest hit of a node that lies over none of those that are taken; of equal ones the first. With
// CededFrom only names of divisions that ceded it are looked at.
func (f *finder) bestHit(n int32, taken []*hit, how How) (best *hit) {
	f.hitsOf(n, func(h *hit) {
		if how == CededFrom && h.how != CededFrom {
			return
		}
		if !overlaps(h, taken) && (best == nil || cmp.Or(cmp.Compare(h.weight, best.weight), cmp.Compare(best.start, h.start)) > 0) {
			best = h
		}
	})
	return best
}

func overlaps(h *hit, others []*hit) bool {
	return slices.ContainsFunc(others, func(o *hit) bool { return h.start < o.end && o.start < h.end })
}

// gapBefore counts the characters before a hit, back to another name of the chain, that no name of the chain explains. What
// is said twice explains itself. What would cost no more is not counted.
func (f *finder) gapBefore(h *hit, c chain) int {
	gap := 0
	for i := h.start - 1; i >= 0 && gapCost*float32(gap) < mostGapCost*h.weight; i-- {
		if slices.ContainsFunc(c.hits, func(o *hit) bool { return o != h && o.start <= i && i < o.end }) {
			return gap
		}
		if !f.repeats(i, c) {
			gap++
		}
	}
	return gap
}

// repeats reports whether a character belongs to a name of a division of the chain that is there once more.
func (f *finder) repeats(i int, c chain) (found bool) {
	for n := c.node; n != none && !found; n = f.parent[n] {
		f.hitsOf(n, func(h *hit) { found = found || h.start <= i && i < h.end })
	}
	return found
}

// contradict finds the names in front of roads that lie neither above nor below the chain, and lowers its score by those of
// divisions that are not narrower: who writes 温州西湖区 may mean either. A piece of the text that can be read as something
// that agrees says nothing against it.
func (f *finder) contradict(c *chain, speaking []*hit) {
	speaking = slices.DeleteFunc(slices.Clone(speaking), func(h *hit) bool { return overlaps(h, c.hits) })
	if len(speaking) == 0 {
		return
	}
	agreed := f.agreeing(c.node)
	for _, h := range speaking {
		if slices.Contains(agreed[h.start:h.end], true) {
			continue
		}
		c.against = append(c.against, h)
		if f.level[h.named] <= f.level[c.node] {
			c.score -= h.weight
		}
		mark(agreed, h)
	}
}

// agreeing marks the characters that can be read as names of divisions above or below a node, or of itself.
func (f *finder) agreeing(node int32) []bool {
	lo, hi := f.below(node)
	above := f.chain(node)
	agreed := make([]bool, len(f.runes))
	for i := range f.hits {
		if h := &f.hits[i]; h.node >= lo && h.node < hi || slices.Contains(above, h.node) {
			mark(agreed, h)
		}
	}
	return agreed
}

func mark(characters []bool, h *hit) {
	for i := h.start; i < h.end; i++ {
		characters[i] = true
	}
}

// speaking returns the hits that can contradict, one for each piece of the text, the widest and longest first: a name with
// its ending, or one of a county and above in front.
func (f *finder) speaking() []*hit {
	var list []*hit
	for i := range f.hits {
		h := &f.hits[i]
		level := geo.DivisionLevel(f.level[h.named])
		clear := h.ended && (h.how == Full || h.how == Former) || !h.ended && h.start == 0 && level <= geo.County
		if h.start > f.late || h.how == CededFrom || level > geo.Township || !clear || slices.Contains(vague, f.name(h.named)) {
			continue
		}
		if !slices.ContainsFunc(list, func(o *hit) bool { return o.start == h.start && o.end == h.end && f.level[o.named] <= uint8(level) }) {
			list = append(list, h)
		}
	}
	slices.SortStableFunc(list, func(a, b *hit) int {
		return cmp.Or(cmp.Compare(b.end-b.start, a.end-a.start), cmp.Compare(f.level[a.named], f.level[b.named]))
	})
	return list
}

// Among how many chains the second look is taken, and how many are weighed against contradictions.
const (
	mostParents = 12
	mostChains  = 300
)

// chains weighs everything that was found, best first.
func (f *finder) chains() []chain {
	var list []chain
	for n := range f.heads {
		if c, ok := f.chainOf(n); ok {
			list = append(list, c)
		}
	}
	f.rank(list)
	list = list[:min(len(list), mostChains)]
	speaking := f.speaking()
	for i := range list {
		f.contradict(&list[i], speaking)
	}
	f.rank(list)
	return list
}

// rank sorts by score; of equal ones the wider division comes first, then the lower code.
func (f *finder) rank(list []chain) {
	slices.SortFunc(list, func(a, b chain) int {
		return cmp.Or(cmp.Compare(b.score, a.score), cmp.Compare(f.level[a.node], f.level[b.node]), cmp.Compare(a.node, b.node))
	})
}
