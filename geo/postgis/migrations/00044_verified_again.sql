-- +goose Up
alter table jingwei.location_step
    drop constraint location_step_cause_check,
    drop constraint location_step_to_check,
    add constraint location_step_cause_check check (cause in ('hand', 'check', 'moved', 'changed', 'written', 'undone')),
    add constraint location_step_to_check check (to_state <> from_state or cause in ('written', 'undone'));
comment on column jingwei.location_step.cause is 'hand: somebody took it; check: the technical check passed; moved: the location became another one; changed: its accuracy or division did; written: the operator wrote the state, perhaps the same one of another location; undone: with what the write before had changed, what was verified came back';
comment on column jingwei.location_step.lon_e7 is 'Longitude of the location that the step is about, in 1e-7 degree, EPSG:4326; of one that came back, where it was verified';

-- Checks that passed and were broken off before the step that follows were never looked at again: they are made again.
delete from jingwei.location_check k
using jingwei.organization_version v
where v.organization_id = k.organization_id and upper_inf(v.recorded) and v.location_state = 'reported' and k.findings = '{}'
  and not exists (select from jingwei.location_step s where s.organization_id = k.organization_id and s.to_state = 'reported' and s.cause = 'hand');
