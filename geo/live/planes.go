package live

import "math/bits"

// planes is a category column of a chunk, of each row the number of its value among the values that occur in the chunk. It
// stands in planes of bits, one per binary digit of the numbers: a test of 64 rows is a few operations on words, and a
// column of one value takes no memory at all.
type planes struct {
	codes []uint16 // of the dictionary, by number, ascending
	depth int      // planes
	words []uint64 // depth words for each 64 rows, the lowest digit first
}

func newPlanes(codes []uint16) planes {
	p, number := numbered(codes)
	p.depth = bits.Len(uint(max(len(p.codes), 1) - 1))
	p.words = make([]uint64, wordsOf(len(codes))*p.depth)
	for i, code := range codes {
		at, n := (i>>6)*p.depth, uint64(number[code])
		for j := range p.depth {
			p.words[at+j] |= (n >> j & 1) << (i & 63)
		}
	}
	return p
}

// numbered returns planes with the codes that occur, and the number of each.
func numbered(codes []uint16) (planes, []uint16) {
	most := uint16(0)
	for _, code := range codes {
		most = max(most, code)
	}
	number := make([]uint16, int(most)+1)
	for _, code := range codes {
		number[code] = 1
	}
	p := planes{}
	for code, occurs := range number {
		if occurs == 1 {
			number[code] = uint16(len(p.codes))
			p.codes = append(p.codes, uint16(code))
		}
	}
	return p, number
}

// at returns the code of row i.
func (p planes) at(i int) uint16 { return p.codes[p.number(i)] }

// number returns the number of the value of row i.
func (p planes) number(i int) int {
	n, at := 0, (i>>6)*p.depth
	for j, x := range p.words[at : at+p.depth] {
		n |= int(x>>(i&63)&1) << j
	}
	return n
}

func (p planes) bytes() int { return 8*len(p.words) + 2*len(p.codes) + 64 }

// truth says which codes are wanted, by number, as far as one plane and those below it tell them apart: a binary tree
// whose leaves hold all or nothing.
type truth struct {
	all     bool
	lo, hi  *truth // where the plane has 0 and 1; nil for a leaf
	ofPlane int
}

// truthOf returns the tree for the wanted codes.
func (p planes) truthOf(wanted func(code uint16) bool) truth {
	return p.branch(wanted, 0, p.depth)
}

func (p planes) branch(wanted func(uint16) bool, first, depth int) truth {
	if depth == 0 {
		return truth{all: wanted(p.codes[first])}
	}
	lo := p.branch(wanted, first, depth-1)
	if first+1<<(depth-1) >= len(p.codes) {
		return lo // no row has the digit
	}
	hi := p.branch(wanted, first+1<<(depth-1), depth-1)
	if lo.lo == nil && hi.lo == nil && lo.all == hi.all {
		return lo
	}
	return truth{lo: &lo, hi: &hi, ofPlane: depth - 1}
}

// rows sets the rows whose codes the tree holds.
func (p planes) rows(t truth, out []uint64) {
	switch {
	case t.lo == nil && t.all:
		fill(out, ^uint64(0))
	case t.lo == nil:
		clear(out)
	case t.hi.lo == nil:
		p.rows(*t.lo, out)
		p.mix(t.ofPlane, out, t.hi.all)
	default:
		var room [mostWords]uint64
		hi := room[:len(out)]
		p.rows(*t.lo, out)
		p.rows(*t.hi, hi)
		for w := range out {
			x := p.words[w*p.depth+t.ofPlane]
			out[w] = out[w]&^x | hi[w]&x
		}
	}
}

// mix sets or clears the rows that have the digit.
func (p planes) mix(plane int, out []uint64, set bool) {
	for w := range out {
		x := p.words[w*p.depth+plane]
		out[w] &^= x
		if set {
			out[w] |= x
		}
	}
}

// count adds, by number, how many of the rows m of word w have each code. parts has room for 1<<depth words.
func (p planes) count(w int, m uint64, parts []uint64, counts []uint32) {
	parts[0] = m
	size := 1
	for j := p.depth - 1; j >= 0; j-- {
		x := p.words[w*p.depth+j]
		for k := size - 1; k >= 0; k-- {
			rest := parts[k]
			parts[2*k], parts[2*k+1] = rest&^x, rest&x
		}
		size *= 2
	}
	for n := range p.codes {
		counts[n] += uint32(bits.OnesCount64(parts[n]))
	}
}
