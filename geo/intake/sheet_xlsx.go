package intake

import (
	"archive/zip"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/xuri/excelize/v2"

	"jingwei/geo"
)

// Limits of workbooks, which are archives: a short one may hold what no disk does.
const (
	mostEntries  = 1000
	mostUnpacked = 1 << 30   // bytes of all entries
	mostBeside   = 64 << 20  // bytes of what is neither a sheet nor its texts: that is held in memory
	mostRatio    = 200       // by which an entry longer than ratioFrom shrinks
	ratioFrom    = 8 << 20   // bytes, unpacked
	inMemory     = 512 << 10 // bytes of a sheet that is not spooled to the disk
	mostCells    = 60 << 20  // of a sheet
	mostSheets   = 100       // that are offered
	mostText     = 32767 * 4 // bytes of a cell: what a spreadsheet takes
)

// workbook is an XLSX file (ECMA-376).
type workbook struct {
	archive *zip.Reader
	file    *excelize.File // unpacked once, for all of its sheets
	names   []string
	since   bool // days are numbered from 1904
}

// openWorkbook looks into the directory of the archive before anything is unpacked.
func openWorkbook(from io.ReaderAt, size int64) (*workbook, error) {
	z, err := zip.NewReader(from, size)
	if err != nil {
		return nil, geo.Invalid("file", "the workbook is damaged: open it in the spreadsheet program and save it again")
	}
	if err := checkArchive(z); err != nil {
		return nil, err
	}
	b := &workbook{archive: z}
	if b.file, err = unpack(from, size); err != nil {
		return nil, err
	}
	if p, err := b.file.GetWorkbookProps(); err == nil && p.Date1904 != nil {
		b.since = *p.Date1904
	}
	for _, name := range b.file.GetSheetList() {
		if len(b.names) < mostSheets {
			b.names = append(b.names, name)
		}
	}
	if len(b.names) == 0 {
		return nil, errors.Join(geo.Invalid("file", "the workbook has no sheet"), b.file.Close())
	}
	return b, nil
}

func checkArchive(z *zip.Reader) error {
	if len(z.File) > mostEntries {
		return tooLarge("the workbook has more than %d parts", mostEntries)
	}
	var total, beside uint64
	for _, f := range z.File {
		total += f.UncompressedSize64
		if !strings.HasPrefix(strings.ToLower(f.Name), "xl/worksheets/") && !strings.EqualFold(f.Name, "xl/sharedStrings.xml") {
			beside += f.UncompressedSize64
		}
		if beside > mostBeside {
			return tooLarge("the workbook has more than %d MB of pictures and the like: save the table alone", mostBeside>>20)
		}
		if total > mostUnpacked || f.UncompressedSize64 > mostUnpacked {
			return tooLarge("the workbook is longer than %d MB when it is unpacked", mostUnpacked>>20)
		}
		if f.UncompressedSize64 > ratioFrom && f.UncompressedSize64 > mostRatio*f.CompressedSize64 {
			return tooLarge("a part of the workbook becomes more than %d times as long when it is unpacked: it is refused", mostRatio)
		}
		if f.Flags&1 != 0 {
			return geo.Invalid("file", "the workbook has a password: save it without one")
		}
	}
	return nil
}

// unpack opens a workbook. Long parts lie on the disk until it is closed.
func unpack(from io.ReaderAt, size int64) (file *excelize.File, err error) {
	defer func() {
		if recover() != nil { // the library does so for some files that are damaged
			file, err = nil, damaged()
		}
	}()
	file, err = excelize.OpenReader(io.NewSectionReader(from, 0, size),
		excelize.Options{RawCellValue: true, UnzipSizeLimit: mostUnpacked, UnzipXMLSizeLimit: inMemory})
	if err != nil {
		return nil, damaged()
	}
	return file, nil
}

func damaged() error {
	return geo.Invalid("file", "the workbook cannot be read: open it in the spreadsheet program and save it again")
}

// xlsxSheet is one sheet of a workbook. Rows are read one by one.
type xlsxSheet struct {
	book  *workbook
	name  string
	rows  *excelize.Rows
	row   int
	cells int
	day   int // the column of days numbered from 1904, counted from 0; -1 for none
}

func (b *workbook) sheet(m geo.ImportMapping) (s *xlsxSheet, err error) {
	name, day := m.Sheet, -1
	if b.since {
		day = slices.Index(m.Columns, geo.ImportFrom)
	}
	if name == "" {
		name = b.names[0]
	}
	defer func() {
		if recover() != nil {
			s, err = nil, damaged()
		}
	}()
	rows, err := b.file.Rows(name)
	if err != nil {
		return nil, geo.Invalid("sheet", "the workbook has no sheet %q", printable(name))
	}
	return &xlsxSheet{book: b, name: name, rows: rows, day: day}, nil
}

