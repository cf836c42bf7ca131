package intake

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
)

// longestLine is the most bytes that a line may have. The longest of a real table have about 150.
const longestLine = 64 << 10

// contextEvery is how many lines are read between two looks at the context.
const contextEvery = 4096

// lines reads a text line by line, in memory of constant size whatever the file holds.
type lines struct {
	ctx    context.Context
	reader *bufio.Reader
	number int // of the last line, from 1
}

// errLongLine is what next returns for a line that was skipped because of its length.
var errLongLine = fmt.Errorf("the line is longer than %d bytes", longestLine)

// newLines begins to read r, which may be gzip.
func newLines(ctx context.Context, r io.Reader) (*lines, error) {
	raw := bufio.NewReaderSize(r, longestLine)
	head, err := raw.Peek(2)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("read: %w", err)
	}
	if !bytes.Equal(head, []byte{0x1f, 0x8b}) {
		return &lines{ctx: ctx, reader: raw}, nil
	}
	z, err := gzip.NewReader(raw)
	if err != nil {
		return nil, fmt.Errorf("gzip: %w", err)
	}
	return &lines{ctx: ctx, reader: bufio.NewReaderSize(z, longestLine)}, nil
}

// next returns the next line without its end, valid until the next call; io.EOF after the last. A line that is too long
// is errLongLine, and the one after it can be read.
func (l *lines) next() ([]byte, error) {
	if l.number%contextEvery == 0 && l.ctx.Err() != nil {
		return nil, l.ctx.Err()
	}
	line, err := l.reader.ReadSlice('\n')
	switch {
	case errors.Is(err, bufio.ErrBufferFull):
		l.number++
		return nil, l.skip()
	case errors.Is(err, io.EOF) && len(line) == 0:
		return nil, io.EOF
	case err != nil && !errors.Is(err, io.EOF):
		return nil, fmt.Errorf("line %d: %w", l.number+1, err)
	}
	l.number++
	line = bytes.TrimSuffix(line, []byte("\n"))
	line = bytes.TrimSuffix(line, []byte("\r"))
	if l.number == 1 {
		line = bytes.TrimPrefix(line, []byte("\xef\xbb\xbf"))
	}
	return line, nil
}

// skip reads to the end of a line that is too long.
func (l *lines) skip() error {
	for {
		if l.ctx.Err() != nil {
			return l.ctx.Err()
		}
		_, err := l.reader.ReadSlice('\n')
		switch {
		case err == nil, errors.Is(err, io.EOF):
			return errLongLine
		case !errors.Is(err, bufio.ErrBufferFull):
			return fmt.Errorf("line %d: %w", l.number, err)
		}
	}
}

var (
	errOpenQuote  = errors.New("a quoted field does not end on its line")
	errAfterQuote = errors.New("text follows the end of a quoted field")
)

// splitFields appends the fields of a line of CSV to fields.
func splitFields(fields []string, line []byte) ([]string, error) {
	for {
		field, rest, more, err := cutField(line)
		if err != nil {
			return fields, err
		}
		fields = append(fields, field)
		if !more {
			return fields, nil
		}
		line = rest
	}
}

// cutField returns the first field of the line, what follows its comma, and whether there is a comma.
func cutField(line []byte) (field string, rest []byte, more bool, err error) {
	if len(line) == 0 || line[0] != '"' {
		before, after, found := bytes.Cut(line, []byte{','})
		return string(before), after, found, nil
	}
	var text []byte
	for line = line[1:]; ; {
		before, after, found := bytes.Cut(line, []byte{'"'})
		if !found {
			return "", nil, false, errOpenQuote
		}
		text = append(text, before...)
		if len(after) > 0 && after[0] == '"' {
			text, line = append(text, '"'), after[1:]
			continue
		}
		if len(after) > 0 && after[0] != ',' {
			return "", nil, false, errAfterQuote
		}
		return string(text), bytes.TrimPrefix(after, []byte{','}), len(after) > 0, nil
	}
}
