package gazetteer_test

import (
	"errors"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"jingwei/geo"
	"jingwei/geo/gazetteer"
)

// expectation is what an address written by hand must be read as.
type expectation struct {
	text    string
	address string // of the best candidate; "" for none
	certain geo.DivisionLevel
	rest    string
	warns   string // kinds of warnings but parent_inferred, in order, separated by spaces
}

func (e expectation) check(t *testing.T, g *gazetteer.Gazetteer) {
	t.Helper()
	found, err := g.Find(e.text, 20)
	if err != nil {
		t.Errorf("%s: %v", e.text, err)
		return
	}
	if len(found) == 0 {
		if e.address != "" {
			t.Errorf("%s is nothing, want %s", e.text, e.address)
		}
		return
	}
	best := found[0]
	var kinds []string
	for _, w := range best.Warnings {
		if w.Kind != gazetteer.ParentInferred {
			kinds = append(kinds, w.Kind)
		}
	}
	got := expectation{e.text, gazetteer.Address(best.Divisions), best.Certain, best.Rest, strings.Join(kinds, " ")}
	if got != e {
		t.Errorf("got %+v\nwant %+v", got, e)
	}
}

// TestZhejiang reads what is hard in one province: shortened, former, contradicting and misleading names.
func TestZhejiang(t *testing.T) {
	g := must(t, zhejiang)
	for _, e := range []expectation{
		{"杭州西湖区北山街道", "浙江省杭州市西湖区北山街道", 4, "", ""},
		{"西湖区北山路84号", "浙江省杭州市西湖区", 3, "北山路84号", ""},
		{"浙江省温州市乐清市柳市镇柳东村12号", "浙江省温州市乐清市柳市镇", 4, "柳东村12号", ""},
		{"乐清柳市", "浙江省温州市乐清市柳市镇", 4, "", ""},
		{"柳市镇政府", "浙江省温州市乐清市柳市镇", 4, "", ""},
		{"乐清市市场路３号", "浙江省温州市乐清市", 3, "市场路３号", ""},
		{"宁海县前街5号", "浙江省宁波市宁海县", 3, "县前街5号", ""},
		{"宁海县前童镇", "浙江省宁波市宁海县前童镇", 4, "", ""},
		{"宁波镇海区庄市街道", "浙江省宁波市镇海区庄市街道", 4, "", ""},
		{"景宁县鹤溪", "浙江省丽水市景宁畲族自治县鹤溪街道", 4, "", ""},
		{"丽新乡", "浙江省丽水市莲都区丽新畲族乡", 4, "", ""},
		{"杭州市民中心", "浙江省杭州市", 2, "市民中心", ""},
		{"杭州经济技术开发区2号大街", "浙江省杭州市", 2, "经济技术开发区2号大街", ""},
		{"中山路12号（西湖区）", "浙江省杭州市西湖区", 3, "中山路12号", ""},
		{"杭州市市辖区西湖区", "浙江省杭州市西湖区", 3, "", ""},
		{"浙江省浙江省杭州市杭州市西湖区西湖区转塘", "浙江省杭州市西湖区转塘街道", 4, "", ""},
		{"宁波市海曙区杭州路1号温州大厦", "浙江省宁波市海曙区", 3, "杭州路1号温州大厦", ""},

		{"余杭区临平镇", "浙江省杭州市临平区临平街道", 4, "", gazetteer.FormerName},
		{"江干区采荷街道", "浙江省杭州市上城区采荷街道", 4, "", gazetteer.FormerName},
		{"江干区", "浙江省杭州市上城区", 2, "", gazetteer.FormerName + " " + gazetteer.Ambiguous},
		{"下城区", "浙江省杭州市拱墅区", 3, "", gazetteer.FormerName},
		{"富阳市", "浙江省杭州市富阳区", 3, "", gazetteer.FormerName},
		{"萧山市河庄镇", "浙江省杭州市钱塘区河庄街道", 4, "", gazetteer.FormerName},
		{"绍兴县柯桥街道", "浙江省绍兴市柯桥区柯桥街道", 4, "", gazetteer.FormerName},
		{"鄞县古林", "浙江省宁波市海曙区古林镇", 4, "", gazetteer.FormerName},
		{"宁波地区余姚", "浙江省宁波市余姚市", 3, "", gazetteer.FormerName},

		{"西湖区北上街道", "浙江省杭州市西湖区北山街道", 4, "", gazetteer.MisspeltName},
		{"乐清市柳石镇", "浙江省温州市乐清市", 3, "柳石镇", ""}, // 柳市镇 or 磐石镇

		{"温州西湖区", "浙江省温州市", 2, "西湖区", gazetteer.Contradiction},
		{"杭州市余杭区柳市镇", "浙江省杭州市余杭区", 3, "柳市镇", gazetteer.Contradiction},
		{"宁波市西湖区北山街道", "浙江省杭州市西湖区北山街道", 1, "", gazetteer.Contradiction + " " + gazetteer.Ambiguous},
		{"城南街道", "浙江省杭州市桐庐县城南街道", 1, "", gazetteer.Ambiguous},

		{"浙江温州西湖区", "浙江省杭州市西湖区", 1, "", gazetteer.UnmatchedBefore},

		{"上海市普陀区", "浙江省舟山市普陀区", 0, "", gazetteer.UnmatchedBefore},
		{"上海普陀区", "浙江省舟山市普陀区", 0, "", gazetteer.UnmatchedBefore},
		{"上海市普陀区长寿路街道", "浙江省舟山市普陀区", 0, "长寿路街道", gazetteer.UnmatchedBefore},
		{"江西省南昌市西湖区", "浙江省杭州市西湖区", 0, "", gazetteer.UnmatchedBefore},
		{"南昌西湖区", "浙江省杭州市西湖区", 0, "", gazetteer.UnmatchedBefore},
		{"收货人张三，江西南昌西湖区", "浙江省杭州市西湖区", 0, "", gazetteer.UnmatchedBefore},
		{"南昌市人民路12号（西湖区）", "浙江省杭州市西湖区", 0, "南昌市人民路12号", gazetteer.UnmatchedBefore},
		{"人民路12号南昌市西湖区", "浙江省杭州市西湖区", 0, "人民路12号南昌市", gazetteer.UnmatchedBefore},
		{"重庆市江北区", "浙江省宁波市江北区", 0, "", gazetteer.UnmatchedBefore},
		{"浙江省南昌市西湖区", "浙江省杭州市西湖区", 1, "", gazetteer.UnmatchedBefore},
		{"杭州市南昌县北山街道", "浙江省杭州市西湖区北山街道", 2, "", gazetteer.UnmatchedBefore},
		{"广西壮族自治区南宁市西湖区", "浙江省杭州市西湖区", 0, "", gazetteer.UnmatchedBefore},

		// What is no division says nothing against the place.
		{"收件人：张三，西湖区北山街道", "浙江省杭州市西湖区北山街道", 4, "", ""},
		{"王小明 杭州市西湖区", "浙江省杭州市西湖区", 3, "", ""},
		{"锦绣花园小区西湖区", "浙江省杭州市西湖区", 3, "", ""},
		{"联华超市西湖区", "浙江省杭州市西湖区", 3, "", ""},
		{"阿里巴巴西溪园区余杭区", "浙江省杭州市余杭区", 3, "", ""},
		{"杭州西湖风景名胜区北山街道", "浙江省杭州市西湖区北山街道", 4, "", ""},
		{"杭州之江国家旅游度假区转塘街道", "浙江省杭州市西湖区转塘街道", 4, "", ""},
		{"宁波杭州湾新区庵东镇", "浙江省宁波市慈溪市庵东镇", 4, "", ""},
		{"杭州市自由贸易试验区长河街道", "浙江省杭州市滨江区长河街道", 4, "", ""},
		{"上海路5号（西湖区）", "浙江省杭州市西湖区", 3, "上海路5号", ""},
		{"中国浙江省杭州市西湖区", "浙江省杭州市西湖区", 3, "", ""},

		{"白沙路", "", 0, "", ""}, {"宁波大学", "", 0, "", ""}, {"开发区", "", 0, "", ""}, {"市", "", 0, "", ""}, {"abc 123", "", 0, "", ""},
	} {
		e.check(t, g)
	}
}

