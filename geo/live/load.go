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
	refs  []ref    // their rows in order
	built *Snapshot

	source  *Load      // of the edition that this one's rows are taken from; nil for parts of its own
	codes   [][]uint16 // by slot and the source's code
	derived bool       // another load takes its rows from this one
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
	if err := l.collect(); err != nil {
		return err
	}
	fill := l.index.sizes.fill
	s := &Snapshot{position: at, chunks: make([]*chunk, (len(l.refs)+fill-1)/fill)}
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(runtime.GOMAXPROCS(0))
	for i := range s.chunks {
		part, serial := l.refs[i*fill:min((i+1)*fill, len(l.refs))], l.index.nextSerial()
		group.Go(func() error {
			if ctx.Err() == nil {
				s.chunks[i] = l.chunk(part, serial)
			}
			return ctx.Err()
		})
	}
	if err := group.Wait(); err != nil {
		return err
	}
	s.dead = make([]*bitmap, len(s.chunks))
	l.built = s
	if !l.derived {
		l.parts, l.pages, l.refs = nil, nil, nil
	}
	return nil
}

// collect brings all rows under the dictionaries of the load, and into order.
func (l *Load) collect() error {
	if l.source != nil {
		return l.derive()
	}
	if err := l.adopt(); err != nil {
		return err
	}
	for _, p := range l.parts {
		l.pages = append(l.pages, p.pages...)
	}
	l.link(everyRow)
	l.refs = l.sorted()
	return nil
}

func (l *Load) adopt() error {
	l.index.writing.Lock() // guards the values, which the index shares
	defer l.index.writing.Unlock()
	for _, p := range l.parts {
		if err := p.adopt(l.dict); err != nil {
			return err
		}
	}
	return nil
}

func (l *Load) chunk(refs []ref, serial uint64) *chunk {
	if l.source != nil {
		return l.gatherDerived(refs, serial)
	}
	return l.gather(refs, serial)
}

func (x *Index) nextSerial() uint64 {
	x.writing.Lock()
	defer x.writing.Unlock()
	x.serial++
	return x.serial
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
	l.index.dict = l.dict // the values are the index's own, unless they come from a file
	l.index.log.reload()
	l.index.publish(l.built)
	l.index.counters.loads.Add(1)
	l.built = nil
}
