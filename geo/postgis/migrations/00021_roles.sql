-- +goose Up
-- What is hidden is kept by the program's own predicates, and here once more, should one of them be wrong. The roles that
-- this concerns are made, and given what they may touch, by roles.sql, which runs after each migration: a database may
-- come from a cluster with other roles, and its owner may not be allowed to make any.
--
-- A transaction says where it may look and write: '' nowhere but at what is public, '*' everywhere, else the ids of
-- organizations joined by dots, each standing for itself and all below it (geo.Scope.Key).
-- +goose StatementBegin
create function jingwei.scope() returns text
    language sql stable parallel safe
    return coalesce(current_setting('jingwei.scope', true), '');
-- +goose StatementEnd
comment on function jingwei.scope is 'Where this transaction sees more than what is public';

-- +goose StatementBegin
create function jingwei.write_scope() returns text
    language sql stable parallel safe
    return coalesce(current_setting('jingwei.write_scope', true), '');
-- +goose StatementEnd
comment on function jingwei.write_scope is 'Where this transaction may write';

-- +goose StatementBegin
create function jingwei.within(path ltree, scope text) returns boolean
    language sql immutable parallel safe
    return case scope when '' then false when '*' then true else path @ replace(scope, '.', '|')::ltxtquery end;
-- +goose StatementEnd
comment on function jingwei.within is 'Whether what has the path lies in a scope: whether any id of the path is one of the scope''s';

-- +goose StatementBegin
create function jingwei.present_row(id bigint, day date) returns bigint
    language plpgsql stable security definer set search_path = pg_catalog, pg_temp as
$$
declare
    gone boolean;
begin
    select o.retired is not null into gone from jingwei.organization o where o.id = $1;
    return case when gone then
        (select v.row_id from jingwei.organization_version v where v.organization_id = $1
         order by upper_inf(v.recorded) desc, case when upper_inf(v.recorded) then upper(v.valid) end desc nulls first,
                  lower(v.recorded) desc, v.valid desc, v.row_id desc
         limit 1)
    else
        (select v.row_id from jingwei.organization_version v where v.organization_id = $1 and upper_inf(v.recorded)
         order by v.valid @> $2 desc, v.valid desc, v.row_id
         limit 1)
    end;
end
$$;
-- +goose StatementEnd
comment on function jingwei.present_row is 'The row that says what an organization is on a day, else the latest; of a retired one what held last, else what was recorded last. Whether it may be seen decides whether the organization may. It tells no content, and sees all rows';

-- The way down is by superiors: few indexes find ids in the middle of a path among millions. It may lead back to where it
-- began, since who was above on other days may be below now. What is said of the past does not move what is below today: a
-- row follows when its last day is among those of the move.
-- +goose StatementBegin
create function jingwei.move_paths(id bigint, first int, after int) returns void
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
          and coalesce(upper(v.valid), 'infinity') <= coalesce(jingwei.day($3), 'infinity');
    end;
-- +goose StatementEnd
comment on function jingwei.move_paths is 'Lets the paths of all below an organization follow the one that it has on the days; they are derived, so that it needs no right to write below';
revoke execute on function jingwei.move_paths from public;

-- Views that run with the rights of their owner and hold the condition themselves. They are no security barriers: those,
-- like policies, keep LIKE and other operators that PostgreSQL does not call leakproof from every index, so that a search
-- would read millions of rows.
create view jingwei.public_organization_version as
select v.row_id, v.organization_id, v.version, v.valid, v.recorded, ''::text as author, v.parent_id, v.path, v.kind, v.level,
       v.status, v.name, v.short_name, v.pinyin, v.initials, v.grams, v.division_code, v.lon_e7, v.lat_e7, v.location,
       v.location_source, v.location_accuracy_m, v.source_crs, v.location_state, v.address, v.phone, v.jurisdiction, v.uscc,
       v.term, v.jurisdiction_mercator
from jingwei.organization_version v
where v.status = 'active';
comment on view jingwei.public_organization_version is 'Rows of organization_version that everyone may see, without who wrote them';

create view jingwei.public_organization as
select o.id, o.code, o.version, o.retired
from jingwei.organization o
where exists (select from jingwei.organization_version v where v.organization_id = o.id and v.status = 'active');
comment on view jingwei.public_organization is 'Organizations of which everyone may see anything';

