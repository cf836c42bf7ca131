package postgis

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"

	"jingwei/geo"
)

const boundarySetColumns = `
b.id, b.name, b.source, b.review_number, b.edition, b.crs, b.licence, b.illustrative, b.is_default,
jingwei.boundary_set_incomplete(b.id),
exists (select from jingwei.boundary_line l where l.set_id = b.id and l.kind = 'south_china_sea'),
coalesce((select max(l) from generate_series(1, 5) l
          where exists (select from jingwei.division_shape x where x.set_id = b.id and x.level = l)), 0)`

func boundarySetFields(b *geo.BoundarySet) []any {
	return []any{&b.ID, &b.Name, &b.Source, &b.ReviewNumber, &b.Edition, &b.CRS, &b.Licence, &b.Illustrative, &b.Default, &b.Incomplete, &b.SeaLine, &b.Deepest}
}

// Editions are written by hand; those of the forms 2019, 2019-06 and 2019-06-30 are compared as texts with the day, so that a year
// counts from its first day.
const sqlDivisionShape = `
select` + boundarySetColumns + `, g.code, coalesce(d.name, g.name), st_asgeojson(g.geometry, 7),
       d.code is not null or not exists (select from jingwei.division x where x.code = g.code)
from jingwei.division_shape g
join jingwei.boundary_set b on b.id = g.set_id
join jingwei.boundary_set main on main.is_default
left join jingwei.division d on d.code = g.code and d.level = g.level and d.valid @> jingwei.day($2)
cross join lateral (select b.edition collate "C" <= $3 as held, b.edition collate "C" as edition) e
where g.code = $1
  and (b.is_default
    or main.edition collate "C" > $3 and e.edition < main.edition collate "C" and b.illustrative = main.illustrative
       and main.edition ~ '^\d{4}(-\d\d){0,2}$' and b.edition ~ '^\d{4}(-\d\d){0,2}$')
order by e.held desc, case when e.held then e.edition end desc, e.edition, b.is_default desc, g.level, g.max_zoom desc
limit 1`

// DivisionShape returns the outline of a division on the day, as detailed as there is, in CRS84 degrees with seven decimals: that of
// the default boundary set, but for a day before its edition that of the last edition until then, else of the first after it,
// among the sets that are as real, or made up, as the default one. An edition that is no day is in force on all days. The name
// is that of the day, or the source's for a shape without a division. None is geo.ErrNotFound.
func (s *Store) DivisionShape(ctx context.Context, code geo.DivisionCode, day geo.Day) (geo.DivisionShape, error) {
	var shape geo.DivisionShape
	fields := append(boundarySetFields(&shape.Set), &shape.Code, &shape.Name, &shape.GeoJSON, &shape.Holds)
	err := s.public.QueryRow(ctx, sqlDivisionShape, code, int32(day), day.String()).Scan(fields...)
	if errors.Is(err, pgx.ErrNoRows) {
		return geo.DivisionShape{}, geo.NotFound("there is no shape of division %s", code)
	}
	if err != nil {
		return geo.DivisionShape{}, fmt.Errorf("shape of division %s: %w", code, explain(err))
	}
	return shape, nil
}

const sqlBoundarySets = `
select` + boundarySetColumns + `
from jingwei.boundary_set b
order by b.is_default desc, b.name`

// BoundarySets returns all sets of boundaries, the default first, then by name.
func (s *Store) BoundarySets(ctx context.Context) ([]geo.BoundarySet, error) {
	rows, err := s.public.Query(ctx, sqlBoundarySets)
	if err != nil {
		return nil, fmt.Errorf("boundary sets: %w", explain(err))
	}
	sets, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (geo.BoundarySet, error) {
		var b geo.BoundarySet
		return b, row.Scan(boundarySetFields(&b)...)
	})
	if err != nil {
		return nil, fmt.Errorf("boundary sets: %w", explain(err))
	}
	return sets, nil
}