// TestNation reads what is hard where names repeat all over the country. It takes the divisions of the whole nation, so it
// runs on request; so do the figures of time and memory.
func TestNation(t *testing.T) {
	if os.Getenv("JINGWEI_GAZETTEER") == "" {
		t.Skip("set JINGWEI_GAZETTEER to read addresses of the whole nation")
	}
	started := time.Now()
	g := must(t, nation)
	t.Logf("%d divisions in %.1f s, %.0f MB", g.Len(), time.Since(started).Seconds(), float64(g.Bytes())/1e6)
	if g.Bytes() > 150e6 {
		t.Errorf("%d bytes", g.Bytes())
	}
	for _, e := range []expectation{
		{"鼓楼区", "江苏省南京市鼓楼区", 0, "", gazetteer.Ambiguous},
		{"鼓楼区五凤街道", "福建省福州市鼓楼区五凤街道", 4, "", ""},
		{"朝阳", "辽宁省朝阳市", 0, "", gazetteer.Ambiguous},
		{"朝阳市朝阳县", "辽宁省朝阳市朝阳县", 3, "", ""},
		{"北京朝阳", "北京市朝阳区", 3, "", ""},
		{"城关镇", "天津市武清区城关镇", 0, "", gazetteer.Ambiguous},
		{"吉林吉林市昌邑区", "吉林省吉林市昌邑区", 3, "", ""},
		{"济南市中区", "山东省济南市市中区", 3, "", ""},
		{"深圳南山", "广东省深圳市南山区", 3, "", ""},
		{"东莞虎门镇", "广东省东莞市虎门镇", 4, "", ""},
		{"延边州延吉", "吉林省延边朝鲜族自治州延吉市", 3, "", ""},
		{"内蒙古呼和浩特玉泉区", "内蒙古自治区呼和浩特市玉泉区", 3, "", ""},
		{"海南", "海南省", 0, "", gazetteer.Ambiguous},
		{"长春", "吉林省长春市", 2, "", gazetteer.Ambiguous}, {"文昌", "海南省文昌市", 3, "", gazetteer.Ambiguous},
		{"南京路1号", "", 0, "", ""}, {"人民路", "", 0, "", ""},
	} {
		e.check(t, g)
	}
	found, err := g.Find("城关镇", 20)
	if err != nil {
		t.Fatal(err)
	}
	if i := slices.IndexFunc(found[0].Warnings, func(w gazetteer.Warning) bool { return w.Kind == gazetteer.Ambiguous }); found[0].Warnings[i].Count < 80 {
		t.Errorf("城关镇 is ambiguous with %d others only", found[0].Warnings[i].Count)
	}
	timeAddresses(t, g)
	for _, name := range []string{"新村村委会", "新村", "城关镇", "团结村民委员会中心村", "朝阳"} {
		text := strings.Repeat(name, gazetteer.MostText/len([]rune(name)))
		started := time.Now()
		if _, err := g.Find(text, 20); err != nil {
			t.Fatal(err)
		}
		t.Logf("%s again and again: %v", name, time.Since(started))
	}
}

