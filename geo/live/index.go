package live

import (
	"context"
	"fmt"
	"iter"
	"slices"
	"sync"
	"sync/atomic"

	"jingwei/geo"
)

// Index is one edition of one layer. Load and Apply follow the change feed; everyone else asks a Snapshot. It is safe
// for concurrent use.
type Index struct {
	columns *columns
	edition Edition
	cache   *cache
	sizes   sizes

	counters counters

	current atomic.Pointer[Snapshot]

	writing sync.Mutex // held by Load, Apply and Compact; guards what follows
	dict    *dictionaries
	serial  uint64
	moved   chan struct{} // closed when current is replaced
	waiting sync.Mutex    // guards moved
	log     changeLog
}

// New returns an index without a snapshot; Load gives it one.
func New(layer geo.PointLayer, edition Edition) *Index {
	c := newColumns(layer, edition)
	return &Index{
		columns: c, edition: edition, cache: newCache(), sizes: defaultSizes(), dict: newDictionaries(c), moved: make(chan struct{}),
	}
}

// Layer returns the schema that the index was made with.
func (x *Index) Layer() geo.PointLayer { return x.columns.layer }

// Edition returns the edition that the index holds.
func (x *Index) Edition() Edition { return x.edition }

// Snapshot returns the newest view, or nil before the first Load.
func (x *Index) Snapshot() *Snapshot { return x.current.Load() }

// Wait returns when the index has reached at, or with the context's error. A position of another epoch of the feed is
// waited for too, since the index may be about to load anew after a crash of the database; when the context ends it is
// geo.ErrInvalid: it belongs to a database that is not this one.
func (x *Index) Wait(ctx context.Context, at geo.FeedPosition) error {
	for {
		x.waiting.Lock()
		moved := x.moved
		x.waiting.Unlock()
		s := x.Snapshot()
		foreign := s != nil && s.position.Epoch != at.Epoch
		if s != nil && !foreign && s.position.Covers(at.Snapshot) {
			return nil
		}
		select {
		case <-ctx.Done():
			if foreign {
				return geo.Invalid("after", "the position belongs to another database or an earlier restore of it; read again without it")
			}
			return fmt.Errorf("waiting for position %s: %w", at, ctx.Err())
		case <-moved:
		}
	}
}

// publish makes s the newest snapshot; x.writing is held.
func (x *Index) publish(s *Snapshot) {
	s.columns, s.edition, s.cache = x.columns, x.edition, x.cache
	s.values, s.paths = x.dict.view()
	s.log, s.mark = &x.log, x.log.mark()
	x.current.Store(s)
	x.waiting.Lock()
	close(x.moved)
	x.moved = make(chan struct{})
	x.waiting.Unlock()
}

// Load replaces all rows by points, which stand at position at. The points may come in any order. On an error nothing
// changes.
func (x *Index) Load(points iter.Seq2[geo.Point, error], at geo.FeedPosition) error {
	l := x.NewLoad()
	part := l.NewPart()
	for p, err := range points {
		if err != nil {
			return fmt.Errorf("load of layer %s: %w", x.columns.layer.Name, err)
		}
		if err := part.Add(p); err != nil {
			return err
		}
	}
	if err := l.Build(context.Background(), at); err != nil {
		return err
	}
	l.Publish()
	return nil
}

// Withdraw makes the index as it was before the first Load: nothing of it is answered until the next one is published.
func (x *Index) Withdraw() {
	x.writing.Lock()
	defer x.writing.Unlock()
	x.current.Store(nil)
}

// shows reports whether the edition has a row for p.
func (c *columns) shows(p geo.Point) bool { return !p.Valid.Empty() && (p.Public || !c.public) }

// Applied says what a call of Apply changed in the edition. Ids and positions of objects whose rows stayed the same,
// and of those that the edition does not show, are not in it.
type Applied struct {
	IDs     []geo.ID
	Touched []uint64 // keys of rows that went or came, sorted, without duplicates
}

// Tiles returns the tiles of zoom z (1 to 32) in which rows went or came, in the order of keys.
func (a Applied) Tiles(z uint32) []Tile {
	var tiles []Tile
	for _, key := range a.Touched {
		if t := tileOf(key, z); len(tiles) == 0 || tiles[len(tiles)-1] != t {
			tiles = append(tiles, t)
		}
	}
	return tiles
}

// Apply replaces the rows of the objects ids by points, which are all their rows at position at; an object without
// points is gone. Readers of older snapshots are not disturbed. No chunk is copied: rows that go get a tombstone, rows
// that come enter the delta.
func (x *Index) Apply(ids []geo.ID, points []geo.Point, at geo.FeedPosition) (Applied, error) {
	x.writing.Lock()
	defer x.writing.Unlock()
	old := x.current.Load()
	if old == nil {
		return Applied{}, fmt.Errorf("layer %s: changes before the first load", x.columns.layer.Name)
	}
	next, applied, err := x.successor(old, x.dict, ids, points, at)
	if err != nil {
		return Applied{}, err
	}
	x.log.add(ids)
	x.publish(next)
	return applied, nil
}

