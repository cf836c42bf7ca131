-- The schema jingwei, one line per object, in a stable order. Day partitions of the feed come and go: left out.
with relation as (
    select c.* from pg_class c
    where c.relnamespace = 'jingwei'::regnamespace and c.relname !~ '^change_[0-9]{8}' and c.relname !~ '^change_default_'
      and c.relname not like 'goose\_%'
)
select line from (
    select 1 as part, r.relname::text as name, 0 as place, '' as detail,
           case r.relkind when 'p' then 'partitioned table ' else 'table ' end || r.relname
             || case r.relpersistence when 'u' then ' unlogged' else '' end
             || case when r.relrowsecurity then ' row level security' else '' end as line
    from relation r where r.relkind in ('r', 'p')
    union all
    select 1, r.relname, 1, lpad(a.attnum::text, 4, '0'),
           '  column ' || a.attname || ' ' || format_type(a.atttypid, a.atttypmod)
             || case when a.attcollation <> 0 and co.collname <> 'default' then ' collate ' || co.collname else '' end
             || case when a.attnotnull then ' not null' else '' end
             || case when a.attgenerated <> '' then ' generated' when a.attidentity <> '' then ' identity' else '' end
             || coalesce(case when a.attgenerated = '' then ' default ' else ' ' end || pg_get_expr(d.adbin, d.adrelid), '')
    from relation r
    join pg_attribute a on a.attrelid = r.oid and a.attnum > 0 and not a.attisdropped
    left join pg_attrdef d on d.adrelid = r.oid and d.adnum = a.attnum
    left join pg_collation co on co.oid = a.attcollation
    where r.relkind in ('r', 'p')
    union all
    select 1, r.relname, 2, k.conname, '  constraint ' || k.conname || ' ' || pg_get_constraintdef(k.oid)
    from relation r join pg_constraint k on k.conrelid = r.oid
    union all
    select 1, r.relname, 3, i.relname, '  index ' || regexp_replace(pg_get_indexdef(i.oid), '^CREATE (UNIQUE )?INDEX (\S+) ON ', '\2 \1on ')
    from relation r join pg_index x on x.indrelid = r.oid join pg_class i on i.oid = x.indexrelid
    where not exists (select from pg_constraint k where k.conindid = i.oid)
    union all
    select 1, r.relname, 4, g.tgname, '  trigger ' || regexp_replace(pg_get_triggerdef(g.oid), '^CREATE TRIGGER ', '')
    from relation r join pg_trigger g on g.tgrelid = r.oid where not g.tgisinternal
    union all
    select 1, r.relname, 5, p.polname, '  policy ' || p.polname || ' for '
             || case p.polcmd when 'r' then 'select' when 'a' then 'insert' when 'w' then 'update' when 'd' then 'delete' else 'all' end
             || coalesce(' using ' || regexp_replace(pg_get_expr(p.polqual, p.polrelid), '\s+', ' ', 'g'), '')
             || coalesce(' check ' || regexp_replace(pg_get_expr(p.polwithcheck, p.polrelid), '\s+', ' ', 'g'), '')
    from relation r join pg_policy p on p.polrelid = r.oid
    union all
    select case r.relkind when 'v' then 4 when 'S' then 2 else 1 end, r.relname, 6, a.grantee::regrole::text,
           '  grant ' || string_agg(lower(a.privilege_type), ', ' order by a.privilege_type) || ' to ' || a.grantee::regrole
    from relation r cross join lateral aclexplode(r.relacl) a
    where a.grantee <> 0 and a.grantee <> r.relowner
    group by r.oid, r.relkind, r.relname, a.grantee
    union all
    select 2, r.relname, 0, '', 'sequence ' || r.relname || ' ' || s.seqmin || '..' || s.seqmax || ' cache ' || s.seqcache
    from relation r join pg_sequence s on s.seqrelid = r.oid
    union all
    select 3, p.proname, 0, '', 'function ' || p.proname || '(' || pg_get_function_arguments(p.oid) || ') ' || pg_get_function_result(p.oid)
             || ' ' || (case p.provolatile when 'i' then 'immutable' when 's' then 'stable' else 'volatile' end)
             || case when p.prosecdef then ' security definer' else '' end
             || coalesce(' set ' || array_to_string(p.proconfig, '; '), '')
    from pg_proc p where p.pronamespace = 'jingwei'::regnamespace
    union all
    select 4, r.relname, 0, '', 'view ' || r.relname || regexp_replace(pg_get_viewdef(r.oid), '\s+', ' ', 'g')
    from relation r where r.relkind = 'v'
    union all
    select 5, e.extname, 0, '', 'extension ' || e.extname from pg_extension e
) l
order by part, name collate "C", place, detail collate "C", line collate "C"
