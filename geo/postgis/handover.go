package postgis

import (
	"context"
	"fmt"
	"time"

	"jingwei/geo"
)

// What was granted moves from today on; what follows a provider's claims about a person does not.
const sqlMoveGrants = `
insert into jingwei.role_grant (account_id, role, organization_id, valid, created_at, created_by)
select $2, r.role, r.organization_id, r.valid * jingwei.days($3, null), $4, $5
from jingwei.role_grant r
where r.account_id = $1 and r.ended_at is null and r.source = 'grant' and r.valid && jingwei.days($3, null)
order by r.id
on conflict do nothing`

const (
	sqlEndGrants      = `update jingwei.role_grant set ended_at = $2, ended_by = $3 where account_id = $1 and ended_at is null`
	sqlDisableAccount = `update jingwei.account set version = version + 1, disabled = true where id = $1`
)

// HandOver lets an office go from one account to another, all or nothing: the grants of the one that are not over move to
// the other, its sessions, tokens and links end, and it is disabled. An account that by does not see is geo.ErrNotFound, or
// geo.ErrConflict with the field "to" for the one that takes over; one to take from that is not theirs to look after is
// geo.ErrForbidden. Where nobody would be an administrator of everything afterwards it is geo.ErrConflict.
func (s *Store) HandOver(ctx context.Context, by geo.Authority, from, to geo.ID, now time.Time) error {
	err := s.administer(ctx, by, geo.DayOf(now), func(admin administration) error {
		old, next, err := admin.mayHandOver(ctx, from, to)
		if err != nil {
			return err
		}
		if _, err := admin.tx.Exec(ctx, sqlMoveGrants, from, to, int32(admin.on), now, by.Name); err != nil {
			return err
		}
		if _, err := admin.tx.Exec(ctx, sqlEndGrants, from, now, by.Name); err != nil {
			return err
		}
		if err := endAll(ctx, admin.tx, from); err != nil {
			return err
		}
		if _, err := admin.tx.Exec(ctx, sqlDisableAccount, from); err != nil {
			return err
		}
		if err := admin.auditHandOver(ctx, old, next); err != nil {
			return err
		}
		return admin.leavesSomebody(ctx, old.Account, old.grants...)
	})
	if err != nil {
		return fmt.Errorf("hand account %d over to %d: %w", from, to, err)
	}
	return nil
}

// mayHandOver locks both accounts and refuses what may not be.
func (a administration) mayHandOver(ctx context.Context, from, to geo.ID) (old, next heldAccount, err error) {
	held, err := lockAccounts(ctx, a.tx, a.on, from, to)
	if err != nil {
		return old, next, err
	}
	if old, err = a.seen(held, from); err != nil {
		return old, next, err
	}
	if err := a.mayAdminister(old); err != nil {
		return old, next, err
	}
	next, err = a.seen(held, to)
	switch {
	case from == to:
		return old, next, geo.Invalid("to", "an office is handed over to another account")
	case err != nil:
		return old, next, conflict("to", "there is no such account")
	case next.Disabled:
		return old, next, conflict("to", "the account that is to take over is disabled")
	}
	return old, next, nil
}

// auditHandOver tells of a hand-over at both accounts, with all that they held and hold. Who reads of one of them need not
// know the other, so that it has no name here.
func (a administration) auditHandOver(ctx context.Context, old, next heldAccount) error {
	grants, err := heldGrants(ctx, a.tx, a.on, next.ID)
	if err != nil {
		return err
	}
	type handOver struct {
		To     geo.ID         `json:"to,omitempty"`
		From   geo.ID         `json:"from,omitempty"`
		Grants []auditedGrant `json:"grants"`
	}
	err = auditAccount(ctx, a.tx, "account.hand-over", old.ID, atLeast(old.Path),
		handOver{Grants: auditedGrants(old.grants, "")}, handOver{To: next.ID, Grants: []auditedGrant{}})
	if err != nil {
		return err
	}
	return auditAccount(ctx, a.tx, "account.take-over", next.ID, atLeast(next.Path),
		handOver{Grants: auditedGrants(next.grants, "")}, handOver{From: old.ID, Grants: auditedGrants(grants, "")})
}
