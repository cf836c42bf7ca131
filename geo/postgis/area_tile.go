package postgis

import (
	"context"
	_ "embed"
	"fmt"
	"math"

	"jingwei/geo"
)

//go:embed grid_tile.sql
var sqlGridTile string

//go:embed jurisdiction_tile.sql
var sqlJurisdictionTile string

// leastAreaZoom is the first zoom at which grids and jurisdictions are drawn: they are areas of villages and blocks.
const leastAreaZoom = 8

// GridTile returns the vector tile z/x/y (XYZ, rows from the north) of the grids of a day, layer "grids": feature ids are
// grid ids, properties code, name, kind, division (12 digits) and organization (absent for none). With it comes the
// generation (see GridGeneration) of the very snapshot that it was drawn from.
//
// Below zoom 8 it is empty. Up to zoom 12 areas smaller than 9 by 9 pixels are left out, a pixel being 1/512 of the tile,
// at zoom 13 those smaller than 3 by 3, from 14 on those smaller than half by half: areas that do not overlap are thus
// few enough for 500 kB where they are many. A tile that is larger all the same, since areas overlap, is drawn again
// without those of less than twice the side, until it fits. An address outside the grid of tiles is geo.ErrInvalid, a wait of more than
// two seconds behind other tiles and searches geo.ErrUnavailable.
func (s *Store) GridTile(ctx context.Context, z, x, y uint32, day geo.Day) (tile []byte, generation string, err error) {
	return s.areaTile(ctx, "grids", sqlGridTile, z, x, y, day)
}

// JurisdictionTile returns the vector tile z/x/y of the areas that active organizations look after on a day, layer
// "jurisdictions": feature ids are those of the organizations, properties name, kind, level and division (12 digits). With
// it comes the generation (see JurisdictionGeneration). As GridTile otherwise.
func (s *Store) JurisdictionTile(ctx context.Context, z, x, y uint32, day geo.Day) (tile []byte, generation string, err error) {
	return s.areaTile(ctx, "jurisdictions", sqlJurisdictionTile, z, x, y, day)
}

// mostOfAreaTile is the size in bytes that no tile of areas exceeds, uncompressed.
const mostOfAreaTile = 500_000

// areaTile draws areas from the least side of the zoom on, and where that makes too large a tile, from twice that.
func (s *Store) areaTile(ctx context.Context, what, sql string, z, x, y uint32, day geo.Day) ([]byte, string, error) {
	for side := leastSide(z); ; side *= 2 {
		tile, generation, err := s.tile(ctx, what, z, x, y, sql, int32(z), int32(x), int32(y), int32(day), areaOf(side, z), int32(leastAreaZoom))
		if err != nil || len(tile) <= mostOfAreaTile {
			return tile, generation, err
		}
	}
}

// Sides in pixels of the smallest squares that are drawn, see GridTile.
const (
	crowdedSide = 9.0
	denseSide   = 3.0
	plainSide   = 0.5
)

func leastSide(z uint32) float64 {
	switch {
	case z <= 12:
		return crowdedSide
	case z == 13:
		return denseSide
	}
	return plainSide
}

// areaOf is the area in square metres of web mercator of a square with a side in pixels at a zoom.
func areaOf(side float64, z uint32) float64 {
	const world = 2 * math.Pi * 6378137 // metres of the side of tile 0/0/0
	metres := side * world / 512 / math.Exp2(float64(z))
	return metres * metres
}

const (
	sqlGridGeneration         = `select jingwei.grid_generation($1, $2, $3)`
	sqlJurisdictionGeneration = `select jingwei.jurisdiction_generation($1, $2, $3)`
)

// GridGeneration returns a short text that differs whenever the grids that the tile z/x/y may show differ, or who is
// responsible for them: part of its ETag and the key of caches. It costs a look at the index entries in the tile; below
// zoom 8, where nothing is drawn, none. An address outside the grid of tiles is geo.ErrInvalid.
func (s *Store) GridGeneration(ctx context.Context, z, x, y uint32) (string, error) {
	return s.areaGeneration(ctx, "grids", sqlGridGeneration, z, x, y)
}

// JurisdictionGeneration returns a short text that differs whenever the jurisdictions that the tile z/x/y may show, or
// what is said of the organizations that have them, differ. As GridGeneration otherwise.
func (s *Store) JurisdictionGeneration(ctx context.Context, z, x, y uint32) (string, error) {
	return s.areaGeneration(ctx, "jurisdictions", sqlJurisdictionGeneration, z, x, y)
}

func (s *Store) areaGeneration(ctx context.Context, layer, sql string, z, x, y uint32) (generation string, err error) {
	if err := checkTile(z, x, y); err != nil {
		return "", err
	}
	if err := s.public.QueryRow(ctx, sql, int32(z), int32(x), int32(y)).Scan(&generation); err != nil {
		return "", fmt.Errorf("generation of %s in tile %d/%d/%d: %w", layer, z, x, y, explain(err))
	}
	return generation, nil
}
