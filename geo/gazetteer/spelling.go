package gazetteer

import (
	"slices"

	"jingwei/geo"
)

// misspell looks behind the best chain for the name of a division below it with one wrong character. It must have its ending,
// be no other name, and only one division may be meant.
func (f *finder) misspell(best chain) bool {
	level := geo.DivisionLevel(f.level[best.node])
	if level >= geo.Township || best.end >= len(f.runes) || best.end > f.late {
		return false
	}
	end, e, ok := f.nextEnding(best.end)
	if !ok || f.covered(best.end, end) {
		return false
	}
	wrote := f.runes[best.end : end-len(e.text)]
	found := none
	lo, hi := f.below(best.node)
	for n := lo; n < hi; n++ {
		if at := geo.DivisionLevel(f.level[n]); at <= level || at > geo.Township || !e.fits(at) || f.ending[n] != e.ending && len(wrote) < 3 {
			continue
		}
		keys, _ := keysOf(f.name(n), geo.DivisionLevel(f.level[n]))
		if !slices.ContainsFunc(keys, func(k string) bool { return oneOff(wrote, []rune(k)) }) {
			continue
		}
		if found != none {
			return false
		}
		found = n
	}
	if found == none {
		return false
	}
	f.note(hit{start: best.end, end: end, named: found, how: Misspelt, ended: true, weight: weigh(end-best.end, f.level[found], Misspelt)}, found)
	return true
}

// nextEnding returns where the first ending of a county or township behind i ends, at least two characters on.
func (f *finder) nextEnding(i int) (end int, e form, ok bool) {
	for at := i + 1; at < len(f.runes) && at <= i+weighty && f.joined(at-1); at++ {
		if isDigit(f.runes[at-1]) {
			return 0, e, false
		}
		if at < i+2 {
			continue
		}
		for _, e := range f.endsAt(at) {
			if e.fits(geo.County) || e.fits(geo.Township) {
				return at + len(e.text), e, true
			}
		}
	}
	return 0, e, false
}

// covered reports whether the piece of the text is the name of some division that can contradict.
func (f *finder) covered(start, end int) bool {
	return slices.ContainsFunc(f.hits, func(h hit) bool {
		return h.start == start && h.end == end && h.how != CededFrom
	})
}

// oneOff reports whether one character more, one less, another one, or two in the wrong order make b of a.
func oneOff(a, b []rune) bool {
	if len(a) > len(b) {
		a, b = b, a
	}
	i := 0
	for i < len(a) && a[i] == b[i] {
		i++
	}
	switch {
	case len(b) < 2 || i == len(b):
		return false
	case len(a) == len(b):
		return slices.Equal(a[i+1:], b[i+1:]) || i+1 < len(a) && a[i] == b[i+1] && a[i+1] == b[i] && slices.Equal(a[i+2:], b[i+2:])
	}
	return len(a)+1 == len(b) && slices.Equal(a[i:], b[i+1:])
}
