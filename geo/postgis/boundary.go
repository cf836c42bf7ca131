package postgis

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"jingwei/geo"
)

// Repair is a shape that broke the rules of simple features.
type Repair struct {
	Index   int    // among the shapes given
	Reason  string // as PostGIS says it
	GeoJSON []byte // a valid MultiPolygon of the same area; nil when nothing of an area is left
}

const sqlRepairs = `
select u.i - 1, st_isvalidreason(shape.geom), nullif(st_asgeojson(fixed.geom, 7), st_asgeojson('multipolygon empty'::geometry))
from unnest($1::text[]) with ordinality u (text, i)
cross join lateral (select st_geomfromgeojson(u.text) as geom) shape
cross join lateral (select st_multi(st_collectionextract(st_makevalid(shape.geom), 3)) as geom) fixed
where not st_isvalid(shape.geom)
order by u.i`

// repairBatch bounds the text that one statement carries.
const repairBatch = 500

// RepairShapes returns a valid form of each of the GeoJSON Polygons and MultiPolygons that is not valid by OGC 06-103r4
// §6.1.14. Nothing is written.
func (s *Store) RepairShapes(ctx context.Context, shapes [][]byte) ([]Repair, error) {
	var all []Repair
	for lo := 0; lo < len(shapes); lo += repairBatch {
		var texts []string
		for _, text := range shapes[lo:min(lo+repairBatch, len(shapes))] {
			texts = append(texts, string(text))
		}
		rows, err := s.public.Query(ctx, sqlRepairs, texts)
		if err != nil {
			return nil, fmt.Errorf("repair shapes: %w", explain(err))
		}
		repairs, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (Repair, error) {
			var r Repair
			return r, row.Scan(&r.Index, &r.Reason, &r.GeoJSON)
		})
		if err != nil {
			return nil, fmt.Errorf("repair shapes: %w", explain(err))
		}
		for _, r := range repairs {
			r.Index += lo
			all = append(all, r)
		}
	}
	return all, nil
}

const sqlUnmatched = `
select u.code
from unnest($1::bigint[]) u (code)
where not exists (select from jingwei.division d where d.code = u.code and d.level = $2 and d.valid @> jingwei.day($3))
order by u.code`

// UnmatchedBoundaries returns those of codes that no division of the level has on the day, in order.
func (s *Store) UnmatchedBoundaries(ctx context.Context, level geo.DivisionLevel, codes []geo.DivisionCode, day geo.Day) ([]geo.DivisionCode, error) {
	rows, err := s.public.Query(ctx, sqlUnmatched, codes, int16(level), int32(day))
	if err != nil {
		return nil, fmt.Errorf("divisions of boundaries: %w", explain(err))
	}
	list, err := pgx.CollectRows(rows, pgx.RowTo[geo.DivisionCode])
	if err != nil {
		return nil, fmt.Errorf("divisions of boundaries: %w", explain(err))
	}
	return list, nil
}

const sqlCentres = `
select g.code, st_x(c.at), st_y(c.at)
from jingwei.division_shape g
join jingwei.boundary_set b on b.id = g.set_id and b.is_default and not b.illustrative
cross join lateral (select st_centroid(g.geometry) as at) c
where g.level = $1 and g.max_zoom = $2
order by g.code`

// BoundaryCentres returns the centres of gravity, in degrees, of the shapes of a level in the default boundary set; none
// when that set is illustrative (示意), for then it says nothing about where the divisions are.
func (s *Store) BoundaryCentres(ctx context.Context, level geo.DivisionLevel) (map[geo.DivisionCode][2]float64, error) {
	rows, err := s.public.Query(ctx, sqlCentres, int16(level), deepestTile)
	if err != nil {
		return nil, fmt.Errorf("centres of boundaries: %w", explain(err))
	}
	centres := map[geo.DivisionCode][2]float64{}
	var code geo.DivisionCode
	var lon, lat float64
	_, err = pgx.ForEachRow(rows, []any{&code, &lon, &lat}, func() error {
		centres[code] = [2]float64{lon, lat}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("centres of boundaries: %w", explain(err))
	}
	return centres, nil
}
