-- Says anew, as of time $3 and write $2 by $4, what row $1 said, below the path $5.
insert into jingwei.organization_version (
    organization_id, version, valid, recorded, author, parent_id, path, kind, level, status, name, short_name, pinyin,
    initials, grams, division_code, lon_e7, lat_e7, location_source, location_accuracy_m, source_crs, location_state,
    address, phone, jurisdiction, uscc, term)
select
    v.organization_id, $2, v.valid, tstzrange($3, null), $4, v.parent_id, $5::text::ltree, v.kind, v.level, v.status, v.name, v.short_name, v.pinyin,
    v.initials, v.grams, v.division_code, v.lon_e7, v.lat_e7, v.location_source, v.location_accuracy_m, v.source_crs, v.location_state,
    v.address, v.phone, v.jurisdiction, v.uscc, v.term
from jingwei.organization_version v
where v.row_id = $1
