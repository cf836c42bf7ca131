package postgis

import (
	"context"
	"fmt"

	"jingwei/geo"
)

// The most detailed outline of each division decides, not the simplified ones of wide zooms. One whose code no division
// has at any level on any day is there under the name of its source. Sets repeat a municipality, and a county directly
// under its province, among the prefectures: there is no division of that code and level, and it is given once.
const sqlDivisionsAt = `
select distinct on (g.level)
       coalesce(d.id, 0), g.code, g.level::int, coalesce(d.kind, ''), coalesce(d.parent, 0), coalesce(d.name, g.name), coalesce(d.pinyin, ''),
       jingwei.day_number(lower(d.valid)), jingwei.day_number(upper(d.valid)),
       st_x(coalesce(d.label, g.label)), st_y(coalesce(d.label, g.label)),
       st_xmin(g.geometry), st_ymin(g.geometry), st_xmax(g.geometry), st_ymax(g.geometry)
from jingwei.division_shape g
join jingwei.boundary_set b on b.id = g.set_id and b.is_default
left join jingwei.division d on d.code = g.code and d.level = g.level and d.valid @> jingwei.day($3)
where st_covers(g.geometry, st_setsrid(st_makepoint($1, $2), 4326))
  and not exists (
      select from jingwei.division_shape f
      where f.set_id = g.set_id and f.level = g.level and f.code = g.code and f.max_zoom > g.max_zoom)
  and (d.code is not null or not exists (select from jingwei.division x where x.code = g.code))
order by g.level, g.code`

// DivisionsAt returns the divisions of the day in whose outlines p lies, widest first, by the default boundary set as
// detailed as it is. A border belongs to both sides: of these the lowest code is given. A level without outlines is left
// out, and so is one that the place has no division of; outside all outlines, or without a boundary set, the list is empty.
func (s *Store) DivisionsAt(ctx context.Context, p geo.Position, day geo.Day) ([]geo.Division, error) {
	lon, lat := p.Degrees()
	list, err := s.divisions(ctx, sqlDivisionsAt, lon, lat, int32(day))
	if err != nil {
		return nil, fmt.Errorf("divisions at %v, %v: %w", lon, lat, err)
	}
	return list, nil
}
