package postgis

import (
	"context"
	_ "embed"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"jingwei/geo"
)

//go:embed import_restore.sql
var sqlImportRestore string

// What an earlier undo has left is looked at anew.
const sqlUndoTotal = `
with kept as (update jingwei.import_write w set undone = null where w.job_id = $1 and w.undone <> 'undone')
update jingwei.import_job j
set total = (select count(*) from jingwei.import_write w where w.job_id = j.id),
    done = (select count(*) from jingwei.import_write w where w.job_id = j.id and w.undone = 'undone'),
    counts = j.counts || '{"kept": 0}', updated_at = clock_timestamp()
where j.id = $1
returning done, total`

// Undo takes back what an import wrote, the last first. Organizations that it made are gone from the day from which they
// existed; those that it changed have the content from before. What others have changed since or rely on, and what lies where whoever
// undoes may not write, stays and is listed.
func (w *ImportWork) Undo(ctx context.Context) error {
	ctx = w.Context(ctx)
	if err := w.conn.QueryRow(ctx, sqlUndoTotal, w.Job.ID).Scan(&w.Job.Done, &w.Job.Total); err != nil {
		return fmt.Errorf("undo import %d: %w", w.Job.ID, explain(err))
	}
	if err := w.inSteps(ctx, w.Job.Done, w.Job.Total, w.undoBatch); err != nil {
		return fmt.Errorf("undo import %d: %w", w.Job.ID, explain(err))
	}
	return nil
}

