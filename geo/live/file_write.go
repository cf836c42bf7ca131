package live

import (
	"bufio"
	"context"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
)

// Write writes a file of the snapshots, editions of one layer that stand at one position, of the database that origin names.
// It stops with the context's error between two chunks when ctx is done.
func Write(ctx context.Context, to io.Writer, origin string, snapshots ...*Snapshot) error {
	if len(snapshots) == 0 {
		return errors.New("no snapshot to write")
	}
	w := &fileWriter{to: bufio.NewWriterSize(to, 1<<20)}
	d := directoryOfFile{Encoder: EncoderVersion, Schema: snapshots[0].columns.schema(), Origin: origin, Position: snapshots[0].position.String()}
	w.head()
	for _, s := range snapshots {
		if s.position.String() != d.Position || s.columns.layer.Name != snapshots[0].columns.layer.Name {
			return fmt.Errorf("the editions stand at %s and %s", d.Position, s.position)
		}
		e, err := w.edition(ctx, s)
		if err != nil {
			return err
		}
		d.Editions = append(d.Editions, e)
	}
	return w.tail(d)
}

// fileWriter writes the parts of a file one after the other.
type fileWriter struct {
	to      *bufio.Writer
	offset  int64
	sum     uint32 // of the run that is being written
	headSum uint32
	err     error
}

// write adds bytes to the run, and zeros up to the alignment.
func (w *fileWriter) write(data []byte) {
	var zeros [alignment]byte
	for _, b := range [][]byte{data, zeros[:-len(data)&(alignment-1)]} {
		if w.err == nil {
			_, w.err = w.to.Write(b)
		}
		w.sum = crc32.Update(w.sum, castagnoli(), b)
		w.offset += int64(len(b))
	}
}

func (w *fileWriter) head() {
	b := binary.NativeEndian.AppendUint32([]byte(fileMagic), fileVersion)
	w.write(binary.NativeEndian.AppendUint32(b, byteOrder))
	w.headSum = w.sum
}

// run writes columns as one run.
func (w *fileWriter) run(columns []storedColumn) run {
	r := run{Offset: w.offset, Columns: map[string]piece{}}
	w.sum = 0
	for _, c := range columns {
		if c.none {
			continue
		}
		r.Columns[c.name] = piece{w.offset - r.Offset, int64(len(c.bytes))}
		w.write(c.bytes)
	}
	r.Length, r.CRC = w.offset-r.Offset, w.sum
	return r
}

func (w *fileWriter) edition(ctx context.Context, s *Snapshot) (editionInFile, error) {
	e := editionInFile{Edition: s.edition.String()}
	for _, values := range s.values {
		var list [][]byte
		for _, v := range values {
			list = append(list, []byte(v))
		}
		e.Values = append(e.Values, list)
	}
	for _, v := range s.paths {
		n := len(v.ids)
		e.Paths = append(e.Paths, pathsInFile{Nodes: n, Longest: v.longest, Run: w.run(v.columns(n))})
	}
	for i, k := range s.chunks {
		if err := errors.Join(ctx.Err(), w.err); err != nil {
			return e, err
		}
		e.Chunks = append(e.Chunks, w.chunk(k, s.dead[i]))
	}
	for _, k := range s.deltaChunks() {
		e.Delta = append(e.Delta, w.chunk(k, nil))
	}
	return e, w.err
}

func (w *fileWriter) chunk(k *chunk, dead *bitmap) chunkInFile {
	var words []uint64
	if dead != nil {
		words = dead.words
	}
	return chunkInFile{Rows: k.len(), LastFrom: k.lastFrom, FirstTo: k.firstTo, FirstNext: k.firstNext, Run: w.run(k.columns(k.len(), &words))}
}

// deltaChunks returns the rows of the delta as chunks.
func (s *Snapshot) deltaChunks() []*chunk {
	var chunks []*chunk
	for first, most := 0, defaultSizes().chunk; first < len(s.delta); first += most {
		rows := s.delta[first:min(first+most, len(s.delta))]
		k := newChunk(len(rows), s.columns, 0)
		for _, r := range rows {
			k.add(r)
		}
		chunks = append(chunks, k.finish())
	}
	return chunks
}

// tail writes the directory and what leads to it.
func (w *fileWriter) tail(d directoryOfFile) error {
	text, err := json.Marshal(d)
	if err != nil {
		return err
	}
	for len(text)%alignment != 0 {
		text = append(text, ' ')
	}
	at := w.offset
	w.sum = 0
	w.write(text)
	b := binary.NativeEndian.AppendUint64(nil, uint64(at))
	b = binary.NativeEndian.AppendUint32(b, uint32(len(text)))
	b = binary.NativeEndian.AppendUint32(b, w.sum)
	b = binary.NativeEndian.AppendUint32(b, w.headSum)
	b = binary.NativeEndian.AppendUint32(b, crc32.Checksum(b, castagnoli()))
	w.write(append(b, fileEnd...))
	return errors.Join(w.err, w.to.Flush())
}
