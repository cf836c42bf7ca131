package intake

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"

	"jingwei/geo"
)

// Formats of files with a sheet.
const (
	formatXLSX = "xlsx"
	formatText = "csv"
)

// Sheet is the rows of a table, one after the other.
type Sheet interface {
	// Next returns the number of the next row, counted from 1, and its cells, valid until the next call. io.EOF comes after the
	// last. A *RowError is about one row, of which the cells are what can be told: the ones after it can be read.
	Next() (row int, cells []string, err error)
	Close() error
}

// RowError is a fault of a row as a whole.
type RowError struct {
	Row int
	Err error
}

// Error tells the row and what is wrong.
func (e *RowError) Error() string { return fmt.Sprintf("row %d: %v", e.Row, e.Err) }

// Unwrap returns what is wrong.
func (e *RowError) Unwrap() error { return e.Err }

// File is a file with rows: what a spreadsheet saves as XLSX, or text with a delimiter. It reads it anew for each sheet.
type File struct {
	from   io.ReaderAt
	size   int64
	format string
	book   *workbook // nil for text
}

// held reads as long as somebody waits for it.
type held struct {
	ctx  context.Context
	from io.ReaderAt
}

// ReadAt reads; it is the context's error when that is done.
func (h held) ReadAt(p []byte, at int64) (int, error) {
	if err := h.ctx.Err(); err != nil {
		return 0, err
	}
	return h.from.ReadAt(p, at)
}

// OpenFile looks what a file is. What is neither a workbook nor text, or larger than the limits, is geo.ErrInvalid or
// geo.ErrTooLarge with the field "file". When ctx is done, all reading of the file ends with its error.
func OpenFile(ctx context.Context, from io.ReaderAt, size int64) (*File, error) {
	from = held{ctx, from}
	if size == 0 {
		return nil, geo.Invalid("file", "the file is empty")
	}
	if size > geo.MaxImportFile {
		return nil, tooLarge("the file is longer than %d MB", geo.MaxImportFile>>20)
	}
	head := make([]byte, min(size, sniffed))
	if _, err := from.ReadAt(head, 0); err != nil && !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("read file: %w", err)
	}
	switch {
	case bytes.HasPrefix(head, []byte("PK\x03\x04")):
		book, err := openWorkbook(ctx, from, size)
		if err != nil {
			return nil, err
		}
		return &File{from: from, size: size, format: formatXLSX, book: book}, nil
	case bytes.HasPrefix(head, []byte("\xd0\xcf\x11\xe0")):
		return nil, geo.Invalid("file", "this is a workbook of the old form, or one with a password: save it as .xlsx without a password")
	case bytes.HasPrefix(head, []byte("%PDF")), bytes.HasPrefix(head, []byte("\x1f\x8b")), bytes.HasPrefix(head, []byte("\x89PNG")):
		return nil, geo.Invalid("file", "this is no table: .xlsx and .csv are read")
	}
	if encoding := encodingOf(head, true); bytes.IndexByte(head, 0) >= 0 && (encoding == encodingUTF8 || encoding == encodingGB18030) {
		return nil, geo.Invalid("file", "this is no table: .xlsx and .csv are read")
	}
	return &File{from: from, size: size, format: formatText}, nil
}

// Close removes what was unpacked. The file itself is the caller's.
func (f *File) Close() error {
	if f.book == nil {
		return nil
	}
	return f.book.texts.Close()
}

// sniffed is how many bytes of a file tell what it is.
const sniffed = 64 << 10

func tooLarge(format string, args ...any) error {
	return &geo.Error{Kind: geo.ErrTooLarge, Field: "file", Message: fmt.Sprintf(format, args...)}
}

// Sheet begins to read the sheet that the mapping names, the first one when it names none.
func (f *File) Sheet(m geo.ImportMapping) (Sheet, error) {
	if f.book != nil {
		return f.book.sheet(m)
	}
	return newTextSheet(io.NewSectionReader(f.from, 0, f.size), m)
}

// head is the rows of a sheet from the first to the last of these numbers; the rows before are only counted.
func (f *File) head(m geo.ImportMapping, first, last int) (rows [][]string, err error) {
	s, err := f.Sheet(m)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	for len(rows) <= last-first {
		row, cells, err := s.Next()
		var wrong *RowError
		switch {
		case errors.Is(err, io.EOF):
			return rows, nil
		case errors.As(err, &wrong) && row == 1 && errors.Is(err, errLongRow):
			return nil, geo.Invalid("file", "the first row is longer than %d MB: this is no table", mostRow>>20)
		case errors.As(err, &wrong): // what can be told of it is shown
		case err != nil:
			return nil, err
		}
		for len(rows) < min(row, last+1)-first { // empty ones
			rows = append(rows, nil)
		}
		if first <= row && row <= last {
			rows = append(rows, shownCells(cells))
		}
	}
	return rows, nil
}

func shownCells(cells []string) []string {
	out := make([]string, min(len(cells), geo.MaxImportColumns))
	for i := range out {
		out[i] = printable(cleaned(strings.TrimPrefix(cells[i], "\x00")))
	}
	return out
}

// cleaned takes spaces and line breaks off a cell, and the quotation mark that keeps what follows from being a formula.
func cleaned(cell string) string {
	if !strings.ContainsAny(cell, " \t\r\n'\u00a0\u3000\ufeff") {
		return cell
	}
	fields := strings.FieldsFunc(strings.Trim(cell, "\ufeff"), func(r rune) bool { return r == '\n' || r == '\r' || r == '\t' })
	for i, f := range fields {
		fields[i] = strings.Trim(f, " \u00a0\u3000")
	}
	cell = strings.Join(slices.DeleteFunc(fields, func(f string) bool { return f == "" }), " ")
	if len(cell) > 1 && cell[0] == '\'' && Dangerous(cell[1:]) {
		return cell[1:]
	}
	return cell
}

// Dangerous reports whether a spreadsheet may take a text for a formula. Numbers, and what looks like one for a telephone, are
// none.
func Dangerous(text string) bool {
	trimmed := strings.TrimLeft(text, " \t\r\n\u00a0\u3000")
	if trimmed == "" {
		return false
	}
	if first, _ := utf8.DecodeRuneInString(trimmed); !strings.ContainsRune("=+-@＝＋－＠", first) {
		return strings.ContainsAny(text[:1], "\t\r\n")
	}
	return strings.Trim(trimmed, "+-0123456789. ()") != ""
}
