package postgis

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/paulmach/orb"
	"github.com/paulmach/orb/encoding/wkb"

	"jingwei/geo"
)

// Outlines travel as WKB (OGC 06-103r4 §8): every digit arrives.
const (
	sqlJurisdictionShape = `
select st_asbinary(v.jurisdiction)
from {versions} v
where v.organization_id = $2 and upper_inf(v.recorded) and v.valid @> jingwei.day($3) and v.jurisdiction is not null and {visible v}`

	sqlGridShape = `select st_asbinary(g.geometry) from jingwei.public_grid g where g.id = $1 and g.valid @> jingwei.day($2)`
)

// JurisdictionShape returns the area that an organization looks after on a day, in degrees (EPSG:4326, x = longitude),
// exactly as it is stored. An organization that does not exist, that looks after none on the day, or that is neither
// active on it nor in the scope is geo.ErrNotFound, always in the same words.
func (s *Store) JurisdictionShape(ctx context.Context, see geo.Scope, organization geo.ID, day geo.Day) (shape orb.MultiPolygon, err error) {
	err = s.read(ctx, see, func(v sight) (err error) {
		shape, err = readShape(v.QueryRow(ctx, v.sql(sqlJurisdictionShape), v.scope, organization, int32(day)), "jurisdiction of organization", organization, day)
		return err
	})
	return shape, err
}

// GridShape returns the outline of a grid that exists on a day, as JurisdictionShape does.
func (s *Store) GridShape(ctx context.Context, id geo.ID, day geo.Day) (orb.MultiPolygon, error) {
	return readShape(s.public.QueryRow(ctx, sqlGridShape, id, int32(day)), "grid", id, day)
}

func readShape(row pgx.Row, what string, id geo.ID, day geo.Day) (orb.MultiPolygon, error) {
	var (
		text  []byte
		shape orb.MultiPolygon
	)
	err := row.Scan(&text)
	if errors.Is(err, pgx.ErrNoRows) {
		return nil, geo.NotFound("there is no %s %d on %s", what, id, day)
	}
	if err == nil {
		err = wkb.Scanner(&shape).Scan(text)
	}
	if err != nil {
		return nil, fmt.Errorf("%s %d: %w", what, id, explain(err))
	}
	return shape, nil
}
