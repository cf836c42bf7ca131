package live

// tally counts rows per value of the counted columns: counts[n][code] for the n-th counted column.
type tally struct {
	total  int
	counts [][]int
}

// valueRanks holds, per code of one category column, the rows of a chunk that count and have that code.
type valueRanks []*bitmap

func (r valueRanks) bytes() int {
	n := 64
	for _, b := range r {
		if b != nil {
			n += b.bytes()
		}
	}
	return n
}

// newTally returns an empty tally for the counted columns of s.
func (s *Snapshot) newTally(slots []int) *tally {
	t := &tally{}
	for _, slot := range slots {
		t.counts = append(t.counts, make([]int, len(s.values[slot])))
	}
	return t
}

func (t *tally) reset() {
	t.total = 0
	for _, c := range t.counts {
		clear(c)
	}
}

// valueRanksOf returns the rank directories of column slot in chunk i under the query.
func (v view) valueRanksOf(i, slot int) valueRanks {
	k := v.chunks[i]
	return cached(v.cache, cacheKey{k.serial, v.m.key, slot}, func() valueRanks {
		matching := v.matching(i)
		ranks := make(valueRanks, len(v.values[slot]))
		for n, code := range k.codes[slot] {
			if !matching.has(n) {
				continue
			}
			if ranks[code] == nil {
				ranks[code] = newBitmap(k.len())
			}
			ranks[code].set(n)
		}
		for _, b := range ranks {
			if b != nil {
				b.finish()
			}
		}
		return ranks
	})
}

// add counts the rows in r; delta is deltaRows(r).
func (v view) add(t *tally, slots []int, r keyRange, delta []*row) {
	v.spans(r, func(i, lo, hi int) bool {
		v.addSpan(t, slots, i, lo, hi)
		return true
	})
	for _, d := range delta {
		t.addRow(d, slots)
	}
}

func (t *tally) addRow(r *row, slots []int) {
	t.total++
	for n, slot := range slots {
		t.counts[n][r.codes[slot]]++
	}
}

// addSpan counts rows lo to hi of chunk i: two look-ups per value, then the tombstones are taken off.
func (v view) addSpan(t *tally, slots []int, i, lo, hi int) {
	k, matching := v.chunks[i], v.matching(i)
	t.total += matching.rank(hi) - matching.rank(lo)
	if hi-lo <= 16 {
		v.addFew(t, slots, i, lo, hi)
	} else {
		for n, slot := range slots {
			for code, b := range v.valueRanksOf(i, slot) {
				if b != nil {
					t.counts[n][code] += b.rank(hi) - b.rank(lo)
				}
			}
		}
	}
	v.deadRows(i, lo, hi, func(r int) {
		if !matching.has(r) {
			return
		}
		t.total--
		for n, slot := range slots {
			t.counts[n][k.codes[slot][r]]--
		}
	})
}

// addFew counts a handful of rows one by one, which is cheaper than the directories.
func (v view) addFew(t *tally, slots []int, i, lo, hi int) {
	k, matching := v.chunks[i], v.matching(i)
	for r := lo; r < hi; r++ {
		if !matching.has(r) {
			continue
		}
		for n, slot := range slots {
			t.counts[n][k.codes[slot][r]]++
		}
	}
}

// valueCounts are the rows per value of a column.
type valueCounts []int

func (c valueCounts) bytes() int { return 8 * len(c) }

// addByRow counts the rows in r as add does, for columns that are counted so rarely that ranks of their values would only
// keep others out of the cache: of a whole chunk its counts are kept, of a part the rows are looked at.
func (v view) addByRow(t *tally, slots []int, r keyRange, delta []*row) {
	if len(slots) == 0 {
		return
	}
	v.spans(r, func(i, lo, hi int) bool {
		if lo > 0 || hi < v.chunks[i].len() {
			return v.eachSpan(i, lo, hi, func(row int) bool {
				v.addPlace(t, slots, place{chunk: i, row: row})
				return true
			})
		}
		v.addChunk(t, slots, i)
		return true
	})
	for _, d := range delta {
		t.addRow(d, slots)
	}
}

// addChunk counts all of chunk i that counts.
func (v view) addChunk(t *tally, slots []int, i int) {
	k, matching := v.chunks[i], v.matching(i)
	for n, slot := range slots {
		for code, c := range v.valueCountsOf(i, slot) {
			if c > 0 { // a later snapshot, which knows more values, may have counted
				t.counts[n][code] += c
			}
		}
	}
	v.deadRows(i, 0, k.len(), func(r int) {
		for n, slot := range slots {
			if matching.has(r) {
				t.counts[n][k.codes[slot][r]]--
			}
		}
	})
}

// valueCountsOf counts the rows of chunk i per value of a column, tombstones included.
func (v view) valueCountsOf(i, slot int) valueCounts {
	k := v.chunks[i]
	return cached(v.cache, cacheKey{k.serial, v.m.key, valueCount - slot}, func() valueCounts {
		matching := v.matching(i)
		counts := make(valueCounts, len(v.values[slot]))
		for n, code := range k.codes[slot] {
			if matching.has(n) {
				counts[code]++
			}
		}
		return counts
	})
}
