-- +goose Up
-- An update is asked only about the codes that it changes: a report stays editable when a code list has lost a value that
-- it bears.
-- +goose StatementBegin
create or replace function jingwei.report_known() returns trigger
    language plpgsql as
$$
declare
    categories    text[];
    states        text[];
    channels      text[];
    divisions     bigint[];
    organizations bigint[];
    grids         bigint[];
    field text;
    wrong text;
begin
    if tg_op = 'INSERT' then
        categories    := array(select distinct n.category from new_rows n);
        states        := array(select distinct n.state from new_rows n);
        channels      := array(select distinct n.channel from new_rows n);
        divisions     := array(select distinct n.division_code from new_rows n);
        organizations := array(select distinct n.organization_id from new_rows n where n.organization_id is not null);
        grids         := array(select distinct n.grid_id from new_rows n where n.grid_id is not null);
    else
        categories    := array(select n.category from new_rows n left join old_rows o using (id) where n.category is distinct from o.category);
        states        := array(select n.state from new_rows n left join old_rows o using (id) where n.state is distinct from o.state);
        channels      := array(select n.channel from new_rows n left join old_rows o using (id) where n.channel is distinct from o.channel);
        divisions     := array(select n.division_code from new_rows n left join old_rows o using (id)
                               where n.division_code is distinct from o.division_code);
        organizations := array(select n.organization_id from new_rows n left join old_rows o using (id)
                               where n.organization_id <> coalesce(o.organization_id, 0));
        grids         := array(select n.grid_id from new_rows n left join old_rows o using (id) where n.grid_id <> coalesce(o.grid_id, 0));
    end if;
    select u.field, u.value into field, wrong
    from (
        select 'category' as field, n as value from unnest(categories) n
        where not exists (select from jingwei.report_category c where c.code = n)
        union all
        select 'state', n from unnest(states) n
        where not exists (select from jingwei.code c where c.list = 'report_state' and c.code = n)
        union all
        select 'channel', n from unnest(channels) n
        where not exists (select from jingwei.code c where c.list = 'report_channel' and c.code = n)
        union all
        select 'division', n::text from unnest(divisions) n
        where not exists (select from jingwei.division d where d.code = n)
        union all
        select 'organization', n::text from unnest(organizations) n
        where not exists (select from jingwei.organization o where o.id = n)
        union all
        select 'grid', n::text from unnest(grids) n
        where not exists (select from jingwei.grid g where g.id = n)
    ) u
    order by u.field, u.value limit 1;
    if found then
        raise exception 'unknown %: %', field, wrong using
            errcode = 'foreign_key_violation', detail = wrong,
            schema = 'jingwei', table = 'report', constraint = 'report_' || field || '_known';
    end if;
    return null;
end
$$;
-- +goose StatementEnd
comment on function jingwei.report_known is 'Refuses reports that are given codes which are not in their code list, or a division, organization or grid that does not exist';
drop trigger report_known_updated on jingwei.report;
create trigger report_known_updated after update on jingwei.report
    referencing old table as old_rows new table as new_rows for each statement execute function jingwei.report_known();

-- What reports rely on stays. Whoever takes it away waits for those who are writing reports, and they for him: one side
-- sees what the other did. It happens seldom, while a lock on the category of every report would be taken all the time.
-- +goose StatementBegin
create function jingwei.report_category_reported() returns trigger
    language plpgsql as
$$
declare
    used text;
begin
    if not exists (select from old_rows o where not exists (select from jingwei.report_category c where c.code = o.code)) then
        return null;
    end if;
    lock table jingwei.report in share mode;
    select o.code into used from old_rows o
    where not exists (select from jingwei.report_category c where c.code = o.code)
      and exists (select from jingwei.report r where r.category = o.code)
    order by o.code limit 1;
    if found then
        raise exception 'reports are of category %', used using
            errcode = 'foreign_key_violation', detail = used,
            schema = 'jingwei', table = 'report_category', constraint = 'report_category_reported';
    end if;
    return null;
