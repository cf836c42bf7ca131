package live

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"encoding/json"
	"hash/crc32"

	"jingwei/geo"
)

// NewSmall returns an index with small chunks, so that tests reach every boundary with few rows.
func NewSmall(layer geo.PointLayer, edition Edition, chunk, delta int) *Index {
	x := New(layer, edition)
	x.sizes = sizes{chunk: chunk, fill: chunk*3/4 + 1, delta: delta, dead: chunk / 8, paths: 8}
	return x
}

// Chunks returns the identities of the chunks of a snapshot, in order.
func (s *Snapshot) Chunks() []uint64 {
	var serials []uint64
	for _, k := range s.chunks {
		serials = append(serials, k.serial)
	}
	return serials
}

// Pending returns the rows in the delta and the number of tombstones.
func (s *Snapshot) Pending() (delta, dead int) {
	for _, d := range s.dead {
		if d != nil {
			dead += d.total
		}
	}
	return len(s.delta), dead
}

// Forget empties the cache of what was derived from chunks.
func (s *Snapshot) Forget() { *s.cache = *newCache() }

// Compared returns how many rows a search compares with a text that may have so many errors, or would but for their number.
func Compared(text geo.SearchText, errors int, source Source) (int, error) {
	v, err := source.Snapshot.through(source.Query)
	t := newTyped(text)
	if err != nil || !t.allow(errors) {
		return 0, err
	}
	f := similarFinder{view: v, typed: t, best: best{limit: 1}}
	for i := range v.chunks {
		f.chunk(i)
	}
	return f.tried + f.skipped, nil
}

// Read is Restore of the bytes of a file, of which it makes an aligned copy.
func Read(data []byte, origin string, indexes ...*Index) (Restored, error) {
	return read(aligned(data), origin, indexes)
}

func aligned(data []byte) []byte {
	words := make([]uint64, (len(data)+7)/8)
	b := bytesOf(words)[:len(data):len(data)]
	copy(b, data)
	return b
}

// Sealed returns the file with checksums that are right, whatever it holds; false when it has no directory that can be read.
func Sealed(data []byte) ([]byte, bool) {
	var d directoryOfFile
	if len(data) < headSize+tailSize {
		return nil, false
	}
	tail := data[len(data)-tailSize:]
	at, end := binary.NativeEndian.Uint64(tail), uint64(len(data)-tailSize)
	if at < headSize || at > end || json.Unmarshal(data[at:end], &d) != nil {
		return nil, false
	}
	seal := func(r *run) {
		if r.Offset >= 0 && r.Length >= 0 && r.Offset <= int64(len(data)) && r.Length <= int64(len(data))-r.Offset {
			r.CRC = crc32.Checksum(data[r.Offset:r.Offset+r.Length], castagnoli())
		}
	}
	for i := range d.Editions {
		e := &d.Editions[i]
		for n := range e.Paths {
			seal(&e.Paths[n].Run)
		}
		for n := range e.Chunks {
			seal(&e.Chunks[n].Run)
		}
		for n := range e.Delta {
			seal(&e.Delta[n].Run)
		}
	}
	w := &fileWriter{offset: int64(at), headSum: crc32.Checksum(data[:headSize], castagnoli())}
	return w.sealed(data[:at], d), true
}

func (w *fileWriter) sealed(runs []byte, d directoryOfFile) []byte {
	b := bytes.NewBuffer(bytes.Clone(runs))
	w.to = bufio.NewWriter(b)
	if err := w.tail(d); err != nil {
		panic(err)
	}
	return b.Bytes()
}

// IDOrder returns the order of ids in both ways of finding it.
func IDOrder(ids []geo.ID) (near, afar []uint16) { return idOrder(ids), idOrderAfar(ids) }
