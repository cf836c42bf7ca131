package postgis

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"jingwei/geo"
)

// organizationColumns are what organizationRow scans; o is the identity, v a version. shownColumns are those for a reader
// with the scope $1: a superior of which it sees nothing is none, unless the version itself lies in the scope. Whoever
// administers that writes it back with the superior that was read. Writes are counted for them alone, too: for others the
// version is that of the write which made what they see, so that one of something hidden changes nothing for them.
const (
	organizationColumns = identityColumns + `coalesce(v.parent_id, 0)` + contentColumns
	shownColumns        = `
       o.id, case when jingwei.within(v.path, $1) then o.version else v.version end, coalesce(o.code, ''), case when jingwei.within(v.path, $1) or exists (
           select from {versions} p where p.organization_id = v.parent_id and upper_inf(p.recorded) and {visible p})
       then coalesce(v.parent_id, 0) else 0 end` + contentColumns

	identityColumns = `
       o.id, o.version, coalesce(o.code, ''), `
	contentColumns = `, v.kind, v.level, v.name, v.short_name,
       v.division_code, v.lon_e7, v.lat_e7, v.location_source, v.location_accuracy_m, v.source_crs, v.location_state,
       v.address, v.phone, coalesce(v.uscc, ''), v.status, st_asgeojson(v.jurisdiction, 7),
       jingwei.day_number(lower(v.valid)), jingwei.day_number(upper(v.valid))`
)

type organizationRow struct {
	geo.Organization
	from, to *int32
}

func (r *organizationRow) fields() []any {
	return []any{&r.ID, &r.Version, &r.Code, &r.Parent, &r.Kind, &r.Level, &r.Name, &r.ShortName,
		&r.Division, &r.Location.Lon, &r.Location.Lat, &r.LocationSource, &r.LocationAccuracyM, &r.SourceCRS, &r.LocationState,
		&r.Address, &r.Phone, &r.USCC, &r.Status, &areaScan{&r.Jurisdiction}, &r.from, &r.to}
}

// areaScan reads an area in GeoJSON, null for none.
type areaScan struct{ to **geo.MultiPolygon }

// Scan takes what the database says (database/sql.Scanner).
func (a *areaScan) Scan(value any) error {
	text, ok := value.(string)
	if !ok {
		*a.to = nil
		return nil
	}
	m, err := geo.ParseMultiPolygon([]byte(text))
	if err != nil {
		return err
	}
	*a.to = &m
	return nil
}

func (r *organizationRow) organization() geo.Organization {
	r.Valid = dayRange(r.from, r.to)
	return r.Organization
}

const sqlOrganization = `
select` + shownColumns + `
from {organizations} o
join {versions} v on v.organization_id = o.id
where o.id = $2 and o.retired is null and v.row_id = jingwei.present_row($2, jingwei.day($3)) and {visible v}`

// Organization returns what is known now of an organization: the content that holds today, else the latest. One that
// does not exist or is retired is geo.ErrNotFound, and so is one whose content is neither active nor in the scope; the
// versions of a retired one stay readable.
func (s *Store) Organization(ctx context.Context, see geo.Scope, id geo.ID) (org geo.Organization, err error) {
	err = s.read(ctx, see, func(v sight) (err error) {
		org, err = v.organization(ctx, id, s.today())
		return err
	})
	if err != nil {
		return geo.Organization{}, fmt.Errorf("organization %d: %w", id, explain(err))
	}
	return org, nil
}

func (v sight) organization(ctx context.Context, id geo.ID, day geo.Day) (geo.Organization, error) {
	var row organizationRow
	err := v.QueryRow(ctx, v.sql(sqlOrganization), v.scope, id, int32(day)).Scan(row.fields()...)
	if errors.Is(err, pgx.ErrNoRows) {
		return geo.Organization{}, geo.NotFound("there is no organization %d", id)
	}
	return row.organization(), err
}

// Who wrote what, the public does not learn.
const sqlOrganizationVersions = `
select` + shownColumns + `,
       v.version, lower(v.recorded), upper(v.recorded), case when jingwei.within(v.path, $1) then v.author else '' end
from {organizations} o
join {versions} v on v.organization_id = o.id
where o.id = $2 and {visible v} and exists (
    select from {versions} p where p.row_id = jingwei.present_row($2, jingwei.day($3)) and {visible p})
order by lower(v.recorded) desc, v.valid desc, v.row_id desc`

// OrganizationVersions returns the recorded history of an organization, retired or not, newest first: by the time of
// recording, then by the days of validity. Rows in the scope are told in full, others when they are active, without their
// author. An unknown id is geo.ErrNotFound, and so is an organization that may not be seen as it is today; a retired one,
// as it was last.
func (s *Store) OrganizationVersions(ctx context.Context, see geo.Scope, id geo.ID) (versions []geo.OrganizationVersion, err error) {
	err = s.read(ctx, see, func(v sight) error {
		rows, err := v.Query(ctx, v.sql(sqlOrganizationVersions), v.scope, id, int32(s.today()))
		if err != nil {
			return err
		}
		versions, err = pgx.CollectRows(rows, scanVersion)
		return err
	})
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
