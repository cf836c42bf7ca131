-- Everything that an ask would like to know of whom it chooses, one row per organization and field, with the reason for
-- which it is not asked ('' when it is). $1 scope, $2 today, $3 organizations, $4 the top of a subtree or 0, $5 kinds or none,
-- $6 fields, $7 their minutes, $8 minutes of a confirmation, $9 whether to confirm, $10 month, $11 and $12 the budget in fields
-- and minutes, $13 since when answers hold.
with chosen as (
    select v.* from jingwei.organization_version v
    where $4::bigint = 0 and v.organization_id = any($3::bigint[])
    union all
    select v.* from jingwei.organization_version v
    where $4 <> 0 and v.organization_id = $4
    union all
    select v.* from jingwei.organization_version v
    where $4 <> 0 and v.parent_id is not null and v.organization_id <> $4 and upper_inf(v.recorded)
      and v.path <@ (select p.path from jingwei.organization_version p
                     where p.organization_id = $4 and upper_inf(p.recorded) and p.valid @> jingwei.day($2))
), wanted as (
    select c.organization_id, f.n, f.field, k.known,
           case when k.known then $8::float8 else f.minutes end as minutes,
           case
               when exists (select from jingwei.task_field t where t.organization_id = c.organization_id and t.field = f.field and t.open)
                   then 'open'
               when exists (select from jingwei.task_field t where t.organization_id = c.organization_id and t.field = f.field
                                                               and t.answered_at >= $13::timestamptz)
                   then 'recent'
               when k.known and not $9::boolean then 'known'
               else ''
           end as reason
    from chosen c
    cross join unnest($6::text[], $7::float8[]) with ordinality f (field, minutes, n)
    cross join lateral (select jingwei.field_known(c, f.field) as known) k
    where upper_inf(c.recorded) and c.valid @> jingwei.day($2) and c.status = 'active' and jingwei.within(c.path, $1)
      and (cardinality($5::text[]) = 0 or c.kind = any($5))
), fitting as (
    select w.organization_id
    from wanted w
    left join lateral (
        select sum(cardinality(t.fields)) as fields, sum(t.minutes) as minutes
        from jingwei.task t
        where t.organization_id = w.organization_id and t.month = $10::date and t.state <> 'withdrawn') m on true
    where w.reason = ''
    group by w.organization_id, m.fields, m.minutes
    having count(*) + coalesce(m.fields, 0) <= $11::int and sum(w.minutes) + coalesce(m.minutes, 0) <= $12::float8
), asked as (
    select w.organization_id, w.n, w.field, w.minutes,
           case when w.reason <> '' then w.reason when f.organization_id is null then 'budget' else '' end as reason
    from wanted w left join fitting f using (organization_id)
)
