-- +goose Up
create table jingwei.ask (
    id           bigint      constraint ask_pkey primary key default jingwei.next_id()
        constraint ask_id_check check (id between 1 and 9007199254740991),
    title        text        not null
        constraint ask_title_check check (char_length(title) between 1 and 200),
    note         text        not null default ''
        constraint ask_note_check check (char_length(note) <= 2000),
    fields       text[]      not null
        constraint ask_fields_check check (cardinality(fields) between 1 and 20),
    confirm      boolean     not null,
    due          date,
    author       text        not null,
    created_at   timestamptz not null default clock_timestamp(),
    withdrawn_at timestamptz
);
comment on table jingwei.ask is 'What an office wants to know of organizations; of each comes a task';
comment on column jingwei.ask.fields is 'Names of fields of an organization';
comment on column jingwei.ask.confirm is 'What is known is to be confirmed too';
comment on column jingwei.ask.withdrawn_at is 'When nobody waited any more; null while somebody does';

create table jingwei.task (
    id              bigint      constraint task_pkey primary key default jingwei.next_id()
        constraint task_id_check check (id between 1 and 9007199254740991),
    ask_id          bigint      not null
        constraint task_ask_fkey references jingwei.ask,
    organization_id bigint      not null
        constraint task_organization_fkey references jingwei.organization,
    fields          text[]      not null
        constraint task_fields_check check (cardinality(fields) between 1 and 20),
    minutes         float8      not null
        constraint task_minutes_check check (minutes > 0),
    month           date        not null
        constraint task_month_check check (extract(day from month) = 1),
    state           text        not null default 'open'
        constraint task_state_check check (state in ('open', 'done', 'declined', 'withdrawn')),
    reason          text        not null default ''
        constraint task_reason_check check (char_length(reason) <= 2000),
    answered_by     text,
    answered_at     timestamptz,
    constraint task_ask_key unique (ask_id, organization_id),
    constraint task_answered_check check ((state in ('done', 'declined')) = (answered_at is not null))
);
comment on table jingwei.task is 'What one organization is asked for';
comment on column jingwei.task.fields is 'What is left of the fields of the ask: nothing is asked twice';
comment on column jingwei.task.minutes is 'How long an answer is reckoned to take';
comment on column jingwei.task.month is 'First day of the month of China on whose budget it goes';
comment on column jingwei.task.reason is 'Why it was declined';
create index task_organization_idx on jingwei.task (organization_id, month);
create index task_open_idx on jingwei.task (id) where state = 'open';

create table jingwei.task_field (
    task_id         bigint not null
        constraint task_field_task_fkey references jingwei.task,
    organization_id bigint not null,
    field           text   not null,
    open            boolean not null default true,
    answered_at     timestamptz,
    constraint task_field_pkey primary key (task_id, field)
);
comment on table jingwei.task_field is 'The fields of tasks, one by one';
comment on column jingwei.task_field.open is 'Somebody waits for it; for one field of an organization only once';
comment on column jingwei.task_field.answered_at is 'When it was answered or confirmed; null for not (yet)';
create unique index task_field_open_key on jingwei.task_field (organization_id, field) where open;
create index task_field_answered_idx on jingwei.task_field (organization_id, field, answered_at) where answered_at is not null;

-- +goose StatementBegin
create function jingwei.field_known(v jingwei.organization_version, field text) returns boolean
    language sql stable parallel safe
    return case field
        when 'short_name' then v.short_name <> ''
        when 'address' then v.address <> ''
        when 'phone' then v.phone <> ''
        when 'uscc' then v.uscc is not null
        when 'location' then v.location_source not in ('division', 'generated')
        when 'jurisdiction' then v.jurisdiction is not null
    end;
-- +goose StatementEnd
comment on function jingwei.field_known is 'Whether a field that an organization can be asked for is there; null for no such field';
