package intake_test

import (
	"archive/zip"
	"bytes"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"jingwei/geo"
	"jingwei/geo/geotest"
	"jingwei/geo/intake"
)

// sheetIn is a workbook whose first sheet is the XML.
func sheetIn(t testing.TB, sheet string) []byte {
	t.Helper()
	f := excelize.NewFile()
	defer f.Close()
	plain, err := f.WriteToBuffer()
	if err != nil {
		t.Fatal(err)
	}
	z, err := zip.NewReader(bytes.NewReader(plain.Bytes()), int64(plain.Len()))
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	out := zip.NewWriter(&b)
	for _, entry := range z.File {
		r, err := entry.Open()
		if err != nil {
			t.Fatal(err)
		}
		data, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		if entry.Name == "xl/worksheets/sheet1.xml" {
			data = []byte(sheet)
		}
		w, err := out.Create(entry.Name)
		if err == nil {
			_, err = w.Write(data)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := out.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func textRow(n int, cells ...string) string {
	var b strings.Builder
	fmt.Fprintf(&b, `<row r="%d">`, n)
	for i, c := range cells {
		fmt.Fprintf(&b, `<c r="%c%d" t="inlineStr"><is><t>%s</t></is></c>`, 'A'+i, n, c)
	}
	return b.String() + "</row>"
}

// TestDamagedSheets are told, wherever they are damaged: the rows after that are not to be lost without a word.
func TestDamagedSheets(t *testing.T) {
	const head = `<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>`
	whole := textRow(1, "名称", "编码") + textRow(2, "一", "1") + textRow(3, "二", "2")
	for _, c := range []struct{ name, sheet, want string }{
		{"whole", head + whole + `</sheetData></worksheet>`, ""},
		{"without rows", `<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"></worksheet>`, ""},
		{"an entity in the first cell", head + whole + textRow(4, "&amp;", "&bad;") + textRow(5, "五", "5") + `</sheetData></worksheet>`, "at row 4"},
		{"an entity in the last row", head + whole + textRow(4, "四", "&bad;") + `</sheetData></worksheet>`, "at row 4"},
		{"another end", head + whole + `</sheetDaXta>` + textRow(4, "四", "4"), "at row 3"},
		{"cut off between rows", head + whole, "at row 3"},
		{"cut off in a row", head + whole + `<row r="9"><c r="A9"`, "at row 9"},
		{"cut off behind a prefix", strings.ReplaceAll(strings.ReplaceAll(head+whole, "<", "<x:"), "<x:/", "</x:") + "<x:row><", "at row 4"},
	} {
		data := sheetIn(t, c.sheet)
		f, err := intake.OpenFile(t.Context(), bytes.NewReader(data), int64(len(data)))
		if err != nil {
			t.Fatal(err)
		}
		sheet, err := f.Sheet(geo.ImportMapping{})
		if err != nil {
			t.Fatal(err)
		}
		said := ""
		for {
			if _, _, err := sheet.Next(); err != nil {
				if err != io.EOF {
					expectSaid(t, err)
					said = err.Error()
				}
				break
			}
		}
		if !strings.Contains(said, c.want) || said != "" && c.want == "" {
			t.Errorf("%s: %q, want %q", c.name, said, c.want)
		}
		if err := f.Close(); err != nil {
			t.Error(err)
		}
	}
}

// TestDaysFrom1904 are those that the spreadsheet shows.
func TestDaysFrom1904(t *testing.T) {
	f := excelize.NewFile()
	defer f.Close()
	since := true
	if err := f.SetWorkbookProps(&excelize.WorkbookPropsOptions{Date1904: &since}); err != nil {
		t.Fatal(err)
	}
	for cell, v := range map[string]any{"A1": "名称", "B1": "成立日期", "C1": "编码", "A2": "一", "B2": time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC), "C2": 44865,
		"A3": "二", "B3": "20261102", "A4": "三", "B4": "2026-11-03", "A5": "四", "B5": 45000.5, "A6": "五", "B6": 2026} {
		if err := f.SetCellValue("Sheet1", cell, v); err != nil {
			t.Fatal(err)
		}
	}
	out, err := f.WriteToBuffer()
	if err != nil {
		t.Fatal(err)
	}
	got := understood(t, out.Bytes(), geo.ImportMapping{})
	for _, want := range []string{"code=44865 | name=一 | from 2026-11-01", "name=二 | from 2026-11-02", "name=三 | from 2026-11-03", "name=四 | from 2027-03-16", `bad-date "2026"`} {
		if !strings.Contains(got, want) {
			t.Errorf("no %q in\n%s", want, got)
		}
	}
}

// TestCellsWithoutValue: what a spreadsheet could not calculate, or has not, is refused cell by cell; truth is a word.
func TestCellsWithoutValue(t *testing.T) {
	cell := func(kind, inside string) string {
		return `<row><c t="inlineStr"><is><t>名</t></is></c><c t="` + kind + `">` + inside + `</c></row>`
	}
	data := sheetIn(t, `<worksheet><sheetData>`+textRow(1, "名称", "编码")+
		cell("e", "<v>#N/A</v>")+cell("e", "<f>A0</f><v>#REF!</v>")+cell("e", "<v>新错误</v>")+cell("inlineStr", "<is><t>#VALUE!</t></is>")+cell("str", "<v>########</v>")+
		cell("n", `<f>"A"&amp;1</f>`)+cell("", `<f>"A"&amp;1</f><v/>`)+cell("str", `<f>CONCATENATE(B1,"`+strings.Repeat("长", 50)+`")</f>`)+cell("n", `<f t="shared" si="0"/>`)+
		cell("str", `<f>""</f><v></v>`)+cell("str", `<f>"A"</f><v>A</v>`)+cell("n", `<f>1+1</f><v>2</v>`)+
		cell("b", "<v>1</v>")+cell("b", "<v>0</v>")+cell("inlineStr", "<is><t>#1</t></is>")+cell("inlineStr", "<is><r><t>a_x000D__x005F_x</t></r><rPh><t>no</t></rPh><r><t>b</t></r></is>")+
		cell("s", "<v>99</v>")+`</sheetData></worksheet>`)
	got := understood(t, data, geo.ImportMapping{})
	_, got, _ = strings.Cut(got, "  \"编码\": code\n")
	geotest.Golden(t, "testdata/cells.txt", got)
	for cell, want := range map[string]string{"\x00=A1": "#ERROR!", "=A1": "=A1", "": ""} {
		if got := intake.Stored(cell); got != want {
			t.Errorf("%q is stored as %q", cell, got)
		}
	}
}
