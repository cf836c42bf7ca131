package postgis

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"jingwei/geo"
)

// Progress is told how many of the rows have been committed.
type Progress func(done, total int)

// bulkBatch is the most rows that one transaction of a bulk load writes.
const bulkBatch = 5000

// endOfBulk bounds the last step of a load whose caller has gone.
const endOfBulk = 30 * time.Second

// bulkLoad is a load of one layer: its transactions write no changes of their own, one reload at the end stands for all
// of them. A row of jingwei.bulk_load remembers that the reload is due, should the loader die.
type bulkLoad struct {
	pool  *pgxpool.Pool
	conn  *pgxpool.Conn // holds the advisory lock
	layer string
	table string // analyzed at the end
	due   bool   // a reload must be written
	dry   bool   // every step is rolled back
	told  bool   // the steps write what the audit tells

	action string     // what the audit calls it
	report func() any // what it tells of it beside the numbers of rows; optional
	sum    bulkSum
}

// bulkSum is what the audit tells of a load.
type bulkSum struct {
	Layer   string `json:"layer"`
	Rows    int    `json:"rows"`    // given
	Done    int    `json:"done"`    // of these, committed or known before
	Changed int    `json:"changed"` // rows in the database
	Report  any    `json:"report,omitempty"`
}

const (
	sqlLockBulk = `select pg_advisory_lock(jingwei.bulk_lock($1))`
	// No row when a loader died before this one.
	sqlBeginBulk  = `insert into jingwei.bulk_load (layer) values ($1) on conflict do nothing`
	sqlUnlockBulk = `select pg_advisory_unlock(jingwei.bulk_lock($1))`
)

// bulkStep is one transaction of a bulk load: so many rows, and what writes them and returns how many it changed. Over,
// when set, tells that they were written before, so that there is nothing to do.
type bulkStep struct {
	rows int
	run  func(ctx context.Context, tx pgx.Tx) (int, error)
	over func() bool
}

// bulk calls batch for the rows lo <= i < hi of total, each call in a transaction of its own; batch returns how many
// rows it changed. It waits for another load of the layer. The number of changed rows is returned with any error. Of load
// layer, table and what the audit tells are given. The audit has one entry of a load that changed anything.
func (s *Store) bulk(ctx context.Context, load bulkLoad, total int, progress Progress,
	batch func(ctx context.Context, tx pgx.Tx, lo, hi int) (int, error)) (changed int, err error) {
	var steps []bulkStep
	for lo := 0; lo < total; lo += bulkBatch {
		hi := min(lo+bulkBatch, total)
		steps = append(steps, bulkStep{
			rows: hi - lo,
			run:  func(ctx context.Context, tx pgx.Tx) (int, error) { return batch(ctx, tx, lo, hi) },
		})
	}
	return s.bulkSteps(ctx, load, steps, progress)
}

// bulkSteps runs steps one after the other, as bulk does.
func (s *Store) bulkSteps(ctx context.Context, load bulkLoad, steps []bulkStep, progress Progress) (changed int, err error) {
	conn, err := s.owner.Acquire(ctx)
	if err != nil {
		return 0, explain(err)
	}
	load.pool, load.conn = s.owner, conn
	defer func() { load.conn.Release() }()
	if err := load.begin(ctx); err != nil {
		return 0, explain(err)
	}
	done, total := 0, 0
	for _, step := range steps {
		total += step.rows
	}
	for i := 0; i < len(steps) && err == nil; i++ {
		if steps[i].over != nil && steps[i].over() {
			done += steps[i].rows
			continue
		}
		var n int
		n, err = load.run(ctx, func(tx pgx.Tx) (int, error) { return steps[i].run(ctx, tx) })
		changed += n
		if err != nil {
			break
		}
		done += steps[i].rows
		if progress != nil && steps[i].rows > 0 {
			progress(done, total)
		}
	}
	load.sum = bulkSum{Layer: load.layer, Rows: total, Done: done, Changed: changed}
	return changed, explain(errors.Join(err, load.end(ctx)))
}

func (b *bulkLoad) begin(ctx context.Context) error {
	if _, err := b.conn.Exec(ctx, sqlLockBulk, b.layer); err != nil {
		return err
	}
	tag, err := b.conn.Exec(ctx, sqlBeginBulk, b.layer)
	b.due = tag.RowsAffected() == 0
	if err != nil {
		b.conn.Conn().Close(ctx) // the lock must not return to the pool
	}
	return err
}

