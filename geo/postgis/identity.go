package postgis

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"jingwei/geo"
)

// claimant is what the record names for grants that follow the claims of an OpenID provider; no account has the name.
const claimant = "system"

const sqlIdentity = `
select a.id, a.disabled
from jingwei.account_identity i
join jingwei.account a on a.id = i.account_id
where i.issuer = $1 and i.subject = $2`

// AccountOfIdentity returns the account that is bound to the subject of an issuer, never one that merely has the same
// name. When there is none it makes create and binds it, with the first free number behind its name if that is taken; with
// create nil it is geo.ErrNotFound. A disabled account is geo.ErrForbidden. Faults of create are *geo.Error with the field.
func (s *Store) AccountOfIdentity(ctx context.Context, issuer, subject string, create *geo.Account) (geo.ID, error) {
	id, err := accountOfIdentity(ctx, s.offices, issuer, subject)
	if errors.Is(err, geo.ErrNotFound) && create != nil {
		err = s.write(ctx, func(tx pgx.Tx) error {
			id, err = bindIdentity(ctx, tx, issuer, subject, *create)
			return err
		})
	}
	if err != nil {
		return 0, fmt.Errorf("account of %q at %s: %w", subject, issuer, explain(err))
	}
	return id, nil
}

func accountOfIdentity(ctx context.Context, q querier, issuer, subject string) (geo.ID, error) {
	var (
		id       geo.ID
		disabled bool
	)
	err := q.QueryRow(ctx, sqlIdentity, issuer, subject).Scan(&id, &disabled)
	if errors.Is(err, pgx.ErrNoRows) {
		return 0, geo.NotFound("nobody has opened an account for this person")
	}
	if err == nil && disabled {
		err = forbidden("", "the account is disabled")
	}
	return id, err
}

// Somebody who signs in twice at once for the first time gets one account.
const sqlLockIdentity = `select pg_advisory_xact_lock(hashtextextended('jingwei identity ' || $1 || ' ' || $2, 0))`

const sqlBindIdentity = `insert into jingwei.account_identity (issuer, subject, account_id) values ($1, $2, $3)`

func bindIdentity(ctx context.Context, tx pgx.Tx, issuer, subject string, create geo.Account) (geo.ID, error) {
	if _, err := tx.Exec(ctx, sqlLockIdentity, issuer, subject); err != nil {
		return 0, err
	}
	id, err := accountOfIdentity(ctx, tx, issuer, subject)
	if !errors.Is(err, geo.ErrNotFound) {
		return id, err
	}
	made, err := insertNumbered(ctx, tx, create)
	if err != nil {
		return 0, err
	}
	if _, err := tx.Exec(ctx, sqlBindIdentity, issuer, subject, made.ID); err != nil {
		return 0, err
	}
	after := auditedAccountOf(made)
	after.Issuer = issuer
	return made.ID, auditAccount(asAccount(ctx, made.ID, made.Name), tx, "account.create", made.ID, nil, nil, after)
}

// mostNumber is the highest number that may come to stand behind a name.
const mostNumber = 10_000

// A name is free when no account has it; the name itself is tried before it is tried with a number.
const sqlFreeName = `
select c.name
from (select n, case n when 1 then $1::text else $1 || '-' || n end as name from generate_series($2::int, $3::int) n) c
where not exists (select from jingwei.account a where a.name = c.name)
order by c.n
limit 1`

const sqlInsertNamed = `
insert into jingwei.account (name, display_name, organization_id) values ($1, $2, nullif($3::bigint, 0))
on conflict (name) do nothing
returning id`

