package postgis_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"jingwei/geo"
	"jingwei/geo/live"
	"jingwei/testdata/sample"
)

// search looks for q as the search box does, in indexes of what the database holds now.
func (s setup) search(ctx context.Context, see geo.Scope, q string, limit int, day geo.Day) ([]geo.SearchHit, error) {
	text, err := geo.NewSearchText(q)
	if err != nil {
		return nil, err
	}
	feed, err := s.Feed(ctx)
	if err != nil {
		return nil, err
	}
	organizations, divisions := live.New(geo.OrganizationLayer(), live.Internal), live.New(geo.DivisionLayer(), live.Public)
	load := organizations.NewLoad()
	at, err := feed.Load(ctx, "organizations", load.NewPart().Add)
	if err != nil {
		return nil, err
	}
	names := divisions.NewLoad()
	if _, err := s.DivisionNames(ctx, names.NewPart().Add); err != nil {
		return nil, err
	}
	for _, l := range []*live.Load{load, names} {
		if err := l.Build(ctx, at); err != nil {
			return nil, err
		}
		l.Publish()
	}
	seen := geo.Filter{}
	if !see.All {
		seen = geo.Or(geo.In("status", geo.StatusActive), see.Filter())
	}
	if see.Empty() {
		seen = geo.In("status", geo.StatusActive)
	}
	found, err := live.Search(text, limit, live.Source{Snapshot: divisions.Snapshot(), Query: live.Query{Days: geo.On(day)}},
		live.Source{Snapshot: organizations.Snapshot(), Query: live.Query{Filter: seen, Days: geo.On(day)}})
	if err != nil {
		return nil, err
	}
	return found.Hits, s.PlaceHits(ctx, found.Hits, day)
}

func searched(t *testing.T, s setup, q string, limit int) []string {
	t.Helper()
	hits, err := s.search(t.Context(), geo.Scope{}, q, limit, s.today)
	if err != nil {
		t.Fatal(err)
	}
	out := []string{}
	for _, h := range hits {
		out = append(out, fmt.Sprintf("%s %s %s [%s]", h.Match, h.Type, h.Name, h.Context))
	}
	return out
}

func searchSetup(t *testing.T) setup {
	t.Helper()
	s := newSetup(t)
	for i, name := range []string{"柳市镇柳东村村民委员会", "大柳村村民委员会", "100%绿色村", "100x绿色村", `a_b\c村`, "aXbXc村"} {
		c := content(name)
		c.Code = fmt.Sprintf("ORG-%d", i)
		s.create(t, c)
	}
	draft := content("柳草稿")
	draft.Status = geo.StatusDraft
	s.create(t, draft)
	return s
}

func TestSearch(t *testing.T) {
	const in = "浙江省 › 温州市 › 乐清市"
	const below = in + " › 柳市镇"
	tests := []struct {
		name, q string
		want    []string
	}{
		{"one character", "柳", []string{
			"prefix division 柳市镇 [" + in + "]", "prefix organization 柳市镇柳东村村民委员会 [" + below + "]",
			"prefix division 柳东村委会 [" + below + "]", "infix organization 大柳村村民委员会 [" + below + "]"}},
		{"exact comes first", "柳市镇", []string{
			"exact division 柳市镇 [" + in + "]", "prefix organization 柳市镇柳东村村民委员会 [" + below + "]"}},
		{"in the middle", "柳东村村", []string{"infix organization 柳市镇柳东村村民委员会 [" + below + "]"}},
		{"pinyin of a place with its own reading", "yueqing", []string{"pinyin division 乐清市 [浙江省 › 温州市]"}},
		{"pinyin with spaces", "Liu Shi", []string{
			"pinyin division 柳市镇 [" + in + "]", "pinyin organization 柳市镇柳东村村民委员会 [" + below + "]"}},
		{"initials", "yqs", []string{"initials division 乐清市 [浙江省 › 温州市]"}},
		{"code of a division", "330382", []string{"code division 乐清市 [浙江省 › 温州市]", "code division 柳市镇 [" + in + "]", "code division 柳东村委会 [" + below + "]"}},
		{"code of an organization", "ORG-1", []string{"code organization 大柳村村民委员会 [" + below + "]"}},
		{"percent is a character", "100%", []string{"prefix organization 100%绿色村 [" + below + "]"}},
		{"underscore and backslash are characters", `a_b\c`, []string{`prefix organization a_b\c村 [` + below + "]"}},
		{"only wildcards", "%_%", []string{}},
		{"nothing", "没有这个", []string{}},
	}
	s := searchSetup(t)
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if diff := cmp.Diff(test.want, searched(t, s, test.q, 20)); diff != "" {
				t.Errorf("hits (-want +got):\n%s", diff)
			}
		})
	}
}

