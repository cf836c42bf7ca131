package intake_test

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"

	"jingwei/geo"
	"jingwei/geo/intake"
)

// rowsOf are the rows of a text, those that are refused with what is said of them.
func rowsOf(t testing.TB, text string) []string {
	t.Helper()
	f, err := intake.OpenFile(t.Context(), strings.NewReader(text), int64(len(text)))
	if err != nil {
		t.Fatal(err)
	}
	sheet, err := f.Sheet(geo.ImportMapping{Delimiter: ","})
	if err != nil {
		t.Fatal(err)
	}
	var rows []string
	for {
		n, cells, err := sheet.Next()
		var broken *intake.RowError
		var quote *intake.QuoteError
		switch {
		case errors.Is(err, io.EOF):
			return rows
		case errors.As(err, &quote):
			rows = append(rows, fmt.Sprintf("%d refused for line %d: %q", n, quote.Line, cells))
		case errors.As(err, &broken):
			rows = append(rows, fmt.Sprintf("%d refused: %v", n, broken.Err))
		case err != nil:
			t.Fatal(err)
		default:
			rows = append(rows, fmt.Sprintf("%d %q", n, cells))
		}
	}
}

// TestOpenQuotes: a quotation mark that is not closed costs its own row, and no other.
func TestOpenQuotes(t *testing.T) {
	lines := func(n int) string { return strings.Repeat("x\n", n) }
	for _, c := range []struct{ name, text, want string }{
		{"closed, with lines, delimiters and marks", "a,b,c\n\"1\r\n2\",\"x,\"\"y\"\"\",\"\"\n3,4,5", `1 ["a" "b" "c"]; 2 ["1\n2" "x,\"y\"" ""]; 3 ["3" "4" "5"]`},
		{"within a cell", "a,b,c\n文一路\"北\"3 号,\" ,x\"y\n", `1 ["a" "b" "c"]; 2 refused for line 2: ["文一路\"北\"3 号" "\" " "x\"y"]`},
		{"within cells", "a,b\n文一路\"北\"3 号,x\"\n\"\"\"x\"\"\",y\n", `1 ["a" "b"]; 2 ["文一路\"北\"3 号" "x\""]; 3 ["\"x\"" "y"]`},
		{"open to the end", "a,b,c\n1,2,\"3\n4,5,6\n7,8,9\n", `1 ["a" "b" "c"]; 2 refused for line 2: ["1" "2" "\"3"]; 3 ["4" "5" "6"]; 4 ["7" "8" "9"]`},
		{"open in the last", "a,b,c\n1,2,\"3", `1 ["a" "b" "c"]; 2 refused for line 2: ["1" "2" "\"3"]`},
		{"open in the header", "a,\"b\n1,2\n", `1 refused for line 1: ["a" "\"b"]; 2 ["1" "2"]`},
		{"closed by another row", "a,b,c\n1,2,\"3\n4,5,6\"\n7,8,9\n", `1 ["a" "b" "c"]; 2 refused for line 2: ["1" "2" "\"3"]; 3 ["4" "5" "6\""]; 4 ["7" "8" "9"]`},
		{"closed by the mark of another row", "a,b,c\n1,2,\"3\n4,\"5\",6\n", `1 ["a" "b" "c"]; 2 refused for line 2: ["1" "2" "\"3"]; 3 ["4" "5" "6"]`},
		{"closed too early", "a,b,c\n1,2,\"3\"4\n5,6,7\n", `1 ["a" "b" "c"]; 2 refused for line 2: ["1" "2" "\"3\"4"]; 3 ["5" "6" "7"]`},
		{"closed too early on another line", "a,b,c\n\"1\nx\"y,2,3\n5,6,7\n", `1 ["a" "b" "c"]; 2 refused for line 2: ["\"1"]; 3 ["x\"y" "2" "3"]; 4 ["5" "6" "7"]`},
		{"lines that are no rows", "a,b,c\n1,2,\"3\nx\ny\n4,5,6\nz\n", `1 ["a" "b" "c"]; 2 refused for line 2: ["1" "2" "\"3"]; 3 refused for line 2: ["x"]; 4 refused for line 2: ["y"]; 5 ["4" "5" "6"]; 6 ["z"]`},
		{"as many lines as are sane", "a,b\n\"" + lines(49) + "\",1\n2,3\n", fmt.Sprintf(`1 ["a" "b"]; 2 [%q "1"]; 3 ["2" "3"]`, lines(49))},
		{"line after line", "a,b,c\n1,2,\"3\n4,5,\"6\n7,8,\"9\n", `1 ["a" "b" "c"]; 2 refused for line 2: ["1" "2" "\"3"]; 3 refused for line 3: ["4" "5" "\"6"]; 4 refused for line 4: ["7" "8" "\"9"]`},
		{"cells of their own lines", "a,b,c\n\"x\ny\",2,3\n1,\"x\n\n,y\",3\n", `1 ["a" "b" "c"]; 2 ["x\ny" "2" "3"]; 3 ["1" "x\n\n,y" "3"]`},
		{"empty lines", "a,b\n\n\r\n\"\"\n\n1,2\n", `1 ["a" "b"]; 4 [""]; 6 ["1" "2"]`},
		{"a line that is too long", "a,b\n" + strings.Repeat("x", 1<<20+1) + "\n1,2\n", `1 ["a" "b"]; 2 refused: the row is too long; 3 ["1" "2"]`},
	} {
		if got := strings.Join(rowsOf(t, c.text), "; "); got != c.want {
			t.Errorf("%s:\n got %s\nwant %s", c.name, got, c.want)
		}
	}
	if got := rowsOf(t, "a,b\n\""+lines(50)+"\",1\n2,3\n"); len(got) != 53 || got[52] != `53 ["2" "3"]` || !strings.HasPrefix(got[1], `2 refused for line 2: `) {
		t.Errorf("a cell of very many lines: %q", got)
	}
}

