package gazetteer_test

import (
	"bytes"
	"context"
	"encoding/csv"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"jingwei/geo"
	"jingwei/geo/gazetteer"
	"jingwei/geo/intake"
	"jingwei/testdata/sample"
	"jingwei/testdata/sample/national"
)

var update = flag.Bool("update", false, "write the generated addresses")

var addressFile = filepath.Join("testdata", "addresses.csv")

// address is a text as somebody may write it, and the township that is meant.
type address struct {
	kind, text string
	township   geo.DivisionCode
}

// author writes addresses of the sample's divisions.
type author struct {
	*rand.Rand
	names     map[geo.DivisionCode]string
	townships []geo.DivisionCode
	villages  map[geo.DivisionCode][]geo.DivisionCode
	former    map[geo.DivisionCode][]string // county -> names of those whose territory it has
}

func newAuthor(t *testing.T) *author {
	t.Helper()
	divisions, err := sample.Divisions()
	if err != nil {
		t.Fatal(err)
	}
	a := &author{
		Rand: rand.New(rand.NewPCG(33, 500)), names: map[geo.DivisionCode]string{},
		villages: map[geo.DivisionCode][]geo.DivisionCode{}, former: map[geo.DivisionCode][]string{},
	}
	for _, d := range divisions {
		a.names[d.Code] = d.Name
		switch {
		case d.Level == geo.Township && (d.Kind == "street" || d.Kind == "town" || d.Kind == "township"):
			a.townships = append(a.townships, d.Code)
		case d.Level == geo.Village:
			a.villages[d.Code.Cut(geo.Township)] = append(a.villages[d.Code.Cut(geo.Township)], d.Code)
		}
	}
	a.readFormer(t)
	return a
}

