select json_build_object(
  'organizations', (
    select json_agg(json_build_array(organization_id, lon_e7 / 1e7, lat_e7 / 1e7, kind, division_code::text, name))
    from jingwei.organization_version
    where upper_inf(recorded) and valid @> $1::date and status = 'active'),
  'divisions', (
    select json_agg(json_build_array(code::text, level, parent::text, name))
    from jingwei.division
    where valid @> $1::date))
