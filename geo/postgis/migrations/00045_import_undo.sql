-- +goose Up
-- An undo that did not come to its end, or left something that somebody else may take back, is told apart from a run that failed.
alter table jingwei.import_job
    drop constraint import_job_state_check,
    add constraint import_job_state_check check (state in
        ('uploaded', 'mapped', 'checking', 'checked', 'running', 'paused', 'done', 'undoing', 'undone', 'partly-undone', 'failed'));
-- A run that wrote something before it failed is paused: what failed with writes was an undo.
update jingwei.import_job j set state = 'partly-undone'
where j.state = 'failed' and exists (select from jingwei.import_write w where w.job_id = j.id);
alter table jingwei.import_write
    drop constraint import_write_undone_check,
    add constraint import_write_undone_check check (undone in ('undone', 'edited', 'subordinates', 'in-use', 'out-of-reach'));
comment on column jingwei.import_write.undone is 'null until it is undone; edited, subordinates, in-use, out-of-reach: why it stays';
