package postgis

import (
	"context"
	"errors"
	"fmt"
	"math"

	"github.com/jackc/pgx/v5"

	"jingwei/geo"
)

// maxChanges is how many changed objects one batch may have; a consumer further behind reads everything anew, which
// costs less than so many single rows.
const maxChanges = 200_000

// Feed reads the change feed. It holds no connection between calls, uses connections that nothing else uses, and is
// safe for concurrent use.
//
// A consumer calls LoadOrganizations once, then Next with the position that the call before returned. On a primary a
// position is the snapshot of the last read: what it did not see is what is new, whenever it was written, so that a
// long transaction delays nobody else's changes and its own come when it commits. On a replica, whose snapshots do not
// list what runs, only transactions below xmin count.
type Feed struct{ store *Store }

// Batch is what changed after a position.
type Batch struct {
	Position geo.FeedPosition // pass it to the next call
	// Reload: the position says nothing any more (epoch, horizon, too far behind) or the layer organizations was loaded
	// or emptied: call LoadOrganizations. Points is empty then, and Changed speaks of the other layers only.
	Reload bool
	// Reloaded are the layers that were loaded or emptied as a whole, sorted; all layers when the position is void.
	Reloaded []string
	// Changed are the ids of changed objects per layer, sorted; of divisions, their codes. A layer that was loaded or
	// emptied has the id 0 among them, as in geo.Change.
	Changed map[string][]geo.ID
	// Points are all current-knowledge rows of the changed organizations, by id and first day. A changed organization
	// without rows is gone.
	Points []geo.Point
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

const sqlLoadPoints = `
select` + pointColumns + `
from jingwei.organization_version v
join jingwei.organization o on o.id = v.organization_id
where upper_inf(v.recorded)
order by v.organization_id, v.valid`

// LoadOrganizations yields every current-knowledge row of the layer organizations, by id and first day, as one
// snapshot sees them, and returns the position of that snapshot. An error of yield ends it and is returned.
func (f *Feed) LoadOrganizations(ctx context.Context, yield func(geo.Point) error) (geo.FeedPosition, error) {
	var at geo.FeedPosition
	err := f.read(ctx, func(tx pgx.Tx, head feedHead) error {
		at = head.position()
		if _, err := tx.Exec(ctx, `set local work_mem = '128MB'`); err != nil {
			return err
		}
		return eachPoint(ctx, tx, yield, sqlLoadPoints)
	})
	if err != nil {
		return geo.FeedPosition{}, fmt.Errorf("load organizations: %w", err)
	}
	return at, nil
}

// Next returns what changed since from; nothing is an empty batch with a new position. It does not wait.
func (f *Feed) Next(ctx context.Context, from geo.FeedPosition) (Batch, error) {
	var batch Batch
	err := f.read(ctx, func(tx pgx.Tx, head feedHead) (err error) {
		batch, err = nextBatch(ctx, tx, head, from)
		return err
	})
	if err != nil {
		return Batch{}, fmt.Errorf("next changes: %w", err)
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
		if err := f.store.renewFeed(ctx, f.store.feed); err != nil {
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

func nextBatch(ctx context.Context, tx pgx.Tx, head feedHead, from geo.FeedPosition) (Batch, error) {
	if head.void(from) {
		return Batch{Position: head.position(), Reload: true, Reloaded: allLayers()}, nil
	}
	ceiling := uint64(math.MaxUint64)
	if head.replica {
		ceiling = head.snapshot.Xmin
		if ceiling < from.Xmax { // the position comes from the primary, which is ahead
			return Batch{Position: from}, nil
		}
	}
	batch, err := readChanges(ctx, tx, from.Snapshot, ceiling)
	batch.Position = head.position()
	if err != nil || batch.Reload {
		return batch, err
	}
	batch.Points, err = readPoints(ctx, tx, batch.Changed[geo.OrganizationLayer().Name])
	return batch, err
}

// Rows of transactions that the last snapshot did not see, and that lie below the ceiling of a replica.
const sqlChanges = `
select c.layer, c.id, c.op = 'reload' as reload
from jingwei.change c
where (c.xid >= $1 or c.xid = any($2)) and c.xid < $3
group by c.layer, c.id, reload
order by c.layer, c.id, reload
limit $4`

func readChanges(ctx context.Context, q querier, seen geo.Snapshot, ceiling uint64) (Batch, error) {
	running := seen.InProgress
	if running == nil {
		running = []uint64{}
	}
	rows, err := q.Query(ctx, sqlChanges, seen.Xmax, running, ceiling, maxChanges+1)
	if err != nil {
		return Batch{}, err
	}
	batch := Batch{Changed: map[string][]geo.ID{}}
	var (
		layer  string
		id     geo.ID
		reload bool
	)
	tag, err := pgx.ForEachRow(rows, []any{&layer, &id, &reload}, func() error {
		if reload {
			batch.Reloaded = append(batch.Reloaded, layer)
		}
		batch.Changed[layer] = append(batch.Changed[layer], id)
		batch.Reload = batch.Reload || reload && layer == geo.OrganizationLayer().Name
		return nil
	})
	if err != nil {
		return Batch{}, err
	}
	if tag.RowsAffected() > maxChanges {
		return Batch{Reload: true, Reloaded: allLayers()}, nil
	}
	if batch.Reload {
		delete(batch.Changed, geo.OrganizationLayer().Name)
	}
	return batch, nil
}

func allLayers() []string { return []string{"divisions", geo.OrganizationLayer().Name} }

const sqlPoints = `
select` + pointColumns + `
from jingwei.organization_version v
join jingwei.organization o on o.id = v.organization_id
where v.organization_id = any($1) and upper_inf(v.recorded)
order by v.organization_id, v.valid`

func readPoints(ctx context.Context, q querier, ids []geo.ID) ([]geo.Point, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	points := make([]geo.Point, 0, len(ids))
	err := eachPoint(ctx, q, func(p geo.Point) error {
		points = append(points, p)
		return nil
	}, sqlPoints, ids)
	return points, err
}

func eachPoint(ctx context.Context, q querier, yield func(geo.Point) error, sql string, args ...any) error {
	rows, err := q.Query(ctx, sql, args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	reader := newPointReader()
	for rows.Next() {
		p, err := reader.point(rows.RawValues())
		if err != nil {
			return err
		}
		if err := yield(p); err != nil {
			return err
		}
	}
	return rows.Err()
}
