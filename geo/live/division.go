package live

import (
	"maps"
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

// CountDivisionsBy returns the number of rows of each division of a level, and of them only those in within and below it;
// 0 is everywhere. A row that is filed higher than the level counts under the code that it has, one of no division nowhere.
// It costs one step per distinct code and chunk, however many divisions the level has.
func (s *Snapshot) CountDivisionsBy(q Query, level geo.DivisionLevel, within geo.DivisionCode) (map[geo.DivisionCode]int, error) {
	v, err := s.through(q)
	if err != nil {
		return nil, err
	}
	lo, hi := within.Range()
	lo = max(lo, 1)
	counts := map[geo.DivisionCode]int{}
	for i := range v.chunks {
		v.directory(i).addTo(counts, level, lo, hi)
		k, matching := v.chunks[i], v.matching(i)
		v.deadRows(i, 0, k.len(), func(r int) {
			if c := k.divisionOf(r); lo <= c && c < hi && matching.has(r) {
				counts[c.Cut(level)]--
			}
		})
	}
	for _, r := range v.delta {
		if lo <= r.division && r.division < hi && v.m.row(r) {
			counts[r.division.Cut(level)]++
		}
	}
	maps.DeleteFunc(counts, func(_ geo.DivisionCode, n int) bool { return n == 0 })
	return counts, nil
}

// addTo adds the rows with codes lo <= c < hi to the counts by division of the level: codes of one stand together.
func (d *directory) addTo(counts map[geo.DivisionCode]int, level geo.DivisionLevel, lo, hi geo.DivisionCode) {
	for i, end := d.lower(lo), d.lower(hi); i < end; {
		first, code := i, d.codes[i].Cut(level)
		for i++; i < end && d.codes[i].Cut(level) == code; i++ {
		}
		counts[code] += d.before[i] - d.before[first]
	}
}

func (v view) countChunk(i int, codes []geo.DivisionCode, counts []int) {
	d := v.directory(i)
	for n, code := range codes {
		counts[n] += d.count(code.Range())
	}
	k, matching := v.chunks[i], v.matching(i)
	v.deadRows(i, 0, k.len(), func(r int) {
		if matching.has(r) {
			addDivision(k.divisionOf(r), -1, codes, counts)
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
	return cached(v.cache, cacheKey{k.serial, v.m.keyOf(k), valueDirectory}, func() *directory {
		return newDirectory(k.filed, v.matching(i))
	})
}

// newDirectory counts the rows in matching per division; nil holds all.
func newDirectory(f filed, matching *bitmap) *directory {
	counts := make([]int, len(f.codes))
	for i, n := range f.rows {
		if matching.has(i) {
			counts[n]++
		}
	}
	d := &directory{before: []int{0}}
	total := 0
	for n, c := range counts {
		if c > 0 {
			total += c
			d.codes, d.before = append(d.codes, f.codes[n]), append(d.before, total)
		}
	}
	return d
}
