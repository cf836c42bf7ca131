package gazetteer

import (
	"slices"
	"unicode"

	"jingwei/geo"
)

// piece is characters of a text, end not included.
type piece struct{ start, end int }

// strangers returns the pieces of the text, as far as the deepest name, that look like names of divisions and are none of those
// that a chain stands for, in order: who writes 上海市普陀区 does not mean the 普陀区 of 舟山, whether or not this gazetteer knows
// Shanghai. What warns as a contradiction already is not among them. junk tells whether anything else stands in front of the names.
func (f *finder) strangers(c chain) (found []piece, junk bool) {
	explained := f.agreeing(c.node)
	for _, h := range slices.Concat(c.hits, c.against) {
		mark(explained, h)
	}
	front, end := f.frontOf(c), 0
	for _, h := range c.hits {
		end = max(end, h.end)
	}
	for i := 0; i < end; i++ {
		if explained[i] {
			continue
		}
		run := piece{i, i + 1}
		for run.end < end && !explained[run.end] && f.joined(run.end) {
			run.end++
		}
		w := stranger{finder: f, chain: c, run: run}
		w.look()
		found = append(found, w.found...)
		junk = junk || run.end <= front && len(w.found) == 0 && !slices.Contains(usual, string(f.runes[run.start:run.end]))
		i = run.end - 1
	}
	return found, junk
}

// usual are words that stand in front of addresses and say nothing.
var usual = []string{"中国", "中华人民共和国", "地址", "市辖区", "县"}

// stranger looks through a run of characters that no name of a chain explains.
type stranger struct {
	*finder
	chain chain
	run   piece
	from  int // where a name may begin: at the start of the run, behind a name or a number
	found []piece
}

func (s *stranger) look() {
	s.from = s.run.start
	for i := s.run.start; i < s.run.end; i++ {
		start := i
		end, own := s.ofCountry(i)
		if end == 0 {
			end = s.known(i)
		}
		if end == 0 {
			start, end = s.from, s.ended(i)
		}
		switch {
		case end > 0:
			if !own {
				s.take(start, end)
			}
			s.from, i = end, end-1
		case isDigit(s.runes[i]) || !unicode.Is(unicode.Han, s.runes[i]) || slices.Contains(ofHouses, s.runes[i]):
			s.from = i + 1
		}
	}
}

// ofHouses are characters behind numbers, which end what is in front of a name.
var ofHouses = []rune("号室幢栋弄")

// take notes a piece; those that stand side by side are one.
func (s *stranger) take(start, end int) {
	if n := len(s.found); n > 0 && s.found[n-1].end == start {
		s.found[n-1].end = end
		return
	}
	s.found = append(s.found, piece{start, end})
}

// ofCountry returns where the name of a province or prefecture that begins at i ends, 0 for none, and whether the chain lies in
// it. Without its ending a name counts when it stands alone or before another one; that of a province also when it only begins or
// ends the run.
func (s *stranger) ofCountry(i int) (end int, own bool) {
	codes, end := s.country.at(s.runes[i:s.run.end])
	if end == 0 {
		return 0, false
	}
	if slices.ContainsFunc(codes, func(c geo.DivisionCode) bool { return s.code[s.chain.node].Cut(c.Level()) == c }) {
		own = true
	}
	end += i
	if with := s.withEnding(end, codes); with > 0 && with <= s.run.end {
		return with, own
	}
	_, another := s.country.at(s.runes[end:s.run.end])
	province := slices.ContainsFunc(codes, func(c geo.DivisionCode) bool { return c.Level() == geo.Province })
	first, last := i == s.from, end == s.run.end || another > 0
	counts := first && last || province && (first || last)
	if !own && (!counts || s.isRoad(end) || s.isBuilding(end)) {
		return 0, false
	}
	return end, own
}

// withEnding returns where the ending of a province or prefecture whose name ends at i ends; 0 for none.
func (f *finder) withEnding(i int, codes []geo.DivisionCode) int {
	for _, e := range forms {
		end := i + len(e.text)
		if !f.joined(i) || !f.has(i, e.text) || f.has(i, market) {
			continue
		}
		if slices.ContainsFunc(codes, func(c geo.DivisionCode) bool { return e.fits(c.Level()) }) {
			return end
		}
	}
	return 0
}

var market = []rune("市场")

// elsewhere returns where the name of a province or prefecture that begins at i and is not in this gazetteer ends, 0 for none, and
// where it does for certain: with its ending, or with another such name that follows.
func (f *finder) elsewhere(i int) (certain, end int) {
	codes, n := f.country.at(f.runes[i:])
	if n == 0 || slices.ContainsFunc(codes, func(c geo.DivisionCode) bool { _, here := f.node(c); return here }) {
		return 0, 0
	}
	end = i + n
	if certain = f.withEnding(end, codes); certain == 0 && end < len(f.runes) && f.joined(end) {
		if _, next := f.elsewhere(end); next > 0 {
			certain = next
		}
	}
	return certain, end
}

// known returns where a run that is nothing but a short name of some county or prefecture ends.
func (s *stranger) known(i int) int {
	if i == s.from && slices.ContainsFunc(s.hits, func(h hit) bool {
		return h.start == i && h.end == s.run.end && h.how != CededFrom && geo.DivisionLevel(s.level[h.named]) <= geo.County
	}) {
		return s.run.end
	}
	return 0
}

// unlike are what makes no name of a division of an ending behind them: 小区, 超市, 开发区.
var unlike = map[rune][]rune{
	'省': []rune("本全我外邻各"), '市': []rune("本全我超夜菜股上楼"), '县': []rune("本全我该各外邻同某"),
	'区': []rune("社小校院园厂景城市郊矿片街库辖特地业宅活发新军税务贸住展产功聚胜假教技商游范验作理能储流心"),
	'旗': []rune("红国军锦战"), '盟': []rune("联同结加"), '州': nil, '镇': []rune("小古城乡"), '乡': []rune("老家水同故城"), '道': nil,
}

// ended returns where a name ends whose last character is that at i, by its ending alone; 0 for none. The name of a township counts
// only where no county is named in front of it: behind one it says nothing against that county.
func (s *stranger) ended(i int) int {
	r, end, base := s.runes[i], i+1, i-s.from
	not, is := unlike[r]
	if !is || base < 1 || slices.Contains(not, s.runes[i-1]) || s.otherWord(i, form{text: s.runes[i:end]}) {
		return 0
	}
	if end < len(s.runes) && s.joined(end) && s.runes[end] == '长' {
		return 0 // 市长
	}
	switch {
	case r == '州' && (base < 3 || !s.has(i-2, []rune("自治"))), r == '道' && (base < 3 || s.runes[i-1] != '街'):
		return 0
	case r != '县' && base < 2: // 和县
		return 0
	case r == '镇' || r == '乡' || r == '道':
		if s.anchored() {
			return 0
		}
	}
	return end
}

// anchored reports whether a county or something wider is named in front of the run.
func (s *stranger) anchored() bool {
	return slices.ContainsFunc(s.chain.hits, func(h *hit) bool {
		return h.end <= s.run.start && geo.DivisionLevel(s.level[h.node]) <= geo.County
	})
}

// certainBefore returns the deepest level of the chain that is named in front of i; 0 for none.
func (f *finder) certainBefore(i int, c chain) (level geo.DivisionLevel) {
	for _, h := range c.hits {
		if h.end <= i {
			level = max(level, geo.DivisionLevel(f.level[h.node]))
		}
	}
	return level
}
