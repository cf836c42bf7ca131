package gazetteer

import (
	"slices"

	"jingwei/geo"
)

// How a name was found in a text.
type How string

// Ways of finding a name.
const (
	Full      How = "full"     // as it is, with its ending
	Short     How = "short"    // without its ending
	Variant   How = "variant"  // with an ending that it does not have, 乡 for 镇
	Misspelt  How = "misspelt" // with one character that is another, missing or too much
	Former    How = "former"   // a name of former days
	CededFrom How = "ceded"    // the name of a division that held the place once and still exists
)

// hit is one reading of a piece of the text as the name of a division.
type hit struct {
	start, end int   // among the folded characters
	node       int32 // that exists
	named      int32 // that the name is of: node, or a former one
	how        How
	ended      bool // with an ending
	weight     float32
	next       int32 // another hit of the same node; none at the end
}

// What a character of a name counts, by level when the ending is missing.
var shortWeight = [...]float32{0, .9, .88, .8, .6, .45}

const (
	fullBonus     = .5
	variantWeight = .7
	misspeltShare = .5
	formerShare   = .92
	vagueFormer   = .6 // of a former name without its ending, which mostly means what is called so today
	cededShare    = .3
	cededAbove    = 2   // more when a name below says that this is meant
	lateShare     = .25 // of what stands behind a road or a number
	weighty       = 6   // characters of a name that count
)

func weigh(runes int, level uint8, how How) float32 {
	n := float32(min(runes, weighty))
	switch how {
	case Full:
		return n + fullBonus
	case Variant:
		return n*variantWeight + fullBonus/2
	case Misspelt:
		return n * misspeltShare
	}
	return n * shortWeight[level]
}

// spot is a key that stands in the text, with all nodes that it names.
type spot struct {
	start, end int
	nodes      []int32
}

// finder reads one text.
type finder struct {
	*Gazetteer
	text
	hits   []hit
	heads  map[int32]int32 // the first hit of each node
	spots  []spot
	begins []bool // a name down to townships begins here
	late   int    // where roads and numbers begin
}

// mostLoose is how many villages of one name are looked at when nothing says where they lie.
const mostLoose = 2000

// mostHits bounds the work for one text.
const mostHits = 20_000

// scan finds all names down to townships, and villages that are named with their ending.
func (f *finder) scan() {
	f.begins = make([]bool, len(f.runes)+1)
	taken := 0 // by names of divisions that are not here: 庄市 of 石家庄市 is none
	for i := range f.runes {
		certain, _ := f.elsewhere(i)
		if taken = max(taken, certain); i < taken {
			continue
		}
		v, ok := uint32(0), true
		for j := i; j < len(f.runes) && (j == i || f.joined(j)); j++ {
			if v, ok = f.trie.child(v, f.runes[j]); !ok {
				break
			}
			if nodes := f.trie.named(v); len(nodes) > 0 {
				f.spots = append(f.spots, spot{i, j + 1, nodes})
				f.begins[i] = f.begins[i] || slices.ContainsFunc(nodes[:min(len(nodes), 64)], func(n int32) bool { return f.level[n] <= uint8(geo.Township) })
			}
		}
	}
	for _, s := range f.spots {
		ends := f.endsAt(s.end)
		for _, n := range s.nodes {
			if f.level[n] <= uint8(geo.Township) || len(ends) > 0 && len(s.nodes) <= mostLoose {
				f.read(s, n, ends)
			}
		}
	}
	f.late = f.road()
	for i := range f.hits {
		if f.hits[i].start > f.late {
			f.hits[i].weight *= lateShare
		}
	}
}

// endsAt returns the endings that stand at i, the longest first. 市 of 市场 is none.
func (f *finder) endsAt(i int) (found []form) {
	if !f.joined(i) {
		return nil
	}
	for _, e := range forms {
		if f.has(i, e.text) && !f.otherWord(i, e) {
			found = append(found, e)
		}
	}
	return found
}

