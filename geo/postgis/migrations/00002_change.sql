-- +goose Up
create sequence jingwei.change_seq as bigint;

create table jingwei.change (
    seq   bigint      not null default nextval('jingwei.change_seq'),
    xid   xid8        not null default pg_current_xact_id(),
    layer text        not null,
    id    bigint      not null default 0,
    op    text        not null
        constraint change_op_check check (op in ('upsert', 'delete', 'reload')),
    -- Not now(): a transaction that was opened yesterday writes into today's partition, so that no old partition is
    -- kept alive by it for longer than its own rows need.
    at    timestamptz not null default clock_timestamp()
) partition by range (at);
alter sequence jingwei.change_seq owned by jingwei.change.seq;
comment on table jingwei.change is 'The change feed: which objects differ; consumers read the objects themselves';
comment on column jingwei.change.seq is 'Order of writing inside a transaction; not the order of commits';
comment on column jingwei.change.xid is 'The transaction that wrote it: a consumer takes the rows whose transaction its last snapshot did not see';
comment on column jingwei.change.id is 'Id of the object (the code, for a division); 0 for a reload of the layer';
comment on column jingwei.change.at is 'When it was written; key of the partitions only';

create index change_xid_idx on jingwei.change (xid, seq);
create table jingwei.change_default partition of jingwei.change default;
comment on table jingwei.change_default is 'Changes of days without a partition of their own';

create table jingwei.feed (
    only_row  boolean constraint feed_pkey primary key default true
        constraint feed_only_row_check check (only_row),
    epoch     text     not null default substr(replace(gen_random_uuid()::text, '-', ''), 1, 12),
    horizon   xid8     not null default '0',
    retention interval not null default '7 days'
        constraint feed_retention_check check (retention >= '1 hour')
);
comment on table jingwei.feed is 'One row: state of the change feed';
comment on column jingwei.feed.epoch is 'Positions of another epoch mean nothing here: their holder reads everything anew';
comment on column jingwei.feed.horizon is 'Greatest transaction id among the dropped changes';
comment on column jingwei.feed.retention is 'How long changes are kept';
insert into jingwei.feed default values;

-- A crash may forget transaction ids that a consumer has already counted as seen (an aborted transaction need not reach
-- the disk) and hand them out again. PostgreSQL empties unlogged tables exactly when that can have happened: after a
-- crash, in a promoted replica, in a restored base backup. The row also names the database, for dumps and clones.
create unlogged table jingwei.feed_life (
    system   bigint not null,
    database oid    not null
);
comment on table jingwei.feed_life is 'One row while the epoch holds; empty after a crash, failover or restore';

-- +goose StatementBegin
create function jingwei.feed_alive() returns boolean
    language plpgsql volatile as
$$
begin
    -- A replica cannot read unlogged tables; it sees the epoch that its primary renews.
    if pg_is_in_recovery() then
        return true;
    end if;
    return exists (
        select from jingwei.feed_life l
        where l.system = (select c.system_identifier from pg_control_system() c)
          and l.database = (select d.oid from pg_database d where d.datname = current_database()));
end
$$;
-- +goose StatementEnd
comment on function jingwei.feed_alive is 'Whether the epoch still holds; if not, call feed_renew';

-- +goose StatementBegin
create function jingwei.feed_renew() returns void
    language plpgsql volatile as
$$
begin
    perform from jingwei.feed for update;
    if jingwei.feed_alive() then
        return;
    end if;
    -- In a dump of another cluster, transactions may lie above the counter of this one: every reader would take their
    -- changes for new until the counter has passed them. Of its own, none that is seen here can.
    delete from jingwei.change c where c.xid >= pg_snapshot_xmax(pg_current_snapshot()) and c.xid <> pg_current_xact_id();
    -- Positions of the new epoch see everything that was ever dropped.
    update jingwei.feed set epoch = default, horizon = '0';
    delete from jingwei.feed_life;
    insert into jingwei.feed_life
        select c.system_identifier, d.oid
        from pg_control_system() c, pg_database d
        where d.datname = current_database();
end
$$;
-- +goose StatementEnd
comment on function jingwei.feed_renew is 'Begins a new epoch unless the present one holds';

create table jingwei.generation (
    layer text constraint generation_pkey primary key,
    n     bigint not null default 1
);
comment on table jingwei.generation is 'Counts the transactions that changed a layer drawn from PostGIS: part of its ETags';
insert into jingwei.generation (layer) values ('divisions');

-- +goose StatementBegin
create function jingwei.reload(layer_name text) returns void
    language plpgsql volatile as
$$
begin
    insert into jingwei.change (layer, op) values (layer_name, 'reload');
    update jingwei.generation g set n = g.n + 1 where g.layer = layer_name;
    perform pg_notify('jingwei_change', '');
