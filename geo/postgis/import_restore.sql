-- Gives organizations of undo_import that were changed the content that they had before: what the import's write closed is
-- recorded anew, by $1 and from $2 on. $3 is one that was moved, whose path is $4; 0 those that were not, whose paths stay.
with target as materialized (
    select u.* from undo_import u where u.outcome = 'undone' and not u.made and case when $3::bigint = 0 then not u.moved else u.id = $3 end
), written as (
    update jingwei.organization o set version = o.version + 1
    from target t where o.id = t.id
    returning o.id, o.version
), closed as (
    update jingwei.organization_version v
    set recorded = tstzrange(lower(v.recorded), $2)
    from target t, written w
    where w.id = t.id and v.organization_id = t.id and upper_inf(v.recorded) and lower(v.recorded) = t.at
    returning v.organization_id, v.valid, v.path
), ended as (
    select count(*) as n from closed
)
insert into jingwei.organization_version (
    organization_id, version, valid, recorded, author, parent_id, path, kind, level, status, name, short_name,
    pinyin, initials, grams, division_code, lon_e7, lat_e7, location_source, location_accuracy_m, source_crs,
    location_state, address, phone, jurisdiction, uscc, term)
select v.organization_id, w.version, v.valid, tstzrange($2, null), $1, v.parent_id,
    coalesce(nullif($4, '')::ltree, made.path),
    v.kind, v.level, v.status, v.name, v.short_name, v.pinyin, v.initials, v.grams, v.division_code, v.lon_e7, v.lat_e7,
    v.location_source, v.location_accuracy_m, v.source_crs, v.location_state, v.address, v.phone, v.jurisdiction, v.uscc, v.term
from target t
join written w on w.id = t.id
cross join ended
join jingwei.organization_version v on v.organization_id = t.id and upper(v.recorded) = t.at
left join closed made on made.organization_id = v.organization_id and upper(made.valid) is not distinct from upper(v.valid)
where ended.n >= 0
order by t.seq
