package intake

import (
	"archive/zip"
	"context"
	"encoding/xml"
	"errors"
	"io"
	"math"
	"path"
	"slices"
	"strings"

	"jingwei/geo"
)

// Limits of workbooks, which are archives: a short one may hold what no disk does.
const (
	mostDirectory = 2 << 20 // bytes of the list of what is in the archive
	mostEntries   = 1000
	mostUnpacked  = 1 << 30   // bytes of all entries
	mostBeside    = 64 << 20  // bytes of what is neither a sheet nor its texts
	mostListed    = 16 << 20  // bytes of a part that lists others
	mostRatio     = 200       // by which an entry longer than ratioFrom shrinks
	ratioFrom     = 8 << 20   // bytes, unpacked
	mostCells     = 60 << 20  // of a sheet
	mostSheets    = 100       // that are offered
	mostName      = 1000      // bytes of the name of a sheet
	mostText      = 32767 * 4 // bytes of a cell: what a spreadsheet takes
	mostTextInAll = 4 << 30   // bytes of a sheet, with each text as often as cells refer to it
	lastSheetRow  = 1 << 20
	lastColumn    = 1 << 14
)

// workbook is an XLSX file (ECMA-376). It is read as a stream, part by part: nothing of it is held but what its limits bound.
type workbook struct {
	ctx     context.Context
	archive *zip.Reader
	sheets  []sheetPart
	texts   *sharedTexts // nil for none
	since   bool         // days are numbered from 1904
}

// sheetPart is a sheet as the workbook lists it.
type sheetPart struct {
	name, id string
	part     *zip.File // nil when it is not there
}

// openWorkbook reads which sheets a workbook has, and the texts that they share.
func openWorkbook(ctx context.Context, from io.ReaderAt, size int64) (*workbook, error) {
	directory := &metered{from: from, left: mostDirectory}
	z, err := zip.NewReader(directory, size)
	directory.left = math.MaxInt64
	b := &workbook{ctx: ctx, archive: z}
	switch {
	case errors.Is(err, errUnusual):
		return nil, tooLarge("the workbook has more than %d parts", mostEntries)
	case err != nil:
		return nil, b.fault(geo.Invalid("file", "the workbook is damaged: open it in the spreadsheet program and save it again"))
	}
	if err := checkArchive(z); err != nil {
		return nil, err
	}
	texts, err := b.list()
	if err != nil {
		return nil, b.fault(err)
	}
	if len(b.sheets) == 0 {
		return nil, geo.Invalid("file", "the workbook has no sheet")
	}
	if texts == nil {
		return b, nil
	}
	err = b.read(texts, func(p *xmlPart) (err error) {
		b.texts, err = readTexts(p)
		return err
	})
	if err != nil {
		return nil, errors.Join(b.fault(err), b.texts.Close())
	}
	return b, nil
}

// metered reads no more than is left.
type metered struct {
	from io.ReaderAt
	left int64
}

// ReadAt reads, until nothing is left.
func (m *metered) ReadAt(p []byte, at int64) (int, error) {
	if m.left -= int64(len(p)); m.left < 0 {
		return 0, errUnusual
	}
	return m.from.ReadAt(p, at)
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
			return tooLarge("the workbook is longer than %d MB when it is unpacked: save the sheet alone, or as CSV", mostUnpacked>>20)
		}
		if f.UncompressedSize64 > ratioFrom && f.UncompressedSize64 > mostRatio*f.CompressedSize64 {
			return tooLarge("a part of the workbook becomes more than %d times as long when it is unpacked: save the sheet anew, as CSV", mostRatio)
		}
		if f.Flags&1 != 0 {
			return geo.Invalid("file", "the workbook has a password: save it without one")
		}
	}
	return nil
}

// fault is what is said of an error while a workbook was read.
func (b *workbook) fault(err error) error {
	var said *geo.Error
	switch {
	case b.ctx.Err() != nil:
		return b.ctx.Err()
	case errors.As(err, &said):
		return err
	case errors.Is(err, errUnusual):
		return tooLarge("%v: open it in the spreadsheet program and save the sheet anew, as CSV", errUnusual)
	}
	return geo.Invalid("file", "the workbook cannot be read: open it in the spreadsheet program and save it again")
}

