package live

import (
	"runtime"
	"sync"
	"sync/atomic"
)

// fewChunks is how many chunks are worked out by the one who asks, without help.
const fewChunks = 4

// prepare works out for all chunks that have rows in r what the query needs of them and no cache knows, on all processors: the
// rows that count, and the counts of the columns slots. It is an aid only: what is not prepared is worked out when it is
// needed.
func (v view) prepare(r keyRange, slots []int) {
	missing := v.missing(r, slots)
	if len(missing) < fewChunks {
		return
	}
	var (
		next    atomic.Int64
		workers sync.WaitGroup
	)
	for range min(runtime.GOMAXPROCS(0), len(missing)) {
		workers.Go(func() {
			for n := next.Add(1) - 1; n < int64(len(missing)); n = next.Add(1) - 1 {
				v.work(missing[n], slots)
			}
		})
	}
	workers.Wait()
}

func (v view) work(chunk int, slots []int) {
	v.matching(chunk)
	for _, slot := range slots {
		v.blocksOf(chunk, slot)
	}
}

// missing returns the chunks with rows in r of which something is in no cache.
func (v view) missing(r keyRange, slots []int) []int {
	var missing []int
	v.cache.mu.Lock()
	defer v.cache.mu.Unlock()
	v.spans(r, func(i, _, _ int) bool {
		if !v.known(i, slots) {
			missing = append(missing, i)
		}
		return true
	})
	return missing
}

// known reports whether the cache, which is locked, has all of chunk i.
func (v view) known(i int, slots []int) bool {
	k := v.chunks[i]
	if _, ok := v.cache.entries[cacheKey{k.serial, v.m.keyOf(k), valueRows}]; !ok && !v.m.everything(k) {
		return false
	}
	for _, slot := range slots {
		if _, ok := v.cache.entries[v.blocksKey(k, slot)]; !ok {
			return false
		}
	}
	return true
}
