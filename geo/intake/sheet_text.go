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
	row    int // of the last record, as a spreadsheet counts: a record is one however many lines it has, and so is a line without any
	line   int // on which it ended
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
	feeds, returns, r, buffer := 0, 0, io.NewSectionReader(f.from, 0, f.size), make([]byte, 1<<20)
	for {
		k, err := r.Read(buffer)
		feeds, returns = feeds+bytes.Count(buffer[:k], []byte{'\n'}), returns+bytes.Count(buffer[:k], []byte{'\r'})
		if errors.Is(err, io.EOF) {
			if feeds == 0 {
				return returns, nil
			}
			return feeds, nil
		}
		if err != nil {
			return feeds, err
		}
	}
}

// oldLines reads lines that end with a carriage return alone as others.
type oldLines struct{ from io.Reader }

// Read reads.
func (o oldLines) Read(p []byte) (int, error) {
	n, err := o.from.Read(p)
	for i, c := range p[:n] {
		if c == '\r' {
			p[i] = '\n'
		}
	}
	return n, err
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
	if head, _ := buffered.Peek(sniffed); bytes.IndexByte(head, '\n') < 0 && bytes.IndexByte(head, '\r') >= 0 { // a short text ends before
		s.budget.from = oldLines{buffered}
	}
	s.csv = csv.NewReader(s.budget)
	s.csv.Comma = rune(delimiter[0])
	s.csv.LazyQuotes, s.csv.ReuseRecord, s.csv.FieldsPerRecord = true, true, -1
	return s, nil
}

// Next reads a row.
func (s *textSheet) Next() (int, []string, error) {
	s.budget.left = mostRow
	cells, err := s.csv.Read()
	var wrong *csv.ParseError
	switch {
	case errors.Is(err, errLongRow):
		return 0, nil, geo.Invalid("file", "the row after row %d is longer than %d MB: a quotation mark is not closed there", s.row, mostRow>>20)
	case errors.As(err, &wrong):
		s.row, s.line = s.row+wrong.StartLine-s.line, wrong.Line
		return s.row, nil, &RowError{Row: s.row, Err: wrong.Err}
	case err != nil:
		return 0, nil, err
	}
	first, _ := s.csv.FieldPos(0)
	last, _ := s.csv.FieldPos(len(cells) - 1)
	s.row, s.line = s.row+first-s.line, last+strings.Count(cells[len(cells)-1], "\n")
	if s.row > geo.MaxImportRows {
		return 0, nil, tooLarge("the file has more than %d rows", geo.MaxImportRows)
	}
	return s.row, cells, nil
}

// Close does nothing: the file is the caller's.
func (s *textSheet) Close() error { return nil }
