package postgis

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"github.com/jackc/pgx/v5"

	"jingwei/geo"
)

const sqlSamplePart = `select p.base, p.done, p.total from jingwei.sample_part p where p.name = $1`

// SamplePart tells of a load that was given the name part: the id of its row 0 (the others follow), how many of its rows
// are committed, and how many it has. All are 0 for one that was never begun.
func (s *Store) SamplePart(ctx context.Context, part string) (base geo.ID, done, total int, err error) {
	err = s.owner.QueryRow(ctx, sqlSamplePart, part).Scan(&base, &done, &total)
	if errors.Is(err, pgx.ErrNoRows) {
		return 0, 0, 0, nil
	}
	if err != nil {
		return 0, 0, 0, fmt.Errorf("sample part %s: %w", part, explain(err))
	}
	return base, done, total, nil
}

// partLoad is a load whose rows are numbered and whose progress is committed with them, so that it goes on where it was
// interrupted and writes nothing a second time. B is a batch of rows in the form that they are written in.
type partLoad[B any] struct {
	name    string
	total   int
	begin   func(base geo.ID)                                   // before the first batch is made
	prepare func(lo, hi int) (B, error)                         // the rows lo <= i < hi, while the batch before is written
	write   func(ctx context.Context, tx pgx.Tx, batch B) error // into the tables
	base    geo.ID                                              // of row 0
	done    int                                                 // rows below were committed before
	ready   chan preparedBatch[B]
}

type preparedBatch[B any] struct {
	batch B
	err   error
}

// load runs p as the bulk load that load describes and returns the number of rows written now.
func (p *partLoad[B]) load(ctx context.Context, s *Store, load bulkLoad, progress Progress) (int, error) {
	ctx, cancel := context.WithCancel(ctx)
	var preparing sync.WaitGroup
	defer preparing.Wait()
	defer cancel()
	p.ready = make(chan preparedBatch[B])
	steps := []bulkStep{{run: func(ctx context.Context, tx pgx.Tx) (int, error) {
		if err := p.open(ctx, tx); err != nil {
			return 0, err
		}
		p.begin(p.base)
		preparing.Go(func() { p.prepareAll(ctx) })
		return 0, nil
	}}}
	for lo := 0; lo < p.total; lo += bulkBatch {
		hi := min(lo+bulkBatch, p.total)
		steps = append(steps, bulkStep{
			rows: hi - lo,
			over: func() bool { return hi <= p.done },
			run:  func(ctx context.Context, tx pgx.Tx) (int, error) { return p.step(ctx, tx, max(lo, p.done), hi) },
		})
	}
	load.report = func() any { return p.name }
	return s.bulkSteps(ctx, load, steps, progress)
}

const (
	sqlBeginPart = `
insert into jingwei.sample_part (name, base, total)
select $1, jingwei.reserve_ids($2), $2
where not exists (select from jingwei.sample_part p where p.name = $1)
on conflict do nothing`
	sqlLockPart = sqlSamplePart + ` for update`
	sqlStepPart = `update jingwei.sample_part p set done = $3 where p.name = $1 and p.done = $2`
)

// open finds out how far the part has come, or begins it.
func (p *partLoad[B]) open(ctx context.Context, tx pgx.Tx) error {
	if _, err := tx.Exec(ctx, sqlBeginPart, p.name, int64(p.total)); err != nil {
		return err
	}
	total := 0
	if err := tx.QueryRow(ctx, sqlLockPart, p.name).Scan(&p.base, &p.done, &total); err != nil {
		return err
	}
	if total != p.total {
		return &geo.Error{Kind: geo.ErrConflict, Message: fmt.Sprintf(
			"the load %q was begun with %d rows, not %d: finish it as it was begun, or load into an empty database", p.name, total, p.total)}
	}
	return nil
}

// prepareAll makes the batches that are missing, each while the one before is written, until the load ends.
func (p *partLoad[B]) prepareAll(ctx context.Context) {
	for lo := p.done; lo < p.total; {
		hi := min((lo/bulkBatch+1)*bulkBatch, p.total)
		batch, err := p.prepare(lo, hi)
		select {
		case p.ready <- preparedBatch[B]{batch, err}:
		case <-ctx.Done():
			return
		}
		lo = hi
	}
}

// step writes the rows lo <= i < hi. The row of the part is locked first: should a transaction of this load that lost
// its client still run, its rows are counted before these are written.
func (p *partLoad[B]) step(ctx context.Context, tx pgx.Tx, lo, hi int) (int, error) {
	var next preparedBatch[B]
	select {
	case next = <-p.ready:
	case <-ctx.Done():
		return 0, ctx.Err()
	}
	if next.err != nil {
		return 0, next.err
	}
	tag, err := tx.Exec(ctx, sqlStepPart, p.name, int64(lo), int64(hi))
	if err != nil {
		return 0, err
	}
	if tag.RowsAffected() == 0 {
		return 0, &geo.Error{Kind: geo.ErrConflict, Message: fmt.Sprintf("the load %q is being done by somebody else", p.name)}
	}
	return hi - lo, p.write(ctx, tx, next.batch)
}
