-- +goose Up
-- The schema is named: a role called jingwei would otherwise put them into the schema of its name, where no other role
-- finds them.
create extension if not exists postgis with schema public;
create extension if not exists pg_trgm with schema public;
create extension if not exists btree_gist with schema public;
create extension if not exists ltree with schema public;

comment on schema jingwei is 'Jingwei: divisions, organizations, their history and the change feed';

create table jingwei.node (
    only_row boolean constraint node_pkey primary key default true
        constraint node_only_row_check check (only_row),
    shard    int not null default 0
        constraint node_shard_check check (shard between 0 and 2047)
);
comment on table jingwei.node is 'One row: what tells this database apart from others of the same installation';
comment on column jingwei.node.shard is 'Upper bits of every id drawn here; 11 bits keep ids below 2^53';
insert into jingwei.node default values;

create sequence jingwei.id_seq as bigint minvalue 1 maxvalue 4398046511103 cache 32;
comment on sequence jingwei.id_seq is 'Lower 42 bits of ids';

-- +goose StatementBegin
create function jingwei.next_id() returns bigint
    language sql volatile parallel unsafe
    begin atomic
        select (select n.shard from jingwei.node n)::bigint << 42 | nextval('jingwei.id_seq');
    end;
-- +goose StatementEnd
comment on function jingwei.next_id is 'Draws an id: shard << 42 | sequence, below 2^53 so that JSON, MVT and ArcGIS keep it exact';

-- +goose StatementBegin
create function jingwei.day(n int) returns date
    language sql immutable parallel safe
    return date '1970-01-01' + n;
-- +goose StatementEnd
comment on function jingwei.day is 'Civil day of China from its number since 1970-01-01; null stays null';

-- +goose StatementBegin
create function jingwei.days(first int, after int) returns daterange
    language sql immutable parallel safe
    return daterange(date '1970-01-01' + first, date '1970-01-01' + after);
-- +goose StatementEnd
comment on function jingwei.days is 'The days first <= d < after as a range; null is without end';

-- +goose StatementBegin
create function jingwei.day_number(d date) returns int
    language sql immutable parallel safe
    return d - date '1970-01-01';
-- +goose StatementEnd
comment on function jingwei.day_number is 'Number of a civil day since 1970-01-01';

-- +goose StatementBegin
create function jingwei.uscc_valid(code text) returns boolean
    language plpgsql immutable strict parallel safe as
$$
declare
    alphabet constant text := '0123456789ABCDEFGHJKLMNPQRTUWXY';
    total int := 0;
    weight int := 1;
begin
    if code !~ '^[0-9A-HJ-NP-RTUWXY]{18}$' then
        return false;
    end if;
    for i in 1..17 loop
        total := total + (strpos(alphabet, substr(code, i, 1)) - 1) * weight;
        weight := weight * 3 % 31;
    end loop;
    return strpos(alphabet, substr(code, 18, 1)) - 1 = (31 - total % 31) % 31;
end
$$;
-- +goose StatementEnd
comment on function jingwei.uscc_valid is 'Whether a unified social credit code has 18 characters of the alphabet and the right check character (GB 32100-2015 §5)';
