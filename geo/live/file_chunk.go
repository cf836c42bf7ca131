package live

import (
	"fmt"
	"hash/crc32"
	"runtime"
	"runtime/debug"

	"golang.org/x/sync/errgroup"
	"sync/atomic"
)

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

// rowAt returns row i in row form.
func (k *chunk) rowAt(i int) *row {
	r := &row{}
	k.copyRow(i, r)
	return r
}

// emptyChunk returns a chunk with columns for read to point into a file.
func emptyChunk(c *columns, serial uint64) *chunk {
	return &chunk{
		serial: serial, planes: make([]planes, c.codes), numbers: make([][]int64, c.numbers), texts: make([]arena, c.texts),
		paths: make([][]pathCode, c.paths), names: &atomic.Pointer[names]{},
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
