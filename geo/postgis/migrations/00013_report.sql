-- +goose Up
-- Bulk loads make their ids themselves, from blocks that no session draws single ids from, not even one that has drawn
-- some in advance: the lower half of an installation's ids is the sequence's, the upper half is given out in blocks.
alter sequence jingwei.id_seq maxvalue 2199023255551;
alter table jingwei.node
    add column next_block bigint not null default 2199023255552
        constraint node_next_block_check check (next_block between 2199023255552 and 4398046511104);
comment on sequence jingwei.id_seq is 'Lower 42 bits of ids that are drawn one by one: the lower half of them';
comment on column jingwei.node.next_block is 'Lower 42 bits of the next id that reserve_ids gives out: the upper half of them';

-- +goose StatementBegin
create function jingwei.reserve_ids(n bigint) returns bigint
    language sql volatile parallel unsafe
    begin atomic
        update jingwei.node set next_block = next_block + greatest(n, 0)
        returning shard::bigint << 42 | (next_block - greatest(n, 0));
    end;
-- +goose StatementEnd
comment on function jingwei.reserve_ids is 'Reserves n ids that nothing else ever gets and returns the first; given back when the transaction is rolled back';

create table jingwei.sample_part (
    name  text   constraint sample_part_pkey primary key
        constraint sample_part_name_check check (char_length(name) between 1 and 200),
    base  bigint not null
        constraint sample_part_base_check check (base between 1 and 9007199254740991),
    total bigint not null,
    done  bigint not null default 0,
    constraint sample_part_done_check check (done between 0 and total)
);
comment on table jingwei.sample_part is 'Generated loads: how far each has come, so that one that was interrupted goes on where it was';
comment on column jingwei.sample_part.base is 'Id of the row with the number 0; those of the others follow';
comment on column jingwei.sample_part.done is 'Rows below this number are committed';

insert into jingwei.code_list (list, zh, en) values
    ('report_state',   '办理状态', 'State of a report'),
    ('report_channel', '受理渠道', 'Channel of a report'),
    ('grid_kind',      '网格类别', 'Kind of grid');
insert into jingwei.code (list, code, zh, en, rank) values
    ('report_state', 'received',        '已受理',   'Received', 1),
    ('report_state', 'dispatched',      '已转办',   'Dispatched', 2),
    ('report_state', 'investigating',   '调查中',   'Investigating', 3),
    ('report_state', 'in_progress',     '办理中',   'In progress', 4),
    ('report_state', 'planned',         '已列计划', 'Planned', 5),
    ('report_state', 'fixed',           '已解决',   'Fixed', 10),
    ('report_state', 'no_action',       '无需处理', 'No action needed', 11),
    ('report_state', 'not_responsible', '不属职责', 'Not responsible', 12),
    ('report_state', 'duplicate',       '重复',     'Duplicate', 13),
    ('report_state', 'referred',        '已移交',   'Referred', 14),
    ('report_state', 'cancelled',       '已撤回',   'Cancelled', 15),
    ('report_channel', 'web',     '网站',     'Web', 1),
    ('report_channel', 'app',     '应用',     'App', 2),
    ('report_channel', 'phone',   '电话',     'Phone', 3),
    ('report_channel', 'visit',   '来访',     'Visit', 4),
    ('report_channel', 'letter',  '来信',     'Letter', 5),
    ('report_channel', 'open311', 'Open311',  'Open311', 6),
    ('grid_kind', 'community_grid',  '社区网格',     'Community grid', 1),
    ('grid_kind', 'village_grid',    '村网格',       'Village grid', 2),
    ('grid_kind', 'enterprise_grid', '企业网格',     'Enterprise grid', 3),
    ('grid_kind', 'public_grid',     '公共区域网格', 'Grid of public space', 4);

