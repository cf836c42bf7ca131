package intake_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"jingwei/geo"
	"jingwei/geo/intake"
)

const header = "code,name,level,kind,parent_code\n"

// good are rows around which bad ones stand: the deepest comes first.
const good = `330102001051,清波门社区居委会,5,residents_committee,330102001000
330000000000,浙江省,1,province,
330100000000,杭州市,2,prefecture,330000000000
330102000000,上城区,3,county,330100000000
330102001000,清波街道,4,street,330102000000
`

func read(t testing.TB, text string) (*intake.Divisions, []string, error) {
	t.Helper()
	var refused []string
	refuse := func(r intake.Refusal) { refused = append(refused, r.String()) }
	d, err := intake.ReadDivisions(t.Context(), strings.NewReader(text), refuse)
	if err == nil {
		d.Settle(nil, refuse)
	}
	return d, refused, err
}

// TestBadRows: each row is refused with its line and what is wrong; the good rows around it arrive.
func TestBadRows(t *testing.T) {
	tests := []struct{ name, row, want string }{
		{"code too short", "33010200105,甲,5,village_committee,330102001000", "code: \"33010200105\" has 11 digits, 12 are needed"},
		{"code too long", "3301020010511,甲,5,village_committee,330102001000", "code: \"3301020010511\" has 13 digits"},
		{"code empty", ",甲,5,village_committee,330102001000", "code: \"\" has 0 digits"},
		{"code with letters", "33010200105x,甲,5,village_committee,330102001000", "code: \"33010200105x\" is not a code of 12 digits"},
		{"full-width digits", "３３０１０２００１０５２,甲,5,village_committee,330102001000", "is not a code of 12 digits"},
		{"leading zero", "030102001052,甲,5,village_committee,330102001000", "it begins with 0"},
		{"code and name swapped", "甲村委会,330102001052,5,village_committee,330102001000", "code: \"甲村委会\" is not a code of 12 digits: are columns swapped?"},
		{"name and kind swapped", "330102001052,village_committee,5,甲村委会,330102001000", "kind: \"甲村委会\" is not a kind"},
		{"name and level swapped", "330102001052,5,甲村委会,village_committee,330102001000", "name: \"5\" is not a name"},
		{"duplicate code", "330102001051,甲,5,residents_committee,330102001000", "line 7, code: the code stands on line 2 already"},
		{"wrong parent", "330102001052,甲,5,village_committee,330103001000", "parent_code: the code does not begin with 330103001"},
		{"unknown parent", "330102002052,甲,5,village_committee,330102002000", "parent_code: its parent 330102002000 is not known"},
		{"parent missing", "330102001052,甲,5,village_committee,", "parent_code: the parent is missing"},
		{"parent of a province", "340000000000,甲省,1,province,330000000000", "parent_code: a province has no parent"},
		{"parent too short", "330102001052,甲,5,village_committee,330102001", "parent_code: \"330102001\" has 9 digits"},
		{"own parent", "330102001052,甲,5,village_committee,330102001052", "parent_code: the division is its own parent"},
		{"parent below", "330102002000,甲,4,street,330102001051", "parent_code: the code does not begin with 330102001051"},
		{"control character", "330102001052,甲\x01村,5,village_committee,330102001000", "name: the name has a control character (U+0001)"},
		{"NUL", "330102001052,甲\x00村,5,village_committee,330102001000", "name: the name has a control character (U+0000)"},
		{"carriage return", "330102001052,甲\r村,5,village_committee,330102001000", "name: the name has a control character (U+000D)"},
		{"invisible character", "330102001052,甲\u202e村,5,village_committee,330102001000", "name: the name has an invisible character (U+202E)"},
		{"GB18030", "330102001052,\xb4\xe5\xce\xaf\xbb\xe1,5,village_committee,330102001000", "line 7: the text is not UTF-8: a file in GB18030 is converted by iconv"},
		{"lost character", "330102001052,甲\ufffd村,5,village_committee,330102001000", "name: \"甲\ufffd村\" is damaged"},
		{"empty name", "330102001052,,5,village_committee,330102001000", "name: the name is empty"},
		{"blank name", "330102001052,　 ,5,village_committee,330102001000", "name: the name is empty"},
		{"long name", "330102001052," + strings.Repeat("长", 201) + ",5,village_committee,330102001000", "name: the name has 201 characters"},
		{"unknown level", "330102001052,甲,6,village_committee,330102001000", "level: \"6\" is not a level"},
		{"level in words", "330102001052,甲,village,village_committee,330102001000", "level: \"village\" is not a level"},
		{"level above the code", "330102001052,甲,4,street,330102000000", "level: the code has the digits of level 5 (village), the row says 4 (township)"},
		{"level below the code", "330103000000,甲,4,street,330102000000", "level: the code has the digits of level 3 (county) only"},
		{"kind of another level", "330102001052,甲,5,county,330102001000", "kind: a county has level 3, the row says 5"},
		{"field missing", "330102001052,甲,5,village_committee", "line 7: the row has 4 fields, the header names 5 columns"},
		{"field too many", "330102001052,甲,乙,5,village_committee,330102001000", "the row has 6 fields"},
		{"open quote", `330102001052,"甲,5,village_committee,330102001000`, "a quoted field does not end on its line"},
		{"text after a quote", `330102001052,"甲"村,5,village_committee,330102001000`, "text follows the end of a quoted field"},
		{"long line", "330102001052," + strings.Repeat("x", 200_000), "line 7: the line is longer than 65536 bytes"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			d, refused, err := read(t, header+good+test.row+"\n330102001053,乙村委会,5,village_committee,330102001000\n")
			if err != nil {
				t.Fatal(err)
			}
			if len(refused) != 1 || !strings.Contains(refused[0], test.want) || !strings.HasPrefix(refused[0], "line 7") {
				t.Errorf("refused %q, want one with %q", refused, test.want)
			}
			if d.Len() != 6 || d.Read() != 7 {
				t.Errorf("%d of %d rows arrive, want 6 of 7", d.Len(), d.Read())
			}
		})
	}
}

