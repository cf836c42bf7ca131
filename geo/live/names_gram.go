package live

import (
	"slices"
	"unicode/utf8"
)

// gram is a piece of one or two characters of a text, the first and, or 0, the second; or that one character is there several times.
type gram uint64

func gramOf(first, second rune) gram { return gram(first)<<21 | gram(second) }

// mostRepeats is up to how many times a character is told to be in a text.
const mostRepeats = 8

// repeated is the piece that a text has in which a character stands so many times, or more.
func repeated(r rune, times int) gram {
	return gram(min(times, mostRepeats)-1)<<42 | gramOf(r, 0)
}

// grams tells the rows of a chunk by the pieces of their texts. A text contains a word of one or two characters exactly when
// the word is a piece of it: Chinese is searched by such words.
type grams struct {
	keys   []gram // sorted
	ends   []uint32
	sparse []uint16 // the rows of one piece after the other's; none for those that many rows have
	dense  map[gram][]uint64
}

// posting is the rows that have a piece: as numbers in order, or as words.
type posting struct {
	rows  []uint16
	words []uint64
}

func (g *grams) bytes() int {
	n := 8*len(g.keys) + 4*len(g.ends) + 2*len(g.sparse)
	for _, words := range g.dense {
		n += 8*len(words) + 48
	}
	return n
}

// of returns the rows that have a piece; false when none has.
func (g *grams) of(piece gram) (posting, bool) {
	at, ok := slices.BinarySearch(g.keys, piece)
	if !ok {
		return posting{}, false
	}
	if words := g.dense[piece]; words != nil {
		return posting{words: words}, true
	}
	from := uint32(0)
	if at > 0 {
		from = g.ends[at-1]
	}
	return posting{rows: g.sparse[from:g.ends[at]]}, true
}

// has reports whether a row is in the posting.
func (p posting) has(row uint16) bool {
	if p.words != nil {
		return p.words[row>>6]>>(row&63)&1 == 1
	}
	_, ok := slices.BinarySearch(p.rows, row)
	return ok
}

// size is how many rows have the piece, or more than any list has.
func (p posting) size() int {
	if p.words != nil {
		return 1 << 16
	}
	return len(p.rows)
}

// containing returns the rows that have all pieces, in a list or in words whose memory is room; and false when none does.
func (g *grams) containing(pieces []gram, room []uint64) (posting, bool) {
	all := make([]posting, len(pieces))
	for i, piece := range pieces {
		var ok bool
		if all[i], ok = g.of(piece); !ok {
			return posting{}, false
		}
	}
	slices.SortFunc(all, func(a, b posting) int { return a.size() - b.size() })
	least := all[0]
	if len(all) == 1 {
		return least, true
	}
	if least.words == nil {
		var rows []uint16
		for _, row := range least.rows {
			if !slices.ContainsFunc(all[1:], func(p posting) bool { return !p.has(row) }) {
				rows = append(rows, row)
			}
		}
		return posting{rows: rows}, len(rows) > 0
	}
	copy(room, least.words)
	for _, p := range all[1:] {
		and(room, p.words)
	}
	return posting{words: room}, true
}

// gramBuilder takes the texts of a chunk, row by row.
type gramBuilder struct {
	numbers map[gram]uint32
	keys    []gram
	last    []int32 // by number: the row that had the piece last, plus 1
	times   []int32 // by number: how many times that row has it
	counts  []uint32
	pairs   []gramPair
	rows    int
}

type gramPair struct {
	number uint32
	row    uint16
}

func newGramBuilder(rows int) *gramBuilder {
	return &gramBuilder{numbers: map[gram]uint32{}, rows: rows}
}

// add takes the text of a row; rows come in order, each once.
func (b *gramBuilder) add(text string, row uint16) {
	before := rune(0)
	for len(text) > 0 {
		r, size := utf8.DecodeRuneInString(text)
		text = text[size:]
		if times := b.put(gramOf(r, 0), row); times > 1 && times <= mostRepeats {
			b.put(repeated(r, times), row)
		}
		if before != 0 {
			b.put(gramOf(before, r), row)
		}
		before = r
	}
}

// put notes that a row has a piece, and returns for how many times by now.
func (b *gramBuilder) put(piece gram, row uint16) (times int) {
	n, ok := b.numbers[piece]
	if !ok {
		n = uint32(len(b.keys))
		b.numbers[piece] = n
		b.keys, b.last, b.times, b.counts = append(b.keys, piece), append(b.last, 0), append(b.times, 0), append(b.counts, 0)
	}
	if b.last[n] != int32(row)+1 {
		b.last[n], b.times[n] = int32(row)+1, 0
		b.counts[n]++
		b.pairs = append(b.pairs, gramPair{n, row})
	}
	b.times[n]++
	return int(b.times[n])
}

// finish sorts what was taken.
func (b *gramBuilder) finish() grams {
	g := grams{dense: map[gram][]uint64{}, keys: slices.Clone(b.keys)}
	slices.Sort(g.keys)
	g.ends = make([]uint32, len(g.keys))
	starts, dense := make([]uint32, len(b.keys)), make([][]uint64, len(b.keys))
	at := uint32(0)
	for i, key := range g.keys {
		n := b.numbers[key]
		starts[n] = at
		if int(b.counts[n]) > b.rows/16 {
			dense[n] = make([]uint64, wordsOf(b.rows))
			g.dense[key] = dense[n]
		} else {
			at += b.counts[n]
		}
		g.ends[i] = at
	}
	g.sparse = make([]uint16, at)
	for _, p := range b.pairs {
		if words := dense[p.number]; words != nil {
			words[p.row>>6] |= 1 << (p.row & 63)
			continue
		}
		g.sparse[starts[p.number]] = p.row
		starts[p.number]++
	}
	return g
}
