package boundary

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"jingwei/geo"
	"jingwei/geo/crs"
)

// Options say how a file is to be understood.
type Options struct {
	Level        geo.DivisionLevel // of its polygons; 0 for a file of lines
	System       crs.System        // of its coordinates; positions are converted to WGS84
	CodeProperty string            // that holds the code; "" tries those that are common
}

// File is what a file holds.
type File struct {
	Read    int // features
	Units   []Unit
	Lines   []geo.BoundaryLine
	Refused []Refusal
}

// Unit is one division of a file.
type Unit struct {
	Feature int // its number in the file, from 1
	Code    geo.DivisionCode
	Name    string
	Shape   geo.MultiPolygon
}

// Refusal is a feature that cannot be taken.
type Refusal struct {
	Feature int    `json:"feature"` // its number in the file, from 1
	Code    string `json:"code,omitempty"`
	Reason  string `json:"reason"`
}

// String names the feature and the reason.
func (r Refusal) String() string {
	if r.Code == "" {
		return fmt.Sprintf("feature %d: %s", r.Feature, r.Reason)
	}
	return fmt.Sprintf("feature %d (%s): %s", r.Feature, r.Code, r.Reason)
}

// Read reads GeoJSON (RFC 7946), plain or gzip: a FeatureCollection or one Feature, of polygons with a division code, of
// lines, or both. A feature at fault is refused, the others are read. A file that is not GeoJSON as a whole is
// geo.ErrInvalid with the field "file".
func Read(r io.Reader, o Options) (*File, error) {
	plain, err := unzip(r)
	if err != nil {
		return nil, err
	}
	f := &reader{Options: o, file: &File{}, seen: map[geo.DivisionCode]int{}}
	if err := f.collection(&splitter{r: plain}); err != nil {
		return nil, err
	}
	return f.file, nil
}

// unzip looks at the first bytes: of gzip, or of a byte order mark, which is passed over.
func unzip(r io.Reader) (*bufio.Reader, error) {
	buffered := bufio.NewReaderSize(r, 1<<16)
	first, _ := buffered.Peek(3)
	switch {
	case bytes.HasPrefix(first, []byte{0x1f, 0x8b}):
		z, err := gzip.NewReader(buffered)
		if err != nil {
			return nil, geo.Invalid("file", "broken gzip: %v", err)
		}
		return unzip(z)
	case bytes.Equal(first, []byte("\ufeff")):
		_, _ = buffered.Discard(3)
	}
	return buffered, nil
}

// reader reads one feature after the other, so that only what is kept is held.
type reader struct {
	Options
	file *File
	seen map[geo.DivisionCode]int // feature that had the code first
	line map[[2]string]int        // place of the lines of a kind and name
}

// feature is a Feature; its properties are what the source likes.
type feature struct {
	Type       string
	ID         json.RawMessage
	Properties map[string]json.RawMessage
	Geometry   json.RawMessage
}

func notGeoJSON(s *splitter, err error) error {
	if fault := (*geo.Error)(nil); errors.As(err, &fault) {
		return err
	}
	return geo.Invalid("file", "not GeoJSON, at byte %d: %v", s.offset, err)
}

// collection reads the outermost object: features as they come, the rest for the case that it is a lone Feature.
func (f *reader) collection(s *splitter) error {
	members := map[string]json.RawMessage{}
	err := s.each('{', '}', func() error {
		text, err := s.value()
		if err != nil {
			return err
		}
		var key string
		if err := json.Unmarshal(text, &key); err != nil {
			return err
		}
		if err := s.take(':'); err != nil {
			return err
		}
		if key == "features" {
			return s.each('[', ']', func() error { return f.next(s) })
		}
		value, err := s.value()
		if err == nil && (key == "type" || key == "id" || key == "properties" || key == "geometry" || key == "crs") {
			members[key] = slices.Clone(value)
		}
		return err
	})
	if err == nil {
		err = s.end()
	}
	if err == nil {
		err = checkSystem(members["crs"])
	}
	if err != nil {
		return notGeoJSON(s, err)
	}
	return f.whole(members)
}

// whole looks at what the outermost object is.
func (f *reader) whole(members map[string]json.RawMessage) error {
	switch string(members["type"]) {
	case `"FeatureCollection"`:
		return nil
	case `"Feature"`:
		text, err := json.Marshal(members)
		if err != nil {
			return geo.Invalid("file", "not GeoJSON: %v", err)
		}
		f.file.Read++
		f.judge(text)
		return nil
	}
	return geo.Invalid("file", "a FeatureCollection or a Feature is needed, not %.40s", members["type"])
}

// checkSystem refuses a file that says of itself that its coordinates are in a system that nothing here converts from.
// GeoJSON of 2008 had such a member (§3), RFC 7946 has not; what GCJ-02 is written in has no name of its own.
func checkSystem(member json.RawMessage) error {
	var named struct {
		Properties struct{ Name string }
	}
	if len(member) == 0 || string(member) == "null" {
		return nil
	}
	if err := json.Unmarshal(member, &named); err != nil {
		return geo.Invalid("file", "its member crs names no system")
	}
	name := named.Properties.Name
	switch name[strings.LastIndex(name, ":")+1:] {
	case "CRS84", "4326", "4490":
		return nil
	}
	return geo.Invalid("file", "its member crs says that the coordinates are in %.80q: convert it to EPSG:4490 (CGCS2000) or EPSG:4326 first", name)
}

// next reads one feature. One at fault is refused; where it has no end, nothing can be read any more.
func (f *reader) next(s *splitter) error {
	text, err := s.value()
	if err != nil && !errors.Is(err, errLong) {
		return err
	}
	f.file.Read++
	if err != nil {
		f.refuse("", err)
		return nil
	}
	f.judge(text)
	return nil
}

func (f *reader) judge(text []byte) {
	var x feature
	code, err := "", json.Unmarshal(text, &x)
	if err == nil {
		code, err = f.take(x)
	}
	if err != nil {
		f.refuse(code, err)
	}
}

func (f *reader) refuse(code string, err error) {
	f.file.Refused = append(f.file.Refused, Refusal{Feature: f.file.Read, Code: printable(code, longestCode), Reason: printable(err.Error(), longestReason)})
}

// What of a feature at fault is shown at most, in characters.
const (
	longestCode   = 40
	longestReason = 300
)

// printable cuts text that comes from a file and takes out what would act on a terminal.
func printable(s string, most int) string {
	var b strings.Builder
	n := 0
	for _, r := range s {
		if n++; n > most {
			b.WriteString("…")
			break
		}
		if !unicode.IsPrint(r) {
			r = utf8.RuneError
		}
		b.WriteRune(r)
	}
	return b.String()
}
