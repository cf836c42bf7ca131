package postgis

import (
	"context"
	"errors"
	"fmt"
	"math"
	"time"

	"github.com/jackc/pgx/v5"

	"jingwei/geo"
)

// maxChanges is how many changed objects one batch may have; a consumer further behind reads everything anew, which
// costs less than so many single rows.
const maxChanges = 200_000

// Feed reads the change feed. It holds no connection between calls, uses connections that nothing else uses, and is
// safe for concurrent use.
//
// A consumer follows one point layer: it calls Load once, then Next with the position that the call before returned. On
// a primary a position is the snapshot of the last read: what it did not see is what is new, whenever it was written, so
// that a long transaction delays nobody else's changes and its own come when it commits. On a replica, whose snapshots
// do not list what runs, only transactions below xmin count.
type Feed struct{ store *Store }

// Batch is what changed after a position.
type Batch struct {
	Position geo.FeedPosition // pass it to the next call
	// Void: the position says nothing any more (epoch, horizon, too far behind), so that the layer must be loaded anew.
	// All layers are in Reloaded then, and there is nothing else.
	Void bool
	// Reloaded are the layers that were loaded or emptied as a whole, sorted: who holds one of them loads it anew.
	Reloaded []string
	// Changed are the ids of the changed objects of the layer that is followed, sorted, also when it was reloaded; of every
	// other layer that changed one id stands for all: of divisions, a code; of jurisdictions, that of an organization.
	Changed map[string][]geo.ID
	// Points are all current rows of the changed objects of the layer that is followed, by id and first day, also when
	// the layer is in Reloaded: a consumer may follow what it holds while it loads anew. A changed object without rows is
	// gone.
	Points []geo.Point
	// Age is how long ago, by the clock of the database, the oldest of the changes of the layer that is followed was
	// written; 0 for none. The time that its transaction stayed open counts.
	Age time.Duration
}

// Feed opens the change feed; it settles what a crash left behind.
func (s *Store) Feed(ctx context.Context) (*Feed, error) {
	at, err := s.Position(ctx)
	if err != nil {
		return nil, err
	}
	s.log.DebugContext(ctx, "change feed", "position", at.String())
	return &Feed{store: s}, nil
}

// Load yields every current row of a point layer ("organizations" or "reports"), in no order, as one snapshot sees them,
// and returns the position of that snapshot. Rows are read as they come: no more than a few are held. An error of yield
// ends it and is returned; a layer without points is geo.ErrNotFound.
func (f *Feed) Load(ctx context.Context, layer string, yield func(geo.Point) error) (geo.FeedPosition, error) {
	return f.LoadParts(ctx, layer, []func(geo.Point) error{func(p geo.Point) error { return yield(p.Clone()) }})
}

// LoadParts is Load over several connections at once: each takes a share of the table and has a function of parts of its
// own, which is called by one goroutine at a time. A point is the feed's again when the function returns: who keeps it
// clones it.
func (f *Feed) LoadParts(ctx context.Context, layer string, parts []func(geo.Point) error) (geo.FeedPosition, error) {
	var at geo.FeedPosition
	source, err := pointSourceOf(layer)
	if err != nil {
		return at, err
	}
	err = f.read(ctx, func(tx pgx.Tx, head feedHead) error {
		at = head.position()
		return f.loadParts(ctx, tx, source, parts)
	})
	if err != nil {
		return geo.FeedPosition{}, fmt.Errorf("load %s: %w", layer, err)
	}
	return at, nil
}

// Next returns what changed since from, with the points of the layer; nothing is an empty batch with a new position. It
// does not wait. A layer without points is geo.ErrNotFound.
func (f *Feed) Next(ctx context.Context, layer string, from geo.FeedPosition) (Batch, error) {
	source, err := pointSourceOf(layer)
	if err != nil {
		return Batch{}, err
	}
	var batch Batch
	err = f.read(ctx, func(tx pgx.Tx, head feedHead) (err error) {
		batch, err = nextBatch(ctx, tx, source, head, from)
		return err
	})
	if err != nil {
		return Batch{}, fmt.Errorf("next changes of %s: %w", layer, err)
	}
	return batch, nil
}

// The lock comes before the snapshot: no partition can be dropped between the look at the horizon and the look at the
// changes.
const sqlKeepPartitions = `lock table only jingwei.change in access share mode`

