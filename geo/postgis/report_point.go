package postgis

import "jingwei/geo"

// A report whose category nobody knows any more is not public.
const sqlReportColumns = `
select r.id, r.version, r.lon_e7, r.lat_e7, r.received_at, r.division_code,
       r.category, r.status, r.state, r.visibility = 'public' and not coalesce(c.sensitive, true), r.organization_id`

// A report's place in the tree is that of its organization as last known, which for one that is retired is where it was. Of
// millions of reports it is looked up in what is read apart.
const sqlReportPoints = sqlReportColumns + `, null
from jingwei.report r
left join jingwei.report_category c on c.code = r.category
where r.ctid >= $1::tid and r.ctid < $2::tid`

// The days of the rows of an organization that are known now do not overlap: the one that begins last is the last one.
const sqlLastPaths = `
select v.organization_id, v.path::text, coalesce(jingwei.day_number(lower(v.valid)), -2147483648)
from jingwei.organization_version v
where upper_inf(v.recorded)`

const sqlReportPointsByID = sqlReportColumns + `, o.path::text
from jingwei.report r
left join jingwei.report_category c on c.code = r.category
left join lateral (
    select v.path from jingwei.organization_version v
    where v.organization_id = r.organization_id and upper_inf(v.recorded)
    order by v.valid desc, v.row_id
    limit 1) o on true
where r.id = any($1)
order by r.id`

func reportPoints() pointSource {
	return pointSource{
		layer:   geo.ReportLayer(),
		columns: 12,
		table:   "jingwei.report",
		all:     sqlReportPoints,
		plan:    planPages,
		beside:  sqlLastPaths,
		ids:     sqlReportPointsByID,
		decode:  reportPoint,
	}
}

// reportPoint decodes a row; values are in the order of geo.ReportLayer. The point lies where the matter is in both
// editions: the layer says where the public sees it.
func reportPoint(r *pointReader, raw [][]byte) geo.Point {
	path := ""
	if raw[10] != nil {
		path = r.besides(geo.ID(bigint(raw[10])), raw[11])
	}
	return geo.Point{
		ID:       geo.ID(bigint(raw[0])),
		Version:  int64(integer(raw[1])),
		At:       position(raw[2], raw[3]),
		Valid:    geo.DayRange{From: geo.DayOf(instant(raw[4])), To: geo.MaxDay},
		Division: geo.DivisionCode(bigint(raw[5])),
		Public:   boolean(raw[9]),
		Values:   r.of(r.keep(raw[6]), r.keep(raw[7]), r.keep(raw[8]), path),
	}
}
