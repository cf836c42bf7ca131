package live

import "jingwei/geo"

// sieve tells of most ids that a chunk has no row of them, in one look: an edit asks every chunk. It is a Bloom filter whose
// bits for an id stand in one word, about 8 bits a row.
type sieve []uint64

func newSieve(ids []geo.ID) sieve {
	s := make(sieve, len(ids)/8+1)
	for _, id := range ids {
		word, bits := s.place(id)
		s[word] |= bits
	}
	return s
}

// place returns where the bits of an id stand, and which they are.
func (s sieve) place(id geo.ID) (word int, bits uint64) {
	h := mix(uint64(id))
	return int(h >> 32 * uint64(len(s)) >> 32), 1<<(h&63) | 1<<(h>>6&63) | 1<<(h>>12&63)
}

// may reports whether the chunk may have rows of the id.
func (s sieve) may(id geo.ID) bool {
	word, bits := s.place(id)
	return s[word]&bits == bits
}
