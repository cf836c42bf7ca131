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

// Shape is the outline of a division in a range of zooms, to be loaded.
type Shape struct {
	Code             geo.DivisionCode
	Level            geo.DivisionLevel // 0 for the level that the code has by itself
	MinZoom, MaxZoom int               // both 0 for all zooms
	Name             string            // what the source calls it
	GeoJSON          []byte            // a GeoJSON Polygon or MultiPolygon, CRS84 degrees
}

// Boundaries is what LoadBoundaries loads into a boundary set. Shapes of one code and level stand together.
type Boundaries struct {
	Set    geo.BoundarySet // made or updated by its name; ID is ignored
	Shapes []Shape
	Lines  []geo.BoundaryLine
	DryRun bool // nothing is written
}

// BoundaryTally counts what a load did, or a dry run would have done.
type BoundaryTally struct {
	New, Changed, Unchanged int // codes of a level, and lines
	Rows                    int // rows that differ from before, that of the set included
}

// The default changes with the last transaction only, so that a map does not show half a set.
const sqlKeepBoundarySet = `
insert into jingwei.boundary_set as b (name, source, review_number, edition, crs, licence, illustrative)
values ($1, $2, $3, $4, $5, $6, $7)
on conflict (name) do update
set source = excluded.source, review_number = excluded.review_number, edition = excluded.edition, crs = excluded.crs,
    licence = excluded.licence, illustrative = excluded.illustrative
where (b.source, b.review_number, b.edition, b.crs, b.licence, b.illustrative) is distinct from
      (excluded.source, excluded.review_number, excluded.edition, excluded.crs, excluded.licence, excluded.illustrative)`

const sqlStageShapes = `
create temporary table load_shape (
    code bigint, level smallint, min_zoom smallint, max_zoom smallint, name text, ewkb bytea,
    constraint load_shape_pkey primary key (level, code, min_zoom)
) on commit drop`

// Shapes that break the rules of simple features (rings that touch themselves) are repaired: aggregates and clipping
// would fail on them.
const sqlReadShapes = `
create temporary table read_shape on commit drop as
select b.id as set_id, l.level, l.code, l.min_zoom, l.max_zoom, l.name,
       case when st_isvalid(shape.geom) then shape.geom
            else st_multi(st_collectionextract(st_makevalid(shape.geom), 3)) end as geometry
from load_shape l
join jingwei.boundary_set b on b.name = $1
cross join lateral (select st_geomfromewkb(l.ewkb) as geom) shape`

const sqlTallyShapes = `
select count(*) filter (where known = 0), count(*) filter (where known > 0 and (known <> given or differs)),
       count(*) filter (where known = given and not differs)
from (
    select count(*) as given,
           (select count(*) from jingwei.division_shape g where g.set_id = r.set_id and g.level = r.level and g.code = r.code) as known,
           coalesce(bool_or(g.code is null or (g.max_zoom, g.name) <> (r.max_zoom, r.name) or not st_orderingequals(g.geometry, r.geometry)), true) as differs
    from read_shape r
    left join jingwei.division_shape g on g.set_id = r.set_id and g.level = r.level and g.code = r.code and g.min_zoom = r.min_zoom
    group by r.set_id, r.level, r.code) unit`

// Rows for other zooms than the new ones would stand in their way.
const sqlClearShapes = `
delete from jingwei.division_shape g
using (select distinct set_id, level, code from read_shape) r
where g.set_id = r.set_id and g.level = r.level and g.code = r.code
  and not exists (select from read_shape x where x.level = g.level and x.code = g.code and x.min_zoom = g.min_zoom and x.max_zoom = g.max_zoom)`

const sqlMergeShapes = `
insert into jingwei.division_shape as g (set_id, level, code, min_zoom, max_zoom, name, geometry)
select r.set_id, r.level, r.code, r.min_zoom, r.max_zoom, r.name, r.geometry
from read_shape r
order by r.level, r.code, r.min_zoom
on conflict (set_id, level, code, min_zoom) do update
set geometry = excluded.geometry, name = excluded.name
where g.name <> excluded.name or not st_orderingequals(g.geometry, excluded.geometry)`

// A division without a label gets that of its shape. So does one whose label lies outside it, for a shape that depicts a
// real boundary.
const sqlLabelDivisions = `
update jingwei.division d
set label = g.label
from (select distinct r.set_id, r.level, r.code from read_shape r) r
join jingwei.boundary_set b on b.id = r.set_id
join jingwei.division_shape g on g.set_id = r.set_id and g.level = r.level and g.code = r.code and g.max_zoom = 30
where d.code = r.code and d.level = r.level and d.label is distinct from g.label
  and (d.label is null or not b.illustrative and not st_covers(g.geometry, d.label))`

// LoadShapes is LoadBoundaries for shapes alone; it returns how many rows differ from before.
func (s *Store) LoadShapes(ctx context.Context, set geo.BoundarySet, shapes []Shape, progress Progress) (int, error) {
	tally, err := s.LoadBoundaries(ctx, Boundaries{Set: set, Shapes: shapes}, progress)
	return tally.Rows, err
}

