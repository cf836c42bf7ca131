-- Compares what a file says with what is known. Parameters are set before: jingwei.import_day, the day as a number;
-- jingwei.import_see, jingwei.import_stored and jingwei.import_granted, scopes.
drop table if exists pg_temp.import_place, pg_temp.import_known, pg_temp.import_below, pg_temp.import_above, pg_temp.import_superior, pg_temp.import_shape, pg_temp.import_label;

analyze import_stage;

-- Names of divisions, one after the other from any county or wider down. Levels that nobody writes may be left out.
create temporary table import_place as
with recursive text as (
    select s.division, regexp_replace(s.division, '[[:space:]/,，、>›·-]+', '', 'g') collate "C" as plain
    from (select distinct s.division from import_stage s where s.division is not null) s
), walk as (
    select t.division, d.code, substr(t.plain, n + 1) as rest
    from text t
    cross join generate_series(2, 20) n
    join jingwei.division d on d.name = substr(t.plain, 1, n) and d.level <= 3 and d.valid @> jingwei.day(current_setting('jingwei.import_day')::int)
    where n <= char_length(t.plain)
    union
    select w.division, d.code, step.rest
    from walk w
    join jingwei.division d on d.parent = w.code and d.code <> w.code and d.valid @> jingwei.day(current_setting('jingwei.import_day')::int)
    cross join lateral (
        select substr(w.rest, char_length(d.name) + 1) as rest where starts_with(w.rest, d.name)
        union all
        select w.rest where d.name in ('市辖区', '县', '省直辖县级行政区划', '自治区直辖县级行政区划')) step
    where w.rest <> ''
)
select w.division, min(w.code) as code, count(distinct w.code) as n from walk w where w.rest = '' group by w.division;

update import_stage s set division_code = p.code
from import_place p where s.division is not null and p.division = s.division and p.n = 1;

insert into import_found
select s.row, s.division_col, 'division', left(coalesce(s.division, s.division_code::text), 40),
       case when p.n > 1 then 'ambiguous-division' else 'unknown-division' end, '', false
from import_stage s
left join import_place p on p.division = s.division
where s.division is not null and s.division_code is null
   or s.division is null and s.division_code is not null and not exists (
       select from jingwei.division d where d.code = s.division_code and d.valid @> jingwei.day(current_setting('jingwei.import_day')::int));

-- The organization that a row is about: by its code, else by its name where it stands.
create temporary table import_known as
select distinct on (k.row) k.row, k.id, true as by_code, 1::bigint as n, true as sure, v.row_id, v.path, v.valid, v.parent_id,
       coalesce(jingwei.within(v.path, current_setting('jingwei.import_stored')) and jingwei.within(v.path, current_setting('jingwei.import_granted')), false) as allowed
from (select s.row, o.id from import_stage s join jingwei.organization o on o.code = s.code and o.retired is null) k
left join jingwei.organization_version v on v.organization_id = k.id and upper_inf(v.recorded)
order by k.row, k.id, v.valid @> jingwei.day(current_setting('jingwei.import_day')::int) desc, v.valid desc;
create index on import_known (row);
analyze import_known;

-- Superiors, by the texts that name them.
create temporary table import_above as
select u.superior, c.row as code_row, o.id as code_id, n.row as name_row, coalesce(n.n, 0) as name_rows, v.id as name_id, coalesce(v.n, 0) as name_ids
from (select distinct s.superior from import_stage s where s.superior is not null) u
left join (select s.code, min(s.row) as row from import_stage s where s.code is not null group by s.code) c on c.code = u.superior
left join lateral (
    select o.id from jingwei.organization o
    join jingwei.organization_version v on v.row_id = jingwei.present_row(o.id, jingwei.day(current_setting('jingwei.import_day')::int))
    where o.code = u.superior and o.retired is null and (v.status = 'active' or jingwei.within(v.path, current_setting('jingwei.import_see')))
    limit 1) o on true
left join (select s.name, min(s.row) as row, count(*) as n from import_stage s where s.name is not null group by s.name) n on n.name = u.superior
left join lateral (
    select min(v.organization_id) as id, count(distinct v.organization_id) as n from jingwei.organization_version v
    where v.name = u.superior and upper_inf(v.recorded) and v.valid @> jingwei.day(current_setting('jingwei.import_day')::int)
      and jingwei.within(v.path, current_setting('jingwei.import_stored')) and jingwei.within(v.path, current_setting('jingwei.import_granted'))) v on true;

