package live

import (
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"hash/crc32"
	"time"

	"jingwei/geo"
)

// Restored is what a file holds, verified and not yet shown: Apply to each of Loads what changed since Position, then
// Publish.
type Restored struct {
	Loads    []*Load // of the indexes, in their order
	Rows     int     // of the first of them
	Position geo.FeedPosition
	Written  time.Time
}

// read finds in data, the bytes of a file, the loads of the indexes, the editions of one layer that were loaded with nothing
// yet. They point into data, which is aligned to 8 bytes and must never change or go. The error says why the file is not
// the one that is wanted.
func read(data []byte, origin string, indexes []*Index) (Restored, error) {
	d, runs, err := readDirectory(data)
	if err != nil {
		return Restored{}, err
	}
	if err := d.expected(origin, indexes); err != nil {
		return Restored{}, err
	}
	at, err := geo.ParseFeedPosition(d.Position)
	if err != nil {
		return Restored{}, err
	}
	r := Restored{Position: at}
	for i, x := range indexes {
		l, err := x.restore(runs, d.Editions[i], at)
		if err != nil {
			return Restored{}, fmt.Errorf("%s edition: %w", x.edition, err)
		}
		r.Loads = append(r.Loads, l)
	}
	r.Rows = r.Loads[0].built.Rows()
	return r, nil
}

var errDamaged = errors.New("the file is damaged")

// readDirectory verifies what is not in runs, and returns the part of data that is.
func readDirectory(data []byte) (d directoryOfFile, runs []byte, err error) {
	if len(data) < headSize+tailSize || string(data[:len(fileMagic)]) != fileMagic {
		return d, nil, fmt.Errorf("%w: it does not begin as one", errDamaged)
	}
	if v := binary.NativeEndian.Uint32(data[8:]); v != fileVersion {
		return d, nil, fmt.Errorf("format version %d instead of %d", v, fileVersion)
	}
	if binary.NativeEndian.Uint32(data[12:]) != byteOrder {
		return d, nil, errors.New("the byte order is that of another machine")
	}
	tail := data[len(data)-tailSize:]
	at, length := binary.NativeEndian.Uint64(tail), uint64(binary.NativeEndian.Uint32(tail[8:]))
	end := uint64(len(data) - tailSize)
	if string(tail[24:]) != fileEnd || binary.NativeEndian.Uint32(tail[20:]) != crc32.Checksum(tail[:20], castagnoli()) ||
		at < headSize || at > end || length != end-at {
		return d, nil, fmt.Errorf("%w: it does not end as one", errDamaged)
	}
	text := data[at:end]
	if binary.NativeEndian.Uint32(tail[12:]) != crc32.Checksum(text, castagnoli()) || binary.NativeEndian.Uint32(tail[16:]) != crc32.Checksum(data[:headSize], castagnoli()) {
		return d, nil, fmt.Errorf("%w: a checksum of the directory differs", errDamaged)
	}
	if err := json.Unmarshal(text, &d); err != nil {
		return d, nil, fmt.Errorf("%w: directory: %w", errDamaged, err)
	}
	return d, data[:at], nil
}

// expected tells why the file is not one of the indexes; nil when it is.
func (d directoryOfFile) expected(origin string, indexes []*Index) error {
	switch {
	case d.Origin != origin:
		return fmt.Errorf("it comes from %q, the database is %q", d.Origin, origin)
	case d.Encoder != EncoderVersion:
		return fmt.Errorf("encoder version %d instead of %d", d.Encoder, EncoderVersion)
	case len(d.Editions) != len(indexes):
		return fmt.Errorf("it has %d editions", len(d.Editions))
	}
	for i, x := range indexes {
		if d.Schema != indexes[0].columns.schema() || d.Editions[i].Edition != x.edition.String() {
			return errors.New("the layer has another schema")
		}
	}
	return nil
}

// restore makes the load of an edition.
func (x *Index) restore(data []byte, e editionInFile, at geo.FeedPosition) (*Load, error) {
	l := &Load{index: x}
	var err error
	if l.dict, err = x.columns.readDictionaries(data, e); err != nil {
		return nil, err
	}
	chunks, dead, err := x.readChunks(data, e.Chunks, l.dict)
	if err != nil {
		return nil, err
	}
	s := &Snapshot{position: at, chunks: chunks, dead: dead}
	delta, gone, err := x.readChunks(data, e.Delta, l.dict)
	if err != nil {
		return nil, err
	}
	for i, k := range delta {
		if gone[i] != nil {
			return nil, fmt.Errorf("%w: tombstones in the delta", errDamaged)
		}
		for n := range k.len() {
			s.delta = append(s.delta, k.rowAt(n))
		}
	}
	if !s.inOrder() {
		return nil, fmt.Errorf("%w: the rows are not in order", errDamaged)
	}
	l.built = s
	return l, nil
}
