select coalesce(json_object_agg(township, organizations), '{}')
from (
  select rpad(left(division_code::text, 9), 12, '0') as township, count(*) as organizations
  from jingwei.organization_version
  where upper_inf(recorded) and valid @> $1::date and status = 'active' and kind = $2
    and st_dwithin(st_makepoint(lon_e7 / 1e7, lat_e7 / 1e7)::geography, st_geomfromgeojson($3)::geography, $4)
  group by 1) g
