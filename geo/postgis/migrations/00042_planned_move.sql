-- +goose Up
create table jingwei.planned_move (
    organization_id bigint not null
        constraint planned_move_organization_fkey references jingwei.organization on delete cascade,
    day             date   not null,
    constraint planned_move_pkey primary key (organization_id, day)
);
comment on table jingwei.planned_move is 'Days to come from which on an organization has another superior: what is below it follows on the day, not before';
create index planned_move_day_idx on jingwei.planned_move (day);
insert into jingwei.planned_move (organization_id, day)
select distinct v.organization_id, lower(v.valid) from jingwei.organization_version v
where upper_inf(v.recorded) and lower(v.valid) > (clock_timestamp() at time zone 'UTC' + interval '8 hours')::date;

-- +goose StatementBegin
create or replace function jingwei.move_paths(id bigint, first int, after int) returns void
    language sql volatile security definer set search_path = pg_catalog, pg_temp
    begin atomic
        with recursive below as (
            select v.organization_id from jingwei.organization_version v
            where v.parent_id = $1 and upper_inf(v.recorded)
            union
            select v.organization_id
            from below b
            join jingwei.organization_version v on v.parent_id = b.organization_id and upper_inf(v.recorded)
        )
        update jingwei.organization_version v
        set path = moved.path || subpath(v.path, index(v.path, text2ltree($1::text)) + 1)
        from (select m.path from jingwei.organization_version m
              where m.organization_id = $1 and upper_inf(m.recorded) and m.valid && jingwei.days($2, $3)
              order by lower(m.valid) nulls first limit 1) moved
        where v.organization_id in (select b.organization_id from below b) and v.organization_id <> $1 and upper_inf(v.recorded)
          and v.path ~ ('*.' || $1 || '.*')::lquery
          and coalesce(upper(v.valid), 'infinity') > coalesce(jingwei.day($2), '-infinity')
          and coalesce(upper(v.valid), 'infinity') <= coalesce(jingwei.day($3), 'infinity')
          and (coalesce(jingwei.day($2), '-infinity') <= (clock_timestamp() at time zone 'UTC' + interval '8 hours')::date
               or coalesce(lower(v.valid), '-infinity') >= jingwei.day($2));
        insert into jingwei.planned_move (organization_id, day)
        select $1, jingwei.day($2) where jingwei.day($2) > (clock_timestamp() at time zone 'UTC' + interval '8 hours')::date
        on conflict do nothing;
    end;
-- +goose StatementEnd
comment on function jingwei.move_paths is 'Lets the paths of all below an organization follow the one that it has on the days; they are derived, so that it needs no right to write below. What holds before a day to come follows on that day: who gets the organization then is not to see what is below it now';
