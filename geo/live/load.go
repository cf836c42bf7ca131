package live

import (
	"context"
	"runtime"

	"golang.org/x/sync/errgroup"

	"jingwei/geo"
)

// Load is a full reading of a layer on its way into an index: add every point to one of its parts, Build, then Publish;
// before that Apply takes in what changed while it was read. Until Publish the index answers, and follows changes, as if
// there were no load. Rows are kept in columns from the start, so that a load needs about twice the memory of what it
// makes. Giving it up needs no call.
type Load struct {
	index *Index
	dict  *dictionaries // with paths of its own: those that only rows had which the load replaces are left behind
	parts []*Part
	pages []*chunk // of all parts
	built *Snapshot
}

// NewLoad begins a load.
func (x *Index) NewLoad() *Load {
	x.writing.Lock()
	defer x.writing.Unlock()
	return &Load{index: x, dict: x.dict.withoutPaths()}
}

// Build sorts the rows, which are those of position at, into chunks, on all processors. It stops between two chunks, with
// the context's error, when ctx is done.
func (l *Load) Build(ctx context.Context, at geo.FeedPosition) error {
	if err := l.adopt(); err != nil {
		return err
	}
	l.link()
	refs := l.sorted()
	s := &Snapshot{position: at, chunks: make([]*chunk, (len(refs)+l.index.sizes.fill-1)/l.index.sizes.fill)}
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(runtime.GOMAXPROCS(0))
	for i := range s.chunks {
		first := i * l.index.sizes.fill
		part, serial := refs[first:min(first+l.index.sizes.fill, len(refs))], l.index.nextSerial()
		group.Go(func() error {
			s.chunks[i] = l.gather(part, serial)
			return ctx.Err()
		})
	}
	if err := group.Wait(); err != nil {
		return err
	}
	s.dead = make([]*bitmap, len(s.chunks))
	l.built, l.parts, l.pages = s, nil, nil
	return nil
}

// adopt brings all parts under the dictionaries of the load.
func (l *Load) adopt() error {
	l.index.writing.Lock() // guards the values, which the index shares
	defer l.index.writing.Unlock()
	for _, p := range l.parts {
		if err := p.adopt(l.dict); err != nil {
			return err
		}
		l.pages = append(l.pages, p.pages...)
	}
	return nil
}

func (x *Index) nextSerial() uint64 {
	x.writing.Lock()
	defer x.writing.Unlock()
	x.serial++
	return x.serial
}

// gather makes a chunk of the rows refs.
func (l *Load) gather(refs []ref, serial uint64) *chunk {
	k := newChunk(len(refs), l.index.columns, serial)
	var scratch row
	for _, r := range refs {
		page, i := l.row(r)
		page.copyRow(i, &scratch)
		scratch.precede(scratch.next)
		k.add(&scratch)
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
