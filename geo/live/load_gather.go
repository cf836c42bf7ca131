package live

import (
	"slices"

	"jingwei/geo"
)

// gather makes a chunk of the rows refs, column by column.
func (l *Load) gather(refs []ref, serial uint64) *chunk {
	k, p := newChunk(len(refs), l.index.columns, serial), picker{pages: l.pages, refs: refs}
	p.common(k)
	k.sums = p.sums(k.sums, func(k *chunk) []uint64 { return k.sums })
	k.opens = p.opens(k.opens)
	for slot := range k.codes {
		k.codes[slot] = pick(p, k.codes[slot], func(k *chunk) []uint16 { return k.codes[slot] })
	}
	for slot := range k.numbers {
		k.numbers[slot] = pick(p, k.numbers[slot], func(k *chunk) []int64 { return k.numbers[slot] })
	}
	for slot := range k.paths {
		k.paths[slot] = pick(p, k.paths[slot], func(k *chunk) []pathCode { return k.paths[slot] })
	}
	for slot := range k.texts {
		p.texts(&k.texts[slot], slot)
	}
	return k.finish()
}

// common fills the columns that are the same in all editions.
func (p picker) common(k *chunk) {
	for _, r := range p.refs {
		k.keys = append(k.keys, r.key)
	}
	k.ids = pick(p, k.ids, func(k *chunk) []geo.ID { return k.ids })
	k.at = pick(p, k.at, func(k *chunk) []geo.Position { return k.at })
	k.division = pick(p, k.division, func(k *chunk) []geo.DivisionCode { return k.division })
	k.from = pick(p, k.from, func(k *chunk) []geo.Day { return k.from })
	k.to = pick(p, k.to, func(k *chunk) []geo.Day { return k.to })
	k.next = pick(p, k.next, func(k *chunk) []geo.Day { return k.next })
	k.lastFrom, k.firstTo, k.firstNext = slices.Max(k.from), slices.Min(k.to), slices.Min(k.next)
}

// picker takes rows out of the pages of a load.
type picker struct {
	pages []*chunk
	refs  []ref
}

// pick fills to with a column of the rows.
func pick[T any](p picker, to []T, column func(k *chunk) []T) []T {
	columns := make([][]T, len(p.pages))
	for i, k := range p.pages {
		columns[i] = column(k)
	}
	for _, r := range p.refs {
		to = append(to, columns[r.n>>pageBits][r.n&(1<<pageBits-1)])
	}
	return to
}

// sums continues to, which begins with 0, by the sums of the hashes of the rows, of which column has those without what
// comes after.
func (p picker) sums(to []uint64, column func(k *chunk) []uint64) []uint64 {
	sum := uint64(0)
	for _, r := range p.refs {
		page, i := p.pages[r.n>>pageBits], r.n&(1<<pageBits-1)
		sums := column(page)
		sum += preceded(sums[i+1]-sums[i], page.next[i])
		to = append(to, sum)
	}
	return to
}

// opens is the same for hashes that do not tell what comes after; nil stays nil.
func (p picker) opens(to []uint64) []uint64 {
	if to == nil {
		return nil
	}
	sum := uint64(0)
	for _, r := range p.refs {
		opens, i := p.pages[r.n>>pageBits].opens, r.n&(1<<pageBits-1)
		sum += opens[i+1] - opens[i]
		to = append(to, sum)
	}
	return to
}

// texts fills an arena, which is made as large as it must be.
func (p picker) texts(to *arena, slot int) {
	size := 0
	for _, r := range p.refs {
		size += len(p.text(r, slot))
	}
	to.bytes = make([]byte, 0, size)
	for _, r := range p.refs {
		to.bytes = append(to.bytes, p.text(r, slot)...)
		to.ends = append(to.ends, uint32(len(to.bytes)))
	}
}

func (p picker) text(r ref, slot int) []byte {
	return p.pages[r.n>>pageBits].texts[slot].raw(int(r.n & (1<<pageBits - 1)))
}
