package live

import (
	"math/bits"
	"sort"
	"strconv"

	"jingwei/geo"
)

// place is a row of a snapshot: in the delta when delta is set, else row of chunk.
type place struct {
	delta      *row
	chunk, row int
}

func (v view) key(p place) uint64 {
	if p.delta != nil {
		return p.delta.key
	}
	return v.chunks[p.chunk].keys[p.row]
}

func (v view) id(p place) geo.ID {
	if p.delta != nil {
		return p.delta.id
	}
	return v.chunks[p.chunk].ids[p.row]
}

func (v view) at(p place) geo.Position {
	if p.delta != nil {
		return p.delta.at
	}
	return v.chunks[p.chunk].at[p.row]
}

func (v view) valid(p place) geo.DayRange {
	if p.delta != nil {
		return p.delta.valid
	}
	return v.chunks[p.chunk].valid(p.row)
}

func (v view) division(p place) geo.DivisionCode {
	if p.delta != nil {
		return p.delta.division
	}
	return v.chunks[p.chunk].divisionOf(p.row)
}

func (v view) code(p place, slot int) uint16 {
	if p.delta != nil {
		return p.delta.codes[slot]
	}
	return v.chunks[p.chunk].code(slot, p.row)
}

func (v view) number(p place, slot int) int64 {
	if p.delta != nil {
		return p.delta.numbers[slot]
	}
	return v.chunks[p.chunk].numbers[slot][p.row]
}

func (v view) text(p place, slot int) string {
	if p.delta != nil {
		return p.delta.texts[slot]
	}
	return v.chunks[p.chunk].texts[slot].at(p.row)
}

// textView is text without a copy, for who does not keep it.
func (v view) textView(p place, slot int) string {
	if p.delta != nil {
		return p.delta.texts[slot]
	}
	return v.chunks[p.chunk].texts[slot].view(p.row)
}

// feature returns the row at p as an answer shows it.
func (v view) feature(p place) Feature {
	f := Feature{ID: v.id(p), At: v.at(p), Valid: v.valid(p), Division: v.division(p)}
	f.Values = make([]string, len(v.columns.layer.Columns))
	for i, col := range v.columns.layer.Columns {
		slot := v.columns.slots[i]
		switch {
		case v.columns.hidden[i] || !col.Shown():
		case col.Role == geo.ColumnCategory:
			f.Values[i] = v.values[slot][v.code(p, slot)]
		case col.Role == geo.ColumnNumber:
			if n := v.number(p, slot); n != noNumber {
				f.Values[i] = strconv.FormatInt(n, 10)
			}
		default:
			f.Values[i] = v.text(p, slot)
		}
	}
	return f
}

// next returns the least key of any row that is at least key, whether it counts or not.
func (v view) next(key uint64) (uint64, bool) {
	found, ok := uint64(0), false
	i := sort.Search(len(v.chunks), func(i int) bool {
		k := v.chunks[i]
		return k.keys[k.len()-1] >= key
	})
	if i < len(v.chunks) {
		k := v.chunks[i]
		found, ok = k.keys[k.lowerBound(key)], true
	}
	j := sort.Search(len(v.delta), func(j int) bool { return v.delta[j].key >= key })
	if j < len(v.delta) && (!ok || v.delta[j].key < found) {
		found, ok = v.delta[j].key, true
	}
	return found, ok
}

// nth returns the n-th row (from 0) of those in r that count, in the order of compare. delta is deltaRows(r); n must be
// below count(r).
func (v view) nth(r keyRange, delta []*row, n int) place {
	// Row j of the delta is row baseBefore + j of all: find the first that stands at n or after it.
	j := sort.Search(len(delta), func(j int) bool { return v.baseBefore(r, delta[j])+j >= n })
	if j < len(delta) && v.baseBefore(r, delta[j])+j == n {
		return place{delta: delta[j]}
	}
	return v.nthBase(r, n-j)
}

// baseBefore returns the number of rows of chunks in r that count and come before d.
func (v view) baseBefore(r keyRange, d *row) int {
	n := 0
	v.spans(keyRange{r.first, d.key}, func(i, lo, hi int) bool {
		k := v.chunks[i]
		hi = lo + sort.Search(hi-lo, func(n int) bool { return !k.before(lo+n, d) })
		if lo < hi {
			n += v.countSpan(i, lo, hi)
		}
		return true
	})
	return n
}

// nthBase returns the n-th row of chunks in r that counts.
func (v view) nthBase(r keyRange, n int) (found place) {
	v.spans(r, func(i, lo, hi int) bool {
		c := v.countSpan(i, lo, hi)
		if n >= c {
			n -= c
			return true
		}
		found = place{chunk: i, row: v.nthOfSpan(i, lo, hi, n)}
		return false
	})
	return found
}

// nthOfSpan returns the n-th row of rows lo to hi of chunk i that counts.
func (v view) nthOfSpan(i, lo, hi, n int) int {
	b, dead := v.matching(i), v.dead[i]
	if dead == nil {
		return b.nth(b.rank(lo) + n)
	}
	for w := lo >> 6; w <= (hi-1)>>6; w++ {
		m := b.word(w, lo, hi)
		if dead != nil {
			m &^= dead.words[w]
		}
		if c := bits.OnesCount64(m); n >= c {
			n -= c
			continue
		}
		for ; n > 0; n-- {
			m &= m - 1
		}
		return w<<6 + bits.TrailingZeros64(m)
	}
	return hi - 1 // not reached: n is below the count of the span
}