const (
	// The indexes of grams take their rows in sorted portions, which halves the time of a load; a search has at most one
	// portion to walk.
	sqlBulk = `select set_config('jingwei.bulk', 'on', true), set_config('gin_pending_list_limit', '1MB', true)`
	// What a batch commits is drawn from then on: tiles of before and after must not bear the same generation.
	sqlRaiseGeneration = `update jingwei.generation g set n = g.n + 1 where g.layer = $1`
)

// errDry rolls a step of a dry run back.
var errDry = errors.New("dry run")

func (b *bulkLoad) run(ctx context.Context, batch func(tx pgx.Tx) (int, error)) (n int, err error) {
	err = pgx.BeginFunc(ctx, b.conn, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, sqlBulk); err != nil {
			return err
		}
		n, err = batch(tx)
		if err == nil && b.dry {
			return errDry
		}
		if err != nil || n == 0 {
			return err
		}
		_, err = tx.Exec(ctx, sqlRaiseGeneration, b.layer)
		return err
	})
	if errors.Is(err, errDry) {
		return n, nil
	}
	// A commit whose answer was lost may have happened all the same.
	b.due = b.due || n > 0
	if err != nil {
		return 0, err
	}
	return n, nil
}

const (
	sqlEndBulk = `delete from jingwei.bulk_load where layer = $1`
	sqlReload  = `select jingwei.reload($1)`
	// What waits for the indexes of grams of a table goes into them.
	sqlCleanGrams = `
select count(gin_clean_pending_list(i.indexrelid))
from pg_index i
join pg_class c on c.oid = i.indexrelid
join pg_am a on a.oid = c.relam and a.amname = 'gin'
where i.indrelid = $1::text::regclass`
)

// end writes the reload when one is due, also when ctx is done: batches are committed that nobody has heard of.
func (b *bulkLoad) end(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), endOfBulk)
	defer cancel()
	if err := b.reconnect(ctx); err != nil {
		return err
	}
	err := pgx.BeginFunc(ctx, b.conn, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, sqlEndBulk, b.layer); err != nil {
			return err
		}
		if !b.due {
			return nil
		}
		if _, err := tx.Exec(ctx, sqlReload, b.layer); err != nil {
			return err
		}
		return b.audit(ctx, tx)
	})
	if err == nil && b.due {
		err = b.settle(ctx)
	}
	_, unlock := b.conn.Exec(ctx, sqlUnlockBulk, b.layer)
	if unlock != nil {
		b.conn.Conn().Close(ctx)
	}
	return errors.Join(err, unlock)
}

func (b *bulkLoad) audit(ctx context.Context, tx pgx.Tx) error {
	if b.told {
		return nil
	}
	if b.report != nil {
		b.sum.Report = b.report()
	}
	return audit(ctx, tx, b.action, geo.AuditObject{}, []geo.ID{}, nil, b.sum)
}

// settle leaves the table as searches and the planner like it.
func (b *bulkLoad) settle(ctx context.Context) error {
	if _, err := b.conn.Exec(ctx, sqlCleanGrams, b.table); err != nil {
		return err
	}
	_, err := b.conn.Exec(ctx, "analyze "+b.table)
	return err
}

// reconnect takes another connection when the load has lost its own, as it does when its caller goes away in the middle
// of a statement; the lock falls free when the server notices.
func (b *bulkLoad) reconnect(ctx context.Context) error {
	if !b.conn.Conn().IsClosed() {
		return nil
	}
	conn, err := b.pool.Acquire(ctx)
	if err != nil {
		return err
	}
	b.conn.Release()
	b.conn = conn
	_, err = conn.Exec(ctx, sqlLockBulk, b.layer)
	return err
}

const sqlAbandoned = `
delete from jingwei.bulk_load b
where pg_try_advisory_xact_lock(jingwei.bulk_lock(b.layer))
returning b.layer`

// FinishLoads writes the reloads that loaders which died owe, and that they died into the audit; without them, consumers
// do not hear of what these had committed. It costs one look at an empty table otherwise: call it each minute. Several
// nodes may.
func (s *Store) FinishLoads(ctx context.Context) error {
	var gone []string
	err := pgx.BeginFunc(ctx, s.owner, func(tx pgx.Tx) (err error) {
		if gone, err = column[string](ctx, tx, sqlAbandoned); err != nil {
			return err
		}
		for _, layer := range gone {
			if _, err := tx.Exec(ctx, sqlReload, layer); err != nil {
				return err
			}
			if err := audit(ctx, tx, geo.AuditInterrupted, geo.AuditObject{}, []geo.ID{}, nil, bulkSum{Layer: layer}); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("finish abandoned loads: %w", explain(err))
	}
	if len(gone) > 0 {
		s.log.WarnContext(ctx, "a bulk load was interrupted: its layers are read anew", "layers", gone)
	}
	return nil
}
