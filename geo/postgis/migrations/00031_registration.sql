-- +goose Up
-- A registration whose answer was lost is sent once more: by what names the request it is found, not made a second time.
alter table jingwei.organization add column request text collate "C"
    constraint organization_request_check check (char_length(request) between 1 and 150);
comment on column jingwei.organization.request is 'Names the request that registered it: the account and what its program called the request; null for others';
create unique index organization_request_key on jingwei.organization (request) where request is not null;

-- Whoever types a unified social credit code is told who has it.
create index organization_version_uscc_idx on jingwei.organization_version (uscc)
    where upper_inf(recorded) and uscc is not null;

create table jingwei.organization_photo (
    id              bigint      constraint organization_photo_pkey primary key default jingwei.next_id()
        constraint organization_photo_id_check check (id between 1 and 9007199254740991),
    organization_id bigint      not null
        constraint organization_photo_organization_fkey references jingwei.organization,
    added_at        timestamptz not null default clock_timestamp(),
    author          text        not null,
    removed_at      timestamptz,
    width           int         not null
        constraint organization_photo_width_check check (width between 1 and 1600),
    height          int         not null
        constraint organization_photo_height_check check (height between 1 and 1600),
    jpeg            bytea       not null
        constraint organization_photo_jpeg_check check (octet_length(jpeg) between 1 and 4194304)
);
alter table jingwei.organization_photo alter column jpeg set storage external;
comment on table jingwei.organization_photo is 'Photos of the place of an organization, its door plate for one; seen by those only who may read what is not public of it';
comment on column jingwei.organization_photo.author is 'Who added it';
comment on column jingwei.organization_photo.removed_at is 'When it was taken away; a day later it is deleted for good. Null while it is there';
comment on column jingwei.organization_photo.width is 'Pixels';
comment on column jingwei.organization_photo.height is 'Pixels';
comment on column jingwei.organization_photo.jpeg is 'The picture, encoded anew by this program: with nothing of where, when and with what it was taken';
create index organization_photo_organization_idx on jingwei.organization_photo (organization_id, id);
create index organization_photo_removed_idx on jingwei.organization_photo (removed_at) where removed_at is not null;

alter table jingwei.organization_photo enable row level security;
create policy organization_photo_read on jingwei.organization_photo for select
    using (jingwei.scope() = '*' or exists (
        select from jingwei.organization_version v
        where v.organization_id = organization_photo.organization_id and upper_inf(v.recorded) and jingwei.within(v.path, jingwei.scope())));
create policy organization_photo_insert on jingwei.organization_photo for insert
    with check (jingwei.write_scope() = '*' or exists (
        select from jingwei.organization_version v
        where v.organization_id = organization_photo.organization_id and upper_inf(v.recorded) and jingwei.within(v.path, jingwei.write_scope())));
create policy organization_photo_update on jingwei.organization_photo for update
    using (jingwei.write_scope() = '*' or exists (
        select from jingwei.organization_version v
        where v.organization_id = organization_photo.organization_id and upper_inf(v.recorded) and jingwei.within(v.path, jingwei.write_scope())));
