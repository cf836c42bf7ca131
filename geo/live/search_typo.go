package live

import (
	"math/bits"
	"runtime"
	"sync"
	"unicode/utf8"

	"jingwei/geo"
)

// pattern64 compares texts with a word of at most 64 characters that may have errors: a wrong, a missing, an additional
// character, or two that changed places (optimal string alignment), all columns of the table at once as bits of a word (Myers
// 1999, with the change of places by Hyyrö 2003).
type pattern64 struct {
	length, errors int
	ascii          [utf8.RuneSelf]uint64
	others         [128]struct {
		r    rune
		mask uint64
	}
	last uint64 // the bit of the last character
}

// mostPattern is how long a word may be that is compared with errors.
const mostPattern = 32

func newPattern64(word string, errors int) *pattern64 {
	p := &pattern64{errors: errors}
	for _, r := range word {
		bit := uint64(1) << p.length
		if r < utf8.RuneSelf {
			p.ascii[r] |= bit
		} else {
			at := p.place(r)
			p.others[at].r = r
			p.others[at].mask |= bit
		}
		p.length++
		p.last = bit
	}
	return p
}

// place returns where the mask of a character stands, or would.
func (p *pattern64) place(r rune) uint32 {
	at := uint32(r) * 0x9e3779b1 >> 25
	for p.others[at].r != 0 && p.others[at].r != r {
		at = (at + 1) & 127
	}
	return at
}

func (p *pattern64) mask(r rune) uint64 {
	if r < utf8.RuneSelf {
		return p.ascii[r]
	}
	return p.others[p.place(r)].mask
}

// column is the state after a character of the text.
type column struct {
	vp, vn, d0, before uint64
	score              int
}

func (p *pattern64) start() column { return column{vp: ^uint64(0), score: p.length} }

// next goes on by a character; carry is 1 when the text is compared from its first character, 0 when the word may begin anywhere.
func (p *pattern64) next(c column, mask, carry uint64) column {
	swapped := ((^c.d0 & mask) << 1) & c.before
	d0 := (((mask & c.vp) + c.vp) ^ c.vp) | mask | c.vn | swapped
	hp := c.vn | ^(d0 | c.vp)
	hn := d0 & c.vp
	switch {
	case hp&p.last != 0:
		c.score++
	case hn&p.last != 0:
		c.score--
	}
	hp = hp<<1 | carry
	hn <<= 1
	return column{vp: hn | ^(d0 | hp), vn: d0 & hp, d0: d0, before: mask, score: c.score}
}

// within returns the least number of errors with which a folded text contains the word, and where the piece ends, in
// characters; false when these are more than the word may have.
func (p *pattern64) within(text string) (errors, end int, ok bool) {
	c, least, at := p.start(), p.errors+1, 0
	begun := false // what stands in front of the first character of the word changes nothing
	for _, r := range text {
		mask := p.mask(r)
		at++
		if begun = begun || mask != 0; !begun {
			continue
		}
		c = p.next(c, mask, 0)
		if c.score < least {
			least, end = c.score, at
		}
	}
	return least, end, least <= p.errors
}

// begins is the same for a text of ASCII letters that begins with the word.
func (p *pattern64) begins(text string) (errors, end int, ok bool) {
	c, least := p.start(), p.errors+1
	for i := range min(len(text), p.length+p.errors) {
		c = p.next(c, p.ascii[text[i]&127], 1)
		if c.score < least {
			least, end = c.score, i+1
		}
	}
	return least, end, least <= p.errors
}

// mostErrors is how many errors there may be.
const mostErrors = 2

// allow says how many errors there may be: in texts of 3 characters, and pinyin of 4 letters, and more one, from 8 on two. None
// in what is longer than 32. It reports whether that many may be at all.
func (t *typed) allow(errors int) bool {
	allowed := func(n, least int) int {
		switch {
		case n < least || n > mostPattern:
			return 0
		case n < 8:
			return 1
		}
		return mostErrors
	}
	t.pattern, t.letters = nil, nil
	if errors <= allowed(t.runes, 3) {
		t.pattern, t.filter = newPattern64(t.Folded, errors), newTypoFilter(t.Folded, errors)
	}
	if errors <= allowed(len(t.Letters), 4) {
		t.letters = newPattern64(t.Letters, errors)
	}
	return t.pattern != nil || t.letters != nil
}

