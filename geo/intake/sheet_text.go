package intake

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"

	"jingwei/geo"
)

// Limits of rows of a text. A quotation mark that nobody closed would make one row of what follows it.
const (
	mostRow   = 1 << 20 // bytes
	mostLines = 50      // of a row, whose cells may have several
)

var (
	errLongRow    = errors.New("the row is too long")
	errOpenQuotes = errors.New("a quotation mark is not closed")
	errAfterClose = errors.New("text follows the quotation mark that closes a cell")
)

// textSheet is a text with a delimiter (RFC 4180). A quotation mark within a cell that does not begin with one is text. Where one
// that begins a cell is not closed as it should be, that line alone is refused, with those after it up to the next that looks like a row: all
// lines are rows or refused.
type textSheet struct {
	text      *window
	delimiter byte
	row       int // of the last record, as a spreadsheet counts: a record is one however many lines it has, and so is a line without any
	line      int // on which it ended
	columns   int // of the last row that was read; 0 for none
	mistake   *QuoteError
	until     int // the last line to which the mistake may reach

	record []byte // the cells of the row, one after the other
	ends   []int
	count  int // of all cells, of which not more than geo.MaxImportColumns are kept
	cells  []string
}

// QuoteError is a quotation mark that is not closed, or not where it should be.
type QuoteError struct {
	Line int // on which it stands, counted from 1
	Err  error
}

// Error tells the line and what is wrong.
func (e *QuoteError) Error() string { return fmt.Sprintf("line %d: %v", e.Line, e.Err) }

// Unwrap returns what is wrong.
func (e *QuoteError) Unwrap() error { return e.Err }

// window is a piece of a text, which goes on as far as it is asked for.
type window struct {
	from  io.Reader
	data  []byte // from where the next row begins
	room  []byte // in which data lies
	ended error  // io.EOF, or why no more comes
}

// more reads on and reports whether there is more.
func (w *window) more() bool {
	if w.ended != nil {
		return false
	}
	if cap(w.data)-len(w.data) < sniffed/2 {
		if need := 2*len(w.data) + sniffed; len(w.room) < need {
			w.room = make([]byte, need)
		}
		w.data = w.room[:copy(w.room, w.data)]
	}
	for range 100 {
		n, err := w.from.Read(w.data[len(w.data):cap(w.data)])
		w.data, w.ended = w.data[:len(w.data)+n], err
		if n > 0 {
			return true
		}
		if err != nil {
			return false
		}
	}
	w.ended = io.ErrNoProgress
	return false
}

// lineEnd returns where the line that begins at the offset ends, and where the next one begins; false for one that is too long.
func (w *window) lineEnd(from int) (end, next int, ok bool) {
	for looked := from; ; {
		if i := bytes.IndexByte(w.data[looked:], '\n'); i >= 0 {
			end = looked + i
			next = end + 1
			break
		}
		if looked = len(w.data); looked > mostRow {
			return looked, looked, false
		}
		if !w.more() {
			end, next = len(w.data), len(w.data)
			break
		}
	}
	if end > from && w.data[end-1] == '\r' {
		end--
	}
	return end, next, end <= mostRow
}

// skip goes on to the end of a line that is too long.
func (w *window) skip() {
	for {
		if i := bytes.IndexByte(w.data, '\n'); i >= 0 {
			w.data = w.data[i+1:]
			return
		}
		w.data = w.data[:0]
		if !w.more() {
			return
		}
	}
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
	s := &textSheet{text: &window{from: buffered}, delimiter: delimiter[0]}
	if head, _ := buffered.Peek(sniffed); bytes.IndexByte(head, '\n') < 0 && bytes.IndexByte(head, '\r') >= 0 { // a short text ends before
		s.text.from = oldLines{buffered}
	}
	return s, nil
}

// Next reads a row. What is refused of it has the cells of its first line, as far as they can be told.
func (s *textSheet) Next() (int, []string, error) {
	for {
		end, next, ok := s.text.lineEnd(0)
		if next == 0 {
			return 0, nil, s.text.ended
		}
		s.row, s.line = s.row+1, s.line+1
		switch {
		case s.row > geo.MaxImportRows:
			return 0, nil, tooLarge("the file has more than %d rows", geo.MaxImportRows)
		case !ok:
			s.text.skip()
			return s.row, nil, &RowError{Row: s.row, Err: errLongRow}
		case end == 0:
			s.text.data = s.text.data[next:]
			continue
		}
		line := s.line
		next, lines, err := s.read(end, next)
		if err != nil {
			s.mistake, s.until = &QuoteError{Line: line, Err: err}, line+lines-1
		}
		if err != nil || s.mistake != nil && line <= s.until && s.columns > 0 && s.count != s.columns {
			return s.refuse()
		}
		s.mistake, s.line, s.columns = nil, line+lines-1, s.count
		s.text.data = s.text.data[next:]
		return s.row, s.strings(), nil
	}
}

