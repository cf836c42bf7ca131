package mvt

import (
	"errors"
	"fmt"
	"math"
)

// layerDecoder holds what features refer to. The tables may stand behind the features, so these wait in messages.
type layerDecoder struct {
	keys     []string
	values   []any
	messages [][]byte
	seen     []int // per key: the feature that had it last, counted from 1
}

func decodeLayer(b []byte) (TileLayer, error) {
	l := TileLayer{Version: 1, Extent: DefaultExtent}
	var d layerDecoder
	named := false
	r := reader{b: b}
	for r.next() {
		switch r.field {
		case layerName:
			l.Name, named = r.string(), true
		case layerVersion:
			l.Version = r.uint32()
		case layerExtent:
			l.Extent = r.uint32()
		default:
			d.table(&r)
		}
	}
	if r.err != nil {
		return l, r.err
	}
	switch {
	case !named:
		return l, errors.New("no name")
	case l.Version != 1 && l.Version != 2:
		return l, fmt.Errorf("version %d", l.Version)
	case l.Extent == 0:
		return l, errors.New("extent 0")
	}
	d.seen = make([]int, len(d.keys))
	var err error
	l.Features, err = d.features()
	return l, err
}

// table takes a field of one of the repeated kinds; others are extensions and are passed over.
func (d *layerDecoder) table(r *reader) {
	switch r.field {
	case layerFeatures:
		if r.expect(wireBytes) {
			d.messages = append(d.messages, r.bytes)
		}
	case layerKeys:
		d.keys = append(d.keys, r.string())
	case layerValues:
		if !r.expect(wireBytes) {
			return
		}
		v, err := decodeValue(r.bytes)
		if err != nil {
			r.fail(fmt.Errorf("value %d: %w", len(d.values), err))
		}
		d.values = append(d.values, v)
	}
}

func (d *layerDecoder) features() ([]Feature, error) {
	var out []Feature
	for i, m := range d.messages {
		f, err := d.feature(m, i+1)
		if err != nil {
			return nil, fmt.Errorf("feature %d: %w", i, err)
		}
		out = append(out, f)
	}
	return out, nil
}

// feature decodes the feature with the given number, counted from 1.
func (d *layerDecoder) feature(b []byte, number int) (Feature, error) {
	var f Feature
	var tags []uint32
	r := reader{b: b}
	for r.next() {
		switch r.field {
		case featureID:
			if r.expect(wireVarint) {
				f.ID, f.HasID = r.num, true
			}
		case featureTags:
			tags = r.packed(tags)
		case featureType:
			f.Type = GeomType(r.uint32())
		case featureGeometry:
			f.Geometry = r.packed(f.Geometry)
		}
	}
	if r.err != nil {
		return f, r.err
	}
	cs, err := readCommands(f.Geometry)
	if err != nil {
		return f, err
	}
	if err := checkCommands(f.Type, cs); err != nil {
		return f, err
	}
	f.Properties, err = d.properties(tags, number)
	return f, err
}

// properties looks the tags up (§4.4): pairs of numbers within the tables, each key once in a feature.
func (d *layerDecoder) properties(tags []uint32, number int) ([]Property, error) {
	if len(tags)%2 != 0 {
		return nil, errors.New("an odd number of tags")
	}
	if len(tags)/2 > len(d.keys) {
		return nil, errors.New("more tags than keys")
	}
	out := make([]Property, 0, len(tags)/2)
	for i := 0; i < len(tags); i += 2 {
		k, v := tags[i], tags[i+1]
		if int64(k) >= int64(len(d.keys)) || int64(v) >= int64(len(d.values)) {
			return nil, fmt.Errorf("tag %d,%d is beyond the %d keys or %d values", k, v, len(d.keys), len(d.values))
		}
		if d.seen[k] == number {
			return nil, fmt.Errorf("key %q occurs twice", d.keys[k])
		}
		d.seen[k] = number
		out = append(out, Property{Key: d.keys[k], Value: d.values[v]})
	}
	return out, nil
}

// decodeValue reads a value, which holds exactly one field (§4.1 and vector_tile.proto).
func decodeValue(b []byte) (any, error) {
	var v any
	n := 0
	r := reader{b: b}
	for r.next() {
		if r.field < valueString || r.field > valueBool {
			continue
		}
		v = r.value()
		n++
	}
	if r.err != nil {
		return nil, r.err
	}
	if n != 1 {
		return nil, fmt.Errorf("%d values in one", n)
	}
	return v, nil
}

func (r *reader) value() any {
	switch r.field {
	case valueString:
		return r.string()
	case valueFloat:
		r.expect(wire32)
		return math.Float32frombits(uint32(r.num))
	case valueDouble:
		r.expect(wire64)
		return math.Float64frombits(r.num)
	}
	r.expect(wireVarint)
	switch r.field {
	case valueInt:
		return int64(r.num)
	case valueSint:
		return unzigzag64(r.num)
	case valueBool:
		return r.num != 0
	}
	return r.num
}
