package postgis

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"jingwei/geo"
)

// divisionColumns are what scanDivision reads; d is the division, s its extent in the default boundary set.
const divisionColumns = `
       d.id, d.code, d.level, d.kind, coalesce(d.parent, 0), d.name, d.pinyin,
       jingwei.day_number(lower(d.valid)), jingwei.day_number(upper(d.valid)),
       st_x(d.label), st_y(d.label), st_xmin(s.box), st_ymin(s.box), st_xmax(s.box), st_ymax(s.box)`

// divisionExtent joins s, the bounding box of the most detailed shape.
const divisionExtent = `
left join lateral (
    select box2d(g.geometry) as box
    from jingwei.division_shape g
    join jingwei.boundary_set b on b.id = g.set_id and b.is_default
    where g.code = d.code and g.level = d.level
    order by g.max_zoom desc, g.set_id
    limit 1) s on true`

type divisionRow struct {
	geo.Division
	from, to                 *int32
	lon, lat                 *float64
	west, south, east, north *float64
}

func (r *divisionRow) fields() []any {
	return []any{&r.ID, &r.Code, &r.Level, &r.Kind, &r.Parent, &r.Name, &r.Pinyin, &r.from, &r.to,
		&r.lon, &r.lat, &r.west, &r.south, &r.east, &r.north}
}

func (r *divisionRow) division() (geo.Division, error) {
	d := r.Division
	d.Valid = dayRange(r.from, r.to)
	if r.lon != nil && r.lat != nil {
		at, err := geo.NewPosition(*r.lon, *r.lat)
		if err != nil {
			return d, err
		}
		d.Label, d.HasLabel = at, true
	}
	if r.west != nil {
		d.Extent, d.HasExtent = geo.Extent{West: *r.west, South: *r.south, East: *r.east, North: *r.north}, true
	}
	return d, nil
}

func scanDivision(rows pgx.CollectableRow) (geo.Division, error) {
	var row divisionRow
	if err := rows.Scan(row.fields()...); err != nil {
		return geo.Division{}, err
	}
	return row.division()
}

func (s *Store) divisions(ctx context.Context, sql string, args ...any) ([]geo.Division, error) {
	rows, err := s.public.Query(ctx, sql, args...)
	if err != nil {
		return nil, explain(err)
	}
	list, err := pgx.CollectRows(rows, scanDivision)
	return list, explain(err)
}

// The level falls at each step up, so that wrong parents cannot make it run in circles. Rows that repeat their superior
// where a level is left out (parent = code) are for counts and tiles per level: by its code one finds the division itself.
const sqlDivision = `
with recursive up as (
    select d.* from jingwei.division d
    where d.code = $1 and d.valid @> jingwei.day($2) and d.parent is distinct from d.code
    union all
    select d.* from up join jingwei.division d
        on d.code = up.parent and d.valid @> jingwei.day($2) and d.parent is distinct from d.code and d.level < up.level
)
select` + divisionColumns + `
from up d` + divisionExtent + `
order by d.level, d.code`

// Division returns the division that has the code on the day, and the divisions above it, widest first; none is
// geo.ErrNotFound.
func (s *Store) Division(ctx context.Context, code geo.DivisionCode, day geo.Day) (geo.Division, []geo.Division, error) {
	list, err := s.divisions(ctx, sqlDivision, code, int32(day))
	if err != nil {
		return geo.Division{}, nil, fmt.Errorf("division %s: %w", code, err)
	}
	if len(list) == 0 {
		return geo.Division{}, nil, geo.NotFound("there is no division %s on %s", code, day)
	}
	last := len(list) - 1
	return list[last], list[:last], nil
}

const sqlDivisionChildren = `
select` + divisionColumns + `
from jingwei.division d` + divisionExtent + `
where (d.parent = $1::bigint or d.parent is null and $1::bigint = 0) and d.parent is distinct from d.code and d.valid @> jingwei.day($2)
order by d.code`

// DivisionChildren returns the divisions directly below parent on the day, by code; parent 0 gives those without a
// superior: the provinces. No children, or no such parent, is an empty list.
func (s *Store) DivisionChildren(ctx context.Context, parent geo.DivisionCode, day geo.Day) ([]geo.Division, error) {
	list, err := s.divisions(ctx, sqlDivisionChildren, parent, int32(day))
	if err != nil {
		return nil, fmt.Errorf("divisions below %s: %w", parent, err)
	}
	return list, nil
}

const sqlCountDivisionChildren = `
select count(*) from jingwei.division d where d.parent = $1 and d.parent <> d.code and d.valid @> jingwei.day($2)`

// CountDivisionChildren returns how many divisions DivisionChildren would return.
func (s *Store) CountDivisionChildren(ctx context.Context, parent geo.DivisionCode, day geo.Day) (int, error) {
	var n int
	if err := s.public.QueryRow(ctx, sqlCountDivisionChildren, parent, int32(day)).Scan(&n); err != nil {
		return 0, fmt.Errorf("count divisions below %s: %w", parent, explain(err))
	}
	return n, nil
}
