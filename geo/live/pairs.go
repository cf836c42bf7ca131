package live

import (
	"math"
	"math/bits"

	"jingwei/geo"
)

// mostPairs is how many pairs a chunk may have for them to be counted before each block; with more, rows are counted one by one.
const mostPairs = 512

// valuePairs is where values of cacheKey for pairs begin, downwards.
const valuePairs = math.MinInt32 / 2

// paired is what pairs are made of: a level of divisions and the slot of a category column, -1 for none.
type paired struct {
	level geo.DivisionLevel
	slot  int
}

// pairs holds how many rows of a chunk that count there are of each pair of a division of a level and a value of a category column.
// A pair is division*values + value, by numbers within the chunk.
type pairs struct {
	divisions []geo.DivisionCode // of the level, ascending
	of        []uint16           // of each number of a code in filed: the number of its division
	values    int                // of the column
	before    []uint32           // before[b*size+n] rows of pair n in all blocks before b; nil when there are too many pairs
}

func (p *pairs) bytes() int { return 8*len(p.divisions) + 2*len(p.of) + 4*len(p.before) + 64 }

func (p *pairs) size() int { return len(p.divisions) * p.values }

// pairsOf returns the pairs of chunk i under the query, tombstones included.
func (v view) pairsOf(i int, by paired) *pairs {
	k := v.chunks[i]
	key := cacheKey{k.serial, v.m.keyOf(k), valuePairs - (by.slot+1)*8 - int(by.level)}
	return cached(v.cache, key, func() *pairs { return newPairs(k, by, v.matching(i)) })
}

func newPairs(k *chunk, by paired, matching *bitmap) *pairs {
	p := &pairs{of: make([]uint16, len(k.filed.codes)), values: 1}
	if by.slot >= 0 {
		p.values = len(k.planes[by.slot].codes)
	}
	for n, code := range k.filed.codes {
		cut := code.Cut(by.level)
		if last := len(p.divisions) - 1; last < 0 || p.divisions[last] != cut { // codes of one stand together
			p.divisions = append(p.divisions, cut)
		}
		p.of[n] = uint16(len(p.divisions) - 1)
	}
	if p.size() > mostPairs {
		return p
	}
	sums := make([]uint32, p.size())
	for lo := 0; lo < k.len(); lo += blockRows {
		p.before = append(p.before, sums...)
		p.scan(k, by, matching, lo, min(lo+blockRows, k.len()), sums)
	}
	p.before = append(p.before, sums...)
	return p
}

// pair returns the number of the pair of row i.
func (p *pairs) pair(k *chunk, by paired, i int) int {
	n := int(p.of[k.filed.rows[i]]) * p.values
	if by.slot >= 0 {
		n += k.planes[by.slot].number(i)
	}
	return n
}

// scan adds rows lo to hi that are in matching, one by one.
func (p *pairs) scan(k *chunk, by paired, matching *bitmap, lo, hi int, counts []uint32) {
	if lo >= hi {
		return
	}
	for w := lo >> 6; w <= (hi-1)>>6; w++ {
		for m := matching.word(w, lo, hi); m != 0; m &= m - 1 {
			counts[p.pair(k, by, w<<6+bits.TrailingZeros64(m))]++
		}
	}
}

// span adds rows lo to hi that are in matching: whole blocks by their sums, what is left at the ends by counting.
func (p *pairs) span(k *chunk, by paired, matching *bitmap, lo, hi int, counts []uint32) {
	first, last := (lo+blockRows-1)>>blockBits, hi>>blockBits // whole blocks first to last
	if hi == k.len() {
		last = (hi + blockRows - 1) >> blockBits
	}
	if p.before == nil || first >= last {
		p.scan(k, by, matching, lo, hi, counts)
		return
	}
	size := p.size()
	from, to := p.before[first*size:], p.before[last*size:]
	for n := range counts {
		counts[n] += to[n] - from[n]
	}
	p.scan(k, by, matching, lo, first<<blockBits, counts)
	p.scan(k, by, matching, max(last<<blockBits, lo), hi, counts)
}

// pairing counts pairs chunk by chunk: ranges of an area come in the order of keys, so that most are of the chunk before.
type pairing struct {
	paired
	chunk  int // that counts are of; -1 for none
	pairs  *pairs
	counts []uint32
}

// pairingOf returns how groupings are counted as pairs: divisions of a level, alone or with a category column. nil when they are
// anything else.
func (g *grouper) pairingOf(by []By) *pairing {
	p := &pairing{paired: paired{slot: -1}, chunk: -1}
	for _, one := range by {
		switch {
		case one.Bins != geo.Bins{}:
			return nil
		case one.Column != "" && p.slot < 0:
			p.slot = g.slots[0]
		case one.Column == "" && p.level == 0:
			p.level = one.Level
		default:
			return nil
		}
	}
	if p.level == 0 {
		return nil
	}
	return p
}

// addPairs counts the rows in r.
func (g *grouper) addPairs(r keyRange) {
	p := g.pairing
	g.spans(r, func(i, lo, hi int) bool {
		if p.chunk != i {
			g.tellPairs()
			p.chunk, p.pairs = i, g.pairsOf(i, p.paired)
			p.counts = make([]uint32, p.pairs.size())
		}
		k, matching := g.chunks[i], g.matching(i)
		p.pairs.span(k, p.paired, matching, lo, hi, p.counts)
		g.deadRows(i, lo, hi, func(row int) {
			if matching.has(row) {
				p.counts[p.pairs.pair(k, p.paired, row)]--
			}
		})
		return g.spend(1 + (hi-lo)/blockRows)
	})
	for _, d := range g.deltaRows(r) {
		g.addRow(place{delta: d})
	}
}

// tellPairs adds what was counted of a chunk to the groups.
func (g *grouper) tellPairs() {
	p := g.pairing
	if p.chunk < 0 {
		return
	}
	for n, count := range p.counts {
		if count > 0 {
			g.group(g.keyOf(n)).Count += int(count)
		}
	}
	p.chunk = -1
}

// keyOf returns the key of a pair of the chunk that is being counted.
func (g *grouper) keyOf(pair int) (key [2]uint64) {
	p := g.pairing
	division := uint64(p.pairs.divisions[pair/p.pairs.values])
	if p.slot < 0 {
		return [2]uint64{division}
	}
	code := uint64(g.chunks[p.chunk].planes[p.slot].codes[pair%p.pairs.values])
	if g.valueFirst {
		return [2]uint64{code, division}
	}
	return [2]uint64{division, code}
}
