package live

// tally counts rows per value of the counted columns: counts[n][code] for the n-th counted column.
type tally struct {
	total  int
	counts [][]int
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

// blocksOf returns the counts of column slot in chunk i under the query, tombstones included.
func (v view) blocksOf(i, slot int) *blocks {
	k := v.chunks[i]
	return cached(v.cache, v.blocksKey(k, slot), func() *blocks { return newBlocks(k, slot, v.matching(i)) })
}

func (v view) blocksKey(k *chunk, slot int) cacheKey {
	return cacheKey{k.serial, v.m.keyOf(k), slot}
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

// addSpan counts rows lo to hi of chunk i, then the tombstones are taken off.
func (v view) addSpan(t *tally, slots []int, i, lo, hi int) {
	k, matching := v.chunks[i], v.matching(i)
	t.total += matching.rank(hi) - matching.rank(lo)
	if hi-lo <= 16 {
		v.addFew(t, slots, i, lo, hi)
	} else {
		for n, slot := range slots {
			v.addBlocks(t.counts[n], slot, i, lo, hi)
		}
	}
	v.deadRows(i, lo, hi, func(r int) {
		if !matching.has(r) {
			return
		}
		t.total--
		for n, slot := range slots {
			t.counts[n][k.code(slot, r)]--
		}
	})
}

// addBlocks counts rows lo to hi of chunk i per value of one column.
func (v view) addBlocks(counts []int, slot, i, lo, hi int) {
	k := v.chunks[i]
	var room [mostCounted]uint32
	values := len(k.planes[slot].codes)
	local := room[:min(values, mostCounted)]
	if values > mostCounted {
		local = make([]uint32, values)
	}
	v.blocksOf(i, slot).span(k, slot, v.matching(i), lo, hi, local)
	for n, code := range k.planes[slot].codes {
		counts[code] += int(local[n])
	}
}

// addFew counts a handful of rows one by one, which is cheaper than the directories.
func (v view) addFew(t *tally, slots []int, i, lo, hi int) {
	k, matching := v.chunks[i], v.matching(i)
	for r := lo; r < hi; r++ {
		if !matching.has(r) {
			continue
		}
		for n, slot := range slots {
			t.counts[n][k.code(slot, r)]++
		}
	}
}
