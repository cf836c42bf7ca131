-- +goose Up
alter table jingwei.division_shape
    add column name text not null default '',
    add column label geometry(Point, 4326) generated always as (st_pointonsurface(geometry)) stored;
create index division_shape_label_idx on jingwei.division_shape using gist (label) where max_zoom = 30;
comment on column jingwei.division_shape.label is 'Where a label stands for a shape without a division';
comment on column jingwei.division_shape.name is 'What the source calls it: shown where there is no division of the code and level';

create table jingwei.boundary_line (
    set_id   int  not null
        constraint boundary_line_set_fkey references jingwei.boundary_set on delete cascade,
    kind     text not null
        constraint boundary_line_kind_check check (kind in ('south_china_sea', 'undefined', 'national', 'provincial', 'special_region', 'other')),
    name     text not null default '',
    geometry geometry(MultiLineString, 4326) not null
        constraint boundary_line_geometry_check check (not st_isempty(geometry)),
    mercator geometry(MultiLineString, 3857) not null generated always as (st_transform(geometry, 3857)) stored,
    constraint boundary_line_pkey primary key (set_id, kind, name)
);
comment on table jingwei.boundary_line is 'Lines that belong to a boundary set and are the border of no shape; a map of China is not whole without them';
comment on column jingwei.boundary_line.kind is 'south_china_sea 南海断续线, undefined 未定国界, national 国界, provincial 省界, special_region 特别行政区界';
comment on column jingwei.boundary_line.name is 'What the source calls it';
create index boundary_line_mercator_idx on jingwei.boundary_line using gist (mercator);

-- +goose StatementBegin
create function jingwei.boundary_set_incomplete(set_id int) returns boolean
    language sql stable
    begin atomic
        select not b.illustrative
           and not exists (select from jingwei.boundary_line l where l.set_id = b.id and l.kind = 'south_china_sea')
           and 30 <= (select count(*) from generate_series(11, 82) p
                      where exists (select from jingwei.division_shape g
                                    where g.code >= p * 10000000000 and g.code < (p + 1) * 10000000000 and g.set_id = b.id))
        from jingwei.boundary_set b
        where b.id = $1;
    end;
-- +goose StatementEnd
comment on function jingwei.boundary_set_incomplete is 'Whether a set of real boundaries shows the whole country (shapes of 30 provinces or more) without the line in the South China Sea';

create trigger boundary_line_changed after insert or update or delete or truncate on jingwei.boundary_line
    for each statement execute function jingwei.boundary_set_changed();
