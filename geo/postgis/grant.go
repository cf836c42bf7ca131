package postgis

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"jingwei/geo"
)

// Grants of these sources: given here, or following what a provider of identities claims.
const (
	sourceGrant = "grant"
	sourceOIDC  = "oidc"
)

const sqlHeldGrants = `
select t.id, t.account_id, t.role, coalesce(t.organization_id, 0), jingwei.day_number(lower(t.valid)), jingwei.day_number(upper(t.valid)),
       v.path, coalesce(v.name, ''), coalesce(v.status = 'active', false), t.source, t.created_by
from jingwei.role_grant t` + sqlPlace + `
where t.account_id = any($2) and t.ended_at is null
order by t.account_id, t.id`

// HeldGrants returns the grants of accounts that were not taken away, also those whose days are over or to come: by account,
// in the order in which they were given.
func (s *Store) HeldGrants(ctx context.Context, on geo.Day, accounts ...geo.ID) ([]geo.HeldGrant, error) {
	grants, err := heldGrants(ctx, s.offices, on, accounts...)
	if err != nil {
		return nil, fmt.Errorf("grants of accounts %v: %w", accounts, explain(err))
	}
	return grants, nil
}

func heldGrants(ctx context.Context, q querier, on geo.Day, accounts ...geo.ID) ([]geo.HeldGrant, error) {
	rows, err := q.Query(ctx, sqlHeldGrants, int32(on), accounts)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, scanGrant)
}

func scanGrant(row pgx.CollectableRow) (geo.HeldGrant, error) {
	var (
		g        geo.HeldGrant
		from, to *int32
	)
	err := row.Scan(&g.ID, &g.Account, &g.Role, &g.Organization, &from, &to, &g.Path, &g.OrganizationName, &g.Public, &g.Source, &g.CreatedBy)
	g.Valid = dayRange(from, to)
	return g, err
}

// Grant gives a role to g.Account and returns the grant as it stands. An account that by does not see is geo.ErrNotFound,
// a grant that would exceed what is theirs geo.ErrForbidden, one that the account has already geo.ErrConflict.
func (s *Store) Grant(ctx context.Context, by geo.Authority, g geo.Grant, now time.Time) (geo.HeldGrant, error) {
	var given geo.HeldGrant
	err := s.administer(ctx, by, geo.DayOf(now), func(admin administration) error {
		held, err := admin.lock(ctx, g.Account)
		if err != nil {
			return err
		}
		id, err := admin.insertGrant(ctx, g, held.Path, now)
		if err != nil {
			return err
		}
		grants, err := heldGrants(ctx, admin.tx, admin.on, g.Account)
		if i := slices.IndexFunc(grants, func(h geo.HeldGrant) bool { return h.ID == id }); i >= 0 {
			given = grants[i]
		}
		return err
	})
	if err != nil {
		return geo.HeldGrant{}, fmt.Errorf("grant to account %d: %w", g.Account, err)
	}
	return given, nil
}

const sqlInsertGrant = `
insert into jingwei.role_grant (account_id, role, organization_id, valid, source, created_at, created_by)
values ($1, $2, nullif($3::bigint, 0), jingwei.days($4, $5), $6, $7, $8)
returning id`

// insertGrant gives what is by's to give to an account that is locked and belongs to the organization with the path place. What would exceed it is refused before anything is
// said of the organization: who may not grant there need not learn whether it exists.
func (a administration) insertGrant(ctx context.Context, g geo.Grant, place []geo.ID, now time.Time) (geo.ID, error) {
	if err := g.Validate(); err != nil {
		return 0, err
	}
	path, err := a.path(ctx, g.Organization)
	if err != nil {
		return 0, err
	}
	if a.by.Exceeds(g, path, a.on) {
		return 0, forbidden("organization", "this is more than you can give: a role, a subtree and an end that your own grant includes")
	}
	if g.Organization != 0 && path == nil {
		return 0, conflict("organization", "there is no such organization")
	}
	err = a.tx.QueryRow(ctx, sqlInsertGrant, g.Account, g.Role, g.Organization, nullDay(g.Valid.From), nullDay(g.Valid.To), sourceGrant, now, a.by.Name).Scan(&g.ID)
	if err != nil {
		return 0, err
	}
	return g.ID, auditAccount(ctx, a.tx, "grant.create", g.Account, atLeast(place), nil, auditedGrantOf(g, sourceGrant))
}