// readFormer remembers the names of counties that ended since 1990, under the counties of today that hold all of them.
func (a *author) readFormer(t *testing.T) {
	t.Helper()
	file, err := os.Open(filepath.Join("testdata", "history.csv"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	history, err := intake.ReadHistory(context.Background(), file, func(intake.Refusal) {})
	if err != nil {
		t.Fatal(err)
	}
	lineage := geo.NewLineage(history.Successions)
	for _, d := range history.Divisions {
		if d.Level != geo.County || d.Valid.To > today || d.Valid.To < geo.FirstDay(1990) {
			continue
		}
		heirs := lineage.Heirs(d.Code, d.Valid.To-1, today)
		for _, h := range heirs {
			if h.Cut(geo.Prefecture) == d.Code.Cut(geo.Prefecture) && d.Name != a.names[h] {
				a.former[h] = append(a.former[h], d.Name)
			}
		}
	}
}

func (a *author) pick(list ...string) string { return list[a.IntN(len(list))] }

// parts are the names from the province down to the township.
func (a *author) parts(code geo.DivisionCode) []string {
	var list []string
	for level := geo.Province; level <= geo.Township; level++ {
		list = append(list, a.names[code.Cut(level)])
	}
	return list
}

// stem is a name as people shorten it.
func stem(name string) string {
	for _, end := range []string{"畲族自治县", "街道", "省", "市", "区", "县", "镇", "乡", "社区居民委员会", "社区居委会", "村民委员会", "村委会", "居民委员会", "居委会"} {
		if short, ok := strings.CutSuffix(name, end); ok && len([]rune(short)) >= 2 {
			return short
		}
	}
	return name
}

func (a *author) village(township geo.DivisionCode) string {
	list := a.villages[township]
	if len(list) == 0 {
		return ""
	}
	return stem(a.names[list[a.IntN(len(list))]]) + a.pick("", "村", "社区")
}

func (a *author) road() string {
	return a.pick("人民", "中山", "解放", "建设", "文三", "北山", "杭州", "环城东", "新华", "东风", "宁波", "西湖") + a.pick("路", "大道", "街", "路", "巷") +
		fmt.Sprint(1+a.IntN(999)) + "号" + a.pick("", "3幢2单元501室", "温州大厦", "二楼")
}

// unique reports whether no other township within the division is called so.
func (a *author) unique(code geo.DivisionCode, level geo.DivisionLevel) bool {
	return !slices.ContainsFunc(a.townships, func(o geo.DivisionCode) bool {
		return o != code && o.Cut(level) == code.Cut(level) && stem(a.names[o]) == stem(a.names[code])
	})
}

// formerTown is the name of a township before it became a street.
func formerTown(name string) string {
	if short, ok := strings.CutSuffix(name, "街道"); ok {
		return short + "镇"
	}
	if short, ok := strings.CutSuffix(name, "镇"); ok {
		return short + "乡"
	}
	return name
}

// kinds of addresses; a writer returns "" for a township that it has nothing to say of.
func (a *author) kinds() []struct {
	name  string
	write func(code geo.DivisionCode, p []string) string
} {
	return []struct {
		name  string
		write func(code geo.DivisionCode, p []string) string
	}{
		{"complete", func(c geo.DivisionCode, p []string) string {
			return strings.Join(p, "") + a.village(c) + fmt.Sprint(1+a.IntN(99)) + "号"
		}},
		{"no province", func(c geo.DivisionCode, p []string) string { return p[1] + p[2] + p[3] + a.village(c) }},
		{"no city", func(c geo.DivisionCode, p []string) string { return a.pick("", p[0]) + p[2] + p[3] + a.road() }},
		{"no county", func(c geo.DivisionCode, p []string) string {
			if !a.unique(c, geo.Prefecture) {
				return ""
			}
			return p[1] + p[3] + a.road()
		}},
		{"township only", func(c geo.DivisionCode, p []string) string {
			if !a.unique(c, geo.Province) {
				return ""
			}
			return p[3] + a.road()
		}},
		{"no endings", func(c geo.DivisionCode, p []string) string {
			return a.pick("", stem(p[1])) + stem(p[2]) + stem(p[3]) + a.village(c)
		}},
		{"road and number", func(c geo.DivisionCode, p []string) string {
			return a.pick(p[0], "") + a.pick(p[1], stem(p[1])) + p[2] + p[3] + a.road()
		}},
		{"former county", func(c geo.DivisionCode, p []string) string {
			former := a.former[c.Cut(geo.County)]
			if len(former) == 0 {
				return ""
			}
			return a.pick("", p[1]) + a.pick(former...) + a.pick(p[3], formerTown(p[3])) + a.village(c)
		}},
		{"former township", func(c geo.DivisionCode, p []string) string {
			if formerTown(p[3]) == p[3] || !a.unique(c, geo.County) {
				return ""
			}
			return p[1] + p[2] + formerTown(p[3]) + a.village(c)
		}},
		{"repeated parts", func(c geo.DivisionCode, p []string) string {
			return p[0] + p[1] + a.pick(p[0]+p[1], p[1], "市辖区") + p[2] + a.pick(p[2], "") + p[3] + p[3] + a.road()
		}},
		{"noise", func(c geo.DivisionCode, p []string) string {
			noise := a.pick(" ", "　", ", ", "，", "-", "/", "·")
			return "地址：" + p[1] + noise + p[2] + noise + p[3] + a.pick("（", "(", "【") + a.village(c) + a.pick("）", ")", "】") + "１２３号" + a.pick("", " 电话0571-88001234", "。", "近公交站")
		}},
		{"road in front", func(c geo.DivisionCode, p []string) string { return a.road() + "（" + p[1] + p[2] + p[3] + "）" }},
		{"misspelt", func(c geo.DivisionCode, p []string) string {
			runes := []rune(p[3])
			runes[a.IntN(len([]rune(stem(p[3]))))] = []rune("鑫淼垚犇骉")[a.IntN(5)]
			if !a.unique(c, geo.County) || a.near(c) {
				return ""
			}
			return p[1] + p[2] + string(runes)
		}},
		{"same name elsewhere", func(c geo.DivisionCode, p []string) string {
			if !slices.ContainsFunc(a.townships, func(o geo.DivisionCode) bool { return o != c && a.names[o] == p[3] }) {
				return ""
			}
			return a.pick("", p[0]) + p[3] + a.road()
		}},
		{"no township", func(c geo.DivisionCode, p []string) string {
			v := a.onlyVillage(c)
			if v == "" {
				return ""
			}
			return a.pick("", p[1], stem(p[1])) + p[2] + v + a.pick("村", "社区", "") + fmt.Sprint(1+a.IntN(99)) + "号"
		}},
		{"no townships' endings", func(c geo.DivisionCode, p []string) string {
			if !a.unique(c, geo.Province) {
				return ""
			}
			return a.pick("", stem(p[1])) + stem(p[3]) + a.pick("", a.village(c))
		}},
	}
}

// onlyVillage is the stem of a village of the township that no other village or township of the county has.
func (a *author) onlyVillage(township geo.DivisionCode) string {
	list := a.villages[township]
	if len(list) == 0 {
		return ""
	}
	chosen := list[a.IntN(len(list))]
	name := stem(a.names[chosen])
	for code, other := range a.names {
		if code != chosen && code.Cut(geo.County) == chosen.Cut(geo.County) && strings.HasPrefix(name, stem(other)) {
			return ""
		}
	}
	return name
}

// near reports whether another township of the county differs by one character.
func (a *author) near(code geo.DivisionCode) bool {
	name := []rune(stem(a.names[code]))
	return slices.ContainsFunc(a.townships, func(o geo.DivisionCode) bool {
		other := []rune(stem(a.names[o]))
		if o == code || o.Cut(geo.County) != code.Cut(geo.County) || len(other) != len(name) {
			return false
		}
		differ := 0
		for i := range name {
			if name[i] != other[i] {
				differ++
			}
		}
		return differ <= 1
	})
}

// write makes addresses, all kinds in turn.
func (a *author) write(count int) (list []address) {
	kinds := a.kinds()
	for len(list) < count {
		k := kinds[len(list)%len(kinds)]
		code := a.townships[a.IntN(len(a.townships))]
		if text := k.write(code, a.parts(code)); text != "" {
			list = append(list, address{k.name, text, code})
		}
	}
	return list
}

func formatAddresses(list []address) []byte {
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	_ = w.Write([]string{"kind", "township", "address"})
	for _, a := range list {
		_ = w.Write([]string{a.kind, a.township.String(), a.text})
	}
	w.Flush()
	return b.Bytes()
}

// TestAddressesAreGenerated holds the file of addresses against its generator.
func TestAddressesAreGenerated(t *testing.T) {
	want := formatAddresses(newAuthor(t).write(500))
	if *update {
		if err := os.WriteFile(addressFile, want, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(addressFile)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Error("the addresses are not those that are generated; write them with -update")
	}
}

func readAddresses(t *testing.T) (list []address) {
	t.Helper()
	file, err := os.Open(addressFile)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	rows, err := csv.NewReader(file).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range rows[1:] {
		code, err := geo.ParseDivisionCode("township", r[1])
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, address{r[0], r[2], code})
	}
	return list
}

// score counts what became of the addresses of one kind.
type score struct{ all, right, wider, wrongCounty, silent int }

// judge says what the answer is worth: the right township, a right but wider division, or a wrong county, and whether that
// is said. Where townships share a name and nothing else is said, the right one must be among those that are offered.
func judge(a address, found []gazetteer.Candidate) (s score) {
	s.all = 1
	if len(found) == 0 {
		s.wider = 1
		return s
	}
	if a.kind == "same name elsewhere" {
		if warned(found[0]) && slices.ContainsFunc(found, func(c gazetteer.Candidate) bool { return at(c, geo.Township) == a.township }) {
			s.right = 1
		}
		return s
	}
	best := found[0]
	switch county := at(best, geo.County); {
	case at(best, geo.Township) == a.township:
		s.right = 1
	case county != 0 && county != a.township.Cut(geo.County):
		s.wrongCounty = 1
		if !warned(best) {
			s.silent = 1
		}
	default:
		s.wider = 1
	}
	return s
}

// at returns the division of the level of a candidate; 0 for none.
func at(c gazetteer.Candidate, level geo.DivisionLevel) geo.DivisionCode {
	for _, d := range c.Divisions {
		if d.Level == level {
			return d.Code
		}
	}
	return 0
}

// warned reports whether a candidate says that it may be another place.
func warned(c gazetteer.Candidate) bool {
	return slices.ContainsFunc(c.Warnings, func(w gazetteer.Warning) bool {
		return slices.Contains([]string{gazetteer.Ambiguous, gazetteer.Contradiction, gazetteer.UnmatchedBefore}, w.Kind)
	})
}

// TestAddresses finds the right township of at least 95 % of the addresses, and never a wrong county without a warning.
func TestAddresses(t *testing.T) {
	g := must(t, zhejiang)
	var total score
	kinds := map[string]score{}
	for _, a := range readAddresses(t) {
		found, err := g.Find(a.text, 20)
		if err != nil {
			t.Fatalf("%s: %v", a.text, err)
		}
		s := judge(a, found)
		if s.silent > 0 {
			t.Errorf("%s (%s) is %s and nothing warns", a.text, a.township, gazetteer.Address(found[0].Divisions))
		}
		if s.right == 0 && len(found) > 0 {
			t.Logf("%s: %s %s is taken for %s %v", a.kind, a.text, a.township, gazetteer.Address(found[0].Divisions), warned(found[0]))
		}
		total.add(s)
		k := kinds[a.kind]
		k.add(s)
		kinds[a.kind] = k
	}
	for kind, s := range kinds {
		t.Logf("%-20s %3d of %3d right, %d wider, %d in a wrong county, %d of them silently", kind, s.right, s.all, s.wider, s.wrongCounty, s.silent)
	}
	if share := float64(total.right) / float64(total.all); share < .95 {
		t.Errorf("%.1f %% of the townships are right: %+v", 100*share, total)
	}
	t.Logf("all: %+v", total)
}

// elsewhere calls yield with addresses of all counties and townships outside of the province, each in three ways.
func elsewhere(t *testing.T, yield func(text string)) {
	t.Helper()
	n, err := national.New(33)
	if err != nil {
		t.Fatal(err)
	}
	divisions, names := n.Divisions(), map[geo.DivisionCode]string{}
	for i := range divisions.Len() {
		d := divisions.Division(i)
		names[d.Code] = d.Name
		if d.Level != geo.County && d.Level != geo.Township || d.Code.Cut(geo.Province) == 330000000000 {
			continue
		}
		province, prefecture, county, town := names[d.Code.Cut(geo.Province)], names[d.Code.Cut(geo.Prefecture)], names[d.Code.Cut(geo.County)], ""
		if d.Level == geo.Township {
			town = d.Name
		}
		if gazetteer.Address([]geo.Division{{Level: geo.Prefecture, Name: prefecture}}) == "" {
			prefecture = province // it only groups others
		}
		yield(province + prefecture + county + town)
		yield(stem(province) + stem(prefecture) + county + town)
		yield("收件人：李四，" + prefecture + county + town + "2号")
	}
}

// TestElsewhere reads addresses of all other provinces by a gazetteer of one: none may be taken for a place of it in silence, and
// none is a hit of a search. The file has some of those that are like a place of the province; JINGWEI_GAZETTEER reads all, and
// -update then writes the file.
func TestElsewhere(t *testing.T) {
	g := must(t, zhejiang)
	read, like := 0, []string{}
	check := func(text string) {
		found, err := g.Find(text, 1)
		if err != nil {
			t.Fatal(err)
		}
		if hits := g.Hits(text, 1); len(hits) > 0 {
			t.Errorf("%s is a hit of a search: %+v", text, hits[0])
		}
		if read++; len(found) == 0 {
			return
		}
		if like = append(like, text); !warned(found[0]) || found[0].Confidence > .3 || found[0].Certain > 0 {
			t.Errorf("%s is %s, certain to level %d with %.2f, and nothing warns", text, gazetteer.Address(found[0].Divisions), found[0].Certain, found[0].Confidence)
		}
	}
	file := filepath.Join("testdata", "elsewhere.txt")
	if os.Getenv("JINGWEI_GAZETTEER") != "" {
		elsewhere(t, check)
		t.Logf("%d addresses of other provinces, %d of them like some place of this one", read, len(like))
	}
	if *update {
		var some strings.Builder
		for i := 0; i < len(like); i += 1 + len(like)/400 {
			some.WriteString(like[i] + "\n")
		}
		if err := os.WriteFile(file, []byte(some.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(text)) {
		check(strings.TrimSpace(line))
	}
	for _, c := range []string{"江西省南昌市西湖区", "上海市普陀区", "重庆市江北区"} {
		check(c)
	}
	if len(like) < 300 {
		t.Errorf("%d addresses are like a place of the province: too few to say anything", len(like))
	}
	for _, a := range readAddresses(t) {
		found, err := g.Find(a.text, 1)
		if err != nil {
			t.Fatal(err)
		}
		if len(found) > 0 && slices.ContainsFunc(found[0].Warnings, func(w gazetteer.Warning) bool { return w.Kind == gazetteer.UnmatchedBefore }) {
			t.Errorf("%s of the province is doubted: %+v", a.text, found[0].Warnings)
		}
	}
}

func (s *score) add(o score) {
	s.all, s.right, s.wider, s.wrongCounty, s.silent = s.all+o.all, s.right+o.right, s.wider+o.wider, s.wrongCounty+o.wrongCounty, s.silent+o.silent
}
