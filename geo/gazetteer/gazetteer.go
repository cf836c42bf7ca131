package gazetteer

import (
	"math"
	"slices"

	"jingwei/geo"
)

// none stands for no node.
const none = int32(-1)

// unlabelled is the position of a division without a label; no position on the earth is there.
var unlabelled = geo.Position{Lon: math.MinInt32, Lat: math.MinInt32}

// Gazetteer finds divisions by their names. Make one with a Builder; it never changes.
type Gazetteer struct {
	// A division is a node: its place in these columns. The first are those that exist, by code, so that all below a
	// division are a range; the others are former ones, and names that codes had before.
	code    []geo.DivisionCode
	level   []uint8
	ending  []ending
	parent  []int32 // none for a province and for former ones
	nameAt  []uint32
	names   []byte
	at      []geo.Position
	reach   []float32
	current int32

	heirsAt []uint32 // of former nodes, from the first of them
	heirs   []int32
	ceded   map[int32][]int32 // divisions that took over a part of one that went on

	trie    trie
	country country

	above []geo.DivisionCode // while it is built
	until []geo.Day
}

// Len returns how many divisions and former names it knows.
func (g *Gazetteer) Len() int { return len(g.code) }

// Bytes returns about how much memory it takes.
func (g *Gazetteer) Bytes() int {
	return g.trie.bytes() + len(g.names) + 4*(len(g.heirsAt)+len(g.heirs)) + len(g.code)*(8+1+1+4+4+8+4)
}

func (g *Gazetteer) name(n int32) string { return string(g.names[g.nameAt[n]:g.nameAt[n+1]]) }

// node returns the division that exists under a code; the widest when levels repeat it.
func (g *Gazetteer) node(code geo.DivisionCode) (int32, bool) {
	at, ok := slices.BinarySearch(g.code[:g.current], code)
	return int32(at), ok
}

// below returns the range of nodes that are a division or lie below it.
func (g *Gazetteer) below(n int32) (lo, hi int32) {
	_, end := g.code[n].Range()
	to, _ := slices.BinarySearch(g.code[:g.current], end)
	return n, int32(to)
}

// holds reports whether n is a or lies below it.
func (g *Gazetteer) holds(a, n int32) bool {
	for ; n != none; n = g.parent[n] {
		if n == a {
			return true
		}
	}
	return false
}

// heirsOf returns the divisions that stand for a node today: itself while it exists.
func (g *Gazetteer) heirsOf(n int32) []int32 {
	if n < g.current {
		return []int32{n}
	}
	return g.heirs[g.heirsAt[n-g.current]:g.heirsAt[n-g.current+1]]
}

// chain returns a node and those above it, widest first, without those that only group others.
func (g *Gazetteer) chain(n int32) []int32 {
	var list []int32
	for ; n != none; n = g.parent[n] {
		if !groups(g.name(n), geo.DivisionLevel(g.level[n])) {
			list = append(list, n)
		}
	}
	slices.Reverse(list)
	return list
}

// division returns what is told of a node.
func (g *Gazetteer) division(n int32) geo.Division {
	d := geo.Division{Code: g.code[n], Level: geo.DivisionLevel(g.level[n]), Name: g.name(n), Label: g.at[n], HasLabel: g.at[n] != unlabelled}
	if !d.HasLabel {
		d.Label = geo.Position{}
	}
	if p := g.parent[n]; p != none {
		d.Parent = g.code[p]
	}
	return d
}

func (g *Gazetteer) divisions(nodes []int32) []geo.Division {
	list := make([]geo.Division, len(nodes))
	for i, n := range nodes {
		list[i] = g.division(n)
	}
	return list
}

// place returns the label of the deepest division from n upward that has one, and which division that is.
func (g *Gazetteer) place(n int32) (p geo.Place, of int32, ok bool) {
	for ; n != none; n = g.parent[n] {
		if g.at[n] != unlabelled {
			return geo.Place{At: g.at[n], AccuracyM: float64(g.reach[n])}, n, true
		}
	}
	return geo.Place{}, none, false
}

// common returns the deepest division that holds both; none when they share nothing.
func (g *Gazetteer) common(a, b int32) int32 {
	for ; a != none; a = g.parent[a] {
		if g.holds(a, b) {
			return a
		}
	}
	return none
}
