-- +goose Up
-- Imports of organizations from files. The file itself is kept here, so that any node goes on with an import that another
-- one began: who works on an import holds its advisory lock, which falls free when that one dies.
create table jingwei.import_job (
    id              bigint      constraint import_job_pkey primary key default jingwei.next_id()
        constraint import_job_id_check check (id between 1 and 9007199254740991),
    state           text        not null default 'uploaded'
        constraint import_job_state_check check (state in ('uploaded', 'mapped', 'checking', 'checked', 'running', 'paused', 'done', 'undoing', 'undone', 'failed')),
    pausing         boolean     not null default false,
    file_name       text        not null
        constraint import_job_file_name_check check (char_length(file_name) between 1 and 200),
    file_size       bigint      not null default 0,
    account_id      bigint
        constraint import_job_account_fkey references jingwei.account on delete set null,
    organization_id bigint
        constraint import_job_organization_fkey references jingwei.organization,
    author          text        not null,
    actor           jsonb       not null default '{}',
    see_scope       text        not null default '',
    write_scope     text        not null default '',
    created_at      timestamptz not null default clock_timestamp(),
    updated_at      timestamptz not null default clock_timestamp(),
    recognition     jsonb       not null default '{}',
    mapping         jsonb       not null default '{}',
    remembered      boolean     not null default false,
    counts          jsonb       not null default '{}',
    faults          jsonb       not null default '{}',
    phase           text        not null default '',
    done            int         not null default 0,
    total           int         not null default 0,
    from_day        date,
    failure         text        not null default ''
);
comment on table jingwei.import_job is 'Imports of organizations from files: what is to be done, and how far it is';
comment on column jingwei.import_job.state is 'From checking, running and undoing a node goes on by itself';
comment on column jingwei.import_job.pausing is 'It was asked to stop after the present batch';
comment on column jingwei.import_job.account_id is 'Whose import it is; null for the operator';
comment on column jingwei.import_job.organization_id is 'Of the account when the file came; null for none';
comment on column jingwei.import_job.author is 'Whom the history names';
comment on column jingwei.import_job.actor is 'Who asked for what runs now, as the audit tells it';
comment on column jingwei.import_job.see_scope is 'Organizations that whoever asked may see (geo.Scope.Key)';
comment on column jingwei.import_job.write_scope is 'Organizations that whoever asked may write to';
comment on column jingwei.import_job.recognition is 'What the file was found to be';
comment on column jingwei.import_job.mapping is 'How it is understood';
comment on column jingwei.import_job.remembered is 'The mapping is that of an earlier file with the same headers';
comment on column jingwei.import_job.counts is 'What became of the rows';
comment on column jingwei.import_job.faults is 'Number of faults by reason';
comment on column jingwei.import_job.done is 'Rows of the present step that are committed, in the transaction that commits them';
comment on column jingwei.import_job.from_day is 'Day from which what it writes holds; set when it is run first';
comment on column jingwei.import_job.failure is 'Why it cannot go on; empty while it can';
create index import_job_account_idx on jingwei.import_job (account_id, id);
create index import_job_active_idx on jingwei.import_job (id) where state in ('checking', 'running', 'undoing');

create table jingwei.import_chunk (
    job_id bigint not null
        constraint import_chunk_job_fkey references jingwei.import_job on delete cascade,
    n      int    not null,
    data   bytea  not null,
    constraint import_chunk_pkey primary key (job_id, n)
);
comment on table jingwei.import_chunk is 'Files of imports, in pieces';
alter table jingwei.import_chunk alter column data set storage external;

create table jingwei.import_row (
    job_id          bigint  not null
        constraint import_row_job_fkey references jingwei.import_job on delete cascade,
    row             int     not null,
    seq             int,
    refused         boolean not null,
    warned          boolean not null,
    op              text    not null
        constraint import_row_op_check check (op in ('insert', 'update', 'same', 'refuse')),
    parent_row      int,
    parent_id       bigint,
    organization_id bigint,
    code            text    collate "C",
    name            text    collate "C",
    short_name      text,
    kind            text,
    level           text,
    division_code   bigint,
    lon_e7          int,
    lat_e7          int,
    location_source text,
    accuracy_m      float8,
    source_crs      text,
    address         text,
    phone           text,
    uscc            text,
    valid_from      date,
    constraint import_row_pkey primary key (job_id, row)
);
comment on table jingwei.import_row is 'Rows of the files of imports, as checked; null stands for what the file does not say';
comment on column jingwei.import_row.row is 'In the file, counted from 1';
comment on column jingwei.import_row.seq is 'Order of writing, superiors first, from 0; null for rows that write nothing';
comment on column jingwei.import_row.parent_row is 'The row of the superior, when the file has it';
comment on column jingwei.import_row.parent_id is 'The superior, when it was known before';
comment on column jingwei.import_row.organization_id is 'The organization that the row is about; of a new one since it was made';
create index import_row_seq_idx on jingwei.import_row (job_id, seq) where seq is not null;

create table jingwei.import_fault (
    job_id  bigint  not null
        constraint import_fault_job_fkey references jingwei.import_job on delete cascade,
    row     int     not null,
    col     int     not null,
    field   text    not null,
    value   text    not null,
    reason  text    not null,
    detail  text    not null,
    warning boolean not null
);
comment on table jingwei.import_fault is 'What is wrong with cells of the files of imports';
comment on column jingwei.import_fault.col is 'Column, counted from 1; 0 when it is about the row';
create index import_fault_row_idx on jingwei.import_fault (job_id, row, col);

create table jingwei.import_write (
    job_id          bigint      not null
        constraint import_write_job_fkey references jingwei.import_job on delete cascade,
    seq             int         not null,
    organization_id bigint      not null,
    version         int         not null,
    at              timestamptz not null,
    made            boolean     not null,
    moved           boolean     not null,
    undone          text
        constraint import_write_undone_check check (undone in ('undone', 'edited', 'subordinates')),
    constraint import_write_pkey primary key (job_id, seq)
);
comment on table jingwei.import_write is 'What an import wrote, to undo it: the history has what was before';
comment on column jingwei.import_write.version is 'Of the organization by this write';
comment on column jingwei.import_write.at is 'From when on the write is recorded';
comment on column jingwei.import_write.made is 'The organization was made by it';
comment on column jingwei.import_write.moved is 'The superior is another one since';
comment on column jingwei.import_write.undone is 'null until it is undone; edited, subordinates: why it stays';

create index import_write_seq_idx on jingwei.import_write (job_id, seq) where undone is null;

create table jingwei.import_mapping (
    organization_id bigint      not null default 0,
    headers         text        not null,
    mapping         jsonb       not null,
    used_at         timestamptz not null default clock_timestamp(),
    constraint import_mapping_pkey primary key (organization_id, headers)
);
comment on table jingwei.import_mapping is 'How committees understand files with the same headers';
comment on column jingwei.import_mapping.organization_id is 'Of the accounts that use it; 0 for the operator and accounts of none';
comment on column jingwei.import_mapping.headers is 'Hash of the headers';
