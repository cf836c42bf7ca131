package live

import (
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
		x.counters.compactions.Add(1)
		return true
	}
	i, ok := old.worst(x.sizes)
	if !ok {
		return false
	}
	x.publish(x.compacted(old, i))
	x.counters.compactions.Add(1)
	return true
}

// pending returns the rows of the delta from which a compaction has work to do: the more chunks they are spread over, the
// fewer of them one compaction takes in.
func (s *Snapshot) pending(limit sizes) int {
	return max(limit.delta, limit.spread*len(s.chunks))
}

// worst returns the chunk with most pending changes; false when there is not enough to do.
func (s *Snapshot) worst(limit sizes) (int, bool) {
	most := s.pending(limit)
	if len(s.chunks) == 0 {
		return 0, len(s.delta) > most
	}
	worst, at, dead := -1, 0, 0
	for i := range s.chunks {
		lo, hi := s.deltaOf(i)
		n := hi - lo
		if d := s.dead[i]; d != nil {
			n += d.total
			dead = max(dead, d.total)
		}
		if n > worst {
			worst, at = n, i
		}
	}
	return at, len(s.delta) > most || dead > limit.dead
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
	if len(s.chunks) == 0 {
		n.chunks = x.merged(nil, nil, s.delta)
		n.dead = make([]*bitmap, len(n.chunks))
		return n
	}
	lo, hi := s.deltaOf(i)
	merged := x.merged(s.chunks[i], s.dead[i], s.delta[lo:hi])
	n.delta = slices.Concat(s.delta[:lo], s.delta[hi:])
	n.chunks = slices.Concat(s.chunks[:i], merged, s.chunks[i+1:])
	n.dead = slices.Concat(s.dead[:i], make([]*bitmap, len(merged)), s.dead[i+1:])
	return n
}

// merged returns chunks of the rows of k, which may be nil, that have no tombstone, and of delta, in order.
func (x *Index) merged(k *chunk, dead *bitmap, delta []*row) []*chunk {
	rows := len(delta)
	if k != nil {
		rows += k.len()
		if dead != nil {
			rows -= dead.total
		}
	}
	m := merger{index: x, size: partSize(rows, x.sizes.chunk)}
	if k != nil {
		for i := range k.len() {
			if dead != nil && dead.has(i) {
				continue
			}
			for len(delta) > 0 && !k.before(i, delta[0]) {
				m.add(delta[0])
				delta = delta[1:]
			}
			k.copyRow(i, &m.scratch)
			m.add(&m.scratch)
		}
	}
	for _, r := range delta {
		m.add(r)
	}
	return m.finish()
}

// merger makes chunks of equal size of rows that come in order.
type merger struct {
	index   *Index
	size    int
	scratch row
	open    *chunk
	chunks  []*chunk
}

func (m *merger) add(r *row) {
	if m.open == nil {
		m.index.serial++
		m.open = newChunk(m.size, m.index.columns, m.index.serial)
	}
	m.open.add(r)
	if m.open.len() == m.size {
		m.finish()
	}
}

func (m *merger) finish() []*chunk {
	if m.open != nil {
		m.chunks = append(m.chunks, m.open.finish())
		m.open = nil
	}
	return m.chunks
}

// partSize returns the size of equal parts of n rows, none larger than most.
func partSize(n, most int) int {
	parts := (n + most - 1) / most
	if parts <= 1 {
		return max(n, 1)
	}
	return (n + parts - 1) / parts
}
