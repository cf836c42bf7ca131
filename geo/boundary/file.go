package boundary

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"encoding/json"
	"errors"
	"fmt"
	"io"

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
	if err := f.collection(json.NewDecoder(plain)); err != nil {
		return nil, err
	}
	return f.file, nil
}

// unzip looks at the first bytes: of gzip, or of a byte order mark, which is passed over.
func unzip(r io.Reader) (io.Reader, error) {
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

func notGeoJSON(d *json.Decoder, err error) error {
	if errors.Is(err, io.EOF) {
		err = io.ErrUnexpectedEOF
	}
	return geo.Invalid("file", "not GeoJSON, at byte %d: %v", d.InputOffset(), err)
}

// collection reads the outermost object: features as they come, the rest for the case that it is a lone Feature.
func (f *reader) collection(d *json.Decoder) error {
	if err := opens(d, '{'); err != nil {
		return notGeoJSON(d, err)
	}
	lone := map[string]json.RawMessage{}
	for d.More() {
		key, err := d.Token()
		if err != nil {
			return notGeoJSON(d, err)
		}
		if key == "features" {
			if err := f.features(d); err != nil {
				return err
			}
			continue
		}
		var value json.RawMessage
		if err := d.Decode(&value); err != nil {
			return notGeoJSON(d, err)
		}
		if name, ok := key.(string); ok && (name == "type" || name == "id" || name == "properties" || name == "geometry") {
			lone[name] = value
		}
	}
	if _, err := d.Token(); err != nil {
		return notGeoJSON(d, err)
	}
	switch string(lone["type"]) {
	case `"FeatureCollection"`:
		return nil
	case `"Feature"`:
		text, err := json.Marshal(lone)
		if err != nil {
			return fmt.Errorf("feature: %w", err)
		}
		return f.next(json.NewDecoder(bytes.NewReader(text)))
	}
	return geo.Invalid("file", "a FeatureCollection or a Feature is needed, not %s", lone["type"])
}

func opens(d *json.Decoder, want json.Delim) error {
	token, err := d.Token()
	if err == nil && token != want {
		err = fmt.Errorf("%v where %q is needed", token, want.String())
	}
	return err
}

func (f *reader) features(d *json.Decoder) error {
	if err := opens(d, '['); err != nil {
		return notGeoJSON(d, err)
	}
	for d.More() {
		if err := f.next(d); err != nil {
			return err
		}
	}
	_, err := d.Token()
	if err != nil {
		return notGeoJSON(d, err)
	}
	return nil
}

// next reads one feature. One of the wrong form is refused; after broken JSON nothing can be read any more.
func (f *reader) next(d *json.Decoder) error {
	var x feature
	err := d.Decode(&x)
	var wrong *json.UnmarshalTypeError
	if err != nil && !errors.As(err, &wrong) {
		return notGeoJSON(d, err)
	}
	f.file.Read++
	code := ""
	if err == nil {
		code, err = f.take(x)
	}
	if err != nil {
		f.file.Refused = append(f.file.Refused, Refusal{Feature: f.file.Read, Code: code, Reason: err.Error()})
	}
	return nil
}
