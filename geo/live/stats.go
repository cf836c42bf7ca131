package live

import "sync/atomic"

// Stats says how an index stands and what it has done since it was made.
type Stats struct {
	Loaded     bool // there is a snapshot; without one what follows about rows is zero
	Rows       int  // whatever their days
	Bytes      int  // of the chunks' columns and the dictionaries of paths
	Chunks     int
	Delta      int // rows that no chunk holds yet
	Tombstones int // rows of chunks that are gone

	Loads       uint64 // that were published
	Compactions uint64 // chunks that were merged and dictionaries that were renewed

	CacheHits   uint64 // look-ups of the filter cache that found what was derived before
	CacheMisses uint64
	CacheBytes  int // what the filter cache takes now
}

// counters count what an index does.
type counters struct{ loads, compactions atomic.Uint64 }

// Stats returns the numbers as of now. It costs a look at each chunk.
func (x *Index) Stats() Stats {
	s := Stats{Loads: x.counters.loads.Load(), Compactions: x.counters.compactions.Load()}
	s.CacheHits, s.CacheMisses, s.CacheBytes = x.cache.numbers()
	if now := x.Snapshot(); now != nil {
		s.Loaded, s.Rows, s.Bytes, s.Chunks, s.Delta = true, now.Rows(), now.Bytes(), len(now.chunks), len(now.delta)
		for _, d := range now.dead {
			if d != nil {
				s.Tombstones += d.total
			}
		}
	}
	return s
}

// numbers returns the hits, the misses and the bytes.
func (c *cache) numbers() (hits, misses uint64, bytes int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.hits, c.misses, c.bytes
}
