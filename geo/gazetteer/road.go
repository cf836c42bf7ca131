package gazetteer

import (
	"slices"

	"jingwei/geo"
)

// Words that make something else of a name before them: 北京东路, 宁波大学.
var (
	roads     = runesOf("大道", "大街", "路", "巷", "弄", "胡同", "街", "公路", "高速", "支路", "环线", "隧道", "大桥")
	buildings = runesOf("大厦", "大学", "学院", "中学", "小学", "医院", "银行", "宾馆", "酒店", "饭店", "广场", "公园", "车站", "机场", "火车", "汽车", "市场", "商城", "小区", "公寓", "花园", "大楼", "中心", "集团", "公司", "湾", "站")
	sides     = []rune("东南西北中前后新老一二三四五六七八九十")
)

// isRoad reports whether what stands at i makes a road of the name before.
func (f *finder) isRoad(i int) bool {
	for range 3 {
		if !f.joined(i) {
			return false
		}
		if slices.ContainsFunc(roads, func(w []rune) bool { return f.has(i, w) }) {
			return !f.has(i, streetWord)
		}
		if !slices.Contains(sides, f.runes[i]) && !isDigit(f.runes[i]) {
			return false
		}
		i++
	}
	return false
}

var streetWord = []rune("街道")

func (f *finder) isBuilding(i int) bool {
	return f.joined(i) && slices.ContainsFunc(buildings, func(w []rune) bool { return f.has(i, w) })
}

func endsAsRoad(name []rune) bool {
	return slices.Contains([]rune("路街巷弄道"), name[len(name)-1])
}

func isDigit(r rune) bool { return r >= '0' && r <= '9' }

// road returns where roads and numbers begin: names behind it are mostly those of buildings. What is the full name of a
// division is no road.
func (f *finder) road() int {
	for i, r := range f.runes {
		if !isDigit(r) && !slices.ContainsFunc(roads, func(w []rune) bool { return f.has(i, w) }) || f.has(i, streetWord) {
			continue
		}
		named := slices.ContainsFunc(f.hits, func(h hit) bool {
			return h.ended && h.start <= i && i < h.end && h.how != CededFrom && f.level[h.named] <= uint8(geo.Village)
		})
		if !named {
			return i
		}
	}
	return len(f.runes)
}
