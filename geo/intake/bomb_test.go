package intake_test

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"runtime"
	"runtime/metrics"
	"strconv"
	"strings"
	"testing"
	"time"

	"jingwei/geo"
	"jingwei/geo/intake"
)

const (
	plainRels  = `<Relationships><Relationship Id="r1" Type="http://x/officeDocument" Target="xl/workbook.xml"/></Relationships>`
	plainBook  = `<workbook xmlns:r="r"><sheets><sheet name="S" r:id="r1"/></sheets></workbook>`
	plainParts = `<Relationships><Relationship Id="r1" Type="http://x/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="r2" Type="http://x/sharedStrings" Target="sharedStrings.xml"/></Relationships>`
	plainTexts = `<sst><si><t>名称</t></si><si><t>一</t></si></sst>`
	plainSheet = `<worksheet><sheetData><row r="1"><c r="A1" t="s"><v>0</v></c></row><row r="2"><c r="A2" t="s"><v>1</v></c></row></sheetData></worksheet>`
)

// repeated is a part with a piece in its middle that comes so many times, with noise that keeps it from shrinking too much.
type repeated struct {
	before, piece, after string
	times                int
}

func (p repeated) write(w io.Writer) error {
	if _, err := io.WriteString(w, p.before); err != nil {
		return err
	}
	const together = 20_000 // bytes between noise
	pieces, random := []byte(strings.Repeat(p.piece, max(1, together/max(1, len(p.piece))))), rand.New(rand.NewPCG(1, 2))
	for n := 0; n < p.times; n += max(1, together/len(p.piece)) {
		noise := make([]byte, 110)
		for i := range noise {
			noise[i] = byte('a' + random.IntN(26))
		}
		if _, err := fmt.Fprintf(w, "%s<!--%s-->", pieces, noise); err != nil {
			return err
		}
	}
	_, err := io.WriteString(w, p.after)
	return err
}