// errEpochOver says that the epoch must be renewed before anything is read.
var errEpochOver = errors.New("the epoch of the feed does not hold")

// read runs f in a transaction that sees one snapshot.
func (f *Feed) read(ctx context.Context, do func(tx pgx.Tx, head feedHead) error) error {
	options := pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly}
	for attempt := 0; ; attempt++ {
		err := pgx.BeginTxFunc(ctx, f.store.feed, options, func(tx pgx.Tx) error {
			if _, err := tx.Exec(ctx, sqlKeepPartitions); err != nil {
				return err
			}
			head, err := readHead(ctx, tx)
			if err != nil {
				return err
			}
			if !head.alive {
				return errEpochOver
			}
			return do(tx, head)
		})
		if !errors.Is(err, errEpochOver) || attempt == 3 {
			return explain(err)
		}
		if err := f.store.renewFeed(ctx); err != nil {
			return err
		}
	}
}

// void reports whether a consumer at the position may have missed changes that were dropped: those of a transaction up
// to the horizon that it has not seen. One that still runs is no such: its changes, should it have any, cannot have
// been dropped, and without this a transaction older than the horizon would void every position for as long as it is
// open. A replica does not say what runs; there it does void them.
func (h feedHead) void(from geo.FeedPosition) bool {
	if from.Epoch != h.epoch || !from.Sees(h.horizon) {
		return true
	}
	for _, xid := range from.InProgress {
		if xid <= h.horizon && h.snapshot.Sees(xid) {
			return true
		}
	}
	return false
}

func nextBatch(ctx context.Context, tx pgx.Tx, source pointSource, head feedHead, from geo.FeedPosition) (Batch, error) {
	if head.void(from) {
		return voidBatch(head), nil
	}
	ceiling := uint64(math.MaxUint64)
	if head.replica {
		ceiling = head.snapshot.Xmin
		if ceiling < from.Xmax { // the position comes from the primary, which is ahead
			return Batch{Position: from}, nil
		}
	}
	batch, tooMany, err := readChanges(ctx, tx, source.layer.Name, from.Snapshot, ceiling)
	if err != nil {
		return Batch{}, err
	}
	if tooMany {
		return voidBatch(head), nil
	}
	batch.Position = head.position()
	batch.Points, err = source.some(ctx, tx, batch.Changed[source.layer.Name])
	return batch, err
}

func voidBatch(head feedHead) Batch {
	return Batch{Position: head.position(), Void: true, Reloaded: allLayers()}
}

// allLayers are the layers that the feed tells of, sorted.
func allLayers() []string {
	return []string{"divisions", "grids", "jurisdictions", "organizations", "reports"}
}

// Rows of transactions that the last snapshot did not see, and that lie below the ceiling of a replica: all of the layer
// that is followed, one of each other, so that much that happens there makes nobody here read everything anew.
const sqlChanges = `
select c.layer, min(c.id) as id, c.op = 'reload' as reload, extract(epoch from clock_timestamp() - max(c.at))::float8 as age
from jingwei.change c
where (c.xid >= $1 or c.xid = any($2)) and c.xid < $3
group by c.layer, case when c.layer = $5 then c.id end, reload
order by c.layer, id, reload
limit $4`

// readChanges returns a batch without points, or that there are too many changes.
func readChanges(ctx context.Context, q querier, layer string, seen geo.Snapshot, ceiling uint64) (batch Batch, tooMany bool, err error) {
	running := seen.InProgress
	if running == nil {
		running = []uint64{}
	}
	rows, err := q.Query(ctx, sqlChanges, seen.Xmax, running, ceiling, maxChanges+1, layer)
	if err != nil {
		return batch, false, err
	}
	batch.Changed = map[string][]geo.ID{}
	var (
		name   string
		id     geo.ID
		reload bool
		age    float64
	)
	tag, err := pgx.ForEachRow(rows, []any{&name, &id, &reload, &age}, func() error {
		if reload {
			batch.Reloaded = append(batch.Reloaded, name)
		} else {
			batch.Changed[name] = append(batch.Changed[name], id)
		}
		if name == layer && !reload {
			batch.Age = max(batch.Age, time.Duration(age*float64(time.Second)))
		}
		return nil
	})
	return batch, tag.RowsAffected() > maxChanges, err
}
