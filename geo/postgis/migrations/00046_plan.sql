-- +goose Up
alter table jingwei.organization_write drop constraint organization_write_action_check;
alter table jingwei.organization_write add constraint organization_write_action_check
    check (action in ('create', 'replace', 'retire', 'restore', 'merge', 'split', 'bulk', 'undo', 'verify', 'cancel'));
