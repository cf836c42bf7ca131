-- +goose Up
-- A report lies in the tree of organizations where the one that is responsible for it does, as it is last known. Who moves an
-- organization, or says something of other days than before, moves its reports, and no report is written then.

-- Whoever gives a report to an organization and whoever moves that see nothing of each other's rows until both have committed, and
-- then nobody has told that the report moved. So they wait for each other, by two modes of locking this table that go together
-- with themselves only: moves do not wait for moves, nor reports for reports.
create table jingwei.report_tree ();
comment on table jingwei.report_tree is 'Always empty. Locked in row exclusive mode by who gives reports to organizations, in share mode by who moves organizations';

-- Several statements make one change: what was known is closed first and what is new follows. So an insert is compared with
-- what was known a moment before its own time, which a closing row has as its end. What a load of organizations makes is
-- version 1 and has no reports yet; what it alters is told here, since the reload at its end says nothing of reports.
-- +goose StatementBegin
create function jingwei.report_path_changed() returns trigger
    language plpgsql
    -- Who writes organizations need not see reports.
    security definer set search_path = pg_catalog, public, pg_temp as
$$
declare
    most constant bigint := 50000;
    moved bigint[];
    organization bigint;
    n bigint := 0;
begin
    if tg_op = 'INSERT' then
        moved := array(
            select t.id
            from (select r.organization_id as id, min(lower(r.recorded)) as at
                  from new_rows r where r.version > 1 or not jingwei.bulk() group by r.organization_id) t
            where (select v.path from jingwei.organization_version v
                   where v.organization_id = t.id and upper_inf(v.recorded)
                   order by v.valid desc, v.row_id limit 1)
                is distinct from
                  (select v.path from jingwei.organization_version v
                   where v.organization_id = t.id and lower(v.recorded) < t.at and (upper_inf(v.recorded) or upper(v.recorded) >= t.at)
                   order by v.valid desc, v.row_id limit 1));
    elsif tg_op = 'UPDATE' then
        -- The newest row is what it was when it is later than all that were altered and not one of them.
        moved := array(
            select b.organization_id
            from (select distinct on (r.organization_id) r.organization_id, r.valid, r.path
                  from (select o.organization_id, o.valid, o.path from old_rows o where upper_inf(o.recorded)
                        union all
                        select w.organization_id, null, null from new_rows w) r
                  order by r.organization_id, r.valid desc nulls last) b
            left join lateral (
                select v.row_id, v.valid, v.path from jingwei.organization_version v
                where v.organization_id = b.organization_id and upper_inf(v.recorded)
                order by v.valid desc, v.row_id limit 1) a on true
            where a.path is distinct from b.path
              and (a.valid is null or a.valid <= b.valid or a.row_id in (select w.row_id from new_rows w)));
    else
        moved := array(
            select b.organization_id
            from (select distinct on (o.organization_id) o.organization_id, o.valid, o.path
                  from old_rows o where upper_inf(o.recorded)
                  order by o.organization_id, o.valid desc) b
            left join lateral (
                select v.valid, v.path from jingwei.organization_version v
                where v.organization_id = b.organization_id and upper_inf(v.recorded)
                order by v.valid desc, v.row_id limit 1) a on true
            where a.path is distinct from b.path and (a.valid is null or a.valid <= b.valid));
    end if;
    if moved = '{}' then
        return null;
    end if;
    lock table jingwei.report_tree in share mode;
    foreach organization in array moved loop
        n := n + (select count(*) from jingwei.report r where r.organization_id = organization);
        exit when n > most;
    end loop;
    if n > most then
        perform jingwei.reload('reports');
    elsif n > 0 then
        insert into jingwei.change (layer, id, op)
            select 'reports', r.id, 'upsert' from jingwei.report r where r.organization_id = any (moved) order by r.id;
        perform pg_notify('jingwei_change', '');
    end if;
    return null;
end
$$;
-- +goose StatementEnd
comment on function jingwei.report_path_changed is 'Writes a change per report, or one reload when they are many, of organizations that a statement gave another newest path';

create trigger organization_version_report_inserted after insert on jingwei.organization_version
    referencing new table as new_rows for each statement execute function jingwei.report_path_changed();
create trigger organization_version_report_updated after update on jingwei.organization_version
    referencing old table as old_rows new table as new_rows for each statement execute function jingwei.report_path_changed();
create trigger organization_version_report_deleted after delete on jingwei.organization_version
    referencing old table as old_rows for each statement execute function jingwei.report_path_changed();
create trigger organization_version_report_truncated after truncate on jingwei.organization_version
    for each statement execute function jingwei.change_truncated('reports');

-- +goose StatementBegin
create function jingwei.report_assigned() returns trigger
    language plpgsql
    security definer set search_path = pg_catalog, public, pg_temp as
$$
declare
    given boolean;
begin
    if tg_op = 'INSERT' then
        given := exists (select from new_rows n where n.organization_id is not null);
    else
        given := exists (select n.id, n.organization_id from new_rows n where n.organization_id is not null
                         except select o.id, o.organization_id from old_rows o);
    end if;
    if given then
        lock table jingwei.report_tree in row exclusive mode;
    end if;
    return null;
end
$$;
-- +goose StatementEnd
comment on function jingwei.report_assigned is 'Lets who gives a report to an organization wait for who moves organizations, and the other way round';
create trigger report_assigned_inserted after insert on jingwei.report
    referencing new table as new_rows for each statement execute function jingwei.report_assigned();
create trigger report_assigned_updated after update on jingwei.report
    referencing old table as old_rows new table as new_rows for each statement execute function jingwei.report_assigned();
