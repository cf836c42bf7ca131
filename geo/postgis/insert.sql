-- What is said of a term comes from another side than the content, and an area need not be named ($27 is null; '' is none):
-- the row that was closed at the same moment hands them on.
insert into jingwei.organization_version (
    organization_id, version, valid, recorded, author,
    parent_id, path, kind, level, status, name, short_name, pinyin, initials, grams,
    division_code, lon_e7, lat_e7, location_source, location_accuracy_m, source_crs, location_state,
    address, phone, uscc, jurisdiction, term)
select
    $1, $2, jingwei.days($3, $4), tstzrange($5, null), $6,
    nullif($7::bigint, 0), $8::text::ltree, $9, $10, $11, $12, $13, $14, $15, $16,
    $17, $18, $19, $20, $21, $22, $23,
    $24, $25, nullif($26, ''),
    case when $27::text is null then closed.jurisdiction else st_geomfromgeojson(nullif($27, '')) end, closed.term
from (values (true)) one
left join lateral (
    select v.jurisdiction, v.term from jingwei.organization_version v
    where v.organization_id = $1 and upper(v.recorded) = $5 and v.valid && jingwei.days($3, $4)
    order by lower(v.valid) nulls first, v.row_id limit 1) closed on true
