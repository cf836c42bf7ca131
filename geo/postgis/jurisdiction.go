package postgis

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"jingwei/geo"
)

// The box is compared in web mercator: there is the index, and && is an operator that policies leave it.
const sqlJurisdictions = `
select v.organization_id, v.name, st_asgeojson(v.jurisdiction, 7)
from {versions} v
where v.jurisdiction_mercator is not null and v.jurisdiction_mercator && st_transform(st_makeenvelope($3, $4, $5, $6, 4326), 3857)
  and upper_inf(v.recorded) and v.valid @> jingwei.day($2) and {visible v}
order by v.organization_id limit $7`

// Jurisdictions returns the areas that touch a box today, of organizations that are active and all in the scope: at most limit, by
// the organization's id. The box must lie within 85 degrees of latitude.
func (s *Store) Jurisdictions(ctx context.Context, see geo.Scope, box geo.Extent, limit int) (areas []geo.JurisdictionArea, err error) {
	err = s.read(ctx, see, func(v sight) error {
		rows, err := v.Query(ctx, v.sql(sqlJurisdictions), v.scope, int32(s.today()), box.West, box.South, box.East, box.North, limit)
		if err != nil {
			return err
		}
		areas, err = pgx.CollectRows(rows, func(row pgx.CollectableRow) (geo.JurisdictionArea, error) {
			var a geo.JurisdictionArea
			return a, row.Scan(&a.Organization, &a.Name, &a.GeoJSON)
		})
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("jurisdictions: %w", explain(err))
	}
	return areas, nil
}
