package live_test

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode"

	diff "github.com/google/go-cmp/cmp"

	"jingwei/geo"
	"jingwei/geo/live"
)

// book is rows with names, and what a search of them finds, plainly: every row is looked at, field by field, character by
// character.
type book struct {
	random *rand.Rand
	rows   map[geo.ID][]geo.Point
	words  []string
	serial int64
}

func newBook(seed uint64) *book {
	b := &book{random: rand.New(rand.NewPCG(seed, 1)), rows: map[geo.ID][]geo.Point{}}
	b.words = strings.Fields(`柳 市 柳市 柳东 东柳 西 村 社区 居民 委员会 支部 党支部 第一 第二 第十一 网格 流动党员 中共 陕西 山西 上海
		Abc ABC ａｂｃ １２ 12 % _ \ ( （ 100% a_b 长安 长安街 厂 有限公司 柳市镇 白石 石白 İ ß`)
	return b
}

func (b *book) pick(list []string) string { return list[b.random.IntN(len(list))] }

func (b *book) name() string {
	name := ""
	for range 1 + b.random.IntN(4) {
		name += strings.Repeat(b.pick(b.words), b.times())
	}
	return name
}

// times is how often something is said: once, mostly.
func (b *book) times() int {
	if b.random.IntN(10) > 0 {
		return 1
	}
	return 2 + b.random.IntN(3)
}

// point makes a row of an object; pinyin is made up of the name's characters, the same for the same name.
func (b *book) point(id geo.ID, valid geo.DayRange) geo.Point {
	name := b.name()
	keys := geo.SearchKeys{}
	for _, r := range name {
		syllable := map[rune]string{'中': "zhong", '共': "gong", '陕': "shan", '西': "xi", '山': "shan", '柳': "liu", '市': "shi", '长': "chang", '安': "an"}[r]
		if syllable == "" && r > 0x2000 {
			syllable = []string{"an", "ang", "wei", "yuan", "hui", "lv", "zhi", "bu", "di", "yi"}[int(r)%10]
		}
		if syllable != "" {
			keys.Pinyin += syllable
			keys.Initials += syllable[:1]
		}
	}
	if b.random.IntN(3) > 0 {
		keys.ShortName = strings.TrimPrefix(name, "中共") + b.pick([]string{"", "党支部"})
	}
	if b.random.IntN(3) == 0 {
		keys.Address = b.name() + "路" + strconv.Itoa(b.random.IntN(30)) + "号"
	}
	if b.random.IntN(4) == 0 {
		keys.USCC = "5133" + strconv.Itoa(b.random.IntN(90)+10) + "A"
	}
	code := ""
	if b.random.IntN(2) == 0 {
		code = b.pick([]string{"ORG-", "org-", "51", "A"}) + strconv.Itoa(b.random.IntN(300))
	}
	status := b.pick([]string{"active", "active", "draft"})
	b.serial++
	return geo.Point{
		ID: id, Version: b.serial, At: geo.Position{Lon: int32(1.2e9) + int32(b.random.IntN(1e6)), Lat: int32(3e8) + int32(b.random.IntN(1e6))},
		Valid: valid, Division: geo.DivisionCode(330382e6), Public: status == "active",
		Values: []string{name, b.pick([]string{"branch", "party_committee", "own"}), b.pick([]string{"province", "village", "unit", ""}), status, "reported", "map", "",
			code, fmt.Sprintf("%d.%d", 1+id%3, id), keys.Text()},
	}
}

// put gives an object one to three rows, or none.
func (b *book) put(id geo.ID) []geo.Point {
	var points []geo.Point
	from := geo.Day(100)
	for range b.random.IntN(4) {
		to := from + geo.Day(1+b.random.IntN(40))
		if b.random.IntN(2) == 0 {
			to = geo.MaxDay
		}
		points = append(points, b.point(id, geo.DayRange{From: from, To: to}))
		if from = to; to == geo.MaxDay {
			break
		}
	}
	b.rows[id] = points
	return points
}

