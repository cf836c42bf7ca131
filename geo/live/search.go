package live

import (
	"cmp"
	"math/bits"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"jingwei/geo"
)

// Limits of a search.
const (
	// MostCounted is up to how many matches a search counts exactly.
	MostCounted = 10_000
	// mostFormer is how many rows with a former name are looked at.
	mostFormer = 10_000
)

// Source is where to search: rows of a snapshot that count for a query.
type Source struct {
	*Snapshot
	Query
	// Silent: nothing is found in it, it only says where hits lie.
	Silent bool
}

// Found is what a search found.
type Found struct {
	Hits  []geo.SearchHit // the best, in order, without labels and extents of divisions
	Count int             // all that match; an estimate when it is more than MostCounted
}

// Search returns the rows of the sources that match the text: by the way that they match, then by the
// rank of the layer, then by id; at most limit. An object counts once, by its best way. Those that match but for one error are
// looked for only where nothing matches otherwise, those but for two where nothing does but for one. Where hits lie is said when one of the sources
// is the divisions. Sources of a layer without names are geo.ErrNotIndexed.
func Search(text geo.SearchText, limit int, sources ...Source) (Found, error) {
	limit = max(limit, 1)
	var finders []*finder
	for n, source := range sources {
		v, err := source.Snapshot.through(source.Query)
		if err != nil {
			return Found{}, err
		}
		if !source.columns.sought.any {
			return Found{}, geo.ErrNotIndexed
		}
		f := &finder{view: v, typed: newTyped(text), source: n, best: best{limit: limit}}
		if !source.Silent {
			f.find()
		}
		finders = append(finders, f)
	}
	total := 0
	for _, f := range finders {
		total += f.total()
	}
	for errors := 1; total == 0 && errors <= mostErrors; errors++ {
		for _, f := range finders {
			if !sources[f.source].Silent {
				total += f.findSimilar(errors)
			}
		}
	}
	return collect(finders, limit, total), nil
}

// collect merges what the finders found.
func collect(finders []*finder, limit, total int) Found {
	var all []scored
	for _, f := range finders {
		for _, c := range f.best.list {
			all = append(all, scored{c, f})
		}
	}
	slices.SortFunc(all, func(a, b scored) int {
		return cmp.Or(a.compare(b.candidateHit), cmp.Compare(a.finder.source, b.finder.source))
	})
	found, places := Found{Count: total}, placesOf(finders)
	for _, s := range all[:min(limit, len(all))] {
		h := s.finder.hit(s.candidateHit)
		h.Context = places.above(h.Division)
		found.Hits = append(found.Hits, h)
	}
	return found
}

type scored struct {
	candidateHit
	finder *finder
}

// candidateHit is a row that matches.
type candidateHit struct {
	match geo.Match
	rank  uint8
	id    geo.ID
	row   place
}

func (a candidateHit) compare(b candidateHit) int {
	return cmp.Or(cmp.Compare(a.match, b.match), cmp.Compare(a.rank, b.rank), cmp.Compare(a.id, b.id))
}

// best holds the best of many candidates, in order.
type best struct {
	limit int
	list  []candidateHit
}

// admits reports whether a candidate would be among the best.
func (b *best) admits(c candidateHit) bool {
	return len(b.list) < b.limit || c.compare(b.list[len(b.list)-1]) < 0
}

func (b *best) add(c candidateHit) {
	if !b.admits(c) {
		return
	}
	at, _ := slices.BinarySearchFunc(b.list, c, candidateHit.compare)
	if len(b.list) == b.limit {
		b.list = b.list[:b.limit-1]
	}
	b.list = slices.Insert(b.list, at, c)
}

// finder searches one source.
type finder struct {
	view
	typed  *typed
	source int
	best   best

	matches
	former          []formerName
	seen, room      [mostWords]uint64
	visible, buried *bitmap // of the chunk: rows that count, and tombstones
}

// formerName is a name that an object had on earlier days.
type formerName struct {
	id   geo.ID
	to   geo.Day
	name string // or short name
}

// matches counts rows that match.
type matches struct {
	found         int // of which it is known
	tried, passed int // candidates that were looked at, and that matched
	skipped       int // candidates that were not, beyond MostCounted
}

// total is how many rows match. What was not looked at counts as much as what was.
func (t matches) total() int {
	if t.skipped == 0 || t.tried == 0 {
		return t.found
	}
	return t.found + int(float64(t.skipped)*float64(t.passed)/float64(t.tried))
}

