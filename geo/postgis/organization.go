package postgis

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"jingwei/geo"
)

// organizationColumns are what organizationRow scans; o is the identity, v a version.
const organizationColumns = `
       o.id, o.version, coalesce(o.code, ''), coalesce(v.parent_id, 0), v.kind, v.level, v.name, v.short_name,
       v.division_code, v.lon_e7, v.lat_e7, v.location_source, v.location_accuracy_m, v.source_crs, v.location_state,
       v.address, v.phone, coalesce(v.uscc, ''), v.status,
       jingwei.day_number(lower(v.valid)), jingwei.day_number(upper(v.valid))`

type organizationRow struct {
	geo.Organization
	from, to *int32
}

func (r *organizationRow) fields() []any {
	return []any{&r.ID, &r.Version, &r.Code, &r.Parent, &r.Kind, &r.Level, &r.Name, &r.ShortName,
		&r.Division, &r.Location.Lon, &r.Location.Lat, &r.LocationSource, &r.LocationAccuracyM, &r.SourceCRS, &r.LocationState,
		&r.Address, &r.Phone, &r.USCC, &r.Status, &r.from, &r.to}
}

func (r *organizationRow) organization() geo.Organization {
	r.Valid = dayRange(r.from, r.to)
	return r.Organization
}

const sqlOrganization = `
select` + organizationColumns + `
from jingwei.organization o
cross join lateral (
    select * from jingwei.organization_version v
    where v.organization_id = o.id and upper_inf(v.recorded)
    order by v.valid @> jingwei.day($2) desc, v.valid desc
    limit 1) v
where o.id = $1 and o.retired is null`

// Organization returns what is known now of an organization: the content that holds today, else the latest. One that
// does not exist or is retired is geo.ErrNotFound; the versions of a retired one stay readable.
func (s *Store) Organization(ctx context.Context, id geo.ID) (geo.Organization, error) {
	return organizationOn(ctx, s.pool, id, s.today())
}

func organizationOn(ctx context.Context, q querier, id geo.ID, day geo.Day) (geo.Organization, error) {
	var row organizationRow
	err := q.QueryRow(ctx, sqlOrganization, id, int32(day)).Scan(row.fields()...)
	if errors.Is(err, pgx.ErrNoRows) {
		return geo.Organization{}, geo.NotFound("there is no organization %d", id)
	}
	if err != nil {
		return geo.Organization{}, fmt.Errorf("organization %d: %w", id, explain(err))
	}
	return row.organization(), nil
}

const sqlOrganizationVersions = `
select` + organizationColumns + `,
       v.version, lower(v.recorded), upper(v.recorded), v.author
from jingwei.organization o
join jingwei.organization_version v on v.organization_id = o.id
where o.id = $1
order by lower(v.recorded) desc, v.valid desc, v.row_id desc`

// OrganizationVersions returns the recorded history of an organization, retired or not, newest first: by the time of
// recording, then by the days of validity. An unknown id is geo.ErrNotFound.
func (s *Store) OrganizationVersions(ctx context.Context, id geo.ID) ([]geo.OrganizationVersion, error) {
	rows, err := s.pool.Query(ctx, sqlOrganizationVersions, id)
	if err != nil {
		return nil, fmt.Errorf("versions of organization %d: %w", id, explain(err))
	}
	versions, err := pgx.CollectRows(rows, scanVersion)
	if err != nil {
		return nil, fmt.Errorf("versions of organization %d: %w", id, explain(err))
	}
	if len(versions) == 0 {
		return nil, geo.NotFound("there is no organization %d", id)
	}
	return versions, nil
}

func scanVersion(rows pgx.CollectableRow) (geo.OrganizationVersion, error) {
	var (
		row     organizationRow
		v       geo.OrganizationVersion
		version int32
		to      *time.Time
	)
	err := rows.Scan(append(row.fields(), &version, &v.RecordedFrom, &to, &v.Author)...)
	if err != nil {
		return v, err
	}
	v.Organization = row.organization()
	v.Version = version
	if to != nil {
		v.RecordedTo = *to
	}
	return v, nil
}
