package geo

import (
	"slices"
)

// Tenure is the days on which a code was, or is, a division.
type Tenure struct {
	Code  DivisionCode
	Valid DayRange
}

// Refiling tells which division counts, on a day, what is filed under county codes that are no divisions on it: former
// codes, and codes of later days. The codes that hold their territory on the day decide. Where these lie in one division
// of a level, that division counts it; where they do not, nobody knows the share of each, and it stays with the division
// whose digits it has, if there is one: a county that was split counts for its prefecture. So at each level nothing is
// counted twice.
type Refiling struct {
	gained, ceded map[DivisionCode][]DivisionCode
}

// Of returns the codes outside a division that it counts, and those inside that count elsewhere, both sorted.
func (r *Refiling) Of(code DivisionCode) (gained, ceded []DivisionCode) {
	return r.gained[code], r.ceded[code]
}

// NewRefiling works out the day from all successions and from the tenures of counties and above, in any order.
func NewRefiling(all []Succession, tenures []Tenure, day Day) *Refiling {
	f := refiler{day: day, lineage: NewLineage(all), byNew: map[DivisionCode][]Succession{}, known: map[DivisionCode][]DayRange{}, held: map[DivisionCode]bool{}}
	for _, s := range all {
		f.byNew[s.New] = append(f.byNew[s.New], s)
	}
	for _, t := range tenures {
		f.known[t.Code] = append(f.known[t.Code], t.Valid)
		f.held[t.Code] = f.held[t.Code] || t.Valid.Contains(day)
	}
	r := &Refiling{gained: map[DivisionCode][]DivisionCode{}, ceded: map[DivisionCode][]DivisionCode{}}
	for code := range f.known {
		if code.Level() == County && !f.held[code] {
			r.file(code, f.holders(code), f.held)
		}
	}
	for _, m := range []map[DivisionCode][]DivisionCode{r.gained, r.ceded} {
		for at, codes := range m {
			slices.Sort(codes)
			m[at] = slices.Compact(codes) // a division that repeats its superior takes over at both levels
		}
	}
	return r
}

// file moves a code from the divisions of its digits to those that hold all of its territory.
func (r *Refiling) file(code DivisionCode, holders []DivisionCode, held map[DivisionCode]bool) {
	for level := Province; level <= County; level++ {
		own, to := code.Cut(level), holders[0].Cut(level)
		same := !slices.ContainsFunc(holders, func(h DivisionCode) bool { return h.Cut(level) != to })
		if to == own || !same || !held[to] {
			continue
		}
		// Digits of a level may be zeros: 460021 lay in no prefecture, Dongguan (441900) is no county.
		if to.Level() == level {
			r.gained[to] = append(r.gained[to], code)
		}
		if own.Level() == level && own != code {
			r.ceded[own] = append(r.ceded[own], code)
		}
	}
}

type refiler struct {
	day     Day
	lineage *Lineage
	byNew   map[DivisionCode][]Succession
	known   map[DivisionCode][]DayRange
	held    map[DivisionCode]bool // divisions on the day
}

// holders returns the codes that hold the territory on the day, the code itself when nothing is known of them.
func (f *refiler) holders(code DivisionCode) []DivisionCode {
	if end := f.end(code); end != MinDay {
		if heirs := f.lineage.Heirs(code, end-1, f.day); len(heirs) > 0 {
			return heirs
		}
		return []DivisionCode{code} // its successions run in circles
	}
	origins := f.origins(code, map[DivisionCode]bool{})
	slices.Sort(origins)
	return slices.Compact(origins)
}

// end returns the day on which a former code ended last; MinDay for a code of later days.
func (f *refiler) end(code DivisionCode) Day {
	end := MinDay
	for _, r := range f.known[code] {
		if r.To <= f.day {
			end = max(end, r.To)
		}
	}
	return end
}

// origins follows a code of later days back to those of which its territory was made, in the year in which it began.
func (f *refiler) origins(code DivisionCode, seen map[DivisionCode]bool) []DivisionCode {
	if f.held[code] || seen[code] {
		return []DivisionCode{code}
	}
	seen[code] = true
	began := MaxDay
	for _, r := range f.known[code] {
		if r.From > f.day {
			began = min(began, r.From)
		}
	}
	var origins []DivisionCode
	for _, s := range f.byNew[code] {
		if s.Old != code && FirstDay(s.Year) == began {
			origins = append(origins, f.origins(s.Old, seen)...)
		}
	}
	if len(origins) == 0 {
		return []DivisionCode{code}
	}
	return origins
}
