package crs

import (
	"strings"

	"jingwei/geo"
)

// The grid of GB/T 39409-2020 in two dimensions, in units of 1/2048 of a second: a level divides a cell of the one before.
const (
	perDegree = 3600 * 2048
	perMinute = 60 * 2048
	perSecond = 2048
)

// beidouLevel is a level of the grid below the first.
type beidouLevel struct {
	width, height int64  // of its cells, in units
	columns, rows int64  // of its cells in one of the level before
	digits        string // for column and row; for one that numbers both, row by row, together
	together      bool
}

// beidouLevels are levels 2 to 10.
func beidouLevels() []beidouLevel {
	const digits = "0123456789ABCDE"
	return []beidouLevel{
		{perDegree / 2, perDegree / 2, 12, 8, digits, false},
		{15 * perMinute, 10 * perMinute, 2, 3, digits, true},
		{perMinute, perMinute, 15, 10, digits, false},
		{4 * perSecond, 4 * perSecond, 15, 15, digits, false},
		{2 * perSecond, 2 * perSecond, 2, 2, digits, true},
		{perSecond / 4, perSecond / 4, 8, 8, digits, false},
		{perSecond / 32, perSecond / 32, 8, 8, digits, false},
		{perSecond / 256, perSecond / 256, 8, 8, digits, false},
		{1, 1, 8, 8, digits, false},
	}
}

// BeiDouLevels is how many levels the grid has; cells of the last are a centimetre and a half wide.
const BeiDouLevels = 10

const bands = "ABCDEFGHIJKLMNOPQRSTUV"

// BeiDou returns the code of the cell of the BeiDou grid (北斗网格位置码, GB/T 39409-2020, two dimensions) that holds a
// position: 4, 6, 7, 9, 11, 12, 14, 16, 18 or 20 characters for the levels 1 to 10. It is "" outside of the northern and
// eastern quarter of the world, south of 88°N, and for other levels.
func BeiDou(p geo.Position, level int) string {
	x, y := units(p.Lon), units(p.Lat)
	if p.Lon < 0 || p.Lat < 0 || p.Lon >= 1_800_000_000 || p.Lat >= 880_000_000 || level < 1 || level > BeiDouLevels {
		return ""
	}
	zone, band := x/(6*perDegree), y/(4*perDegree)
	x, y = x%(6*perDegree), y%(4*perDegree)
	var code strings.Builder
	code.WriteByte('N')
	code.WriteByte(byte('0' + (zone+31)/10))
	code.WriteByte(byte('0' + (zone+31)%10))
	code.WriteByte(bands[band])
	for _, l := range beidouLevels()[:level-1] {
		column, row := x/l.width, y/l.height
		x, y = x%l.width, y%l.height
		if l.together {
			code.WriteByte(l.digits[row*l.columns+column])
			continue
		}
		code.WriteByte(l.digits[column])
		code.WriteByte(l.digits[row])
	}
	return code.String()
}

// units returns a coordinate of units of 1e-7 degree in those of the grid, rounded down: exact, unlike floating point at the
// borders of cells.
func units(e7 int32) int64 { return int64(e7) * perDegree / 10_000_000 }

// ReadBeiDou returns the centre in degrees (WGS84) of the cell that a code names, and the cell's width and height in degrees.
// Small letters and spaces are read too. ok is false for what is no code of the northern and eastern quarter of the world.
func ReadBeiDou(code string) (lon, lat, width, height float64, ok bool) {
	code = strings.ToUpper(strings.ReplaceAll(code, " ", ""))
	if len(code) < 4 || code[0] != 'N' || code[1] < '0' || code[1] > '9' || code[2] < '0' || code[2] > '9' {
		return 0, 0, 0, 0, false
	}
	zone, band := int64(code[1]-'0')*10+int64(code[2]-'0')-31, strings.IndexByte(bands, code[3])
	if zone < 0 || zone >= 30 || band < 0 {
		return 0, 0, 0, 0, false
	}
	x, y, w, h := zone*6*perDegree, int64(band)*4*perDegree, int64(6*perDegree), int64(4*perDegree)
	rest := code[4:]
	for _, l := range beidouLevels() {
		if rest == "" {
			break
		}
		column, row, n := l.read(rest)
		if n == 0 {
			return 0, 0, 0, 0, false
		}
		x, y, w, h, rest = x+column*l.width, y+row*l.height, l.width, l.height, rest[n:]
	}
	degrees := func(units float64) float64 { return units / perDegree }
	return degrees(float64(x) + float64(w)/2), degrees(float64(y) + float64(h)/2), degrees(float64(w)), degrees(float64(h)), rest == ""
}

// read returns column and row that the code begins with, and how many characters name them; 0 when it does not.
func (l beidouLevel) read(code string) (column, row int64, n int) {
	first := int64(strings.IndexByte(l.digits, code[0]))
	if l.together {
		if first < 0 || first >= l.columns*l.rows {
			return 0, 0, 0
		}
		return first % l.columns, first / l.columns, 1
	}
	if len(code) < 2 {
		return 0, 0, 0
	}
	second := int64(strings.IndexByte(l.digits, code[1]))
	if first < 0 || first >= l.columns || second < 0 || second >= l.rows {
		return 0, 0, 0
	}
	return first, second, 2
}