// goOn are what makes another word of an ending that stands before it.
var goOn = map[rune][]rune{'市': []rune("场民"), '县': []rune("前学"), '区': []rune("域块间"), '镇': []rune("江海"), '乡': []rune("宁")}

func (f *finder) otherWord(i int, e form) bool {
	next := i + len(e.text)
	return len(e.text) == 1 && next < len(f.runes) && f.joined(next) && slices.Contains(goOn[e.text[0]], f.runes[next]) && !f.begins[next]
}

// read adds how the name of a node may be read at a spot.
func (f *finder) read(s spot, n int32, ends []form) {
	level, own := f.level[n], f.ending[n]
	length := func(fits func(form) bool) int {
		if i := slices.IndexFunc(ends, fits); i >= 0 {
			return len(ends[i].text)
		}
		return 0
	}
	if same := length(func(e form) bool { return e.ending == own || own == noEnding && e.fits(geo.DivisionLevel(level)) }); same > 0 {
		f.add(s.start, s.end+same, n, Full, true)
		if f.begins[s.end] {
			f.short(s, n)
		}
		return
	}
	switch other := length(func(e form) bool { return e.fits(geo.DivisionLevel(level)) }); {
	case own == noEnding:
		if !f.isRoad(s.end) && !endsAsRoad(f.runes[s.start:s.end]) {
			f.add(s.start, s.end, n, Full, true)
		}
	case other > 0:
		f.add(s.start, s.end+other, n, Variant, true)
	case len(ends) == 0 || len(ends[0].text) == 1 && f.begins[s.end] || ends[0].zone() && level < uint8(geo.Township):
		f.short(s, n)
	}
}

// short reads a name without its ending, unless it is that of a road or a building.
func (f *finder) short(s spot, n int32) {
	if !f.isRoad(s.end) && !f.isBuilding(s.end) && !endsAsRoad(f.runes[s.start:s.end]) {
		f.add(s.start, s.end, n, Short, false)
	}
}

// add notes a hit for all divisions that stand for the node today.
func (f *finder) add(start, end int, n int32, how How, ended bool) {
	if len(f.hits) >= mostHits {
		return
	}
	h := hit{start: start, end: end, named: n, how: how, ended: ended, weight: weigh(end-start, f.level[n], how)}
	if n >= f.current {
		h.how, h.weight = Former, h.weight*formerShare
		if !ended {
			h.weight *= vagueFormer
		}
	}
	heirs := f.heirsOf(n)
	for _, to := range heirs {
		f.note(h, to)
	}
	h.how, h.weight = CededFrom, h.weight*cededShare
	for _, from := range heirs {
		for _, to := range f.ceded[from] {
			if !slices.Contains(heirs, to) {
				f.note(h, to)
			}
		}
	}
}

func (f *finder) note(h hit, n int32) {
	h.node, h.next = n, none
	if first, ok := f.heads[n]; ok {
		h.next = first
	}
	f.heads[n] = int32(len(f.hits))
	f.hits = append(f.hits, h)
}

// hitsOf calls yield with the hits of a node.
func (f *finder) hitsOf(n int32, yield func(h *hit)) {
	at, ok := f.heads[n]
	for ; ok && at != none; at = f.hits[at].next {
		yield(&f.hits[at])
	}
}

// villages adds the villages below the nodes that are named without their ending, and those of too frequent names.
func (f *finder) villages(nodes []int32) {
	for _, s := range f.spots {
		ends := f.endsAt(s.end)
		if len(ends) > 0 && len(s.nodes) <= mostLoose {
			continue // read already
		}
		for _, a := range nodes {
			lo, hi := f.below(a)
			from, _ := slices.BinarySearch(s.nodes, lo)
			for _, n := range s.nodes[from:] {
				if n >= hi {
					break
				}
				if f.level[n] == uint8(geo.Village) && !f.reads(s, n) {
					f.read(s, n, ends)
				}
			}
		}
	}
}

// reads reports whether the node was read at a spot.
func (f *finder) reads(s spot, n int32) (read bool) {
	f.hitsOf(n, func(h *hit) { read = read || h.start == s.start && h.named == n })
	return read
}