// mostTime is how long an address may take on average.
const mostTime = 2 * time.Millisecond

func timeAddresses(t *testing.T, g *gazetteer.Gazetteer) {
	t.Helper()
	list := readAddresses(t)
	var longest time.Duration
	var total score
	started := time.Now()
	for _, a := range list {
		one := time.Now()
		found, err := g.Find(a.text, 20)
		if err != nil {
			t.Fatal(err)
		}
		if took := time.Since(one); took > longest {
			longest = took
			t.Logf("%s: %v", a.text, took)
		}
		s := judge(a, found)
		if total.add(s); s.silent > 0 && a.kind != "former county" { // without history
			t.Errorf("%s: %s is %s and nothing warns", a.kind, a.text, gazetteer.Address(found[0].Divisions))
		}
	}
	t.Logf("of the addresses of Zhejiang, in the whole nation: %+v", total)
	mean := time.Since(started) / time.Duration(len(list))
	t.Logf("%v per address, the longest %v", mean, longest)
	if mean > mostTime {
		t.Errorf("%v per address", mean)
	}
}

func TestFindRefuses(t *testing.T) {
	g := must(t, zhejiang)
	for _, q := range []string{"", " ，。", strings.Repeat("杭州", gazetteer.MostText)} {
		if _, err := g.Find(q, 1); !errors.Is(err, geo.ErrInvalid) {
			t.Errorf("%.10q: %v", q, err)
		}
	}
	var b gazetteer.Builder
	if found, err := b.Build(today, nil).Find("杭州", 1); len(found) != 0 || err != nil {
		t.Errorf("without divisions: %v %v", found, err)
	}
}