// TestSearchByReading: divisions that came without a table of pinyin are found as they are read, and as they are written.
func TestSearchByReading(t *testing.T) {
	s := newEmptySetup(t)
	var list []geo.Division
	for code, name := range map[geo.DivisionCode]string{14e10: "山西省", 54e10: "西藏自治区", 61e10: "陕西省"} {
		list = append(list, geo.Division{Code: code, Level: geo.Province, Name: name})
	}
	list = append(list, geo.Division{Code: 1404e8, Level: geo.Prefecture, Parent: 14e10, Name: "长治市"})
	if _, err := s.LoadDivisions(t.Context(), list, nil); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"长治山西商会", "长治陕西商会", "陕西延安商会"} {
		c := content(name)
		c.Division = 1404e8
		s.create(t, c)
	}
	tests := []struct {
		q    string
		want []string
	}{
		{"xizang", []string{"pinyin division 西藏自治区 []"}},
		{"xzz", []string{"initials division 西藏自治区 []"}},
		{"chang zhi shi", []string{"pinyin division 长治市 [山西省]"}},
		{"czs", []string{"initials division 长治市 [山西省]", "initials organization 长治山西商会 [山西省 › 长治市]", "initials organization 长治陕西商会 [山西省 › 长治市]"}},
		{"shanxisheng", []string{"pinyin division 山西省 []", "pinyin division 陕西省 []"}},
		{"Shaanxi Sheng", []string{"pinyin division 陕西省 []"}},
		{"shaanx", []string{"pinyin division 陕西省 []", "pinyin organization 陕西延安商会 [山西省 › 长治市]"}},
		{"changzhi shaanxi", []string{"pinyin organization 长治陕西商会 [山西省 › 长治市]"}},
	}
	for _, test := range tests {
		if diff := cmp.Diff(test.want, searched(t, s, test.q, 20)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", test.q, diff)
		}
	}
	if got := queryOne[string](t, s, `select pinyin from jingwei.division where code = 610000000000`); got != "shaan xi sheng" {
		t.Errorf("English maps would call it %q", got)
	}
}

// TestSearchContextWithoutGroups: divisions that only group others, 市辖区 of a municipality, are no place where a hit lies.
func TestSearchContextWithoutGroups(t *testing.T) {
	s := newEmptySetup(t)
	list := []geo.Division{
		{Code: 11e10, Level: geo.Province, Name: "北京市"}, {Code: 1101e8, Level: geo.Prefecture, Parent: 11e10, Name: "市辖区"},
		{Code: 110101e6, Level: geo.County, Parent: 1101e8, Name: "东城区"}, {Code: 110101001e3, Level: geo.Township, Parent: 110101e6, Name: "东华门街道"},
		{Code: 42e10, Level: geo.Province, Name: "湖北省"}, {Code: 4290e8, Level: geo.Prefecture, Parent: 42e10, Name: "省直辖县级行政区划"},
		{Code: 429004e6, Level: geo.County, Parent: 4290e8, Name: "仙桃市"}, {Code: 330190e6, Level: geo.County, Parent: 33e10, Name: "某区"},
		{Code: 330190001e3, Level: geo.Township, Parent: 330190e6, Name: "某镇"},
	}
	if _, err := s.LoadDivisions(t.Context(), list, nil); err != nil {
		t.Fatal(err)
	}
	for q, want := range map[string]string{"东城区": "北京市", "东华门": "北京市 › 东城区", "仙桃": "湖北省", "某镇": "某区"} {
		hits, err := s.search(t.Context(), geo.Scope{}, q, 9, s.today)
		if err != nil || len(hits) != 1 || hits[0].Context != want {
			t.Errorf("%s: %+v, %v, want one in %s", q, hits, err, want)
		}
	}
}

