package postgis

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"

	"jingwei/geo"
)

const sqlRetire = `update jingwei.organization set version = $2, retired = jingwei.day($3) where id = $1`

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
		w, known, err := r.lockOrganization(ctx, tx, id, ifVersion, author)
		if err != nil {
			return err
		}
		if err := r.admitDays(standingFrom(known, today)); err != nil {
			return err
		}
		return w.retire(ctx, tx, today)
	})
	if err != nil {
		return geo.FeedPosition{}, fmt.Errorf("retire organization %d: %w", id, err)
	}
	return s.positionAfter(ctx), nil
}

func (w organizationWrite) retire(ctx context.Context, tx pgx.Tx, today geo.Day) error {
	var below geo.ID
	err := tx.QueryRow(ctx, sqlSubordinate, w.id, int32(today)).Scan(&below)
	if err == nil {
		return &geo.Error{Kind: geo.ErrConflict, Message: fmt.Sprintf("organization %d is subordinate to it: move or retire that first", below)}
	}
	if !errors.Is(err, pgx.ErrNoRows) {
		return err
	}
	before, path, err := w.contentFrom(ctx, tx, today)
	if err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, sqlRetire, w.id, w.version, int32(today)); err != nil {
		return err
	}
	if err := w.carve(ctx, tx, geo.DayRange{From: today, To: geo.MaxDay}); err != nil {
		return err
	}
	return w.audit(ctx, tx, geo.AuditRetireOrganization, path, auditedOf(before.Version, before.OrganizationContent, before.Valid), nil)
}
