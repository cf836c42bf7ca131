package postgis

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"

	"jingwei/geo"
)

// walkedAccounts is how many accounts in the order of their names are looked through for a page of a scope. A large scope
// fills its page from them; of a smaller one there are few, which are found through the tree of organizations.
const walkedAccounts = 2000

// sqlAccountMatches holds for accounts t after the name $2 whose name begins with $3 or whose display name contains it.
const sqlAccountMatches = `t.name > $2
  and ($3 = '' or starts_with(t.name, lower($3)) or position(lower($3) in lower(t.display_name)) > 0)`

const sqlAccounts = `
select` + accountColumns + `
from jingwei.account t` + sqlPlace + `
where ` + sqlAccountMatches + `
order by t.name
limit $4`

// sqlAccountInScope holds for accounts that lie below the roots $5 and, unless $6, below the roots $7. It decides by the
// newest content of their organizations, as for a single account.
const sqlAccountInScope = `v.path && $5 and ($6 or v.path && $7)`

const sqlEndOfWalk = `
select t.name from jingwei.account t
where t.name > $1
order by t.name
offset $2 limit 1`

const sqlAccountsWalked = `
select` + accountColumns + `
from jingwei.account t` + sqlPlace + `
where ` + sqlAccountMatches + ` and ($8 = '' or t.name < $8) and ` + sqlAccountInScope + `
order by t.name
limit $4`

// Candidates are accounts of organizations any of whose present rows lies below the tops $8. They are sorted before it is
// looked up where each is, which is needed for a page of them only.
const sqlAccountsBelow = `
with root as (
    select distinct v.path from jingwei.organization_version v
    where v.organization_id = any($8) and upper_inf(v.recorded)
), below as (
    select v.organization_id
    from root
    join jingwei.organization_version v on v.path <@ root.path and upper_inf(v.recorded) and v.parent_id is not null
    union
    select unnest($8::bigint[])
)
select` + accountColumns + `
from (
    select t.* from jingwei.account t
    where ` + sqlAccountMatches + ` and t.organization_id in (select b.organization_id from below b)
    order by t.name
    offset 0) t` + sqlPlace + `
where ` + sqlAccountInScope + `
order by t.name
limit $4`

// Accounts returns at most q.Limit accounts of those that belong to the scope, by name, those after q.After. The empty
// scope has none. An account of no organization is in the scope of all organizations only.
func (s *Store) Accounts(ctx context.Context, q geo.AccountQuery, on geo.Day) ([]geo.Account, error) {
	if q.Scope.Empty() {
		return nil, nil
	}
	leave, err := s.offices.slow.enter(ctx)
	if err != nil {
		return nil, fmt.Errorf("accounts: %w", err)
	}
	defer leave()
	accounts, err := s.accounts(ctx, q, []any{int32(on), q.After, q.Text, q.Limit})
	if err != nil {
		return nil, fmt.Errorf("accounts: %w", explain(err))
	}
	return accounts, nil
}

func (s *Store) accounts(ctx context.Context, q geo.AccountQuery, args []any) ([]geo.Account, error) {
	if q.Scope.All && q.Organization == 0 {
		return s.selectAccounts(ctx, sqlAccounts, args)
	}
	roots := q.Scope.Roots
	if q.Organization != 0 {
		roots = []geo.ID{q.Organization}
	}
	args = append(args, roots, q.Scope.All, q.Scope.Roots)
	tops, err := s.tops(ctx, q)
	if err != nil || len(tops) == 0 {
		return nil, err
	}
	end, err := s.endOfWalk(ctx, q.After)
	if err != nil {
		return nil, err
	}
	walked, err := s.selectAccounts(ctx, sqlAccountsWalked, append(args, end))
	if err != nil || end == "" || len(walked) == q.Limit {
		return walked, err
	}
	return s.selectAccounts(ctx, sqlAccountsBelow, append(args, tops))
}

// Where a root lies, by any of its present rows: an account can be in both only below the one of them that is lower.
const sqlTops = `
select distinct v.organization_id
from jingwei.organization_version v
cross join lateral (select string_to_array(ltree2text(v.path), '.')::bigint[] as path) p
where upper_inf(v.recorded) and (v.organization_id = $1 and p.path && $2 or v.organization_id = any($2) and $1 = any(p.path))
order by v.organization_id`

// tops returns below which organizations lies what is asked for: the roots of the scope, or, of an organization and a scope
// that has not everything, the lower ones. A part of the tree that is not theirs is not walked through.
func (s *Store) tops(ctx context.Context, q geo.AccountQuery) ([]geo.ID, error) {
	switch {
	case q.Organization == 0:
		return q.Scope.Roots, nil
	case q.Scope.All:
		return []geo.ID{q.Organization}, nil
	}
	return column[geo.ID](ctx, s.offices, sqlTops, q.Organization, q.Scope.Roots)
}

// endOfWalk returns the name up to which accounts after one are looked through; "" when that is all of them.
func (s *Store) endOfWalk(ctx context.Context, after string) (string, error) {
	var end string
	err := s.offices.QueryRow(ctx, sqlEndOfWalk, after, walkedAccounts).Scan(&end)
	if errors.Is(err, pgx.ErrNoRows) {
		return "", nil
	}
	return end, err
}

func (s *Store) selectAccounts(ctx context.Context, sql string, args []any) ([]geo.Account, error) {
	rows, err := s.offices.Query(ctx, sql, args...)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, scanAccount)
}
