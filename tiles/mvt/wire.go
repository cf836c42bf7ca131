package mvt

import (
	"encoding/binary"
	"math/bits"
)

// Wire types of protocol buffers (https://protobuf.dev/programming-guides/encoding/).
const (
	wireVarint = 0
	wire64     = 1
	wireBytes  = 2
	wire32     = 5
)

// Field numbers of vector_tile.proto (§4, appendix).
const (
	tileLayers = 3

	layerName     = 1
	layerFeatures = 2
	layerKeys     = 3
	layerValues   = 4
	layerExtent   = 5
	layerVersion  = 15

	featureID       = 1
	featureTags     = 2
	featureType     = 3
	featureGeometry = 4

	valueString = 1
	valueFloat  = 2
	valueDouble = 3
	valueInt    = 4
	valueUint   = 5
	valueSint   = 6
	valueBool   = 7
)

// header returns the tag of a field; all fields here have numbers below 16, so it is one byte.
func header(field, wire byte) byte { return field<<3 | wire }

// varintSize returns the bytes that v takes as a varint: one for each seven bits.
func varintSize(v uint64) int { return (bits.Len64(v|1) + 6) / 7 }

func appendBytes(dst []byte, field byte, size int) []byte {
	return binary.AppendUvarint(append(dst, header(field, wireBytes)), uint64(size))
}

func appendString(dst []byte, field byte, s string) []byte {
	return append(appendBytes(dst, field, len(s)), s...)
}

func appendVarint(dst []byte, field byte, v uint64) []byte {
	return binary.AppendUvarint(append(dst, header(field, wireVarint)), v)
}

// packedSize returns the bytes of vs as packed varints, without the field's header.
func packedSize(vs []uint32) int {
	n := 0
	for _, v := range vs {
		n += varintSize(uint64(v))
	}
	return n
}

func appendPacked(dst []byte, field byte, size int, vs []uint32) []byte {
	dst = appendBytes(dst, field, size)
	for _, v := range vs {
		dst = binary.AppendUvarint(dst, uint64(v))
	}
	return dst
}

// fieldSize returns the bytes of a field of the given content: header, length, content.
func fieldSize(content int) int { return 1 + varintSize(uint64(content)) + content }

// zigzag encodes a signed integer so that small magnitudes are short (§4.3.2).
func zigzag(v int32) uint32 { return uint32(v<<1) ^ uint32(v>>31) }

func unzigzag(v uint32) int32 { return int32(v>>1) ^ -int32(v&1) }

func zigzag64(v int64) uint64 { return uint64(v<<1) ^ uint64(v>>63) }

func unzigzag64(v uint64) int64 { return int64(v>>1) ^ -int64(v&1) }
