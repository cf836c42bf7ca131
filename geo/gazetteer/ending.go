package gazetteer

import (
	"slices"

	"jingwei/geo"
)

// ending is what kind of division the last characters of a name tell. Several forms mean the same.
type ending uint8

const (
	noEnding ending = iota
	province
	region
	special
	city
	prefecture
	area
	league
	district
	county
	banner
	autonomousCounty
	autonomousBanner
	newDistrict
	economicZone
	highTechZone
	otherZone
	street
	town
	township
	sumu
	office
	farm
	village
	community
	gacha
	endings // how many there are
)

// levels of division that may have an ending, as bits.
var endingLevels = [endings]uint8{
	province: bits(1), region: bits(1), special: bits(1), city: bits(1, 2, 3), prefecture: bits(2), area: bits(2, 4), league: bits(2),
	district: bits(3), county: bits(3), banner: bits(3), autonomousCounty: bits(3), autonomousBanner: bits(3), newDistrict: bits(3),
	economicZone: bits(3, 4), highTechZone: bits(3, 4), otherZone: bits(3, 4),
	street: bits(4), town: bits(4), township: bits(4), sumu: bits(4), office: bits(4), farm: bits(4, 5),
	village: bits(5), community: bits(5), gacha: bits(5),
}

func bits(levels ...int) (set uint8) {
	for _, l := range levels {
		set |= 1 << l
	}
	return set
}

func (e ending) fits(level geo.DivisionLevel) bool { return endingLevels[e]&(1<<level) != 0 }

// zone reports whether what has the ending mostly lies in the division whose name it begins with: 杭州经济技术开发区.
func (e ending) zone() bool {
	return e == economicZone || e == highTechZone || e == otherZone || e == newDistrict
}

// form is one way of writing an ending.
type form struct {
	text []rune
	ending
}

// forms are all ways of writing endings, the longest first.
var forms = makeForms(map[ending][]string{
	province: {"省"}, region: {"自治区"}, special: {"特别行政区"}, city: {"市"}, prefecture: {"自治州", "州"}, area: {"地区"}, league: {"盟"},
	district: {"区", "林区", "特区"}, county: {"县"}, banner: {"旗"}, autonomousCounty: {"自治县"}, autonomousBanner: {"自治旗"}, newDistrict: {"新区"},
	economicZone: {"经济技术开发区", "经济开发区", "技术开发区", "经开区", "开发区"},
	highTechZone: {"高新技术产业开发区", "高新技术产业园区", "高新技术开发区", "高新开发区", "高新区"},
	otherZone:    {"工业园区", "产业园区", "产业集聚区", "管理区", "管委会", "示范区", "度假区", "风景区", "园区"},
	street:       {"街道", "街道办事处", "街道办", "街办"}, town: {"镇", "民族镇", "镇政府"}, township: {"乡", "民族乡", "乡政府"}, sumu: {"苏木", "民族苏木"},
	office: {"办事处", "地区办事处"}, farm: {"农场", "林场", "牧场", "渔场", "茶场"},
	village:   {"村", "村民委员会", "村委会", "村村民委员会", "村村委会", "行政村", "自然村"},
	community: {"社区", "居民委员会", "居委会", "社区居民委员会", "社区居委会", "村居委会", "居民区"},
	gacha:     {"嘎查", "嘎查村", "嘎查村民委员会", "嘎查村委会", "嘎查委员会"},
})

func makeForms(all map[ending][]string) []form {
	var list []form
	for e, texts := range all {
		for _, t := range texts {
			list = append(list, form{[]rune(t), e})
		}
	}
	slices.SortFunc(list, func(a, b form) int {
		if d := len(b.text) - len(a.text); d != 0 {
			return d
		}
		return slices.Compare(a.text, b.text)
	})
	return list
}

// split takes the ending off a name; a base of fewer than two characters is none, since 和县 is never called 和.
func split(name []rune, level geo.DivisionLevel) (base []rune, e ending) {
	for _, f := range forms {
		n := len(name) - len(f.text)
		if n >= 2 && f.fits(level) && slices.Equal(name[n:], f.text) {
			return name[:n], f.ending
		}
	}
	return name, noEnding
}

// peoples are names of nationalities as they stand in names of autonomous divisions.
var peoples = runesOf("蒙古族", "蒙古", "回族", "藏族", "维吾尔族", "维吾尔", "苗族", "彝族", "壮族", "布依族", "朝鲜族", "满族", "侗族", "瑶族", "白族", "土家族", "哈尼族",
	"哈萨克族", "哈萨克", "傣族", "黎族", "傈僳族", "佤族", "畲族", "高山族", "拉祜族", "水族", "东乡族", "纳西族", "景颇族", "柯尔克孜族", "柯尔克孜", "土族", "达斡尔族", "仫佬族",
	"羌族", "布朗族", "撒拉族", "毛南族", "仡佬族", "锡伯族", "锡伯", "阿昌族", "普米族", "塔吉克族", "塔吉克", "怒族", "乌孜别克族", "俄罗斯族", "鄂温克族", "德昂族", "保安族", "裕固族", "京族",
	"塔塔尔族", "独龙族", "鄂伦春族", "赫哲族", "门巴族", "珞巴族", "基诺族", "各族")

func runesOf(texts ...string) [][]rune {
	list := make([][]rune, len(texts))
	for i, t := range texts {
		list[i] = []rune(t)
	}
	return list
}

// withoutPeoples takes nationalities off the end of a base: 延边朝鲜族 becomes 延边.
func withoutPeoples(base []rune) []rune {
	for again := true; again; {
		again = false
		for _, p := range peoples {
			if n := len(base) - len(p); n >= 2 && slices.Equal(base[n:], p) {
				base, again = base[:n], true
				break
			}
		}
	}
	return base
}

// namesPeople reports whether nationalities may stand before the ending.
func (e ending) namesPeople() bool {
	return slices.Contains([]ending{region, prefecture, autonomousCounty, autonomousBanner, town, township, sumu, district}, e)
}

// keysOf returns what a division is looked up by: its name without the ending, once more without nationalities.
func keysOf(name string, level geo.DivisionLevel) (keys []string, e ending) {
	if groups(name, level) {
		return nil, noEnding
	}
	base, e := split(foldName(name), level)
	if len(base) < 2 {
		return nil, e
	}
	keys = []string{string(base)}
	if short := withoutPeoples(base); e.namesPeople() && len(short) < len(base) {
		keys = append(keys, string(short))
	}
	if keys[0] == "内蒙古" {
		keys = append(keys, "内蒙")
	}
	return keys, e
}

// groups reports whether a division only groups others and has no name that anybody writes.
func groups(name string, level geo.DivisionLevel) bool {
	switch name {
	case "市辖区", "县", "省直辖县级行政区划", "自治区直辖县级行政区划", "直辖县级行政区划":
		return level == geo.Prefecture || level == geo.County
	}
	return false
}

// vague are names that many a text has without meaning the division: they count below a division that is named only.
var vague = []string{"城区", "郊区", "矿区", "市区", "新区", "开发区", "高新区"}
