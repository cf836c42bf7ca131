package postgis

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"jingwei/geo"
)

// CreateOrganization registers an organization with content c for the days valid and returns it with the position of
// the feed from which on it is seen; the position is zero (Epoch "") when the write is committed but its position could
// not be read. Faults of c are *geo.Error with the field; a code in use is geo.ErrConflict, and so is a superior that
// does not exist, may not be seen, or is retired before valid ends; one that exists on some of these days only is geo.ErrInvalid. The superior must lie in the scope in, else it is
// geo.ErrForbidden; without one, the scope must be all organizations.
//
// The location is reported, and checked at once when the technical check finds nothing; only the operator may say that it is more.
func (s *Store) CreateOrganization(ctx context.Context, see, in geo.Scope, c geo.OrganizationContent, valid geo.DayRange, author string) (geo.Organization, geo.FeedPosition, error) {
	return s.register(ctx, see, in, c, valid, "", author)
}

// register is CreateOrganization for a request with a name, "" for none; one that was carried out is geo.ErrConflict.
func (s *Store) register(ctx context.Context, see, in geo.Scope, c geo.OrganizationContent, valid geo.DayRange, request, author string) (geo.Organization, geo.FeedPosition, error) {
	fail := func(err error) (geo.Organization, geo.FeedPosition, error) {
		return geo.Organization{}, geo.FeedPosition{}, fmt.Errorf("create organization: %w", err)
	}
	c = complete(c)
	if err := c.Validate(); err != nil {
		return fail(err)
	}
	if valid.Empty() {
		return fail(geo.Invalid("valid_from", "the days of validity are empty"))
	}
	org := geo.Organization{Version: 1, OrganizationContent: c, Valid: valid}
	r := s.reach(see, in, s.today())
	err := s.writeWithin(ctx, in, func(tx pgx.Tx) error {
		if err := lockTree(ctx, tx, 0, c.Parent); err != nil {
			return err
		}
		if err := r.expectSuperior(ctx, tx, c.Parent, valid); err != nil {
			return err
		}
		w, err := r.insertIdentity(ctx, tx, c.Code, request, &operation{action: geo.WriteCreate, author: author})
		if err != nil {
			return err
		}
		org.ID = w.id
		if err := w.create(ctx, tx, &c, valid, r.today); err != nil {
			return err
		}
		org.LocationState = c.LocationState
		return nil
	})
	if err != nil {
		return fail(err)
	}
	return org, s.positionAfter(ctx), nil
}

// create says the first that is said of an organization, and sets the state of its location in c.
func (w organizationWrite) create(ctx context.Context, tx pgx.Tx, c *geo.OrganizationContent, valid geo.DayRange, today geo.Day) error {
	out, err := w.settle(ctx, tx, nil, c, today)
	if err != nil {
		return err
	}
	path, err := w.insert(ctx, tx, *c, valid)
	if err != nil {
		return err
	}
	if err := out.keep(ctx, tx, w); err != nil {
		return err
	}
	if err := w.note(ctx, tx); err != nil {
		return err
	}
	return w.audit(ctx, tx, geo.AuditCreateOrganization, path, nil, auditedOf(w.version, *c, valid))
}

// complete fills what a caller may leave out.
func complete(c geo.OrganizationContent) geo.OrganizationContent {
	for _, d := range []struct {
		field *string
		value string
	}{
		{&c.Status, geo.StatusActive},
		{&c.LocationState, geo.LocationReported},
		{&c.LocationSource, "registered"},
		{&c.SourceCRS, "EPSG:4326"},
	} {
		if *d.field == "" {
			*d.field = d.value
		}
	}
	return c
}
