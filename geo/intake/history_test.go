package intake_test

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"jingwei/geo"
	"jingwei/geo/intake"
)

const historyHeader = "代码,一级行政区,二级行政区,名称,级别,状态,启用时间,变更/弃用时间,新代码\n"

// hangzhou is Hangzhou in the table of areacodes, with the changes of 2021.
const hangzhou = "testdata/hangzhou.csv"

func readHistory(t testing.TB, text string) (*intake.History, []string) {
	t.Helper()
	var refused []string
	h, err := intake.ReadHistory(t.Context(), strings.NewReader(text), func(r intake.Refusal) { refused = append(refused, r.String()) })
	if err != nil {
		t.Fatal(err)
	}
	return h, refused
}

func TestHistoryOfHangzhou(t *testing.T) {
	text, err := os.ReadFile(filepath.FromSlash(hangzhou))
	if err != nil {
		t.Fatal(err)
	}
	h, refused := readHistory(t, string(text))
	if len(refused) > 0 || h.Read != len(h.Divisions) {
		t.Fatalf("%d read, refused %q", h.Read, refused)
	}
	var got []geo.Succession
	for _, s := range h.Successions {
		if s.Year == 2021 {
			got = append(got, s)
		}
	}
	want := []geo.Succession{
		{Old: 330103000000, New: 330105000000, Year: 2021, Kind: geo.SuccessionMerge},
		{Old: 330104000000, New: 330102000000, Year: 2021, Kind: geo.SuccessionSplit},
		{Old: 330104000000, New: 330114000000, Year: 2021, Kind: geo.SuccessionSplit},
		{Old: 330109000000, New: 330114000000, Year: 2021, Kind: geo.SuccessionTransfer},
		{Old: 330110000000, New: 330113000000, Year: 2021, Kind: geo.SuccessionTransfer},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("successions of 2021 (-want +got):\n%s", diff)
	}
	i := slices.IndexFunc(h.Divisions, func(d geo.Division) bool { return d.Code == 330103000000 })
	former := geo.Division{Code: 330103000000, Level: geo.County, Kind: "county", Parent: 330100000000, Name: "下城区",
		Valid: geo.DayRange{From: geo.FirstDay(1983), To: geo.FirstDay(2021)}}
	if diff := cmp.Diff(former, h.Divisions[i]); diff != "" {
		t.Errorf("former division (-want +got):\n%s", diff)
	}
	lineage := geo.NewLineage(h.Successions)
	for code, want := range map[geo.DivisionCode][]geo.DivisionCode{
		330103000000: {330105000000}, 330104000000: {330102000000, 330114000000}, 330106000000: {330106000000},
		330121000000: {330109000000}, // 萧山: a county, then two cities, a district at last
		330107000000: {330105000000},
	} {
		if diff := cmp.Diff(want, lineage.Heirs(code, geo.FirstDay(1985), geo.FirstDay(2023))); diff != "" {
			t.Errorf("heirs of %s (-want +got):\n%s", code, diff)
		}
	}
}

func TestHistoryKinds(t *testing.T) {
	h, refused := readHistory(t, historyHeader+`330000,浙江省,,浙江省,省级,在用,1981,,
330100,浙江省,甲市,甲市,地级,在用,1981,,
330121,浙江省,甲市,甲县,县级,变更,1981,1990,330121
330121,浙江省,甲市,甲自治县,县级,在用,1990,,330122[1995]
330122,浙江省,甲市,乙县,县级,弃用,1981,2000,330182
330182,浙江省,甲市,乙市,县级,在用,2000,,
330123,浙江省,直辖,丙县,县级,弃用,1981,2000,
339001,浙江省,直辖,丁市,县级,在用,1981,,
`)
	if len(refused) > 0 {
		t.Fatalf("refused %q", refused)
	}
	want := []geo.Succession{
		{Old: 330121000000, New: 330121000000, Year: 1990, Kind: geo.SuccessionRename},
		{Old: 330121000000, New: 330122000000, Year: 1995, Kind: geo.SuccessionTransfer},
		{Old: 330122000000, New: 330182000000, Year: 2000, Kind: geo.SuccessionRecode},
	}
	if diff := cmp.Diff(want, h.Successions); diff != "" {
		t.Errorf("successions (-want +got):\n%s", diff)
	}
	if h.Endless != 1 {
		t.Errorf("%d ended without a successor, want 1", h.Endless)
	}
	parents := map[geo.DivisionCode]geo.DivisionCode{}
	for _, d := range h.Divisions {
		parents[d.Code] = d.Parent
	}
	for code, want := range map[geo.DivisionCode]geo.DivisionCode{
		330000000000: 0, 330100000000: 330000000000, 330122000000: 330100000000, 330123000000: 330000000000, 339001000000: 330000000000,
	} {
		if parents[code] != want {
			t.Errorf("parent of %s: %s, want %s", code, parents[code], want)
		}
	}
}