// TestParts says where in the text a name stands, in characters of the text itself.
func TestParts(t *testing.T) {
	found, err := must(t, zhejiang).Find("　西 湖 区（北山街道）８４号", 1)
	if err != nil || len(found) != 1 {
		t.Fatal(found, err)
	}
	var parts []string
	for _, p := range found[0].Parts {
		parts = append(parts, p.Text)
		if got := string([]rune("　西 湖 区（北山街道）８４号")[p.Start:p.End]); got != p.Text {
			t.Errorf("%q stands at %d to %d: %q", p.Text, p.Start, p.End, got)
		}
	}
	if want := []string{"西 湖 区", "北山街道"}; !slices.Equal(parts, want) || found[0].Rest != "８４号" {
		t.Errorf("%q, rest %q", parts, found[0].Rest)
	}
	if !found[0].HasPlace || found[0].Place.AccuracyM != reach || found[0].PlaceOf != 330106002000 {
		t.Errorf("%+v of %s", found[0].Place, found[0].PlaceOf)
	}
}

// TestFormerTownship follows a township that moved with its county, and keeps divisions without labels at the one above.
func TestFormerTownship(t *testing.T) {
	all := geo.DayRange{From: geo.MinDay, To: geo.MaxDay}
	past := geo.DayRange{From: geo.MinDay, To: geo.FirstDay(2021)}
	label := geo.Position{Lon: 1_200_000_000, Lat: 300_000_000}
	var b gazetteer.Builder
	for _, d := range []geo.Division{
		{Code: 330000000000, Level: geo.Province, Name: "浙江省", Valid: all},
		{Code: 330100000000, Level: geo.Prefecture, Name: "杭州市", Parent: 330000000000, Valid: all, Label: label, HasLabel: true},
		{Code: 330102000000, Level: geo.County, Name: "上城区", Parent: 330100000000, Valid: all},
		{Code: 330102009000, Level: geo.Township, Name: "采荷街道", Parent: 330102000000, Valid: all},
		{Code: 330104000000, Level: geo.County, Name: "江干区", Parent: 330100000000, Valid: past},
		{Code: 330104007000, Level: geo.Township, Name: "采荷街道", Parent: 330104000000, Valid: past},
		{Code: 330104008000, Level: geo.Township, Name: "闸弄口街道", Parent: 330104000000, Valid: past},
		{Code: 330102000000, Level: geo.County, Name: "将来区", Parent: 330100000000, Valid: geo.DayRange{From: today + 1, To: geo.MaxDay}},
	} {
		b.Add(d, 500, today)
	}
	g := b.Build(today, []geo.Succession{{Old: 330104000000, New: 330102000000, Year: 2021, Kind: geo.SuccessionMerge}})
	for _, e := range []expectation{
		{"江干区采荷街道", "浙江省杭州市上城区采荷街道", 4, "", gazetteer.FormerName},
		{"江干区闸弄口街道1号", "浙江省杭州市上城区", 3, "1号", gazetteer.FormerName},
		{"将来区", "", 0, "", ""},
	} {
		e.check(t, g)
	}
	found, err := g.Find("采荷", 1)
	if err != nil || len(found) != 1 || found[0].PlaceOf != 330100000000 || found[0].Place.At != label {
		t.Errorf("%+v %v", found, err)
	}
}

func TestNearest(t *testing.T) {
	g := must(t, zhejiang)
	p, err := geo.NewPosition(120.15, 30.27)
	if err != nil {
		t.Fatal(err)
	}
	all, metres, ok := g.Nearest(p, geo.Township, 0)
	if !ok || all.Level != geo.Township {
		t.Fatalf("%+v %v", all, ok)
	}
	d, farther, ok := g.Nearest(p, geo.Township, 330300000000)
	if !ok || farther <= metres || d.Code.Cut(geo.Prefecture) != 330300000000 {
		t.Errorf("%+v %v, the nearest of all %v", d, farther, metres)
	}
	if _, _, ok := g.Nearest(p, geo.Township, 110000000000); ok {
		t.Error("there is something in Beijing")
	}
	if got := gazetteer.Address(g.Chain(330106002000)); got != "浙江省杭州市西湖区北山街道" {
		t.Error(got)
	}
}
