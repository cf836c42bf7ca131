package postgis

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"

	"jingwei/geo"
)

const sqlGrid = `
select g.id, g.code, g.kind, g.name, g.division_code, coalesce(g.organization_id, 0), st_asgeojson(g.geometry, 7),
       jingwei.day_number(lower(g.valid)), jingwei.day_number(upper(g.valid))
from jingwei.public_grid g
where g.id = $1`

// Grid returns a grid with its shape, and the organization responsible for it while that is active; geo.ErrNotFound when
// there is none of that id.
func (s *Store) Grid(ctx context.Context, id geo.ID) (geo.Grid, error) {
	var (
		g        geo.Grid
		shape    string
		from, to *int32
	)
	err := s.public.QueryRow(ctx, sqlGrid, id).Scan(&g.ID, &g.Code, &g.Kind, &g.Name, &g.Division, &g.Organization, &shape, &from, &to)
	if errors.Is(err, pgx.ErrNoRows) {
		return geo.Grid{}, geo.NotFound("there is no grid %d", id)
	}
	if err == nil {
		g.Valid = dayRange(from, to)
		g.Shape, err = geo.ParseMultiPolygon([]byte(shape))
	}
	if err != nil {
		return geo.Grid{}, fmt.Errorf("grid %d: %w", id, explain(err))
	}
	return g, nil
}