func (f *finder) find() {
	for i, k := range f.chunks {
		f.visible, f.buried = f.matching(i), f.dead[i]
		n := k.names.Load()
		if n == nil {
			f.scan(i)
			continue
		}
		f.chunk(i, n)
	}
	f.delta()
	f.formerNames()
}

// counts reports whether row i of the chunk that is looked at counts.
func (f *finder) counts(i int) bool {
	return f.visible.has(i) && (f.buried == nil || !f.buried.has(i))
}

// scan looks at every row of chunk i.
func (f *finder) scan(i int) {
	k := f.chunks[i]
	for row := range k.len() {
		naming := f.columns.sought.namingOf(k, row)
		if !f.counts(row) {
			if k.to != nil && f.typed.names(naming) {
				f.gone(i, row)
			}
			continue
		}
		if match, ok := f.typed.match(naming); ok {
			f.found++
			f.best.add(candidateHit{match: match, rank: f.rankOf(k, row), id: k.ids[row], row: place{chunk: i, row: row}})
		}
	}
}

func (f *finder) rankOf(k *chunk, row int) uint8 {
	return f.columns.rank(f.values, func(slot int) uint16 { return k.code(slot, row) })
}

func (f *finder) delta() {
	for _, d := range f.Snapshot.delta {
		naming := f.columns.sought.namingOfRow(d)
		if !f.m.row(d) {
			if d.valid.To <= f.m.days.From && f.typed.names(naming) && (f.m.root == nil || f.m.root.row(d)) {
				f.former = append(f.former, formerName{d.id, d.valid.To, f.typed.named(naming)})
			}
			continue
		}
		if match, ok := f.typed.match(naming); ok {
			f.found++
			f.best.add(candidateHit{match: match, rank: f.rankOfRow(d), id: d.id, row: place{delta: d}})
		}
	}
}

func (f *finder) rankOfRow(d *row) uint8 {
	return f.columns.rank(f.values, func(slot int) uint16 { return d.codes[slot] })
}

// gone notes that row of chunk i, which does not count, has a name that matches: it may be the former one of a row that does.
func (f *finder) gone(i, row int) {
	k := f.chunks[i]
	if len(f.former) == mostFormer || k.valid(row).To > f.m.days.From || f.buried != nil && f.buried.has(row) {
		return
	}
	if held := f.held(k); held != nil && held[row>>6]>>(row&63)&1 == 0 {
		return
	}
	f.former = append(f.former, formerName{k.ids[row], k.valid(row).To, f.typed.named(f.columns.sought.namingOf(k, row))})
}

// chunk looks for the rows of chunk i in all ways, the best first.
func (f *finder) chunk(i int, n *names) {
	k, t := f.chunks[i], f.typed
	clear(f.seen[:wordsOf(k.len())])
	w := walkOf{finder: f, chunk: i, k: k, names: n}
	name, exactName := n.beginning(k, f.columns.sought, byName, t.Folded)
	short, exactShort := n.beginning(k, f.columns.sought, byShort, t.Folded)
	w.rows(geo.MatchExact, name[:exactName], nil)
	w.rows(geo.MatchExact, short[:exactShort], nil)
	if t.Code {
		code, _ := n.beginning(k, f.columns.sought, byCode, t.Folded)
		uscc, _ := n.beginning(k, f.columns.sought, byUSCC, t.Folded)
		w.rows(geo.MatchCode, code, nil)
		w.rows(geo.MatchCode, uscc, nil)
	}
	w.rows(geo.MatchPrefix, name[exactName:], nil)
	w.rows(geo.MatchPrefix, short[exactShort:], nil)
	if p, ok := n.pieces.containing(t.pieces, f.room[:wordsOf(k.len())]); ok {
		w.posting(geo.MatchInfix, p, t.mustContain(func(row int) bool {
			return t.within(k.texts[f.columns.sought.name].view(row))
		}))
	}
	if p, ok := n.shorts.containing(t.pieces, f.room[:wordsOf(k.len())]); ok {
		w.posting(geo.MatchInfix, p, t.mustContain(func(row int) bool {
			return t.within(f.columns.sought.field(k, byShort, row))
		}))
	}
	if t.Letters != "" {
		w.latin(n)
	}
	if p, ok := n.places.containing(t.pieces, f.room[:wordsOf(k.len())]); ok {
		w.posting(geo.MatchAddress, p, t.mustContain(func(row int) bool {
			return t.within(geo.ReadSearchKeys(k.texts[f.columns.sought.keys].view(row)).Address)
		}))
	}
}

