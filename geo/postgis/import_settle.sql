-- Writes down what was checked, for import $1. $2: empty cells empty what is known.
with found as (
    select f.row, bool_or(not f.warning) as refused, bool_or(f.warning) as warned from import_found f group by f.row
), content as (
    select s.*, coalesce(f.refused, false) as refused, coalesce(f.warned, false) as warned, k.id, k.row_id, k.parent_id as present_parent,
           p.parent_row, coalesce(p.parent_id, case when k.id is null and s.superior is null then nullif(current_setting('jingwei.import_superior')::bigint, 0) end) as parent_id,
           coalesce(s.lon_e7, l.lon_e7) as lon, coalesce(s.lat_e7, l.lat_e7) as lat,
           case when s.lon_e7 is not null then 'imported' when l.lon_e7 is not null then 'division' end as location_source,
           l.accuracy_m as label_accuracy, coalesce(r.rank, 0) as rank
    from import_stage s
    left join found f on f.row = s.row
    left join import_known k on k.row = s.row
    left join import_superior p on p.row = s.row
    left join import_label l on l.row = s.row
    left join import_rank r on r.row = s.row
), decided as (
    select c.*, said.accuracy_m as said_accuracy, case
        when c.refused then 'refuse'
        when c.id is null then 'insert'
        when v.row_id is not null
            and coalesce(c.name, v.name) = v.name and coalesce(c.kind, v.kind) = v.kind and coalesce(c.level, v.level) = v.level
            and coalesce(c.division_code, v.division_code) = v.division_code
            and coalesce(c.lon_e7, v.lon_e7) = v.lon_e7 and coalesce(c.lat_e7, v.lat_e7) = v.lat_e7
            and coalesce(said.accuracy_m, v.location_accuracy_m) = v.location_accuracy_m
            and (c.superior is null or coalesce(c.parent_id, above.id) = v.parent_id)
            and coalesce(c.short_name, case when $2 and current_setting('jingwei.import_columns') like '%,short_name,%' then '' else v.short_name end) = v.short_name
            and coalesce(c.address, case when $2 and current_setting('jingwei.import_columns') like '%,address,%' then '' else v.address end) = v.address
            and coalesce(c.phone, case when $2 and current_setting('jingwei.import_columns') like '%,phone,%' then '' else v.phone end) = v.phone
            and coalesce(c.uscc, case when $2 and current_setting('jingwei.import_columns') like '%,uscc,%' then '' else v.uscc end, '') = coalesce(v.uscc, '')
        then 'same' else 'update' end as op
    from content c
    left join jingwei.organization_version v on v.row_id = c.row_id
    left join import_known above on above.row = c.parent_row
    -- What the file says of all its places fills in what is not known of a place that stays where it is; no column tells how well the
    -- point of a division is known.
    cross join lateral (select case
        when c.lon_e7 is null and c.lon is not null then c.label_accuracy
        when c.lon_e7 is null and v.location_source = 'division' then null
        when c.accuracy_m is not null or c.lon_e7 is null then c.accuracy_m
        when c.lon_e7 is distinct from v.lon_e7 or c.lat_e7 is distinct from v.lat_e7 or v.location_accuracy_m = 0
        then nullif(current_setting('jingwei.import_accuracy')::float8, 0) end as accuracy_m) said
)
insert into jingwei.import_row (job_id, row, seq, refused, warned, op, parent_row, parent_id, organization_id, code, name, short_name, kind, level,
    division_code, lon_e7, lat_e7, location_source, accuracy_m, source_crs, address, phone, uscc, valid_from)
select $1, d.row, case when d.op in ('insert', 'update') then row_number() over (partition by d.op in ('insert', 'update') order by d.rank, d.row) - 1 end,
    d.refused, d.warned, d.op, d.parent_row, d.parent_id, d.id, d.code, d.name,
    coalesce(d.short_name, case when $2 and current_setting('jingwei.import_columns') like '%,short_name,%' then '' end),
    coalesce(d.kind, case when d.op = 'insert' then nullif(current_setting('jingwei.import_kind'), '') end),
    coalesce(d.level, case when d.op = 'insert' then (array['province', 'prefecture', 'county', 'township', 'village'])[case
        when d.division_code % 10000000000 = 0 then 1 when d.division_code % 100000000 = 0 then 2 when d.division_code % 1000000 = 0 then 3
        when d.division_code % 1000 = 0 then 4 else 5 end] end),
    d.division_code, d.lon, d.lat, d.location_source, d.said_accuracy, d.source_crs,
    coalesce(d.address, case when $2 and current_setting('jingwei.import_columns') like '%,address,%' then '' end),
    coalesce(d.phone, case when $2 and current_setting('jingwei.import_columns') like '%,phone,%' then '' end),
    coalesce(d.uscc, case when $2 and current_setting('jingwei.import_columns') like '%,uscc,%' then '' end),
    jingwei.day(d.valid_from)
from decided d
