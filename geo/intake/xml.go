package intake

import (
	"archive/zip"
	"bufio"
	"encoding/xml"
	"errors"
	"fmt"
	"io"

	"golang.org/x/text/encoding/htmlindex"
)

// Limits of the XML of a workbook, far beyond what any spreadsheet program writes.
const (
	mostToken = 1 << 20 // bytes of a tag, or of a text between two
	mostDepth = 64      // elements within each other
)

// errUnusual is about a part that no spreadsheet program writes so.
var errUnusual = errors.New("a part of the workbook is built as no spreadsheet program builds it")

// allowance reads bytes, and no more than are left: a text without an end is not collected.
type allowance struct {
	from *bufio.Reader
	left int
}

// ReadByte reads a byte.
func (a *allowance) ReadByte() (byte, error) {
	if a.left <= 0 {
		return 0, errUnusual
	}
	a.left--
	return a.from.ReadByte()
}

// Read reads, until nothing is left.
func (a *allowance) Read(p []byte) (int, error) {
	if a.left <= 0 {
		return 0, errUnusual
	}
	n, err := a.from.Read(p[:min(len(p), a.left)])
	a.left -= n
	return n, err
}

// xmlPart reads a part of a workbook token by token, in memory of constant size whatever the part holds.
type xmlPart struct {
	stored io.ReadCloser
	in     *allowance
	xml    *xml.Decoder
	open   []xml.Name
}

func openPart(f *zip.File) (*xmlPart, error) {
	stored, err := f.Open()
	if err != nil {
		return nil, err
	}
	p := &xmlPart{stored: stored, in: &allowance{from: bufio.NewReaderSize(stored, 64<<10)}}
	p.xml = xml.NewDecoder(p.in)
	p.xml.CharsetReader = func(label string, r io.Reader) (io.Reader, error) {
		encoding, err := htmlindex.Get(label)
		if err != nil {
			return nil, fmt.Errorf("charset %q: %w", label, err)
		}
		return encoding.NewDecoder().Reader(r), nil
	}
	return p, nil
}

// Close ends the reading.
func (p *xmlPart) Close() error { return p.stored.Close() }

// token returns the next token, valid until the next call. io.EOF comes where all elements are closed.
func (p *xmlPart) token() (xml.Token, error) {
	p.in.left = mostToken
	token, err := p.xml.RawToken()
	if err != nil {
		if errors.Is(err, io.EOF) && len(p.open) > 0 {
			return nil, io.ErrUnexpectedEOF
		}
		return nil, err
	}
	switch t := token.(type) {
	case xml.StartElement:
		if len(p.open) == mostDepth {
			return nil, errUnusual
		}
		p.open = append(p.open, t.Name)
	case xml.EndElement:
		if len(p.open) == 0 || p.open[len(p.open)-1] != t.Name {
			return nil, fmt.Errorf("</%s> ends what did not begin", t.Name.Local)
		}
		p.open = p.open[:len(p.open)-1]
	}
	return token, nil
}

// each calls child for every element within the one that has just begun; what child does not read of it is left out.
func (p *xmlPart) each(child func(e xml.StartElement) error) error {
	depth := len(p.open)
	for {
		token, err := p.token()
		if err != nil {
			return err
		}
		switch t := token.(type) {
		case xml.StartElement:
			if err := child(t); err != nil {
				return err
			}
			if err := p.skip(depth); err != nil {
				return err
			}
		case xml.EndElement:
			return nil
		}
	}
}

// skip reads on until no more than so many elements are open.
func (p *xmlPart) skip(depth int) error {
	for len(p.open) > depth {
		if _, err := p.token(); err != nil {
			return err
		}
	}
	return nil
}

// text appends the text of the element that has just begun, and none beyond so many bytes.
func (p *xmlPart) text(text []byte, most int) ([]byte, error) {
	depth := len(p.open)
	for {
		token, err := p.token()
		if err != nil {
			return text, err
		}
		switch t := token.(type) {
		case xml.CharData:
			if len(p.open) == depth {
				text = append(text, t[:min(len(t), max(0, most-len(text)))]...)
			}
		case xml.EndElement:
			if len(p.open) < depth {
				return text, nil
			}
		}
	}
}

// rich appends the text of a string item that has just begun (ECMA-376 part 1, 18.4.8): of itself and of its runs, but not how
// it is pronounced.
func (p *xmlPart) rich(text []byte, most int) ([]byte, error) {
	err := p.each(func(e xml.StartElement) (err error) {
		switch e.Name.Local {
		case "t":
			text, err = p.text(text, most)
		case "r":
			text, err = p.rich(text, most)
		}
		return err
	})
	return text, err
}

// root reads to the beginning of the outermost element; io.EOF when there is none.
func (p *xmlPart) root() error {
	for {
		token, err := p.token()
		if err != nil {
			return err
		}
		if _, ok := token.(xml.StartElement); ok {
			return nil
		}
	}
}

// end reads what is left, so that the sum of the part is checked.
func (p *xmlPart) end() error {
	_, err := io.Copy(io.Discard, p.in.from)
	return err
}

// attribute is the value of an attribute of an element, whatever its prefix; "" for none.
func attribute(e xml.StartElement, name string) string {
	for _, a := range e.Attr {
		if a.Name.Local == name {
			return a.Value
		}
	}
	return ""
}
