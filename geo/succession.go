package geo

import (
	"slices"
	"time"
)

// Kinds of succession: what became of the territory of the old code.
const (
	SuccessionRename   = "rename"   // the code stays, the name or rank changed
	SuccessionRecode   = "recode"   // all of it is all of the new code
	SuccessionMerge    = "merge"    // all of it is a part of the new code
	SuccessionSplit    = "split"    // it ended and lies in several codes
	SuccessionTransfer = "transfer" // a part of it moved, the old code went on
)

// Succession says that territory of one code lies in another code from a year on. Sources know the year only: a change
// is taken to hold from its first day.
type Succession struct {
	Old, New DivisionCode
	Year     int
	Kind     string
}

// FirstDay returns the first day of a year.
func FirstDay(year int) Day {
	return Day(time.Date(year, time.January, 1, 0, 0, 0, 0, time.UTC).Unix() / 86400)
}

// Lineage follows codes through changes.
type Lineage struct{ byOld map[DivisionCode][]Succession }

// NewLineage returns the lineage of the successions, in any order.
func NewLineage(all []Succession) *Lineage {
	l := &Lineage{byOld: map[DivisionCode][]Succession{}}
	for _, s := range all {
		l.byOld[s.Old] = append(l.byOld[s.Old], s)
	}
	for _, list := range l.byOld {
		slices.SortFunc(list, func(a, b Succession) int { return a.Year - b.Year })
	}
	return l
}

// Heirs returns the codes of day to that hold what code held on day from, sorted. One heir holds all of it, so that a
// figure of the old code counts for it; several share it, and a figure cannot be divided without more knowledge. Parts
// that moved while the code went on are not followed. A code that never changed is its own heir. to before from is
// answered as if nothing had changed.
func (l *Lineage) Heirs(code DivisionCode, from, to Day) []DivisionCode {
	heirs := []DivisionCode{}
	type step struct {
		code DivisionCode
		from Day
	}
	seen := map[step]bool{}
	for queue := []step{{code, from}}; len(queue) > 0; queue = queue[1:] {
		at := queue[0]
		if seen[at] {
			continue
		}
		seen[at] = true
		next := l.ending(at.code, at.from, to)
		if len(next) == 0 {
			heirs = append(heirs, at.code)
		}
		for _, s := range next {
			// The new code may itself end in the same year, after this.
			queue = append(queue, step{s.New, max(at.from, FirstDay(s.Year)-1)})
		}
	}
	slices.Sort(heirs)
	return slices.Compact(heirs)
}

// ending returns the successions with which the code ended first after day from, up to day to.
func (l *Lineage) ending(code DivisionCode, from, to Day) []Succession {
	var found []Succession
	for _, s := range l.byOld[code] {
		day := FirstDay(s.Year)
		ends := s.Kind == SuccessionRecode || s.Kind == SuccessionMerge || s.Kind == SuccessionSplit
		if !ends || day <= from || day > to {
			continue
		}
		if len(found) > 0 && found[0].Year != s.Year {
			break
		}
		found = append(found, s)
	}
	return found
}

// MergeHistory brings what a source of history tells of one code and level together with what is known of it, both
// without overlaps. What is known of a day stays, for it comes from an edition that saw that day; the source fills the
// days of which nothing is known, and ends what is known under the same name where the source ends it. It returns the
// rows to be added, and those whose end has changed; their From is that of the known row. Nothing is added that holds
// without an end unless it goes on from what is known: what exists today is the word of editions.
func MergeHistory(known, told []Division) (added, ended []Division) {
	days := make([]DayRange, len(known))
	seen := MinDay // what is known reaches up to this day
	for i, k := range known {
		seen = max(seen, k.Valid.To)
		end := endOf(k, told)
		if end < k.Valid.To {
			k.Valid.To = end
			ended = append(ended, k)
		}
		days[i] = k.Valid
	}
	for _, t := range told {
		for _, gap := range t.Valid.without(days) {
			piece := t
			piece.Valid = gap
			if gap.To != MaxDay || gap.From < seen {
				added = append(added, piece)
			}
		}
	}
	return added, ended
}

// endOf returns the day on which a row of that name ends within the days of k; k's own end when the source says nothing.
func endOf(k Division, told []Division) Day {
	for _, t := range told {
		if t.Name == k.Name && t.Valid.Contains(k.Valid.From) && t.Valid.To < k.Valid.To {
			return t.Valid.To
		}
	}
	return k.Valid.To
}

// without returns the parts of r that lie in none of the others, in order.
func (r DayRange) without(others []DayRange) []DayRange {
	rest := []DayRange{r}
	for _, o := range others {
		var next []DayRange
		for _, part := range rest {
			for _, piece := range []DayRange{{part.From, min(part.To, o.From)}, {max(part.From, o.To), part.To}} {
				if !piece.Empty() {
					next = append(next, piece)
				}
			}
		}
		rest = next
	}
	return rest
}
