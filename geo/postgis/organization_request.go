package postgis

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"

	"jingwei/geo"
)

// requestField is the header that names a request.
const requestField = "Idempotency-Key"

// RegisterOrganization is CreateOrganization for a request that has a name of its own, 1 to 150 characters, by which it is
// known when it is sent once more because its answer was lost: then nothing is written, and the answer is the organization
// as it is now, with true. One that is gone since, or may not be seen any more, is geo.ErrConflict.
func (s *Store) RegisterOrganization(ctx context.Context, see, in geo.Scope, c geo.OrganizationContent, valid geo.DayRange, request, author string) (geo.Organization, geo.FeedPosition, bool, error) {
	org, done, err := s.requested(ctx, see, request)
	if err != nil || done {
		return org, s.positionAfter(ctx), done, err
	}
	org, at, err := s.register(ctx, see, in, c, valid, request, author)
	if errors.Is(err, geo.ErrConflict) { // both were under way at once, perhaps: then the other has the code, too
		if org, done, requested := s.requested(ctx, see, request); done || requested != nil {
			return org, s.positionAfter(ctx), done, requested
		}
	}
	return org, at, false, err
}

const sqlRequested = `select o.id from jingwei.organization o where o.request = $1`

// requested returns the organization that a request registered; false when it was not carried out.
func (s *Store) requested(ctx context.Context, see geo.Scope, request string) (geo.Organization, bool, error) {
	var id geo.ID
	err := s.offices.QueryRow(ctx, sqlRequested, request).Scan(&id)
	if errors.Is(err, pgx.ErrNoRows) {
		return geo.Organization{}, false, nil
	}
	if err != nil {
		return geo.Organization{}, false, fmt.Errorf("request %q: %w", request, explain(err))
	}
	org, err := s.Organization(ctx, see, id)
	if errors.Is(err, geo.ErrNotFound) {
		err = &geo.Error{Kind: geo.ErrConflict, Field: requestField, Message: "the organization that this request registered is there no more"}
	}
	return org, err == nil, err
}