end
$$;
-- +goose StatementEnd
comment on function jingwei.reload is 'Tells every consumer to read a layer anew; the end of a bulk load';

-- +goose StatementBegin
create function jingwei.change_truncated() returns trigger
    language plpgsql as
$$
begin
    perform jingwei.reload(tg_argv[0]);
    return null;
end
$$;
-- +goose StatementEnd
comment on function jingwei.change_truncated is 'After TRUNCATE: a reload of the layer in the first argument';

-- +goose StatementBegin
create function jingwei.bulk() returns boolean
    language sql stable
    return coalesce(current_setting('jingwei.bulk', true), '') = 'on';
-- +goose StatementEnd
comment on function jingwei.bulk is 'Whether this transaction belongs to a bulk load, which writes one reload at its end instead of a change per row';

-- +goose StatementBegin
create function jingwei.feed_partitions(ahead int) returns int
    language plpgsql volatile
    -- Writers queue behind a lock that is waited for: give up soon, the next maintenance tries again.
    set lock_timeout = '100ms' as
$$
declare
    first_day constant date := (clock_timestamp() at time zone 'UTC')::date;
    d date;
    part text;
    made int := 0;
begin
    -- Not waited for: who holds it does the same.
    if not pg_try_advisory_xact_lock(hashtextextended('jingwei feed partitions', 0)) then
        return 0;
    end if;
    for i in 0..ahead loop
        d := first_day + i;
        part := 'change_' || to_char(d, 'YYYYMMDD');
        continue when to_regclass('jingwei.' || part) is not null;
        -- A day that began in the default partition stays there: attaching would need its rows moved.
        continue when exists (select from only jingwei.change_default c
                              where c.at >= d::timestamp at time zone 'UTC' and c.at < (d + 1)::timestamp at time zone 'UTC');
        begin
            execute format('create table jingwei.%I (like jingwei.change including defaults including constraints)', part);
            -- ATTACH lets writers go on; CREATE ... PARTITION OF would wait for all of them.
            execute format('alter table jingwei.change attach partition jingwei.%I for values from (%L) to (%L)',
                           part, d::timestamp at time zone 'UTC', (d + 1)::timestamp at time zone 'UTC');
            made := made + 1;
        exception when lock_not_available or check_violation then
            null;
        end;
    end loop;
    return made;
end
$$;
-- +goose StatementEnd
comment on function jingwei.feed_partitions is 'Makes the day partitions (UTC) of today and the given number of days ahead; returns how many were missing';

-- +goose StatementBegin
create function jingwei.feed_forget(before timestamptz) returns int
    language plpgsql volatile
    set lock_timeout = '100ms' as
$$
declare
    part record;
    greatest_xid xid8;
    dropped int := 0;
begin
    if not pg_try_advisory_xact_lock(hashtextextended('jingwei feed partitions', 0)) then
        return 0;
    end if;
    for part in
        select c.relname from pg_inherits i join pg_class c on c.oid = i.inhrelid
        where i.inhparent = 'jingwei.change'::regclass and c.relname ~ '^change_[0-9]{8}$'
          and (to_date(substr(c.relname, 8), 'YYYYMMDD') + 1)::timestamp at time zone 'UTC' <= before
        order by c.relname
    loop
        begin
            execute format('lock table only jingwei.change, only jingwei.%I in access exclusive mode', part.relname);
            execute format('select c.xid from jingwei.%I c order by c.xid desc limit 1', part.relname) into greatest_xid;
            update jingwei.feed f set horizon = greatest_xid where f.horizon < greatest_xid;
            execute format('drop table jingwei.%I', part.relname);
            dropped := dropped + 1;
        exception when lock_not_available then
            null;  -- a transaction still writes into it: the next maintenance tries again
        end;
    end loop;
    with old as (delete from only jingwei.change_default c where c.at < before returning c.xid)
    select o.xid into greatest_xid from old o order by o.xid desc limit 1;
    update jingwei.feed f set horizon = greatest_xid where f.horizon < greatest_xid;
    return dropped;
end
$$;
-- +goose StatementEnd
comment on function jingwei.feed_forget is 'Drops the day partitions that ended before the time, recording the horizon; returns how many';

select jingwei.feed_partitions(7);

create table jingwei.bulk_load (
    layer text constraint bulk_load_pkey primary key
);
comment on table jingwei.bulk_load is 'Layers whose bulk load has not written its reload yet; the loader holds an advisory lock meanwhile';

-- +goose StatementBegin
create function jingwei.bulk_lock(layer text) returns bigint
    language sql immutable
    return hashtextextended('jingwei bulk ' || layer, 0);
-- +goose StatementEnd
comment on function jingwei.bulk_lock is 'Key of the advisory lock that a loader of the layer holds';