create table jingwei.report_category (
    code      text     constraint report_category_pkey primary key
        constraint report_category_code_check check (code ~ '^[a-z][a-z0-9_]{0,62}$'),
    zh        text     not null,
    en        text     not null,
    rank      smallint not null default 0,
    sensitive boolean  not null default false,
    due_days  int      not null default 15
        constraint report_category_due_days_check check (due_days between 1 and 366)
);
comment on table jingwei.report_category is 'Categories of reports; operators may add others';
comment on column jingwei.report_category.sensitive is 'Its reports appear in no public layer';
comment on column jingwei.report_category.due_days is 'Days from receipt until a report is due';
insert into jingwei.report_category (code, zh, en, rank, sensitive, due_days) values
    ('roads',           '道路交通', 'Roads and traffic', 1, false, 10),
    ('environment',     '环境卫生', 'Environment and sanitation', 2, false, 7),
    ('utilities',       '水电气暖', 'Water, power, gas, heating', 3, false, 5),
    ('housing',         '住房物业', 'Housing and property', 4, false, 15),
    ('safety',          '公共安全', 'Public safety', 5, false, 3),
    ('education',       '教育',     'Education', 6, false, 15),
    ('health',          '医疗卫生', 'Health', 7, false, 10),
    ('social_security', '社会保障', 'Social security', 8, false, 15),
    ('labour',          '劳动就业', 'Labour and employment', 9, false, 15),
    ('agriculture',     '农业农村', 'Agriculture and countryside', 10, false, 15),
    ('noise',           '噪声扰民', 'Noise', 11, false, 5),
    ('market',          '市场监管', 'Market supervision', 12, false, 10),
    ('culture',         '文化体育', 'Culture and sports', 13, false, 15),
    ('greening',        '园林绿化', 'Parks and greening', 14, false, 10),
    ('mediation',       '矛盾调解', 'Mediation of disputes', 15, true, 30),
    ('other',           '其他',     'Other', 16, false, 15);

create table jingwei.grid (
    id              bigint    constraint grid_pkey primary key default jingwei.next_id()
        constraint grid_id_check check (id between 1 and 9007199254740991),
    code            text      collate "C" not null
        constraint grid_code_check check (char_length(code) between 1 and 100),
    kind            text      not null,
    name            text      collate "C" not null
        constraint grid_name_check check (char_length(name) between 1 and 200),
    division_code   bigint    not null,
    organization_id bigint
        constraint grid_organization_fkey references jingwei.organization,
    geometry        geometry(MultiPolygon, 4326) not null
        constraint grid_geometry_check check (not st_isempty(geometry) and st_isvalid(geometry)),
    mercator        geometry(MultiPolygon, 3857) not null generated always as (st_transform(geometry, 3857)) stored,
    valid           daterange not null
        constraint grid_valid_check check (not isempty(valid))
        constraint grid_valid_finite_check check (isfinite(lower(valid)) and isfinite(upper(valid))),
    constraint grid_code_valid_excl exclude using gist (code with =, valid with &&)
);
comment on table jingwei.grid is 'Grids 网格: areas below a village or community that one organization looks after';
comment on column jingwei.grid.kind is 'Code list grid_kind';
comment on column jingwei.grid.division_code is 'Village, community or township that it belongs to';
comment on column jingwei.grid.organization_id is 'Responsible for it; null for nobody yet';
comment on column jingwei.grid.mercator is 'The same in web mercator: tiles are cut from it';
comment on column jingwei.grid.valid is 'Days on which it exists; half open';
create index grid_mercator_idx on jingwei.grid using gist (mercator);