create index on import_above (superior);
analyze import_above;

-- Rows without a code, and below whom they are to be looked for.
create temporary table import_below as
select s.row, s.name, s.division_code, s.superior is not null or current_setting('jingwei.import_superior') <> '0' as placed,
       case when s.superior is null then nullif(current_setting('jingwei.import_superior')::bigint, 0)
            when file.id is not null then file.id
            when a.code_row is not null then null
            when a.code_id is not null then a.code_id
            when a.name_rows <= 1 and a.name_ids = 1 then a.name_id end as superior_id
from import_stage s
left join import_above a on a.superior = s.superior
left join import_known file on file.row = coalesce(a.code_row, case when a.code_id is null and a.name_rows = 1 and a.name_ids = 0 then a.name_row end)
where s.code is null and s.name is not null and s.division_code is not null;
analyze import_below;

-- Who has the name of a row without a code stands below the superior that the row names, or that is said of the file. When nobody says one,
-- it stands at the top, or else is the only one of the name, and has no code by which it might be named. A superior that a row of the
-- file names by a name that is known is the one that has it: it is ambiguous unless that row is about it.
insert into import_known
select distinct on (c.row) c.row, c.id, false, c.n, c.sure, c.row_id, c.path, c.valid, c.parent_id, true
from (
    select c.*, count(*) over (partition by c.row) as n
    from (
        select s.row, v.organization_id as id, v.row_id, v.path, v.valid, v.parent_id, true as sure
        from import_below s
        join jingwei.organization_version v on v.parent_id = s.superior_id and v.name = s.name and v.division_code = s.division_code and upper_inf(v.recorded)
        where s.placed
        union all
        select c.row, c.id, c.row_id, c.path, c.valid, c.parent_id, c.sure
        from (
            select s.row, v.organization_id as id, v.row_id, v.path, v.valid, v.parent_id, v.parent_id is null or o.code is null as sure,
                   bool_or(v.parent_id is null) over (partition by s.row) as topmost
            from import_below s
            join jingwei.organization_version v on v.name = s.name and v.division_code = s.division_code and upper_inf(v.recorded)
            join jingwei.organization o on o.id = v.organization_id
            where not s.placed and v.valid @> jingwei.day(current_setting('jingwei.import_day')::int)
              and jingwei.within(v.path, current_setting('jingwei.import_stored')) and jingwei.within(v.path, current_setting('jingwei.import_granted'))
        ) c
        where not c.topmost or c.parent_id is null
    ) c
    where c.valid @> jingwei.day(current_setting('jingwei.import_day')::int)
      and jingwei.within(c.path, current_setting('jingwei.import_stored')) and jingwei.within(c.path, current_setting('jingwei.import_granted'))
) c
order by c.row, c.id;
analyze import_known;

create temporary table import_superior as
select s.row, r.parent_row, r.parent_id, r.n
from import_stage s
join import_above a on a.superior = s.superior
left join import_known nk on nk.row = a.name_row
cross join lateral (
    select case when a.code_row is not null then a.code_row
                when a.code_id is null and a.name_rows = 1 and (a.name_ids = 0 or a.name_ids = 1 and a.name_id = nk.id) then a.name_row end as parent_row,
           case when a.code_row is not null then null
                when a.code_id is not null then a.code_id
                when a.name_rows = 0 and a.name_ids = 1 then a.name_id end as parent_id,
           a.name_rows + a.name_ids as n) r;
create index on import_superior (row);
analyze import_superior;

insert into import_found
select d.row, 0, 'code', left(d.code, 40), 'duplicate-code', d.first::text, false
from (select s.row, s.code, min(s.row) over (partition by s.code) as first from import_stage s where s.code is not null) d
where d.first < d.row;

-- Two rows with different superiors are two organizations.
insert into import_found
select d.row, 0, '', left(d.name, 40), 'duplicate-row', d.first::text, false
from (
    select s.row, s.name, min(s.row) over (partition by s.name, s.division_code, place.id, place.row, place.text) as first
    from import_stage s
    left join import_superior p on p.row = s.row
    left join import_known above on above.row = p.parent_row
    cross join lateral (select coalesce(p.parent_id, above.id, case when s.superior is null then current_setting('jingwei.import_superior')::bigint end) as id) found
    cross join lateral (
        select found.id, case when found.id is null then p.parent_row end as row, case when found.id is null and p.parent_row is null then s.superior end as text) place
    where s.code is null and s.name is not null and s.division_code is not null
) d
where d.first < d.row;

