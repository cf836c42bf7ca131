-- Brings what changed of known organizations, in load_import, into the history, by $1 and from $2 on. What holds on other days
-- is recorded anew; what is said of areas and terms is handed on.
with written as (
    update jingwei.organization o set version = l.version
    from load_import l where l.op = 'update' and o.id = l.id
    returning o.id
), closed as (
    update jingwei.organization_version v
    set recorded = tstzrange(lower(v.recorded), $2)
    from load_import l, written w
    where l.op = 'update' and w.id = l.id and v.organization_id = l.id and upper_inf(v.recorded) and v.valid && l.span
    returning v.*, l.version as write, l.span
), kept as (
    insert into jingwei.organization_version (
        organization_id, version, valid, recorded, author, parent_id, path, kind, level, status, name, short_name,
        pinyin, initials, grams, division_code, lon_e7, lat_e7, location_source, location_accuracy_m, source_crs,
        location_state, address, phone, jurisdiction, uscc, term)
    select c.organization_id, c.write, rest.valid, tstzrange($2, null), $1, c.parent_id, c.path, c.kind, c.level,
        c.status, c.name, c.short_name, c.pinyin, c.initials, c.grams, c.division_code, c.lon_e7, c.lat_e7,
        c.location_source, c.location_accuracy_m, c.source_crs, c.location_state, c.address, c.phone, c.jurisdiction,
        c.uscc, c.term
    from closed c
    cross join lateral unnest(datemultirange(c.valid) - datemultirange(c.span)) as rest (valid)
    returning organization_id
), ended as (
    -- Every close comes before the first new row: the exclusion constraint looks at each row as it is written.
    select count(*) as n from closed
), area as (
    select distinct on (c.organization_id) c.organization_id, c.jurisdiction, c.term
    from closed c
    order by c.organization_id, lower(c.valid) nulls first
)
insert into jingwei.organization_version (
    organization_id, version, valid, recorded, author, parent_id, path, kind, level, status, name, short_name,
    pinyin, initials, grams, division_code, lon_e7, lat_e7, location_source, location_accuracy_m, source_crs,
    location_state, address, phone, uscc, jurisdiction, term)
select l.id, l.version, l.span, tstzrange($2, null), $1, l.parent_id, l.path, l.kind, l.level, l.status, l.name, l.short_name,
    l.pinyin, l.initials, l.grams, l.division_code, l.lon_e7, l.lat_e7, l.location_source, l.location_accuracy_m, l.source_crs,
    l.location_state, l.address, l.phone, nullif(l.uscc, ''), a.jurisdiction, a.term
from load_import l
cross join ended
left join area a on a.organization_id = l.id
where l.op = 'update' and ended.n >= 0
order by l.seq
