insert into jingwei.organization_version (
    organization_id, version, valid, recorded, author,
    parent_id, path, kind, level, status, name, short_name, pinyin, initials, grams,
    division_code, lon_e7, lat_e7, location_source, location_accuracy_m, source_crs, location_state,
    address, phone, uscc)
values (
    $1, $2, jingwei.days($3, $4), tstzrange($5, null), $6,
    nullif($7::bigint, 0), $8::text::ltree, $9, $10, $11, $12, $13, $14, $15, $16,
    $17, $18, $19, $20, $21, $22, $23,
    $24, $25, nullif($26, ''))
