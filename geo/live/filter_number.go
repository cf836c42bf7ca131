package live

import (
	"cmp"
	"math"
	"slices"

	"jingwei/geo"
)

// span is the whole numbers from lo to hi, both included.
type span struct{ lo, hi int64 }

// spans is a set of whole numbers: sorted, without overlaps and without empty spans.
type spans []span

func newSpans(list ...span) spans {
	list = slices.DeleteFunc(list, func(s span) bool { return s.lo > s.hi })
	slices.SortFunc(list, func(a, b span) int { return cmp.Compare(a.lo, b.lo) })
	var merged spans
	for _, s := range list {
		if n := len(merged); n > 0 && s.lo <= merged[n-1].hi {
			merged[n-1].hi = max(merged[n-1].hi, s.hi)
			continue
		}
		merged = append(merged, s)
	}
	return merged
}

// without returns the numbers of s that are not in the set.
func (s span) without(set spans) spans {
	var rest []span
	for _, t := range set {
		if t.lo > s.lo {
			rest = append(rest, span{s.lo, min(s.hi, t.lo-1)})
		}
		if t.hi >= s.hi {
			return newSpans(rest...)
		}
		s.lo = max(s.lo, t.hi+1)
	}
	return newSpans(append(rest, s)...)
}

// within returns the numbers that are in both sets.
func (set spans) within(other spans) spans {
	var both spans
	for len(set) > 0 && len(other) > 0 {
		if s := (span{max(set[0].lo, other[0].lo), min(set[0].hi, other[0].hi)}); s.lo <= s.hi {
			both = append(both, s)
		}
		if set[0].hi < other[0].hi {
			set = set[1:]
		} else {
			other = other[1:]
		}
	}
	return both
}

func (set spans) has(v int64) bool {
	_, ok := slices.BinarySearchFunc(set, v, func(s span, v int64) int {
		switch {
		case s.hi < v:
			return -1
		case s.lo > v:
			return 1
		}
		return 0
	})
	return ok
}

// ints is where rows have whole numbers.
type ints interface {
	of(r *row) int64
	within(k *chunk, s span, out []uint64)
	at(k *chunk, i int) int64
	// present is what numbers there are; others stand for an absent value.
	present() span
}

// inSpans holds when the number is in the set.
type inSpans struct {
	ints
	set spans
}

func (p inSpans) row(r *row) bool { return p.set.has(p.of(r)) }

// fewSpans is how many spans are tested one after the other, each a pass over the column without branches.
const fewSpans = 8

func (p inSpans) rows(k *chunk, out []uint64) {
	if len(p.set) > fewSpans {
		eachWord(out, k.len(), func(i int) bool { return p.set.has(p.at(k, i)) })
		return
	}
	clear(out)
	var room [mostWords]uint64
	part := room[:len(out)]
	for _, s := range p.set {
		p.within(k, s, part)
		or(out, part)
	}
}

// inInts returns the predicate that the number is in the set, or is present and not in it.
func inInts(of ints, set spans, negated bool) predicate {
	if negated {
		return inSpans{of, of.present().without(set)}
	}
	return inSpans{of, set.within(spans{of.present()})}
}

// isNull returns the predicate that there is no number, or that there is one.
func isNull(of ints, negated bool) predicate {
	present := of.present()
	if negated {
		return inSpans{of, spans{present}}
	}
	return inSpans{of, span{math.MinInt64, math.MaxInt64}.without(spans{present})}
}

// compareInts compiles a comparison with literals that read takes as whole numbers.
func compareInts(l comparison, negated bool, of ints, read func(geo.Node) (bound, bool)) (predicate, error) {
	if l.op == "isNull" {
		return isNull(of, negated), nil
	}
	bounds := make([]bound, len(l.operands))
	for i, n := range l.operands {
		b, ok := read(n)
		if !ok || l.folded || l.op == "like" {
			return nil, geo.ErrNotIndexed
		}
		bounds[i] = b
	}
	return inInts(of, spansOf(l.op, bounds), negated != (l.op == "<>")), nil
}

// bound is a number among the whole ones: the greatest that is not above it and the least that is not below.
type bound struct{ floor, ceil int64 }

// farthest is how far from 0 a number may be that is compared: beyond it the next whole numbers could not be counted.
const farthest = 1 << 62

// numberBound reads a number.
func numberBound(n geo.Node) (bound, bool) {
	number, ok := n.(geo.Number)
	v := float64(number)
	if !ok || !(math.Abs(v) < farthest) {
		return bound{}, false
	}
	return bound{int64(math.Floor(v)), int64(math.Ceil(v))}, true
}

// spansOf returns the numbers for which the comparison holds.
func spansOf(op string, b []bound) spans {
	equal := func(b bound) span { return span{b.ceil, b.floor} } // empty between two numbers
	switch op {
	case "=", "<>", "in":
		list := make([]span, len(b))
		for i := range b {
			list[i] = equal(b[i])
		}
		return newSpans(list...)
	case "<":
		return newSpans(span{math.MinInt64, b[0].ceil - 1})
	case "<=":
		return newSpans(span{math.MinInt64, b[0].floor})
	case ">":
		return newSpans(span{b[0].floor + 1, math.MaxInt64})
	case ">=":
		return newSpans(span{b[0].ceil, math.MaxInt64})
	}
	return newSpans(span{b[0].ceil, b[1].floor}) // between
}