// LoadBoundaries inserts or replaces shapes and lines of a boundary set; those that are not given stay. All zooms of a
// code and level are replaced together. When set is the default, no other is any more once all has arrived; one that is
// the default stays it. A shape without a division is kept; divisions without a label get one. As LoadDivisions otherwise.
func (s *Store) LoadBoundaries(ctx context.Context, b Boundaries, progress Progress) (BoundaryTally, error) {
	var tally BoundaryTally
	var steps []bulkStep
	for lo := 0; lo < len(b.Shapes); {
		rows := b.Shapes[lo:endOfBatch(b.Shapes, lo)]
		lo += len(rows)
		steps = append(steps, bulkStep{rows: len(rows), run: func(ctx context.Context, tx pgx.Tx) (int, error) {
			return loadShapes(ctx, tx, b.Set, rows, &tally)
		}})
	}
	if len(b.Lines) > 0 {
		steps = append(steps, bulkStep{rows: len(b.Lines), run: func(ctx context.Context, tx pgx.Tx) (int, error) {
			return loadLines(ctx, tx, b.Set, b.Lines, &tally)
		}})
	}
	if b.Set.Default && len(steps) > 0 {
		steps = append(steps, bulkStep{run: func(ctx context.Context, tx pgx.Tx) (int, error) { return makeDefault(ctx, tx, b.Set.Name) }})
	}
	load := bulkLoad{layer: "divisions", table: "jingwei.division_shape", dry: b.DryRun, action: "boundary.load", report: func() any {
		return boundaryReport{b.Set.Name, tally.New, tally.Changed, tally.Unchanged}
	}}
	n, err := s.bulkSteps(ctx, load, steps, progress)
	tally.Rows = n
	if err != nil {
		return tally, fmt.Errorf("load shapes of %s: %w", b.Set.Name, err)
	}
	return tally, nil
}

// boundaryReport is what the audit tells of a load of boundaries.
type boundaryReport struct {
	Set       string `json:"set"`
	New       int    `json:"new"`
	Changed   int    `json:"changed"`
	Unchanged int    `json:"unchanged"`
}

// shapeBatch is how many shapes a transaction writes before it ends with the last zoom of a code.
const shapeBatch = 1000

func endOfBatch(shapes []Shape, lo int) int {
	hi := min(lo+shapeBatch, len(shapes))
	for hi < len(shapes) && shapes[hi].Code == shapes[hi-1].Code {
		hi++
	}
	return hi
}

func loadShapes(ctx context.Context, tx pgx.Tx, set geo.BoundarySet, rows []Shape, tally *BoundaryTally) (int, error) {
	changed, err := keepBoundarySet(ctx, tx, set)
	if err != nil {
		return 0, err
	}
	source := pgx.CopyFromSlice(len(rows), func(i int) ([]any, error) { return rows[i].loadRow() })
	columns := []string{"code", "level", "min_zoom", "max_zoom", "name", "ewkb"}
	if _, err := stageAndMerge(ctx, tx, sqlStageShapes, "load_shape", columns, source, sqlReadShapes, set.Name); err != nil {
		return 0, err
	}
	if _, err := tx.Exec(ctx, `analyze read_shape`); err != nil {
		return 0, err
	}
	var counted BoundaryTally
	if err := tx.QueryRow(ctx, sqlTallyShapes).Scan(&counted.New, &counted.Changed, &counted.Unchanged); err != nil {
		return 0, err
	}
	for _, sql := range []string{sqlClearShapes, sqlMergeShapes, sqlLabelDivisions} {
		tag, err := tx.Exec(ctx, sql)
		if err != nil {
			return 0, err
		}
		changed += int(tag.RowsAffected())
	}
	tally.add(counted)
	return changed, nil
}

func (t *BoundaryTally) add(more BoundaryTally) {
	t.New += more.New
	t.Changed += more.Changed
	t.Unchanged += more.Unchanged
}

func keepBoundarySet(ctx context.Context, tx pgx.Tx, b geo.BoundarySet) (int, error) {
	tag, err := tx.Exec(ctx, sqlKeepBoundarySet, b.Name, b.Source, b.ReviewNumber, b.Edition, b.CRS, b.Licence, b.Illustrative)
	return int(tag.RowsAffected()), err
}

const (
	sqlNoDefault  = `update jingwei.boundary_set set is_default = false where is_default and name <> $1`
	sqlNewDefault = `update jingwei.boundary_set set is_default = true where not is_default and name = $1`
)

func makeDefault(ctx context.Context, tx pgx.Tx, name string) (int, error) {
	changed := 0
	for _, sql := range []string{sqlNoDefault, sqlNewDefault} {
		tag, err := tx.Exec(ctx, sql, name)
		if err != nil {
			return 0, err
		}
		changed += int(tag.RowsAffected())
	}
	return changed, nil
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
	last := s.MaxZoom
	if s.MinZoom == 0 && s.MaxZoom == 0 {
		last = deepestTile
	}
	return []any{int64(s.Code), int16(level), int16(s.MinZoom), int16(last), s.Name, data}, nil
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