// built is a workbook of which some parts are others.
func built(t testing.TB, parts map[string]repeated) []byte {
	t.Helper()
	all := map[string]repeated{"_rels/.rels": {before: plainRels}, "xl/workbook.xml": {before: plainBook}, "xl/_rels/workbook.xml.rels": {before: plainParts},
		"xl/sharedStrings.xml": {before: plainTexts}, "xl/worksheets/sheet1.xml": {before: plainSheet}}
	for name, p := range parts {
		all[name] = p
	}
	var b bytes.Buffer
	out := zip.NewWriter(&b)
	for name, p := range all {
		w, err := out.Create(name)
		if err == nil {
			err = p.write(w)
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

// readAll reads a file as an upload and a check do.
func readAll(ctx context.Context, data []byte) (rows int, err error) {
	f, err := intake.OpenFile(ctx, bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return 0, err
	}
	defer f.Close()
	_, m, err := f.Recognize(geo.ImportMapping{})
	if err != nil {
		return 0, err
	}
	sheet, err := f.Sheet(m)
	if err != nil {
		return 0, err
	}
	defer sheet.Close()
	for {
		_, _, err := sheet.Next()
		var broken *intake.RowError
		if errors.Is(err, io.EOF) {
			return rows, nil
		}
		if err != nil && !errors.As(err, &broken) {
			return rows, err
		}
		rows++
	}
}

// peak tells how many bytes of the heap were in use at the same time while f ran, beyond those before.
func peak(f func()) uint64 {
	sample := []metrics.Sample{{Name: "/memory/classes/heap/objects:bytes"}}
	used := func() uint64 { metrics.Read(sample); return sample[0].Value.Uint64() }
	runtime.GC()
	before, most := used(), uint64(0)
	stop, stopped := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(stopped)
		for {
			most = max(most, used())
			select {
			case <-stop:
				return
			case <-time.After(time.Millisecond):
			}
		}
	}()
	f()
	close(stop)
	<-stopped
	return most - min(most, before)
}

// bombSize is how many times the pieces of bombs are repeated: JINGWEI_BOMB, else so many as a test has time for.
func bombSize(t *testing.T) int {
	t.Helper()
	text := os.Getenv("JINGWEI_BOMB")
	if text == "" {
		return 12_000
	}
	n, err := strconv.Atoi(text)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// TestBombs: what is short and becomes long takes no memory to speak of, and is refused or read; with JINGWEI_BOMB=12000000 beyond
// what is read at all.
func TestBombs(t *testing.T) {
	n := bombSize(t)
	row := func(cells string) string {
		return `<worksheet><sheetData><row r="1">` + cells + `</row></sheetData></worksheet>`
	}
	for _, c := range []struct {
		name  string
		parts map[string]repeated
		want  string // of the refusal; "" for none
	}{
		{"plain", nil, ""},
		{"shared texts", map[string]repeated{"xl/sharedStrings.xml": {"<sst><si><t>名称</t></si><si><t>一</t></si>", "<si/>", "</sst>", n}}, "more than 10000000 different texts"},
		{"sheets", map[string]repeated{"xl/workbook.xml": {strings.TrimSuffix(plainBook, "</sheets></workbook>"), `<sheet name="S" sheetId="1"/>`, "</sheets></workbook>", n}}, ""},
		{"relations", map[string]repeated{"xl/_rels/workbook.xml.rels": {strings.TrimSuffix(plainParts, "</Relationships>"), `<Relationship/>`, "</Relationships>", n}}, "save the sheet anew, as CSV"},
		{"cells", map[string]repeated{"xl/worksheets/sheet1.xml": {`<worksheet><sheetData><row r="1">`, `<c/>`, `</row></sheetData></worksheet>`, n}}, ""},
		{"rows", map[string]repeated{"xl/worksheets/sheet1.xml": {`<worksheet><sheetData>`, `<row/>`, `</sheetData></worksheet>`, n}}, "damaged at row"},
		{"deep", map[string]repeated{"xl/worksheets/sheet1.xml": {row(strings.Repeat("<c>", 100)), "", "", 0}}, "save the sheet anew, as CSV"},
		{"deep texts", map[string]repeated{"xl/sharedStrings.xml": {"<sst>" + strings.Repeat("<si>", 100), "", "", 0}}, "save the sheet anew, as CSV"},
		{"a tag without an end", map[string]repeated{"xl/worksheets/sheet1.xml": {`<worksheet a="` + strings.Repeat("a", 5<<18), "", "", 0}}, "save the sheet anew, as CSV"},
		{"a text without an end", map[string]repeated{"xl/sharedStrings.xml": {"<sst><si><t>" + strings.Repeat("a", 5<<18), "", "", 0}}, "save the sheet anew, as CSV"},
	} {
		data, err := built(t, c.parts), error(nil)
		used := peak(func() { _, err = readAll(t.Context(), data) })
		if used > 24<<20+uint64(16*n) || len(data) > 4<<20 && n == 12_000 {
			t.Errorf("%s: %d bytes took %d MB", c.name, len(data), used>>20)
		}
		if n > 12_000 {
			t.Logf("%s: %d bytes took %d MB: %v", c.name, len(data), used>>20, err)
		}
		beyond := c.want == "more than 10000000 different texts" && n < 10_000_000 || c.want == "damaged at row" && n < 1<<20
		switch {
		case err == nil && c.want != "" && !beyond, err != nil && (c.want == "" || beyond), err != nil && !strings.Contains(err.Error(), c.want):
			if n > 10_000_000 && errors.Is(err, geo.ErrTooLarge) {
				continue // one limit or the other
			}
			t.Errorf("%s: %v, want %q", c.name, err, c.want)
		}
		if err != nil {
			expectSaid(t, err)
		}
	}
}

// TestLongList: what lists the parts of a workbook is not read when it is said to be very long.
func TestLongList(t *testing.T) {
	var b bytes.Buffer
	out := zip.NewWriter(&b)
	w, err := out.CreateRaw(&zip.FileHeader{Name: "xl/workbook.xml", Method: zip.Deflate, UncompressedSize64: 17 << 20, CompressedSize64: 100_000})
	if err == nil {
		_, err = w.Write(make([]byte, 100_000))
	}
	if err := errors.Join(err, out.Close()); err != nil {
		t.Fatal(err)
	}
	if _, err := readAll(t.Context(), b.Bytes()); !errors.Is(err, geo.ErrTooLarge) || !strings.Contains(err.Error(), "as CSV") {
		t.Error(err)
	}
}

// TestDirectoryBomb: an archive with very many entries is refused before they are listed.
func TestDirectoryBomb(t *testing.T) {
	var b bytes.Buffer
	out := zip.NewWriter(&b)
	for i := range 30_000 {
		if _, err := out.CreateRaw(&zip.FileHeader{Name: strconv.Itoa(i)}); err != nil {
			t.Fatal(err)
		}
	}
	if err := out.Close(); err != nil {
		t.Fatal(err)
	}
	var err error
	if used := peak(func() { _, err = readAll(t.Context(), b.Bytes()) }); !errors.Is(err, geo.ErrTooLarge) || used > 20<<20 {
		t.Errorf("%v, with %d MB", err, used>>20)
	}
}

// TestReadingEnds when nobody waits for it any more.
func TestReadingEnds(t *testing.T) {
	for name, data := range map[string][]byte{
		"workbook": built(t, map[string]repeated{"xl/sharedStrings.xml": {"<sst>", "<si/>", "</sst>", 100_000}}),
		"text":     []byte("名称\n" + strings.Repeat("一\n", 100_000)),
	} {
		ctx, cancel := context.WithCancel(t.Context())
		left := &leaving{Reader: bytes.NewReader(data), after: len(data) / 2, leave: cancel}
		f, err := intake.OpenFile(ctx, left, int64(len(data)))
		for rows := 0; err == nil; rows++ {
			var sheet intake.Sheet
			if sheet, err = f.Sheet(geo.ImportMapping{}); err != nil {
				break
			}
			for err == nil {
				_, _, err = sheet.Next()
			}
			if errors.Is(err, io.EOF) {
				break
			}
		}
		if !errors.Is(err, context.Canceled) || left.read > len(data)/2+200_000 {
			t.Errorf("%s: %v after %d bytes of %d", name, err, left.read, len(data))
		}
	}
}

// leaving is a file of somebody who leaves after so many bytes.
type leaving struct {
	*bytes.Reader
	read, after int
	leave       func()
}

// ReadAt reads.
func (l *leaving) ReadAt(p []byte, at int64) (int, error) {
	n, err := l.Reader.ReadAt(p, at)
	if l.read += n; l.read > l.after {
		l.leave()
	}
	return n, err
}

// TestFarHeader: rows before a header that is said to be far down are not held.
func TestFarHeader(t *testing.T) {
	text := strings.Repeat("甲,乙,丙,丁,戊,己,庚,辛\n", 50_000) + "名称,编码,地址,电话,a,b,c,d\n一,1,,,,,,\n"
	f, err := intake.OpenFile(t.Context(), strings.NewReader(text), int64(len(text)))
	if err != nil {
		t.Fatal(err)
	}
	var r geo.ImportRecognition
	used := peak(func() { r, _, err = f.Recognize(geo.ImportMapping{HeaderRow: 50_001}) })
	if err != nil || r.Headers[0] != "名称" || len(r.Samples) != 1 || used > 10<<20 {
		t.Errorf("%d MB, %v: %v %v", used>>20, err, r.Headers, r.Samples)
	}
}
