package gazetteer

import "unicode"

// What stands before a character that was left out of a folded text.
const (
	noGap    = iota
	spaceGap // white space, which people put anywhere
	markGap  // punctuation or brackets, which no name crosses
)

// text is an address with what does not tell names apart taken away: width and case of letters, spaces, punctuation.
type text struct {
	source []rune
	runes  []rune // folded
	at     []int  // for each of runes, its place in source
	gap    []uint8
}

func fold(s string) text {
	t := text{source: []rune(s)}
	gap := uint8(noGap)
	for i, r := range t.source {
		if r >= '！' && r <= '～' { // full-width forms of ASCII
			r -= '！' - '!'
		}
		switch {
		case unicode.IsSpace(r) || unicode.In(r, unicode.Cf, unicode.Cc):
			gap = max(gap, spaceGap)
			continue
		case !unicode.IsLetter(r) && !unicode.IsNumber(r):
			gap = markGap
			continue
		}
		t.runes, t.at, t.gap = append(t.runes, unicode.ToLower(r)), append(t.at, i), append(t.gap, gap)
		gap = noGap
	}
	return t
}

// foldName folds the name of a division.
func foldName(name string) []rune { return fold(name).runes }

// has reports whether the characters of word stand at i, not across punctuation.
func (t text) has(i int, word []rune) bool {
	if i < 0 || i+len(word) > len(t.runes) {
		return false
	}
	for k, r := range word {
		if t.runes[i+k] != r || t.gap[i+k] == markGap && k > 0 {
			return false
		}
	}
	return true
}

// joined reports whether nothing but white space stands between character i and the one before it.
func (t text) joined(i int) bool { return i < len(t.runes) && t.gap[i] != markGap }

// sourceRange returns which characters of the source the folded ones from start to end stand for.
func (t text) sourceRange(start, end int) (from, to int) {
	return t.at[start], t.at[end-1] + 1
}

// slice returns the source of the folded characters from start to end.
func (t text) slice(start, end int) string {
	if start >= end {
		return ""
	}
	from, to := t.sourceRange(start, end)
	return string(t.source[from:to])
}
