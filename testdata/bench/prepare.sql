-- The table that a tile server of PostGIS is given: one row per feature of the public tiles of /tiles/organizations?cells=0 today,
-- with the same properties; in web mercator, so that no tile transforms anything, with a GiST index and clustered on it.
\set ON_ERROR_STOP on
set client_min_messages = warning;
drop schema if exists bench cascade;
create schema bench;
set maintenance_work_mem = '1GB';
set work_mem = '256MB';
create table bench.organizations as
select v.organization_id as id, v.name, v.kind, v.level, v.status, v.location_state, v.location_source,
       case when v.location_accuracy_m > 0 then ceil(v.location_accuracy_m)::integer end as location_accuracy_m,
       o.code, v.division_code::text as division, st_transform(v.location, 3857) as geom
from jingwei.organization_version v
join jingwei.organization o on o.id = v.organization_id
where upper_inf(v.recorded) and v.status = 'active' and v.valid @> (now() at time zone 'Asia/Shanghai')::date;
create index organizations_geom on bench.organizations using gist (geom);
cluster bench.organizations using organizations_geom;
alter table bench.organizations add primary key (id);
vacuum (freeze, analyze) bench.organizations;

-- The same places in longitude and latitude, as narrow as can be: counts within polygons read nothing else.
create table bench.places as
select v.organization_id as id, v.location
from jingwei.organization_version v
join bench.organizations o on o.id = v.organization_id
where upper_inf(v.recorded) and v.valid @> (now() at time zone 'Asia/Shanghai')::date;
create index places_location on bench.places using gist (location);
cluster bench.places using places_location;
vacuum (freeze, analyze) bench.places;
