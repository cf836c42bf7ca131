package postgis

import (
	"context"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5"

	"jingwei/geo"
)

// maxNodes limits a page of OrganizationChildren.
const maxNodes = 1000

// MaxCountedChildren is how far organizations below another are counted: nobody reads on by hand, and a tree may be as flat as
// millions below none.
const MaxCountedChildren = 10_000

// Two conditions instead of one on coalesce: each has an index of its own, which ends in the order of the page.
const (
	belowParent = `v.parent_id = $2`
	topmost     = `v.parent_id is null and $2::bigint is not null`
)

// The page comes first: what is below is counted for no other rows. The statement is planned for its very day: for days that
// are not known, PostgreSQL expects few rows to hold on one, and looks for those first, which are nearly all.
const sqlOrganizationChildren = `
select v.organization_id, v.name, v.kind, v.level, v.status,
       (select count(*) from (
            select from {versions} c
            where c.parent_id = v.organization_id and upper_inf(c.recorded) and c.valid @> jingwei.day($3) and {visible c}
            order by c.name, c.organization_id limit 10001) c)
from (select * from {versions} v
      where {place} and upper_inf(v.recorded) and v.valid @> jingwei.day($3) and {visible v}
        and (v.name, v.organization_id) > ($4::text collate "C", $5::bigint)
      order by v.name, v.organization_id
      limit $6) v
order by v.name, v.organization_id`

// OrganizationChildren returns the organizations directly below parent on the day that are active or lie in the scope, the
// topmost ones when parent is 0, by name and then by id: those after the cursor, at most limit of them, never more than
// 1000. A parent that does not exist on the day or may not be seen is geo.ErrNotFound.
func (s *Store) OrganizationChildren(ctx context.Context, see geo.Scope, parent geo.ID, after geo.NodeCursor, limit int, day geo.Day) (nodes []geo.OrganizationNode, err error) {
	limit = min(max(limit, 1), maxNodes)
	leave, err := s.lane(see).slow.enter(ctx)
	if err != nil {
		return nil, fmt.Errorf("organizations below %d: %w", parent, err)
	}
	defer leave()
	err = s.read(ctx, see, func(v sight) error {
		if err := v.expect(ctx, parent, day); err != nil {
			return err
		}
		rows, err := v.Query(ctx, v.below(sqlOrganizationChildren, parent), pgx.QueryExecModeCacheDescribe, v.scope, parent, int32(day), after.Name, after.ID, limit)
		if err != nil {
			return err
		}
		nodes, err = pgx.CollectRows(rows, pgx.RowToStructByPos[geo.OrganizationNode])
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("organizations below %d: %w", parent, explain(err))
	}
	return nodes, nil
}

const sqlCountOrganizationChildren = `
select count(*) from (
    select from {versions} v
    where {place} and upper_inf(v.recorded) and v.valid @> jingwei.day($3) and {visible v}
    order by v.name, v.organization_id limit 10001) v`

// CountOrganizationChildren returns how many organizations OrganizationChildren has in all its pages, one more than
// MaxCountedChildren standing for any greater number; 0 for a parent of which it has none.
func (s *Store) CountOrganizationChildren(ctx context.Context, see geo.Scope, parent geo.ID, day geo.Day) (n int, err error) {
	leave, err := s.lane(see).slow.enter(ctx)
	if err != nil {
		return 0, fmt.Errorf("number of organizations below %d: %w", parent, err)
	}
	defer leave()
	err = s.read(ctx, see, func(v sight) error {
		return v.QueryRow(ctx, v.below(sqlCountOrganizationChildren, parent), pgx.QueryExecModeCacheDescribe, v.scope, parent, int32(day)).Scan(&n)
	})
	if err != nil {
		return 0, fmt.Errorf("number of organizations below %d: %w", parent, explain(err))
	}
	return n, nil
}

// below fills in where in the tree a statement reads.
func (v sight) below(text string, parent geo.ID) string {
	place := belowParent
	if parent == 0 {
		place = topmost
	}
	return v.sql(strings.ReplaceAll(text, "{place}", place))
}

const sqlNodeExists = `
select exists (select from {versions} v
               where v.organization_id = $2 and upper_inf(v.recorded) and v.valid @> jingwei.day($3) and {visible v})`

// expect fails when an organization that is looked below is none, or is hidden.
func (v sight) expect(ctx context.Context, parent geo.ID, day geo.Day) error {
	if parent == 0 {
		return nil
	}
	var exists bool
	if err := v.QueryRow(ctx, v.sql(sqlNodeExists), v.scope, parent, int32(day)).Scan(&exists); err != nil {
		return err
	}
	if !exists {
		return geo.NotFound("there is no organization %d%s", parent, onDay(day))
	}
	return nil
}
