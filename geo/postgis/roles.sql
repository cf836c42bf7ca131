-- Makes the roles that requests run under, as far as whoever runs this may, and gives them what they need of this
-- database. It runs after each migration and changes nothing where all is as it should be; what it may not do it leaves
-- undone (Store.Defences tells). Roles belong to the cluster: other databases may be making them at this moment.
do $$
declare
    -- What each role may do with each relation: s(elect), i(nsert), u(pdate), d(elete). A relation that is not named is
    -- nobody's but the owner's. jingwei_public gets nothing that holds a hidden row.
    rights constant text[][] := '{
        {code_list, s, s, -}, {code, s, s, -},
        {division, s, s, -}, {division_succession, s, s, -},
        {boundary_set, s, s, -}, {division_shape, s, s, -}, {boundary_line, s, s, -},
        {report_category, s, s, s},
        {feed, s, s, s}, {feed_life, s, s, s}, {generation, s, s, -}, {change, -, -, s},
        {public_organization, s, s, -}, {public_organization_version, s, s, -}, {public_grid, s, s, -}, {public_report, s, s, -},
        {scoped_organization_version, -, s, -},
        {organization, -, siu, s}, {organization_version, -, siu, s}, {report, -, siu, s}, {organization_photo, -, siu, -},
        {account, -, siu, -}, {account_identity, -, siud, -}, {role_grant, -, siu, -}, {session, -, siud, -},
        {token, -, siud, -}, {one_time_link, -, siud, -}, {sign_in_failure, -, siud, -},
        {ask, -, siu, -}, {task, -, siu, -}, {task_field, -, siu, -},
        {audit, -, si, -}, {audit_seal, -, s, -},
        {import_job, -, siud, -}, {import_chunk, -, si, -}, {import_row, -, s, -}, {import_fault, -, s, -}, {import_write, -, s, -}, {import_mapping, -, siu, -},
        {location_step, -, si, -}, {location_check, -, siu, -},
        {node, -, s, -}}';
    roles constant text[] := '{jingwei_public, jingwei_app, jingwei_index}';
    -- They write the feed and look at all rows, whoever makes the change. Nobody else lets them loose on rows of his own.
    definers constant text[] := '{organization_changed, organization_version_known, organization_version_changed,
        jurisdiction_changed, grid_organization_changed, report_known, report_changed, report_path_changed, report_assigned}';
    role     text;
    relation text[];
    letter   text;
    what     text;
    wanted   boolean;
    f        record;
begin
    perform pg_advisory_xact_lock(hashtextextended('jingwei roles', 0));
    foreach role in array roles loop
        -- The last of these errors are what another session that does the same at this moment makes of it.
        begin
            if to_regrole(role) is null then
                execute format('create role %I nologin', role);
            end if;
        exception when insufficient_privilege or duplicate_object or unique_violation then
            null;
        end;
        continue when to_regrole(role) is null;
        begin
            -- From 16 on who makes a role is a member that may not take it on; 15 does not know these words.
            if current_setting('server_version_num')::int >= 160000 then
                if not pg_has_role(role, 'set') then
                    execute format('grant %I to %I with set true', role, current_user);
                end if;
            elsif not pg_has_role(role, 'member') then
                execute format('grant %I to %I', role, current_user);
            end if;
        exception when insufficient_privilege or unique_violation or internal_error then
            null;
        end;
        begin
            if role = 'jingwei_index' and (select not r.rolbypassrls from pg_roles r where r.rolname = role) then
                execute format('alter role %I bypassrls', role);
            end if;
        exception when insufficient_privilege or internal_error then
            null;
        end;
    end loop;

    for f in
        select p.oid, p.oid::regprocedure as name, p.prosecdef from pg_proc p
        where p.pronamespace = 'jingwei'::regnamespace and p.proname = any (definers)
    loop
        if not f.prosecdef then
            execute format('alter function %s security definer set search_path = pg_catalog, pg_temp', f.name);
        end if;
        if has_function_privilege('public', f.oid, 'execute') then
            execute format('revoke execute on function %s from public', f.name);
        end if;
    end loop;

    foreach role in array roles loop
        continue when to_regrole(role) is null;
        if not has_schema_privilege(role, 'jingwei', 'usage') then
            execute format('grant usage on schema jingwei to %I', role);
        end if;
        foreach relation slice 1 in array rights loop
            continue when to_regclass('jingwei.' || relation[1]) is null;
            foreach letter in array '{s, i, u, d}'::text[] loop
                what := case letter when 's' then 'select' when 'i' then 'insert' when 'u' then 'update' else 'delete' end;
                wanted := strpos(relation[1 + array_position(roles, role)], letter) > 0;
                if wanted <> has_table_privilege(role, 'jingwei.' || relation[1], what) then
                    execute format(case when wanted then 'grant %s on jingwei.%I to %I' else 'revoke %s on jingwei.%I from %I' end,
                                   what, relation[1], role);
                end if;
            end loop;
        end loop;
    end loop;
    if to_regrole('jingwei_app') is not null and not (
        has_sequence_privilege('jingwei_app', 'jingwei.id_seq', 'usage')
        and has_function_privilege('jingwei_app', 'jingwei.move_paths(bigint, int, int)', 'execute')) then
        grant usage on sequence jingwei.id_seq to jingwei_app;
        grant execute on function jingwei.move_paths to jingwei_app;
    end if;

    -- Without this no policy leaves && its spatial index.
    for f in
        select p.oid::regprocedure as name
        from pg_proc p join pg_depend d on d.classid = 'pg_proc'::regclass and d.objid = p.oid and d.deptype = 'e'
        join pg_extension e on d.refclassid = 'pg_extension'::regclass and e.oid = d.refobjid
        where e.extname = 'postgis' and p.proname = 'geometry_overlaps' and not p.proleakproof
    loop
        begin
            execute format('alter function %s leakproof', f.name);
        exception when insufficient_privilege then
            null;
        end;
    end loop;
end
$$;
