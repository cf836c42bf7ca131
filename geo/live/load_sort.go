package live

import (
	"cmp"
	"runtime"
	"slices"

	"golang.org/x/sync/errgroup"
)

// ref names a row of the parts of a load: its key, and its page and number there.
type ref struct {
	key uint64
	n   uint32 // page << pageBits | row; pages count through all parts
}

// sorted returns the rows of all parts in the order of compare: each part is sorted by itself, then they are merged.
func (l *Load) sorted() []ref {
	var group errgroup.Group
	group.SetLimit(runtime.GOMAXPROCS(0))
	runs := make([][]ref, len(l.parts))
	first := 0
	for i, p := range l.parts {
		begin := first
		group.Go(func() error {
			runs[i] = l.sortedPart(p, begin)
			return nil
		})
		first += len(p.pages)
	}
	_ = group.Wait() // they return no errors
	for len(runs) > 1 {
		runs = append(runs[2:], l.merge(runs[0], runs[1]))
	}
	if len(runs) == 0 {
		return nil
	}
	return runs[0]
}

// sortedPart returns the rows of a part whose first page has the number begin.
func (l *Load) sortedPart(p *Part, begin int) []ref {
	refs := make([]ref, 0, p.rows())
	for n, k := range p.pages {
		for i, key := range k.keys {
			refs = append(refs, ref{key, uint32((begin+n)<<pageBits | i)})
		}
	}
	refs = sortByKey(refs)
	for lo := 0; lo < len(refs); { // rows of one place are few
		hi := lo + 1
		for hi < len(refs) && refs[hi].key == refs[lo].key {
			hi++
		}
		if hi > lo+1 {
			slices.SortFunc(refs[lo:hi], l.compare)
		}
		lo = hi
	}
	return refs
}

// compare is the order of the rows that a and b name.
func (l *Load) compare(a, b ref) int {
	if a.key != b.key {
		return cmp.Compare(a.key, b.key)
	}
	p, i := l.row(a)
	q, j := l.row(b)
	return cmp.Or(cmp.Compare(p.ids[i], q.ids[j]), cmp.Compare(p.from[i], q.from[j]))
}

func (l *Load) row(r ref) (page *chunk, row int) {
	return l.pages[r.n>>pageBits], int(r.n & (1<<pageBits - 1))
}

func (l *Load) merge(a, b []ref) []ref {
	if len(a) == 0 || len(b) == 0 {
		return append(a, b...)
	}
	merged := make([]ref, 0, len(a)+len(b))
	for len(a) > 0 && len(b) > 0 {
		if l.compare(a[0], b[0]) <= 0 {
			merged, a = append(merged, a[0]), a[1:]
		} else {
			merged, b = append(merged, b[0]), b[1:]
		}
	}
	return append(append(merged, a...), b...)
}

// sortByKey sorts by radix, from the lowest byte of the keys up. It may use refs and return other memory.
func sortByKey(refs []ref) []ref {
	var counts [8][256]int
	for _, r := range refs {
		for d := range counts {
			counts[d][byte(r.key>>(8*d))]++
		}
	}
	from, to := refs, make([]ref, len(refs))
	for d := range counts {
		if slices.Contains(counts[d][:], len(refs)) {
			continue // all have the same byte there
		}
		sum := 0
		for i, n := range counts[d] {
			counts[d][i] = sum
			sum += n
		}
		for _, r := range from {
			at := &counts[d][byte(r.key>>(8*d))]
			to[*at] = r
			*at++
		}
		from, to = to, from
	}
	return from
}
