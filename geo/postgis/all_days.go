package postgis

import (
	"context"
	"fmt"
	"math"

	"github.com/jackc/pgx/v5"

	"jingwei/geo"
)

const (
	// The farthest corner of a shape is one of its convex hull.
	sqlHulls = `
select distinct on (g.code) g.code, hull.lon, hull.lat
from jingwei.division_shape g
join jingwei.boundary_set b on b.id = g.set_id
cross join lateral (
    select array_agg(st_x(p.geom)) as lon, array_agg(st_y(p.geom)) as lat
    from st_dumppoints(st_convexhull(g.geometry)) p) hull
where g.max_zoom = (
    select max(f.max_zoom) from jingwei.division_shape f where f.set_id = g.set_id and f.level = g.level and f.code = g.code)
order by g.code, g.level desc, b.is_default desc, g.set_id`

	sqlNames = `
select d.code, d.level, coalesce(d.parent, 0), d.name, jingwei.day_number(lower(d.valid)), jingwei.day_number(upper(d.valid)),
       st_x(d.label), st_y(d.label)
from jingwei.division d`
)

// DivisionsOfAllDays calls add with every division of all days, in no order, and with how far it reaches from its label, in
// metres: to the farthest corner of its shape, or of the nearest shape above it, as DivisionPlaces; 0 for unknown. Pinyin,
// kind and extent are not set.
func (s *Store) DivisionsOfAllDays(ctx context.Context, add func(d geo.Division, reachM float64)) error {
	hulls, err := s.hulls(ctx)
	if err != nil {
		return fmt.Errorf("names of divisions: %w", explain(err))
	}
	rows, err := s.public.Query(ctx, sqlNames)
	if err != nil {
		return fmt.Errorf("names of divisions: %w", explain(err))
	}
	var row divisionRow
	fields := []any{&row.Code, &row.Level, &row.Parent, &row.Name, &row.from, &row.to, &row.lon, &row.lat}
	_, err = pgx.ForEachRow(rows, fields, func() error {
		d, err := row.division()
		if err != nil {
			return err
		}
		if !d.HasLabel {
			add(d, 0)
			return nil
		}
		add(d, reachOf(d, hulls))
		return nil
	})
	if err != nil {
		return fmt.Errorf("names of divisions: %w", explain(err))
	}
	return nil
}

func (s *Store) hulls(ctx context.Context) (map[geo.DivisionCode][]geo.Position, error) {
	rows, err := s.public.Query(ctx, sqlHulls)
	if err != nil {
		return nil, err
	}
	hulls := map[geo.DivisionCode][]geo.Position{}
	var (
		code     geo.DivisionCode
		lon, lat []float64
	)
	_, err = pgx.ForEachRow(rows, []any{&code, &lon, &lat}, func() error {
		corners := make([]geo.Position, len(lon))
		for i := range corners {
			p, err := geo.NewPosition(lon[i], lat[i])
			if err != nil {
				return err
			}
			corners[i] = p
		}
		hulls[code] = corners
		return nil
	})
	return hulls, err
}

// reachOf is the distance from a label to the farthest corner of the nearest hull from the division upward.
func reachOf(d geo.Division, hulls map[geo.DivisionCode][]geo.Position) float64 {
	for level := d.Level; level >= geo.Province; level-- {
		corners := hulls[d.Code.Cut(level)]
		if len(corners) == 0 {
			continue
		}
		farthest, most := corners[0], 0.
		shrink := math.Cos(float64(d.Label.Lat) * geo.Unit * math.Pi / 180)
		for _, c := range corners {
			x, y := (float64(c.Lon)-float64(d.Label.Lon))*shrink, float64(c.Lat)-float64(d.Label.Lat)
			if square := x*x + y*y; square > most {
				farthest, most = c, square
			}
		}
		return math.Ceil(geo.Distance(d.Label, farthest)/accuracyStep) * accuracyStep
	}
	return 0
}

// Successions returns which code followed which, by old code, year and new code.
func (s *Store) Successions(ctx context.Context) ([]geo.Succession, error) {
	return s.successions(ctx, sqlSuccessions)
}