// TestRefusedParent: what lies below a refused row is refused too, and says why.
func TestRefusedParent(t *testing.T) {
	text := header + strings.Replace(good, "330102000000,上城区,3", "330102000000,,3", 1)
	d, refused, err := read(t, text)
	if err != nil || d.Len() != 2 {
		t.Fatalf("%d rows arrive, %v", d.Len(), err)
	}
	want := []string{
		"line 5, name: the name is empty",
		"line 6, parent_code: its parent 330102000000 is not known: it is not among the rows of the file that were taken, nor in the database",
		"line 2, parent_code: its parent 330102001000 (line 6) was refused",
	}
	if diff := cmp.Diff(want, refused); diff != "" {
		t.Errorf("refused (-want +got):\n%s", diff)
	}
}

func TestKnownParent(t *testing.T) {
	d, err := intake.ReadDivisions(t.Context(), strings.NewReader(header+"330102001000,清波街道,4,street,330102000000\n"), func(r intake.Refusal) { t.Error(r) })
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]geo.DivisionCode{330102000000}, d.Outside()); diff != "" {
		t.Errorf("outside (-want +got):\n%s", diff)
	}
	d.Settle(map[geo.DivisionCode]geo.DivisionLevel{330102000000: geo.County}, func(r intake.Refusal) { t.Error(r) })
	if d.Len() != 1 {
		t.Errorf("%d rows", d.Len())
	}
}