// similar reports whether a name, a short name or the pinyin match with the errors that are allowed.
func (t *typed) similar(n naming) bool {
	return t.similarText(n.name) || t.similarText(n.ShortName) || t.similarLetters(n)
}

func (t *typed) similarText(text string) bool {
	if t.pattern == nil {
		return false
	}
	_, _, ok := t.pattern.within(geo.FoldSearch(text))
	return ok
}

func (t *typed) similarLetters(n naming) bool {
	if t.letters == nil {
		return false
	}
	if _, _, ok := t.letters.begins(n.Pinyin); ok {
		return true
	}
	rest, _ := n.Rest(n.name)
	_, _, ok := t.letters.begins(rest)
	return ok
}

// similarPiece returns the piece that matches with the fewest errors.
func (t *typed) similarPiece(n naming) geo.SearchPiece {
	piece, least := geo.SearchPiece{}, mostPattern
	take := func(field, text string, before int, errors, from, to int, ok bool) {
		if ok && errors < least {
			least = errors
			piece = geo.SearchPiece{Field: field, Text: text, From: before + max(0, from), To: before + to}
		}
	}
	if p := t.pattern; p != nil {
		errors, end, ok := p.within(geo.FoldSearch(n.name))
		take("name", n.name, 0, errors, end-p.length, end, ok)
		errors, end, ok = p.within(geo.FoldSearch(n.ShortName))
		take("short_name", n.ShortName, 0, errors, end-p.length, end, ok)
	}
	if p := t.letters; p != nil {
		rest, _ := n.Rest(n.name)
		errors, end, ok := p.begins(n.Pinyin)
		take("pinyin", n.Pinyin, 0, errors, 0, end, ok)
		errors, end, ok = p.begins(rest)
		take("pinyin", n.Pinyin, len(n.Pinyin)-len(rest), errors, 0, end, ok)
	}
	return piece
}

// findSimilar adds the rows that match but for so many errors to the best, and returns how many there are. All processors take
// part: nothing narrows such a search down much.
func (f *finder) findSimilar(errors int) int {
	if !f.typed.allow(errors) {
		return 0
	}
	parts := make([]similarFinder, min(runtime.GOMAXPROCS(0), max(1, len(f.chunks))))
	var group sync.WaitGroup
	for w := range parts {
		parts[w] = similarFinder{view: f.view, typed: f.typed, best: best{limit: f.best.limit}}
		group.Go(func() {
			for i := w; i < len(f.chunks); i += len(parts) {
				parts[w].chunk(i)
			}
		})
	}
	group.Wait()
	n := 0
	for w := range parts {
		n += parts[w].total()
		for _, c := range parts[w].best.list {
			f.best.add(c)
		}
	}
	for _, d := range f.Snapshot.delta {
		if f.m.row(d) && f.typed.similar(f.columns.sought.namingOfRow(d)) {
			n++
			f.best.add(candidateHit{match: geo.MatchSimilar, rank: f.rankOfRow(d), id: d.id, row: place{delta: d}})
		}
	}
	return n
}

// similarFinder looks through chunks for rows that match but for errors.
type similarFinder struct {
	view
	typed *typed
	best  best
	matches
	bits  [][]uint64           // the rows that have each of the pieces that the filter asks for
	rooms []*[mostWords]uint64 // memory for those that are lists
	// Rows of the chunk that are worth to be compared: by name, by short name, and by pinyin.
	byName, byShort, byLetters [mostWords]uint64
}

func (f *similarFinder) chunk(i int) {
	k := f.chunks[i]
	visible, dead := f.matching(i), f.dead[i]
	f.choose(k)
	for w := range wordsOf(k.len()) {
		m := f.byName[w] | f.byShort[w] | f.byLetters[w]
		if visible != nil {
			m &= visible.words[w]
		}
		if dead != nil {
			m &^= dead.words[w]
		}
		for ; m != 0; m &= m - 1 {
			if row := w<<6 + bits.TrailingZeros64(m); row < k.len() {
				f.row(i, row)
			}
		}
	}
}

// row takes a row. Beyond what is counted exactly, only rows that would be among the best are compared.
func (f *similarFinder) row(i, row int) {
	k := f.chunks[i]
	c := candidateHit{match: geo.MatchSimilar, id: k.ids[row], row: place{chunk: i, row: row}}
	if n := k.names.Load(); n != nil {
		c.rank = n.ranks[row]
	} else {
		c.rank = f.columns.rank(f.values, func(slot int) uint16 { return k.code(slot, row) })
	}
	if f.found >= MostCounted && !f.best.admits(c) {
		f.skipped++
		return
	}
	f.tried++
	if f.compare(k, row) {
		f.passed++
		f.found++
		f.best.add(c)
	}
}