// successor returns the snapshot that follows old with the change; dict holds what the codes in old's rows mean, and
// x.writing is held.
func (x *Index) successor(old *Snapshot, dict *dictionaries, ids []geo.ID, points []geo.Point, at geo.FeedPosition) (*Snapshot, Applied, error) {
	incoming, err := x.rowsByID(points, dict)
	if err != nil {
		return nil, Applied{}, err
	}
	ids = sortedIDs(ids)
	e := edit{Snapshot: &Snapshot{position: at, chunks: old.chunks, dead: old.dead, delta: old.delta}}
	outgoing := deltaByID(old.delta, ids)
	for _, id := range ids {
		e.replace(id, outgoing[id], incoming[id])
	}
	e.finish()
	slices.Sort(e.applied.Touched)
	e.applied.Touched = slices.Compact(e.applied.Touched)
	return e.Snapshot, e.applied, nil
}

func sortedIDs(ids []geo.ID) []geo.ID {
	ids = slices.Clone(ids)
	slices.Sort(ids)
	return slices.Compact(ids)
}

func (x *Index) rowsByID(points []geo.Point, dict *dictionaries) (map[geo.ID][]*row, error) {
	rows := map[geo.ID][]*row{}
	for _, p := range points {
		if !x.columns.shows(p) {
			continue
		}
		r, err := x.columns.newRow(p, dict)
		if err != nil {
			return nil, fmt.Errorf("change: %w", err)
		}
		rows[p.ID] = append(rows[p.ID], r)
	}
	for _, of := range rows {
		link(of)
	}
	return rows, nil
}

func deltaByID(delta []*row, sorted []geo.ID) map[geo.ID][]*row {
	rows := map[geo.ID][]*row{}
	for _, r := range delta {
		if _, ok := slices.BinarySearch(sorted, r.id); ok {
			rows[r.id] = append(rows[r.id], r)
		}
	}
	return rows
}

// edit builds the successor of a snapshot.
type edit struct {
	*Snapshot
	applied Applied
	gone    map[*row]bool // rows to take out of the delta
	come    []*row        // rows to put into the delta
	copied  map[int]bool  // chunks whose tombstones are already this edit's own
}

// replace puts incoming in the place of all rows of id; inDelta are those that stand in the delta.
func (e *edit) replace(id geo.ID, inDelta, incoming []*row) {
	inChunks := e.rowsInChunks(id)
	if e.same(inChunks, inDelta, incoming) {
		return
	}
	e.applied.IDs = append(e.applied.IDs, id)
	for _, p := range inChunks {
		e.bury(p)
		e.applied.Touched = append(e.applied.Touched, e.chunks[p.chunk].keys[p.row])
	}
	if e.gone == nil {
		e.gone = map[*row]bool{}
	}
	for _, r := range inDelta {
		e.gone[r] = true
		e.applied.Touched = append(e.applied.Touched, r.key)
	}
	for _, r := range incoming {
		e.come = append(e.come, r)
		e.applied.Touched = append(e.applied.Touched, r.key)
	}
}

// rowsInChunks returns the rows of id in chunks that have no tombstone.
func (e *edit) rowsInChunks(id geo.ID) []place {
	var places []place
	for i, k := range e.chunks {
		for _, n := range k.rowsOf(id) {
			if e.dead[i] == nil || !e.dead[i].has(int(n)) {
				places = append(places, place{chunk: i, row: int(n)})
			}
		}
	}
	return places
}

// same reports whether the stored rows of an object equal the incoming ones; a row's hashes stand for its content, and for what
// everyone sees of it.
func (e *edit) same(inChunks []place, inDelta, incoming []*row) bool {
	if len(inChunks)+len(inDelta) != len(incoming) {
		return false
	}
	hashes := map[[2]uint64]bool{}
	for _, r := range incoming {
		hashes[[2]uint64{r.hash, r.open}] = true
	}
	for _, p := range inChunks {
		if !hashes[e.chunks[p.chunk].hashes(p.row)] {
			return false
		}
	}
	for _, r := range inDelta {
		if !hashes[[2]uint64{r.hash, r.open}] {
			return false
		}
	}
	return true
}

// bury sets a tombstone, in a copy of the chunk's tombstones: older snapshots keep theirs.
func (e *edit) bury(p place) {
	if e.copied == nil {
		e.copied = map[int]bool{}
		e.dead = slices.Clone(e.dead)
	}
	if !e.copied[p.chunk] {
		e.copied[p.chunk] = true
		b := newBitmap(e.chunks[p.chunk].len())
		if old := e.dead[p.chunk]; old != nil {
			copy(b.words, old.words)
		}
		e.dead[p.chunk] = b
	}
	e.dead[p.chunk].set(p.row)
}

// finish merges the rows that came into the delta and computes the rank directories of new tombstones.
func (e *edit) finish() {
	for i := range e.copied {
		e.dead[i].finish()
	}
	if len(e.gone) == 0 && len(e.come) == 0 {
		return
	}
	slices.SortFunc(e.come, compare)
	delta, come := make([]*row, 0, len(e.delta)+len(e.come)), e.come
	for _, r := range e.delta {
		if e.gone[r] {
			continue
		}
		for len(come) > 0 && compare(come[0], r) < 0 {
			delta, come = append(delta, come[0]), come[1:]
		}
		delta = append(delta, r)
	}
	e.delta = append(delta, come...)
}
