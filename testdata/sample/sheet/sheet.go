// Package sheet makes a workbook as committees send them: titles above the headers, merged cells, codes that became
// numbers, several notations of one thing, and rows that are wrong in every way that people get wrong.
package sheet

import (
	"fmt"
	"io"
	"strings"

	"github.com/xuri/excelize/v2"
)

// Place is where an organization may stand: a division with a point in it, in degrees.
type Place struct {
	Division int64
	Lon, Lat float64
}

// headerRow is the lower row of the headers, counted from 1.
const headerRow = 4

// columns of the workbook, counted from 0. The last is the number of the organization, which no import reads.
const (
	columnNumber = iota
	columnName
	columnKind
	columnSuperior
	columnDivision
	columnLng
	columnLat
	columnUSCC
	columnPhone
	columnFounded
	columnRemark
)

// Row returns organization i as it should be written.
func Row(i int, p Place) []any {
	superior := "PL-0001"
	switch {
	case i == 0:
		superior = ""
	case i%7 == 3:
		superior = "批量导入试点总支"
	}
	founded := any(fmt.Sprintf("20%02d-%02d-%02d", i%20, 1+i%12, 1+i%28))
	switch i % 4 {
	case 1:
		founded = fmt.Sprintf("20%02d年%d月%d日", i%20, 1+i%12, 1+i%28)
	case 2:
		founded = 40000 + i // as a spreadsheet keeps days
	}
	name := fmt.Sprintf("批量导入第%d党支部", i)
	if i == 0 {
		name = "批量导入试点总支"
	}
	division := any(p.Division) // a number, where the column has no format
	if i%3 == 0 {
		division = fmt.Sprint(p.Division)
	}
	return []any{fmt.Sprintf("PL-%04d", i+1), name, []string{"党支部", "branch", " 党支部 ", "Party branch"}[i%4], superior, division,
		p.Lon, p.Lat, "", fmt.Sprintf("0571-%08d", i), founded, i}
}

// faults say how the organization with a number is written wrongly, in an order that spreads them over the file.
func faults() []struct {
	reason string
	times  int
	spoil  func(row []any)
} {
	set := func(column int, value any) func([]any) { return func(row []any) { row[column] = value } }
	return []struct {
		reason string
		times  int
		spoil  func(row []any)
	}{
		{"missing-name", 3, set(columnName, " ")},
		{"unknown-kind", 4, set(columnKind, "党支布")},
		{"unknown-division", 3, set(columnDivision, "浙江省杭州市不存在区")},
		{"coordinates-unreadable", 4, set(columnLng, "东边")},
		{"coordinates-swapped", 4, func(row []any) { row[columnLng], row[columnLat] = row[columnLat], row[columnLng] }},
		{"coordinates-outside", 2, func(row []any) { row[columnLng] = row[columnLng].(float64) - 12 }},
		{"uscc-check", 4, set(columnUSCC, "91350100M000100Y44")},
		{"duplicate-code", 3, set(columnNumber, "PL-0001")},
		{"unknown-superior", 3, set(columnSuperior, "不存在的上级")},
		{"bad-date", 4, set(columnFounded, "去年春天")},
		{"too-long", 2, set(columnPhone, strings.Repeat("0571-8700", 6))},
		{"bad-characters", 2, func(row []any) { row[columnName] = "批量\u202e导入" }},
		{"superior-cycle", 2, func(row []any) { row[columnSuperior] = row[columnNumber] }},
	}
}

// Write writes a workbook with an organization at each of the places, and returns how many faults it has by reason: 40 of
// 13 kinds, so that a thousand places or so are needed.
func Write(w io.Writer, places []Place) (map[string]int, error) {
	f := excelize.NewFile()
	defer f.Close()
	const name = "支部名单"
	if _, err := f.NewSheet(name); err != nil {
		return nil, err
	}
	if err := f.SetSheetRow("Sheet1", "A1", &[]any{"填表说明", "请勿改动列名"}); err != nil {
		return nil, err
	}
	if err := writeHead(f, name); err != nil {
		return nil, err
	}
	wrong, counts := spoilt(len(places))
	for i, p := range places {
		row := Row(i, p)
		if spoil := wrong[i]; spoil != nil {
			spoil(row)
		}
		at, err := excelize.CoordinatesToCellName(1, headerRow+1+i)
		if err != nil {
			return nil, err
		}
		if err := f.SetSheetRow(name, at, &row); err != nil {
			return nil, err
		}
	}
	return counts, f.Write(w)
}

// spoilt chooses which organizations are wrong, and how.
func spoilt(n int) (map[int]func([]any), map[string]int) {
	wrong, counts := map[int]func([]any){}, map[string]int{}
	at := 11
	for _, f := range faults() {
		for range f.times {
			wrong[at], counts[f.reason] = f.spoil, counts[f.reason]+1
			at += max(1, (n-20)/41)
		}
	}
	return wrong, counts
}

func writeHead(f *excelize.File, sheet string) error {
	for cell, text := range map[string]string{
		"A1": "基层党组织批量登记表", "A2": "填报单位：试点", "F3": "位置", "A3": "编码", "B3": "组织名称（全称）*", "C3": "类别", "D3": "上级组织", "E3": "所在行政区划",
		"F4": "经度", "G4": "纬度", "H3": "统一社会信用代码", "I3": "联系电话", "J3": "成立日期", "K3": "备注",
	} {
		if err := f.SetCellStr(sheet, cell, text); err != nil {
			return err
		}
	}
	for _, area := range [][2]string{{"A1", "K1"}, {"A2", "K2"}, {"F3", "G3"}, {"A3", "A4"}, {"B3", "B4"}, {"C3", "C4"}, {"D3", "D4"}, {"E3", "E4"}, {"H3", "H4"}, {"I3", "I4"}, {"J3", "J4"}, {"K3", "K4"}} {
		if err := f.MergeCell(sheet, area[0], area[1]); err != nil {
			return err
		}
	}
	return nil
}

// Repair reads a workbook of refused rows, as an import gives it back, and writes it as it should be. It returns how many rows
// there are.
func Repair(r io.Reader, w io.Writer, places []Place) (int, error) {
	f, err := excelize.OpenReader(r)
	if err != nil {
		return 0, err
	}
	defer f.Close()
	sheet := f.GetSheetName(0)
	rows, err := f.GetRows(sheet)
	if err != nil {
		return 0, err
	}
	for n, row := range rows[1:] {
		var i int
		if len(row) <= columnRemark {
			return 0, fmt.Errorf("row %d lacks its number: %v", n+2, row)
		}
		if _, err := fmt.Sscan(row[columnRemark], &i); err != nil {
			return 0, fmt.Errorf("row %d: %w", n+2, err)
		}
		right := Row(i, places[i])
		at, err := excelize.CoordinatesToCellName(1, n+2)
		if err != nil {
			return 0, err
		}
		if err := f.SetSheetRow(sheet, at, &right); err != nil {
			return 0, err
		}
	}
	return len(rows) - 1, f.Write(w)
}
