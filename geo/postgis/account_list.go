package postgis

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"jingwei/geo"
)

// sqlAccountMatches holds for accounts t after the name $2 whose name begins with $3 or whose display name contains it.
const sqlAccountMatches = `t.name > $2
  and ($3 = '' or starts_with(t.name, lower($3)) or position(lower($3) in lower(t.display_name)) > 0)`

const sqlAccounts = `
select` + accountColumns + `
from jingwei.account t` + sqlPlace + `
where ` + sqlAccountMatches + `
order by t.name
limit $4`

// The candidates are found through the tree, since few accounts belong to a small part of it: organizations any of whose
// present rows lies below the roots $5. Whether one does is decided by its newest content, as for a single account.
const sqlAccountsWithin = `
with root as (
    select distinct v.path from jingwei.organization_version v
    where v.organization_id = any($5) and upper_inf(v.recorded)
), candidate as (
    select v.organization_id
    from root
    join jingwei.organization_version v on v.path <@ root.path and upper_inf(v.recorded) and v.parent_id is not null
    union
    select unnest($5::bigint[])
)
select` + accountColumns + `
from candidate
join jingwei.account t on t.organization_id = candidate.organization_id` + sqlPlace + `
where ` + sqlAccountMatches + `
  and v.path && $5 and ($6 or v.path && $7)
order by t.name
limit $4`

// Accounts returns at most q.Limit accounts of those that belong to the scope, by name, those after q.After. The empty
// scope has none. An account of no organization is in the scope of all organizations only.
func (s *Store) Accounts(ctx context.Context, q geo.AccountQuery, on geo.Day) ([]geo.Account, error) {
	if q.Scope.Empty() {
		return nil, nil
	}
	sql, args := sqlAccounts, []any{int32(on), q.After, q.Text, q.Limit}
	if !q.Scope.All || q.Organization != 0 {
		roots := q.Scope.Roots
		if q.Organization != 0 {
			roots = []geo.ID{q.Organization}
		}
		sql, args = sqlAccountsWithin, append(args, roots, q.Scope.All, q.Scope.Roots)
	}
	rows, err := s.pool.Query(ctx, sql, args...)
	if err != nil {
		return nil, fmt.Errorf("accounts: %w", explain(err))
	}
	accounts, err := pgx.CollectRows(rows, scanAccount)
	if err != nil {
		return nil, fmt.Errorf("accounts: %w", explain(err))
	}
	return accounts, nil
}
