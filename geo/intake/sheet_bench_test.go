package intake_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"jingwei/geo"
	"jingwei/geo/intake"
)

// benchRows is how many rows the files of the benchmarks have.
const benchRows = 20_000

func benchCells(i int) []string {
	return []string{fmt.Sprintf("A-%06d", i), fmt.Sprintf("柳翠社区第%d党支部", i), "党支部", "村级", "上城区委", "330102001051", "120.1551", "30.2741",
		fmt.Sprintf("柳翠路%d号, 二楼", i), "0571-87000001", "", "2020-01-02"}
}

func BenchmarkText(b *testing.B) {
	var text strings.Builder
	text.WriteString("编码,名称,类别,级别,上级,区划,经度,纬度,地址,电话,信用代码,成立日期\r\n")
	for i := range benchRows {
		cells := benchCells(i)
		cells[8] = `"` + cells[8] + `"`
		text.WriteString(strings.Join(cells, ",") + "\r\n")
	}
	benchmarkSheet(b, []byte(text.String()))
}

func BenchmarkWorkbook(b *testing.B) {
	book := excelize.NewFile()
	defer book.Close()
	for i := range benchRows {
		cells := benchCells(i)
		if err := book.SetSheetRow("Sheet1", fmt.Sprintf("A%d", i+1), &cells); err != nil {
			b.Fatal(err)
		}
	}
	data, err := book.WriteToBuffer()
	if err != nil {
		b.Fatal(err)
	}
	benchmarkSheet(b, data.Bytes())
}

func benchmarkSheet(b *testing.B, data []byte) {
	b.SetBytes(int64(len(data)))
	b.ReportAllocs()
	for b.Loop() {
		f, err := intake.OpenFile(b.Context(), bytes.NewReader(data), int64(len(data)))
		if err != nil {
			b.Fatal(err)
		}
		sheet, err := f.Sheet(geo.ImportMapping{})
		if err != nil {
			b.Fatal(err)
		}
		rows := 0
		for {
			if _, _, err = sheet.Next(); err != nil {
				break
			}
			rows++
		}
		if !errors.Is(err, io.EOF) || rows < benchRows {
			b.Fatalf("%d rows, %v", rows, err)
		}
		if err := errors.Join(sheet.Close(), f.Close()); err != nil {
			b.Fatal(err)
		}
	}
}
