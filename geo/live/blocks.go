package live

import "math/bits"

// blockRows is the rows of a block: what is counted per value is known at the ends of blocks, and between them counted.
const (
	blockBits = 10
	blockRows = 1 << blockBits
)

// mostCounted is how many values a column of a chunk may have for its blocks to be counted apart; with more, the chunk is
// one block.
const mostCounted = 64

// blocks holds, per value of one category column, how many rows of a chunk that count come before each block, and how many
// there are in all: before[b*values+n] for block b and the value of number n.
type blocks struct {
	values int
	before []uint32
	apart  bool // there is more than one block
}

func (b *blocks) bytes() int { return 4*len(b.before) + 64 }

// newBlocks counts the rows of k in matching; nil holds all.
func newBlocks(k *chunk, slot int, matching *bitmap) *blocks {
	column := k.planes[slot]
	b := &blocks{values: len(column.codes), apart: len(column.codes) <= mostCounted}
	sums := make([]uint32, b.values)
	c := newCounter(column)
	for lo := 0; lo < k.len(); lo += blockRows {
		if b.apart || lo == 0 {
			b.before = append(b.before, sums...)
		}
		c.add(matching, lo, min(lo+blockRows, k.len()), sums)
	}
	b.before = append(b.before, sums...)
	return b
}

// counter counts rows of a column per value.
type counter struct {
	planes
	parts []uint64
}

func newCounter(p planes) counter {
	c := counter{planes: p}
	if len(p.codes) <= mostCounted {
		c.parts = make([]uint64, 1<<p.depth)
	}
	return c
}

// add adds the rows lo to hi that are in matching, by number of the value.
func (c counter) add(matching *bitmap, lo, hi int, counts []uint32) {
	if lo >= hi {
		return
	}
	for w := lo >> 6; w <= (hi-1)>>6; w++ {
		m := matching.word(w, lo, hi)
		switch {
		case m == 0:
		case c.parts != nil:
			c.count(w, m, c.parts, counts)
		default:
			for ; m != 0; m &= m - 1 {
				counts[c.number(w<<6+bits.TrailingZeros64(m))]++
			}
		}
	}
}

// span adds the rows lo to hi of the chunk: whole blocks by their sums, what is left at the ends by counting.
func (b *blocks) span(k *chunk, slot int, matching *bitmap, lo, hi int, counts []uint32) {
	first, last := (lo+blockRows-1)>>blockBits, hi>>blockBits // whole blocks first to last
	if hi == k.len() {
		last = (hi + blockRows - 1) >> blockBits
	}
	if !b.apart {
		first, last = min(lo, 1), 1
		if hi < k.len() {
			last = 0
		}
	}
	c := newCounter(k.planes[slot])
	if first >= last {
		c.add(matching, lo, hi, counts)
		return
	}
	for n := range counts {
		counts[n] += b.before[last*b.values+n] - b.before[first*b.values+n]
	}
	c.add(matching, lo, min(first<<blockBits, hi), counts)
	if b.apart {
		c.add(matching, max(last<<blockBits, lo), hi, counts)
	}
}
