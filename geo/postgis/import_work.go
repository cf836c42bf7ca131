package postgis

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"jingwei/geo"
)

// ImportWork is an import that this process works on; no other does. It is not safe for concurrent use.
type ImportWork struct {
	Job geo.ImportJob // as it was when it was claimed, with what was done since

	store           *Store
	conn            *pgxpool.Conn // holds the advisory lock
	actor           geo.Actor     // who asked for it
	see             geo.Scope
	stored, granted geo.Scope // where they could write when they asked, and can now: both hold
	progress        Progress
}

const (
	sqlActiveImports = `
select j.id from jingwei.import_job j
where j.state in ('checking', 'running', 'undoing') and ($1 = 0 or j.id = $1)
order by j.id`
	sqlLockImport   = `select pg_try_advisory_lock(hashtextextended('jingwei import ' || $1, 0))`
	sqlUnlockImport = `select pg_advisory_unlock(hashtextextended('jingwei import ' || $1, 0))`
	sqlImportActor  = `select j.actor, j.see_scope, j.write_scope from jingwei.import_job j where j.id = $1`
)

// ClaimImport takes an import that is to be checked, run or undone and that nobody works on; the given one, or any for 0. It is nil when
// there is none. An import whose worker died is one of them. progress may be nil.
func (s *Store) ClaimImport(ctx context.Context, id geo.ID, progress Progress) (*ImportWork, error) {
	ids, err := column[geo.ID](ctx, s.owner, sqlActiveImports, id)
	if err != nil {
		return nil, fmt.Errorf("claim import: %w", explain(err))
	}
	for _, id := range ids {
		w, err := s.claimImport(ctx, id)
		if err != nil {
			return nil, fmt.Errorf("claim import %d: %w", id, explain(err))
		}
		if w != nil {
			w.progress = progress
			return w, nil
		}
	}
	return nil, nil
}

func (s *Store) claimImport(ctx context.Context, id geo.ID) (*ImportWork, error) {
	conn, err := s.owner.Acquire(ctx)
	if err != nil {
		return nil, err
	}
	w := &ImportWork{store: s, conn: conn}
	var locked bool
	if err := conn.QueryRow(ctx, sqlLockImport, id.String()).Scan(&locked); err != nil || !locked {
		conn.Release()
		return nil, err
	}
	w.Job.ID = id
	if err = w.read(ctx, id); err != nil || !w.Job.Active() { // it may be done by now
		w.Close(ctx)
		return nil, err
	}
	return w, nil
}

func (w *ImportWork) read(ctx context.Context, id geo.ID) (err error) {
	if w.Job, err = oneImport(ctx, w.conn, sqlImport, id); err != nil {
		if errors.Is(err, pgx.ErrNoRows) {
			w.Job.ID = id
			return nil
		}
		return err
	}
	var actor []byte
	var see, stored string
	if err := w.conn.QueryRow(ctx, sqlImportActor, id).Scan(&actor, &see, &stored); err != nil {
		return err
	}
	if w.see, err = parseScope(see); err != nil {
		return err
	}
	if w.stored, err = parseScope(stored); err != nil {
		return err
	}
	return json.Unmarshal(actor, &w.actor)
}

// authorize finds out where whoever asked may write now: what was taken away from them since is not theirs any more.
func (w *ImportWork) authorize(ctx context.Context, q querier) error {
	w.granted = geo.Everywhere()
	if w.actor.Account == 0 {
		return nil
	}
	today := w.store.today()
	held, err := heldGrants(ctx, q, today, w.actor.Account)
	if err != nil {
		return err
	}
	u := geo.Authority{Account: w.actor.Account}
	for _, g := range held {
		u.Grants = append(u.Grants, g.Grant)
	}
	var disabled bool
	if err := q.QueryRow(ctx, `select a.disabled from jingwei.account a where a.id = $1`, w.actor.Account).Scan(&disabled); err != nil {
		return err
	}
	w.granted = u.Scope(geo.ActionWriteOrganization, today)
	if disabled || w.granted.Empty() {
		return &geo.Error{Kind: geo.ErrForbidden, Message: "the account that started the import may not write any more"}
	}
	return nil
}

// Context returns ctx as that of whoever asked for the work.
func (w *ImportWork) Context(ctx context.Context) context.Context { return geo.WithActor(ctx, w.actor) }

// Authorize refuses work for somebody who may not write any more.
func (w *ImportWork) Authorize(ctx context.Context) error {
	if err := w.authorize(ctx, w.conn); err != nil {
		return fmt.Errorf("import %d: %w", w.Job.ID, explain(err))
	}
	return nil
}

// tell passes on how far the work is.
func (w *ImportWork) tell(done, total int) {
	if w.progress != nil {
		w.progress(done, total)
	}
}

const sqlFailImport = `
update jingwei.import_job set state = case when state = 'undoing' then 'partly-undone' when state = 'running' and done > 0 then 'paused' else 'failed' end,
    pausing = false, failure = $2, phase = '', updated_at = clock_timestamp()
where id = $1 and state in ('checking', 'running', 'undoing')`

// Fail ends work that cannot go on, with the sentence that is to be shown. What was written can be undone.
func (w *ImportWork) Fail(ctx context.Context, sentence string) error {
	return pgx.BeginFunc(ctx, w.store.owner, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, sqlFailImport, w.Job.ID, sentence); err != nil {
			return err
		}
		return audit(w.Context(ctx), tx, "import.fail", geo.AuditObject{Kind: "import", ID: w.Job.ID}, nil, nil, map[string]string{"failure": sentence})
	})
}

const sqlDropImportTables = `
drop table if exists pg_temp.import_stage, pg_temp.import_found, pg_temp.import_rank, pg_temp.import_place, pg_temp.import_known, pg_temp.import_below, pg_temp.import_above,
    pg_temp.import_superior, pg_temp.import_shape, pg_temp.import_label`

// Close lets the import go: it is anybody's to claim when it is not done.
func (w *ImportWork) Close(ctx context.Context) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), endOfBulk)
	defer cancel()
	_, err1 := w.conn.Exec(ctx, sqlDropImportTables)
	_, err2 := w.conn.Exec(ctx, sqlUnlockImport, w.Job.ID.String())
	if err1 != nil || err2 != nil {
		w.conn.Conn().Close(ctx) // the lock must not return to the pool
	}
	w.conn.Release()
}

// parseScope reads geo.Scope.Key.
func parseScope(key string) (geo.Scope, error) {
	if key == "*" {
		return geo.Everywhere(), nil
	}
	var s geo.Scope
	if key == "" {
		return s, nil
	}
	roots, err := parsePath(key)
	s.Roots = roots
	return s, err
}
