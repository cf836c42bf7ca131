select json_build_object(
  'organizations', (
    select json_agg(json_build_array(organization_id, lon_e7 / 1e7, lat_e7 / 1e7, kind, division_code::text, name))
    from jingwei.organization_version
    where upper_inf(recorded) and valid @> $1::date and status = 'active'),
  'divisions', (
    select json_agg(json_build_array(code::text, level, parent::text, name))
    from jingwei.division
    where valid @> $1::date),
  'reports', (
    select coalesce(json_agg(json_build_array(r.id, r.category, r.status, r.state, (r.received_at at time zone 'Asia/Shanghai')::date)), '[]')
    from jingwei.report r
    join jingwei.report_category c on c.code = r.category and not c.sensitive
    where r.visibility = 'public' and (r.received_at at time zone 'Asia/Shanghai')::date <= $1::date),
  'areas', json_build_object(
    'grids', (
      select coalesce(json_agg(json_build_array(g.code, g.name, g.organization_id, st_x(c), st_y(c))), '[]')
      from jingwei.grid g, st_centroid(g.geometry) c
      where g.valid @> $1::date),
    'jurisdictions', (
      select coalesce(json_agg(json_build_array(v.name, v.name, v.organization_id, st_x(c), st_y(c))), '[]')
      from jingwei.organization_version v, st_centroid(v.jurisdiction) c
      where upper_inf(v.recorded) and v.valid @> $1::date and v.status = 'active' and v.jurisdiction is not null)))