create table jingwei.report (
    id                  bigint      constraint report_pkey primary key default jingwei.next_id()
        constraint report_id_check check (id between 1 and 9007199254740991),
    version             int         not null default 1
        constraint report_version_check check (version >= 1),
    category            text        not null,
    text                text        not null default ''
        constraint report_text_check check (char_length(text) <= 10000),
    lon_e7              int         not null
        constraint report_lon_check check (lon_e7 between -1800000000 and 1800000000),
    lat_e7              int         not null
        constraint report_lat_check check (lat_e7 between -900000000 and 900000000),
    location            geometry(Point, 4326) not null
        generated always as (st_setsrid(st_makepoint(lon_e7 / 1e7::float8, lat_e7 / 1e7::float8), 4326)) stored,
    location_accuracy_m float8      not null default 0
        constraint report_accuracy_check check (location_accuracy_m between 0 and 1e7),
    division_code       bigint      not null,
    grid_id             bigint,
    organization_id     bigint,
    state               text        not null default 'received',
    -- States that an operator adds are steps of an open report.
    status              text        not null default 'open'
        constraint report_status_check check (status = case
            when state in ('fixed', 'no_action', 'not_responsible', 'duplicate', 'referred', 'cancelled') then 'closed'
            else 'open' end),
    visibility          text        not null default 'restricted'
        constraint report_visibility_check check (visibility in ('public', 'restricted')),
    channel             text        not null,
    duplicate_of        bigint
        constraint report_duplicate_of_fkey references jingwei.report on delete set null
        constraint report_duplicate_of_check check (duplicate_of <> id),
    received_at         timestamptz not null
        constraint report_received_at_check check (isfinite(received_at)),
    dispatched_at       timestamptz,
    accepted_at         timestamptz,
    done_at             timestamptz,
    replied_at          timestamptz,
    called_back_at      timestamptz,
    closed_at           timestamptz,
    due_at              timestamptz,
    redo                int         not null default 0
        constraint report_redo_check check (redo >= 0),
    handover            int         not null default 0
        constraint report_handover_check check (handover >= 0),
    constraint report_times_check check (
        least(dispatched_at, accepted_at, done_at, replied_at, called_back_at, closed_at, due_at) >= received_at
        and greatest(dispatched_at, accepted_at, done_at, replied_at, called_back_at, closed_at, due_at) < 'infinity')
);
comment on table jingwei.report is 'Reports 社情民意: what somebody observed at a place; who sent it is not here';
comment on column jingwei.report.version is 'Counts writes; locking and fingerprints rely on it, so that every update raises it';
comment on column jingwei.report.lon_e7 is 'Longitude in 1e-7 degree, EPSG:4326';
comment on column jingwei.report.lat_e7 is 'Latitude in 1e-7 degree, EPSG:4326';
comment on column jingwei.report.location is 'The same as a geometry; the public sees the middle of a cell instead';
comment on column jingwei.report.location_accuracy_m is 'Radius of 95 % in metres; 0 for unknown';
comment on column jingwei.report.division_code is 'Division that the matter is in, 12 digits';
comment on column jingwei.report.organization_id is 'Responsible for it; null for nobody yet';
comment on column jingwei.report.state is 'Code list report_state: the step that it has reached';
comment on column jingwei.report.status is 'open while somebody has to do something about it; follows from the state';
comment on column jingwei.report.visibility is 'restricted appears in no public layer';
comment on column jingwei.report.channel is 'Code list report_channel';
comment on column jingwei.report.received_at is '受理: it exists from that day (China) on';
comment on column jingwei.report.dispatched_at is '转办';
comment on column jingwei.report.accepted_at is '签收';
comment on column jingwei.report.done_at is '办结';
comment on column jingwei.report.replied_at is '回复';
comment on column jingwei.report.called_back_at is '回访';
comment on column jingwei.report.redo is 'How often it was sent back to be done again';
comment on column jingwei.report.handover is 'How often it went from one organization to another';
create index report_location_idx on jingwei.report using gist (location);
create index report_division_idx on jingwei.report (division_code, id);
create index report_organization_idx on jingwei.report (organization_id) where organization_id is not null;
create index report_grid_idx on jingwei.report (grid_id) where grid_id is not null;
create index report_received_at_idx on jingwei.report (received_at, id);
create index report_duplicate_of_idx on jingwei.report (duplicate_of) where duplicate_of is not null;

-- Set-wise instead of foreign keys, as for organizations: a load of millions would check each row four times.
-- +goose StatementBegin
create function jingwei.report_known() returns trigger
    language plpgsql as
$$
declare
    field text;
    wrong text;
