package postgis

import (
	"context"
	"slices"

	"github.com/jackc/pgx/v5"

	"jingwei/geo"
)

// administration is a write to accounts: who makes it, and the day that decides what they may do.
type administration struct {
	tx pgx.Tx
	by geo.Authority
	on geo.Day
}

// administer runs f in a transaction.
func (s *Store) administer(ctx context.Context, by geo.Authority, on geo.Day, f func(a administration) error) error {
	return s.write(ctx, func(tx pgx.Tx) error { return f(administration{tx, by, on}) })
}

// heldAccount is an account that is locked, with what it holds. Whoever writes to an account or to what belongs to it locks
// it first, so that a decision stands on what the write will find.
type heldAccount struct {
	geo.Account
	grants []geo.HeldGrant
}

const sqlLockAccounts = `
select` + accountColumns + `
from jingwei.account t` + sqlPlace + `
where t.id = any($2)
order by t.id
for no key update of t`

// lockAccounts locks accounts in the order of their ids and returns those that exist, in that order. Others are not kept
// from referring to them.
func lockAccounts(ctx context.Context, tx pgx.Tx, on geo.Day, ids ...geo.ID) ([]heldAccount, error) {
	rows, err := tx.Query(ctx, sqlLockAccounts, int32(on), ids)
	if err != nil {
		return nil, err
	}
	accounts, err := pgx.CollectRows(rows, scanAccount)
	if err != nil {
		return nil, err
	}
	grants, err := heldGrants(ctx, tx, on, ids...) // after the lock: as they are now
	if err != nil {
		return nil, err
	}
	held := make([]heldAccount, len(accounts))
	for i, a := range accounts {
		held[i].Account = a
		for _, g := range grants {
			if g.Account == a.ID {
				held[i].grants = append(held[i].grants, g)
			}
		}
	}
	return held, nil
}

// lock locks an account that is to be written to. One that does not exist or may not be seen is geo.ErrNotFound.
func (a administration) lock(ctx context.Context, id geo.ID) (heldAccount, error) {
	held, err := lockAccounts(ctx, a.tx, a.on, id)
	if err != nil {
		return heldAccount{}, err
	}
	return a.seen(held, id)
}

// lockAdministered is lock of an account that is theirs to look after, else geo.ErrForbidden.
func (a administration) lockAdministered(ctx context.Context, id geo.ID) (heldAccount, error) {
	held, err := a.lock(ctx, id)
	if err == nil {
		err = a.mayAdminister(held)
	}
	return held, err
}

// seen picks an account that may be seen.
func (a administration) seen(held []heldAccount, id geo.ID) (heldAccount, error) {
	i := slices.IndexFunc(held, func(h heldAccount) bool { return h.ID == id })
	if i < 0 || !a.by.May(geo.ActionReadAccount, geo.Object{Path: held[i].Path}, a.on) {
		return heldAccount{}, geo.NotFound("there is no such account")
	}
	return held[i], nil
}

func (a administration) mayAdminister(h heldAccount) error {
	if !a.by.Administers(h.Account, h.grants, a.on) {
		return forbidden("", "the account has more than you could give, or is not yours to look after; ask the organization above")
	}
	return nil
}

func forbidden(field, message string) error {
	return &geo.Error{Kind: geo.ErrForbidden, Field: field, Message: message}
}

func conflict(field, message string) error {
	return &geo.Error{Kind: geo.ErrConflict, Field: field, Message: message}
}

const sqlOrganizationPath = `
select v.path from jingwei.organization t` + sqlOrganizationPlace + `
where t.id = $2 and t.retired is null`

// sqlOrganizationPlace is sqlPlace for an organization itself.
const sqlOrganizationPlace = `
cross join lateral (
    select string_to_array(ltree2text(v.path), '.')::bigint[] as path
    from jingwei.organization_version v
    where v.organization_id = t.id and upper_inf(v.recorded)
    order by v.valid @> jingwei.day($1) desc, v.valid desc, v.row_id
    limit 1) v`

// path returns the path of an organization that is not retired: nil for 0, all organizations, and for one that there is not.
func (a administration) path(ctx context.Context, id geo.ID) ([]geo.ID, error) {
	if id == 0 {
		return nil, nil
	}
	rows, err := a.tx.Query(ctx, sqlOrganizationPath, int32(a.on), id)
	if err != nil {
		return nil, err
	}
	paths, err := pgx.CollectRows(rows, pgx.RowTo[[]geo.ID])
	if err != nil || len(paths) == 0 {
		return nil, err
	}
	return paths[0], nil
}
