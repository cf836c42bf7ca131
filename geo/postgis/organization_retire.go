package postgis

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"

	"jingwei/geo"
)

const sqlSubordinate = `
select v.organization_id from jingwei.organization_version v
where v.parent_id = $1 and upper_inf(v.recorded) and v.valid && jingwei.days($2, null)
order by v.organization_id limit 1`

// RetireOrganization ends an organization as of today: what was valid before today stays in the history, nothing holds
// from today on. One with subordinate organizations is geo.ErrConflict; else as ReplaceOrganization.
func (s *Store) RetireOrganization(ctx context.Context, see, in geo.Scope, id geo.ID, ifVersion int32, today geo.Day, author string) (geo.FeedPosition, error) {
	r := s.reach(see, in, today)
	err := s.writeWithin(ctx, in, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, sqlLockTree); err != nil {
			return err
		}
		w, known, err := r.lockOrganization(ctx, tx, id, ifVersion, &operation{action: geo.WriteRetire, author: author})
		if err != nil {
			return err
		}
		if err := r.admitDays(standingFrom(known, today)); err != nil {
			return err
		}
		return w.retire(ctx, tx, today, nil)
	})
	if err != nil {
		return geo.FeedPosition{}, fmt.Errorf("retire organization %d: %w", id, err)
	}
	return s.positionAfter(ctx), nil
}

// retire lets nothing hold from a day on. told is what the audit tells beside what was, nil for nothing.
func (w organizationWrite) retire(ctx context.Context, tx pgx.Tx, from geo.Day, told any) error {
	if err := w.expectNoneBelow(ctx, tx, nullDay(from)); err != nil {
		return err
	}
	before, path, err := w.contentFrom(ctx, tx, from)
	if err != nil {
		return err
	}
	if err := w.touch(ctx, tx, w.code, nullDay(from)); err != nil {
		return err
	}
	if err := w.carve(ctx, tx, geo.DayRange{From: from, To: geo.MaxDay}); err != nil {
		return err
	}
	if err := w.note(ctx, tx); err != nil {
		return err
	}
	return w.audit(ctx, tx, "organization."+w.action, path, auditedOf(before.Version, before.OrganizationContent, before.Valid), told)
}

// expectNoneBelow refuses to end an organization from a day on, nil for the first, while another is below it then.
func (w organizationWrite) expectNoneBelow(ctx context.Context, tx pgx.Tx, from *int32) error {
	var below geo.ID
	err := tx.QueryRow(ctx, sqlSubordinate, w.id, from).Scan(&below)
	if errors.Is(err, pgx.ErrNoRows) {
		return nil
	}
	if err != nil {
		return err
	}
	return &geo.Error{Kind: geo.ErrConflict, Message: fmt.Sprintf("organization %d is subordinate to it: move or retire that first", below)}
}
