package postgis

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"jingwei/geo"
)

const sqlLabelKnown = `
update jingwei.division d
set label = st_setsrid(st_makepoint(l.lon, l.lat), 4326)
from unnest($2::bigint[], $3::smallint[], $4::float8[], $5::float8[]) l (code, level, lon, lat)
where d.code = l.code and d.level = l.level and d.valid @> jingwei.day($1) and d.label is null`

// LabelDivisions gives label points to those of the divisions, by code and level, that are known on the day and have none;
// it returns how many it were. One that has a label keeps it. As LoadDivisions otherwise.
func (s *Store) LabelDivisions(ctx context.Context, divisions []geo.Division, day geo.Day, progress Progress) (int, error) {
	batch := func(ctx context.Context, tx pgx.Tx, lo, hi int) (int, error) {
		codes, levels := make([]geo.DivisionCode, hi-lo), make([]int16, hi-lo)
		lons, lats := make([]float64, hi-lo), make([]float64, hi-lo)
		for i, d := range divisions[lo:hi] {
			codes[i], levels[i] = d.Code, int16(d.Level)
			lons[i], lats[i] = d.Label.Degrees()
		}
		tag, err := tx.Exec(ctx, sqlLabelKnown, int32(day), codes, levels, lons, lats)
		return int(tag.RowsAffected()), err
	}
	n, err := s.bulk(ctx, bulkLoad{layer: "divisions", table: "jingwei.division", action: "division.label"}, len(divisions), progress, batch)
	if err != nil {
		return n, fmt.Errorf("label divisions: %w", err)
	}
	return n, nil
}