insert into import_found
select k.row, 0, '', left(s.name, 40), 'duplicate-row', k.first::text, false
from (select k.row, min(k.row) over (partition by k.id) as first from import_known k where k.n = 1 and k.sure) k
join import_stage s on s.row = k.row
where k.first < k.row and not exists (select from import_found f where f.row = k.row and f.reason in ('duplicate-row', 'duplicate-code'));

insert into import_found
select k.row, 0, 'code', left(s.code, 40), 'code-taken', '', false
from import_known k join import_stage s on s.row = k.row
where k.by_code and not k.allowed;

insert into import_found
select k.row, 0, '', left(s.name, 40), 'ambiguous-organization', k.n::text, false
from import_known k join import_stage s on s.row = k.row
where k.n > 1 or not k.sure;

-- A spreadsheet takes zeros in front of a number for granted. Nobody is told codes of what they do not see.
insert into import_found
select s.row, 0, 'code', s.code, 'zeros-lost', min(o.code), false
from jingwei.organization o
join import_stage s on s.code = ltrim(o.code, '0')
where o.code >= '0' and o.code < '1' and o.retired is null and s.code ~ '^[1-9][0-9]*$'
  and exists (
    select from jingwei.organization_version v
    where v.row_id = jingwei.present_row(o.id, jingwei.day(current_setting('jingwei.import_day')::int)) and (v.status = 'active' or jingwei.within(v.path, current_setting('jingwei.import_see'))))
  and not exists (select from import_known k where k.row = s.row)
group by s.row, s.code;

insert into import_found
select s.row, s.superior_col, 'superior', left(s.superior, 40), case when p.n > 1 then 'ambiguous-superior' else 'unknown-superior' end, '', false
from import_superior p join import_stage s on s.row = p.row
where p.parent_row is null and p.parent_id is null;

-- What is new needs more than what is known. Of a row that cannot be read nothing is known, and that is said already.
insert into import_found
select s.row, 0, m.field, '', m.reason, '', false
from import_stage s
cross join lateral (values
    ('name', 'missing-name', s.name), ('kind', 'missing-kind', coalesce(s.kind, nullif(current_setting('jingwei.import_kind'), ''))),
    ('division', 'missing-division', coalesce(s.division, s.division_code::text))) m (field, reason, value)
where m.value is null
  and not exists (select from import_known k where k.row = s.row)
  and not exists (select from import_found f where f.row = s.row and f.field in (m.field, ''));

insert into import_found
select s.row, 0, 'superior', '', 'missing-superior', '', false
from import_stage s
where s.superior is null and current_setting('jingwei.import_superior') = '0'
  and not (current_setting('jingwei.import_stored') = '*' and current_setting('jingwei.import_granted') = '*')
  and not exists (select from import_known k where k.row = s.row)
  and not exists (select from import_found f where f.row = s.row and f.field = '');

-- A superior that is not there yet must be one that may be written to.
insert into import_found
select s.row, s.superior_col, 'superior', left(coalesce(s.superior, ''), 40), 'out-of-scope', '', false
from import_stage s
left join import_superior p on p.row = s.row
left join import_known k on k.row = s.row
left join import_known above on above.row = p.parent_row
cross join lateral (select coalesce(p.parent_id, above.id, case when k.id is null and s.superior is null then nullif(current_setting('jingwei.import_superior')::bigint, 0) end) as id) parent
where parent.id is not null and parent.id is distinct from k.parent_id
  and not (current_setting('jingwei.import_stored') = '*' and current_setting('jingwei.import_granted') = '*')
  and not exists (
    select from jingwei.organization_version v
    where v.organization_id = parent.id and upper_inf(v.recorded)
      and jingwei.within(v.path, current_setting('jingwei.import_stored')) and jingwei.within(v.path, current_setting('jingwei.import_granted')));

insert into import_found
select s.row, 0, 'uscc', s.uscc, 'uscc-check', '', false
from import_stage s where s.uscc is not null and not jingwei.uscc_valid(s.uscc);

-- A place must lie in its division, or in the deepest above it whose outline is known.
create temporary table import_shape as
select distinct on (g.code, g.level) g.code, g.level, g.geometry
from jingwei.division_shape g join jingwei.boundary_set b on b.id = g.set_id
order by g.code, g.level, b.is_default desc, g.max_zoom desc, g.set_id;
create index on import_shape (code, level);
analyze import_shape;

