-- One tile of the grids at zoom $1, column $2, row $3 on day $4 whose area is $5 square metres of web mercator or more,
-- with a buffer of 64 of 4096; nothing below zoom $6. With it comes the generation, as GridGeneration reads it, of the
-- same snapshot. An organization that is not active on the day is not named: the public must not learn that it exists.
with tile as (
    select st_tileenvelope($1, $2, $3) as box, st_tileenvelope($1, $2, $3, margin => 64 / 4096.0::float8) as wide
), areas as (
    select g.id, g.code, g.name, g.kind, lpad(g.division_code::text, 12, '0') as division,
           (select g.organization_id where exists (
               select from jingwei.public_organization_version v
               where v.organization_id = g.organization_id and upper_inf(v.recorded) and v.status = 'active'
                 and v.valid @> jingwei.day($4))) as organization,
           st_asmvtgeom(g.mercator, tile.box, 4096, 64, true) as geom
    from tile
    join jingwei.public_grid g on g.mercator && tile.wide
    where $1 >= $6::int and g.valid @> jingwei.day($4) and st_area(g.mercator) >= $5
)
select (select coalesce(st_asmvt(a, 'grids', 4096, 'geom', 'id' order by a.id), '') from areas a where a.geom is not null),
       jingwei.grid_generation($1, $2, $3)
