-- One tile of divisions of level $1 at zoom $2, column $3, row $4 on day $5: polygons with a buffer of 64 of 4096, and
-- labels without one, each in the only tile that holds its point (west and north edge included). With it comes the
-- generation, as DivisionGeneration reads it, of the same snapshot.
with tile as (
    -- Edges in degrees by formula: st_transform wraps what touches the antimeridian to the other side.
    select st_tileenvelope($2, $3, $4) as box, st_tileenvelope($2, $3, $4, margin => 64 / 4096.0::float8) as wide,
           st_expand(st_makeenvelope(360 * ($3 / 2.0 ^ $2) - 180, degrees(atan(sinh(pi() * (1 - 2 * ($4 + 1) / 2.0 ^ $2)))),
                                     360 * (($3 + 1) / 2.0 ^ $2) - 180, degrees(atan(sinh(pi() * (1 - 2 * $4 / 2.0 ^ $2)))), 4326),
                     1e-9) as degrees
), known as (
    -- Whether any division of the day has a shape: asked once, whatever the number of shapes.
    select exists (
        select from jingwei.division y
        join jingwei.division_shape s on s.code = y.code and s.level = y.level
        join jingwei.boundary_set b on b.id = s.set_id and b.is_default
        where y.level = $1 and y.valid @> jingwei.day($5)) as drawn
), polygons as (
    -- A shape whose code is no division's on any day is drawn with the name that its source gives it, on days on which
    -- a division of the level has a shape: alone it would look like the whole country.
    select g.code as id, lpad(g.code::text, 12, '0') as code, coalesce(d.name, g.name) as name, coalesce(d.pinyin, '') as pinyin,
           g.level::int as level, lpad(d.parent::text, 12, '0') as parent, b.illustrative,
           st_asmvtgeom(g.mercator, tile.box, 4096, 64, true) as geom
    from tile
    join jingwei.division_shape g on g.mercator && tile.wide
    join jingwei.boundary_set b on b.id = g.set_id and b.is_default
    left join jingwei.division d on d.code = g.code and d.level = g.level and d.valid @> jingwei.day($5)
    where g.level = $1 and $2 between g.min_zoom and g.max_zoom
      and (d.code is not null or not exists (select from jingwei.division x where x.code = g.code and x.level = g.level)
           and (select known.drawn from known))
), points as (
    select d.code as id, lpad(d.code::text, 12, '0') as code, d.name, d.pinyin, d.level::int as level,
           st_transform(d.label, 3857) as point, tile.box
    from tile
    join jingwei.division d on d.label && tile.degrees
    where d.level = $1 and d.valid @> jingwei.day($5)
    union all
    select g.code, lpad(g.code::text, 12, '0'), g.name, '', g.level::int, st_transform(g.label, 3857), tile.box
    from tile
    join jingwei.division_shape g on g.label && tile.degrees and g.max_zoom = 30
    join jingwei.boundary_set b on b.id = g.set_id and b.is_default
    where g.level = $1 and g.name <> ''
      and not exists (select from jingwei.division x where x.code = g.code and x.level = g.level)
      and (select known.drawn from known)
), labels as (
    select p.id, p.code, p.name, p.pinyin, p.level, st_asmvtgeom(p.point, p.box, 4096, 0, false) as geom
    from points p
    where st_x(p.point) >= st_xmin(p.box) and st_x(p.point) < st_xmax(p.box)
      and st_y(p.point) > st_ymin(p.box) and st_y(p.point) <= st_ymax(p.box)
)
select (select coalesce(st_asmvt(p, 'divisions', 4096, 'geom', 'id' order by p.id), '')
        from polygons p where p.geom is not null)
    || (select coalesce(st_asmvt(l, 'division_labels', 4096, 'geom', 'id' order by l.id), '') from labels l),
       (select f.epoch || '-' || g.n from jingwei.feed f, jingwei.generation g where g.layer = 'divisions')
