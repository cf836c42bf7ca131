package postgis

import (
	"cmp"
	"math"
	"slices"
)

// idSet is a set of ids that mostly come in order and lie close together: sorted spans that do not touch.
type idSet struct{ spans []idSpan }

// add adds the ids of a span, and reports whether none of them was there before.
func (s *idSet) add(x idSpan) bool {
	lo, _ := slices.BinarySearchFunc(s.spans, x.lo, func(y idSpan, id int64) int { return cmp.Compare(y.hi, id) })
	hi := lo
	fresh := true
	for hi < len(s.spans) && s.spans[hi].lo <= x.hi {
		y := s.spans[hi]
		fresh = fresh && (y.hi == x.lo || y.lo == x.hi)
		x.lo, x.hi = min(x.lo, y.lo), max(x.hi, y.hi)
		hi++
	}
	s.spans = slices.Replace(s.spans, lo, hi, x)
	return fresh
}

// gaps returns what is not in the set.
func (s *idSet) gaps() []idSpan {
	var out []idSpan
	from := int64(math.MinInt64)
	for _, x := range s.spans {
		if from < x.lo {
			out = append(out, idSpan{from, x.lo})
		}
		from = x.hi
	}
	return append(out, idSpan{from, math.MaxInt64})
}
