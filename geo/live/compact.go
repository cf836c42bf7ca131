package live

import (
	"math/bits"
	"slices"
	"sort"
)

// Compact merges the delta and the tombstones of the chunk that has most of them into a new chunk, or two when it grew
// too large, and reports whether there was enough to do. It copies one chunk, whatever the size of the index, and
// changes nothing that a reader can see. When most of the paths of a dictionary may be unused, it renews that first.
func (x *Index) Compact() bool {
	x.writing.Lock()
	defer x.writing.Unlock()
	old := x.current.Load()
	if old == nil {
		return false
	}
	if n, ok := x.renewed(old); ok {
		x.publish(n)
		return true
	}
	i, ok := old.worst(x.sizes)
	if !ok {
		return false
	}
	x.publish(x.compacted(old, i))
	return true
}

// worst returns the chunk with most pending changes; false when there is not enough to do.
func (s *Snapshot) worst(limit sizes) (int, bool) {
	if len(s.chunks) == 0 {
		return 0, len(s.delta) > limit.delta
	}
	most, at, dead := -1, 0, 0
	for i := range s.chunks {
		lo, hi := s.deltaOf(i)
		n := hi - lo
		if d := s.dead[i]; d != nil {
			n += d.total
			dead = max(dead, d.total)
		}
		if n > most {
			most, at = n, i
		}
	}
	return at, len(s.delta) > limit.delta || dead > limit.dead
}

// deltaOf returns the part lo to hi of the delta that belongs to chunk i: rows from its first row to the next chunk's;
// the first chunk takes what comes before it too.
func (s *Snapshot) deltaOf(i int) (lo, hi int) {
	start := func(i int) int {
		return sort.Search(len(s.delta), func(j int) bool { return !s.startsAfter(i, s.delta[j]) })
	}
	hi = len(s.delta)
	if i > 0 {
		lo = start(i)
	}
	if i+1 < len(s.chunks) {
		hi = start(i + 1)
	}
	return lo, hi
}

// startsAfter reports whether r comes before the first row of chunk i.
func (s *Snapshot) startsAfter(i int, r *row) bool { return !s.chunks[i].before(0, r) }

// compacted returns the successor of s in which chunk i is merged with its part of the delta.
func (x *Index) compacted(s *Snapshot, i int) *Snapshot {
	n := &Snapshot{position: s.position}
	var rows []*row
	lo, hi := 0, len(s.delta)
	if len(s.chunks) > 0 {
		lo, hi = s.deltaOf(i)
		rows = s.liveRows(i)
	}
	rows = append(rows, s.delta[lo:hi]...)
	slices.SortFunc(rows, compare)
	n.delta = slices.Concat(s.delta[:lo], s.delta[hi:])
	var merged []*chunk
	for part := range slices.Chunk(rows, partSize(len(rows), x.sizes.chunk)) {
		merged = append(merged, x.newChunk(part))
	}
	if len(s.chunks) > 0 {
		n.chunks = slices.Concat(s.chunks[:i], merged, s.chunks[i+1:])
		n.dead = slices.Concat(s.dead[:i], make([]*bitmap, len(merged)), s.dead[i+1:])
		return n
	}
	n.chunks, n.dead = merged, make([]*bitmap, len(merged))
	return n
}

// partSize returns the size of equal parts of n rows, none larger than most.
func partSize(n, most int) int {
	parts := (n + most - 1) / most
	if parts <= 1 {
		return max(n, 1)
	}
	return (n + parts - 1) / parts
}

// liveRows returns the rows of chunk i that have no tombstone.
func (s *Snapshot) liveRows(i int) []*row {
	k := s.chunks[i]
	rows := make([]*row, 0, k.len())
	for w := range (k.len() + 63) / 64 {
		m := (*bitmap)(nil).word(w, 0, k.len())
		if s.dead[i] != nil {
			m &^= s.dead[i].words[w]
		}
		for ; m != 0; m &= m - 1 {
			rows = append(rows, k.row(w<<6+bits.TrailingZeros64(m)))
		}
	}
	return rows
}
