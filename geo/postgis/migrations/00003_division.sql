-- +goose Up
create table jingwei.division (
    id         bigint    constraint division_pkey primary key default jingwei.next_id()
        constraint division_id_check check (id between 1 and 9007199254740991),
    code       bigint    not null
        constraint division_code_check check (code between 100000000000 and 999999999999),
    level      smallint  not null
        constraint division_level_check check (level between 1 and 5),
    kind       text      not null default '',
    parent     bigint
        constraint division_parent_check check (parent <> code),
    name       text collate "C" not null
        constraint division_name_check check (char_length(name) between 1 and 200),
    pinyin     text collate "C" not null default '',
    letters    text collate "C" not null default '',
    initials   text collate "C" not null default '',
    grams      text[] not null default '{}',
    valid      daterange not null
        constraint division_valid_check check (not isempty(valid))
        constraint division_valid_finite_check check (isfinite(lower(valid)) and isfinite(upper(valid))),
    valid_from date      not null generated always as (coalesce(lower(valid), '-infinity')) stored,
    label      geometry(Point, 4326),
    constraint division_code_valid_from_key unique (code, valid_from),
    constraint division_code_valid_excl exclude using gist (code with =, valid with &&)
);
comment on table jingwei.division is 'Administrative divisions 行政区划; a row is a division under one code for a range of days';
comment on column jingwei.division.code is '12 digits, GB/T 2260 with three digits for the township and three for the village; identifies only together with a day';
comment on column jingwei.division.level is '1 province, 2 prefecture, 3 county, 4 township, 5 village';
comment on column jingwei.division.kind is 'What the source calls it (street, town, village_committee ...); empty when it does not say';
comment on column jingwei.division.parent is 'Code of the superior division as of the same days; null for a province';
comment on column jingwei.division.pinyin is 'Syllables without tones, separated by spaces';
comment on column jingwei.division.letters is 'The pinyin in lower case without spaces, for search';
comment on column jingwei.division.initials is 'First letters of the syllables, for search';
comment on column jingwei.division.grams is 'Pieces of one and two characters of the name, for search';
comment on column jingwei.division.valid is 'Days on which it existed under this code; half open';
comment on column jingwei.division.label is 'Where a label stands';
create index division_parent_idx on jingwei.division (parent, code);
create index division_level_idx on jingwei.division (level, code);
create index division_name_idx on jingwei.division (name, code);
create index division_letters_idx on jingwei.division (letters, code);
create index division_initials_idx on jingwei.division (initials, code);
create index division_grams_idx on jingwei.division using gin (grams) with (fastupdate = off);
create index division_label_idx on jingwei.division using gist (label);

create table jingwei.division_succession (
    id   bigint   constraint division_succession_pkey primary key default jingwei.next_id(),
    old  bigint   not null,
    new  bigint   not null,
    year smallint not null
        constraint division_succession_year_check check (year between 1949 and 2200),
    kind text     not null
        constraint division_succession_kind_check check (kind in ('rename', 'recode', 'merge', 'split', 'transfer', 'abolish')),
    constraint division_succession_old_new_year_key unique (old, new, year)
);
comment on table jingwei.division_succession is 'Which code followed which';
create index division_succession_new_idx on jingwei.division_succession (new);

create table jingwei.boundary_set (
    id            int     constraint boundary_set_pkey primary key generated always as identity,
    name          text    not null constraint boundary_set_name_key unique,
    source        text    not null,
    review_number text    not null default '',
    edition       text    not null default '',
    crs           text    not null default 'EPSG:4490',
    licence       text    not null default '',
    illustrative  boolean not null,
    is_default    boolean not null default false
);
comment on table jingwei.boundary_set is 'Where shapes of divisions come from; several sets live side by side';
comment on column jingwei.boundary_set.review_number is '审图号; empty for none';
comment on column jingwei.boundary_set.crs is 'The system that the source was published in; shapes are stored in EPSG:4326';
comment on column jingwei.boundary_set.illustrative is '示意: not a depiction of real boundaries';
create unique index boundary_set_default_key on jingwei.boundary_set (is_default) where is_default;