// query makes a text to search for from what there is, whole or a piece, once or again and again, in another case
// or width, with errors or without.
func (b *book) query() string {
	ids := make([]geo.ID, 0, len(b.rows))
	for id, points := range b.rows {
		if len(points) > 0 {
			ids = append(ids, id)
		}
	}
	slices.Sort(ids)
	if len(ids) == 0 || b.random.IntN(12) == 0 {
		return b.name()
	}
	points := b.rows[ids[b.random.IntN(len(ids))]]
	p := points[b.random.IntN(len(points))]
	keys := geo.ReadSearchKeys(p.Values[9])
	pinyin, initials := keys.Rest(p.Values[0])
	text := []rune(b.pick([]string{p.Values[0], p.Values[0], keys.ShortName, keys.Pinyin, keys.Pinyin, pinyin, keys.Initials, initials, keys.Address, keys.USCC, p.Values[7]}))
	if len(text) > 1 && b.random.IntN(4) > 0 {
		from := b.random.IntN(len(text))
		if b.random.IntN(2) == 0 {
			from = 0
		}
		text = text[from : from+1+b.random.IntN(len(text)-from)]
	}
	text = slices.Repeat(text, b.times())
	for range b.random.IntN(3) * b.random.IntN(2) {
		text = b.spoil(text)
	}
	out := string(text)
	switch b.random.IntN(8) {
	case 0:
		out = strings.ToUpper(out)
	case 1:
		out = strings.Map(func(r rune) rune {
			if '!' <= r && r <= '~' {
				return r + 0xfee0
			}
			return r
		}, out)
	case 2:
		out = "  " + strings.Replace(out, "an", "an ", 1) + "\u3000"
	case 3:
		out = strings.Replace(out, "shan", "shaan", 1)
	}
	return out
}

// spoil makes one error of typing.
func (b *book) spoil(text []rune) []rune {
	if len(text) < 2 {
		return text
	}
	i, other := b.random.IntN(len(text)), []rune(b.name())[:1]
	switch b.random.IntN(4) {
	case 0:
		return slices.Concat(text[:i], text[i+1:])
	case 1:
		return slices.Concat(text[:i], other, text[i:])
	case 2:
		return slices.Concat(text[:i], other, text[i+1:])
	}
	i = min(i, len(text)-2)
	return slices.Concat(text[:i], []rune{text[i+1], text[i]}, text[i+2:])
}

// plainly makes a text comparable.
func plainly(s string) []rune {
	var out []rune
	for _, r := range s {
		if r >= 0xff01 && r <= 0xff5e {
			r -= 0xff01 - '!'
		}
		if r == 0x3000 {
			r = ' '
		}
		out = append(out, unicode.ToLower(r))
	}
	return out
}

// found is a hit as the test compares it.
type foundRow struct {
	match  geo.Match
	errors int
	rank   int
	id     geo.ID
}

// search is what Search must answer on a day, of the rows that see lets through.
func (b *book) search(q string, day geo.Day, see func(geo.Point) bool) []foundRow {
	text := []rune(strings.Join(strings.Fields(string(plainly(q))), " "))
	var all []foundRow
	near := func() []foundRow { return nil }
	for id, points := range b.rows {
		i := slices.IndexFunc(points, func(p geo.Point) bool { return see(p) && p.Valid.Contains(day) })
		if i < 0 {
			continue
		}
		row := foundRow{id: id, rank: rankOf(points[i])}
		var ok bool
		if row.match, ok = matchOf(points[i], text); ok {
			all = append(all, row)
			continue
		}
		if slices.ContainsFunc(points, func(p geo.Point) bool { return see(p) && p.Valid.To <= day && named(p, text) }) {
			row.match = geo.MatchFormer
			all = append(all, row)
			continue
		}
		if errors, ok := errorsOf(points[i], text); ok {
			row.match, row.errors = geo.MatchSimilar, errors
			before := near
			near = func() []foundRow { return append(before(), row) }
		}
	}
	if len(all) == 0 {
		all = near()
		least := 2
		for _, r := range all {
			least = min(least, r.errors)
		}
		all = slices.DeleteFunc(all, func(r foundRow) bool { return r.errors > least })
	}
	slices.SortFunc(all, func(a, b foundRow) int {
		return cmp.Or(cmp.Compare(a.match, b.match), cmp.Compare(a.errors, b.errors), cmp.Compare(a.rank, b.rank), cmp.Compare(a.id, b.id))
	})
	return all
}

func rankOf(p geo.Point) int {
	level := map[string]int{"province": 1, "village": 5, "unit": 6, "": 7}[p.Values[2]]
	return 4*level + map[string]int{"party_committee": 0, "branch": 2, "own": 3}[p.Values[1]]
}

func begins(text, with []rune) bool {
	return len(with) > 0 && len(text) >= len(with) && slices.Equal(text[:len(with)], with)
}

func contains(text, word []rune) bool {
	for i := range len(text) - len(word) + 1 {
		if slices.Equal(text[i:i+len(word)], word) {
			return true
		}
	}
	return false
}

func named(p geo.Point, text []rune) bool {
	return contains(plainly(p.Values[0]), text) || contains(plainly(geo.ReadSearchKeys(p.Values[9]).ShortName), text)
}

// lettersOf is a text as pinyin; nil when it is none.
func lettersOf(text []rune) []rune {
	var letters []rune
	some := false
	for _, r := range text {
		switch {
		case r == ' ' || r == '\'' || r == '’':
			continue
		case r == 'ü':
			r = 'v'
		}
		if (r < 'a' || r > 'z') && (r < '0' || r > '9') {
			return nil
		}
		some = some || r >= 'a'
		letters = append(letters, r)
	}
	if !some {
		return nil
	}
	return letters
}

