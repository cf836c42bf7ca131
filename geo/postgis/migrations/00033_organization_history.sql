-- +goose Up
-- What a write was, beside the rows that it left in organization_version: a retirement leaves none, a merge is many writes
-- at once, and the own code of an organization stands in none of them.
create table jingwei.organization_write (
    organization_id bigint      not null
        constraint organization_write_organization_fkey references jingwei.organization on delete cascade,
    version         int         not null
        constraint organization_write_version_check check (version >= 1),
    operation       bigint      not null default jingwei.next_id(),
    action          text        not null
        constraint organization_write_action_check check (action in ('create', 'replace', 'retire', 'restore', 'merge', 'split', 'undo', 'verify')),
    at              timestamptz not null,
    author          text        not null,
    code_before     text        collate "C",
    code_after      text        collate "C",
    retired_before  date,
    constraint organization_write_pkey primary key (organization_id, version)
);
comment on table jingwei.organization_write is 'Writes to organizations by somebody, one row for each organization that one touched; imports leave none';
comment on column jingwei.organization_write.version is 'Number of the write, as in organization_version';
comment on column jingwei.organization_write.operation is 'The same for all that was written together: a merge, a split';
comment on column jingwei.organization_write.at is 'Where recorded begins in the rows that it made, and ends in those that it replaced';
comment on column jingwei.organization_write.code_before is 'Own code before; null for none';
comment on column jingwei.organization_write.code_after is 'Own code after; null for none';
comment on column jingwei.organization_write.retired_before is 'organization.retired before';
create index organization_write_operation_idx on jingwei.organization_write (operation);

alter table jingwei.organization_write enable row level security;
create policy organization_write_read on jingwei.organization_write for select
    using (jingwei.scope() = '*' or exists (
        select from jingwei.organization_version v
        where v.organization_id = organization_write.organization_id and jingwei.within(v.path, jingwei.scope())));
create policy organization_write_insert on jingwei.organization_write for insert
    with check (jingwei.write_scope() = '*' or exists (
        select from jingwei.organization_version v
        where v.organization_id = organization_write.organization_id and jingwei.within(v.path, jingwei.write_scope())));

-- One that is retired comes back from where it was last, though nothing may be known of it any more.
alter policy organization_update on jingwei.organization
    using (jingwei.write_scope() = '*' or exists (
        select from jingwei.organization_version v
        where v.organization_id = organization.id and jingwei.within(v.path, jingwei.write_scope())
          and (upper_inf(v.recorded)
               or organization.retired is not null and v.row_id = jingwei.present_row(organization.id, organization.retired))));

-- What an organization went into, or came from.
alter table jingwei.organization_link add column operation bigint;
comment on column jingwei.organization_link.operation is 'Of the merge or split that made it (organization_write); null for others';
comment on column jingwei.organization_link.valid is 'Days on which it holds; of a merge (merged_into) or a split (split_into) the day on which it happened';
create index organization_link_operation_idx on jingwei.organization_link (operation) where operation is not null;

alter table jingwei.organization_link enable row level security;
create policy organization_link_read on jingwei.organization_link for select
    using (jingwei.scope() = '*' or exists (select from jingwei.organization o where o.id = from_id)
                                and exists (select from jingwei.organization o where o.id = to_id));
create policy organization_link_insert on jingwei.organization_link for insert
    with check (jingwei.write_scope() = '*' or (
        select count(distinct v.organization_id) = 2 from jingwei.organization_version v
        where v.organization_id in (from_id, to_id) and upper_inf(v.recorded) and jingwei.within(v.path, jingwei.write_scope())));
create policy organization_link_delete on jingwei.organization_link for delete
    using (jingwei.write_scope() = '*' or (
        select count(distinct v.organization_id) = 2 from jingwei.organization_version v
        where v.organization_id in (from_id, to_id) and upper_inf(v.recorded) and jingwei.within(v.path, jingwei.write_scope())));

create view jingwei.public_organization_link as
select l.from_id, l.to_id, l.kind, l.valid
from jingwei.organization_link l
where exists (select from jingwei.public_organization o where o.id = l.from_id)
  and exists (select from jingwei.public_organization o where o.id = l.to_id);
comment on view jingwei.public_organization_link is 'Links between organizations of which everyone may see anything';
