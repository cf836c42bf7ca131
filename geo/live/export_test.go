package live

import "jingwei/geo"

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