func matchOf(p geo.Point, text []rune) (geo.Match, bool) {
	keys := geo.ReadSearchKeys(p.Values[9])
	name, short := plainly(p.Values[0]), plainly(keys.ShortName)
	letters := lettersOf(text)
	pinyin, initials := []string{keys.Pinyin}, []string{keys.Initials}
	if strings.HasPrefix(p.Values[0], "中共") {
		pinyin, initials = append(pinyin, keys.Pinyin[9:]), append(initials, keys.Initials[2:])
	}
	any := func(of []string, word []rune) bool {
		return slices.ContainsFunc(of, func(s string) bool { return begins([]rune(s), word) })
	}
	shan := []rune(strings.ReplaceAll(string(letters), "shaan", "shan"))
	isCode := !slices.ContainsFunc(text, func(r rune) bool { return r <= ' ' || r > 127 })
	switch {
	case slices.Equal(name, text) || slices.Equal(short, text):
		return geo.MatchExact, true
	case isCode && (begins(plainly(p.Values[7]), text) || begins(plainly(keys.USCC), text)):
		return geo.MatchCode, true
	case begins(name, text) || begins(short, text):
		return geo.MatchPrefix, true
	case contains(name, text) || contains(short, text):
		return geo.MatchInfix, true
	case any(pinyin, letters) || !slices.Equal(shan, letters) && strings.Contains(p.Values[0], "陕西") && any(pinyin, shan):
		return geo.MatchPinyin, true
	case any(initials, letters):
		return geo.MatchInitials, true
	case contains(plainly(keys.Address), text):
		return geo.MatchAddress, true
	}
	return 0, false
}

func errorsOf(p geo.Point, text []rune) (int, bool) {
	keys := geo.ReadSearchKeys(p.Values[9])
	least, most := 99, 0
	if n := len(text); n >= 3 && n <= 32 {
		most = 1 + min(n/8, 1)
		for _, s := range []string{p.Values[0], keys.ShortName} {
			if e := distance(text, plainly(s), true); e <= most {
				least = min(least, e)
			}
		}
	}
	if letters := lettersOf(text); len(letters) >= 4 && len(letters) <= 32 {
		most = 1 + min(len(letters)/8, 1)
		rest, _ := keys.Rest(p.Values[0])
		for _, s := range []string{keys.Pinyin, rest} {
			if e := distance(letters, []rune(s), false); e <= most {
				least = min(least, e)
			}
		}
	}
	return least, least < 99
}

// distance is the least number of errors by which a piece of the text differs from the word: of any piece, or of one that begins
// the text.
func distance(word, text []rune, anywhere bool) int {
	table := make([][]int, len(word)+1)
	for i := range table {
		table[i] = make([]int, len(text)+1)
		table[i][0] = i
	}
	for j := range text {
		if !anywhere {
			table[0][j+1] = j + 1
		}
	}
	for i, w := range word {
		for j, c := range text {
			d := min(table[i][j+1], table[i+1][j]) + 1
			if w == c {
				d = min(d, table[i][j])
			} else {
				d = min(d, table[i][j]+1)
			}
			if i > 0 && j > 0 && w == text[j-1] && word[i-1] == c {
				d = min(d, table[i-1][j-1]+1)
			}
			table[i+1][j+1] = d
		}
	}
	return slices.Min(table[len(word)])
}