// compare reports whether one of the texts of a row that are worth it matches.
func (f *similarFinder) compare(k *chunk, row int) bool {
	has := func(rows *[mostWords]uint64) bool { return rows[row>>6]>>(row&63)&1 == 1 }
	return has(&f.byName) && f.typed.similarText(k.texts[f.columns.sought.name].view(row)) ||
		has(&f.byShort) && f.typed.similarText(f.columns.sought.field(k, byShort, row)) ||
		has(&f.byLetters) && f.typed.similarLetters(f.columns.sought.namingOf(k, row))
}

// choose finds the rows of a chunk that are worth to be compared: all as long as it is not known what their names are made of.
func (f *similarFinder) choose(k *chunk) {
	n, size := k.names.Load(), wordsOf(k.len())
	sets := []*[mostWords]uint64{&f.byName, &f.byShort, &f.byLetters}
	for _, rows := range sets {
		clear(rows[:size])
		if n == nil {
			fill(rows[:size], ^uint64(0))
		}
	}
	if n == nil {
		return
	}
	if f.typed.pattern != nil {
		f.worthwhile(&n.pieces, f.byName[:size])
		f.worthwhile(&n.shorts, f.byShort[:size])
	}
	if f.typed.letters != nil {
		f.nearPinyin(k, byPinyin, n.orders[byPinyin], n.shared, f.byLetters[:size])
		f.nearPinyin(k, byPinyinRest, n.orders[byPinyinRest], n.sharedRest, f.byLetters[:size])
	}
}

// worthwhile adds to out the rows whose texts, by their pieces, are worth to be compared with the word.
func (f *similarFinder) worthwhile(g *grams, out []uint64) {
	f.bits = f.bits[:0]
	for i, piece := range f.typed.filter.pieces {
		p, _ := g.of(piece)
		if p.words == nil {
			p.words = f.listed(i, p.rows, len(out))
		}
		f.bits = append(f.bits, p.words)
	}
	f.typed.filter.rows(f.bits, out)
}

// listed are the rows of a list as words, in the i-th of the rooms.
func (f *similarFinder) listed(i int, rows []uint16, size int) []uint64 {
	for len(f.rooms) <= i {
		f.rooms = append(f.rooms, nil)
	}
	if f.rooms[i] == nil {
		f.rooms[i] = new([mostWords]uint64)
	}
	words := f.rooms[i][:size]
	clear(words)
	for _, row := range rows {
		words[row>>6] |= 1 << (row & 63)
	}
	return words
}

// least is the least number of errors in a column that is the n-th of a text compared from its first character.
func (p *pattern64) least(c column, n int) int {
	value, least := n, n
	for bit := uint64(1); bit <= p.last; bit <<= 1 {
		switch {
		case c.vp&bit != 0:
			value++
		case c.vn&bit != 0:
			value--
		}
		least = min(least, value)
	}
	return least
}

// nearPinyin adds the rows whose pinyin is near. In the order of letters a row mostly begins as the one before it, and what was
// found of the letters that they share holds for both: of most rows nothing is looked at.
func (f *similarFinder) nearPinyin(k *chunk, field int, order []uint16, shared []uint8, out []uint64) {
	p := f.typed.letters
	var columns [mostPattern + 3]column
	var least [mostPattern + 3]int
	columns[0], least[0] = p.start(), p.length
	depth, deepest, dead := 0, p.length+p.errors, false // dead: whatever begins as the first depth letters has too many errors
	for at, row := range order {
		if same := int(shared[at]); at == 0 || same < deepest && !(dead && same >= depth) {
			text := f.columns.sought.field(k, field, int(row))
			depth, dead = min(depth, same), false
			for depth < min(len(text), deepest) && !dead {
				columns[depth+1] = p.next(columns[depth], p.ascii[text[depth]&127], 1)
				least[depth+1] = min(least[depth], columns[depth+1].score)
				depth++
				dead = least[depth] > p.errors && p.least(columns[depth], depth) > p.errors
			}
		}
		if least[depth] <= p.errors {
			out[row>>6] |= 1 << (row & 63)
		}
	}
}
