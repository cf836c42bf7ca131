-- +goose Up
alter table jingwei.organization_write drop constraint organization_write_action_check;
alter table jingwei.organization_write add constraint organization_write_action_check
    check (action in ('create', 'replace', 'retire', 'restore', 'merge', 'split', 'bulk', 'undo', 'verify'));
comment on column jingwei.organization_write.operation is 'The same for all that was written together: a merge, a split, a change of many';