create table jingwei.division_shape (
    set_id   int      not null
        constraint division_shape_set_fkey references jingwei.boundary_set on delete cascade,
    level    smallint not null
        constraint division_shape_level_check check (level between 1 and 5),
    code     bigint   not null
        constraint division_shape_code_check check (code between 100000000000 and 999999999999),
    min_zoom smallint not null default 0,
    max_zoom smallint not null default 30,
    geometry geometry(MultiPolygon, 4326) not null
        constraint division_shape_geometry_check check (not st_isempty(geometry)),
    mercator geometry(MultiPolygon, 3857) not null generated always as (st_transform(geometry, 3857)) stored,
    constraint division_shape_pkey primary key (set_id, level, code, min_zoom),
    constraint division_shape_zoom_check check (0 <= min_zoom and min_zoom <= max_zoom and max_zoom <= 30),
    constraint division_shape_zoom_excl exclude using gist
        (set_id with =, level with =, code with =, int4range(min_zoom, max_zoom, '[]') with &&)
);
comment on table jingwei.division_shape is 'Outlines of divisions per boundary set and band of zooms; a code without a division is kept';
comment on column jingwei.division_shape.min_zoom is 'First zoom of the band that the geometry is drawn in';
comment on column jingwei.division_shape.max_zoom is 'Last zoom of the band';
comment on column jingwei.division_shape.mercator is 'The same in web mercator: tiles are cut from it';
create index division_shape_code_idx on jingwei.division_shape (code);
create index division_shape_geometry_idx on jingwei.division_shape using gist (geometry);
create index division_shape_mercator_idx on jingwei.division_shape using gist (mercator);

-- +goose StatementBegin
create function jingwei.division_changed() returns trigger
    language plpgsql as
$$
begin
    if jingwei.bulk() then
        return null;
    end if;
    if tg_op = 'INSERT' then
        insert into jingwei.change (layer, id, op)
            select 'divisions', n.code, 'upsert' from new_rows n group by n.code order by n.code;
    elsif tg_op = 'DELETE' then
        insert into jingwei.change (layer, id, op)
            select 'divisions', o.code, 'delete' from old_rows o group by o.code order by o.code;
    else
        insert into jingwei.change (layer, id, op)
            select 'divisions', b.code, 'upsert'
            from (select o.code from old_rows o union select n.code from new_rows n) b order by b.code;
    end if;
    if found then
        update jingwei.generation g set n = g.n + 1 where g.layer = 'divisions';
        perform pg_notify('jingwei_change', '');
    end if;
    return null;
end
$$;
-- +goose StatementEnd
comment on function jingwei.division_changed is 'Writes one change per division code that a statement touched';

create trigger division_inserted after insert on jingwei.division
    referencing new table as new_rows for each statement execute function jingwei.division_changed();
create trigger division_updated after update on jingwei.division
    referencing old table as old_rows new table as new_rows for each statement execute function jingwei.division_changed();
create trigger division_deleted after delete on jingwei.division
    referencing old table as old_rows for each statement execute function jingwei.division_changed();
create trigger division_truncated after truncate on jingwei.division
    for each statement execute function jingwei.change_truncated('divisions');
create trigger division_shape_inserted after insert on jingwei.division_shape
    referencing new table as new_rows for each statement execute function jingwei.division_changed();
create trigger division_shape_updated after update on jingwei.division_shape
    referencing old table as old_rows new table as new_rows for each statement execute function jingwei.division_changed();
create trigger division_shape_deleted after delete on jingwei.division_shape
    referencing old table as old_rows for each statement execute function jingwei.division_changed();
create trigger division_shape_truncated after truncate on jingwei.division_shape
    for each statement execute function jingwei.change_truncated('divisions');

-- A set that becomes the default, or other words about its source, change every tile.
-- +goose StatementBegin
create function jingwei.boundary_set_changed() returns trigger
    language plpgsql as
$$
begin
    if not jingwei.bulk() then
        perform jingwei.reload('divisions');
    end if;
    return null;
end
$$;
-- +goose StatementEnd
comment on function jingwei.boundary_set_changed is 'Writes a reload of the divisions';
create trigger boundary_set_changed after insert or update or delete or truncate on jingwei.boundary_set
    for each statement execute function jingwei.boundary_set_changed();
