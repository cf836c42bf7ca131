-- +goose Up
-- +goose StatementBegin
create function jingwei.today() returns date
    language sql stable parallel safe
    return (now() at time zone 'UTC' + interval '8 hours')::date;
-- +goose StatementEnd
comment on function jingwei.today is 'The civil day of China on which the transaction began';

-- +goose StatementBegin
create function jingwei.path_day(valid daterange, today date) returns date
    language sql immutable parallel safe
    return greatest(lower($1), least($2, upper($1) - 1));
-- +goose StatementEnd
comment on function jingwei.path_day is 'The day of whose superiors the path of a row of organization_version tells: of those on which the row holds the one nearest to today';

-- A superior of which nothing is said on the day stands where it does last. Who is above already is no superior: without that a
-- circle had no end.
-- +goose StatementBegin
create function jingwei.path_on(id bigint, day date) returns ltree
    language sql stable parallel safe
    begin atomic
        with recursive up (at, ids) as (
            select $1, '{}'::bigint[]
            union all
            select above.parent_id, u.at || u.ids
            from up u
            left join lateral (
                select v.parent_id from jingwei.organization_version v
                where v.organization_id = u.at and upper_inf(v.recorded)
                order by v.valid @> $2 desc, v.valid desc
                limit 1) above on true
            where u.at <> all (u.ids)
        )
        select text2ltree(array_to_string(u.ids, '.')) from up u order by cardinality(u.ids) desc limit 1;
    end;
-- +goose StatementEnd
comment on function jingwei.path_on is 'Ids from the topmost superior that an organization has on a day down to itself, as known now';

-- +goose StatementBegin
create function jingwei.path_then(id bigint, valid daterange, path ltree, day date) returns ltree
    language sql stable parallel safe
    return case when jingwei.path_day($2, jingwei.today()) = $4 then $3 else jingwei.path_on($1, $4) end;
-- +goose StatementEnd
comment on function jingwei.path_then is 'The same as path_on by a row that holds on the day: its path, unless that is of another day';

-- The way down is by superiors: few indexes find ids in the middle of a path among millions. It carries the days that all on it
-- have in common, since who is above on some days may be below on others. So a row is reached on its day once at most.
-- +goose StatementBegin
create or replace function jingwei.move_paths(id bigint, first int, after int) returns void
    language sql volatile security definer set search_path = pg_catalog, pg_temp
    begin atomic
        with recursive below (row_id, id, ids, day, days) as (
            select v.row_id, v.organization_id, array[v.organization_id], jingwei.path_day(v.valid, jingwei.today()), v.valid * jingwei.days($2, $3)
            from jingwei.organization_version v
            where v.parent_id = $1 and upper_inf(v.recorded) and v.valid && jingwei.days($2, $3)
            union all
            select v.row_id, v.organization_id, b.ids || v.organization_id, jingwei.path_day(v.valid, jingwei.today()), v.valid * b.days
            from below b
            join jingwei.organization_version v on v.parent_id = b.id and upper_inf(v.recorded) and v.valid && b.days
            where v.organization_id <> $1 and v.organization_id <> all (b.ids)
        ), above as materialized (
            select d.day, jingwei.path_on($1, d.day) as path
            from (select distinct b.day from below b where b.days @> b.day) d
        )
        update jingwei.organization_version v
        set path = a.path || text2ltree(array_to_string(b.ids, '.'))
        from below b
        join above a on a.day = b.day
        where v.row_id = b.row_id and b.days @> b.day and v.path <> a.path || text2ltree(array_to_string(b.ids, '.'));
        insert into jingwei.planned_move (organization_id, day)
        select $1, turn.day from (values (jingwei.day($2)), (jingwei.day($3))) turn (day) where turn.day > jingwei.today()
        on conflict do nothing;
    end;
-- +goose StatementEnd
comment on function jingwei.move_paths is 'Lets the paths of all below an organization follow the one that it has on the days; they are derived, so that it needs no right to write below. What holds before a day to come follows on that day: who gets the organization then is not to see what is below it now';
comment on table jingwei.planned_move is 'Days to come on which an organization may get another superior: what is below it follows on the day, not before';
comment on column jingwei.organization_version.path is 'Ids from the topmost superior down to this one, as known now, of the day path_day; derived from parent_id';

-- What did not follow, does now.
insert into jingwei.planned_move (organization_id, day)
select distinct v.organization_id, lower(v.valid) from jingwei.organization_version v
where upper_inf(v.recorded) and lower(v.valid) > jingwei.today()
on conflict do nothing;
select jingwei.move_paths(m.organization_id, jingwei.day_number(jingwei.today()), null)
from (select v.organization_id from jingwei.organization_version v
      where upper_inf(v.recorded) group by v.organization_id having count(*) > 1) m
where exists (select from jingwei.organization_version c where c.parent_id = m.organization_id and upper_inf(c.recorded))
order by m.organization_id;
