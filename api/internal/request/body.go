package request

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"jingwei/geo"
	"jingwei/geo/crs"
)

// ErrMediaType is the kind of error for a body that is not JSON by its Content-Type (RFC 9110 §15.5.16).
var ErrMediaType = errors.New("unsupported media type")

// Object is a JSON object whose members are read one by one. As in Query the first fault is kept and returned by Err.
type Object struct {
	members map[string]json.RawMessage
	err     error
}

// ReadObject reads the body of r as a JSON object in which only the allowed members may occur, each at most once.
func ReadObject(r *http.Request, allowed ...string) *Object {
	body, err := ReadBody(r)
	if err != nil {
		return &Object{err: err}
	}
	return ParseObject(body, allowed...)
}

// ReadBody reads the body of r, which is JSON by its Content-Type, else it is ErrMediaType. One that is longer than the server
// takes is geo.ErrTooLarge, one that ends early geo.ErrInvalid.
func ReadBody(r *http.Request) ([]byte, error) {
	if err := checkMediaType(r.Header.Get("Content-Type")); err != nil {
		return nil, err
	}
	body, err := io.ReadAll(r.Body)
	var tooLarge *http.MaxBytesError
	if errors.As(err, &tooLarge) {
		return nil, &geo.Error{Kind: geo.ErrTooLarge, Message: fmt.Sprintf("the body is longer than %d bytes", tooLarge.Limit)}
	}
	if err != nil {
		return nil, geo.Invalid("", "the body ended before it was complete")
	}
	return body, nil
}

func checkMediaType(header string) error {
	kind, _, err := mime.ParseMediaType(header)
	if err == nil && (kind == "application/json" || strings.HasSuffix(kind, "+json")) {
		return nil
	}
	return &geo.Error{Kind: ErrMediaType, Field: "Content-Type", Message: "send the body as application/json"}
}

// ParseObject reads a JSON object (RFC 8259) in UTF-8; see ReadObject.
func ParseObject(body []byte, allowed ...string) *Object {
	if !utf8.Valid(body) {
		return &Object{err: geo.Invalid("", "the body is not UTF-8")}
	}
	if err := checkSyntax(body); err != nil {
		return &Object{err: err}
	}
	members, err := splitMembers(body)
	if err != nil {
		return &Object{err: err}
	}
	o := &Object{members: members}
	for _, name := range unknownNames(members, allowed) {
		o.fail(geo.Invalid(printable(name), "there is no such field; the fields are %s", strings.Join(allowed, ", ")))
	}
	return o
}

