package live

import (
	"math"
	"math/bits"

	"jingwei/geo"
)

// valueSums is the cacheKey value of the sums of the hashes of rows.
const valueSums = math.MinInt32

// Fingerprint returns the sum of the hashes of all rows in the tile, filtered or not: equal rows give equal
// fingerprints on every node and after every restart.
func (s *Snapshot) Fingerprint(z, x, y uint32) uint64 {
	return s.sumAll(cellRange(z, x, y), sumOfRows())
}

// FingerprintWithin is Fingerprint for those who see of an internal edition what everyone sees, and beyond that the rows for
// which within holds, on whatever day: nothing else changes it. Of a layer whose public edition is generalised they see
// the rows within only.
func (s *Snapshot) FingerprintWithin(within geo.Filter, z, x, y uint32) (uint64, error) {
	m, err := compileAllDays(within, s)
	if err != nil {
		return 0, err
	}
	r := cellRange(z, x, y)
	v, sum := view{Snapshot: s, m: m}, uint64(0)
	s.spans(r, func(i, lo, hi int) bool {
		sum += v.sumSpan(i, lo, hi)
		return true
	})
	for _, d := range v.deltaRows(r) {
		sum += d.hash
	}
	if s.columns.open {
		sum += mix(s.sumAll(r, sumOfOpen()))
	}
	return sum, nil
}

// sumKind is what is summed: of chunks there are prefix sums, a row of the delta adds one.
type sumKind struct {
	of  func(k *chunk) []uint64
	row func(r *row) uint64
}

func sumOfRows() sumKind {
	return sumKind{func(k *chunk) []uint64 { return k.sums }, func(r *row) uint64 { return r.hash }}
}

func sumOfOpen() sumKind {
	return sumKind{func(k *chunk) []uint64 { return k.opens }, func(r *row) uint64 { return r.open }}
}

// sumAll sums over all rows in r.
func (s *Snapshot) sumAll(r keyRange, kind sumKind) uint64 {
	sum := uint64(0)
	s.spans(r, func(i, lo, hi int) bool {
		sums := kind.of(s.chunks[i])
		sum += sums[hi] - sums[lo]
		s.deadRows(i, lo, hi, func(n int) { sum -= sums[n+1] - sums[n] })
		return true
	})
	for _, d := range s.deltaIn(r) {
		sum += kind.row(d)
	}
	return sum
}

// sumSpan sums the hashes of rows lo to hi of chunk i that count.
func (v view) sumSpan(i, lo, hi int) uint64 {
	k, b := v.chunks[i], v.matching(i)
	sum := k.sums[hi] - k.sums[lo]
	if b != nil {
		p := cached(v.cache, cacheKey{k.serial, v.m.keyOf(k), valueSums}, func() wordSums { return newWordSums(k, b) })
		sum = p.below(k, b, hi) - p.below(k, b, lo)
	}
	v.deadRows(i, lo, hi, func(n int) {
		if b.has(n) {
			sum -= k.sums[n+1] - k.sums[n]
		}
	})
	return sum
}

// wordSums holds for each 64 rows of a chunk the sum of the hashes of the members before them.
type wordSums []uint64

func newWordSums(k *chunk, b *bitmap) wordSums {
	p, sum := make(wordSums, len(b.words)+1), uint64(0)
	for w, m := range b.words {
		p[w] = sum
		sum += sumOfMembers(k, w, m)
	}
	p[len(b.words)] = sum
	return p
}

// below returns the sum of the hashes of the members below row n.
func (p wordSums) below(k *chunk, b *bitmap, n int) uint64 {
	w := n >> 6
	if n&63 == 0 {
		return p[w]
	}
	return p[w] + sumOfMembers(k, w, b.words[w]&(1<<(n&63)-1))
}

// sumOfMembers sums the hashes of the rows of word w that are set in m.
func sumOfMembers(k *chunk, w int, m uint64) uint64 {
	sum := uint64(0)
	for ; m != 0; m &= m - 1 {
		n := w<<6 + bits.TrailingZeros64(m)
		sum += k.sums[n+1] - k.sums[n]
	}
	return sum
}

func (p wordSums) bytes() int { return 8 * len(p) }
