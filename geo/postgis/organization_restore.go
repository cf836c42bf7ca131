package postgis

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"

	"jingwei/geo"
)

// RestoreOrganization writes the content of an earlier version anew, from today on, as ReplaceOrganization does. One that
// is retired comes back with it, from today on. parent is the superior that it gets instead of that of the version, nil
// for that one. The own code stays the present one. A version that is not known, or not to be seen, is geo.ErrInvalid;
// the superior and the code must be there to be had, else it is geo.ErrConflict.
func (s *Store) RestoreOrganization(ctx context.Context, see, in geo.Scope, id geo.ID, ifVersion, version int32, parent *geo.ID, today geo.Day, author string) (geo.Organization, geo.FeedPosition, error) {
	r := s.reach(see, in, today)
	var org geo.Organization
	err := s.writeWithin(ctx, in, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, sqlLockTree); err != nil {
			return err
		}
		w, known, err := r.lock(ctx, tx, id, &operation{action: geo.WriteRestore, author: author})
		if err != nil {
			return err
		}
		if err := r.expect(ctx, tx, w, ifVersion); err != nil {
			return err
		}
		c, err := r.contentOfVersion(ctx, tx, id, version)
		if err != nil {
			return err
		}
		if c.Code = w.code; parent != nil {
			c.Parent = *parent
		}
		c.LocationState = "" // what it is: what was verified of another place says nothing
		if err := w.restore(ctx, tx, r, known, c); err != nil {
			return err
		}
		org, err = sight{querier: tx, scope: geo.Everywhere().Key()}.organization(ctx, id, today)
		return err
	})
	if err != nil {
		return geo.Organization{}, geo.FeedPosition{}, fmt.Errorf("restore organization %d: %w", id, err)
	}
	return org, s.positionAfter(ctx), nil
}

func (w organizationWrite) restore(ctx context.Context, tx pgx.Tx, r reach, known []standing, c geo.OrganizationContent) error {
	if w.retired == nil {
		from := r.today
		if next := standingFrom(known, from); len(next) > 0 {
			from = max(from, next[0].valid.From) // it does not begin today for that
		}
		return w.replace(ctx, tx, r, known, c, from)
	}
	days := geo.DayRange{From: r.today, To: geo.MaxDay}
	if err := r.expectSuperior(ctx, tx, c.Parent, days); err != nil {
		return err
	}
	out, err := w.settleAgain(ctx, tx, &c, r.today)
	if err != nil {
		return err
	}
	// What is said comes before the identity: who may write to it is told by what is known of it.
	path, err := w.insert(ctx, tx, c, days)
	if err != nil {
		return err
	}
	if err := out.keep(ctx, tx, w); err != nil {
		return err
	}
	if err := w.touch(ctx, tx, c.Code, nil); err != nil {
		return err
	}
	if err := w.note(ctx, tx); err != nil {
		return err
	}
	return w.audit(ctx, tx, geo.AuditRestoreOrganization, path, nil, auditedOf(w.version, c, days))
}

// settleAgain is settle for one that is retired. Of one that never was, for a day, nothing is known: it is as a new one.
func (w organizationWrite) settleAgain(ctx context.Context, tx pgx.Tx, c *geo.OrganizationContent, today geo.Day) (outcome, error) {
	before, _, err := w.contentFrom(ctx, tx, today)
	if errors.Is(err, geo.ErrNotFound) {
		c.LocationState = geo.LocationReported
		return w.settle(ctx, tx, nil, c, today)
	}
	if err != nil {
		return outcome{}, err
	}
	return w.settle(ctx, tx, &before, c, today)
}

// contentOfVersion returns what a write said, as far as the writer sees it.
func (r reach) contentOfVersion(ctx context.Context, tx pgx.Tx, id geo.ID, version int32) (geo.OrganizationContent, error) {
	rows, err := sight{querier: tx, scope: r.see.Key()}.versions(ctx, id, r.today)
	if err != nil {
		return geo.OrganizationContent{}, err
	}
	o, ok := geo.ContentOfVersion(rows, version)
	if !ok {
		return geo.OrganizationContent{}, geo.Invalid("version", "the organization has no version %d to be restored", version)
	}
	if o.Jurisdiction == nil { // it had none, which is not the same as leaving the present one
		o.Jurisdiction = &geo.MultiPolygon{}
	}
	return o.OrganizationContent, nil
}
