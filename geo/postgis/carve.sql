-- Ends what is known of organization $1 for the days $2 <= d < $3 and records anew, as of time $4 and write $5 by $6,
-- what the rows said of other days.
with closed as (
    update jingwei.organization_version v
    set recorded = tstzrange(lower(v.recorded), $4)
    where v.organization_id = $1 and upper_inf(v.recorded) and v.valid && jingwei.days($2, $3)
    returning v.*
)
insert into jingwei.organization_version (
    organization_id, version, valid, recorded, author, parent_id, path, kind, level, status, name, short_name, pinyin,
    initials, grams, division_code, lon_e7, lat_e7, location_source, location_accuracy_m, source_crs, location_state,
    address, phone, jurisdiction, uscc, term)
select
    c.organization_id, $5, rest.valid, tstzrange($4, null), $6, c.parent_id, c.path, c.kind, c.level, c.status, c.name, c.short_name, c.pinyin,
    c.initials, c.grams, c.division_code, c.lon_e7, c.lat_e7, c.location_source, c.location_accuracy_m, c.source_crs, c.location_state,
    c.address, c.phone, c.jurisdiction, c.uscc, c.term
from closed c
cross join lateral unnest(datemultirange(c.valid) - datemultirange(jingwei.days($2, $3))) as rest (valid)