// walkOf takes rows of one chunk that are found in one way after the other.
type walkOf struct {
	*finder
	chunk int
	k     *chunk
	names *names
}

// latin looks for pinyin, also as Shaanxi is written, and initials.
func (w walkOf) latin(n *names) {
	begin := func(match geo.Match, text string, check func(row int) bool, fields ...int) {
		for _, field := range fields {
			rows, _ := n.beginning(w.k, w.columns.sought, field, text)
			w.rows(match, rows, check)
		}
	}
	begin(geo.MatchPinyin, w.typed.Letters, nil, byPinyin, byPinyinRest)
	if w.typed.shaanxi != "" {
		begin(geo.MatchPinyin, w.typed.shaanxi, func(row int) bool {
			return strings.Contains(w.k.texts[w.columns.sought.name].view(row), shaanxi)
		}, byPinyin, byPinyinRest)
	}
	begin(geo.MatchInitials, w.typed.Letters, nil, byInitials, byInitialsRest)
}

// rows takes rows, of which check, when there is one, says whether they match.
func (w walkOf) rows(match geo.Match, rows []uint16, check func(row int) bool) {
	for _, row := range rows {
		w.row(match, int(row), check)
	}
}

func (w walkOf) posting(match geo.Match, p posting, check func(row int) bool) {
	if p.words == nil {
		w.rows(match, p.rows, check)
		return
	}
	if check == nil && w.k.to == nil {
		w.many(match, p.words)
		return
	}
	for n, m := range p.words {
		for ; m != 0; m &= m - 1 {
			w.row(match, n<<6+bits.TrailingZeros64(m), check)
		}
	}
}

// many takes rows that all match, where no row is a former one.
func (w walkOf) many(match geo.Match, rows []uint64) {
	for n, m := range rows {
		m &^= w.seen[n]
		if w.visible != nil {
			m &= w.visible.words[n]
		}
		if w.buried != nil {
			m &^= w.buried.words[n]
		}
		w.seen[n] |= m
		w.found += bits.OnesCount64(m)
		if len(w.best.list) == w.best.limit && w.best.list[w.best.limit-1].match < match {
			continue
		}
		for ; m != 0; m &= m - 1 {
			w.add(match, n<<6+bits.TrailingZeros64(m))
		}
	}
}

// add puts a row that matches among the best, if it is one of them.
func (w walkOf) add(match geo.Match, row int) {
	if rank := w.names.ranks[row]; w.admitsRank(match, rank) {
		w.best.add(candidateHit{match: match, rank: rank, id: w.k.ids[row], row: place{chunk: w.chunk, row: row}})
	}
}

// admitsRank is a quick look whether a row of the rank can be among the best.
func (f *finder) admitsRank(match geo.Match, rank uint8) bool {
	if len(f.best.list) < f.best.limit {
		return true
	}
	last := f.best.list[f.best.limit-1]
	return match < last.match || match == last.match && rank <= last.rank
}

// row takes one row. Beyond what is counted exactly, only rows that would be among the best are checked.
func (w walkOf) row(match geo.Match, row int, check func(row int) bool) {
	if w.seen[row>>6]>>(row&63)&1 == 1 {
		return
	}
	if !w.counts(row) {
		if w.k.to != nil && byNaming(match) && (check == nil || check(row)) {
			w.gone(w.chunk, row)
		}
		return
	}
	if check != nil {
		if w.found >= MostCounted && !w.admits(match, row) {
			w.skipped++
			return
		}
		w.tried++
		if !check(row) {
			return
		}
		w.passed++
	}
	w.seen[row>>6] |= 1 << (row & 63)
	w.found++
	w.add(match, row)
}

// byNaming reports whether the way to match is by the text of a name.
func byNaming(match geo.Match) bool {
	return match == geo.MatchExact || match == geo.MatchPrefix || match == geo.MatchInfix
}

func (w walkOf) admits(match geo.Match, row int) bool {
	rank := w.names.ranks[row]
	return w.admitsRank(match, rank) && w.best.admits(candidateHit{match: match, rank: rank, id: w.k.ids[row]})
}

