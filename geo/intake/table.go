package intake

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"

	"jingwei/geo"
)

// column is a column that a table may have: its names, the first of which errors use.
type column struct {
	names    []string
	optional bool
}

// table reads the rows of a file under the columns that its header names.
type table struct {
	lines  *lines
	header []string
	place  []int // of each wanted column in a row; -1 when the header does not name it
	fields []string
}

// openTable reads the header. A file without one of the columns that are not optional is geo.ErrInvalid.
func openTable(ctx context.Context, r io.Reader, columns []column) (*table, error) {
	l, err := newLines(ctx, r)
	if err != nil {
		return nil, err
	}
	line, err := l.next()
	switch {
	case errors.Is(err, io.EOF):
		return nil, geo.Invalid("line 1", "the file is empty: a line that names the columns is needed")
	case errors.Is(err, errLongLine):
		return nil, geo.Invalid("line 1", "%s: this is no table of comma-separated values", errLongLine)
	case err != nil:
		return nil, err
	case !utf8.Valid(line):
		return nil, geo.Invalid("line 1", notUTF8)
	}
	header, err := splitFields(nil, line)
	if err != nil {
		return nil, geo.Invalid("line 1", "%v", err)
	}
	t := &table{lines: l, header: header}
	for _, c := range columns {
		place, err := c.find(header)
		if err != nil {
			return nil, err
		}
		t.place = append(t.place, place)
	}
	return t, nil
}

func (c column) find(header []string) (int, error) {
	at := -1
	for i, name := range header {
		if !slices.Contains(c.names, strings.ToLower(strings.TrimSpace(name))) {
			continue
		}
		if at >= 0 {
			return -1, geo.Invalid("line 1", "two columns are named %s", c.names[0])
		}
		at = i
	}
	if at < 0 && !c.optional {
		return -1, geo.Invalid("line 1", "the column %s is missing; the file has: %s", c.names[0], printable(strings.Join(header, ", ")))
	}
	return at, nil
}

const notUTF8 = "the text is not UTF-8: a file in GB18030 is converted by iconv -f GB18030 -t UTF-8"

// next returns the fields of the next row in the order of the wanted columns, "" for a column that the file does not
// have; they are valid until the next call. io.EOF comes after the last row. A *rowError is about one row: the ones
// after it can be read. Empty lines are no rows.
func (t *table) next(values []string) error {
	for {
		line, err := t.lines.next()
		if errors.Is(err, errLongLine) {
			return &rowError{err}
		}
		if err != nil {
			return err
		}
		if len(line) > 0 {
			return t.read(line, values)
		}
	}
}

// rowError is a fault of one row.
type rowError struct{ error }

func (t *table) read(line []byte, values []string) error {
	if !utf8.Valid(line) {
		return &rowError{errors.New(notUTF8)}
	}
	var err error
	if t.fields, err = splitFields(t.fields[:0], line); err != nil {
		return &rowError{err}
	}
	if len(t.fields) != len(t.header) {
		return &rowError{fmt.Errorf("the row has %d fields, the header names %d columns", len(t.fields), len(t.header))}
	}
	for i, at := range t.place {
		values[i] = ""
		if at >= 0 {
			values[i] = t.fields[at]
		}
	}
	return nil
}

// each calls row for every row of the table until it is at its end. What row or the table says of a single row goes to
// refuse; it returns how many rows there were.
func (t *table) each(code int, row func(values []string, line int) error, refuse func(Refusal)) (int, error) {
	values := make([]string, len(t.place))
	for n := 0; ; n++ {
		clear(values)
		err := t.next(values)
		if err == nil {
			err = row(values, t.lines.number)
			if err != nil {
				err = &rowError{err}
			}
		}
		var fault *rowError
		switch {
		case err == nil:
		case errors.As(err, &fault):
			refuse(refusal(t.lines.number, values[code], fault.error))
		case errors.Is(err, io.EOF):
			return n, nil
		default:
			return n, err
		}
	}
}