const sqlEndGrant = `
update jingwei.role_grant set ended_at = $2, ended_by = $3
where id = $1 and ended_at is null`

// EndGrant takes a grant of an account away; it stays for the record. A grant that is none of the account's, or was taken
// away before, is geo.ErrNotFound, and so is an account that by does not see; one that they could not give themselves is
// geo.ErrForbidden, and the last of an administrator of everything geo.ErrConflict.
func (s *Store) EndGrant(ctx context.Context, by geo.Authority, account, grant geo.ID, now time.Time) error {
	err := s.administer(ctx, by, geo.DayOf(now), func(admin administration) error {
		held, err := admin.lock(ctx, account)
		if err != nil {
			return err
		}
		i := slices.IndexFunc(held.grants, func(g geo.HeldGrant) bool { return g.ID == grant })
		if i < 0 {
			return geo.NotFound("the account has no such grant")
		}
		if !by.MayTake(held.grants[i], admin.on) {
			return forbidden("", "you could not give this grant, so you cannot take it away")
		}
		if _, err := admin.tx.Exec(ctx, sqlEndGrant, grant, now, by.Name); err != nil {
			return err
		}
		g := held.grants[i]
		if err := auditAccount(ctx, admin.tx, "grant.end", account, atLeast(held.Path), auditedGrantOf(g.Grant, g.Source), nil); err != nil {
			return err
		}
		return admin.leavesSomebody(ctx, held.Account, g)
	})
	if err != nil {
		return fmt.Errorf("end grant %d of account %d: %w", grant, account, err)
	}
	return nil
}

// heldBy reads the grants of an authority in one row, as sqlAuthorityGrants gives them.
type heldBy struct {
	ids, organizations []geo.ID
	roles              []geo.Role
	from, to           []*int32
}

// sqlAuthorityGrants joins, as g, the grants of account a at the time $2 that were not taken away as arrays. What a provider of
// identities claimed holds for 30 days after it last did: whom the provider has dropped since does not come back to say
// so, while their programs go on, and so may they themselves with a password.
const sqlAuthorityGrants = `
cross join lateral (
    select coalesce(array_agg(r.id order by r.id), '{}') as ids,
           coalesce(array_agg(r.role order by r.id), '{}') as roles,
           coalesce(array_agg(coalesce(r.organization_id, 0) order by r.id), '{}') as organizations,
           coalesce(array_agg(jingwei.day_number(lower(r.valid)) order by r.id), '{}') as first,
           coalesce(array_agg(jingwei.day_number(upper(r.valid)) order by r.id), '{}') as after
    from jingwei.role_grant r
    where r.account_id = a.id and r.ended_at is null
      and (r.source <> 'oidc' or a.claimed_at > $2::timestamptz - interval '30 days')) g`

func (h *heldBy) fields() []any { return []any{&h.ids, &h.roles, &h.organizations, &h.from, &h.to} }

func (h *heldBy) grants(account geo.ID) []geo.Grant {
	var grants []geo.Grant
	for i, id := range h.ids {
		grants = append(grants, geo.Grant{ID: id, Account: account, Role: h.roles[i], Organization: h.organizations[i], Valid: dayRange(h.from[i], h.to[i])})
	}
	return grants
}

const sqlAuthorityOfAccount = `
select a.id, a.name, a.disabled, g.ids, g.roles, g.organizations, g.first, g.after
from jingwei.account a` + sqlAuthorityGrants + `
where a.name = $1`

// authorityOfAccount returns what an account may do by its name; false for one that is disabled. Names that no account has
// are those of the operator and of the program itself, which may do everything.
func authorityOfAccount(ctx context.Context, q querier, name string, on geo.Day) (geo.Authority, bool, error) {
	var (
		u        geo.Authority
		disabled bool
		held     heldBy
	)
	err := q.QueryRow(ctx, sqlAuthorityOfAccount, name, on.Time()).Scan(append([]any{&u.Account, &u.Name, &disabled}, held.fields()...)...)
	if errors.Is(err, pgx.ErrNoRows) {
		return geo.Authority{Name: name, Operator: true}, true, nil
	}
	u.Grants = held.grants(u.Account)
	return u, !disabled, err
}
