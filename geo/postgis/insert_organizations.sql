-- Inserts what is known of staged organizations that were made by this load, for the days $1 <= d < $2, by $3. Apart from
-- the general merge, whose joins with the history cost more than these rows.
insert into jingwei.organization_version (
    organization_id, version, valid, recorded, author, parent_id, path, kind, level, status, name, short_name,
    pinyin, initials, grams, division_code, lon_e7, lat_e7, location_source, location_accuracy_m, source_crs,
    location_state, address, phone, uscc)
select l.id, 1, jingwei.days($1, $2), tstzrange(moment.at, null), $3, nullif(l.parent_id, 0), l.path,
    l.kind, l.level, l.status, l.name, l.short_name, l.pinyin, l.initials, l.grams, l.division_code, l.lon_e7,
    l.lat_e7, l.location_source, l.location_accuracy_m, l.source_crs, l.location_state, l.address, l.phone,
    nullif(l.uscc, '')
from load_organization l
cross join (select clock_timestamp() as at) moment
where l.fresh
order by l.code