insert into import_found
select o.row, o.col, 'coordinate', o.value, 'coordinates-outside', ceil(o.off)::bigint::text, current_setting('jingwei.import_outside') = 'on'
from (
    select p.row, p.place_col as col, (p.lon_e7 / 1e7::float8) || ', ' || (p.lat_e7 / 1e7::float8) as value,
           st_distance(g.geometry::geography, p.at::geography) as off
    from (
        select s.row, s.place_col, s.lon_e7, s.lat_e7, st_setsrid(st_makepoint(s.lon_e7 / 1e7::float8, s.lat_e7 / 1e7::float8), 4326) as at,
               coalesce(g5.code, g4.code, g3.code, g2.code, g1.code) as shape,
               case when g5.code is not null then 5 when g4.code is not null then 4 when g3.code is not null then 3 when g2.code is not null then 2 else 1 end as level
        from import_stage s
        left join import_known k on k.row = s.row
        left join jingwei.organization_version v on v.row_id = k.row_id
        cross join lateral (select coalesce(s.division_code, v.division_code) as code) d
        left join import_shape g5 on g5.level = 5 and g5.code = d.code
        left join import_shape g4 on g4.level = 4 and g4.code = d.code / 1000 * 1000
        left join import_shape g3 on g3.level = 3 and g3.code = d.code / 1000000 * 1000000
        left join import_shape g2 on g2.level = 2 and g2.code = d.code / 100000000 * 100000000
        left join import_shape g1 on g1.level = 1 and g1.code = d.code / 10000000000 * 10000000000
        where s.lon_e7 is not null
        order by shape
        offset 0
    ) p
    join import_shape g on g.code = p.shape and g.level = p.level
    where not st_covers(g.geometry, p.at)
    offset 0
) o
where o.off > current_setting('jingwei.import_reach')::float8;

-- Many at one and the same place are more often a mistake of who filled in the table than one house.
insert into import_found
select min(s.row), min(s.place_col), 'coordinate', (s.lon_e7 / 1e7::float8) || ', ' || (s.lat_e7 / 1e7::float8), 'coordinates-repeated', count(*)::text, true
from import_stage s
where s.lon_e7 is not null
group by s.lon_e7, s.lat_e7
having count(*) >= current_setting('jingwei.import_repeated')::int;

-- What is new and names no place stands at the point of its division.
create temporary table import_label as
select distinct on (s.row) s.row, d.code, d.level, d.label, round(st_x(d.label) * 1e7)::int as lon_e7, round(st_y(d.label) * 1e7)::int as lat_e7,
       0::float8 as accuracy_m
from import_stage s
cross join lateral unnest(array[1, 1000, 1000000, 100000000, 10000000000]) cut
join jingwei.division d on d.code = s.division_code / cut * cut and d.label is not null and d.valid @> jingwei.day(current_setting('jingwei.import_day')::int)
where s.lon_e7 is null and not exists (select from import_known k where k.row = s.row)
order by s.row, cut, d.level desc;
create index on import_label (row);

-- It may be anywhere in the division: as far off as the farthest corner of its outline, or of the nearest above it, in tens of metres.
update import_label l set accuracy_m = r.reach
from (
    select d.code, d.level, ceil(max(st_distancesphere(d.label, p.geom)) / 10) * 10 as reach
    from (select distinct on (code, level) code, level, label from import_label order by code, level) d
    cross join lateral (
        select g.geometry from import_shape g
        where g.code in (d.code, d.code / 1000 * 1000, d.code / 1000000 * 1000000, d.code / 100000000 * 100000000, d.code / 10000000000 * 10000000000)
          and g.level <= d.level
        order by g.level desc
        limit 1) shape
    cross join lateral st_dumppoints(shape.geometry) p
    group by d.code, d.level) r
where l.code = r.code and l.level = r.level;

insert into import_found
select s.row, 0, 'coordinate', '', 'missing-place', '', false
from import_stage s
where s.lon_e7 is null and s.division_code is not null
  and not exists (select from import_known k where k.row = s.row)
  and not exists (select from import_label l where l.row = s.row)
  and not exists (select from import_found f where f.row = s.row and (f.field in ('lng', 'lat', 'coordinate', 'crs', 'division')))
