-- +goose Up
-- Organizations are searched in the live indexes. What only search read would cost every write.
drop index jingwei.organization_version_grams_idx;
drop index jingwei.organization_version_pinyin_idx;
drop index jingwei.organization_version_initials_idx;
drop view jingwei.scoped_organization;
comment on column jingwei.organization_version.grams is 'Pieces of one and two characters of name and short name; divisions are searched by theirs';