// TestNoRowIsSwallowed: of 3,000 rows with an open quotation mark in one, all others are read.
func TestNoRowIsSwallowed(t *testing.T) {
	var text strings.Builder
	text.WriteString("编码,名称,类别,上级,区划代码,经度,纬度,坐标系,地址\n")
	for i := range 3000 {
		mark := ""
		if i == 10 {
			mark = `"`
		}
		fmt.Fprintf(&text, "QQ-%d,引号%d,党支部,西湖区委,330106000000,120.1303,30.2603,WGS84,%s文一路%d号\n", i, i, mark, i)
	}
	rows := rowsOf(t, text.String())
	refused := slices.DeleteFunc(slices.Clone(rows), func(r string) bool { return !strings.Contains(r, "refused") })
	if len(rows) != 3001 || len(refused) != 1 || !strings.HasPrefix(refused[0], "12 refused for line 12: ") {
		t.Errorf("%d rows, refused: %q", len(rows), refused)
	}
}

// FuzzQuotes holds the reader against that of the standard library: what both take is the same, no row is lost, and what is written
// by the book is read as it was written.
func FuzzQuotes(f *testing.F) {
	f.Add([]byte("a,b\n\"1\n2\",\"x\"\"y\"\n3,4\n"))
	f.Add([]byte("a,b,c\n1,2,\"3\n4,5,6\"\n7,8,9\n\"x\"y,1,2\n"))
	f.Add([]byte("\"\",\r\n\r\n\"a\r\nb\",\"\"\"\"\n\"\"\"x\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		text := "h\n" + strings.ReplaceAll(strings.ToValidUTF8(string(data), ""), "\x00", "")
		if len(text) > 10_000 || strings.Count(text, ",") > 90 {
			return
		}
		got := rowsOf(t, text)
		want, err := csv.NewReader(strings.NewReader(text)), error(nil)
		want.FieldsPerRecord = -1
		all, err := want.ReadAll()
		if err != nil || slices.ContainsFunc(got, func(r string) bool { return strings.Contains(r, "refused") }) {
			refusedOrRead(t, text, got)
			return
		}
		if len(all) != len(got) {
			t.Fatalf("%q: %d rows, want %d", text, len(got), len(all))
		}
		for i, cells := range all {
			if _, after, _ := strings.Cut(got[i], " "); after != fmt.Sprintf("%q", cells) {
				t.Fatalf("%q: row %s, want %q", text, got[i], cells)
			}
		}
	})
}

// refusedOrRead: every character of a text but quotation marks, delimiters and ends of lines stands in its rows, as often as there.
func refusedOrRead(t *testing.T, text string, rows []string) {
	t.Helper()
	plain := func(s string) string {
		return strings.Map(func(r rune) rune {
			if strings.ContainsRune("\",\r\n", r) {
				return -1
			}
			return r
		}, s)
	}
	var read bytes.Buffer
	for _, cells := range cellsOf(t, text) {
		for _, c := range cells {
			read.WriteString(c)
		}
	}
	if got, want := plain(read.String()), plain(text); got != want {
		t.Fatalf("%q: %q of %q was read: %q", text, got, want, rows)
	}
}

func cellsOf(t *testing.T, text string) (rows [][]string) {
	f, err := intake.OpenFile(t.Context(), strings.NewReader(text), int64(len(text)))
	if err != nil {
		t.Fatal(err)
	}
	sheet, err := f.Sheet(geo.ImportMapping{Delimiter: ","})
	for err == nil {
		var cells []string
		var broken *intake.RowError
		if _, cells, err = sheet.Next(); err == nil || errors.As(err, &broken) {
			rows, err = append(rows, slices.Clone(cells)), nil
		}
	}
	return rows
}
