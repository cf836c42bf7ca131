package postgis

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"jingwei/geo"
)

// organizationWrite is one write to one locked organization.
type organizationWrite struct {
	id      geo.ID
	version int32 // the number of this write
	at      time.Time
	author  string
}

const sqlInsertIdentity = `
insert into jingwei.organization (code, request) values (nullif($1, ''), nullif($2, ''))
returning id, clock_timestamp()`

func insertIdentity(ctx context.Context, tx pgx.Tx, code, request, author string) (organizationWrite, error) {
	w := organizationWrite{version: 1, author: author}
	err := tx.QueryRow(ctx, sqlInsertIdentity, code, request).Scan(&w.id, &w.at)
	return w, err
}

// The time of recording is taken under the lock and is later than what is recorded already, whatever the clock does.
const sqlLockOrganization = `
select o.version, o.retired is not null,
       greatest(clock_timestamp(),
                (select max(lower(v.recorded)) + interval '1 microsecond'
                 from jingwei.organization_version v where v.organization_id = o.id))
from jingwei.organization o
where o.id = $1
for update of o`

// anyVersion lets a write be one to whatever version there is.
const anyVersion = -1

// lockOrganization locks an organization that may be written to, and returns what is known of where it stands. The lock
// comes first, so that what is decided still holds when it is written.
func (r reach) lockOrganization(ctx context.Context, tx pgx.Tx, id geo.ID, ifVersion int32, author string) (organizationWrite, []standing, error) {
	w := organizationWrite{id: id, author: author}
	var (
		present int32
		retired bool
	)
	err := tx.QueryRow(ctx, sqlLockOrganization, id).Scan(&present, &retired, &w.at)
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
	if !locked || retired {
		return w, nil, geo.NotFound("there is no organization %d", id)
	}
	if present != ifVersion && ifVersion != anyVersion {
		return w, nil, &geo.Error{Kind: geo.ErrStale, Message: fmt.Sprintf("version %d is out of date: the organization is at version %d", ifVersion, present)}
	}
	w.version = present + 1
	return w, known, nil
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