// TestForms: byte order mark, gzip, other order and names of columns, quotes, CRLF, empty lines and a last line without
// an end are all read the same.
func TestForms(t *testing.T) {
	quoted := strings.ReplaceAll(good, "杭州市", `"杭州市"`)
	var zipped bytes.Buffer
	z := gzip.NewWriter(&zipped)
	if _, err := io.WriteString(z, "\ufeff"+header+good); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	chinese := "x,上级代码,名称,代码,级别,类型\n"
	for line := range strings.Lines(good) {
		f := strings.Split(strings.TrimSpace(line), ",")
		chinese += fmt.Sprintf("ignored,%s,%s,%s,%s,%s\n", f[4], f[1], f[0], f[2], f[3])
	}
	var want []geo.Division
	for name, text := range map[string]string{
		"plain": header + good, "BOM": "\ufeff" + header + good, "gzip": zipped.String(), "quoted": header + quoted, "columns": chinese,
		"CRLF": strings.ReplaceAll(header+good, "\n", "\r\n"), "no end": strings.TrimSpace(header + good), "empty lines": header + "\n" + good + "\n\n",
	} {
		d, refused, err := read(t, text)
		if err != nil || len(refused) > 0 {
			t.Fatalf("%s: %v, refused %q", name, err, refused)
		}
		var got []geo.Division
		for i := range d.Len() {
			got = append(got, d.Division(i))
		}
		if want == nil {
			want = got
		}
		if diff := cmp.Diff(want, got); diff != "" || len(got) != 5 {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
	if want[0].Level != geo.Province || want[4].Code != 330102001051 || want[4].Parent != 330102001000 || want[4].Kind != "residents_committee" {
		t.Errorf("order or content: %+v", want)
	}
}

// TestRepeatedSuperior: a division that stands for itself one level down is taken, as Dongguan in the national table.
func TestRepeatedSuperior(t *testing.T) {
	d, refused, err := read(t, header+`440000000000,广东省,1,province,
441900000000,东莞市,2,prefecture,440000000000
441900000000,东莞市,3,county,441900000000
441900003000,东城街道,4,street,441900000000
`)
	if err != nil || len(refused) > 0 || d.Len() != 4 {
		t.Errorf("%d rows, %v, refused %q", d.Len(), err, refused)
	}
}

func TestBadFiles(t *testing.T) {
	for name, c := range map[string]struct{ text, want string }{
		"empty":            {"", "the file is empty"},
		"missing column":   {"code,name,level,kind\n", "the column parent_code is missing; the file has: code, name, level, kind"},
		"no header":        {good, "the column code is missing"},
		"column twice":     {"code,name,level,kind,parent_code,CODE\n", "two columns are named code"},
		"GB18030 header":   {"\xb4\xfa\xc2\xeb,name\n", "iconv -f GB18030"},
		"one endless line": {strings.Repeat("x", 100_000), "longer than 65536 bytes"},
	} {
		_, _, err := read(t, c.text)
		if !errors.Is(err, geo.ErrInvalid) || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
	if _, _, err := read(t, "\x1f\x8bnot gzip"); err == nil {
		t.Error("a broken gzip file is taken")
	}
}

// endless is a line of two thousand million bytes between good ones, made as it is read.
type endless struct {
	parts []string
	fill  []byte
	x     int64 // bytes that are left of the line
}

func (e *endless) Read(p []byte) (int, error) {
	if len(e.parts) == 1 && e.x > 0 {
		n := min(len(p), len(e.fill), int(e.x))
		copy(p, e.fill[:n])
		e.x -= int64(n)
		return n, nil
	}
	if len(e.parts) == 0 {
		return 0, io.EOF
	}
	n := copy(p, e.parts[0])
	if e.parts[0] = e.parts[0][n:]; e.parts[0] == "" {
		e.parts = e.parts[1:]
	}
	return n, nil
}

func TestLineOfTwoGigabytes(t *testing.T) {
	r := &endless{parts: []string{header + good, "\n330102001053,乙村委会,5,village_committee,330102001000\n"},
		fill: bytes.Repeat([]byte("x"), 1<<16), x: 2 << 30}
	var refused []intake.Refusal
	d, err := intake.ReadDivisions(t.Context(), r, func(r intake.Refusal) { refused = append(refused, r) })
	if err != nil || d.Len() != 6 || len(refused) != 1 || refused[0].Line != 7 {
		t.Errorf("%v, refused %v", err, refused)
	}
}

func TestCancelled(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := intake.ReadDivisions(ctx, strings.NewReader(header+good), nil); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}

func FuzzReadDivisions(f *testing.F) {
	f.Add([]byte(header + good))
	f.Add([]byte("\ufeff代码,名称,级别,上级代码\n\"330000000000\",\"浙\"\"江\",1,\n"))
	f.Add([]byte(header + "330000000000,\xb4\xe5,1,province,\n\n330000000000,甲,1,province\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		refused := 0
		refuse := func(r intake.Refusal) {
			refused++
			if r.Line < 2 || r.Reason == "" || strings.ContainsAny(r.String(), "\x00\x1b\n") {
				t.Errorf("refusal %q", r)
			}
		}
		d, err := intake.ReadDivisions(t.Context(), bytes.NewReader(text), refuse)
		if err != nil {
			return
		}
		d.Settle(nil, refuse)
		if d.Len()+refused != d.Read() {
			t.Errorf("%d rows, %d taken, %d refused", d.Read(), d.Len(), refused)
		}
		seen := map[geo.DivisionCode]bool{0: true}
		for i := range d.Len() {
			row := d.Division(i)
			if !seen[row.Parent] {
				t.Errorf("division %s comes before its parent %s", row.Code, row.Parent)
			}
			seen[row.Code] = true
		}
	})
}
