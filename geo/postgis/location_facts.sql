-- What the technical check goes by. $1 to $6 are arrays with one value per location: organization, division, longitude and
-- latitude in 1e-7 degree, accuracy in metres. $6 to $9 are where a location is when it is read as GCJ-02 and as BD-09, in
-- degrees. $10 is the day.
--
-- Others are looked for in the view for searches, since policies keep conditions like this one from the spatial index.
--
-- The outline is the most detailed one of the location's own division, or of the nearest above that has one in the default set.
-- The tolerance is the accuracy in degrees of longitude, which is generous to the north and south: it only ever lets pass.
select coalesce(s.level, 0)::int,
       coalesce(st_covers(s.geometry, p.given)
                or q.accuracy > 0 and st_dwithin(s.geometry, p.given, least(q.accuracy, 10000) / (111320 * greatest(cosd(q.lat_e7 / 1e7), 0.01))), false),
       coalesce(st_covers(s.geometry, st_setsrid(st_makepoint(q.lat_e7 / 1e7, q.lon_e7 / 1e7), 4326)), false),
       coalesce(st_covers(s.geometry, st_setsrid(st_makepoint(q.gcj_lon, q.gcj_lat), 4326)), false),
       coalesce(st_covers(s.geometry, st_setsrid(st_makepoint(q.bd_lon, q.bd_lat), 4326)), false),
       (select count(*) from (
            select from jingwei.scoped_organization_version v
            where v.location && p.given and upper_inf(v.recorded) and v.valid @> jingwei.day($10)
              and v.lon_e7 = q.lon_e7 and v.lat_e7 = q.lat_e7 and v.organization_id <> q.id
            limit $11) o)::int
from unnest($1::bigint[], $2::bigint[], $3::int[], $4::int[], $5::float8[], $6::float8[], $7::float8[], $8::float8[], $9::float8[])
    with ordinality q (id, division, lon_e7, lat_e7, accuracy, gcj_lon, gcj_lat, bd_lon, bd_lat, n)
cross join lateral (select st_setsrid(st_makepoint(q.lon_e7 / 1e7::float8, q.lat_e7 / 1e7::float8), 4326) as given) p
left join lateral (
    select g.level, g.geometry
    from jingwei.division_shape g
    join jingwei.boundary_set b on b.id = g.set_id and b.is_default
    where g.code in (q.division, q.division - q.division % 1000, q.division - q.division % 1000000,
                     q.division - q.division % 100000000, q.division - q.division % 10000000000)
    order by g.code desc, g.level desc, g.max_zoom desc
    limit 1) s on true
order by q.n
