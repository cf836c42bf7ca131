package live

import (
	"cmp"
	"context"
	"slices"

	"jingwei/geo"
)

// Load is a full reading of a layer on its way into an index: Add every point, Build, then Publish; before that Apply
// takes in what changed while it was read. Until Publish the index answers, and follows changes, as if there were no
// load. Rows are kept in columns from the start, so that a load needs about twice the memory of what it makes. One
// goroutine at a time may use a Load; giving it up needs no call.
type Load struct {
	index   *Index
	dict    *dictionaries // with paths of its own: those that only rows had which the load replaces are left behind
	pages   []*chunk      // rows in the order of Add; not finished
	scratch row
	built   *Snapshot
}

// pageBits is the binary logarithm of the rows of a page.
const pageBits = 16

// NewLoad begins a load.
func (x *Index) NewLoad() *Load {
	x.writing.Lock()
	defer x.writing.Unlock()
	return &Load{index: x, dict: x.dict.withoutPaths()}
}

// Add takes a point; those that the edition does not show are left out.
func (l *Load) Add(p geo.Point) error {
	if !l.index.shows(p) {
		return nil
	}
	l.index.writing.Lock() // guards the dictionaries
	err := l.index.columns.fill(&l.scratch, p, l.dict)
	l.index.writing.Unlock()
	if err != nil {
		return err
	}
	if n := len(l.pages); n == 0 || l.pages[n-1].len() == 1<<pageBits {
		l.pages = append(l.pages, newChunk(1<<pageBits, l.index.columns, 0))
	}
	l.pages[len(l.pages)-1].add(&l.scratch)
	return nil
}

// ref names a row of the pages: its number in the order of Add.
type ref struct {
	key uint64
	n   uint32
}

// Build sorts the rows, which are those of position at, into chunks. It stops between two chunks, with the context's
// error, when ctx is done.
func (l *Load) Build(ctx context.Context, at geo.FeedPosition) error {
	l.link()
	refs := l.sorted()
	s := &Snapshot{position: at}
	for part := range slices.Chunk(refs, l.index.sizes.fill) {
		if err := ctx.Err(); err != nil {
			return err
		}
		s.chunks = append(s.chunks, l.gather(part))
	}
	s.dead = make([]*bitmap, len(s.chunks))
	l.built, l.pages = s, nil
	return nil
}

func (l *Load) sorted() []ref {
	rows := 0
	for _, k := range l.pages {
		rows += k.len()
	}
	refs := make([]ref, 0, rows)
	for p, k := range l.pages {
		for i, key := range k.keys {
			refs = append(refs, ref{key, uint32(p<<pageBits | i)})
		}
	}
	slices.SortFunc(refs, func(a, b ref) int {
		if a.key != b.key {
			return cmp.Compare(a.key, b.key)
		}
		p, i := l.row(a)
		q, j := l.row(b)
		return cmp.Or(cmp.Compare(p.ids[i], q.ids[j]), cmp.Compare(p.from[i], q.from[j]))
	})
	return refs
}

func (l *Load) row(r ref) (page *chunk, row int) {
	return l.pages[r.n>>pageBits], int(r.n & (1<<pageBits - 1))
}

// gather makes a chunk of the rows refs.
func (l *Load) gather(refs []ref) *chunk {
	l.index.writing.Lock()
	l.index.serial++
	serial := l.index.serial
	l.index.writing.Unlock()
	k := newChunk(len(refs), l.index.columns, serial)
	for _, r := range refs {
		page, i := l.row(r)
		page.copyRow(i, &l.scratch)
		l.scratch.precede(l.scratch.next)
		k.add(&l.scratch)
	}
	return k.finish()
}

// Apply replaces the rows of the objects ids by points, as Index.Apply does, in what was built and not yet published.
func (l *Load) Apply(ids []geo.ID, points []geo.Point, at geo.FeedPosition) error {
	l.index.writing.Lock()
	defer l.index.writing.Unlock()
	next, _, err := l.index.successor(l.built, l.dict, ids, points, at)
	if err == nil {
		l.built = next
	}
	return err
}

// Publish replaces all rows of the index by those of the load.
func (l *Load) Publish() {
	l.index.writing.Lock()
	defer l.index.writing.Unlock()
	for _, p := range l.dict.paths {
		p.keep()
	}
	l.index.dict.paths = l.dict.paths
	l.index.log.reload()
	l.index.publish(l.built)
	l.built = nil
}