const (
	sqlUndoBatch = `
create temporary table undo_import on commit drop as
select w.seq, w.organization_id as id, w.version, w.at, w.made, w.moved, 'undone'::text as outcome
from jingwei.import_write w
where w.job_id = $1 and w.undone is null
order by w.seq desc
limit $2`
	sqlLockUndone = `select o.id from jingwei.organization o where o.id in (select u.id from undo_import u) order by o.id for update`
	sqlEdited     = `
update undo_import u set outcome = 'edited'
from jingwei.organization o
where o.id = u.id and (o.version <> u.version or o.retired is not null)`
	// Nobody is told otherwise that what they have added is gone with what it was added to.
	sqlInUse = `
update undo_import u set outcome = 'in-use'
where u.outcome = 'undone' and u.made and (
       exists (select from jingwei.organization_photo p where p.organization_id = u.id and p.removed_at is null)
    or exists (select from jingwei.account a where a.organization_id = u.id)
    or exists (select from jingwei.role_grant g where g.organization_id = u.id and g.ended_at is null)
    or exists (select from jingwei.task k where k.organization_id = u.id and k.state <> 'withdrawn')
    or exists (select from jingwei.grid g where g.organization_id = u.id)
    or exists (select from jingwei.report r where r.organization_id = u.id)
    or exists (select from jingwei.organization_link l where l.from_id = u.id or l.to_id = u.id)
    or exists (select from jingwei.location_step s where s.organization_id = u.id and s.cause = 'hand'))`
	// Out of reach is what lies elsewhere, today or on a day that the import wrote: it is theirs who have it now.
	sqlNotTheirs = `
update undo_import u set outcome = 'out-of-reach'
where u.outcome = 'undone' and exists (
    select from jingwei.organization_version v
    where v.organization_id = u.id and upper_inf(v.recorded)
      and (lower(v.recorded) = u.at or v.row_id = jingwei.present_row(u.id, jingwei.day(current_setting('jingwei.import_day')::int)))
      and not (jingwei.within(v.path, current_setting('jingwei.import_stored')) and jingwei.within(v.path, current_setting('jingwei.import_granted'))))`
	sqlMovedBack = `
select u.id, coalesce(v.parent_id, 0), jingwei.day_number(lower(v.valid)), jingwei.day_number(upper(v.valid))
from undo_import u join jingwei.organization_version v on v.organization_id = u.id and upper(v.recorded) = u.at
where u.outcome = 'undone' and u.moved and not u.made
order by u.seq desc`
	sqlStays = `update undo_import u set outcome = $2 where u.id = $1`
	// From today on a superior must be theirs who move something below it.
	sqlTheirs = `
select not exists (
    select from jingwei.organization_version v
    where v.organization_id = $1 and upper_inf(v.recorded)
      and v.valid && jingwei.days($2, $3) * daterange(jingwei.day(current_setting('jingwei.import_day')::int), null)
      and not (jingwei.within(v.path, current_setting('jingwei.import_stored')) and jingwei.within(v.path, current_setting('jingwei.import_granted'))))
  and (jingwei.within($4::ltree, current_setting('jingwei.import_stored')) and jingwei.within($4::ltree, current_setting('jingwei.import_granted')))
  and ($1 > 0 or current_setting('jingwei.import_stored') = '*' and current_setting('jingwei.import_granted') = '*')`
	// What stays keeps its superior.
	sqlSubordinates = `
update undo_import u set outcome = 'subordinates'
where u.outcome = 'undone' and u.made and exists (
    select from jingwei.organization_version v
    where v.parent_id = u.id and upper_inf(v.recorded)
      and not exists (select from undo_import c where c.id = v.organization_id and c.outcome = 'undone' and (c.made or c.moved)))`
	sqlUndoMoment = `
select greatest(clock_timestamp(), (
    select max(lower(v.recorded)) + interval '1 microsecond'
    from undo_import u join jingwei.organization_version v on v.organization_id = u.id))`
	sqlRetireImported = `
with gone as (
    update jingwei.organization_version v set recorded = tstzrange(lower(v.recorded), $1)
    from undo_import u
    where u.made and u.outcome = 'undone' and v.organization_id = u.id and upper_inf(v.recorded)
    returning v.organization_id, lower(v.valid) as day
)
update jingwei.organization o set version = o.version + 1, retired = g.day
from (select g.organization_id, min(g.day) as day from gone g group by 1) g
where o.id = g.organization_id`
	// With the place comes back what was verified of it, as verifiedAt says where.
	sqlStepRestored = `
insert into jingwei.location_step (organization_id, version, from_state, to_state, cause, account_id, author, at, lon_e7, lat_e7, accuracy_m)
select u.id, v.version, was.location_state, v.location_state, 'undone', nullif($3::bigint, 0), $1, $2, coalesce(at.lon_e7, v.lon_e7),
       coalesce(at.lat_e7, v.lat_e7), coalesce(at.accuracy_m, v.location_accuracy_m)
from undo_import u
join lateral (select w.location_state from jingwei.organization_version w
              where w.organization_id = u.id and lower(w.recorded) = u.at and upper(w.recorded) = $2
              order by w.valid desc limit 1) was on true
join lateral (select w.* from jingwei.organization_version w
              where w.organization_id = u.id and lower(w.recorded) = $2 and upper_inf(w.recorded)
              order by w.valid desc limit 1) v on true
left join lateral (select s.lon_e7, s.lat_e7, s.accuracy_m from jingwei.location_step s
                   where s.organization_id = u.id and s.to_state = v.location_state and s.version < u.version
                   order by s.version desc, s.id desc limit 1) at on true
where u.outcome = 'undone' and not u.made and was.location_state <> v.location_state
order by u.seq`
	sqlNoteUndone = `
update jingwei.import_write w set undone = u.outcome from undo_import u where w.job_id = $1 and w.seq = u.seq`
	// What stays since others wrote to it stays for good; what stays for another reason may be taken back later.
	sqlUndoEnd = `
select case when exists (select from jingwei.import_write w where w.job_id = $1 and w.undone not in ('undone', 'edited'))
            then 'partly-undone' else 'undone' end`
	sqlTallyUndone = `select count(*) filter (where u.outcome = 'undone'), count(*) filter (where u.outcome <> 'undone') from undo_import u`
)

