-- +goose Up
-- The tree is read level by level, by name: a page of the organizations below one, or of the topmost, is a piece of an
-- index, however many there are. The old index goes last: nobody can read the table from then on until this is committed.
create index organization_version_parent_name_idx on jingwei.organization_version (parent_id, name, organization_id)
    where upper_inf(recorded) and parent_id is not null;
create index organization_version_topmost_idx on jingwei.organization_version (name, organization_id)
    where upper_inf(recorded) and parent_id is null;
drop index jingwei.organization_version_parent_idx;
alter index jingwei.organization_version_parent_name_idx rename to organization_version_parent_idx;
