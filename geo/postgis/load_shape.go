package postgis

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/twpayne/go-geom"
	"github.com/twpayne/go-geom/encoding/ewkb"
	"github.com/twpayne/go-geom/encoding/geojson"

	"jingwei/geo"
)

// Shape is the outline of a division, to be loaded.
type Shape struct {
	Code    geo.DivisionCode
	Level   geo.DivisionLevel // 0 for the level that the code has by itself
	GeoJSON []byte            // a GeoJSON Polygon or MultiPolygon, CRS84 degrees
}

const sqlKeepBoundarySet = `
insert into jingwei.boundary_set as b (name, source, review_number, edition, crs, licence, illustrative, is_default)
values ($1, $2, $3, $4, $5, $6, $7, $8)
on conflict (name) do update
set source = excluded.source, review_number = excluded.review_number, edition = excluded.edition, crs = excluded.crs,
    licence = excluded.licence, illustrative = excluded.illustrative, is_default = excluded.is_default
where (b.source, b.review_number, b.edition, b.crs, b.licence, b.illustrative, b.is_default) is distinct from
      (excluded.source, excluded.review_number, excluded.edition, excluded.crs, excluded.licence, excluded.illustrative, excluded.is_default)`

const sqlStageShapes = `
create temporary table load_shape (
    code bigint, level smallint, ewkb bytea,
    constraint load_shape_pkey primary key (level, code)
) on commit drop`

// Shapes that break the rules of simple features (rings that touch themselves) are repaired: aggregates and clipping
// would fail on them.
const sqlMergeShapes = `
insert into jingwei.division_shape as g (set_id, level, code, geometry)
select b.id, l.level, l.code,
       case when st_isvalid(shape.geom) then shape.geom
            else st_multi(st_collectionextract(st_makevalid(shape.geom), 3)) end
from load_shape l
join jingwei.boundary_set b on b.name = $1
cross join lateral (select st_geomfromewkb(l.ewkb) as geom) shape
order by l.level, l.code
on conflict (set_id, level, code, min_zoom) do update
set geometry = excluded.geometry
where not (st_orderingequals(g.geometry, excluded.geometry))`

// LoadShapes inserts or replaces shapes of a boundary set, which is made or updated by its name, and returns how many
// rows differ from before; shapes of the set that are not given stay. ID of set is ignored; when set is the default, no
// other is any more. A shape without a division is kept. As LoadDivisions otherwise.
func (s *Store) LoadShapes(ctx context.Context, set geo.BoundarySet, shapes []Shape, progress Progress) (int, error) {
	batch := func(ctx context.Context, tx pgx.Tx, lo, hi int) (int, error) {
		changed := 0
		if lo == 0 {
			n, err := keepBoundarySet(ctx, tx, set)
			if err != nil {
				return 0, err
			}
			changed = n
		}
		rows := shapes[lo:hi]
		source := pgx.CopyFromSlice(len(rows), func(i int) ([]any, error) { return rows[i].loadRow() })
		n, err := stageAndMerge(ctx, tx, sqlStageShapes, "load_shape", []string{"code", "level", "ewkb"}, source, sqlMergeShapes, set.Name)
		return changed + n, err
	}
	n, err := s.bulk(ctx, "divisions", "jingwei.division_shape", len(shapes), progress, batch)
	if err != nil {
		return n, fmt.Errorf("load shapes of %s: %w", set.Name, err)
	}
	return n, nil
}

const sqlOnlyDefault = `update jingwei.boundary_set set is_default = false where is_default and name <> $1`

func keepBoundarySet(ctx context.Context, tx pgx.Tx, b geo.BoundarySet) (int, error) {
	if b.Default {
		if _, err := tx.Exec(ctx, sqlOnlyDefault, b.Name); err != nil {
			return 0, err
		}
	}
	tag, err := tx.Exec(ctx, sqlKeepBoundarySet, b.Name, b.Source, b.ReviewNumber, b.Edition, b.CRS, b.Licence, b.Illustrative, b.Default)
	return int(tag.RowsAffected()), err
}

func (s Shape) loadRow() ([]any, error) {
	level := s.Level
	if level == 0 {
		level = s.Code.Level()
	}
	polygons, err := multiPolygon(s.GeoJSON)
	if err != nil {
		return nil, geo.Invalid("geometry", "shape of division %s: %v", s.Code, err)
	}
	data, err := ewkb.Marshal(polygons, ewkb.NDR)
	if err != nil {
		return nil, fmt.Errorf("shape of division %s: %w", s.Code, err)
	}
	return []any{int64(s.Code), int16(level), data}, nil
}

// srid is EPSG:4326, the system of everything stored.
const srid = 4326

func multiPolygon(text []byte) (*geom.MultiPolygon, error) {
	var g geom.T
	if err := geojson.Unmarshal(text, &g); err != nil {
		return nil, err
	}
	switch g := g.(type) {
	case *geom.MultiPolygon:
		if g.Layout() != geom.XY {
			return nil, fmt.Errorf("coordinates have %d dimensions, two are needed", g.Stride())
		}
		return g.SetSRID(srid), nil
	case *geom.Polygon:
		m := geom.NewMultiPolygon(g.Layout()).SetSRID(srid)
		if g.Layout() != geom.XY {
			return nil, fmt.Errorf("coordinates have %d dimensions, two are needed", g.Stride())
		}
		return m, m.Push(g)
	default:
		return nil, fmt.Errorf("a Polygon or MultiPolygon is needed, not %T", g)
	}
}
