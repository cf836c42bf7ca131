package live

import (
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"hash/crc32"
	"runtime"
	"runtime/debug"
	"time"

	"golang.org/x/sync/errgroup"

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
			s.delta = append(s.delta, k.row(n))
		}
	}
	if !s.inOrder() {
		return nil, fmt.Errorf("%w: the rows are not in order", errDamaged)
	}
	l.built = s
	return l, nil
}

// readChunks verifies chunks, on all processors, and points them into data.
func (x *Index) readChunks(data []byte, list []chunkInFile, d *dictionaries) ([]*chunk, []*bitmap, error) {
	chunks, dead := make([]*chunk, len(list)), make([]*bitmap, len(list))
	var group errgroup.Group
	group.SetLimit(runtime.GOMAXPROCS(0))
	for i, c := range list {
		serial := x.nextSerial()
		group.Go(func() error {
			return guarded(func() (err error) {
				chunks[i], dead[i], err = x.readChunk(data, c, d, serial)
				return err
			})
		})
	}
	return chunks, dead, group.Wait()
}

// guarded runs do, where a page of a mapped file that cannot be read is an error.
func guarded(do func() error) (err error) {
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("%w: %v", errDamaged, r)
		}
	}()
	return do()
}

func (x *Index) readChunk(data []byte, c chunkInFile, d *dictionaries, serial uint64) (*chunk, *bitmap, error) {
	if c.Rows < 1 || c.Rows > defaultSizes().chunk {
		return nil, nil, fmt.Errorf("%w: a chunk of %d rows", errDamaged, c.Rows)
	}
	k := emptyChunk(x.columns, serial)
	k.lastFrom, k.firstTo, k.firstNext = c.LastFrom, c.FirstTo, c.FirstNext
	var words []uint64
	if err := c.Run.read(data, k.columns(c.Rows, &words), x.columns.optional); err != nil {
		return nil, nil, err
	}
	if err := k.check(d); err != nil {
		return nil, nil, err
	}
	if words == nil {
		return k, nil, nil
	}
	if over := c.Rows & 63; over != 0 && words[len(words)-1]>>over != 0 {
		return nil, nil, fmt.Errorf("%w: tombstones of no rows", errDamaged)
	}
	return k, (&bitmap{words: words}).finish(), nil
}

// emptyChunk returns a chunk with columns for read to point into a file.
func emptyChunk(c *columns, serial uint64) *chunk {
	return &chunk{
		serial: serial, planes: make([]planes, c.codes), numbers: make([][]int64, c.numbers), texts: make([]arena, c.texts),
		paths: make([][]pathCode, c.paths),
	}
}

// read verifies the run and points the columns into it.
func (r run) read(data []byte, columns []storedColumn, optional func(name string) bool) error {
	if r.Offset < headSize || r.Offset%alignment != 0 || r.Length < 0 || r.Offset > int64(len(data)) || r.Length > int64(len(data))-r.Offset {
		return fmt.Errorf("%w: a run outside of it", errDamaged)
	}
	data = data[r.Offset : r.Offset+r.Length]
	if crc32.Checksum(data, castagnoli()) != r.CRC {
		return fmt.Errorf("%w: the checksum of the run at %d differs", errDamaged, r.Offset)
	}
	found := 0
	for _, c := range columns {
		s, ok := r.Columns[c.name]
		if !ok && optional(c.name) {
			continue
		}
		if !ok || s.Offset < 0 || s.Offset%alignment != 0 || s.Length < 0 || s.Offset > r.Length || s.Length > r.Length-s.Offset {
			return fmt.Errorf("%w: column %s", errDamaged, c.name)
		}
		if err := c.point(data[s.Offset : s.Offset+s.Length : s.Offset+s.Length]); err != nil {
			return fmt.Errorf("%w: %w", errDamaged, err)
		}
		found++
	}
	if found != len(r.Columns) {
		return fmt.Errorf("%w: it has columns that nobody knows", errDamaged)
	}
	return nil
}
