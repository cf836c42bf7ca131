package live

import (
	"math/bits"
	"sort"

	"jingwei/geo"
)

// Snapshot is an immutable view of an index at one position of the change feed. It is safe for concurrent use and stays
// true however long it is held.
type Snapshot struct {
	columns  *columns
	edition  Edition
	values   [][]string // of category columns, by slot and code
	paths    []pathView // of tree columns, by slot
	chunks   []*chunk
	dead     []*bitmap // tombstones per chunk; nil for none
	delta    []*row    // sorted
	position geo.FeedPosition
	cache    *cache
	log      *changeLog
	mark     Mark
}

// Position returns the position of the change feed that the snapshot stands on.
func (s *Snapshot) Position() geo.FeedPosition { return s.position }

// Rows returns the number of rows, whatever their days.
func (s *Snapshot) Rows() int {
	n := len(s.delta)
	for i, k := range s.chunks {
		n += k.len()
		if s.dead[i] != nil {
			n -= s.dead[i].total
		}
	}
	return n
}

// Bytes returns the memory of the chunks' columns and of the dictionaries of paths.
func (s *Snapshot) Bytes() int {
	n := 0
	for _, d := range s.paths {
		n += d.size
	}
	for _, k := range s.chunks {
		n += k.bytes()
	}
	return n
}

// spans calls f for each chunk that has rows in r, with the rows lo <= i < hi, in order, until f returns false.
func (s *Snapshot) spans(r keyRange, f func(chunk, lo, hi int) bool) {
	first := sort.Search(len(s.chunks), func(i int) bool {
		k := s.chunks[i]
		return k.keys[k.len()-1] >= r.first
	})
	for i := first; i < len(s.chunks) && s.chunks[i].keys[0] <= r.last; i++ {
		k := s.chunks[i]
		lo, hi := 0, k.len()
		if k.keys[0] < r.first {
			lo = k.lowerBound(r.first)
		}
		if k.keys[hi-1] > r.last {
			hi = k.lowerBound(r.last + 1) // no overflow: a key is greater than last
		}
		if lo < hi && !f(i, lo, hi) {
			return
		}
	}
}

// deltaIn returns the rows of the delta in r.
func (s *Snapshot) deltaIn(r keyRange) []*row {
	lo := sort.Search(len(s.delta), func(i int) bool { return s.delta[i].key >= r.first })
	hi := lo + sort.Search(len(s.delta)-lo, func(i int) bool { return s.delta[lo+i].key > r.last })
	return s.delta[lo:hi]
}

// deadRows calls f for each tombstone of chunk i among rows lo to hi.
func (s *Snapshot) deadRows(i, lo, hi int, f func(row int)) {
	dead := s.dead[i]
	if dead == nil || dead.rank(hi) == dead.rank(lo) {
		return
	}
	for w := lo >> 6; w <= (hi-1)>>6; w++ {
		for m := dead.word(w, lo, hi); m != 0; m &= m - 1 {
			f(w<<6 + bits.TrailingZeros64(m))
		}
	}
}

// view is a snapshot seen through a query.
type view struct {
	*Snapshot
	m     *matcher
	meter *meter // of an aggregate
}

func (s *Snapshot) through(q Query) (view, error) {
	m, err := compile(q, s)
	if err != nil {
		return view{}, err
	}
	return view{Snapshot: s, m: m}, nil
}

// matching returns the rows of chunk i for which the query holds, tombstones included; nil for all.
func (v view) matching(i int) *bitmap {
	k := v.chunks[i]
	if v.m.everything(k) {
		return nil
	}
	return cached(v.cache, cacheKey{k.serial, v.m.keyOf(k), valueRows}, func() *bitmap { return v.m.bitmap(k, v.held(k)) })
}

// held returns the rows of k for which the filter holds, whatever their days. They are kept for other days when days count.
func (v view) held(k *chunk) words {
	if v.m.root == nil || v.m.valid(k) { // else the same as the rows that count, which are kept
		return v.m.held(k)
	}
	return cached(v.cache, cacheKey{k.serial, v.m.filter, valueHeld}, func() words { return v.m.held(k) })
}

// countSpan returns the number of rows lo to hi of chunk i that count.
func (v view) countSpan(i, lo, hi int) int {
	b := v.matching(i)
	n := b.rank(hi) - b.rank(lo)
	v.deadRows(i, lo, hi, func(r int) {
		if b.has(r) {
			n--
		}
	})
	return n
}

// eachSpan calls f for each row lo to hi of chunk i that counts, until f returns false.
func (v view) eachSpan(i, lo, hi int, f func(row int) bool) bool {
	b, dead := v.matching(i), v.dead[i]
	for w := lo >> 6; w <= (hi-1)>>6; w++ {
		m := b.word(w, lo, hi)
		if dead != nil {
			m &^= dead.words[w]
		}
		for ; m != 0; m &= m - 1 {
			if !f(w<<6 + bits.TrailingZeros64(m)) {
				return false
			}
		}
	}
	return true
}

// deltaRows returns the rows of the delta in r that count.
func (v view) deltaRows(r keyRange) []*row {
	in := v.deltaIn(r)
	for i, d := range in {
		if v.m.row(d) {
			continue
		}
		kept := append([]*row(nil), in[:i]...)
		for _, d := range in[i+1:] {
			if v.m.row(d) {
				kept = append(kept, d)
			}
		}
		return kept
	}
	return in
}

// count returns the number of rows in r that count.
func (v view) count(r keyRange) int {
	n := len(v.deltaRows(r))
	v.spans(r, func(i, lo, hi int) bool {
		n += v.countSpan(i, lo, hi)
		return true
	})
	return n
}