func unknownNames(members map[string]json.RawMessage, allowed []string) []string {
	var names []string
	for name := range members {
		if !slices.Contains(allowed, name) {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

// checkSyntax checks all of body before any member is read, because only then are offsets those of the body.
func checkSyntax(body []byte) error {
	var whole json.RawMessage
	err := json.Unmarshal(body, &whole)
	if err == nil {
		return nil
	}
	var syntax *json.SyntaxError
	if !errors.As(err, &syntax) {
		return geo.Invalid("", "the body is not JSON")
	}
	line, column := place(body, syntax.Offset)
	return geo.Invalid("", "the body is not JSON at line %d, column %d: %s", line, column, syntax.Error())
}

// place turns the count of bytes read when a fault was met into a line and a column in characters, both from 1.
func place(body []byte, offset int64) (line, column int) {
	before := body[:max(0, min(int(offset)-1, len(body)))]
	line = 1 + bytes.Count(before, []byte{'\n'})
	start := bytes.LastIndexByte(before, '\n') + 1
	return line, 1 + utf8.RuneCount(before[start:])
}

func splitMembers(body []byte) (map[string]json.RawMessage, error) {
	d := json.NewDecoder(bytes.NewReader(body))
	if t, err := d.Token(); err != nil || t != json.Delim('{') {
		return nil, geo.Invalid("", "the body must be a JSON object, { ... }")
	}
	members := map[string]json.RawMessage{}
	for d.More() {
		name, err := d.Token()
		if err != nil {
			return nil, geo.Invalid("", "the body is not JSON")
		}
		key, _ := name.(string)
		if _, twice := members[key]; twice {
			return nil, geo.Invalid(printable(key), "the field is given twice")
		}
		var value json.RawMessage
		if err := d.Decode(&value); err != nil {
			return nil, geo.Invalid(printable(key), "the value is not JSON")
		}
		members[key] = value
	}
	return members, nil
}

func (o *Object) fail(err error) {
	if o.err == nil {
		o.err = err
	}
}

// Err returns the first fault met so far, nil when there is none.
func (o *Object) Err() error { return o.err }

// Has reports whether the member is given, even as null.
func (o *Object) Has(name string) bool {
	_, ok := o.members[name]
	return ok
}

// Null reports whether the member is missing or null.
func (o *Object) Null(name string) bool {
	v, ok := o.members[name]
	return !ok || string(v) == "null"
}

// Text returns a text without white space around it; missing when the member is. Null is a fault, and so are control
// characters (Unicode category Cc).
func (o *Object) Text(name, missing string) string {
	raw, ok := o.members[name]
	if !ok {
		return missing
	}
	var s *string
	if json.Unmarshal(raw, &s) != nil || s == nil {
		o.fail(geo.Invalid(name, "a text in quotation marks is needed, not %s", describe(raw)))
		return missing
	}
	text := strings.TrimSpace(*s)
	if strings.ContainsFunc(text, unicode.IsControl) { // PostgreSQL has no NUL, and no field has lines
		o.fail(geo.Invalid(name, "control characters are not allowed"))
		return missing
	}
	return text
}

// Number returns a number; missing when the member is. Null is a fault.
func (o *Object) Number(name string, missing float64) float64 {
	raw, ok := o.members[name]
	if !ok {
		return missing
	}
	var n *float64
	if json.Unmarshal(raw, &n) != nil || n == nil {
		o.fail(geo.Invalid(name, "a number is needed, not %s", describe(raw)))
		return missing
	}
	return *n
}

// ID returns an id; 0 when the member is missing or null.
func (o *Object) ID(name string) geo.ID {
	if o.Null(name) {
		return 0
	}
	id, err := geo.ParseID(name, string(o.members[name]))
	if err != nil {
		o.fail(geo.Invalid(name, "an id is needed, a whole number from 1 to %d, not %s", geo.MaxID, describe(o.members[name])))
	}
	return id
}

// Day returns a day; missing when the member is missing or null.
func (o *Object) Day(name string, missing geo.Day) geo.Day {
	if o.Null(name) {
		return missing
	}
	d, err := geo.ParseDay(name, printable(o.Text(name, "")))
	if err != nil {
		o.fail(err)
		return missing
	}
	return d
}

// Division returns a division code; 0 when the member is missing.
func (o *Object) Division(name string) geo.DivisionCode {
	s := o.Text(name, "")
	if s == "" {
		return 0
	}
	code, err := geo.ParseDivisionCode(name, s)
	if err != nil {
		o.fail(geo.Invalid(name, "%q is not a division code: a text of 2, 4, 6, 9 or 12 digits is needed", printable(s)))
	}
	return code
}

// System returns the coordinate system that a member names and the name as it was given; those of missing when it is.
func (o *Object) System(name, missing string) (crs.System, string) {
	given := o.Text(name, missing)
	s, err := crs.Parse(name, printable(given))
	if err != nil {
		o.fail(err)
	}
	return s, given
}

// Position returns a position, which must be given as [longitude, latitude] in degrees or [easting, northing] in metres, as it
// is in the system.
func (o *Object) Position(name string, system crs.System) geo.Position {
	form := "[longitude, latitude], two numbers in degrees"
	if system.Metres() {
		form = "[easting, northing], two numbers in metres"
	}
	raw, ok := o.members[name]
	if !ok {
		o.fail(geo.Invalid(name, "a position is needed: %s", form))
		return geo.Position{}
	}
	var pair []*float64
	if json.Unmarshal(raw, &pair) != nil || len(pair) != 2 || pair[0] == nil || pair[1] == nil {
		o.fail(geo.Invalid(name, "a position must be %s, not %s", form, describe(raw)))
		return geo.Position{}
	}
	p, err := system.Locate(name, *pair[0], *pair[1])
	if err != nil {
		o.fail(err)
	}
	return p
}

// Area returns an area, a Polygon or MultiPolygon of GeoJSON: nil when the member is missing, one without polygons when it is
// null.
func (o *Object) Area(name string) *geo.MultiPolygon {
	if !o.Has(name) {
		return nil
	}
	if o.Null(name) {
		return &geo.MultiPolygon{}
	}
	m, err := geo.ParseMultiPolygon(o.members[name])
	if fault := (*geo.Error)(nil); errors.As(err, &fault) {
		err = geo.Invalid(name, "%s", fault.Message)
	}
	if err != nil {
		o.fail(err)
		return nil
	}
	return &m
}

// describe names the type of a JSON value, never the value: it may be long, or private.
func describe(raw json.RawMessage) string {
	switch raw[0] {
	case '"':
		return "a text"
	case '{':
		return "an object"
	case '[':
		return "a list"
	case 't', 'f':
		return "true or false"
	case 'n':
		return "null"
	}
	return "a number"
}