// refuse leaves the next line out for the last mistake.
func (s *textSheet) refuse() (int, []string, error) {
	end, next, _ := s.text.lineEnd(0)
	s.record, s.ends, s.count = s.record[:0], s.ends[:0], 0
	s.split(s.text.data[:end])
	s.text.data = s.text.data[next:]
	return s.row, s.strings(), &RowError{Row: s.row, Err: s.mistake}
}

// read reads the row at the beginning of the text, whose first line ends there. It returns where the next one begins, and how many
// lines were looked at.
func (s *textSheet) read(end, next int) (after, lines int, err error) {
	s.record, s.ends, s.count = s.record[:0], s.ends[:0], 0
	at, lines := 0, 1
	for {
		quote := s.quoted(s.text.data[at:end])
		if quote < 0 {
			s.split(s.text.data[at:end])
			return next, lines, nil
		}
		if quote > 0 {
			s.split(s.text.data[at : at+quote-1])
		}
		at += quote + 1
		for { // within the quotation marks
			i := bytes.IndexByte(s.text.data[at:end], '"')
			if i < 0 {
				s.record = append(append(s.record, s.text.data[at:end]...), '\n')
				var ok bool
				at = next
				if end, next, ok = s.text.lineEnd(at); !ok || next == at || lines == mostLines {
					return next, lines, errOpenQuotes
				}
				if lines++; s.like(s.text.data[at:end]) {
					return next, lines, errOpenQuotes
				}
				continue
			}
			s.record = append(s.record, s.text.data[at:at+i]...)
			if at += i + 1; at == end {
				s.endCell()
				return next, lines, nil
			}
			if s.text.data[at] == '"' {
				s.record, at = append(s.record, '"'), at+1
				continue
			}
			if s.text.data[at] != s.delimiter {
				return next, lines, errAfterClose
			}
			s.endCell()
			at++
			break
		}
	}
}

// quoted finds the first quotation mark that begins a cell; -1 for none.
func (s *textSheet) quoted(line []byte) int {
	for from := 0; from < len(line); {
		i := bytes.IndexByte(line[from:], '"')
		if i < 0 {
			return -1
		}
		if from += i; from == 0 || line[from-1] == s.delimiter {
			return from
		}
		from++
	}
	return -1
}

// leastColumns is from how many on a row is told by its delimiters.
const leastColumns = 3

// like reports whether a line within a quoted cell looks like a row of its own, up to where the cell is closed.
func (s *textSheet) like(line []byte) bool {
	if s.columns < leastColumns {
		return false
	}
	for n := 1; ; {
		i := bytes.IndexByte(line, '"')
		if i < 0 || i+1 == len(line) || line[i+1] != '"' {
			if i < 0 {
				i = len(line)
			}
			return n+bytes.Count(line[:i], []byte{s.delimiter}) == s.columns
		}
		n += bytes.Count(line[:i], []byte{s.delimiter})
		line = line[i+2:]
	}
}

// split reads cells without quotation marks.
func (s *textSheet) split(text []byte) {
	for {
		i := bytes.IndexByte(text, s.delimiter)
		if i < 0 {
			s.record = append(s.record, text...)
			s.endCell()
			return
		}
		s.record = append(s.record, text[:i]...)
		s.endCell()
		text = text[i+1:]
	}
}

func (s *textSheet) endCell() {
	if s.count++; s.count <= geo.MaxImportColumns {
		s.ends = append(s.ends, len(s.record))
	}
}

// strings are the cells of the row.
func (s *textSheet) strings() []string {
	all, from := string(s.record), 0
	s.cells = s.cells[:0]
	for _, end := range s.ends {
		s.cells = append(s.cells, all[from:end])
		from = end
	}
	return s.cells
}

// Close does nothing: the file is the caller's.
func (s *textSheet) Close() error { return nil }
