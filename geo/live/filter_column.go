package live

import (
	"math"
	"strings"

	"jingwei/geo"
)

// ofNumbers is a column of numbers.
type ofNumbers struct{ slot int }

func (c ofNumbers) of(r *row) int64          { return r.numbers[c.slot] }
func (c ofNumbers) at(k *chunk, i int) int64 { return k.numbers[c.slot][i] }
func (c ofNumbers) present() span            { return span{noNumber + 1, math.MaxInt64} }
func (c ofNumbers) within(k *chunk, s span, out []uint64) {
	within(k.numbers[c.slot], s.lo, s.hi, out)
}

// ofIDs is the ids of the objects, which all have one.
type ofIDs struct{}

func (ofIDs) of(r *row) int64          { return int64(r.id) }
func (ofIDs) at(k *chunk, i int) int64 { return int64(k.ids[i]) }
func (ofIDs) present() span            { return span{math.MinInt64, math.MaxInt64} }
func (ofIDs) within(k *chunk, s span, out []uint64) {
	within(k.ids, geo.ID(s.lo), geo.ID(s.hi), out)
}

// ofDivisions is the division codes; 0 is none.
type ofDivisions struct{}

func (ofDivisions) of(r *row) int64          { return int64(r.division) }
func (ofDivisions) at(k *chunk, i int) int64 { return int64(k.filed.at(i)) }
func (ofDivisions) present() span            { return span{1, mostDivision} }
func (ofDivisions) within(k *chunk, s span, out []uint64) {
	k.filed.within(geo.DivisionCode(s.lo), geo.DivisionCode(min(s.hi, mostDivision)), out)
}

// ofFrom is the first days; rows that always were have none.
type ofFrom struct{}

func (ofFrom) of(r *row) int64          { return int64(r.valid.From) }
func (ofFrom) at(k *chunk, i int) int64 { return int64(k.from[i]) }
func (ofFrom) present() span            { return span{int64(geo.MinDay) + 1, int64(geo.MaxDay)} }
func (ofFrom) within(k *chunk, s span, out []uint64) {
	days := s.days()
	within(k.from, days.From, days.To, out)
}

// ofTo is the days on which rows end; those without an end have none.
type ofTo struct{}

func (ofTo) of(r *row) int64          { return int64(r.valid.To) }
func (ofTo) at(k *chunk, i int) int64 { return int64(k.valid(i).To) }
func (ofTo) present() span            { return span{int64(geo.MinDay), int64(geo.MaxDay) - 1} }
func (ofTo) within(k *chunk, s span, out []uint64) {
	days := s.days()
	if k.to == nil {
		constant(days.To == geo.MaxDay).rows(k, out)
		return
	}
	within(k.to, days.From, days.To, out)
}

// days returns the span as days, both ends included, as far as there are days.
func (s span) days() geo.DayRange {
	lo, hi := max(s.lo, math.MinInt32), min(s.hi, math.MaxInt32)
	if lo > hi {
		return geo.DayRange{From: 1, To: 0}
	}
	return geo.DayRange{From: geo.Day(lo), To: geo.Day(hi)}
}

// dayBound reads a day.
func dayBound(n geo.Node) (bound, bool) {
	day, ok := n.(geo.Date)
	return bound{int64(day), int64(day)}, ok
}

// mostDivision is the greatest code, of 12 digits.
const mostDivision = 999_999_999_999

// compareDivisions compiles a comparison of the code with texts: codes are compared as texts of 12 digits, which is how they
// are compared as numbers, and a prefix is a range.
func compareDivisions(l comparison, negated bool) (predicate, error) {
	if l.op == "isNull" {
		return isNull(ofDivisions{}, negated), nil
	}
	texts, ok := l.texts()
	if !ok || l.folded {
		return nil, geo.ErrNotIndexed
	}
	if l.op == "like" {
		prefix, isPrefix := strings.CutSuffix(texts[0], "%")
		texts[0] = prefix
		if !isPrefix {
			l.op = "in" // no wildcard, so it is the code
		}
	}
	bounds := make([]bound, len(texts))
	for i, text := range texts {
		if bounds[i], ok = prefixBound(text); !ok {
			return nil, geo.ErrNotIndexed
		}
	}
	if l.op == "like" {
		return inInts(ofDivisions{}, spans{{bounds[0].ceil, bounds[0].ceil + size12(texts[0]) - 1}}, negated), nil
	}
	return inInts(ofDivisions{}, spansOf(l.op, bounds), negated != (l.op == "<>")), nil
}

// prefixBound returns where a text stands among the codes of 12 digits: those that begin with it, but are longer, come after
// it, and so it stands between two codes. false when it is no prefix of any.
func prefixBound(text string) (bound, bool) {
	if len(text) > 12 {
		return bound{}, false
	}
	least := int64(0)
	for _, r := range text {
		if r < '0' || r > '9' {
			return bound{}, false
		}
		least = least*10 + int64(r-'0')
	}
	for range 12 - len(text) {
		least *= 10
	}
	if len(text) == 12 {
		return bound{least, least}, true
	}
	return bound{floor: least - 1, ceil: least}, true
}

// size12 returns how many codes begin with a prefix.
func size12(prefix string) int64 {
	n := int64(1)
	for range 12 - len(prefix) {
		n *= 10
	}
	return n
}

// hasCode holds when the code in slot is a member; members is indexed by code.
type hasCode struct {
	slot    int
	members []bool
}

func (p hasCode) has(code uint16) bool { return int(code) < len(p.members) && p.members[code] }
func (p hasCode) row(r *row) bool      { return p.has(r.codes[p.slot]) }
func (p hasCode) rows(k *chunk, out []uint64) {
	column := k.planes[p.slot]
	column.rows(column.truthOf(p.has), out)
}

// compareCategory compiles a comparison of a category column: it is decided once per value.
func (c *compiler) compareCategory(l comparison, slot int, negated bool) (predicate, error) {
	p := hasCode{slot: slot, members: make([]bool, len(c.values[slot]))}
	if l.op == "isNull" {
		for code := range p.members {
			p.members[code] = (code == 0) != negated
		}
		return p, nil
	}
	is, err := l.textTest()
	if err != nil {
		return nil, err
	}
	for code, v := range c.values[slot] {
		p.members[code] = v != "" && is.test(v) != negated
	}
	return p, nil
}
