package postgis

import "jingwei/geo"

const sqlOrganizationPoints = `
select v.organization_id, v.row_id, v.lon_e7, v.lat_e7,
       jingwei.day_number(lower(v.valid)), jingwei.day_number(upper(v.valid)), v.division_code,
       v.name, v.kind, v.level, v.status, v.location_state, v.location_source, v.location_accuracy_m, o.code, v.path::text
from jingwei.organization_version v
join jingwei.organization o on o.id = v.organization_id
where upper_inf(v.recorded)`

func organizationPoints() pointSource {
	return pointSource{
		layer:   geo.OrganizationLayer(),
		columns: 16,
		all:     sqlOrganizationPoints,
		ids:     sqlOrganizationPoints + ` and v.organization_id = any($1) order by v.organization_id, v.valid`,
		decode:  organizationPoint,
	}
}

// organizationPoint decodes a row; values are in the order of geo.OrganizationLayer.
func organizationPoint(r *pointReader, raw [][]byte) geo.Point {
	status := r.keep(raw[10])
	return geo.Point{
		ID:       geo.ID(bigint(raw[0])),
		Version:  bigint(raw[1]),
		At:       position(raw[2], raw[3]),
		Valid:    dayRange(integerOrNull(raw[4]), integerOrNull(raw[5])),
		Division: geo.DivisionCode(bigint(raw[6])),
		Public:   status == geo.StatusActive,
		Values: []string{string(raw[7]), r.keep(raw[8]), r.keep(raw[9]), status, r.keep(raw[11]), r.keep(raw[12]),
			r.metres(raw[13]), string(raw[14]), string(raw[15])},
	}
}
