package postgis

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"jingwei/geo"
)

// Who merely sees that an organization is active learns nothing of the writes to it but what they left, and so does who had it
// before, or got it since: a write is told to those in whose subtree it said or ended something.
const sqlWriteNotes = `
select w.version, w.operation, w.action, w.at, w.author, coalesce(w.code_before, ''), coalesce(w.code_after, '')
from jingwei.organization_write w
where w.organization_id = $2 and exists (
    select from jingwei.organization_version v
    where v.organization_id = $2 and jingwei.within(v.path, $1) and (v.version = w.version or upper(v.recorded) = w.at))`

const sqlSuperiorNames = `
select distinct on (v.organization_id) v.organization_id, v.name
from {versions} v
where v.organization_id = any($2) and {visible v}
order by v.organization_id, upper_inf(v.recorded) desc, v.valid @> jingwei.day($3) desc, v.valid desc, lower(v.recorded) desc, v.row_id desc`

// OrganizationHistory returns what was written to an organization, newest first: at most limit writes recorded before a
// moment, the zero time for all. What is told to whom is as of OrganizationVersions.
func (s *Store) OrganizationHistory(ctx context.Context, see geo.Scope, id geo.ID, before time.Time, limit int) (h geo.OrganizationHistory, err error) {
	err = s.read(ctx, see, func(v sight) error {
		rows, err := v.versions(ctx, id, s.today())
		if err != nil {
			return err
		}
		if len(rows) == 0 {
			return geo.NotFound("there is no organization %d", id)
		}
		notes, err := v.notes(ctx, id)
		if err != nil {
			return err
		}
		h.Writes, h.More = geo.HistoryOf(rows, notes, before, limit)
		h.Names, err = v.names(ctx, superiors(h.Writes), s.today())
		return err
	})
	if err != nil {
		return geo.OrganizationHistory{}, fmt.Errorf("history of organization %d: %w", id, explain(err))
	}
	return h, nil
}

func (v sight) versions(ctx context.Context, id geo.ID, today geo.Day) ([]geo.OrganizationVersion, error) {
	rows, err := v.Query(ctx, v.sql(sqlOrganizationVersions), v.scope, id, int32(today))
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, scanVersion)
}

func (v sight) notes(ctx context.Context, id geo.ID) ([]geo.WriteNote, error) {
	if v.public {
		return nil, nil
	}
	rows, err := v.Query(ctx, sqlWriteNotes, v.scope, id)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, pgx.RowToStructByPos[geo.WriteNote])
}

// names returns the names of organizations that may be seen, of the others none.
func (v sight) names(ctx context.Context, ids []geo.ID, today geo.Day) (map[geo.ID]string, error) {
	names := map[geo.ID]string{}
	if len(ids) == 0 {
		return names, nil
	}
	rows, err := v.Query(ctx, v.sql(sqlSuperiorNames), v.scope, ids, int32(today))
	if err != nil {
		return nil, err
	}
	var (
		id   geo.ID
		name string
	)
	_, err = pgx.ForEachRow(rows, []any{&id, &name}, func() error {
		names[id] = name
		return nil
	})
	return names, err
}

func superiors(writes []geo.OrganizationWrite) (ids []geo.ID) {
	for _, w := range writes {
		for _, o := range []*geo.Organization{w.Before, w.After} {
			if o != nil && o.Parent != 0 {
				ids = append(ids, o.Parent)
			}
		}
	}
	return ids
}

// staleness tells somebody who may write to an organization what has changed since the version that they hold.
func (r reach) staleness(ctx context.Context, tx pgx.Tx, w organizationWrite, base int32) (*geo.StaleError, error) {
	v := sight{querier: tx, scope: r.see.Key()}
	stale := &geo.StaleError{Base: base}
	var err error
	if stale.Present, err = v.organization(ctx, w.id, r.today); err != nil {
		return nil, err
	}
	rows, err := v.versions(ctx, w.id, r.today)
	if err != nil {
		return nil, err
	}
	notes, err := v.notes(ctx, w.id)
	if err != nil {
		return nil, err
	}
	writes, _ := geo.HistoryOf(rows, notes, time.Time{}, 1)
	if len(writes) > 0 {
		stale.Author, stale.Recorded = writes[0].Author, writes[0].Recorded
	}
	ids := []geo.ID{stale.Present.Parent}
	if was, ok := geo.ContentAfter(rows, base, r.today); ok {
		was.Code = codeAfter(notes, base, was.Code)
		stale.Was, ids = &was, append(ids, was.Parent)
	}
	stale.Names, err = v.names(ctx, ids, r.today)
	return stale, err
}

// codeAfter returns the own code after the write with a number, of which the first write since then tells; present when
// there is none.
func codeAfter(notes []geo.WriteNote, version int32, present string) string {
	next := int32(0)
	for _, n := range notes {
		if n.Version > version && (next == 0 || n.Version < next) {
			next, present = n.Version, n.CodeBefore
		}
	}
	return present
}

const sqlOrganizationAt = `
select` + shownColumns + `
from {organizations} o
join {versions} v on v.organization_id = o.id
where o.id = $2 and v.valid @> jingwei.day($4) and {visible v}
  and case when $5::timestamptz is null then upper_inf(v.recorded) else v.recorded @> $5::timestamptz end
  and exists (select from {versions} p where p.row_id = jingwei.present_row($2, jingwei.day($3)) and {visible p})`

// OrganizationAt returns what is known of an organization on a day, also of one that is retired since; with a time that is
// not zero, what was known at that time. What is told to whom is as of OrganizationVersions; nothing is geo.ErrNotFound.
func (s *Store) OrganizationAt(ctx context.Context, see geo.Scope, id geo.ID, day geo.Day, recorded time.Time) (geo.Organization, error) {
	var row organizationRow
	var known *time.Time
	if !recorded.IsZero() {
		known = &recorded
	}
	err := s.read(ctx, see, func(v sight) error {
		return v.QueryRow(ctx, v.sql(sqlOrganizationAt), v.scope, id, int32(s.today()), int32(day), known).Scan(row.fields()...)
	})
	if errors.Is(err, pgx.ErrNoRows) {
		err = geo.NotFound("there is no organization %d on %s", id, day)
	}
	if err != nil {
		return geo.Organization{}, fmt.Errorf("organization %d on %s: %w", id, day, explain(err))
	}
	return row.organization(), nil
}