func (w *ImportWork) undoBatch(ctx context.Context, tx pgx.Tx, lo, hi int) (int, error) {
	if _, _, err := w.turn(ctx, tx, geo.ImportUndoing, lo); err != nil {
		return 0, err
	}
	today := int32(w.store.today())
	if err := w.narrow(ctx, tx, today); err != nil {
		return 0, err
	}
	if err := errors.Join(exec(ctx, tx, sqlLockTree), exec(ctx, tx, sqlUndoBatch, w.Job.ID, hi-lo), exec(ctx, tx, sqlLockUndone)); err != nil {
		return 0, err
	}
	var at time.Time
	if err := tx.QueryRow(ctx, sqlUndoMoment).Scan(&at); err != nil {
		return 0, err
	}
	if err := errors.Join(exec(ctx, tx, sqlEdited), exec(ctx, tx, sqlNotTheirs), exec(ctx, tx, sqlInUse), w.moveBack(ctx, tx, at), w.restore(ctx, tx, at, 0, ""),
		exec(ctx, tx, sqlStepRestored, w.author(), at, w.actor.Account), keepSuperiors(ctx, tx), exec(ctx, tx, sqlRetireImported, at),
		exec(ctx, tx, sqlNoteUndone, w.Job.ID)); err != nil {
		return 0, err
	}
	var share importShare
	if err := tx.QueryRow(ctx, sqlTallyUndone).Scan(&share.Undone, &share.Kept); err != nil {
		return 0, err
	}
	c := &w.Job.Counts
	c.Undone, c.Kept = c.Undone+share.Undone, c.Kept+share.Kept
	var end string
	if err := tx.QueryRow(ctx, sqlUndoEnd, w.Job.ID).Scan(&end); err != nil {
		return 0, err
	}
	return share.Undone, w.goOn(ctx, tx, hi, end, "organization.import-undo", share)
}

// author is whom the history names for what is restored.
func (w *ImportWork) author() string { return w.actor.Named().Name }

func exec(ctx context.Context, tx pgx.Tx, sql string, args ...any) error {
	_, err := tx.Exec(ctx, sql, args...)
	return err
}

// movedBack is an organization that an import moved, with its superior before; 0 for none.
type movedBack struct {
	id, parent geo.ID
	valid      geo.DayRange
}

// moveBack moves what an import moved to where it was, the last first, so that each stands where it may: what may not go back stays.
func (w *ImportWork) moveBack(ctx context.Context, tx pgx.Tx, at time.Time) error {
	rows, err := tx.Query(ctx, sqlMovedBack)
	if err != nil {
		return err
	}
	all, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (m movedBack, err error) {
		var from, to *int32
		err = row.Scan(&m.id, &m.parent, &from, &to)
		m.valid = dayRange(from, to)
		return m, err
	})
	if err != nil {
		return err
	}
	for _, m := range all {
		path, kept, err := m.path(ctx, tx)
		if err != nil {
			return err
		}
		if kept != "" {
			err = exec(ctx, tx, sqlStays, m.id, kept)
		} else {
			err = errors.Join(w.restore(ctx, tx, at, m.id, path), organizationWrite{id: m.id}.movePaths(ctx, tx, m.valid))
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// path is that which the organization gets below its superior of before; when it may not stand there any more, kept says why.
func (m movedBack) path(ctx context.Context, tx pgx.Tx) (path, kept string, err error) {
	path, err = organizationWrite{id: m.id}.path(ctx, tx, m.parent, m.valid)
	var fault *geo.Error
	if errors.As(err, &fault) {
		return "", geo.KeptEdited, nil
	}
	if err != nil {
		return "", "", err
	}
	var theirs bool
	err = tx.QueryRow(ctx, sqlTheirs, m.parent, nullDay(m.valid.From), nullDay(m.valid.To), path).Scan(&theirs)
	if !theirs {
		kept = geo.KeptOutOfReach
	}
	return path, kept, err
}

// restore gives the content from before to one that was moved, or for 0 to all that were not.
func (w *ImportWork) restore(ctx context.Context, tx pgx.Tx, at time.Time, moved geo.ID, path string) error {
	return exec(ctx, tx, sqlImportRestore, w.author(), at, moved, path)
}

// keepSuperiors lets stay what was made and has something below it that stays.
func keepSuperiors(ctx context.Context, tx pgx.Tx) error {
	for {
		tag, err := tx.Exec(ctx, sqlSubordinates)
		if err != nil || tag.RowsAffected() == 0 {
			return err
		}
	}
}
