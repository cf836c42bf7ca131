package postgis

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"jingwei/geo"
)

// ReplaceOrganization changes the content from the day from on, to the end of the version that holds then; what was
// valid before stays, and what is planned for later days follows as geo.Follow says. A day before everything known moves the beginning to it when c says what was said first; other content
// from such a day is a *geo.EarlyError. ifVersion must be the present
// version, else geo.ErrStale; a retired or unknown organization is geo.ErrNotFound. The answer is the organization as
// of today; the position as of CreateOrganization.
//
// The organization must lie in the scope in, today and on the days that are written to, and so must a superior that it
// did not have, all organizations for none; else it is geo.ErrForbidden, or geo.ErrNotFound (of a superior geo.ErrConflict)
// where it may not even be seen.
//
// The state of the location stays as it is: without one in c, or with the same. One that was moved by more than its accuracy is
// reported anew, and checked at once when the technical check finds nothing; only the operator may write another state.
func (s *Store) ReplaceOrganization(ctx context.Context, see, in geo.Scope, id geo.ID, ifVersion int32, c geo.OrganizationContent, from, today geo.Day, author string) (geo.Organization, geo.FeedPosition, error) {
	fail := func(err error) (geo.Organization, geo.FeedPosition, error) {
		return geo.Organization{}, geo.FeedPosition{}, fmt.Errorf("replace organization %d: %w", id, err)
	}
	state := c.LocationState
	c = complete(c)
	c.LocationState = state // what it is, unless it is given
	if err := c.Validate(); err != nil {
		return fail(err)
	}
	r := s.reach(see, in, today)
	var org geo.Organization
	err := s.writeWithin(ctx, in, func(tx pgx.Tx) error {
		if err := lockTree(ctx, tx, id, c.Parent); err != nil {
			return err
		}
		w, known, err := r.lockOrganization(ctx, tx, id, ifVersion, &operation{action: geo.WriteReplace, author: author})
		if err != nil {
			return err
		}
		if err := w.replace(ctx, tx, r, known, c, from); err != nil {
			return err
		}
		org, err = sight{querier: tx, scope: geo.Everywhere().Key()}.organization(ctx, id, today)
		return err
	})
	if err != nil {
		return fail(err)
	}
	return org, s.positionAfter(ctx), nil
}

// replace lets content c hold from the day from to the end of the version that holds then. The identity comes first: who
// may write to it is told by what is known of it, which ends then.
func (w organizationWrite) replace(ctx context.Context, tx pgx.Tx, r reach, known []standing, c geo.OrganizationContent, from geo.Day) error {
	before, pathBefore, err := w.contentFrom(ctx, tx, from)
	if err != nil {
		return err
	}
	known = standingFrom(known, from)
	if len(known) == 0 {
		return geo.Invalid("valid_from", "the organization exists no more on %s", from)
	}
	replaced := known[0]
	if from < replaced.valid.From && !c.Says(before.OrganizationContent) {
		return &geo.EarlyError{Day: from, Since: replaced.valid.From}
	}
	span := geo.DayRange{From: from, To: replaced.valid.To}
	if err := r.admitDays(known[:1]); err != nil {
		return err
	}
	if c.Parent != replaced.parent || from < replaced.valid.From {
		if err := r.expectSuperior(ctx, tx, c.Parent, span); err != nil {
			return err
		}
	}
	out, err := w.settle(ctx, tx, &before, &c, r.today)
	if err != nil {
		return err
	}
	if err := w.touch(ctx, tx, c.Code, nil); err != nil {
		return err
	}
	if err := w.carve(ctx, tx, span); err != nil {
		return err
	}
	path, err := w.insert(ctx, tx, c, span)
	if err != nil {
		return err
	}
	if err := out.keep(ctx, tx, w); err != nil {
		return err
	}
	if c.Parent != replaced.parent {
		if err := w.movePaths(ctx, tx, span); err != nil {
			return err
		}
	}
	if c.Jurisdiction == nil {
		c.Jurisdiction = before.Jurisdiction
	}
	carried, err := w.carry(ctx, tx, r, known, before.OrganizationContent, c, span)
	if err != nil {
		return err
	}
	if err := w.note(ctx, tx); err != nil {
		return err
	}
	if err := w.auditChange(ctx, tx, pathBefore, path, before, auditedOf(w.version, c, span)); err != nil {
		return err
	}
	return w.auditChanges(ctx, tx, carried)
}

// contentChange is other content of an organization for some days.
type contentChange struct {
	before     geo.Organization
	from, into []geo.ID // paths
	content    geo.OrganizationContent
	span       geo.DayRange
}

// auditChanges tells of changes that the write made.
func (w organizationWrite) auditChanges(ctx context.Context, tx pgx.Tx, changes []contentChange) error {
	for _, c := range changes {
		if err := w.auditChange(ctx, tx, c.from, c.into, c.before, auditedOf(w.version, c.content, c.span)); err != nil {
			return err
		}
	}
	return nil
}

// auditChange tells of other content, and of the move when the path is another: whose subtree it left are told that it
// went, and not where.
func (w organizationWrite) auditChange(ctx context.Context, tx pgx.Tx, pathBefore, path []geo.ID, before geo.Organization, after *auditedOrganization) error {
	action := geo.AuditReplaceOrganization
	if w.action == geo.WriteRestore || w.action == geo.WriteUndo || w.action == geo.WriteCancel {
		action = "organization." + w.action
	}
	was := auditedOf(before.Version, before.OrganizationContent, before.Valid)
	if left(pathBefore, path) {
		if err := w.audit(ctx, tx, geo.AuditLeaveOrganization, pathBefore, was, nil); err != nil {
			return err
		}
		if before.Status != geo.StatusActive { // who has it now never saw what it was
			return w.audit(ctx, tx, action, path, nil, after)
		}
	}
	return w.audit(ctx, tx, action, path, was, after)
}
