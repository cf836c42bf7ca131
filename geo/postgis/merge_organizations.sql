-- Brings the staged organizations, all of them known, into the history for the days $1 <= d < $2, by $3. What is known of
-- these days and says the same stays; what differs ends now, and what its rows said of other days is recorded anew.
with changed as materialized (
    select l.*
    from load_organization l
    where not exists (
        select from jingwei.organization_version v
        where v.organization_id = l.id and upper_inf(v.recorded) and v.valid @> jingwei.days($1, $2)
          and (v.kind, v.level, v.status, v.name, v.short_name, v.division_code, v.lon_e7, v.lat_e7, v.location_source,
               v.location_accuracy_m, v.source_crs, v.location_state, v.address, v.phone, coalesce(v.uscc, ''))
            = (l.kind, l.level, l.status, l.name, l.short_name, l.division_code, l.lon_e7, l.lat_e7, l.location_source,
               l.location_accuracy_m, l.source_crs, l.location_state, l.address, l.phone, l.uscc))
), moment as materialized (
    select greatest(clock_timestamp(), max(lower(v.recorded)) + interval '1 microsecond') as at
    from changed c left join jingwei.organization_version v on v.organization_id = c.id
), written as (
    update jingwei.organization o set version = o.version + 1
    from changed c where o.id = c.id
    returning o.id, o.version
), closed as (
    update jingwei.organization_version v
    set recorded = tstzrange(lower(v.recorded), moment.at)
    from written w, moment
    where v.organization_id = w.id and upper_inf(v.recorded) and v.valid && jingwei.days($1, $2)
    returning v.*, w.version as write
), kept as (
    insert into jingwei.organization_version (
        organization_id, version, valid, recorded, author, parent_id, path, kind, level, status, name, short_name,
        pinyin, initials, grams, division_code, lon_e7, lat_e7, location_source, location_accuracy_m, source_crs,
        location_state, address, phone, jurisdiction, uscc, term)
    select c.organization_id, c.write, rest.valid, tstzrange(moment.at, null), $3, c.parent_id, c.path, c.kind, c.level,
        c.status, c.name, c.short_name, c.pinyin, c.initials, c.grams, c.division_code, c.lon_e7, c.lat_e7,
        c.location_source, c.location_accuracy_m, c.source_crs, c.location_state, c.address, c.phone, c.jurisdiction,
        c.uscc, c.term
    from closed c
    cross join moment
    cross join lateral unnest(datemultirange(c.valid) - datemultirange(jingwei.days($1, $2))) as rest (valid)
    returning organization_id
), ended as (
    -- Every close comes before the first new row: the exclusion constraint looks at each row as it is written.
    select count(*) as n from closed
), area as (
    -- What is said of areas and terms is handed on: the table does not speak of it.
    select distinct on (c.organization_id) c.organization_id, c.jurisdiction, c.term
    from closed c
    order by c.organization_id, lower(c.valid) nulls first
), told as (
    insert into jingwei.organization_version (
        organization_id, version, valid, recorded, author, parent_id, path, kind, level, status, name, short_name,
        pinyin, initials, grams, division_code, lon_e7, lat_e7, location_source, location_accuracy_m, source_crs,
        location_state, address, phone, uscc, jurisdiction, term)
    select c.id, w.version, jingwei.days($1, $2), tstzrange(moment.at, null), $3, nullif(c.parent_id, 0), c.path,
        c.kind, c.level, c.status, c.name, c.short_name, c.pinyin, c.initials, c.grams, c.division_code, c.lon_e7,
        c.lat_e7, c.location_source, c.location_accuracy_m, c.source_crs, c.location_state, c.address, c.phone,
        nullif(c.uscc, ''), a.jurisdiction, a.term
    from changed c
    cross join moment
    cross join ended
    join written w on w.id = c.id
    left join area a on a.organization_id = c.id
    where ended.n >= 0
    order by c.code
    returning organization_id
)
select count(*) from told
