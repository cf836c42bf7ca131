package live

import (
	"slices"
	"sort"

	"jingwei/geo"
)

// directory holds the distinct division codes of the rows of a chunk that count, sorted, with the number of rows before
// each: the rows below a code are the difference of two look-ups, since a prefix of a code is a range.
type directory struct {
	codes  []geo.DivisionCode
	before []int // one more than codes
}

func (d *directory) bytes() int { return 16*len(d.codes) + 64 }

func (d *directory) count(lo, hi geo.DivisionCode) int {
	return d.before[d.lower(hi)] - d.before[d.lower(lo)]
}

func (d *directory) lower(c geo.DivisionCode) int {
	return sort.Search(len(d.codes), func(i int) bool { return d.codes[i] >= c })
}

// CountDivisions returns, for each code, the number of rows in that division and everything below it.
func (s *Snapshot) CountDivisions(q Query, codes []geo.DivisionCode) ([]int, error) {
	v, err := s.through(q)
	if err != nil {
		return nil, err
	}
	counts := make([]int, len(codes))
	for i := range v.chunks {
		v.countChunk(i, codes, counts)
	}
	for _, r := range v.delta {
		if v.m.row(r) {
			addDivision(r.division, 1, codes, counts)
		}
	}
	return counts, nil
}

func (v view) countChunk(i int, codes []geo.DivisionCode, counts []int) {
	d := v.directory(i)
	for n, code := range codes {
		counts[n] += d.count(code.Range())
	}
	k, matching := v.chunks[i], v.matching(i)
	v.deadRows(i, 0, k.len(), func(r int) {
		if matching.has(r) {
			addDivision(k.division[r], -1, codes, counts)
		}
	})
}

func addDivision(division geo.DivisionCode, by int, codes []geo.DivisionCode, counts []int) {
	for n, code := range codes {
		if lo, hi := code.Range(); lo <= division && division < hi {
			counts[n] += by
		}
	}
}

// directory returns the directory of chunk i under the query, tombstones included.
func (v view) directory(i int) *directory {
	k := v.chunks[i]
	return cached(v.cache, cacheKey{k.serial, v.m.key, valueDirectory}, func() *directory {
		matching := v.matching(i)
		var codes []geo.DivisionCode
		for n, c := range k.division {
			if matching.has(n) {
				codes = append(codes, c)
			}
		}
		slices.Sort(codes)
		return newDirectory(codes)
	})
}

func newDirectory(sorted []geo.DivisionCode) *directory {
	d := &directory{before: []int{0}}
	for n, c := range sorted {
		if n == 0 || c != sorted[n-1] {
			d.codes = append(d.codes, c)
			d.before = append(d.before, n)
		}
		d.before[len(d.before)-1] = n + 1
	}
	return d
}
