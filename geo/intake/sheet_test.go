package intake_test

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/unicode"

	"jingwei/geo"
	"jingwei/geo/geotest"
	"jingwei/geo/intake"
)

// understood tells what a file was found to be and how its rows read, for a golden file.
func understood(t testing.TB, data []byte, m geo.ImportMapping) string {
	t.Helper()
	var b strings.Builder
	f, err := intake.OpenFile(t.Context(), bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return fmt.Sprintf("error: %v\n", err)
	}
	defer f.Close()
	r, m, err := f.Recognize(m)
	if err != nil {
		return fmt.Sprintf("error: %v\n", err)
	}
	fmt.Fprintf(&b, "%s %q %q, sheet %q of %v, header %d, crs %q\n", r.Format, r.Encoding, r.Delimiter, m.Sheet, r.Sheets, m.HeaderRow, m.CRS)
	for i, h := range r.Headers {
		if i < len(m.Columns) {
			fmt.Fprintf(&b, "  %q: %s\n", h, m.Columns[i])
		}
	}
	reader, err := intake.NewOrganizations(m, codes())
	if err != nil {
		return b.String() + fmt.Sprintf("error: %v\n", err)
	}
	sheet, err := f.Sheet(m)
	if err != nil {
		return b.String() + fmt.Sprintf("error: %v\n", err)
	}
	defer sheet.Close()
	for {
		n, cells, err := sheet.Next()
		var broken *intake.RowError
		switch {
		case errors.Is(err, io.EOF):
			return b.String()
		case errors.As(err, &broken):
			fmt.Fprintf(&b, "%d broken: %v\n", broken.Row, broken.Err)
			continue
		case err != nil:
			return b.String() + fmt.Sprintf("error: %v\n", err)
		case n <= m.HeaderRow:
			continue
		}
		row, faults, ok := reader.Read(n, cells)
		if !ok {
			continue
		}
		row.SuperiorColumn, row.DivisionColumn, row.PlaceColumn = 0, 0, 0
		fmt.Fprintf(&b, "%d %s\n", n, said(row))
		for _, fault := range faults {
			fmt.Fprintf(&b, "  ! column %d %s %q: %s\n", fault.Column, fault.Reason, fault.Value, fault.Sentence())
		}
	}
}

func said(r geo.ImportRow) string {
	parts := []string{}
	for _, p := range []struct{ name, value string }{{"code", r.Code}, {"name", r.Name}, {"short", r.ShortName}, {"kind", r.Kind}, {"level", r.Level}, {"superior", r.Superior},
		{"division", r.Division + r.DivisionCode.String()}, {"address", r.Address}, {"phone", r.Phone}, {"uscc", r.USCC}} {
		if p.value != "" {
			parts = append(parts, p.name+"="+p.value)
		}
	}
	if r.HasLocation {
		parts = append(parts, "at "+r.Location.String()+" of "+r.SourceCRS)
	}
	if r.HasAccuracy {
		parts = append(parts, fmt.Sprintf("to %g m", r.AccuracyM))
	}
	if r.HasFrom {
		parts = append(parts, "from "+r.From.String())
	}
	return strings.Join(parts, " | ")
}

func codes() intake.Codes {
	return intake.Codes{
		Kinds:  []geo.Code{{Code: "branch", Zh: "党支部", En: "Party branch"}, {Code: "village_committee", Zh: "村民委员会", En: "Village committee"}},
		Levels: []geo.Code{{Code: "village", Zh: "村级", En: "Village or community"}, {Code: "county", Zh: "县级", En: "County"}},
	}
}

