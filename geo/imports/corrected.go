package imports

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/xuri/excelize/v2"

	"jingwei/geo"
	"jingwei/geo/intake"
)

// faultsAtOnce is how many faults are read from the store together.
const faultsAtOnce = 10_000

// Corrected writes a workbook with the rows of an import that were refused, as they stand in its file, to be corrected and taken in
// again: the cells at fault are marked, and columns at the end, which that leaves out, say which row of the file it was and what is
// wrong. What a spreadsheet might take
// for a formula has an apostrophe in front, which a later import takes off.
func (d *Desk) Corrected(ctx context.Context, j geo.ImportJob, words geo.CorrectedWords, w io.Writer) (err error) {
	faults := &faultCursor{store: d.store, job: j.ID}
	opened, err := d.open(ctx, j.ID)
	if err != nil {
		return fmt.Errorf("corrected rows of import %d: %w", j.ID, err)
	}
	defer opened.Close()
	sheet, err := opened.Sheet(j.Mapping)
	if err != nil {
		return fmt.Errorf("corrected rows of import %d: %w", j.ID, err)
	}
	defer func() { err = errors.Join(err, sheet.Close()) }()
	book, err := newCorrectedBook(j, words)
	if err != nil {
		return fmt.Errorf("corrected rows of import %d: %w", j.ID, err)
	}
	defer func() { err = errors.Join(err, book.file.Close()) }()
	for {
		n, cells, err := sheet.Next()
		var broken *intake.RowError
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil && !errors.As(err, &broken) {
			return fmt.Errorf("corrected rows of import %d: %w", j.ID, err)
		}
		if n <= j.Mapping.HeaderRow {
			continue
		}
		found, err := faults.of(ctx, n)
		if err != nil {
			return fmt.Errorf("corrected rows of import %d: %w", j.ID, err)
		}
		if len(found) == 0 {
			continue
		}
		if err := book.add(n, cells, found); err != nil {
			return fmt.Errorf("corrected rows of import %d: %w", j.ID, err)
		}
	}
	return book.write(w)
}

// faultCursor gives the faults that refuse rows, row by row in rising order.
type faultCursor struct {
	store  Store
	job    geo.ID
	offset int
	page   []geo.ImportFault
	end    bool
}

func (c *faultCursor) of(ctx context.Context, row int) ([]geo.ImportFault, error) {
	var found []geo.ImportFault
	for {
		for len(c.page) > 0 && c.page[0].Row <= row {
			if f := c.page[0]; f.Row == row && !f.Warning {
				found = append(found, f)
			}
			c.page = c.page[1:]
		}
		if len(c.page) > 0 || c.end {
			return found, nil
		}
		var err error
		if c.page, err = c.store.ImportFaults(ctx, c.job, geo.ImportFaultQuery{Offset: c.offset, Limit: faultsAtOnce}); err != nil {
			return nil, err
		}
		c.offset += len(c.page)
		c.end = len(c.page) < faultsAtOnce
	}
}

// correctedBook is the workbook of refused rows, written row by row.
type correctedBook struct {
	file    *excelize.File
	stream  *excelize.StreamWriter
	columns int
	row     int
	words   geo.CorrectedWords
	wrong   int // style of a cell at fault
	plain   int // style of others: text, so that no code is taken for a number
}

func newCorrectedBook(j geo.ImportJob, words geo.CorrectedWords) (*correctedBook, error) {
	b := &correctedBook{file: excelize.NewFile(), columns: len(j.Recognition.Headers), row: 1, words: words}
	text := "@"
	var errs [5]error
	b.wrong, errs[0] = b.file.NewStyle(&excelize.Style{CustomNumFmt: &text, Fill: excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{"FDE3E1"}}, Font: &excelize.Font{Color: "8C1D18"}})
	b.plain, errs[1] = b.file.NewStyle(&excelize.Style{CustomNumFmt: &text})
	bold, err := b.file.NewStyle(&excelize.Style{Font: &excelize.Font{Bold: true}})
	errs[2] = err
	errs[3] = b.file.SetSheetName(b.file.GetSheetName(0), words.Sheet)
	b.stream, errs[4] = b.file.NewStreamWriter(words.Sheet)
	if err := errors.Join(errs[:]...); err != nil {
		return nil, err
	}
	if b.columns > 0 {
		if err := b.stream.SetColWidth(1, b.columns, 18); err != nil {
			return nil, err
		}
	}
	if err := b.stream.SetColWidth(b.columns+2, b.columns+2, 60); err != nil {
		return nil, err
	}
	header := make([]any, 0, b.columns+2)
	for _, h := range append(slices.Clone(j.Recognition.Headers), words.Row, words.Reasons) {
		header = append(header, excelize.Cell{StyleID: bold, Value: harmless(h)})
	}
	return b, b.stream.SetRow("A1", header)
}

func (b *correctedBook) add(row int, cells []string, faults []geo.ImportFault) error {
	out := make([]any, b.columns+2)
	for i := range b.columns {
		value := ""
		if i < len(cells) {
			value = harmless(storable(intake.Stored(cells[i])))
		}
		out[i] = excelize.Cell{StyleID: b.plain, Value: value}
	}
	var said []string
	for _, f := range faults {
		if 0 < f.Column && f.Column <= b.columns {
			cell := out[f.Column-1].(excelize.Cell) // all of them are
			cell.StyleID = b.wrong
			out[f.Column-1] = cell
		}
		said = append(said, b.words.Sentence(f))
	}
	out[b.columns] = excelize.Cell{Value: row}
	out[b.columns+1] = excelize.Cell{Value: harmless(strings.Join(said, "; "))}
	b.row++
	at, err := excelize.CoordinatesToCellName(1, b.row)
	if err != nil {
		return err
	}
	return b.stream.SetRow(at, out)
}

func (b *correctedBook) write(w io.Writer) error {
	if err := b.stream.Flush(); err != nil {
		return err
	}
	return b.file.Write(w)
}

// harmless keeps a text from being taken for a formula.
func harmless(text string) string {
	if intake.Dangerous(text) {
		return "'" + text
	}
	return text
}

// mostCell is how many characters a cell of a workbook may have.
const mostCell = 32767

// storable takes out what a workbook cannot hold.
func storable(text string) string {
	runes := []rune(strings.Map(func(r rune) rune {
		if r < ' ' && r != '\t' && r != '\n' && r != '\r' {
			return '\uFFFD'
		}
		return r
	}, strings.ToValidUTF8(text, "\uFFFD")))
	return string(runes[:min(len(runes), mostCell)])
}
