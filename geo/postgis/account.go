package postgis

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"jingwei/geo"
)

// sqlPlace joins, as v, the newest content known of the organization that row t belongs to: what holds on day $1, else
// the latest. Its path decides who looks after the row.
const sqlPlace = `
left join lateral (
    select v.name, v.status, string_to_array(ltree2text(v.path), '.')::bigint[] as path
    from jingwei.organization_version v
    where v.organization_id = t.organization_id
    order by upper_inf(v.recorded) desc, v.valid @> jingwei.day($1) desc, v.valid desc, lower(v.recorded) desc, v.row_id
    limit 1) v on true`

// accountColumns are what scanAccount reads; t is the account, v as of sqlPlace.
const accountColumns = `
       t.id, t.version, t.name, t.display_name, coalesce(t.organization_id, 0), coalesce(v.name, ''), v.path,
       t.disabled, t.must_change, t.password is not null, t.created_at, t.signed_in_at`

func scanAccount(row pgx.CollectableRow) (geo.Account, error) {
	var (
		a        geo.Account
		signedIn *time.Time
	)
	err := row.Scan(&a.ID, &a.Version, &a.Name, &a.DisplayName, &a.Organization, &a.OrganizationName, &a.Path,
		&a.Disabled, &a.MustChange, &a.HasPassword, &a.CreatedAt, &signedIn)
	if signedIn != nil {
		a.SignedInAt = *signedIn
	}
	return a, err
}

func oneAccount(ctx context.Context, q querier, sql string, args ...any) (geo.Account, error) {
	rows, err := q.Query(ctx, sql, args...)
	if err != nil {
		return geo.Account{}, err
	}
	a, err := pgx.CollectExactlyOneRow(rows, scanAccount)
	if errors.Is(err, pgx.ErrNoRows) {
		return geo.Account{}, geo.NotFound("there is no such account")
	}
	return a, err
}

const sqlAccount = `
select` + accountColumns + `
from jingwei.account t` + sqlPlace + `
where t.id = $2`

// Account returns an account with where its organization is on the day; an unknown one is geo.ErrNotFound.
func (s *Store) Account(ctx context.Context, id geo.ID, on geo.Day) (geo.Account, error) {
	a, err := oneAccount(ctx, s.offices, sqlAccount, int32(on), id)
	if err != nil {
		return a, fmt.Errorf("account %d: %w", id, explain(err))
	}
	return a, nil
}

const sqlAccountNamed = `
select` + accountColumns + `
from jingwei.account t` + sqlPlace + `
where t.name = $2`

// AccountNamed is Account by the name.
func (s *Store) AccountNamed(ctx context.Context, name string, on geo.Day) (geo.Account, error) {
	a, err := oneAccount(ctx, s.offices, sqlAccountNamed, int32(on), geo.CleanAccountName(name))
	if err != nil {
		return a, fmt.Errorf("account %s: %w", name, explain(err))
	}
	return a, nil
}

// sqlAnyAdministrator is whether somebody can look after everything, whoever else has an account by then.
const sqlAnyAdministrator = `exists (
    select from jingwei.role_grant g join jingwei.account t on t.id = g.account_id
    where g.role = 'administrator' and g.organization_id is null and g.ended_at is null and not t.disabled)`

// AnyAdministrator reports whether there is an administrator of everything yet.
func (s *Store) AnyAdministrator(ctx context.Context) (bool, error) {
	var any bool
	if err := s.offices.QueryRow(ctx, `select `+sqlAnyAdministrator).Scan(&any); err != nil {
		return false, fmt.Errorf("accounts: %w", explain(err))
	}
	return any, nil
}
