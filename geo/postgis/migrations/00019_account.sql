-- +goose Up
create table jingwei.account (
    id              bigint      constraint account_pkey primary key default jingwei.next_id()
        constraint account_id_check check (id between 1 and 9007199254740991),
    version         int         not null default 1
        constraint account_version_check check (version >= 1),
    name            text        collate "C" not null constraint account_name_key unique
        constraint account_name_check check (name ~ '^[a-z][a-z0-9._-]{2,63}$'),
    display_name    text        not null
        constraint account_display_name_check check (char_length(display_name) between 1 and 200),
    organization_id bigint
        constraint account_organization_fkey references jingwei.organization,
    disabled        boolean     not null default false,
    password        text
        constraint account_password_check check (password ~ '^\$argon2id\$'),
    must_change     boolean     not null default false,
    created_at      timestamptz not null default clock_timestamp(),
    signed_in_at    timestamptz
);
comment on table jingwei.account is 'Who signs in: offices and people at work, never members as such';
comment on column jingwei.account.version is 'Counts writes: the ETag of the resource';
comment on column jingwei.account.organization_id is 'Whose administrators look after it; null for administrators of everything only';
comment on column jingwei.account.disabled is 'Cannot sign in; its sessions and tokens are void';
comment on column jingwei.account.password is 'argon2id in PHC form; null for none: not invited yet, or signs in elsewhere';
comment on column jingwei.account.must_change is 'Somebody else set the password: it must be changed before anything else';
create index account_organization_idx on jingwei.account (organization_id, id);

create table jingwei.account_identity (
    issuer     text   not null,
    subject    text   not null,
    account_id bigint not null
        constraint account_identity_account_fkey references jingwei.account,
    constraint account_identity_pkey primary key (issuer, subject)
);
comment on table jingwei.account_identity is 'Who an account is at an OpenID provider';
create index account_identity_account_idx on jingwei.account_identity (account_id);

create table jingwei.role_grant (
    id              bigint      constraint role_grant_pkey primary key default jingwei.next_id()
        constraint role_grant_id_check check (id between 1 and 9007199254740991),
    account_id      bigint      not null
        constraint role_grant_account_fkey references jingwei.account,
    role            text        not null
        constraint role_grant_role_check check (role in ('registrar', 'reviewer', 'report_officer', 'analyst', 'publisher', 'duty_officer', 'administrator')),
    organization_id bigint
        constraint role_grant_organization_fkey references jingwei.organization,
    valid           daterange   not null
        constraint role_grant_valid_check check (not isempty(valid))
        constraint role_grant_valid_finite_check check (isfinite(lower(valid)) and isfinite(upper(valid))),
    source          text        not null default 'grant'
        constraint role_grant_source_check check (source in ('grant', 'oidc')),
    created_at      timestamptz not null default clock_timestamp(),
    created_by      text        not null,
    ended_at        timestamptz,
    ended_by        text
);
comment on table jingwei.role_grant is 'A role on an organization and all below it; a row that was ended stays, for the record';
comment on column jingwei.role_grant.organization_id is 'Top of the subtree; null for all organizations';
comment on column jingwei.role_grant.valid is 'Days (China) on which it holds; half open';
comment on column jingwei.role_grant.source is 'oidc: follows what the provider claims, at each sign-in';
comment on column jingwei.role_grant.ended_at is 'When it was taken away; null while it was not';
create unique index role_grant_key on jingwei.role_grant (account_id, role, coalesce(organization_id, 0), valid, source) where ended_at is null;
create index role_grant_organization_idx on jingwei.role_grant (organization_id) where ended_at is null;

create table jingwei.session (
    id         bigint      constraint session_pkey primary key default jingwei.next_id(),
    hash       bytea       not null constraint session_hash_key unique
        constraint session_hash_check check (octet_length(hash) = 32),
    account_id bigint      not null
        constraint session_account_fkey references jingwei.account,
    csrf       text        not null,
    created_at timestamptz not null default clock_timestamp(),
    seen_at    timestamptz not null default clock_timestamp(),
    expires_at timestamptz not null,
    address    text        not null default '',
    agent      text        not null default ''
        constraint session_agent_check check (char_length(agent) <= 200)
);
comment on table jingwei.session is 'Browsers in which somebody is signed in';
comment on column jingwei.session.hash is 'SHA-256 of the cookie';
comment on column jingwei.session.csrf is 'What a write with the cookie must bring along in a header';
comment on column jingwei.session.seen_at is 'To the minute; a session that is not used for long is void';
comment on column jingwei.session.expires_at is 'Void from then on, used or not';
create index session_account_idx on jingwei.session (account_id, id);
create index session_expires_at_idx on jingwei.session (expires_at);

create table jingwei.token (
    id           bigint      constraint token_pkey primary key default jingwei.next_id(),
    hash         bytea       not null constraint token_hash_key unique
        constraint token_hash_check check (octet_length(hash) = 32),
    account_id   bigint      not null
        constraint token_account_fkey references jingwei.account,
    name         text        not null
        constraint token_name_check check (char_length(name) between 1 and 200),
    read_only    boolean     not null,
    grants       bigint[],
    created_at   timestamptz not null default clock_timestamp(),
    expires_at   timestamptz not null
        constraint token_expires_at_check check (isfinite(expires_at)),
    last_used_at timestamptz
);
comment on table jingwei.token is 'Keys with which programs of an account sign in';
comment on column jingwei.token.hash is 'SHA-256 of the token, which is shown once';
comment on column jingwei.token.grants is 'Ids of the account''s grants that it carries; null for all';
create index token_account_idx on jingwei.token (account_id, id);

create table jingwei.one_time_link (
    hash       bytea       constraint one_time_link_pkey primary key
        constraint one_time_link_hash_check check (octet_length(hash) = 32),
    purpose    text        not null
        constraint one_time_link_purpose_check check (purpose in ('first', 'invite', 'recovery')),
    account_id bigint
        constraint one_time_link_account_fkey references jingwei.account
        constraint one_time_link_account_check check ((account_id is null) = (purpose = 'first')),
    created_at timestamptz not null default clock_timestamp(),
    created_by text        not null,
    expires_at timestamptz not null,
    used_at    timestamptz
);
comment on table jingwei.one_time_link is 'Links with which somebody sets a password, once';
comment on column jingwei.one_time_link.hash is 'SHA-256 of the secret in the link';
create index one_time_link_account_idx on jingwei.one_time_link (account_id);

create table jingwei.sign_in_failure (
    key        bytea       constraint sign_in_failure_pkey primary key,
    failures   int         not null,
    last_at    timestamptz not null default clock_timestamp()
);
comment on table jingwei.sign_in_failure is 'Wrong passwords in a row, by the hash of the name that was tried, whether there is such an account or not';
