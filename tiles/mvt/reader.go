package mvt

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"unicode/utf8"
)

var errTruncated = errors.New("the message ends within a field")

// reader walks the fields of a protocol buffers message. After next, field and wire describe the field, and num (varint,
// 32 and 64 bits) or bytes (a part of b) hold its content. The first error ends the walk.
type reader struct {
	b     []byte
	field uint64
	wire  byte
	num   uint64
	bytes []byte
	err   error
}

func (r *reader) next() bool {
	if r.err != nil || len(r.b) == 0 {
		return false
	}
	tag := r.varint()
	r.field, r.wire = tag>>3, byte(tag&7)
	switch r.wire {
	case wireVarint:
		r.num = r.varint()
	case wire32:
		if b := r.take(4); b != nil {
			r.num = uint64(binary.LittleEndian.Uint32(b))
		}
	case wire64:
		if b := r.take(8); b != nil {
			r.num = binary.LittleEndian.Uint64(b)
		}
	case wireBytes:
		r.bytes = r.take(r.varint())
	default:
		r.fail(fmt.Errorf("wire type %d is not known", r.wire))
	}
	if r.field == 0 {
		r.fail(errors.New("field number 0"))
	}
	return r.err == nil
}

// fail keeps the first error.
func (r *reader) fail(err error) {
	if r.err == nil {
		r.err = err
	}
}

func (r *reader) varint() uint64 {
	v, n := binary.Uvarint(r.b)
	if n <= 0 {
		r.fail(errTruncated)
		return 0
	}
	r.b = r.b[n:]
	return v
}

func (r *reader) take(n uint64) []byte {
	if r.err != nil || n > uint64(len(r.b)) {
		r.fail(errTruncated)
		return nil
	}
	b := r.b[:n:n]
	r.b = r.b[n:]
	return b
}

// expect fails unless the field has that wire type.
func (r *reader) expect(wire byte) bool {
	if r.wire != wire {
		r.fail(fmt.Errorf("field %d has wire type %d instead of %d", r.field, r.wire, wire))
	}
	return r.err == nil
}

// string returns the field as text.
func (r *reader) string() string {
	if r.expect(wireBytes) && !utf8.Valid(r.bytes) {
		r.fail(fmt.Errorf("field %d is not UTF-8", r.field))
	}
	return string(r.bytes)
}

// uint32 returns the field as a number of 32 bits.
func (r *reader) uint32() uint32 {
	if r.expect(wireVarint) && r.num > math.MaxUint32 {
		r.fail(fmt.Errorf("field %d exceeds 32 bits", r.field))
	}
	return uint32(r.num)
}

// packed appends the numbers of a repeated field, which may be packed or not (protocol buffers accept both).
func (r *reader) packed(dst []uint32) []uint32 {
	if r.wire == wireVarint {
		return append(dst, r.uint32())
	}
	if !r.expect(wireBytes) {
		return dst
	}
	if dst == nil {
		dst = make([]uint32, 0, len(r.bytes)/2)
	}
	in := reader{b: r.bytes}
	for len(in.b) > 0 && in.err == nil {
		v := in.varint()
		if v > math.MaxUint32 {
			in.fail(fmt.Errorf("field %d exceeds 32 bits", r.field))
		}
		dst = append(dst, uint32(v))
	}
	if in.err != nil {
		r.fail(in.err)
	}
	return dst
}
