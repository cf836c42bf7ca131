package live

import "jingwei/geo"

// Members is a set of objects that something else than the index has found: rows of others do not count. It is immutable.
type Members struct {
	name   string
	blocks map[geo.ID]*[mostWords]uint64 // by the id without its last 16 bits
	count  int
}

// NewMembers returns the set of ids, in any order. The name must tell it from all other sets that were ever asked with: it
// is the key of caches.
func NewMembers(ids []geo.ID, name string) *Members {
	s := &Members{name: name, blocks: map[geo.ID]*[mostWords]uint64{}}
	for _, id := range ids {
		block := s.blocks[id>>16]
		if block == nil {
			block = new([mostWords]uint64)
			s.blocks[id>>16] = block
		}
		word, bit := &block[id>>6&(mostWords-1)], uint64(1)<<(id&63)
		if *word&bit == 0 {
			s.count++
		}
		*word |= bit
	}
	return s
}

// Len returns the number of objects in the set.
func (s *Members) Len() int { return s.count }

// Bytes returns about how much memory the set takes.
func (s *Members) Bytes() int { return len(s.blocks)*(8*mostWords+64) + len(s.name) + 64 }

func (s *Members) has(id geo.ID) bool {
	block := s.blocks[id>>16]
	return block != nil && block[id>>6&(mostWords-1)]>>(id&63)&1 == 1
}

// row and rows make the set a predicate.
func (s *Members) row(r *row) bool { return s.has(r.id) }

func (s *Members) rows(k *chunk, out []uint64) {
	eachWord(out, k.len(), func(i int) bool { return s.has(k.ids[i]) })
}

// eachWord sets the rows for which holds is true.
func eachWord(out []uint64, n int, holds func(i int) bool) {
	for w := range out {
		m := uint64(0)
		for i := w << 6; i < min(w<<6+64, n); i++ {
			if holds(i) {
				m |= 1 << (i & 63)
			}
		}
		out[w] = m
	}
}
