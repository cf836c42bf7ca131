package mvt

import (
	"bytes"
	"hash/maphash"
	"math"
)

// table is a table of keys or values (§4.4): encoded fields in the order of their first use, each once. Finding one is
// open addressing over the encoded bytes, so there is one mechanism for every type, nothing per entry for the garbage
// collector to follow, and forgetting all entries costs nothing. The random seed decides where an entry is looked for,
// never its number, so bytes do not depend on it.
type table struct {
	buf   []byte   // the fields, one after the other
	ends  []uint32 // where each field ends in buf
	slots []slot   // a power of two of them, at most half in use
	base  uint32   // slots up to this reference are left from earlier layers and count as empty
	seed  maphash.Seed
}

// slot refers to the entry ref-base-1.
type slot struct{ hash, ref uint32 }

const minSlots = 64

func newTable() table { return table{seed: maphash.MakeSeed(), slots: make([]slot, minSlots)} }

// reset forgets all entries and keeps the memory.
func (t *table) reset() {
	if t.base > math.MaxUint32/2 {
		clear(t.slots[:cap(t.slots)])
		t.base = 0
	} else {
		t.base += uint32(len(t.ends))
	}
	t.buf, t.ends = t.buf[:0], t.ends[:0]
}

// intern takes the field that has been appended to buf since the last entry: it becomes a new entry, or is taken away
// again when an equal one exists. It returns the entry's number.
func (t *table) intern() uint32 {
	start := t.start(len(t.ends))
	entry := t.buf[start:]
	h := maphash.Bytes(t.seed, entry)
	hash, mask := uint32(h>>32), uint32(len(t.slots)-1)
	i := hash & mask
	for ; t.slots[i].ref > t.base; i = (i + 1) & mask {
		if t.slots[i].hash != hash {
			continue
		}
		n := t.slots[i].ref - t.base - 1
		if bytes.Equal(t.buf[t.start(int(n)):t.ends[n]], entry) {
			t.buf = t.buf[:start]
			return n
		}
	}
	n := uint32(len(t.ends))
	t.ends = append(t.ends, uint32(len(t.buf)))
	t.slots[i] = slot{hash: hash, ref: t.base + n + 1}
	if len(t.ends)*2 > len(t.slots) {
		t.grow()
	}
	return n
}

// expect makes room for about that many entries in a table that has none: no more slots than that, so that those of a larger
// layer before do not lie far apart. What is in slots beyond or between counts as empty, as after reset.
func (t *table) expect(entries int) {
	size := minSlots
	for size < 2*entries {
		size *= 2
	}
	if size > cap(t.slots) {
		t.slots = make([]slot, size)
	}
	t.slots = t.slots[:size]
}

func (t *table) start(n int) uint32 {
	if n == 0 {
		return 0
	}
	return t.ends[n-1]
}

// grow doubles the slots and drops what earlier layers left.
func (t *table) grow() {
	old := t.slots
	t.slots = make([]slot, 2*len(old))
	mask := uint32(len(t.slots) - 1)
	for _, s := range old {
		if s.ref <= t.base {
			continue
		}
		i := s.hash & mask
		for t.slots[i].ref > t.base {
			i = (i + 1) & mask
		}
		t.slots[i] = s
	}
}
