package intake

import (
	"bufio"
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"unicode/utf8"
)

// Limits of the texts that the cells of a workbook share.
const (
	mostTexts   = 10_000_000 // each takes four bytes of memory
	endsAtOnce  = 1 << 16
	blockSize   = 16 << 10
	blocksInUse = 64
)

// sharedTexts are the texts that cells refer to by number. They lie on the disk, gone when they are closed; in memory is where each
// ends, and what was read last. It is not safe for concurrent use.
type sharedTexts struct {
	file   *os.File
	number int
	ends   [][]uint32 // in pieces of endsAtOnce, so that they are never copied
	blocks [blocksInUse]textBlock
}

// textBlock is a piece of the file.
type textBlock struct {
	number int // counted from 1; 0 for none yet
	data   []byte
}

// readTexts reads the texts of a part.
func readTexts(p *xmlPart) (s *sharedTexts, err error) {
	file, err := os.CreateTemp("", "jingwei-texts-*")
	if err != nil {
		return nil, fmt.Errorf("spool: %w", err)
	}
	s = &sharedTexts{file: file}
	if err := errors.Join(os.Remove(file.Name()), s.fill(p)); err != nil {
		return nil, errors.Join(err, file.Close())
	}
	return s, nil
}

func (s *sharedTexts) fill(p *xmlPart) error {
	out, end := bufio.NewWriterSize(s.file, 64<<10), 0
	var text []byte
	err := p.each(func(e xml.StartElement) (err error) {
		if e.Name.Local != "si" {
			return nil
		}
		if s.number == mostTexts {
			return tooLarge("the workbook has more than %d different texts: save the sheet alone, or as CSV", mostTexts)
		}
		if text, err = p.rich(text[:0], mostToken); err != nil {
			return err
		}
		text = unescaped(text)
		n, err := out.Write(text[:min(len(text), mostText+1)]) // a longer one is refused where it is used
		end += n
		s.add(uint32(end)) // a part is never longer than that tells
		return err
	})
	return errors.Join(err, out.Flush())
}

func (s *sharedTexts) add(end uint32) {
	if s.number%endsAtOnce == 0 {
		s.ends = append(s.ends, make([]uint32, endsAtOnce))
	}
	s.ends[s.number/endsAtOnce][s.number%endsAtOnce] = end
	s.number++
}

// end is where the text with the number ends.
func (s *sharedTexts) end(number int) int { return int(s.ends[number/endsAtOnce][number%endsAtOnce]) }

// errNoText is about a number that no text has.
var errNoText = errors.New("there is no such text")

// append appends the text with the number, counted from 0. Where there is none it is errNoText.
func (s *sharedTexts) append(text []byte, number int) ([]byte, error) {
	if s == nil || number < 0 || number >= s.number {
		return text, errNoText
	}
	at, end := 0, s.end(number)
	if number > 0 {
		at = s.end(number - 1)
	}
	for at < end {
		data, err := s.block(at / blockSize)
		if err != nil {
			return text, err
		}
		from := at % blockSize
		piece := data[from:min(len(data), from+end-at)]
		if len(piece) == 0 {
			return text, io.ErrUnexpectedEOF
		}
		text, at = append(text, piece...), at+len(piece)
	}
	return text, nil
}

// block reads a piece of the file. Cells refer mostly to texts that stand beside each other.
func (s *sharedTexts) block(number int) ([]byte, error) {
	b := &s.blocks[number%blocksInUse]
	if b.number == number+1 {
		return b.data, nil
	}
	if b.data == nil {
		b.data = make([]byte, blockSize)
	}
	n, err := s.file.ReadAt(b.data[:blockSize], int64(number)*blockSize)
	if err != nil && !errors.Is(err, io.EOF) {
		b.number = 0
		return nil, fmt.Errorf("read spool: %w", err)
	}
	b.number, b.data = number+1, b.data[:n]
	return b.data, nil
}

// Close removes the texts.
func (s *sharedTexts) Close() error {
	if s == nil {
		return nil
	}
	return s.file.Close()
}

// unescaped puts characters for _xHHHH_ (ECMA-376 part 1, 22.9.2.19), in place.
func unescaped(text []byte) []byte {
	at := bytes.Index(text, []byte("_x"))
	if at < 0 {
		return text
	}
	out := text[:at]
	for i := at; i < len(text); i++ {
		if i+7 <= len(text) && text[i] == '_' && text[i+1] == 'x' && text[i+6] == '_' {
			if r, err := strconv.ParseUint(string(text[i+2:i+6]), 16, 16); err == nil {
				out, i = utf8.AppendRune(out, rune(max(r, 1))), i+6 // no text has a zero
				continue
			}
		}
		out = append(out, text[i])
	}
	return out
}