// insertNumbered makes the account under its name or, if that is taken, with a number behind it.
func insertNumbered(ctx context.Context, tx pgx.Tx, a geo.Account) (geo.Account, error) {
	a.Version = 1
	name, first := a.Name, 1
	if a.Validate() != nil { // a name that the history gives to what is no account is as good as taken
		first = 2
	}
	numbered := a
	numbered.Name = fmt.Sprintf("%s-%d", name, mostNumber)
	if err := numbered.Validate(); err != nil {
		return a, err
	}
	const tries = 20 // in each of which somebody else took the name meanwhile
	for range tries {
		err := tx.QueryRow(ctx, sqlFreeName, name, first, mostNumber).Scan(&a.Name)
		if err == nil {
			err = tx.QueryRow(ctx, sqlInsertNamed, a.Name, a.DisplayName, a.Organization).Scan(&a.ID)
		}
		if !errors.Is(err, pgx.ErrNoRows) {
			return a, err
		}
	}
	return a, conflict("name", "too many accounts have this name")
}

// sqlLockClaimant locks an account, of which a provider says at the time $2 what it claims.
const sqlLockClaimant = `update jingwei.account set claimed_at = $2 where id = $1 returning name`

const sqlEndClaimed = `
update jingwei.role_grant g set ended_at = clock_timestamp(), ended_by = $2
where g.account_id = $1 and g.source = 'oidc' and g.ended_at is null and not exists (
    select from unnest($3::text[], $4::bigint[], $5::int[], $6::int[]) c (role, organization, first, after)
    where c.role = g.role and c.organization = coalesce(g.organization_id, 0) and jingwei.days(c.first, c.after) = g.valid)`

const sqlInsertClaimed = `
insert into jingwei.role_grant (account_id, role, organization_id, valid, source, created_by)
select $1, c.role, nullif(c.organization, 0), jingwei.days(c.first, c.after), 'oidc', $2
from unnest($3::text[], $4::bigint[], $5::int[], $6::int[]) c (role, organization, first, after)
on conflict (account_id, role, coalesce(organization_id, 0), valid, source) where ended_at is null do nothing`

// ReplaceClaimedGrants lets the grants that the account has from OpenID providers be these. What it had already stays as it
// is, with its id, since tokens carry grants by id; what is not claimed any more ends; what was granted here is not touched.
// They hold for 30 days from now, however often the holder signs in otherwise.
// No grants end them all. geo.ErrNotFound: there is no such account; geo.ErrConflict: an organization does not exist.
func (s *Store) ReplaceClaimedGrants(ctx context.Context, account geo.ID, grants []geo.Grant, now time.Time) error {
	var (
		roles         []string
		organizations []geo.ID
		first, after  []*int32
	)
	for _, g := range grants {
		if err := g.Validate(); err != nil {
			return fmt.Errorf("claimed grants of account %d: %w", account, err)
		}
		roles, organizations = append(roles, string(g.Role)), append(organizations, g.Organization)
		first, after = append(first, nullDay(g.Valid.From)), append(after, nullDay(g.Valid.To))
	}
	err := s.write(ctx, func(tx pgx.Tx) error {
		locked, err := column[string](ctx, tx, sqlLockClaimant, account, now)
		if err != nil {
			return err
		}
		if len(locked) == 0 {
			return geo.NotFound("there is no account %d", account)
		}
		held, err := heldGrants(ctx, tx, s.today(), account)
		if err != nil {
			return err
		}
		changed := int64(0)
		for _, statement := range []string{sqlEndClaimed, sqlInsertClaimed} {
			done, err := tx.Exec(ctx, statement, account, claimant, roles, organizations, first, after)
			if err != nil {
				return err
			}
			changed += done.RowsAffected()
		}
		if changed == 0 {
			return nil
		}
		return auditClaims(asAccount(ctx, account, locked[0]), tx, account, held, s.today())
	})
	if err != nil {
		return fmt.Errorf("claimed grants of account %d: %w", account, err)
	}
	return nil
}

// auditClaims tells how the grants that follow claims changed.
func auditClaims(ctx context.Context, tx pgx.Tx, account geo.ID, held []geo.HeldGrant, on geo.Day) error {
	now, err := heldGrants(ctx, tx, on, account)
	if err != nil {
		return err
	}
	return auditAccount(ctx, tx, "grant.claim", account, nil, auditedGrants(held, sourceOIDC), auditedGrants(now, sourceOIDC))
}