const chinese = "组织编码,组织名称*,类别,级别,上级组织,行政区划代码,经度（GCJ-02）,纬度,地址,联系电话,统一社会信用代码,成立日期\r\n" +
	"3.30102001051E+11,柳翠社区 党支部,党支部,村级,区委,330102001051,120.1551,30.2741,\"柳翠路1号,二楼\",0571-87000001,91350100M000100Y43,2020/1/2\r\n" +
	"00012,甲,支部,村,,3.3E+11,30.2741,120.1551,,5.7187E+10,,2020年3月4日\r\n" +
	"A-3,乙,Party Branch,County,,浙江省杭州市,120°9′18″E,北纬30°16′27″,,,,43831\r\n" +
	",,,,,,,,,,,\r\n" +
	"A-4,\"多\n行\",党支部,县级,,33,0,0,,,,20200231\r\n"

func TestReadersGolden(t *testing.T) {
	gb, err := simplifiedchinese.GB18030.NewEncoder().String(chinese)
	if err != nil {
		t.Fatal(err)
	}
	utf16, err := unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewEncoder().String(strings.ReplaceAll(chinese, ",", "\t"))
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	for _, c := range []struct {
		name string
		data string
		m    geo.ImportMapping
	}{
		{"UTF-8", chinese, geo.ImportMapping{}}, {"with a mark", "\ufeff" + chinese, geo.ImportMapping{}}, {"GB18030", gb, geo.ImportMapping{}},
		{"UTF-16 with tabs", utf16, geo.ImportMapping{}},
		{"semicolons, English, zones", "Name;Division;Location;CRS;Kind\nOne;330102;120.15, 30.27;;branch\nTwo;330102;3350508.87 514923.73;EPSG:4549;branch\nThree;330102;N51H0011;西安80;branch\nFour;330102;https://uri.amap.com/marker?position=120.1551,30.2741;;branch\n", geo.ImportMapping{}},
		{"titles above", "名单\n\n填报：甲\n名称,上级,坐标\n一,二,\"30.27,120.15\"\n", geo.ImportMapping{}},
		{"no headers that are known", "a,b\n1,2\n", geo.ImportMapping{}},
		{"accuracies", "名称,经度,纬度,定位精度（米）\n一,120.1,30.2,20\n二,120.1,30.2,±1.5 km\n三,120.1,30.2,大概\n四,120.1,30.2,-3\n五,120.1,30.2,\n六,,,50米\n", geo.ImportMapping{}},
		{"a slip of the pen", "名称,精度,纬度\n一,120.1,30.2\n", geo.ImportMapping{}},
		{"rows of several lines", "\"名\n称\",区划\n\n\"一\n二\n\n三\",33\n四,\"3\n3\"\r\n\r\n五,错\n六,\"3\"\n", geo.ImportMapping{Columns: []geo.ImportField{"name", "kind"}}},
		{"lines that end with a carriage return", "名称;编码\r一;1\r\r二;2\r", geo.ImportMapping{}},
		{"a row in another encoding", chinese + gb[strings.Index(gb, "\n")+1:][:60] + "\n", geo.ImportMapping{}},
		{"characters that are not seen", "名称,编码,坐标,电话\n\u0301\u0301,A\u200d1,\"\u202d120.1551,30.2741\u200b\",1\n\U000E0041,A\u2060,,\n\ufffd,,,1\u200c\n एक\u200dदो,क\u0301,,\n", geo.ImportMapping{}},
		{"header and system as told", "x\nname,lng,lat\nOne,120.1551,30.2741\n", geo.ImportMapping{HeaderRow: 2, CRS: "bd09"}},
		{"wrong encoding", gb, geo.ImportMapping{Encoding: "utf-8", Columns: []geo.ImportField{"code", "name"}}},
		{"no table", "\x89PNG\r\n\x1a\n", geo.ImportMapping{}}, {"empty", "", geo.ImportMapping{}}, {"binary", "a\x00b,c\n", geo.ImportMapping{}},
		{"old workbook", "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", geo.ImportMapping{}},
		{"workbook", string(workbook(t)), geo.ImportMapping{}}, {"damaged workbook", string(workbook(t)[:2000]), geo.ImportMapping{}},
		{"a row that is too long", "name,code\n一,1\n\"" + strings.Repeat("二", 400_000) + "\n三,3\n", geo.ImportMapping{}},
		{"an open quotation mark in the header", "name,\"code,kind\na,b,党支部\n", geo.ImportMapping{}}, {"one long line", strings.Repeat("x", 1<<20+1), geo.ImportMapping{}},
		{"an open quotation mark", "name,code\n\"a,b\nc,d\n", geo.ImportMapping{}},
	} {
		fmt.Fprintf(&b, "== %s\n%s", c.name, understood(t, []byte(c.data), c.m))
	}
	geotest.Golden(t, "testdata/readers.txt", b.String())
}

