-- +goose Up
create table jingwei.audit (
    id         bigint      generated always as identity
        constraint audit_pkey primary key,
    xid        xid8        not null default pg_current_xact_id(),
    at         timestamptz not null default clock_timestamp()
        constraint audit_at_check check (isfinite(at)),
    account_id bigint,
    actor      text        collate "C" not null
        constraint audit_actor_check check (char_length(actor) between 1 and 200),
    via        text        not null
        constraint audit_via_check check (via in ('session', 'token', 'operator', 'cli', 'system')),
    address    text        not null default ''
        constraint audit_address_check check (char_length(address) <= 100),
    action     text        collate "C" not null
        constraint audit_action_check check (action ~ '^[a-z][a-z0-9_.-]{0,62}$'),
    kind       text        collate "C" not null default ''
        constraint audit_kind_check check (kind ~ '^([a-z][a-z0-9_]{0,62})?$'),
    object_id  bigint,
    path       bigint[]    not null default '{}',
    before     jsonb,
    after      jsonb,
    request_id text        not null default ''
        constraint audit_request_id_check check (char_length(request_id) <= 100)
);
comment on table jingwei.audit is 'Who did or saw what: only ever added to, each row in the transaction of what it tells of';
comment on column jingwei.audit.id is 'Order of writing, with gaps where a transaction was rolled back; not the order of commits';
comment on column jingwei.audit.xid is 'The transaction that wrote it: the sealer takes the rows of those that its last seal did not see';
comment on column jingwei.audit.account_id is 'Null for what is no account; no foreign key, so that nothing ever stands in the way of a row';
comment on column jingwei.audit.path is 'Organizations whose administrators may read it, the one that the object is or belongs to last; empty for administrators of everything only';
comment on column jingwei.audit.before is 'Content before; never a secret, nor the hash of one';

create index audit_xid_idx on jingwei.audit (xid);
create index audit_at_idx on jingwei.audit (at, id);
create index audit_actor_idx on jingwei.audit (actor, at, id);
create index audit_action_idx on jingwei.audit (action, at, id);
create index audit_object_idx on jingwei.audit (kind, object_id, at, id) where object_id is not null;
create index audit_path_idx on jingwei.audit using gin (path);

create table jingwei.audit_seal (
    n        bigint         constraint audit_seal_pkey primary key
        constraint audit_seal_n_check check (n >= 1),
    at       timestamptz    not null
        constraint audit_seal_at_check check (isfinite(at)),
    ids      int8multirange not null
        constraint audit_seal_ids_check check (not isempty(ids)),
    entries  int            not null
        constraint audit_seal_entries_check check (entries >= 1),
    life     text           not null,
    snapshot pg_snapshot    not null,
    previous bytea          not null
        constraint audit_seal_previous_check check (octet_length(previous) = 32),
    hash     bytea          not null
        constraint audit_seal_hash_check check (octet_length(hash) = 32)
);
comment on table jingwei.audit_seal is 'The chain over the audit: each seal holds the hash of its rows and of the seal before';
comment on column jingwei.audit_seal.n is 'Number in the chain, from 1 without gaps';
comment on column jingwei.audit_seal.ids is 'The rows of jingwei.audit that it seals; a row is in one seal';
comment on column jingwei.audit_seal.entries is 'How many rows these are';
comment on column jingwei.audit_seal.life is 'The database in which the snapshot means something, see database_life';
comment on column jingwei.audit_seal.snapshot is 'What the sealer saw: all rows that it sees are in this seal or one before';
comment on column jingwei.audit_seal.previous is 'Hash of the seal before; zeros for the first';
comment on column jingwei.audit_seal.hash is 'SHA-256, see geo/postgis/audit_hash.go';
create index audit_seal_ids_idx on jingwei.audit_seal using gist (ids);

-- +goose StatementBegin
create function jingwei.database_life() returns text
    language sql stable
    return (select c.system_identifier::text from pg_control_system() c) || '.'
        || (select d.oid::text from pg_database d where d.datname = current_database());
-- +goose StatementEnd
comment on function jingwei.database_life is 'Names this database of this cluster: transaction ids of another one, from which a dump came, mean nothing here';

-- +goose StatementBegin
create function jingwei.audit_refuse() returns trigger
    language plpgsql as
$$
begin
    raise exception 'the audit is only ever added to' using errcode = 'insufficient_privilege';
end
$$;
-- +goose StatementEnd
comment on function jingwei.audit_refuse is 'Refuses whatever is not an insert';

create trigger audit_refuse before update or delete or truncate on jingwei.audit
    for each statement execute function jingwei.audit_refuse();
create trigger audit_seal_refuse before update or delete or truncate on jingwei.audit_seal
    for each statement execute function jingwei.audit_refuse();
-- In sessions that replay for replication too, where ordinary triggers do not fire.
alter table jingwei.audit enable always trigger audit_refuse;
alter table jingwei.audit_seal enable always trigger audit_seal_refuse;
