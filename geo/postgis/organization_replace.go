package postgis

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"jingwei/geo"
)

// ReplaceOrganization changes the content from the day from on, to the end of the version that holds then; what was
// valid before stays. From before everything known extends the first version backwards. ifVersion must be the present
// version, else geo.ErrStale; a retired or unknown organization is geo.ErrNotFound. The answer is the organization as
// of today; the position as of CreateOrganization.
func (s *Store) ReplaceOrganization(ctx context.Context, id geo.ID, ifVersion int32, c geo.OrganizationContent, from, today geo.Day, author string) (geo.Organization, geo.FeedPosition, error) {
	fail := func(err error) (geo.Organization, geo.FeedPosition, error) {
		return geo.Organization{}, geo.FeedPosition{}, fmt.Errorf("replace organization %d: %w", id, err)
	}
	c = complete(c)
	if err := c.Validate(); err != nil {
		return fail(err)
	}
	var org geo.Organization
	err := s.write(ctx, func(tx pgx.Tx) error {
		if err := lockTree(ctx, tx, id, c.Parent); err != nil {
			return err
		}
		w, err := lockOrganization(ctx, tx, id, ifVersion, author)
		if err != nil {
			return err
		}
		if err := w.replace(ctx, tx, c, from); err != nil {
			return err
		}
		org, err = organizationOn(ctx, tx, id, today)
		return err
	})
	if err != nil {
		return fail(err)
	}
	return org, s.positionAfter(ctx), nil
}

const sqlTouch = `update jingwei.organization set version = $2, code = nullif($3, '') where id = $1`

// replace lets content c hold from the day from to the end of the version that holds then.
func (w organizationWrite) replace(ctx context.Context, tx pgx.Tx, c geo.OrganizationContent, from geo.Day) error {
	before, pathBefore, err := w.contentFrom(ctx, tx, from)
	if err != nil {
		return err
	}
	if before.Valid.To <= from {
		return geo.Invalid("valid_from", "the organization exists no more on %s", from)
	}
	span := geo.DayRange{From: from, To: before.Valid.To}
	if err := w.carve(ctx, tx, span); err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, sqlTouch, w.id, w.version, c.Code); err != nil {
		return err
	}
	path, err := w.insert(ctx, tx, c, span)
	if err != nil {
		return err
	}
	if c.Parent != before.Parent {
		if err := w.movePaths(ctx, tx, span); err != nil {
			return err
		}
	}
	was := auditedOf(before.Version, before.OrganizationContent, before.Valid)
	if left(pathBefore, path) {
		if err := w.audit(ctx, tx, geo.AuditLeaveOrganization, pathBefore, was, nil); err != nil {
			return err
		}
	}
	return w.audit(ctx, tx, geo.AuditReplaceOrganization, path, was, auditedOf(w.version, c, span))
}
