-- The rows of import $1 from $2 to before $3, with what is known of their organizations and not said by them. Parameters are
-- set as of import_compare.sql. Organizations that are known are locked.
create temporary table load_import on commit drop as
select r.seq, r.row, r.op, r.organization_id as id, case when r.op = 'insert' then 1 else o.version + 1 end as version,
       case when r.parent_row is not null then above.organization_id
            when r.parent_id is not null then r.parent_id
            else v.parent_id end as parent_id,
       case when r.op = 'insert' then daterange(coalesce(r.valid_from, day.d), null)
            when v.valid @> day.d then daterange(day.d, upper(v.valid)) else v.valid end as span,
       v.row_id, v.path as present_path, v.parent_id as present_parent,
       case when r.op = 'update' then v.path when r.parent_row is null and r.parent_id is null then r.organization_id::text::ltree end as path,
       false as moved,
       -- What was found by its name is another one than was meant when somebody has changed that since.
       r.op = 'update' and r.code is null and (v.name, v.division_code) is distinct from (r.name, r.division_code) as other, r.op = 'update' and r.code is null as by_name,
       coalesce(r.kind, v.kind) as kind, coalesce(r.level, v.level) as level, coalesce(v.status, 'active') as status,
       coalesce(r.name, v.name) as name, coalesce(r.short_name, v.short_name, '') as short_name, v.pinyin, v.initials, v.grams,
       coalesce(r.division_code, v.division_code) as division_code, coalesce(r.lon_e7, v.lon_e7) as lon_e7, coalesce(r.lat_e7, v.lat_e7) as lat_e7,
       case when r.lon_e7 is null or r.lon_e7 = v.lon_e7 and r.lat_e7 = v.lat_e7 then coalesce(v.location_source, r.location_source) else r.location_source end as location_source,
       said.accuracy_m as location_accuracy_m,
       case when r.lon_e7 is null or r.lon_e7 = v.lon_e7 and r.lat_e7 = v.lat_e7 then coalesce(v.source_crs, r.source_crs, 'EPSG:4326') else coalesce(r.source_crs, 'EPSG:4326') end as source_crs,
       -- As geo.Renewal: what was verified of another place, or of it with another accuracy or division, does not hold.
       case when r.op = 'update' and here.same and said.accuracy_m = v.location_accuracy_m and coalesce(r.division_code, v.division_code) = v.division_code
            then v.location_state else 'reported' end as location_state, case when not here.same then far.m end as moved_m, false as circle,
       coalesce(r.address, v.address, '') as address, coalesce(r.phone, v.phone, '') as phone, coalesce(r.uscc, v.uscc, '') as uscc
from jingwei.import_row r
cross join (select jingwei.day(current_setting('jingwei.import_day')::int) as d) day
left join jingwei.import_row above on above.job_id = r.job_id and above.row = r.parent_row
left join jingwei.organization o on o.id = r.organization_id and o.retired is null and r.op = 'update'
left join lateral (
    select v.* from jingwei.organization_version v
    where v.organization_id = o.id and upper_inf(v.recorded)
    order by v.valid @> day.d desc, v.valid desc
    limit 1) v on true
-- As verifiedAt: writes that each move it by less than its accuracy must not carry it away.
left join lateral (
    select st_distancesphere(st_setsrid(st_makepoint(at.lon_e7 / 1e7::float8, at.lat_e7 / 1e7::float8), 4326),
                             st_setsrid(st_makepoint(r.lon_e7 / 1e7::float8, r.lat_e7 / 1e7::float8), 4326)) as m,
           least(greatest(at.accuracy_m, current_setting('jingwei.import_least_move')::float8), current_setting('jingwei.import_most_reach')::float8) as accuracy_m
    from (
        select s.lon_e7, s.lat_e7, s.accuracy_m, 0 as fallback, s.version, s.id from jingwei.location_step s
        where s.organization_id = o.id and s.to_state = v.location_state
        union all
        select v.lon_e7, v.lat_e7, v.location_accuracy_m, 1, 0, 0
        order by fallback, version desc, id desc
        limit 1) at
    where v.location_state <> 'reported') far on true
cross join lateral (select r.lon_e7 is null or r.lon_e7 = v.lon_e7 and r.lat_e7 = v.lat_e7 or coalesce(far.m <= far.accuracy_m, false) as same) here
-- What counts as the same place keeps its accuracy.
cross join lateral (select coalesce(r.accuracy_m, case when here.same then v.location_accuracy_m end, 0) as accuracy_m) said
where r.job_id = $1 and r.seq >= $2 and r.seq < $3 and r.organization_id is not null and (r.op = 'insert' or o.id is not null)