// formerNames looks for the rows that count of objects that had a name that matches, and match in no other way.
func (f *finder) formerNames() {
	slices.SortFunc(f.former, func(a, b formerName) int {
		return cmp.Or(cmp.Compare(a.id, b.id), -cmp.Compare(a.to, b.to), cmp.Compare(a.name, b.name))
	})
	f.former = slices.CompactFunc(f.former, func(a, b formerName) bool { return a.id == b.id })
	for _, name := range f.former {
		at, ok := f.current(name.id)
		if !ok {
			continue
		}
		if _, matches := f.typed.match(f.namingAt(at)); !matches {
			f.found++
			f.best.add(candidateHit{match: geo.MatchFormer, rank: f.rankAt(at), id: name.id, row: at})
		}
	}
}

// current returns the row of an object that counts.
func (f *finder) current(id geo.ID) (place, bool) {
	for i, k := range f.chunks {
		for _, row := range k.rowsOf(id) {
			if dead := f.dead[i]; f.matching(i).has(int(row)) && (dead == nil || !dead.has(int(row))) {
				return place{chunk: i, row: int(row)}, true
			}
		}
	}
	for _, d := range f.Snapshot.delta {
		if d.id == id && f.m.row(d) {
			return place{delta: d}, true
		}
	}
	return place{}, false
}

func (f *finder) namingAt(p place) naming {
	if p.delta != nil {
		return f.columns.sought.namingOfRow(p.delta)
	}
	return f.columns.sought.namingOf(f.chunks[p.chunk], p.row)
}

func (f *finder) rankAt(p place) uint8 {
	if p.delta != nil {
		return f.rankOfRow(p.delta)
	}
	return f.rankOf(f.chunks[p.chunk], p.row)
}

// hit returns what is told of a candidate.
func (f *finder) hit(c candidateHit) geo.SearchHit {
	row, naming := f.feature(c.row), f.namingAt(c.row)
	value := func(name string) string { return row.Values[f.columns.find(name)] }
	h := geo.SearchHit{
		Type: geo.HitOrganization, ID: row.ID, Name: value("name"), Kind: value("kind"), Division: row.Division,
		Location: row.At, HasLocation: true, Match: c.match, Piece: f.piece(c, naming),
	}
	h.Piece.Text = strings.Clone(h.Piece.Text) // the chunk goes when it was compacted
	if f.columns.layer.Name == geo.DivisionLayer().Name {
		level, _ := strconv.Atoi(value("level"))
		h.Type, h.ID, h.Code, h.Level = geo.HitDivision, 0, geo.DivisionCode(row.ID), geo.DivisionLevel(level)
		h.Location, h.HasLocation = geo.Position{}, false
	}
	return h
}

func (f *finder) piece(c candidateHit, n naming) geo.SearchPiece {
	if c.match != geo.MatchFormer {
		return f.typed.piece(c.match, n)
	}
	at, _ := slices.BinarySearchFunc(f.former, c.id, func(n formerName, id geo.ID) int { return cmp.Compare(n.id, id) })
	piece, _ := f.typed.pieceOf("former_name", f.former[at].name)
	return piece
}

// shaanxi is the province whose pinyin is written with two a, to tell it from Shanxi; stored are the letters that one types.
const shaanxi = "陕西"

// typed is what is searched for, as the ways to match need it.
type typed struct {
	geo.SearchText
	runes   int    // of the folded text
	pieces  []gram // that every text has which contains it
	shaanxi string // the letters when Shaanxi is written in them, as they are stored; else ""

	pattern, letters *pattern64 // to match with errors; nil for none allowed
	filter           *typoFilter
}

func newTyped(text geo.SearchText) *typed {
	t := &typed{SearchText: text, runes: utf8.RuneCountInString(text.Folded), pieces: piecesOf(text.Folded)}
	if stored := strings.ReplaceAll(text.Letters, "shaan", "shan"); stored != text.Letters {
		t.shaanxi = stored
	}
	return t
}

// piecesOf returns the pieces that every text has which contains the word: the word itself when it has at most two characters,
// else its pairs, and what stands in it several times.
func piecesOf(word string) []gram {
	runes := []rune(word)
	if len(runes) == 1 {
		return []gram{gramOf(runes[0], 0)}
	}
	var pieces []gram
	times := map[rune]int{}
	for i, r := range runes {
		if times[r]++; times[r] > 1 && len(runes) > 2 {
			pieces = append(pieces, repeated(r, times[r]))
		}
		if i > 0 {
			pieces = append(pieces, gramOf(runes[i-1], r))
		}
	}
	slices.Sort(pieces)
	return slices.Compact(pieces)
}

