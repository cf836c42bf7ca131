package gazetteer

import (
	"cmp"
	"slices"
	"strings"
	"unicode/utf8"
)

// trie holds keys and the nodes that each names. Its vertices lie level by level, the children of each side by side in the
// order of their characters, so that two numbers a vertex say where its children and its postings are.
type trie struct {
	symbol   []rune   // of the edge that leads to a vertex
	first    []uint32 // of the children of a vertex; they end where those of the next begin
	posting  []uint32 // likewise of its postings
	postings []int32  // nodes, ascending
}

// keyed is a key of a node.
type keyed struct {
	key  string
	node int32
}

// newTrie sorts keys in place.
func newTrie(keys []keyed) trie {
	slices.SortFunc(keys, func(a, b keyed) int {
		if c := strings.Compare(a.key, b.key); c != 0 {
			return c
		}
		return cmp.Compare(a.node, b.node)
	})
	keys = slices.Compact(keys)
	// A vertex is a range of keys that begin alike.
	type vertex struct{ lo, hi, depth uint32 }
	queue := []vertex{{0, uint32(len(keys)), 0}}
	t := trie{symbol: []rune{0}}
	for i := 0; i < len(queue); i++ {
		v := queue[i]
		t.first, t.posting = append(t.first, uint32(len(queue))), append(t.posting, uint32(len(t.postings)))
		at := v.lo
		for ; at < v.hi && len(keys[at].key) == int(v.depth); at++ {
			t.postings = append(t.postings, keys[at].node)
		}
		for at < v.hi {
			r, n := utf8.DecodeRuneInString(keys[at].key[v.depth:])
			end := at + 1
			for end < v.hi && strings.HasPrefix(keys[end].key[v.depth:], keys[at].key[v.depth:int(v.depth)+n]) {
				end++
			}
			t.symbol = append(t.symbol, r)
			queue = append(queue, vertex{at, end, v.depth + uint32(n)})
			at = end
		}
	}
	t.first, t.posting = append(t.first, uint32(len(queue))), append(t.posting, uint32(len(t.postings)))
	t.symbol, t.first, t.posting, t.postings = slices.Clip(t.symbol), slices.Clip(t.first), slices.Clip(t.posting), slices.Clip(t.postings)
	return t
}

// child returns the vertex that r leads to; false for none.
func (t *trie) child(v uint32, r rune) (uint32, bool) {
	lo, hi := t.first[v], t.first[v+1]
	at, ok := slices.BinarySearch(t.symbol[lo:hi], r)
	return lo + uint32(at), ok
}

// named returns the nodes that a vertex names, ascending.
func (t *trie) named(v uint32) []int32 { return t.postings[t.posting[v]:t.posting[v+1]] }

// find returns the nodes that a key names.
func (t *trie) find(key string) []int32 {
	v, ok := uint32(0), true
	for _, r := range key {
		if v, ok = t.child(v, r); !ok {
			return nil
		}
	}
	return t.named(v)
}

func (t *trie) bytes() int {
	return 4 * (len(t.symbol) + len(t.first) + len(t.posting) + len(t.postings))
}
