package national

import (
	"strconv"
	"strings"

	"jingwei/geo"
)

// names returns the full and the short name of organization i.
func (o *Organizations) names(i int) (name, short string) {
	var buffer [256]byte
	b := append(buffer[:0], "中共"...)
	b = o.appendBody(b, i)
	full, brief := o.endings(i)
	name = string(append(b, full...))
	short = string(append(b, brief...)[len("中共"):])
	return name, short
}

// endings are what the names of a kind end in.
func (o *Organizations) endings(i int) (full, brief string) {
	switch o.kind[i] {
	case localCommittee, partyCommittee:
		return "委员会", "党委"
	case workingCommittee:
		return "工作委员会", "党工委"
	case generalBranch:
		return "总支部委员会", "党总支"
	}
	return "支部委员会", "党支部"
}

// appendBody appends what the organization is of: a division or a unit, and the part of it.
func (o *Organizations) appendBody(b []byte, i int) []byte {
	head := o.head(i)
	switch {
	case o.level[head] == unitLevel:
		b = o.appendUnit(b, head)
	case o.level[head] == uint8(geo.Village):
		b = o.appendVillage(b, int(o.place[head]))
	default:
		b = append(b, o.nation.divisions.name(int(o.place[head]))...)
	}
	if head != i {
		b = o.appendPart(b, i)
	}
	return appendManner(b, o.kind[i])
}

// head is the topmost organization of the unit or village that i is a part of.
func (o *Organizations) head(i int) int {
	for {
		above := o.superior[i]
		if above < 0 || o.level[above] != o.level[i] || o.level[i] < uint8(geo.Village) {
			return i
		}
		i = int(above)
	}
}

// appendVillage appends a village or community as people call it.
func (o *Organizations) appendVillage(b []byte, row int) []byte {
	stem := o.nation.divisions.stem(row)
	b = append(b, stem...)
	if o.nation.divisions.rows[row].residents() {
		if strings.HasSuffix(stem, "社区") {
			return b
		}
		return append(b, "社区"...)
	}
	if strings.HasSuffix(stem, "村") || strings.HasSuffix(stem, "嘎查") {
		return b
	}
	return append(b, "村"...)
}

// appendPart appends the part of a unit: its number, and of a general branch what it does.
func (o *Organizations) appendPart(b []byte, i int) []byte {
	ordinal := int(o.ordinal[i])
	switch o.kind[i] {
	case generalBranch:
		b = append(b, offices[(ordinal-1)%len(offices)]...)
		if round := (ordinal - 1) / len(offices); round > 0 {
			b = appendNumeral(append(b, "第"...), round+1)
		}
		return b
	case gridBranch:
		return append(appendNumeral(append(b, "第"...), ordinal), "网格"...)
	case functionalBranch:
		return append(b, works[(ordinal-1)%len(works)]...)
	case retiredBranch, mobileBranch:
		if ordinal == 1 {
			return b
		}
	}
	above := int(o.superior[i])
	if o.kind[above] == generalBranch && o.level[above] == unitLevel && o.head(i) != above {
		b = append(b, offices[(int(o.ordinal[above])-1)%len(offices)]...)
	}
	return appendNumeral(append(b, "第"...), ordinal)
}

// appendManner appends what tells special branches from others.
func appendManner(b []byte, k kind) []byte {
	switch k {
	case jointBranch:
		return append(b, "联合"...)
	case functionalBranch:
		return append(b, "功能型"...)
	case temporaryBranch:
		return append(b, "临时"...)
	case mobileBranch:
		return append(b, "流动党员"...)
	case retiredBranch:
		return append(b, "离退休"...)
	}
	return b
}

// appendUnit appends the made-up name of the unit that organization i stands for.
func (o *Organizations) appendUnit(b []byte, i int) []byte {
	s := newStream(o.nation.seed, forName, i)
	town := o.nation.townOf(int(o.place[i]))
	switch sector(s.pick(sectorShares[:])) {
	case organs:
		if above := o.superior[i]; above >= 0 && o.level[above] < uint8(geo.Township) {
			b = append(b, o.nation.divisions.name(int(o.place[above]))...)
			return append(b, bureaus[s.below(len(bureaus))]...)
		}
		b = append(b, o.nation.divisions.name(int(o.nation.towns[town].row))...)
		return append(b, townOffices[s.below(len(townOffices))]...)
	case publicInstitution:
		b = o.appendPlace(b, &s, i, town)
		if s.chance(0.3) {
			b = appendNumeral(append(b, "第"...), 2+s.below(8))
		}
		return append(b, institutions[s.below(len(institutions))]...)
	case enterprise:
		b = o.appendPlace(b, &s, i, town)
		b = append(b, string(traits[s.below(len(traits))])...)
		b = append(b, string(traits[s.below(len(traits))])...)
		b = append(b, industries[s.below(len(industries))]...)
		return append(b, forms[s.below(len(forms))]...)
	}
	b = o.appendPlace(b, &s, i, town)
	return append(b, causes[s.below(len(causes))]...)
}

// appendPlace appends the county, township or village that a unit calls itself after.
func (o *Organizations) appendPlace(b []byte, s *stream, i, town int) []byte {
	d := o.nation.divisions
	switch x := s.float(); {
	case x < 0.35:
		return append(b, d.name(o.nation.counties[o.nation.towns[town].county].row)...)
	case x < 0.85 || o.place[i] == o.nation.towns[town].row:
		return append(b, d.name(int(o.nation.towns[town].row))...)
	}
	return append(b, d.stem(int(o.place[i]))...)
}

// appendNumeral appends a number from 1 to 9,999 in Chinese characters, larger ones in digits.
func appendNumeral(b []byte, n int) []byte {
	digits := [...]string{"零", "一", "二", "三", "四", "五", "六", "七", "八", "九"}
	if n > 9999 {
		return strconv.AppendInt(b, int64(n), 10)
	}
	places := [...]struct {
		value int
		name  string
	}{{1000, "千"}, {100, "百"}, {10, "十"}}
	begun, gap := false, false
	for _, p := range places {
		digit := n / p.value % 10
		if digit == 0 {
			gap = begun
			continue
		}
		if gap {
			b, gap = append(b, digits[0]...), false
		}
		if begun || digit != 1 || p.value != 10 {
			b = append(b, digits[digit]...)
		}
		b, begun = append(b, p.name...), true
	}
	if n%10 == 0 && begun {
		return b
	}
	if gap {
		b = append(b, digits[0]...)
	}
	return append(b, digits[n%10]...)
}

// address is a made-up street and number for a third of the units, "" for the others.
func (o *Organizations) address(i int) string {
	s := newStream(o.nation.seed, forText, i)
	if o.level[i] != unitLevel || !s.chance(0.33) {
		return ""
	}
	var buffer [96]byte
	b := append(buffer[:0], o.nation.divisions.name(int(o.nation.towns[o.nation.townOf(int(o.place[i]))].row))...)
	b = append(b, roads[s.below(len(roads))]...)
	b = strconv.AppendInt(b, int64(1+s.below(400)), 10)
	return string(append(b, "号"...))
}