func TestBadHistory(t *testing.T) {
	for name, c := range map[string]struct{ row, want string }{
		"code":              {"3301,浙江省,甲市,甲市,地级,在用,1981,,", "代码: \"3301\" is not a code of 6 digits"},
		"level":             {"330100,浙江省,甲市,甲市,市级,在用,1981,,", "级别: \"市级\" is not"},
		"level of code":     {"330100,浙江省,甲市,甲市,县级,在用,1981,,", "级别: the code has the digits of level 2"},
		"state":             {"330100,浙江省,甲市,甲市,地级,启用,1981,,", "状态: \"启用\" is not"},
		"start":             {"330100,浙江省,甲市,甲市,地级,在用,81,,", "启用时间: \"81\" is not a year"},
		"end of one in use": {"330100,浙江省,甲市,甲市,地级,在用,1981,1990,", "has no year of its end"},
		"no end":            {"330100,浙江省,甲市,甲市,地级,弃用,1981,,", "变更/弃用时间: \"\" is not a year"},
		"end before start":  {"330100,浙江省,甲市,甲市,地级,弃用,1990,1981,", "ends in 1981, before"},
		"heir":              {"330100,浙江省,甲市,甲市,地级,弃用,1981,1990,33", "新代码: \"33\" is not a code"},
		"year of an heir":   {"330100,浙江省,甲市,甲市,地级,弃用,1981,1990,330200[199]", "新代码: \"330200[199]\" is not a code with a year"},
		"open bracket":      {"330100,浙江省,甲市,甲市,地级,弃用,1981,1990,330200[1990", "is not a code with a year"},
		"heir without year": {"330100,浙江省,甲市,甲市,地级,在用,1981,,330200", "has no year, and the code is still in use"},
		"name":              {"330100,浙江省,甲市,,地级,在用,1981,,", "name: the name is empty"},
		"same years":        {"330000,浙江省,,浙江,省级,在用,1990,,", "启用时间: line 2 tells of this code in the same years"},
	} {
		h, refused := readHistory(t, historyHeader+"330000,浙江省,,浙江省,省级,在用,1981,,\n"+c.row+"\n")
		if len(refused) != 1 || !strings.Contains(refused[0], "line 3") || !strings.Contains(refused[0], c.want) || len(h.Divisions) != 1 {
			t.Errorf("%s: refused %q, want %q; %d arrive", name, refused, c.want, len(h.Divisions))
		}
	}
}

func TestPinyin(t *testing.T) {
	p, err := intake.ReadPinyin(t.Context(), strings.NewReader(`id,pid,deep,name,pinyin_prefix,pinyin,ext_id,ext_name
3303,33,1,"温州","w","wen zhou","330300000000","温州市"
3304,33,1,"嘉兴","j","jia","330400000000","嘉兴市"
`))
	if err != nil || p.Len() != 1 {
		t.Fatalf("%d readings, %v", p.Len(), err)
	}
	for _, c := range []struct {
		code       geo.DivisionCode
		name, want string
	}{{330300000000, "温州市", "wen zhou"}, {330300000000, "瓯海市", ""}, {330400000000, "嘉兴市", ""}, {330500000000, "湖州市", ""}} {
		if got := p.Of(c.code, c.name); got != c.want {
			t.Errorf("%s %s: %q, want %q", c.code, c.name, got, c.want)
		}
	}
	if got := (*intake.Pinyin)(nil).Of(330300000000, "温州市"); got != "" {
		t.Errorf("no table: %q", got)
	}
}

func FuzzReadHistory(f *testing.F) {
	f.Add([]byte(historyHeader + "330104,浙江省,杭州市,江干区,县级,弃用,1983,2021,330102[1996];330102;330114\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		refused := 0
		h, err := intake.ReadHistory(t.Context(), bytes.NewReader(text), func(intake.Refusal) { refused++ })
		if err != nil {
			return
		}
		if len(h.Divisions)+refused != h.Read {
			t.Errorf("%d rows, %d taken, %d refused", h.Read, len(h.Divisions), refused)
		}
		for i, d := range h.Divisions {
			if d.Valid.Empty() || i > 0 && h.Divisions[i-1].Code == d.Code && h.Divisions[i-1].Valid.To > d.Valid.From {
				t.Errorf("days of %+v", d)
			}
			geo.NewLineage(h.Successions).Heirs(d.Code, d.Valid.From, geo.FirstDay(2200))
		}
	})
}
