package postgis

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/jackc/pgx/v5"

	"jingwei/geo"
)

// OrganizationPlans returns the changes of an organization that are to come, by day, with the names of the superiors in them
// that the reader may see. What is told to whom, and what is geo.ErrNotFound, is as of OrganizationVersions.
func (s *Store) OrganizationPlans(ctx context.Context, see geo.Scope, id geo.ID) (plans []geo.Plan, names map[geo.ID]string, err error) {
	today := s.today()
	err = s.read(ctx, see, func(v sight) error {
		rows, err := v.versions(ctx, id, today)
		if err != nil {
			return err
		}
		if len(rows) == 0 {
			return geo.NotFound("there is no organization %d", id)
		}
		plans = geo.PlansOf(rows, today)
		var ids []geo.ID
		for _, p := range plans {
			ids = append(ids, p.Before.Parent, p.After.Parent)
		}
		names, err = v.names(ctx, ids, today)
		return err
	})
	if err != nil {
		return nil, nil, fmt.Errorf("plans of organization %d: %w", id, explain(err))
	}
	return plans, names, nil
}

// CancelPlan lets what holds on the day before a day go on in the place of what is planned from that day on, and what is planned
// for later days follow, as geo.Follow says. ifVersion, the rights and the answer are as of ReplaceOrganization; a day from which
// on nothing is planned is geo.ErrNotFound.
func (s *Store) CancelPlan(ctx context.Context, see, in geo.Scope, id geo.ID, ifVersion int32, day, today geo.Day, author string) (geo.Organization, geo.FeedPosition, error) {
	r := s.reach(see, in, today)
	var org geo.Organization
	err := s.writeWithin(ctx, in, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, sqlLockTree); err != nil {
			return err
		}
		w, known, err := r.lockOrganization(ctx, tx, id, ifVersion, &operation{action: geo.WriteCancel, author: author})
		if err != nil {
			return err
		}
		if err := w.cancel(ctx, tx, r, known, day); err != nil {
			return err
		}
		org, err = sight{querier: tx, scope: geo.Everywhere().Key()}.organization(ctx, id, today)
		return err
	})
	if err != nil {
		return geo.Organization{}, geo.FeedPosition{}, fmt.Errorf("cancel what is planned for organization %d from %s on: %w", id, day, err)
	}
	return org, s.positionAfter(ctx), nil
}

// cancel writes what holds before the day anew, to the end of what was planned.
func (w organizationWrite) cancel(ctx context.Context, tx pgx.Tx, r reach, known []standing, day geo.Day) error {
	i := slices.IndexFunc(known, func(x standing) bool { return x.valid.From == day })
	if i < 1 || day <= r.today || known[i-1].valid.To != day {
		return geo.NotFound("nothing is planned for organization %d from %s on", w.id, day)
	}
	stays, _, err := w.contentFrom(ctx, tx, day-1)
	if err != nil {
		return err
	}
	planned, from, err := w.contentFrom(ctx, tx, day)
	if err != nil {
		return err
	}
	if err := r.admitDays(known[i-1 : i+1]); err != nil {
		return err
	}
	if stays.Parent != planned.Parent {
		if err := r.admitSuperior(ctx, tx, stays.Parent, planned.Valid); err != nil {
			return err
		}
	}
	if err := w.touch(ctx, tx, w.code, nil); err != nil {
		return err
	}
	span := geo.DayRange{From: stays.Valid.From, To: planned.Valid.To}
	var into []geo.ID
	err = w.beyond(ctx, tx, func(w organizationWrite) error {
		if err := w.carve(ctx, tx, span); err != nil {
			return err
		}
		said := stays.OrganizationContent
		said.Jurisdiction = nil // the same
		if into, err = w.insert(ctx, tx, said, span); err != nil || stays.Parent == planned.Parent {
			return err
		}
		return w.movePaths(ctx, tx, planned.Valid)
	})
	if err != nil {
		return err
	}
	carried, err := w.carry(ctx, tx, r, known, planned.OrganizationContent, stays.OrganizationContent, planned.Valid)
	if err != nil {
		return err
	}
	if err := w.note(ctx, tx); err != nil {
		return err
	}
	if err := w.auditChange(ctx, tx, from, into, planned, auditedOf(w.version, stays.OrganizationContent, planned.Valid)); err != nil {
		return err
	}
	return w.auditChanges(ctx, tx, carried)
}

const sqlPathNow = `
select string_to_array(v.path::text, '.')::bigint[] from {versions} v
where v.row_id = jingwei.present_row($2, jingwei.day($3)) and {visible v}`

// OrganizationPath returns the ids from the topmost superior down to an organization, itself among them, as it stands today; of a
// retired one, as it stood last. One that may not be seen is geo.ErrNotFound.
func (s *Store) OrganizationPath(ctx context.Context, see geo.Scope, id geo.ID) (path []geo.ID, err error) {
	err = s.read(ctx, see, func(v sight) error {
		return v.QueryRow(ctx, v.sql(sqlPathNow), v.scope, id, int32(s.today())).Scan(&path)
	})
	if errors.Is(err, pgx.ErrNoRows) {
		err = geo.NotFound("there is no organization %d", id)
	}
	if err != nil {
		return nil, fmt.Errorf("path of organization %d: %w", id, explain(err))
	}
	return path, nil
}
