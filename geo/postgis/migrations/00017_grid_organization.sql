-- +goose Up
-- Tiles of grids name the organization responsible while it is active: they differ when it comes, goes or is hidden.
create index grid_organization_idx on jingwei.grid (organization_id) where organization_id is not null;

-- +goose StatementBegin
create function jingwei.grid_organization_changed() returns trigger
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
        update jingwei.generation g set n = g.n + 1 where g.layer = 'grids';
        perform pg_notify('jingwei_change', '');
    end if;
    return null;
end
$$;
-- +goose StatementEnd
comment on function jingwei.grid_organization_changed is 'Writes a change per grid whose responsible organization is or was active and that a statement touched';

create trigger organization_version_grid_inserted after insert on jingwei.organization_version
    referencing new table as new_rows for each statement execute function jingwei.grid_organization_changed();
create trigger organization_version_grid_updated after update on jingwei.organization_version
    referencing old table as old_rows new table as new_rows for each statement execute function jingwei.grid_organization_changed();
create trigger organization_version_grid_deleted after delete on jingwei.organization_version
    referencing old table as old_rows for each statement execute function jingwei.grid_organization_changed();

-- +goose StatementBegin
create or replace function jingwei.reload(layer_name text) returns void
    language plpgsql volatile as
$$
declare
    layers constant text[] := case layer_name when 'organizations' then '{organizations,jurisdictions,grids}' else array[layer_name] end;
begin
    insert into jingwei.change (layer, op) select l, 'reload' from unnest(layers) l;
    update jingwei.generation g set n = g.n + 1 where g.layer = any (layers);
    perform pg_notify('jingwei_change', '');
end
$$;
-- +goose StatementEnd
