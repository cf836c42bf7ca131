-- +goose Up
-- The generation of a tile of areas is made of the rows in its box: a change elsewhere leaves it alone, and writers do not
-- queue for one row that counts. The row that a transaction wrote bears its id (xmin), so that id of row and of transaction
-- stand for the content. As columns of views, since views have no system columns.
create or replace view jingwei.public_organization_version as
select v.row_id, v.organization_id, v.version, v.valid, v.recorded, ''::text as author, v.parent_id, v.path, v.kind, v.level,
       v.status, v.name, v.short_name, v.pinyin, v.initials, v.grams, v.division_code, v.lon_e7, v.lat_e7, v.location,
       v.location_source, v.location_accuracy_m, v.source_crs, v.location_state, v.address, v.phone, v.jurisdiction, v.uscc,
       v.term, v.jurisdiction_mercator, v.xmin as written_by
from jingwei.organization_version v
where v.status = 'active';

create or replace view jingwei.public_grid as
select g.id, g.code, g.kind, g.name, g.division_code,
       case when exists (select from jingwei.organization_version v
                         where v.organization_id = g.organization_id and upper_inf(v.recorded) and v.status = 'active')
            then g.organization_id end as organization_id,
       g.geometry, g.mercator, g.valid, g.xmin as written_by
from jingwei.grid g;

-- +goose StatementBegin
create function jingwei.jurisdiction_generation(z int, x int, y int) returns text
    language sql stable
    return (
        select f.epoch || '-' || a.n || '-' || a.hash
        from jingwei.feed f, (
            select count(*) as n, coalesce(bit_xor(hashint8extended(v.row_id, v.written_by::text::bigint)), 0) as hash
            from jingwei.public_organization_version v
            where z >= 8 and v.jurisdiction_mercator && st_tileenvelope(z, x, y, margin => 64 / 4096.0::float8)
              and upper_inf(v.recorded) and v.jurisdiction_mercator is not null
        ) a);
-- +goose StatementEnd
comment on function jingwei.jurisdiction_generation is 'Differs whenever the jurisdictions that a tile may show, or what is said of those who have them, differ';

-- +goose StatementBegin
create function jingwei.grid_generation(z int, x int, y int) returns text
    language sql stable
    return (
        select f.epoch || '-' || a.n || '-' || a.hash
        from jingwei.feed f, (
            select count(*) as n,
                   coalesce(bit_xor(hashint8extended(g.id, g.written_by::text::bigint)), 0)
                   # coalesce(bit_xor(o.hash), 0) as hash
            from jingwei.public_grid g
            -- When the organization responsible is active is all that a tile shows of it.
            left join lateral (
                select bit_xor(hashtextextended(g.id || ' ' || v.organization_id || ' ' || v.valid, 0)) as hash
                from jingwei.public_organization_version v
                where v.organization_id = g.organization_id and upper_inf(v.recorded)
            ) o on true
            where z >= 8 and g.mercator && st_tileenvelope(z, x, y, margin => 64 / 4096.0::float8)
        ) a);
-- +goose StatementEnd
comment on function jingwei.grid_generation is 'Differs whenever the grids that a tile may show, or who of the active organizations is responsible for them, differ';

-- +goose StatementBegin
create or replace function jingwei.jurisdiction_changed() returns trigger
    language plpgsql as
$$
begin
    -- Of a bulk load one reload of the organizations comes at the end.
    if jingwei.bulk() then
        return null;
    elsif tg_op = 'INSERT' then
        insert into jingwei.change (layer, id, op)
            select distinct 'jurisdictions', r.organization_id, 'upsert' from new_rows r
            where r.jurisdiction is not null and r.status = 'active' order by 2;
    elsif tg_op = 'UPDATE' then
        insert into jingwei.change (layer, id, op)
            select 'jurisdictions', b.organization_id, 'upsert'
            from (select o.organization_id from old_rows o where o.jurisdiction is not null and o.status = 'active'
                  union select r.organization_id from new_rows r where r.jurisdiction is not null and r.status = 'active') b
            order by b.organization_id;
    else
        insert into jingwei.change (layer, id, op)
            select distinct 'jurisdictions', r.organization_id, 'upsert' from old_rows r
            where r.jurisdiction is not null and r.status = 'active' order by 2;
    end if;
    return null;
end
$$;
-- +goose StatementEnd

-- +goose StatementBegin
create or replace function jingwei.grid_changed() returns trigger
    language plpgsql as
$$
begin
    if jingwei.bulk() then
        return null;
    end if;
    if tg_op = 'INSERT' then
        insert into jingwei.change (layer, id, op) select 'grids', n.id, 'upsert' from new_rows n order by n.id;
    elsif tg_op = 'UPDATE' then
        insert into jingwei.change (layer, id, op)
            select 'grids', b.id, case when exists (select from new_rows n where n.id = b.id) then 'upsert' else 'delete' end
            from (select o.id from old_rows o union select n.id from new_rows n) b order by b.id;
    else
        insert into jingwei.change (layer, id, op) select 'grids', o.id, 'delete' from old_rows o order by o.id;
    end if;
    if found then
        perform pg_notify('jingwei_change', '');
    end if;
    return null;
end
$$;
-- +goose StatementEnd

-- +goose StatementBegin
create or replace function jingwei.grid_organization_changed() returns trigger
    language plpgsql as
$$
begin
    -- A load tells at its end that all organizations are to be read anew, and with them the grids.
    if jingwei.bulk() then
        return null;
    end if;
    if tg_op = 'INSERT' then
        insert into jingwei.change (layer, id, op)
            select 'grids', g.id, 'upsert' from jingwei.grid g
            where g.organization_id in (select r.organization_id from new_rows r where r.status = 'active') order by g.id;
    elsif tg_op = 'UPDATE' then
        insert into jingwei.change (layer, id, op)
            select 'grids', g.id, 'upsert' from jingwei.grid g
            where g.organization_id in (select r.organization_id from new_rows r where r.status = 'active'
                                        union select r.organization_id from old_rows r where r.status = 'active') order by g.id;
    else
        insert into jingwei.change (layer, id, op)
            select 'grids', g.id, 'upsert' from jingwei.grid g
            where g.organization_id in (select r.organization_id from old_rows r where r.status = 'active') order by g.id;
    end if;
    if found then
        perform pg_notify('jingwei_change', '');
    end if;
    return null;
end
$$;
-- +goose StatementEnd

delete from jingwei.generation where layer in ('grids', 'jurisdictions');
comment on table jingwei.generation is 'Counts the transactions that changed the divisions: part of the ETags of their tiles';
