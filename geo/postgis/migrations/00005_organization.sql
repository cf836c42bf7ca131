-- +goose Up
create table jingwei.organization (
    id         bigint      constraint organization_pkey primary key default jingwei.next_id()
        constraint organization_id_check check (id between 1 and 9007199254740991),
    code       text        collate "C"
        constraint organization_code_check check (char_length(code) between 1 and 100),
    version    int         not null default 1
        constraint organization_version_check check (version >= 1),
    retired    date,
    created_at timestamptz not null default clock_timestamp()
);
comment on table jingwei.organization is 'Identity of organizations 组织; what is said of them is in organization_version';
comment on column jingwei.organization.code is 'The operator''s own code; null for none; free again once retired';
comment on column jingwei.organization.version is 'Counts writes: the ETag of the resource; locking is on this row';
comment on column jingwei.organization.retired is 'First day on which it no longer exists; null while it does';
create unique index organization_code_key on jingwei.organization (code) where retired is null;

create table jingwei.organization_version (
    row_id              bigint    constraint organization_version_pkey primary key default jingwei.next_id()
        constraint organization_version_row_id_check check (row_id between 1 and 9007199254740991),
    organization_id     bigint    not null
        constraint organization_version_organization_fkey references jingwei.organization,
    version             int       not null,
    valid               daterange not null
        constraint organization_version_valid_check check (not isempty(valid))
        constraint organization_version_valid_finite_check check (isfinite(lower(valid)) and isfinite(upper(valid))),
    recorded            tstzrange not null default tstzrange(clock_timestamp(), null)
        constraint organization_version_recorded_check check (not isempty(recorded) and not lower_inf(recorded)),
    author              text      not null,
    parent_id           bigint
        constraint organization_version_parent_fkey references jingwei.organization
        constraint organization_version_parent_check check (parent_id <> organization_id),
    path                ltree     not null,
    kind                text      not null,
    level               text      not null,
    status              text      not null,
    name                text      collate "C" not null
        constraint organization_version_name_check check (char_length(name) between 1 and 200),
    short_name          text      not null default ''
        constraint organization_version_short_name_check check (char_length(short_name) <= 200),
    pinyin              text      collate "C" not null default '',
    initials            text      collate "C" not null default '',
    grams               text[]    not null default '{}',
    division_code       bigint    not null,
    lon_e7              int       not null
        constraint organization_version_lon_check check (lon_e7 between -1800000000 and 1800000000),
    lat_e7              int       not null
        constraint organization_version_lat_check check (lat_e7 between -900000000 and 900000000),
    location            geometry(Point, 4326) not null
        generated always as (st_setsrid(st_makepoint(lon_e7 / 1e7::float8, lat_e7 / 1e7::float8), 4326)) stored,
    location_source     text      not null,
    location_accuracy_m float8    not null default 0
        constraint organization_version_accuracy_check check (location_accuracy_m between 0 and 1e7),
    source_crs          text      not null default 'EPSG:4326'
        constraint organization_version_source_crs_check check (char_length(source_crs) between 1 and 40),
    location_state      text      not null,
    address             text      not null default ''
        constraint organization_version_address_check check (char_length(address) <= 500),
    phone               text      not null default ''
        constraint organization_version_phone_check check (char_length(phone) <= 40),
    jurisdiction        geometry(MultiPolygon, 4326),
    uscc                text
        constraint organization_version_uscc_check check (jingwei.uscc_valid(uscc)),
    term                daterange
        constraint organization_version_term_check check (not isempty(term)),
    constraint organization_version_valid_excl exclude using gist
        (organization_id with =, valid with &&) where (upper_inf(recorded))
);
comment on table jingwei.organization_version is 'What is said of an organization for a range of days, and when it was held true; rows with an open end of recorded are what is known now';
comment on column jingwei.organization_version.row_id is 'Never used again: identifies this content in live indexes and fingerprints';
comment on column jingwei.organization_version.version is 'Number of the write that made the row';
comment on column jingwei.organization_version.valid is 'Days (China) on which the content holds; half open';
comment on column jingwei.organization_version.recorded is 'When the database held the row true; half open';
comment on column jingwei.organization_version.parent_id is 'Superior organization; null for none';
comment on column jingwei.organization_version.path is 'Ids from the topmost superior down to this one, as known now; derived from parent_id';
comment on column jingwei.organization_version.kind is 'Code list organization_kind';
comment on column jingwei.organization_version.level is 'Code list organization_level';
comment on column jingwei.organization_version.status is 'Code list organization_status; public layers hold active ones only';
comment on column jingwei.organization_version.pinyin is 'Lower case letters without spaces, for search';
comment on column jingwei.organization_version.initials is 'First letters of the syllables, for search';
comment on column jingwei.organization_version.grams is 'Pieces of one and two characters of name and short name, for search';
comment on column jingwei.organization_version.division_code is 'Division that it stands in, 12 digits';
comment on column jingwei.organization_version.lon_e7 is 'Longitude in 1e-7 degree, EPSG:4326';
comment on column jingwei.organization_version.lat_e7 is 'Latitude in 1e-7 degree, EPSG:4326';
comment on column jingwei.organization_version.location is 'The same as a geometry';
comment on column jingwei.organization_version.location_source is 'Code list location_source';
comment on column jingwei.organization_version.location_accuracy_m is 'Radius of 95 % in metres; 0 for unknown';
comment on column jingwei.organization_version.source_crs is 'The system the coordinates came in';
comment on column jingwei.organization_version.location_state is 'Code list location_state';
comment on column jingwei.organization_version.phone is 'A public phone of the organization, never of a person';
comment on column jingwei.organization_version.uscc is 'Unified social credit code; null for none';
comment on column jingwei.organization_version.term is 'Term of office of the committee';
create index organization_version_organization_idx on jingwei.organization_version (organization_id, row_id);
create index organization_version_parent_idx on jingwei.organization_version (parent_id)
    where upper_inf(recorded) and parent_id is not null;
