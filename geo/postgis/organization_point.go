package postgis

import "jingwei/geo"

const sqlOrganizationColumns = `
select v.organization_id, v.row_id, v.lon_e7, v.lat_e7,
       jingwei.day_number(lower(v.valid)), jingwei.day_number(upper(v.valid)), v.division_code,
       v.name, v.kind, v.level, v.status, v.location_state, v.location_source, v.location_accuracy_m, v.path::text,
       v.short_name, v.pinyin, v.initials, v.uscc, v.address`

// The codes stand in another table. Joining two tables of millions costs more than reading each alone.
const sqlOrganizationPoints = sqlOrganizationColumns + `, null
from jingwei.organization_version v
where v.ctid >= $1::tid and v.ctid < $2::tid and upper_inf(v.recorded)`

const sqlOrganizationCodes = `select o.id, o.code, 0 from jingwei.organization o where o.code is not null`

const sqlOrganizationPointsByID = sqlOrganizationColumns + `, o.code
from jingwei.organization_version v
join jingwei.organization o on o.id = v.organization_id
where upper_inf(v.recorded) and v.organization_id = any($1)
order by v.organization_id, v.valid`

// The planner believes that few rows are current, and would read them by an index, in the order of that.
const planPages = `set local enable_indexscan = off; set local enable_bitmapscan = off`

func organizationPoints() pointSource {
	return pointSource{
		layer:   geo.OrganizationLayer(),
		columns: 21,
		table:   "jingwei.organization_version",
		all:     sqlOrganizationPoints,
		plan:    planPages,
		beside:  sqlOrganizationCodes,
		ids:     sqlOrganizationPointsByID,
		decode:  organizationPoint,
	}
}

// organizationPoint decodes a row; values are in the order of geo.OrganizationLayer.
func organizationPoint(r *pointReader, raw [][]byte) geo.Point {
	id, status := geo.ID(bigint(raw[0])), r.keep(raw[10])
	return geo.Point{
		ID:       id,
		Version:  bigint(raw[1]),
		At:       position(raw[2], raw[3]),
		Valid:    dayRange(integerOrNull(raw[4]), integerOrNull(raw[5])),
		Division: geo.DivisionCode(bigint(raw[6])),
		Public:   status == geo.StatusActive,
		Values: r.of(textOf(raw[7]), r.keep(raw[8]), r.keep(raw[9]), status, r.keep(raw[11]), r.keep(raw[12]),
			r.metres(raw[13]), r.besides(id, raw[20]), textOf(raw[14]), r.searchKeys(raw[15:20])),
	}
}

// searchKeys returns what search looks into beside name and code; it holds until the next row.
func (r *pointReader) searchKeys(raw [][]byte) string {
	keys := geo.SearchKeys{ShortName: textOf(raw[0]), Pinyin: textOf(raw[1]), Initials: textOf(raw[2]), USCC: textOf(raw[3]), Address: textOf(raw[4])}
	r.keys = keys.AppendText(r.keys[:0])
	return textOf(r.keys)
}