begin
    select u.field, u.value into field, wrong
    from (
        select 'category' as field, n.category as value from (select distinct category from new_rows) n
        where not exists (select from jingwei.report_category c where c.code = n.category)
        union all
        select 'state', n.state from (select distinct state from new_rows) n
        where not exists (select from jingwei.code c where c.list = 'report_state' and c.code = n.state)
        union all
        select 'channel', n.channel from (select distinct channel from new_rows) n
        where not exists (select from jingwei.code c where c.list = 'report_channel' and c.code = n.channel)
        union all
        select 'division', n.division_code::text from (select distinct division_code from new_rows) n
        where not exists (select from jingwei.division d where d.code = n.division_code)
        union all
        select 'organization', n.organization_id::text
        from (select distinct organization_id from new_rows where organization_id is not null) n
        where not exists (select from jingwei.organization o where o.id = n.organization_id)
        union all
        select 'grid', n.grid_id::text from (select distinct grid_id from new_rows where grid_id is not null) n
        where not exists (select from jingwei.grid g where g.id = n.grid_id)
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
comment on function jingwei.report_known is 'Refuses reports whose codes are not in their code list, or whose division, organization or grid does not exist';

-- +goose StatementBegin
create function jingwei.report_written() returns trigger
    language plpgsql as
$$
begin
    new.version := old.version + 1;
    return new;
end
$$;
-- +goose StatementEnd
comment on function jingwei.report_written is 'Raises the version with every update: id and version name one content for ever';

-- +goose StatementBegin
create function jingwei.report_changed() returns trigger
    language plpgsql as
$$
begin
    if jingwei.bulk() then
        return null;
    end if;
    if tg_op = 'INSERT' then
        insert into jingwei.change (layer, id, op) select 'reports', n.id, 'upsert' from new_rows n order by n.id;
    elsif tg_op = 'UPDATE' then
        insert into jingwei.change (layer, id, op)
            select 'reports', b.id, case when exists (select from new_rows n where n.id = b.id) then 'upsert' else 'delete' end
            from (select o.id from old_rows o union select n.id from new_rows n) b order by b.id;
    else
        insert into jingwei.change (layer, id, op) select 'reports', o.id, 'delete' from old_rows o order by o.id;
    end if;
    if found then
        perform pg_notify('jingwei_change', '');
    end if;
    return null;
end
$$;
-- +goose StatementEnd
comment on function jingwei.report_changed is 'Writes one change per report that a statement touched';

create trigger report_known_inserted after insert on jingwei.report
    referencing new table as new_rows for each statement execute function jingwei.report_known();
create trigger report_known_updated after update on jingwei.report
    referencing new table as new_rows for each statement execute function jingwei.report_known();
create trigger report_written before update on jingwei.report
    for each row execute function jingwei.report_written();
create trigger report_inserted after insert on jingwei.report
    referencing new table as new_rows for each statement execute function jingwei.report_changed();
create trigger report_updated after update on jingwei.report
    referencing old table as old_rows new table as new_rows for each statement execute function jingwei.report_changed();
create trigger report_deleted after delete on jingwei.report
    referencing old table as old_rows for each statement execute function jingwei.report_changed();
create trigger report_truncated after truncate on jingwei.report
    for each statement execute function jingwei.change_truncated('reports');

-- What the public may see of all reports of a category hangs on one row: no report is written when it changes.
-- +goose StatementBegin
create function jingwei.report_category_changed() returns trigger
    language plpgsql as
$$
declare
    differs boolean;
begin
    if tg_op = 'INSERT' then
        differs := exists (select from new_rows n where not n.sensitive);
    elsif tg_op = 'UPDATE' then
        differs := exists (select o.code, o.sensitive from old_rows o except select n.code, n.sensitive from new_rows n);
    else
        differs := exists (select from old_rows o where not o.sensitive);
    end if;
    if differs then
        perform jingwei.reload('reports');
    end if;
    return null;
end
$$;
-- +goose StatementEnd
comment on function jingwei.report_category_changed is 'Writes a reload of the reports when a statement alters which categories are public';

create trigger report_category_inserted after insert on jingwei.report_category
    referencing new table as new_rows for each statement execute function jingwei.report_category_changed();
create trigger report_category_updated after update on jingwei.report_category
    referencing old table as old_rows new table as new_rows for each statement execute function jingwei.report_category_changed();
create trigger report_category_deleted after delete on jingwei.report_category
    referencing old table as old_rows for each statement execute function jingwei.report_category_changed();
create trigger report_category_truncated after truncate on jingwei.report_category
    for each statement execute function jingwei.change_truncated('reports');

-- +goose StatementBegin
create function jingwei.grid_known() returns trigger
    language plpgsql as
$$
declare
    field text;
    wrong text;
begin
    select u.field, u.value into field, wrong
    from (
        select 'kind' as field, n.kind as value from (select distinct kind from new_rows) n
        where not exists (select from jingwei.code c where c.list = 'grid_kind' and c.code = n.kind)
        union all
        select 'division', n.division_code::text from (select distinct division_code from new_rows) n
        where not exists (select from jingwei.division d where d.code = n.division_code)
    ) u
    order by u.field, u.value limit 1;
    if found then
        raise exception 'unknown %: %', field, wrong using
            errcode = 'foreign_key_violation', detail = wrong,
            schema = 'jingwei', table = 'grid', constraint = 'grid_' || field || '_known';
    end if;
    return null;
end
$$;
-- +goose StatementEnd
comment on function jingwei.grid_known is 'Refuses grids whose kind is not in its code list or whose division never existed';

-- +goose StatementBegin
create function jingwei.grid_reported() returns trigger
    language plpgsql as
$$
declare
    used bigint;
begin
    select o.id into used from old_rows o
    where exists (select from jingwei.report r where r.grid_id = o.id)
      and not exists (select from jingwei.grid g where g.id = o.id)
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
comment on function jingwei.grid_reported is 'Refuses to let a grid go that reports belong to';

-- +goose StatementBegin
create function jingwei.grid_changed() returns trigger
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
        update jingwei.generation g set n = g.n + 1 where g.layer = 'grids';
        perform pg_notify('jingwei_change', '');
    end if;
    return null;
end
$$;
-- +goose StatementEnd
comment on function jingwei.grid_changed is 'Writes one change per grid that a statement touched';

create trigger grid_known_inserted after insert on jingwei.grid
    referencing new table as new_rows for each statement execute function jingwei.grid_known();
create trigger grid_known_updated after update on jingwei.grid
    referencing new table as new_rows for each statement execute function jingwei.grid_known();
create trigger grid_reported_updated after update on jingwei.grid
    referencing old table as old_rows for each statement execute function jingwei.grid_reported();
create trigger grid_reported_deleted after delete on jingwei.grid
    referencing old table as old_rows for each statement execute function jingwei.grid_reported();
create trigger grid_inserted after insert on jingwei.grid
    referencing new table as new_rows for each statement execute function jingwei.grid_changed();
create trigger grid_updated after update on jingwei.grid
    referencing old table as old_rows new table as new_rows for each statement execute function jingwei.grid_changed();
create trigger grid_deleted after delete on jingwei.grid
    referencing old table as old_rows for each statement execute function jingwei.grid_changed();
create trigger grid_truncated after truncate on jingwei.grid
    for each statement execute function jingwei.change_truncated('grids');

alter table jingwei.organization_version
    add column jurisdiction_mercator geometry(MultiPolygon, 3857) generated always as (st_transform(jurisdiction, 3857)) stored,
    add constraint organization_version_jurisdiction_check check (not st_isempty(jurisdiction) and st_isvalid(jurisdiction));
comment on column jingwei.organization_version.jurisdiction is 'Area that it looks after; null for none said';
comment on column jingwei.organization_version.jurisdiction_mercator is 'The same in web mercator: tiles are cut from it';
create index organization_version_jurisdiction_idx on jingwei.organization_version using gist (jurisdiction_mercator)
    where upper_inf(recorded) and jurisdiction_mercator is not null;

insert into jingwei.generation (layer) values ('grids'), ('jurisdictions');

-- +goose StatementBegin
create function jingwei.jurisdiction_changed() returns trigger
    language plpgsql as
$$
declare
    n bigint := 0;
begin
    if jingwei.bulk() then
        -- One reload of the organizations comes at the end; what this batch commits is drawn from now on.
        if tg_op <> 'DELETE' then
            n := (select count(*) from new_rows r where r.jurisdiction is not null);
        end if;
        if tg_op <> 'INSERT' then
            n := n + (select count(*) from old_rows r where r.jurisdiction is not null);
        end if;
    elsif tg_op = 'INSERT' then
        insert into jingwei.change (layer, id, op)
            select distinct 'jurisdictions', r.organization_id, 'upsert' from new_rows r where r.jurisdiction is not null order by 2;
        get diagnostics n = row_count;
    elsif tg_op = 'UPDATE' then
        insert into jingwei.change (layer, id, op)
            select 'jurisdictions', b.organization_id, 'upsert'
            from (select o.organization_id from old_rows o where o.jurisdiction is not null
                  union select r.organization_id from new_rows r where r.jurisdiction is not null) b order by b.organization_id;
        get diagnostics n = row_count;
    else
        insert into jingwei.change (layer, id, op)
            select distinct 'jurisdictions', r.organization_id, 'upsert' from old_rows r where r.jurisdiction is not null order by 2;
        get diagnostics n = row_count;
    end if;
    if n > 0 then
        update jingwei.generation g set n = g.n + 1 where g.layer = 'jurisdictions';
    end if;
    return null;
end
$$;
-- +goose StatementEnd
comment on function jingwei.jurisdiction_changed is 'Writes a change of the layer jurisdictions per organization that has or had one and that a statement touched';

create trigger organization_version_jurisdiction_inserted after insert on jingwei.organization_version
    referencing new table as new_rows for each statement execute function jingwei.jurisdiction_changed();
create trigger organization_version_jurisdiction_updated after update on jingwei.organization_version
    referencing old table as old_rows new table as new_rows for each statement execute function jingwei.jurisdiction_changed();
create trigger organization_version_jurisdiction_deleted after delete on jingwei.organization_version
    referencing old table as old_rows for each statement execute function jingwei.jurisdiction_changed();

-- Jurisdictions are part of organizations: who reads these anew reads those anew.
-- +goose StatementBegin
create or replace function jingwei.reload(layer_name text) returns void
    language plpgsql volatile as
$$
declare
    layers constant text[] := case layer_name when 'organizations' then '{organizations,jurisdictions}' else array[layer_name] end;
begin
    insert into jingwei.change (layer, op) select l, 'reload' from unnest(layers) l;
    update jingwei.generation g set n = g.n + 1 where g.layer = any (layers);
    perform pg_notify('jingwei_change', '');
end
$$;
-- +goose StatementEnd
