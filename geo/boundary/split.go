package boundary

import (
	"bufio"
	"errors"
	"fmt"
	"io"
)

// mostBytes is the longest feature that is taken. That of a province with every bend of its coast has about 5 MB.
const mostBytes = 64 << 20

// deepest is how far brackets may be nested.
const deepest = 1000

// errLong is what value returns for a value that was passed over because of its length.
var errLong = fmt.Errorf("it is longer than %d MiB", mostBytes>>20)

// splitter cuts a JSON text (RFC 8259) into values, in memory of bounded size whatever the text holds. It looks at strings
// and brackets only: what is wrong inside a value is found by who reads it, and the next value is not lost.
type splitter struct {
	r      *bufio.Reader
	offset int64 // bytes read
	buffer []byte
	closes []byte // brackets that are open
}

func (s *splitter) read() (byte, error) {
	c, err := s.r.ReadByte()
	if errors.Is(err, io.EOF) {
		err = io.ErrUnexpectedEOF
	}
	s.offset++
	return c, err
}

func (s *splitter) unread() {
	_ = s.r.UnreadByte() // never fails after a read
	s.offset--
}

// peek returns the next byte that is no blank, without reading it.
func (s *splitter) peek() (byte, error) {
	for {
		c, err := s.read()
		if err != nil {
			return 0, err
		}
		if c != ' ' && c != '\n' && c != '\r' && c != '\t' {
			s.unread()
			return c, nil
		}
	}
}

// take reads the next byte that is no blank, which must be the one wanted.
func (s *splitter) take(want byte) error {
	c, err := s.peek()
	if err != nil {
		return err
	}
	if c != want {
		return fmt.Errorf("%q where %q is needed", c, want)
	}
	_, err = s.read()
	return err
}

// end makes sure that nothing but blanks follows.
func (s *splitter) end() error {
	c, err := s.peek()
	switch {
	case errors.Is(err, io.ErrUnexpectedEOF):
		return nil
	case err != nil:
		return err
	}
	return fmt.Errorf("%q follows the end", c)
}

// each calls item at the beginning of each item of an object or array, whose bracket is not read yet.
func (s *splitter) each(open, closing byte, item func() error) error {
	if err := s.take(open); err != nil {
		return err
	}
	if c, err := s.peek(); err != nil || c == closing {
		_, _ = s.read()
		return err
	}
	for {
		if err := item(); err != nil {
			return err
		}
		c, err := s.peek()
		if err != nil {
			return err
		}
		_, _ = s.read()
		switch c {
		case ',':
		case closing:
			return nil
		default:
			return fmt.Errorf("%q where %q or %q is needed", c, ',', closing)
		}
	}
}

// value reads one value and returns its text, valid until the next call; errLong for one that is too long.
func (s *splitter) value() ([]byte, error) {
	s.buffer, s.closes = s.buffer[:0], s.closes[:0]
	if _, err := s.peek(); err != nil {
		return nil, err
	}
	v := valueState{splitter: s}
	for {
		if _, err := s.r.Peek(1); errors.Is(err, io.EOF) {
			return nil, io.ErrUnexpectedEOF
		} else if err != nil {
			return nil, err
		}
		chunk, _ := s.r.Peek(s.r.Buffered()) // all of it is there
		n, done, err := v.scan(chunk)
		s.keep(chunk[:n])
		_, _ = s.r.Discard(n)
		if err != nil {
			return nil, err
		}
		if done && v.length > mostBytes {
			return nil, errLong
		}
		if done {
			return s.buffer, nil
		}
	}
}

func (s *splitter) keep(chunk []byte) {
	s.offset += int64(len(chunk))
	s.buffer = append(s.buffer, chunk[:min(len(chunk), mostBytes-len(s.buffer))]...)
}

// valueState is where in a value the splitter stands.
type valueState struct {
	*splitter
	length            int
	inString, escaped bool
}

// scan looks for the end of the value in a chunk, and returns how many of its bytes belong to the value.
func (v *valueState) scan(chunk []byte) (n int, done bool, err error) {
	for i := 0; i < len(chunk); i++ {
		c := chunk[i]
		if v.inString {
			if v.escaped {
				v.escaped = false
				continue
			}
			v.escaped = c == '\\'
			v.inString = c != '"'
		} else {
			if v.length+i > 0 && len(v.closes) == 0 && endsLiteral(c) {
				v.length += i
				return i, true, nil
			}
			v.inString = c == '"'
			if err := v.nest(c); err != nil {
				return i, false, err
			}
			if v.inString {
				continue
			}
		}
		if !v.inString && len(v.closes) == 0 && (c == '"' || c == '}' || c == ']') {
			v.length += i + 1
			return i + 1, true, nil
		}
	}
	v.length += len(chunk)
	return len(chunk), false, nil
}

// endsLiteral tells whether a number or a word such as null ends before the byte.
func endsLiteral(c byte) bool {
	return c == ',' || c == '}' || c == ']' || c == ':' || c == ' ' || c == '\n' || c == '\r' || c == '\t'
}

// nest keeps account of the brackets.
func (s *splitter) nest(c byte) error {
	switch c {
	case '{', '[':
		if len(s.closes) == deepest {
			return fmt.Errorf("brackets are nested deeper than %d", deepest)
		}
		s.closes = append(s.closes, c+2) // in ASCII the closing one is two further
	case '}', ']':
		last := len(s.closes) - 1
		if last < 0 || s.closes[last] != c {
			return fmt.Errorf("%q where no such bracket is open", c)
		}
		s.closes = s.closes[:last]
	}
	return nil
}
