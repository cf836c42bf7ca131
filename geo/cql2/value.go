package cql2

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"strconv"
	"strings"
	"unicode/utf8"

	"jingwei/geo"
)

// Bounds of a filter.
const (
	MaxBytes = 64 << 10
	MaxDepth = 64     // objects and lists inside one another
	MaxNodes = 10_000 // values of any kind
	MaxList  = 1000   // values of a list; vertices of a geometry are bound by MaxBytes
)

// object is a JSON object as it stands in the text; a name occurs once.
type object map[string]any

// decoder reads JSON values within the bounds: object, []any, json.Number, string, bool, nil. What is wrong is told with the
// JSON pointer (RFC 6901) of the place.
type decoder struct {
	json  *json.Decoder
	nodes int
}

// decode reads a text that holds one value.
func decode(text []byte) (any, error) {
	switch {
	case len(text) > MaxBytes:
		return nil, geo.Invalid("filter", "the filter has %d bytes, at most %d are possible", len(text), MaxBytes)
	case !utf8.Valid(text):
		return nil, geo.Invalid("filter", "the filter is not UTF-8")
	}
	d := &decoder{json: json.NewDecoder(bytes.NewReader(text))}
	d.json.UseNumber()
	v, err := d.value(place{})
	if err != nil {
		return nil, err
	}
	if _, err := d.json.Token(); !errors.Is(err, io.EOF) {
		return nil, geo.Invalid("filter", "there is something behind the end of the filter")
	}
	return v, nil
}

func (d *decoder) value(at place) (any, error) {
	if d.nodes++; d.nodes > MaxNodes {
		return nil, at.fault("the filter has more than %d values", MaxNodes)
	}
	t, err := d.json.Token()
	if err != nil {
		return nil, at.fault("the filter is not JSON: %s", syntaxOf(err))
	}
	delim, ok := t.(json.Delim)
	if !ok {
		if s, ok := t.(string); ok && strings.ContainsRune(s, 0) {
			return nil, at.fault("a text cannot hold the character 0")
		}
		return t, nil
	}
	if at.depth == MaxDepth {
		return nil, at.fault("objects and lists are nested more than %d deep", MaxDepth)
	}
	if delim == '{' {
		return d.object(at)
	}
	return d.list(at)
}

func syntaxOf(err error) string {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return "it ends too early"
	}
	return err.Error()
}

func (d *decoder) object(at place) (any, error) {
	o := object{}
	for d.json.More() {
		t, err := d.json.Token()
		if err != nil {
			return nil, at.fault("the filter is not JSON: %s", syntaxOf(err))
		}
		name, _ := t.(string)
		if _, twice := o[name]; twice {
			return nil, at.below(name).fault("the member is given twice")
		}
		if o[name], err = d.value(at.below(name)); err != nil {
			return nil, err
		}
	}
	return o, d.end(at)
}

func (d *decoder) list(at place) (any, error) {
	list := []any{}
	for d.json.More() {
		v, err := d.value(at.item(len(list)))
		if err != nil {
			return nil, err
		}
		list = append(list, v)
	}
	return list, d.end(at)
}

func (d *decoder) end(at place) error {
	if _, err := d.json.Token(); err != nil {
		return at.fault("the filter is not JSON: %s", syntaxOf(err))
	}
	return nil
}

// place is where in the text a value stands. The zero value is the whole.
type place struct {
	pointer string
	depth   int
}

func (p place) below(name string) place {
	const most = 40
	if r := []rune(name); len(r) > most {
		name = string(r[:most]) + "…"
	}
	name = strings.NewReplacer("~", "~0", "/", "~1").Replace(name)
	return place{p.pointer + "/" + name, p.depth + 1}
}

func (p place) item(i int) place { return place{p.pointer + "/" + strconv.Itoa(i), p.depth + 1} }

// fault is an error of kind geo.ErrInvalid at the place.
func (p place) fault(format string, args ...any) error {
	if p.pointer == "" {
		return geo.Invalid("filter", format, args...)
	}
	return geo.Invalid("filter", "at %s: "+format, append([]any{p.pointer}, args...)...)
}