// Next reads a row. Numbers are as they are stored, without their format.
func (s *xlsxSheet) Next() (row int, cells []string, err error) {
	defer func() {
		if recover() != nil {
			row, cells, err = 0, nil, damaged()
		}
	}()
	for {
		if !s.rows.Next() {
			if s.rows.Error() != nil {
				return 0, nil, damaged()
			}
			return 0, nil, s.book.ended(s.name)
		}
		s.row++
		cells, err := s.rows.Columns()
		if err != nil {
			return 0, nil, damaged()
		}
		s.cells += len(cells)
		if s.cells > mostCells {
			return 0, nil, tooLarge("the sheet has more than %d cells", mostCells)
		}
		if len(cells) == 0 {
			continue
		}
		if len(cells) > geo.MaxImportColumns {
			cells = cells[:geo.MaxImportColumns]
		}
		if i := tooLong(cells); i >= 0 {
			return s.row, nil, &RowError{Row: s.row, Err: fmt.Errorf("cell %d is too long", i+1)}
		}
		if 0 <= s.day && s.day < len(cells) {
			cells[s.day] = from1900(cells[s.day])
		}
		return s.row, cells, nil
	}
}

// between is how many days lie between the first days of both numberings.
const between = 1462

// from1900 numbers a day from 1900 that is numbered from 1904. What is no number of a day stays.
func from1900(cell string) string {
	serial, err := strconv.ParseFloat(cell, 64)
	if err != nil || len(cell) < 5 || len(cell) == len("20260131") {
		return cell
	}
	return strconv.FormatFloat(serial+between, 'f', -1, 64)
}

// ended is io.EOF when the rows of a sheet were all: the library takes what is damaged for the end.
func (b *workbook) ended(sheet string) error {
	part := b.part(sheet)
	if part == nil {
		return damaged()
	}
	r, err := part.Open()
	if err != nil {
		return damaged()
	}
	defer r.Close()
	d := xml.NewDecoder(r)
	d.CharsetReader = b.file.CharsetReader
	for row := 0; ; {
		token, err := d.Token()
		switch t := token.(type) {
		case xml.StartElement:
			if t.Name.Local == "row" {
				row = rowOf(t, row)
			}
		case xml.EndElement:
			if t.Name.Local == "sheetData" {
				return io.EOF
			}
		}
		if errors.Is(err, io.EOF) { // a sheet without cells
			return io.EOF
		}
		if err != nil {
			return geo.Invalid("file", "the workbook is damaged at row %d: open it in the spreadsheet program and save it again", max(row, 1))
		}
	}
}

// rowOf is the number of a row, which may be left out where it is the next one.
func rowOf(element xml.StartElement, last int) int {
	for _, a := range element.Attr {
		if n, err := strconv.Atoi(a.Value); err == nil && a.Name.Local == "r" {
			return n
		}
	}
	return last + 1
}

// relationships are what a part of a workbook refers to.
type relationships struct {
	All []struct {
		ID     string `xml:"Id,attr"`
		Type   string `xml:"Type,attr"`
		Target string `xml:"Target,attr"`
	} `xml:"Relationship"`
}

// part finds the sheet in the archive; nil when it is not there.
func (b *workbook) part(sheet string) *zip.File {
	home := "xl/workbook.xml"
	for _, r := range b.relationships("_rels/.rels").All {
		if strings.HasSuffix(r.Type, "/officeDocument") {
			home = strings.TrimPrefix(r.Target, "/")
			break
		}
	}
	targets := map[string]string{}
	for _, r := range b.relationships(path.Join(path.Dir(home), "_rels", path.Base(home)+".rels")).All {
		if targets[r.ID] = path.Join(path.Dir(home), r.Target); strings.HasPrefix(r.Target, "/") {
			targets[r.ID] = path.Clean(r.Target)[1:]
		}
	}
	var found *zip.File
	for _, s := range b.file.WorkBook.Sheets.Sheet {
		if s.Name == sheet {
			found = b.entry(targets[s.ID])
		}
	}
	return found
}

func (b *workbook) relationships(name string) (all relationships) {
	f := b.entry(name)
	if f == nil {
		return all
	}
	r, err := f.Open()
	if err != nil {
		return all
	}
	defer r.Close()
	_ = xml.NewDecoder(r).Decode(&all) // what is damaged there refers to nothing
	return all
}

func (b *workbook) entry(name string) *zip.File {
	for _, f := range slices.Backward(b.archive.File) {
		if strings.EqualFold(strings.ReplaceAll(f.Name, "\\", "/"), name) {
			return f
		}
	}
	return nil
}

func tooLong(cells []string) int {
	for i, c := range cells {
		if len(c) > mostText {
			return i
		}
	}
	return -1
}

// Close ends the reading of the sheet.
func (s *xlsxSheet) Close() error { return s.rows.Close() }

// sheetsOf lists the sheets of the file.
func (f *File) sheets() []geo.ImportSheet {
	if f.book == nil {
		return []geo.ImportSheet{{}}
	}
	list := make([]geo.ImportSheet, len(f.book.names))
	for i, name := range f.book.names {
		list[i].Name = strings.ToValidUTF8(name, "?")
	}
	return list
}
