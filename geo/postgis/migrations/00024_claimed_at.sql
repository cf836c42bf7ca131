-- +goose Up
-- Claims of a provider grow old from when it last made them. Signing in with a password says nothing of them.
alter table jingwei.account add column claimed_at timestamptz;
comment on column jingwei.account.claimed_at is 'When a provider last said what it claims; its grants hold for 30 days from then';
update jingwei.account a set claimed_at = a.signed_in_at
where exists (select from jingwei.role_grant g where g.account_id = a.id and g.source = 'oidc' and g.ended_at is null);