create view jingwei.scoped_organization_version as
select v.*
from jingwei.organization_version v
where v.status = 'active' or jingwei.within(v.path, jingwei.scope());
comment on view jingwei.scoped_organization_version is 'Rows of organization_version that are public or lie in the scope of the transaction, for search: the same as by its policy, but with all indexes';

create view jingwei.scoped_organization as
select o.id, o.code, o.version, o.retired
from jingwei.organization o
where exists (select from jingwei.organization_version v
              where v.organization_id = o.id and (v.status = 'active' or jingwei.within(v.path, jingwei.scope())));
comment on view jingwei.scoped_organization is 'Organizations of which anything is public or lies in the scope of the transaction, for search';

-- An organization that is nowhere active is not named: the public must not learn that it exists.
create view jingwei.public_grid as
select g.id, g.code, g.kind, g.name, g.division_code,
       case when exists (select from jingwei.organization_version v
                         where v.organization_id = g.organization_id and upper_inf(v.recorded) and v.status = 'active')
            then g.organization_id end as organization_id,
       g.geometry, g.mercator, g.valid
from jingwei.grid g;
comment on view jingwei.public_grid is 'Grids, with the organization responsible for them while everyone may see it';

-- +goose StatementBegin
create function jingwei.generalise(e7 int, edge int) returns int
    language sql immutable parallel safe
    return least(e7, edge * 10000000 - 1) - (least(e7, edge * 10000000 - 1) % 50000 + 50000) % 50000 + 25000;
-- +goose StatementEnd
comment on function jingwei.generalise is 'The middle of the cell of 0.005 degrees that a coordinate in 1e-7 degree lies in (geo.Generalise); edge is 180 for a longitude, 90 for a latitude';

create view jingwei.public_report as
select r.id, r.category, r.status, r.state,
       jingwei.generalise(r.lon_e7, 180) as lon_e7, jingwei.generalise(r.lat_e7, 90) as lat_e7,
       r.division_code - r.division_code % 1000000 as division_code,
       (r.received_at at time zone 'UTC' + interval '8 hours')::date as received_on
from jingwei.report r
join jingwei.report_category c on c.code = r.category
where r.visibility = 'public' and not c.sensitive;
comment on view jingwei.public_report is 'What everyone may see of reports: none that is restricted or of a sensitive category, in the middle of a cell, with its county';

alter table jingwei.organization_version enable row level security;
create policy organization_version_read on jingwei.organization_version for select
    using (status = 'active' or jingwei.within(path, jingwei.scope()));
create policy organization_version_insert on jingwei.organization_version for insert
    with check (jingwei.within(path, jingwei.write_scope()));
create policy organization_version_update on jingwei.organization_version for update
    using (jingwei.within(path, jingwei.write_scope()));

-- An identity comes before what is said of it: of a new one it is only known that somebody writes who may write.
alter table jingwei.organization enable row level security;
create policy organization_read on jingwei.organization for select
    using (jingwei.scope() = '*' or exists (
        select from jingwei.organization_version v
        where v.organization_id = organization.id and (v.status = 'active' or jingwei.within(v.path, jingwei.scope()))));
create policy organization_insert on jingwei.organization for insert
    with check (jingwei.write_scope() <> '');
create policy organization_update on jingwei.organization for update
    using (jingwei.write_scope() = '*' or exists (
        select from jingwei.organization_version v
        where v.organization_id = organization.id and upper_inf(v.recorded) and jingwei.within(v.path, jingwei.write_scope())));

-- A report belongs where the organization does that is responsible for it; one of nobody is seen from everywhere only.
-- What is public of it is in public_report: here is where exactly it lies.
alter table jingwei.report enable row level security;
create policy report_read on jingwei.report for select
    using (jingwei.scope() = '*' or exists (
        select from jingwei.organization_version v
        where v.organization_id = report.organization_id and upper_inf(v.recorded) and jingwei.within(v.path, jingwei.scope())));
create policy report_insert on jingwei.report for insert
    with check (jingwei.write_scope() = '*' or exists (
        select from jingwei.organization_version v
        where v.organization_id = report.organization_id and upper_inf(v.recorded) and jingwei.within(v.path, jingwei.write_scope())));
create policy report_update on jingwei.report for update
    using (jingwei.write_scope() = '*' or exists (
        select from jingwei.organization_version v
        where v.organization_id = report.organization_id and upper_inf(v.recorded) and jingwei.within(v.path, jingwei.write_scope())));