// TestLongText is in UTF-8 wherever the piece ends by which its encoding is told.
func TestLongText(t *testing.T) {
	for pad := range 26 {
		text := "name" + strings.Repeat("x", pad) + ",编码\n" + strings.Repeat("柳翠社区党支部,一\n", 20_000)
		file, err := intake.OpenFile(t.Context(), strings.NewReader(text), int64(len(text)))
		if err != nil {
			t.Fatal(err)
		}
		_, m, err := file.Recognize(geo.ImportMapping{})
		if err != nil || m.Encoding != "utf-8" || !m.Has(geo.ImportCode) {
			t.Errorf("after %d: %+v, %v", pad, m, err)
		}
	}
}

// workbook has notes on its first sheet, and on its second headers in merged cells over two rows.
func workbook(t testing.TB) []byte {
	t.Helper()
	f := excelize.NewFile()
	defer f.Close()
	set := func(sheet, cell string, value any) {
		if err := f.SetCellValue(sheet, cell, value); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := f.NewSheet("名单"); err != nil {
		t.Fatal(err)
	}
	set("Sheet1", "A1", "说明")
	for cell, text := range map[string]any{"A1": "登记表", "A2": "名称", "B2": "位置", "B3": "经度", "C3": "纬度", "D2": "区划", "E2": "成立日期",
		"A4": "一", "B4": 120.1551, "C4": 30.2741, "D4": 330102001051, "E4": 43831, "A6": "二", "D6": "330102001051", "E6": "去年"} {
		set("名单", cell, text)
	}
	for _, area := range [][2]string{{"A1", "E1"}, {"A2", "A3"}, {"B2", "C2"}, {"D2", "D3"}, {"E2", "E3"}} {
		if err := f.MergeCell("名单", area[0], area[1]); err != nil {
			t.Fatal(err)
		}
	}
	out, err := f.WriteToBuffer()
	if err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// TestBombsAreRefused: what becomes thousands of times as long when it is unpacked is not unpacked.
func TestBombsAreRefused(t *testing.T) {
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	w, err := z.Create("xl/worksheets/sheet1.xml")
	if err != nil {
		t.Fatal(err)
	}
	zeros := make([]byte, 1<<20)
	for range 9 {
		if _, err := w.Write(zeros); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := intake.OpenFile(t.Context(), bytes.NewReader(b.Bytes()), int64(b.Len())); !errors.Is(err, geo.ErrTooLarge) {
		t.Errorf("a bomb of %d bytes: %v", b.Len(), err)
	}
	if _, err := intake.OpenFile(t.Context(), bytes.NewReader(nil), geo.MaxImportFile+1); !errors.Is(err, geo.ErrTooLarge) {
		t.Errorf("a long file: %v", err)
	}
}

func TestDangerous(t *testing.T) {
	for text, want := range map[string]bool{
		"=1+1": true, "+cmd|' /C calc'!A0": true, "@SUM(A1)": true, "-2+3+cmd": true, "\t=1": true, " =1": true, "＝1": true,
		"": false, "-12.5": false, "+86 571-87000001": false, "名称": false, "a=b": false, "（一）": false,
	} {
		if got := intake.Dangerous(text); got != want {
			t.Errorf("%q: %v", text, got)
		}
	}
}

// FuzzText reads any text by any encoding: it ends, and no text comes out that the register does not take.
func FuzzText(f *testing.F) {
	f.Add([]byte(chinese))
	gb, _ := simplifiedchinese.GB18030.NewEncoder().String(chinese)
	f.Add([]byte(gb))
	f.Add([]byte("name;lng;lat\n\"a\"\"b;1;2\n=1;3.3E+400;9\n"))
	f.Add([]byte("\xff\xfea\x00,\x00\n\x00"))
	f.Fuzz(func(t *testing.T, data []byte) { understand(t, data) })
}

// FuzzWorkbook reads workbooks with any sheet, any shared texts and any list of sheets: the sums of an archive would keep nearly
// everything else from being read.
func FuzzWorkbook(f *testing.F) {
	seed := workbook(f)
	z, err := zip.NewReader(bytes.NewReader(seed), int64(len(seed)))
	if err != nil {
		f.Fatal(err)
	}
	parts := map[string][]byte{}
	for _, entry := range z.File {
		r, err := entry.Open()
		if err == nil {
			parts[entry.Name], err = io.ReadAll(r)
		}
		if err != nil {
			f.Fatal(err)
		}
	}
	f.Add(parts["xl/worksheets/sheet2.xml"], parts["xl/sharedStrings.xml"], parts["xl/workbook.xml"])
	f.Add([]byte(`<worksheet><sheetData><row r="2"><c r="B2" t="inlineStr"><is><t>name</t></is></c><c r="ZZZ9" t="s"><v>99</v></c></row><row r="1"/></sheetData></worksheet>`), []byte(`<sst><si/></sst>`), parts["xl/workbook.xml"])
	f.Fuzz(func(t *testing.T, sheet, texts, book []byte) {
		var b bytes.Buffer
		out := zip.NewWriter(&b)
		for name, data := range parts {
			switch {
			case strings.HasPrefix(name, "xl/worksheets/"):
				data = sheet
			case name == "xl/sharedStrings.xml":
				data = texts
			case name == "xl/workbook.xml":
				data = book
			}
			w, err := out.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Store})
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
		understand(t, b.Bytes())
	})
}

// understand reads a file, and checks what is said of its rows.
func understand(t *testing.T, data []byte) {
	t.Helper()
	f, err := intake.OpenFile(t.Context(), bytes.NewReader(data), int64(len(data)))
	if err != nil {
		expectSaid(t, err)
		return
	}
	defer f.Close()
	_, m, err := f.Recognize(geo.ImportMapping{})
	if err != nil {
		expectSaid(t, err)
		return
	}
	if m.HeaderRow < 1 {
		t.Fatalf("header row %d", m.HeaderRow)
	}
	reader, err := intake.NewOrganizations(m, codes())
	if err != nil {
		t.Fatal(err)
	}
	sheet, err := f.Sheet(m)
	if err != nil {
		expectSaid(t, err)
		return
	}
	defer sheet.Close()
	last := 0
	for range 10_000 {
		n, cells, err := sheet.Next()
		var broken *intake.RowError
		if errors.As(err, &broken) {
			continue
		}
		if err != nil {
			if !errors.Is(err, io.EOF) {
				expectSaid(t, err)
			}
			return
		}
		if n <= last {
			t.Fatalf("row %d after row %d", n, last)
		}
		last = n
		row, faults, _ := reader.Read(n, cells)
		c := geo.OrganizationContent{Name: row.Name, ShortName: row.ShortName, Kind: "k", Division: 1, Address: row.Address, Phone: row.Phone}
		if c.Name == "" {
			c.Name = "n"
		}
		if err := c.Validate(); err != nil {
			t.Fatalf("%q is taken: %v", cells, err)
		}
		for _, fault := range faults {
			if fault.Sentence() == "" || fault.Chinese() == "" {
				t.Fatalf("nothing is said of %s", fault.Reason)
			}
		}
	}
}

// expectSaid: an error of a file is one that may be shown.
func expectSaid(t *testing.T, err error) {
	t.Helper()
	var fault *geo.Error
	if !errors.As(err, &fault) {
		t.Fatalf("%T: %v", err, err)
	}
}
