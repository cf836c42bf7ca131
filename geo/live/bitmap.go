package live

import (
	"math/bits"
	"sort"
)

// bitmap is a set of row numbers of one chunk with a rank directory, so that the number of members below any row is one
// look-up. It is immutable once finished. A nil *bitmap stands for all rows.
type bitmap struct {
	words []uint64
	ranks []uint16 // members in all words before: a chunk has at most 65536 rows, so fewer than that
	total int
}

func newBitmap(n int) *bitmap { return &bitmap{words: make([]uint64, wordsOf(n))} }

// wordsOf returns the number of words that hold n rows.
func wordsOf(n int) int { return (n + 63) / 64 }

func (b *bitmap) set(i int)      { b.words[i>>6] |= 1 << (i & 63) }
func (b *bitmap) has(i int) bool { return b == nil || b.words[i>>6]>>(i&63)&1 == 1 }

// finish computes the rank directory.
func (b *bitmap) finish() *bitmap {
	b.ranks = make([]uint16, len(b.words))
	n := 0
	for i, w := range b.words {
		b.ranks[i] = uint16(n)
		n += bits.OnesCount64(w)
	}
	b.total = n
	return b
}

// rank returns the number of members below i.
func (b *bitmap) rank(i int) int {
	if b == nil {
		return i
	}
	w := i >> 6
	if w >= len(b.words) {
		return b.total
	}
	return int(b.ranks[w]) + bits.OnesCount64(b.words[w]&(1<<(i&63)-1))
}

// nth returns the n-th member, from 0; n is below the total.
func (b *bitmap) nth(n int) int {
	if b == nil {
		return n
	}
	w := sort.Search(len(b.ranks), func(w int) bool { return int(b.ranks[w]) > n }) - 1
	m := b.words[w]
	for n -= int(b.ranks[w]); n > 0; n-- {
		m &= m - 1
	}
	return w<<6 + bits.TrailingZeros64(m)
}

// word returns the w-th 64 members restricted to rows lo <= i < hi; a nil bitmap holds all.
func (b *bitmap) word(w, lo, hi int) uint64 {
	m := ^uint64(0)
	if b != nil {
		m = b.words[w]
	}
	if base := w << 6; base < lo {
		m &^= 1<<(lo-base) - 1
	}
	if base := w << 6; base+64 > hi {
		m &= 1<<(hi-base) - 1
	}
	return m
}

// bytes returns the memory held.
func (b *bitmap) bytes() int { return len(b.words)*10 + 64 }

// Rows of a chunk as words, 64 rows each: what predicates make. Bits behind the last row mean nothing.

// mostWords is how many words the rows of the largest chunk need.
const mostWords = 1 << 10

func and(out, other []uint64) {
	for w, m := range other {
		out[w] &= m
	}
}

func or(out, other []uint64) {
	for w, m := range other {
		out[w] |= m
	}
}

func fill(out []uint64, m uint64) {
	for w := range out {
		out[w] = m
	}
}

func none(words []uint64) bool {
	for _, m := range words {
		if m != 0 {
			return false
		}
	}
	return true
}

// within sets the rows of a column whose values are at least lo and at most hi, without a branch per row.
func within[T ~uint16 | ~int32 | ~int64](column []T, lo, hi T, out []uint64) {
	if lo > hi {
		clear(out)
		return
	}
	least := uint64(int64(lo))
	size := uint64(int64(hi)) - least
	for w := range len(column) >> 6 {
		part := (*[64]T)(column[w<<6:])
		beyond := uint64(0) // the first row highest
		for _, v := range part {
			// The borrow of a subtraction is what the next shift brings in: two instructions without a branch.
			_, borrow := bits.Sub64(size, uint64(int64(v))-least, 0)
			beyond, _ = bits.Add64(beyond, beyond, borrow)
		}
		out[w] = ^bits.Reverse64(beyond)
	}
	if rest := len(column) & 63; rest > 0 {
		w, m := len(column)>>6, uint64(0)
		for i, v := range column[w<<6:] {
			if uint64(int64(v))-least <= size {
				m |= 1 << i
			}
		}
		out[w] = m
	}
}
