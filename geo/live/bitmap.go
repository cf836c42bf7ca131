package live

import "math/bits"

// bitmap is a set of row numbers of one chunk with a rank directory, so that the number of members below any row is one
// look-up. It is immutable once finished. A nil *bitmap stands for all rows.
type bitmap struct {
	words []uint64
	ranks []uint32 // members in all words before
	total int
}

func newBitmap(n int) *bitmap { return &bitmap{words: make([]uint64, (n+63)/64)} }

func (b *bitmap) set(i int)      { b.words[i>>6] |= 1 << (i & 63) }
func (b *bitmap) has(i int) bool { return b == nil || b.words[i>>6]>>(i&63)&1 == 1 }

// finish computes the rank directory.
func (b *bitmap) finish() *bitmap {
	b.ranks = make([]uint32, len(b.words))
	n := 0
	for i, w := range b.words {
		b.ranks[i] = uint32(n)
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
func (b *bitmap) bytes() int { return len(b.words)*12 + 64 }