end
$$;
-- +goose StatementEnd
comment on function jingwei.report_category_reported is 'Refuses to let a category go, or to rename it, that reports are of';

create trigger report_category_reported_updated after update on jingwei.report_category
    referencing old table as old_rows for each statement execute function jingwei.report_category_reported();
create trigger report_category_reported_deleted after delete on jingwei.report_category
    referencing old table as old_rows for each statement execute function jingwei.report_category_reported();

-- +goose StatementBegin
create or replace function jingwei.grid_reported() returns trigger
    language plpgsql as
$$
declare
    used bigint;
begin
    if not exists (select from old_rows o where not exists (select from jingwei.grid g where g.id = o.id)) then
        return null;
    end if;
    lock table jingwei.report in share mode;
    select o.id into used from old_rows o
    where not exists (select from jingwei.grid g where g.id = o.id)
      and exists (select from jingwei.report r where r.grid_id = o.id)
    order by o.id limit 1;
    if found then
        raise exception 'reports belong to grid %', used using
            errcode = 'foreign_key_violation', detail = used::text,
            schema = 'jingwei', table = 'grid', constraint = 'grid_reported';
    end if;
    return null;
end
$$;
-- +goose StatementEnd

-- +goose StatementBegin
create function jingwei.reports_stay() returns trigger
    language plpgsql as
$$
begin
    lock table jingwei.report in share mode;
    if exists (select from jingwei.report r where tg_argv[0] = 'report_category' or r.grid_id is not null) then
        raise exception 'reports rely on rows of %', tg_argv[0] using
            errcode = 'foreign_key_violation', detail = 'all',
            schema = 'jingwei', table = tg_argv[0], constraint = tg_argv[0] || '_reported';
    end if;
    return null;
end
$$;
-- +goose StatementEnd
comment on function jingwei.reports_stay is 'Before TRUNCATE of the table in the first argument: refuses it while reports rely on rows of it';
create trigger report_category_reported_truncated before truncate on jingwei.report_category
    for each statement execute function jingwei.reports_stay('report_category');
create trigger grid_reported_truncated before truncate on jingwei.grid
    for each statement execute function jingwei.reports_stay('grid');

-- The public sees the jurisdictions of active organizations: nothing else is a change of the layer.
-- +goose StatementBegin
create or replace function jingwei.jurisdiction_changed() returns trigger
    language plpgsql as
$$
declare
    n bigint := 0;
begin
    if jingwei.bulk() then
        -- One reload of the organizations comes at the end; what this batch commits is drawn from now on.
        if tg_op <> 'DELETE' then
            n := (select count(*) from new_rows r where r.jurisdiction is not null and r.status = 'active');
        end if;
        if tg_op <> 'INSERT' then
            n := n + (select count(*) from old_rows r where r.jurisdiction is not null and r.status = 'active');
        end if;
    elsif tg_op = 'INSERT' then
        insert into jingwei.change (layer, id, op)
            select distinct 'jurisdictions', r.organization_id, 'upsert' from new_rows r
            where r.jurisdiction is not null and r.status = 'active' order by 2;
        get diagnostics n = row_count;
    elsif tg_op = 'UPDATE' then
        insert into jingwei.change (layer, id, op)
            select 'jurisdictions', b.organization_id, 'upsert'
            from (select o.organization_id from old_rows o where o.jurisdiction is not null and o.status = 'active'
                  union select r.organization_id from new_rows r where r.jurisdiction is not null and r.status = 'active') b
            order by b.organization_id;
        get diagnostics n = row_count;
    else
        insert into jingwei.change (layer, id, op)
            select distinct 'jurisdictions', r.organization_id, 'upsert' from old_rows r
            where r.jurisdiction is not null and r.status = 'active' order by 2;
        get diagnostics n = row_count;
    end if;
    if n > 0 then
        update jingwei.generation g set n = g.n + 1 where g.layer = 'jurisdictions';
    end if;
    return null;
end
$$;
-- +goose StatementEnd
comment on function jingwei.jurisdiction_changed is 'Writes a change of the layer jurisdictions per active organization that has or had one and that a statement touched';
