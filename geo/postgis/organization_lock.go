package postgis

import (
	"context"
	"errors"
	"time"

	"github.com/jackc/pgx/v5"

	"jingwei/geo"
)

// organizationWrite is one write to one locked organization.
type organizationWrite struct {
	*operation
	id      geo.ID
	version int32 // the number of this write
	at      time.Time
	in      geo.Scope // where may be written
	code    string    // the own code before
	retired *int32    // the first day on which it no longer existed, before; nil while it did
}

// operation is what is written together.
type operation struct {
	id     geo.ID // 0 until the first of its writes is noted
	action string
	author string
}

const sqlInsertIdentity = `
insert into jingwei.organization (code, request) values (nullif($1, ''), nullif($2, ''))
returning id, clock_timestamp()`

func (r reach) insertIdentity(ctx context.Context, tx pgx.Tx, code, request string, op *operation) (organizationWrite, error) {
	w := organizationWrite{operation: op, version: 1, in: r.in}
	err := tx.QueryRow(ctx, sqlInsertIdentity, code, request).Scan(&w.id, &w.at)
	return w, err
}

const sqlTouch = `update jingwei.organization set version = $2, code = nullif($3, ''), retired = jingwei.day($4) where id = $1`

// touch counts the write, and says what code the organization has from now on and whether it is retired.
func (w organizationWrite) touch(ctx context.Context, tx pgx.Tx, code string, retired *int32) error {
	_, err := tx.Exec(ctx, sqlTouch, w.id, w.version, code, retired)
	return err
}

const sqlNoteWrite = `
insert into jingwei.organization_write (organization_id, version, operation, action, at, author, code_before, code_after, retired_before)
select o.id, $2, coalesce(nullif($3::bigint, 0), jingwei.next_id()), $4, $5, $6, nullif($7, ''), o.code, jingwei.day($8)
from jingwei.organization o where o.id = $1
returning operation`

// note tells what kind of write it was. It comes after everything else that the write does to the organization.
func (w organizationWrite) note(ctx context.Context, tx pgx.Tx) error {
	return tx.QueryRow(ctx, sqlNoteWrite, w.id, w.version, w.operation.id, w.action, w.at, w.author, w.code, w.retired).Scan(&w.operation.id)
}

// The time of recording is taken under the lock and is later than what is recorded already, whatever the clock does.
const sqlLockOrganization = `
select o.version, coalesce(o.code, ''), jingwei.day_number(o.retired),
       greatest(clock_timestamp(),
                (select max(greatest(lower(v.recorded), upper(v.recorded))) + interval '1 microsecond'
                 from jingwei.organization_version v where v.organization_id = o.id))
from jingwei.organization o
where o.id = $1
for update of o`

// anyVersion lets a write be one to whatever version there is.
const anyVersion = -1

// lockOrganization locks an organization that exists and may be written to, and returns what is known of where it stands.
func (r reach) lockOrganization(ctx context.Context, tx pgx.Tx, id geo.ID, ifVersion int32, op *operation) (organizationWrite, []standing, error) {
	w, known, err := r.lock(ctx, tx, id, op)
	if err != nil {
		return w, nil, err
	}
	if w.retired != nil {
		return w, nil, geo.NotFound("there is no organization %d", id)
	}
	return w, known, r.expect(ctx, tx, w, ifVersion)
}

// lock locks an organization, retired or not, that may be written to, and returns what is known of where it stands. The
// lock comes first, so that what is decided still holds when it is written.
func (r reach) lock(ctx context.Context, tx pgx.Tx, id geo.ID, op *operation) (organizationWrite, []standing, error) {
	w := organizationWrite{operation: op, id: id, in: r.in}
	var present int32
	err := tx.QueryRow(ctx, sqlLockOrganization, id).Scan(&present, &w.code, &w.retired, &w.at)
	locked := !errors.Is(err, pgx.ErrNoRows) // the policy leaves out what may not be written, too
	if err != nil && locked {
		return w, nil, err
	}
	known, err := standings(ctx, tx, id, r.today)
	if err != nil {
		return w, nil, err
	}
	if err := r.admit(id, known); err != nil {
		return w, nil, err
	}
	if !locked {
		return w, nil, geo.NotFound("there is no organization %d", id)
	}
	w.version = present + 1
	return w, known, nil
}

// expect refuses a write by somebody who holds another version than the present one, and tells what has changed since.
func (r reach) expect(ctx context.Context, tx pgx.Tx, w organizationWrite, ifVersion int32) error {
	if ifVersion == anyVersion || w.version == ifVersion+1 {
		return nil
	}
	stale, err := r.staleness(ctx, tx, w, ifVersion)
	if err != nil {
		return err
	}
	return stale
}

// Whoever moves an organization in the tree, or ends one, excludes all others that rely on the tree's shape: two moves
// side by side could close a circle between them. The lock comes before the organization's own.
const (
	sqlShareTree = `select pg_advisory_xact_lock_shared(hashtextextended('jingwei organization tree', 0))`
	sqlLockTree  = `select pg_advisory_xact_lock(hashtextextended('jingwei organization tree', 0))`
)

const sqlParents = `
select v.parent_id from jingwei.organization_version v
where v.organization_id = $1 and upper_inf(v.recorded) and v.parent_id is not null
order by v.parent_id`

// lockTree takes the lock that letting parent be the superior of id needs: none for an organization that neither has
// nor gets a superior.
// What it looks at may be changed before the organization is locked, but then the version that the caller holds is stale.
func lockTree(ctx context.Context, tx pgx.Tx, id, parent geo.ID) error {
	rows, err := tx.Query(ctx, sqlParents, id)
	if err != nil {
		return err
	}
	parents, err := pgx.CollectRows(rows, pgx.RowTo[geo.ID])
	if err != nil {
		return err
	}
	if parent == 0 && len(parents) == 0 {
		return nil
	}
	lock := sqlLockTree
	if id == 0 || len(parents) == 1 && parents[0] == parent {
		lock = sqlShareTree // nothing moves
	}
	_, err = tx.Exec(ctx, lock)
	return err
}
