-- +goose Up
create table jingwei.location_step (
    id              bigint      constraint location_step_pkey primary key default jingwei.next_id(),
    organization_id bigint      not null
        constraint location_step_organization_fkey references jingwei.organization,
    version         int         not null,
    from_state      text        not null,
    to_state        text        not null
        constraint location_step_to_check check (to_state <> from_state),
    cause           text        not null
        constraint location_step_cause_check check (cause in ('hand', 'check', 'moved', 'written')),
    account_id      bigint,
    author          text        not null,
    at              timestamptz not null,
    evidence        text        not null default ''
        constraint location_step_evidence_check check (char_length(evidence) <= 1000),
    reason          text        not null default ''
        constraint location_step_reason_check check (char_length(reason) <= 1000),
    lon_e7          int         not null,
    lat_e7          int         not null,
    accuracy_m      float8      not null,
    distance_m      float8
        constraint location_step_distance_check check (distance_m >= 0)
);
comment on table jingwei.location_step is 'Steps of the verification of locations: only ever added to, each in the transaction of the version that bears the state';
comment on column jingwei.location_step.version is 'Number of the write that the step belongs to';
comment on column jingwei.location_step.from_state is 'Code list location_state';
comment on column jingwei.location_step.to_state is 'Code list location_state; an earlier one when the location was sent back';
comment on column jingwei.location_step.cause is 'hand: somebody took it; check: the technical check passed; moved: the location became another one; written: the operator wrote the state';
comment on column jingwei.location_step.account_id is 'Who took it; null for the program and the operator';
comment on column jingwei.location_step.author is 'What they were called then';
comment on column jingwei.location_step.evidence is 'What the step rests on';
comment on column jingwei.location_step.reason is 'Why the location was sent back, or confirmed from elsewhere';
comment on column jingwei.location_step.lon_e7 is 'Longitude of the location that the step is about, in 1e-7 degree, EPSG:4326';
comment on column jingwei.location_step.lat_e7 is 'Latitude of it';
comment on column jingwei.location_step.accuracy_m is 'Its accuracy in metres; 0 for unknown';
comment on column jingwei.location_step.distance_m is 'Metres from it: of the device that confirmed it (where that was is not kept), or of where the location was before it was moved; null for none';
create index location_step_organization_idx on jingwei.location_step (organization_id, version, id);

-- +goose StatementBegin
create function jingwei.location_step_refuse() returns trigger
    language plpgsql as
$$
begin
    raise exception 'steps of a verification are only ever added' using errcode = 'insufficient_privilege';
end
$$;
-- +goose StatementEnd
comment on function jingwei.location_step_refuse is 'Refuses whatever is not an insert';
create trigger location_step_refuse before update or delete or truncate on jingwei.location_step
    for each statement execute function jingwei.location_step_refuse();

create table jingwei.location_check (
    organization_id bigint      constraint location_check_pkey primary key
        constraint location_check_organization_fkey references jingwei.organization on delete cascade,
    at              timestamptz not null,
    lon_e7          int         not null,
    lat_e7          int         not null,
    division_code   bigint      not null,
    source          text        not null,
    accuracy_m      float8      not null,
    findings        text[]      not null,
    contradicts     boolean     not null
);
comment on table jingwei.location_check is 'What the last technical check of a location found; it is out of date when what it went by has changed';
comment on column jingwei.location_check.lon_e7 is 'Longitude of the location that was checked, in 1e-7 degree, EPSG:4326';
comment on column jingwei.location_check.lat_e7 is 'Latitude of it';
comment on column jingwei.location_check.division_code is 'Division that it was held against';
comment on column jingwei.location_check.source is 'Code list location_source';
comment on column jingwei.location_check.accuracy_m is 'Its accuracy in metres; 0 for unknown';
comment on column jingwei.location_check.findings is 'Codes of geo.Finding; none when the location passed';
comment on column jingwei.location_check.contradicts is 'One of the findings says that the location is wrong';
create index location_check_findings_idx on jingwei.location_check using gin (findings);
create index location_check_contradicts_idx on jingwei.location_check (organization_id) where contradicts;

-- Lists are of one state after the other, each in the order of the organizations.
create index organization_version_location_state_idx on jingwei.organization_version (location_state, organization_id)
    where upper_inf(recorded);

alter table jingwei.location_step enable row level security;
create policy location_step_read on jingwei.location_step for select
    using (jingwei.scope() = '*' or exists (
        select from jingwei.organization_version v
        where v.organization_id = location_step.organization_id and upper_inf(v.recorded) and jingwei.within(v.path, jingwei.scope())));
create policy location_step_insert on jingwei.location_step for insert
    with check (jingwei.write_scope() = '*' or exists (
        select from jingwei.organization_version v
        where v.organization_id = location_step.organization_id and upper_inf(v.recorded) and jingwei.within(v.path, jingwei.write_scope())));

alter table jingwei.location_check enable row level security;
create policy location_check_read on jingwei.location_check for select
    using (jingwei.scope() = '*' or exists (
        select from jingwei.organization_version v
        where v.organization_id = location_check.organization_id and upper_inf(v.recorded) and jingwei.within(v.path, jingwei.scope())));
create policy location_check_insert on jingwei.location_check for insert
    with check (jingwei.write_scope() = '*' or exists (
        select from jingwei.organization_version v
        where v.organization_id = location_check.organization_id and upper_inf(v.recorded) and jingwei.within(v.path, jingwei.write_scope())));
create policy location_check_update on jingwei.location_check for update
    using (jingwei.write_scope() = '*' or exists (
        select from jingwei.organization_version v
        where v.organization_id = location_check.organization_id and upper_inf(v.recorded) and jingwei.within(v.path, jingwei.write_scope())));
