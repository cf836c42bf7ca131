package mvt

import (
	"encoding/binary"
	"math"
	"strings"
	"unicode/utf8"
)

// Layer is a layer being written (§4.1). It is not safe for concurrent use; keep finished ones in a sync.Pool and Reset
// them. The zero value is not usable: NewLayer makes one.
type Layer struct {
	name     string
	extent   uint32
	features []byte
	count    int
	keys     table
	values   table
}

// NewLayer starts a layer. Extent is the width and height of the tile in the coordinates of its features; 0 counts as
// DefaultExtent. Within a tile each layer needs a name of its own.
func NewLayer(name string, extent uint32) *Layer {
	l := &Layer{keys: newTable(), values: newTable()}
	l.Reset(name, extent)
	return l
}

// Reset starts another layer in the same memory. Numbers of keys and values of the layer before are void.
func (l *Layer) Reset(name string, extent uint32) {
	if extent == 0 {
		extent = DefaultExtent
	}
	l.name, l.extent = valid(name), extent
	l.features, l.count = l.features[:0], 0
	l.keys.reset()
	l.values.reset()
}

// Expect tells a layer that has no values yet about how many different ones will come. It is a hint about memory and nothing else.
func (l *Layer) Expect(values int) {
	if len(l.values.ends) == 0 {
		l.values.expect(values)
	}
}

// Key returns the number of a key in the layer's table, adding it when new (§4.4).
func (l *Layer) Key(name string) uint32 {
	l.keys.buf = appendString(l.keys.buf, layerKeys, valid(name))
	return l.keys.intern()
}

// String returns the number of a text in the table of values, adding it when new (§4.4). Bytes that are not UTF-8 become
// U+FFFD.
func (l *Layer) String(v string) uint32 {
	v = valid(v)
	l.values.buf = appendString(appendBytes(l.values.buf, layerValues, fieldSize(len(v))), valueString, v)
	return l.values.intern()
}

// Int returns the number of an integer in the table of values: int_value from 0 up, where it is the shortest, and
// sint_value below, where int_value would take ten bytes.
func (l *Layer) Int(v int64) uint32 {
	if v < 0 {
		return l.varint(valueSint, zigzag64(v))
	}
	return l.varint(valueInt, uint64(v))
}

// Uint returns the number of an unsigned integer (uint_value) in the table of values.
func (l *Layer) Uint(v uint64) uint32 { return l.varint(valueUint, v) }

// Bool returns the number of a truth value in the table of values.
func (l *Layer) Bool(v bool) uint32 {
	if v {
		return l.varint(valueBool, 1)
	}
	return l.varint(valueBool, 0)
}

// Double returns the number of a double_value in the table of values. Values are compared by their bits: 0 and -0 are
// two entries, equal NaNs one.
func (l *Layer) Double(v float64) uint32 {
	l.values.buf = append(l.values.buf, header(layerValues, wireBytes), 9, header(valueDouble, wire64))
	l.values.buf = binary.LittleEndian.AppendUint64(l.values.buf, math.Float64bits(v))
	return l.values.intern()
}

// Float returns the number of a float_value in the table of values; compared as in Double.
func (l *Layer) Float(v float32) uint32 {
	l.values.buf = append(l.values.buf, header(layerValues, wireBytes), 5, header(valueFloat, wire32))
	l.values.buf = binary.LittleEndian.AppendUint32(l.values.buf, math.Float32bits(v))
	return l.values.intern()
}

func (l *Layer) varint(field byte, v uint64) uint32 {
	l.values.buf = appendVarint(appendBytes(l.values.buf, layerValues, 1+varintSize(v)), field, v)
	return l.values.intern()
}

// moveToOne is the command integer of a MoveTo with one position (§4.3.1).
const moveToOne = 1<<3 | moveTo

// Point adds a feature of one point at x, y in tile coordinates. Tags are pairs of a key's and a value's number, each
// key at most once (§4.4); they are copied. Without hasID the feature has no id.
func (l *Layer) Point(id uint64, hasID bool, x, y int32, tags []uint32) {
	geometry := [3]uint32{moveToOne, zigzag(x), zigzag(y)}
	l.Feature(id, hasID, Point, geometry[:], tags)
}

// Feature adds a feature (§4.2) with a geometry of encoded commands and parameters (§4.3), which is written as it is.
// Tags as in Point. A feature without geometry is left out, since the specification forbids it.
func (l *Layer) Feature(id uint64, hasID bool, t GeomType, geometry, tags []uint32) {
	if len(geometry) == 0 {
		return
	}
	tagBytes, geometryBytes := packedSize(tags), packedSize(geometry)
	size := 2 + fieldSize(geometryBytes)
	if hasID {
		size += 1 + varintSize(id)
	}
	if len(tags) > 0 {
		size += fieldSize(tagBytes)
	}
	b := appendBytes(l.features, layerFeatures, size)
	if hasID {
		b = appendVarint(b, featureID, id)
	}
	if len(tags) > 0 {
		b = appendPacked(b, featureTags, tagBytes, tags)
	}
	b = append(b, header(featureType, wireVarint), byte(t))
	l.features = appendPacked(b, featureGeometry, geometryBytes, geometry)
	l.count++
}

// Len returns the number of features so far.
func (l *Layer) Len() int { return l.count }

// Size returns the bytes that AppendTo would append.
func (l *Layer) Size() int {
	if l.count == 0 {
		return 0
	}
	return fieldSize(l.size())
}

func (l *Layer) size() int {
	return fieldSize(len(l.name)) + len(l.features) + len(l.keys.buf) + len(l.values.buf) +
		1 + varintSize(uint64(l.extent)) + 2
}

// AppendTo appends the layer to dst as a field of a tile, so that calls for several layers give a tile of them all.
// A layer without features appends nothing (§4.1: a layer should contain at least one). The layer stays as it is.
func (l *Layer) AppendTo(dst []byte) []byte {
	if l.count == 0 {
		return dst
	}
	dst = appendBytes(dst, tileLayers, l.size())
	dst = appendString(dst, layerName, l.name)
	dst = append(dst, l.features...)
	dst = append(dst, l.keys.buf...)
	dst = append(dst, l.values.buf...)
	dst = appendVarint(dst, layerExtent, uint64(l.extent))
	return appendVarint(dst, layerVersion, Version)
}

// valid returns s as UTF-8, which protocol buffers demand of strings. The first look is several times faster.
func valid(s string) string {
	if utf8.ValidString(s) {
		return s
	}
	return strings.ToValidUTF8(s, "\uFFFD")
}
