-- +goose Up
-- Where a level is left out, tables of the whole country repeat the division under its own code one level down: Dongguan
-- is a prefecture and the only "county" of itself. So a code names one division per level, and the one that repeats has
-- itself as parent.
alter table jingwei.division
    drop constraint division_code_valid_from_key,
    drop constraint division_code_valid_excl,
    drop constraint division_parent_check,
    add constraint division_parent_check check (parent <> code or level > 1),
    add constraint division_code_level_valid_from_key unique (code, level, valid_from),
    add constraint division_code_level_valid_excl exclude using gist (code with =, level with =, valid with &&);
comment on column jingwei.division.parent is 'Code of the superior division as of the same days; null for a province; its own code for one that repeats its superior where a level is left out';

-- Rows for these indexes wait in a list that every search walks. Its length is bounded by the session that writes
-- (gin_pending_list_limit): short for single writes, longer for bulk loads, which it makes twice as fast.
alter index jingwei.division_grams_idx set (fastupdate = on);
alter index jingwei.organization_version_grams_idx set (fastupdate = on);

-- Loads look for codes among the retired too, which the unique index leaves out.
create index organization_code_idx on jingwei.organization (code);