// read lets use read a part below its outermost element. A part that is empty is none.
func (b *workbook) read(f *zip.File, use func(p *xmlPart) error) (err error) {
	p, err := openPart(f)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, p.Close()) }()
	if err := p.root(); err != nil {
		if errors.Is(err, io.EOF) {
			return nil
		}
		return err
	}
	if err := use(p); err != nil {
		return err
	}
	return p.end()
}

// listed lets use read the elements of a part that lists others.
func (b *workbook) listed(name string, use func(e xml.StartElement, p *xmlPart) error) error {
	f := b.entry(name)
	if f == nil {
		return nil
	}
	if f.UncompressedSize64 > mostListed {
		return tooLarge("the list of the parts of the workbook is longer than %d MB: save the sheet anew, as CSV", mostListed>>20)
	}
	return b.read(f, func(p *xmlPart) error {
		return p.each(func(e xml.StartElement) error { return use(e, p) })
	})
}

// list finds the sheets in the archive, and the texts that they share; nil for none.
func (b *workbook) list() (*zip.File, error) {
	home := "xl/workbook.xml"
	err := b.listed("_rels/.rels", func(e xml.StartElement, _ *xmlPart) error {
		if strings.HasSuffix(attribute(e, "Type"), "/officeDocument") {
			home = strings.TrimPrefix(path.Clean("/"+attribute(e, "Target")), "/")
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	err = b.listed(home, func(e xml.StartElement, p *xmlPart) error {
		switch e.Name.Local {
		case "workbookPr":
			since := attribute(e, "date1904")
			b.since = since == "1" || since == "true"
		case "sheets":
			return p.each(b.addSheet)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return b.find(home)
}

func (b *workbook) addSheet(e xml.StartElement) error {
	s := sheetPart{name: attribute(e, "name")}
	for _, a := range e.Attr {
		if a.Name.Local == "id" && a.Name.Space != "" {
			s.id = a.Value
		}
	}
	if len(s.name) > mostName || len(s.id) > mostName {
		return errUnusual
	}
	if e.Name.Local == "sheet" && s.name != "" && len(b.sheets) < mostSheets {
		b.sheets = append(b.sheets, s)
	}
	return nil
}

// find looks for the entries of the sheets, and of their texts.
func (b *workbook) find(home string) (*zip.File, error) {
	texts, relations := b.entry(path.Join(path.Dir(home), "sharedStrings.xml")), 0
	err := b.listed(path.Join(path.Dir(home), "_rels", path.Base(home)+".rels"), func(e xml.StartElement, _ *xmlPart) error {
		if relations++; relations > 10*mostEntries {
			return errUnusual
		}
		target := attribute(e, "Target")
		if strings.HasPrefix(target, "/") {
			target = path.Clean(target)[1:]
		} else {
			target = path.Join(path.Dir(home), target)
		}
		if strings.HasSuffix(attribute(e, "Type"), "/sharedStrings") {
			texts = b.entry(target)
			return nil
		}
		for i := range b.sheets {
			if s := &b.sheets[i]; s.part == nil && s.id == attribute(e, "Id") {
				s.part = b.entry(target)
			}
		}
		return nil
	})
	return texts, err
}

func (b *workbook) entry(name string) *zip.File {
	for _, f := range slices.Backward(b.archive.File) {
		if strings.EqualFold(strings.ReplaceAll(f.Name, "\\", "/"), name) {
			return f
		}
	}
	return nil
}

func (b *workbook) sheet(m geo.ImportMapping) (*xlsxSheet, error) {
	i, day := 0, -1
	if b.since {
		day = slices.Index(m.Columns, geo.ImportFrom)
	}
	if m.Sheet != "" {
		i = slices.IndexFunc(b.sheets, func(s sheetPart) bool { return s.name == m.Sheet })
	}
	if i < 0 {
		return nil, geo.Invalid("sheet", "the workbook has no sheet %q", printable(m.Sheet))
	}
	if b.sheets[i].part == nil {
		return nil, b.fault(errors.New("the sheet is not there"))
	}
	p, err := openPart(b.sheets[i].part)
	if err != nil {
		return nil, b.fault(err)
	}
	return &xlsxSheet{book: b, part: p, day: day}, nil
}

// sheets lists the sheets of the file.
func (f *File) sheets() []geo.ImportSheet {
	if f.book == nil {
		return []geo.ImportSheet{{}}
	}
	list := make([]geo.ImportSheet, len(f.book.sheets))
	for i, s := range f.book.sheets {
		list[i].Name = strings.ToValidUTF8(s.name, "?")
	}
	return list
}
