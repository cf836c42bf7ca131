package postgis

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"jingwei/geo"
)

const sqlSuccession = `
select l.kind, jingwei.day_number(lower(l.valid)), p.organization_id, p.name, o.retired is not null, l.from_id = $2
from {links} l
join {organizations} o on o.id = case when l.from_id = $2 then l.to_id else l.from_id end
join {organizations} f on f.id = l.from_id
join {versions} p on p.row_id = jingwei.present_row(o.id, jingwei.day($3))
where (l.from_id = $2 or l.to_id = $2) and l.kind in ('merged_into', 'split_into') and {visible p}
  and (l.kind <> 'merged_into' or f.retired = lower(l.valid))
order by lower(l.valid), p.organization_id`

const sqlPresentVisible = `
select exists (select from {versions} p where p.row_id = jingwei.present_row($2, jingwei.day($3)) and {visible p})`

// OrganizationSuccession returns what an organization went into and what it came from, by day and then by id, of what may
// be seen as it is today; of what is retired, as it was last. What was merged and came back since went into nothing. An organization that may not be seen itself is
// geo.ErrNotFound.
func (s *Store) OrganizationSuccession(ctx context.Context, see geo.Scope, id geo.ID) (list []geo.OrganizationSuccessor, err error) {
	err = s.read(ctx, see, func(v sight) error {
		var visible bool
		if err := v.QueryRow(ctx, v.sql(sqlPresentVisible), v.scope, id, int32(s.today())).Scan(&visible); err != nil {
			return err
		}
		if !visible {
			return geo.NotFound("there is no organization %d", id)
		}
		rows, err := v.Query(ctx, v.sql(sqlSuccession), v.scope, id, int32(s.today()))
		if err != nil {
			return err
		}
		list, err = pgx.CollectRows(rows, pgx.RowToStructByPos[geo.OrganizationSuccessor])
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("succession of organization %d: %w", id, explain(err))
	}
	return list, nil
}
