-- One tile of the jurisdictions at zoom $1, column $2, row $3 that active organizations have on day $4 and whose area is
-- $5 square metres of web mercator or more, with a buffer of 64 of 4096; nothing below zoom $6. With it comes the
-- generation, as JurisdictionGeneration reads it, of the same snapshot.
with tile as (
    select st_tileenvelope($1, $2, $3) as box, st_tileenvelope($1, $2, $3, margin => 64 / 4096.0::float8) as wide
), areas as (
    select v.organization_id as id, v.name, v.kind, v.level, lpad(v.division_code::text, 12, '0') as division,
           st_asmvtgeom(v.jurisdiction_mercator, tile.box, 4096, 64, true) as geom
    from tile
    join jingwei.public_organization_version v on v.jurisdiction_mercator && tile.wide
    where $1 >= $6::int and upper_inf(v.recorded) and v.jurisdiction_mercator is not null and v.status = 'active'
      and v.valid @> jingwei.day($4) and st_area(v.jurisdiction_mercator) >= $5
)
select (select coalesce(st_asmvt(a, 'jurisdictions', 4096, 'geom', 'id' order by a.id), '') from areas a where a.geom is not null),
       jingwei.jurisdiction_generation($1, $2, $3)