// TestSearchAgainstPlainLook compares membership, order and number of what is found, in both editions and a scope, on any day,
// through edits, compactions and before and after indexes of names are made. JINGWEI_SEARCHES is how many searches.
func TestSearchAgainstPlainLook(t *testing.T) {
	searches := 600
	if n, err := strconv.Atoi(os.Getenv("JINGWEI_SEARCHES")); err == nil {
		searches = n
	}
	b := newBook(7)
	public, internal := live.NewSmall(geo.OrganizationLayer(), live.Public, 64, 16), live.NewSmall(geo.OrganizationLayer(), live.Internal, 64, 16)
	for _, x := range []*live.Index{public, internal} {
		if err := x.Load(func(func(geo.Point, error) bool) {}, geo.FeedPosition{}); err != nil {
			t.Fatal(err)
		}
	}
	inScope := geo.Scope{Roots: []geo.ID{1}}
	views := []struct {
		index  *live.Index
		filter geo.Filter
		see    func(geo.Point) bool
	}{
		{public, geo.Filter{}, func(p geo.Point) bool { return p.Public }},
		{internal, geo.Filter{}, func(geo.Point) bool { return true }},
		{internal, geo.Or(geo.In("status", "active"), inScope.Filter()), func(p geo.Point) bool { return p.Public || p.ID%3 == 0 || p.ID == 1 }},
	}
	hits := map[geo.Match]int{}
	for n := range searches {
		if n%10 == 0 {
			b.edit(t, n, public, internal)
		}
		q, day, v := b.query(), geo.Day(90+b.random.IntN(120)), views[n%len(views)]
		text, err := geo.NewSearchText(q)
		if err != nil {
			continue
		}
		limit := 1 + b.random.IntN(30)
		got, err := live.Search(text, limit, live.Source{Snapshot: v.index.Snapshot(), Query: live.Query{Filter: v.filter, Days: geo.On(day)}})
		if err != nil {
			t.Fatal(err)
		}
		want := b.search(q, day, v.see)
		var wanted, found []string
		for _, r := range want[:min(limit, len(want))] {
			wanted = append(wanted, fmt.Sprint(r.match, r.id))
			hits[r.match]++
		}
		for _, h := range got.Hits {
			found = append(found, fmt.Sprint(h.Match, h.ID))
			checkPiece(t, q, h)
		}
		if d := diff.Diff(wanted, found); d != "" || got.Count != len(want) {
			t.Fatalf("search %d for %q on day %d in view %d: %d match, want %d (-want +got):\n%s", n, q, day, n%len(views), got.Count, len(want), d)
		}
	}
	for m := geo.MatchExact; m <= geo.MatchSimilar; m++ {
		if hits[m] == 0 {
			t.Errorf("nothing was found by the way %s: the test does not try it", m)
		}
	}
}

// TestSearchComparesFew: what is made of frequent pieces, again and again or in another order, is like no name, and next to none is
// compared with it.
func TestSearchComparesFew(t *testing.T) {
	const rows, few = 5000, 5000 / 50
	x := live.New(geo.OrganizationLayer(), live.Internal)
	if err := x.Load(drawn(rows, organization), geo.FeedPosition{}); err != nil {
		t.Fatal(err)
	}
	for x.PrepareSearch() {
	}
	source := live.Source{Snapshot: x.Snapshot(), Query: live.Query{Days: geo.On(365)}}
	compared := func(q string, errors int) int {
		text, err := geo.NewSearchText(q)
		if err != nil {
			t.Fatal(err)
		}
		n, err := live.Compared(text, errors, source)
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	for _, q := range []string{"zzzz", "zzzzzzzz", "村村村村村村村村", "委会委会委会委会委", "支部支部支部", "员支会部委村支员", strings.Repeat("委员会", 10)} {
		for errors := 1; errors <= 2; errors++ {
			if n := compared(q, errors); n > few {
				t.Errorf("%s with %d errors is compared with %d of %d names", q, errors, n, rows)
			}
		}
	}
	if n := compared("支部委圆会", 1); n < rows {
		t.Errorf("with one error it is in every name, and is compared with %d", n)
	}
}

// checkPiece says when what matched is not where the hit says.
func checkPiece(t *testing.T, q string, h geo.SearchHit) {
	t.Helper()
	text := []rune(h.Piece.Text)
	if h.Piece.From < 0 || h.Piece.From >= h.Piece.To || h.Piece.To > len(text) {
		t.Fatalf("%q: %s %d has the piece %+v", q, h.Match, h.ID, h.Piece)
	}
	piece, typed := string(plainly(string(text[h.Piece.From:h.Piece.To]))), string(plainly(strings.Join(strings.Fields(string(plainly(q))), " ")))
	if latin := h.Match == geo.MatchPinyin || h.Match == geo.MatchInitials; !latin && h.Match != geo.MatchSimilar && piece != typed {
		t.Fatalf("%q: %s %d has the piece %q of %+v", q, h.Match, h.ID, piece, h.Piece)
	}
}

// edit changes some objects in both editions, and now and then compacts or prepares.
func (b *book) edit(t *testing.T, n int, indexes ...*live.Index) {
	t.Helper()
	ids := make([]geo.ID, 1+b.random.IntN(40))
	var points []geo.Point
	for i := range ids {
		ids[i] = geo.ID(1 + b.random.IntN(400))
	}
	slices.Sort(ids)
	ids = slices.Compact(ids)
	for _, id := range ids {
		points = append(points, b.put(id)...)
	}
	at := geo.FeedPosition{Snapshot: geo.Snapshot{Xmin: uint64(n + 1), Xmax: uint64(n + 1)}}
	for _, x := range indexes {
		if _, err := x.Apply(ids, points, at); err != nil {
			t.Fatal(err)
		}
		for b.random.IntN(3) > 0 && x.Compact() {
		}
		for b.random.IntN(4) > 0 && x.PrepareSearch() {
		}
	}
}