// mustContain returns what rows that have all pieces are checked by; nil when they contain the text for certain.
func (t *typed) mustContain(check func(row int) bool) func(row int) bool {
	if t.runes <= 2 {
		return nil
	}
	return check
}

// within reports whether a text contains what was typed.
func (t *typed) within(text string) bool { return strings.Contains(geo.FoldSearch(text), t.Folded) }

// names reports whether a name or a short name contains what was typed.
func (t *typed) names(n naming) bool { return t.within(n.name) || t.within(n.ShortName) }

// named returns which of both does.
func (t *typed) named(n naming) string {
	if t.within(n.name) {
		return n.name
	}
	return n.ShortName
}

// match returns the best way in which a row matches, errors aside; false for none.
func (t *typed) match(n naming) (geo.Match, bool) {
	name, short := geo.FoldSearch(n.name), geo.FoldSearch(n.ShortName)
	pinyin, initials := n.Rest(n.name)
	begins := func(text, with string) bool { return with != "" && strings.HasPrefix(text, with) }
	switch {
	case name == t.Folded || short == t.Folded:
		return geo.MatchExact, true
	case t.Code && (begins(geo.FoldSearch(n.code), t.Folded) || begins(geo.FoldSearch(n.USCC), t.Folded)):
		return geo.MatchCode, true
	case begins(name, t.Folded) || begins(short, t.Folded):
		return geo.MatchPrefix, true
	case strings.Contains(name, t.Folded) || strings.Contains(short, t.Folded):
		return geo.MatchInfix, true
	case begins(n.Pinyin, t.Letters) || begins(pinyin, t.Letters), t.shaanxi != "" && strings.Contains(n.name, shaanxi) && (begins(n.Pinyin, t.shaanxi) || begins(pinyin, t.shaanxi)):
		return geo.MatchPinyin, true
	case begins(n.Initials, t.Letters) || begins(initials, t.Letters):
		return geo.MatchInitials, true
	case t.within(n.Address):
		return geo.MatchAddress, true
	}
	return 0, false
}

// piece returns which piece of a row matches.
func (t *typed) piece(match geo.Match, n naming) geo.SearchPiece {
	pinyin, initials := n.Rest(n.name)
	switch match {
	case geo.MatchPinyin:
		return latinPiece("pinyin", n.Pinyin, pinyin, t.Letters, t.shaanxi)
	case geo.MatchInitials:
		return latinPiece("initials", n.Initials, initials, t.Letters)
	case geo.MatchSimilar:
		return t.similarPiece(n)
	}
	fields := map[geo.Match][]geo.SearchPiece{
		geo.MatchCode:    {{Field: "code", Text: n.code}, {Field: "uscc", Text: n.USCC}},
		geo.MatchAddress: {{Field: "address", Text: n.Address}},
	}[match]
	if fields == nil {
		fields = []geo.SearchPiece{{Field: "name", Text: n.name}, {Field: "short_name", Text: n.ShortName}}
	}
	for _, f := range fields {
		piece, at := t.pieceOf(f.Field, f.Text)
		if at && (piece.From == 0 || match != geo.MatchCode && match != geo.MatchPrefix) && (match != geo.MatchExact || piece.To == utf8.RuneCountInString(f.Text)) {
			return piece
		}
	}
	return geo.SearchPiece{}
}

// latinPiece returns the piece of the whole text, or of the rest that ends it, that is one of the words.
func latinPiece(field, text, rest string, words ...string) geo.SearchPiece {
	for _, word := range words {
		if strings.HasPrefix(text, word) {
			return geo.SearchPiece{Field: field, Text: text, To: len(word)}
		}
		if from := len(text) - len(rest); strings.HasPrefix(rest, word) {
			return geo.SearchPiece{Field: field, Text: text, From: from, To: from + len(word)}
		}
	}
	return geo.SearchPiece{Field: field, Text: text}
}

// pieceOf returns the first piece of a text that is what was typed; false for none.
func (t *typed) pieceOf(field, text string) (geo.SearchPiece, bool) {
	folded := geo.FoldSearch(text)
	at := strings.Index(folded, t.Folded)
	if at < 0 {
		return geo.SearchPiece{Field: field, Text: text}, false
	}
	from := utf8.RuneCountInString(folded[:at])
	return geo.SearchPiece{Field: field, Text: text, From: from, To: from + t.runes}, true
}
