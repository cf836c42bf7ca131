-- Organizations that the scope $1 sees and that hold on the day $2, but for $9: those of a code $3, of a unified social credit
-- code $4, and when there is a place ($10), at most 500 of those within $7 metres of $5, $6 that have any of the pairs $8 in
-- their names, the nearest ones. An organization counts from as much nearer as its own place may be off, at most $11 metres. A degree is at least 60 km long in either direction up to 57 degrees north.
with place as (
    select st_setsrid(st_makepoint($5, $6), 4326) as at, $7::float8 as metres
), near as (
    select v.row_id
    from place p
    join {versions} v on v.location && st_expand(p.at, (p.metres + $11) / 60000)
    where $10 and $8::text[] is not null and v.grams && $8 and upper_inf(v.recorded) and v.valid @> jingwei.day($2) and {visible v}
      and st_dwithin(v.location::geography, p.at::geography, p.metres + least(v.location_accuracy_m, $11))
    order by v.location::geography <-> p.at::geography, v.row_id limit 500
), coded as (
    select v.row_id
    from {organizations} o join {versions} v on v.organization_id = o.id
    where $3 <> '' and o.code = $3 and o.retired is null and upper_inf(v.recorded) and v.valid @> jingwei.day($2) and {visible v}
    union
    select v.row_id from {versions} v
    where $4 <> '' and v.uscc = $4 and upper_inf(v.recorded) and v.valid @> jingwei.day($2) and {visible v}
)
select v.organization_id, v.name, v.kind, v.status, v.division_code, v.lon_e7, v.lat_e7, coalesce(o.code, ''),
       case when $10 then st_distance(v.location::geography, p.at::geography) else -1 end,
       f.near, $3 <> '' and o.code is not distinct from $3, $4 <> '' and v.uscc is not distinct from $4
from (select row_id, bool_or(near) as near
      from (select row_id, true as near from near union all select row_id, false from coded) b
      group by row_id) f
cross join place p
join {versions} v on v.row_id = f.row_id
join {organizations} o on o.id = v.organization_id
where v.organization_id <> $9 and {visible v}
order by v.organization_id