// TestSearchKeepsHiddenCodes: a code of what has been active and is hidden since takes no place among the hits.
func TestSearchKeepsHiddenCodes(t *testing.T) {
	s := newSetup(t)
	public, hidden := content("公开"), content("隐藏")
	public.Code, hidden.Code = "SECRET-2", "OTHER-1"
	s.create(t, public)
	org := s.create(t, hidden)
	hidden.Status, hidden.Code = geo.StatusDraft, "SECRET-1"
	if _, _, err := s.ReplaceOrganization(t.Context(), geo.Everywhere(), geo.Everywhere(), org.ID, 1, hidden, s.today, s.today, "a"); err != nil {
		t.Fatal(err)
	}
	for _, limit := range []int{1, 2} {
		if diff := cmp.Diff([]string{"code organization 公开 [浙江省 › 温州市 › 乐清市 › 柳市镇]"}, searched(t, s, "SECRET", limit)); diff != "" {
			t.Errorf("at most %d (-want +got):\n%s", limit, diff)
		}
	}
}

func TestSearchLimitsAndRefusals(t *testing.T) {
	s := searchSetup(t)
	all := searched(t, s, "村", 20)
	for limit := 1; limit <= len(all); limit++ {
		if diff := cmp.Diff(all[:limit], searched(t, s, "村", limit)); diff != "" {
			t.Errorf("limit %d is not the beginning of more (-want +got):\n%s", limit, diff)
		}
	}
	for _, q := range []string{"", "  ", "a\x00b", "\xff", strings.Repeat("村", 101)} {
		_, err := s.search(t.Context(), geo.Scope{}, q, 20, s.today)
		wantError(t, err, geo.ErrInvalid, "q")
		_, err = s.SearchDivisions(t.Context(), q, 0, 20, s.today)
		wantError(t, err, geo.ErrInvalid, "q")
	}
	if hits := searched(t, s, "柳", -1); len(hits) != 1 {
		t.Errorf("limit -1 gives %v", hits)
	}
	hits, err := s.search(t.Context(), geo.Scope{}, "柳", 20, day("2019-01-01"))
	if err != nil || len(hits) != 0 {
		t.Errorf("before anything existed: %v, %v", hits, err)
	}
}

func TestSearchDivisions(t *testing.T) {
	s := newSetup(t)
	tests := []struct {
		q     string
		level geo.DivisionLevel
		want  []geo.DivisionCode
	}{
		{"柳", 0, []geo.DivisionCode{liushi, liushi1}},
		{"柳", geo.Township, []geo.DivisionCode{liushi}},
		{"市", 0, []geo.DivisionCode{hangzhou, wenzhou, yueqing, liushi}},
		{"3303", 0, []geo.DivisionCode{wenzhou, yueqing, liushi, liushi1}},
		{"hangzhou", 0, []geo.DivisionCode{hangzhou}},
	}
	for _, test := range tests {
		list, err := s.SearchDivisions(t.Context(), test.q, test.level, 10, s.today)
		if err != nil {
			t.Fatal(err)
		}
		var got []geo.DivisionCode
		for _, d := range list {
			got = append(got, d.Code)
		}
		if diff := cmp.Diff(test.want, got); diff != "" {
			t.Errorf("%s at level %d (-want +got):\n%s", test.q, test.level, diff)
		}
	}
}

// loadSample fills a database with the whole sample.
func loadSample(t testing.TB) setup {
	t.Helper()
	s := newEmptySetup(t)
	list, err := sample.Divisions()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.LoadDivisions(t.Context(), list, nil); err != nil {
		t.Fatal(err)
	}
	organizations, err := sample.Organizations()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.LoadOrganizations(t.Context(), organizations, list[0].Valid, "sample", nil); err != nil {
		t.Fatal(err)
	}
	return s
}

func BenchmarkLoadOrganizationsFromFeed(b *testing.B) {
	s := loadSample(b)
	feed, err := s.Feed(b.Context())
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if _, err := feed.Load(b.Context(), "organizations", func(geo.Point) error { return nil }); err != nil {
			b.Fatal(err)
		}
	}
}

// TestSearchIgnoresCase: Latin letters inside of a name are found in either case.
func TestSearchIgnoresCase(t *testing.T) {
	s := newSetup(t)
	s.create(t, content("ABC Def 村"))
	for _, q := range []string{"Def", "def", "DEF", "bc d", "c"} {
		hits, err := s.search(t.Context(), geo.Scope{}, q, 5, s.today)
		if err != nil || len(hits) != 1 {
			t.Errorf("%q: %v, %v; want one hit", q, hits, err)
		}
	}
}