create index organization_version_path_idx on jingwei.organization_version using gist (path)
    where upper_inf(recorded) and parent_id is not null;
create index organization_version_division_idx on jingwei.organization_version (division_code, organization_id)
    where upper_inf(recorded);
create index organization_version_location_idx on jingwei.organization_version using gist (location)
    where upper_inf(recorded);
create index organization_version_name_idx on jingwei.organization_version (name, organization_id)
    where upper_inf(recorded);
create index organization_version_pinyin_idx on jingwei.organization_version (pinyin, organization_id)
    where upper_inf(recorded);
create index organization_version_initials_idx on jingwei.organization_version (initials, organization_id)
    where upper_inf(recorded);
-- A list of pending entries, which every search would have to walk, saves less than it costs.
create index organization_version_grams_idx on jingwei.organization_version using gin (grams) with (fastupdate = off)
    where upper_inf(recorded);

create table jingwei.organization_link (
    id      bigint    constraint organization_link_pkey primary key default jingwei.next_id(),
    from_id bigint    not null
        constraint organization_link_from_fkey references jingwei.organization,
    to_id   bigint    not null
        constraint organization_link_to_fkey references jingwei.organization,
    kind    text      not null
        constraint organization_link_kind_check check (kind ~ '^[a-z][a-z0-9_]{0,62}$'),
    valid   daterange not null
        constraint organization_link_valid_check check (not isempty(valid)),
    constraint organization_link_self_check check (from_id <> to_id),
    constraint organization_link_valid_excl exclude using gist (from_id with =, to_id with =, kind with =, valid with &&)
);
comment on table jingwei.organization_link is 'Further hierarchies and relations between organizations, merges and splits among them';
create index organization_link_to_idx on jingwei.organization_link (to_id);

-- Set-wise instead of foreign keys: a key share lock per row on the few rows of the code lists would be taken by every
-- writer at once, and a bulk load would check each row five times.
-- +goose StatementBegin
create function jingwei.organization_version_known() returns trigger
    language plpgsql as
$$
declare
    field text;
    wrong text;
