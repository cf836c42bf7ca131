package postgis

import (
	"context"
	_ "embed"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"jingwei/geo"
)

// tileTimeout is how long the making of one polygon tile may take.
const tileTimeout = 10 * time.Second

// deepestTile is the greatest zoom that shapes are stored for.
const deepestTile = 30

//go:embed mvt.sql
var sqlDivisionTile string

// The batch is one implicit transaction, so that the limit ends with it.
const sqlTileTimeout = `select set_config('statement_timeout', $1, true)`

// DivisionTile returns the vector tile z/x/y (XYZ, rows from the north) of the divisions of a level on a day: layer
// "divisions" with polygons of the default boundary set, layer "division_labels" with label points. Feature ids are
// division codes. Empty when nothing is there. An address outside the grid is geo.ErrInvalid, a wait of more than two
// seconds behind other tiles and searches geo.ErrUnavailable.
//
// It may be newer than what DivisionGeneration said before: who keeps tiles by generation uses
// DivisionTileAndGeneration.
func (s *Store) DivisionTile(ctx context.Context, level geo.DivisionLevel, z, x, y uint32, day geo.Day) ([]byte, error) {
	tile, _, err := s.DivisionTileAndGeneration(ctx, level, z, x, y, day)
	return tile, err
}

// DivisionTileAndGeneration returns the tile as DivisionTile does, and the generation (see DivisionGeneration) of the
// very snapshot that it was drawn from: one generation, address, level and day never have two tiles.
func (s *Store) DivisionTileAndGeneration(ctx context.Context, level geo.DivisionLevel, z, x, y uint32, day geo.Day) (tile []byte, generation string, err error) {
	return s.tile(ctx, "divisions", z, x, y, sqlDivisionTile, int32(level), int32(z), int32(x), int32(y), int32(day))
}

const sqlBoundaryLineTile = `
with tile as (
    select st_tileenvelope($1, $2, $3) as box, st_tileenvelope($1, $2, $3, margin => 64 / 4096.0::float8) as wide
), lines as (
    select l.kind, l.name, b.illustrative, st_asmvtgeom(l.mercator, tile.box, 4096, 64, true) as geom
    from tile
    join jingwei.boundary_line l on l.mercator && tile.wide
    join jingwei.boundary_set b on b.id = l.set_id and b.is_default
)
select (select coalesce(st_asmvt(l, 'boundary_lines', 4096, 'geom' order by l.kind, l.name), '')
        from lines l where l.geom is not null),
       (select f.epoch || '-' || g.n from jingwei.feed f, jingwei.generation g where g.layer = 'divisions')`

// BoundaryLineTile returns the vector tile z/x/y with the lines of the default boundary set: layer "boundary_lines",
// properties kind, name, illustrative. Empty when nothing is there. As DivisionTile otherwise.
func (s *Store) BoundaryLineTile(ctx context.Context, z, x, y uint32) ([]byte, error) {
	tile, _, err := s.tile(ctx, "boundary lines", z, x, y, sqlBoundaryLineTile, int32(z), int32(x), int32(y))
	return tile, err
}

// tile runs a statement that makes one tile and tells its generation, in a limited time.
func (s *Store) tile(ctx context.Context, what string, z, x, y uint32, sql string, args ...any) (tile []byte, generation string, err error) {
	if err := checkTile(z, x, y); err != nil {
		return nil, "", err
	}
	leave, err := s.public.slow.enter(ctx)
	if err != nil {
		return nil, "", fmt.Errorf("tile %d/%d/%d of %s: %w", z, x, y, what, err)
	}
	defer leave()
	var batch pgx.Batch
	batch.Queue(sqlTileTimeout, fmt.Sprint(s.tileTimeout.Milliseconds()))
	batch.Queue(sql, args...).QueryRow(func(row pgx.Row) error { return row.Scan(&tile, &generation) })
	if err := s.public.SendBatch(ctx, &batch).Close(); err != nil {
		return nil, "", fmt.Errorf("tile %d/%d/%d of %s: %w", z, x, y, what, explain(err))
	}
	return tile, generation, nil
}

// checkTile refuses an address outside the grid of tiles.
func checkTile(z, x, y uint32) error {
	if z > deepestTile || x >= 1<<z || y >= 1<<z {
		return geo.Invalid("tile", "there is no tile %d/%d/%d", z, x, y)
	}
	return nil
}

const sqlGeneration = `
select f.epoch || '-' || g.n from jingwei.feed f, jingwei.generation g where g.layer = 'divisions'`

// DivisionGeneration returns a short text that differs whenever divisions, shapes or boundary sets differ: part of the
// ETag of polygon tiles and the key of caches. It costs one look-up.
func (s *Store) DivisionGeneration(ctx context.Context) (generation string, err error) {
	if err := s.public.QueryRow(ctx, sqlGeneration).Scan(&generation); err != nil {
		return "", fmt.Errorf("generation of divisions: %w", explain(err))
	}
	return generation, nil
}
