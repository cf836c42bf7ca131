package intake

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"errors"
	"io"
	"strings"

	"jingwei/geo"
)

// textSheet is a text with a delimiter (RFC 4180, but lenient with quotation marks).
type textSheet struct {
	csv    *csv.Reader
	budget *budget
	last   int
}

// mostRow is how many bytes a row may have. A quotation mark that is not closed would make one row of the rest.
const mostRow = 1 << 20

var errLongRow = errors.New("a row is too long")

// budget reads no more than is left.
type budget struct {
	from io.Reader
	left int
}

// Read reads, until nothing is left.
func (b *budget) Read(p []byte) (int, error) {
	if b.left <= 0 {
		return 0, errLongRow
	}
	n, err := b.from.Read(p[:min(len(p), b.left)])
	b.left -= n
	return n, err
}

// headOf reads the beginning of a text and tells what it is.
func headOf(r io.ReaderAt, size int64) (encoding, delimiter string, err error) {
	head := make([]byte, min(size, sniffed))
	if _, err := r.ReadAt(head, 0); err != nil && !errors.Is(err, io.EOF) {
		return "", "", err
	}
	encoding = encodingOf(head, size > int64(len(head)))
	text, err := decoded(strings.NewReader(string(head)), encoding)
	if err != nil {
		return "", "", err
	}
	plain, _ := io.ReadAll(text) // what is cut off at the end does not matter
	return encoding, delimiterOf(string(plain)), nil
}

// lines counts the lines of a text: about as many rows as it has.
func (f *File) lines() (int, error) {
	n, r, buffer := 0, io.NewSectionReader(f.from, 0, f.size), make([]byte, 1<<20)
	for {
		k, err := r.Read(buffer)
		n += bytes.Count(buffer[:k], []byte{'\n'})
		if errors.Is(err, io.EOF) {
			return n, nil
		}
		if err != nil {
			return n, err
		}
	}
}

func newTextSheet(r *io.SectionReader, m geo.ImportMapping) (*textSheet, error) {
	encoding, delimiter, err := headOf(r, r.Size())
	if err != nil {
		return nil, err
	}
	if m.Encoding != "" {
		encoding = m.Encoding
	}
	if m.Delimiter != "" {
		delimiter = m.Delimiter
	}
	if len(delimiter) != 1 || !strings.Contains(delimiters, delimiter) {
		return nil, geo.Invalid("delimiter", "between fields stands a comma, a semicolon or a tab")
	}
	text, err := decoded(r, encoding)
	if err != nil {
		return nil, err
	}
	buffered := bufio.NewReaderSize(text, sniffed)
	if mark, err := buffered.Peek(3); err == nil && string(mark) == "\xef\xbb\xbf" {
		_, _ = buffered.Discard(len(mark)) // they are there
	}
	s := &textSheet{budget: &budget{from: buffered}}
	s.csv = csv.NewReader(s.budget)
	s.csv.Comma = rune(delimiter[0])
	s.csv.LazyQuotes, s.csv.ReuseRecord, s.csv.FieldsPerRecord = true, true, -1
	return s, nil
}

// Next reads a row; its number is that of the line on which it begins.
func (s *textSheet) Next() (int, []string, error) {
	s.budget.left = mostRow
	cells, err := s.csv.Read()
	var wrong *csv.ParseError
	switch {
	case errors.Is(err, errLongRow):
		return 0, nil, geo.Invalid("file", "the row after row %d is longer than %d MB: a quotation mark is not closed there", s.last, mostRow>>20)
	case errors.As(err, &wrong):
		return wrong.StartLine, nil, &RowError{Row: wrong.StartLine, Err: wrong.Err}
	case err != nil:
		return 0, nil, err
	}
	row, _ := s.csv.FieldPos(0)
	if row > geo.MaxImportRows {
		return 0, nil, tooLarge("the file has more than %d rows", geo.MaxImportRows)
	}
	s.last = row
	return row, cells, nil
}

// Close does nothing: the file is the caller's.
func (s *textSheet) Close() error { return nil }