begin
    select u.field, u.value into field, wrong
    from (
        select 'kind' as field, 'organization_kind' as list, n.kind as value from new_rows n where upper_inf(n.recorded) group by n.kind
        union all
        select 'level', 'organization_level', n.level from new_rows n where upper_inf(n.recorded) group by n.level
        union all
        select 'status', 'organization_status', n.status from new_rows n where upper_inf(n.recorded) group by n.status
        union all
        select 'location_source', 'location_source', n.location_source from new_rows n where upper_inf(n.recorded) group by n.location_source
        union all
        select 'location_state', 'location_state', n.location_state from new_rows n where upper_inf(n.recorded) group by n.location_state
    ) u
    where not exists (select from jingwei.code c where c.list = u.list and c.code = u.value)
    order by u.field, u.value limit 1;
    if not found then
        select 'division', n.division_code::text into field, wrong
        from new_rows n
        where upper_inf(n.recorded)
          and not exists (select from jingwei.division d where d.code = n.division_code)
        order by n.division_code limit 1;
    end if;
    if wrong is not null then
        raise exception 'unknown %: %', field, wrong using
            errcode = 'foreign_key_violation', detail = wrong,
            schema = 'jingwei', table = 'organization_version', constraint = 'organization_version_' || field || '_known';
    end if;
    return null;
end
$$;
-- +goose StatementEnd
comment on function jingwei.organization_version_known is 'Refuses rows whose codes are not in their code list or whose division never existed';

-- +goose StatementBegin
create function jingwei.organization_version_changed() returns trigger
    language plpgsql as
$$
begin
    if jingwei.bulk() then
        return null;
    end if;
    if tg_op = 'INSERT' then
        insert into jingwei.change (layer, id, op)
            select 'organizations', n.organization_id, 'upsert'
            from new_rows n group by n.organization_id order by n.organization_id;
    elsif tg_op = 'UPDATE' then
        insert into jingwei.change (layer, id, op)
            select 'organizations', b.organization_id,
                   case when exists (select from jingwei.organization_version v
                                     where v.organization_id = b.organization_id and upper_inf(v.recorded))
                        then 'upsert' else 'delete' end
            from (select o.organization_id from old_rows o union select n.organization_id from new_rows n) b
            order by b.organization_id;
    else
        insert into jingwei.change (layer, id, op)
            select 'organizations', o.organization_id,
                   case when exists (select from jingwei.organization_version v
                                     where v.organization_id = o.organization_id and upper_inf(v.recorded))
                        then 'upsert' else 'delete' end
            from (select distinct r.organization_id from old_rows r) o order by o.organization_id;
    end if;
    if found then
        perform pg_notify('jingwei_change', '');
    end if;
    return null;
end
$$;
-- +goose StatementEnd
comment on function jingwei.organization_version_changed is 'Writes one change per organization that a statement touched';

-- +goose StatementBegin
create function jingwei.organization_changed() returns trigger
    language plpgsql as
$$
begin
    if jingwei.bulk() then
        return null;
    end if;
    insert into jingwei.change (layer, id, op)
        select 'organizations', n.id, 'upsert'
        from new_rows n join old_rows o using (id)
        where n.code is distinct from o.code order by n.id;
    if found then
        perform pg_notify('jingwei_change', '');
    end if;
    return null;
end
$$;
-- +goose StatementEnd
comment on function jingwei.organization_changed is 'Writes a change for an organization whose own code changed';

create trigger organization_updated after update on jingwei.organization
    referencing old table as old_rows new table as new_rows
    for each statement execute function jingwei.organization_changed();
create trigger organization_version_known_inserted after insert on jingwei.organization_version
    referencing new table as new_rows
    for each statement execute function jingwei.organization_version_known();
create trigger organization_version_known_updated after update on jingwei.organization_version
    referencing new table as new_rows
    for each statement execute function jingwei.organization_version_known();
create trigger organization_version_inserted after insert on jingwei.organization_version
    referencing new table as new_rows
    for each statement execute function jingwei.organization_version_changed();
create trigger organization_version_updated after update on jingwei.organization_version
    referencing old table as old_rows new table as new_rows
    for each statement execute function jingwei.organization_version_changed();
create trigger organization_version_deleted after delete on jingwei.organization_version
    referencing old table as old_rows
    for each statement execute function jingwei.organization_version_changed();
create trigger organization_version_truncated after truncate on jingwei.organization_version
    for each statement execute function jingwei.change_truncated('organizations');
