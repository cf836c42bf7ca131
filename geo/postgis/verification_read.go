package postgis

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"jingwei/geo"
)

// Verification returns where an organization stands in the verification of its location, as Organization tells what it is. Steps,
// findings and who reported it are told of one in the scope only.
func (s *Store) Verification(ctx context.Context, see geo.Scope, id geo.ID) (out geo.Verification, err error) {
	err = s.read(ctx, see, func(v sight) (err error) {
		if out.Organization, err = v.organization(ctx, id, s.today()); err != nil || v.public {
			return err
		}
		return v.verification(ctx, &out, s.today())
	})
	if err != nil {
		return geo.Verification{}, fmt.Errorf("verification of organization %d: %w", id, explain(err))
	}
	return out, nil
}

// Where an organization came from elsewhere, who reported it there is not told, nor what was found out there.
const sqlReported = `
select string_to_array(v.path::text, '.')::bigint[], coalesce(f.author, ''), lower(f.recorded)
from {versions} v
left join lateral (
    select f.author, f.recorded, f.path from {versions} f where f.organization_id = v.organization_id
    order by lower(f.recorded), f.row_id limit 1) f on jingwei.within(f.path, $1)
where v.organization_id = $2 and v.row_id = jingwei.present_row($2, jingwei.day($3)) and jingwei.within(v.path, $1)`

const sqlSteps = `
select s.id, s.version, s.from_state, s.to_state, s.cause, coalesce(s.account_id, 0), s.author, s.at, s.evidence, s.reason,
       s.lon_e7, s.lat_e7, s.accuracy_m, coalesce(s.distance_m, -1)
from jingwei.location_step s
where s.organization_id = $1 and exists (
    select from jingwei.organization_version v
    where v.organization_id = s.organization_id and v.version = s.version and jingwei.within(v.path, $2))
order by s.version, s.id`

const sqlFindings = `
select k.findings, k.at from jingwei.location_check k
join jingwei.organization_version v on ` + ofThisLocation + `
where v.organization_id = $1 and v.row_id = jingwei.present_row($1, jingwei.day($2))`

// verification adds what is told of an organization in the scope.
func (v sight) verification(ctx context.Context, out *geo.Verification, today geo.Day) error {
	id := out.Organization.ID
	var reported *time.Time
	err := v.QueryRow(ctx, v.sql(sqlReported), v.scope, id, int32(today)).Scan(&out.Path, &out.ReportedBy, &reported)
	if errors.Is(err, pgx.ErrNoRows) {
		return nil // seen as everyone sees it
	}
	if err != nil {
		return err
	}
	if reported != nil {
		out.ReportedAt = *reported
	}
	rows, err := v.Query(ctx, sqlSteps, id, v.scope)
	if err != nil {
		return err
	}
	if out.Steps, err = pgx.CollectRows(rows, scanStep); err != nil {
		return err
	}
	for i := range out.Steps {
		out.Steps[i].Organization = id
	}
	if out.ComparedBy, err = comparedBy(ctx, v, id); err != nil {
		return err
	}
	err = v.QueryRow(ctx, sqlFindings, id, int32(today)).Scan(&out.Findings, &out.CheckedAt)
	if errors.Is(err, pgx.ErrNoRows) {
		return nil
	}
	return err
}

func scanStep(row pgx.CollectableRow) (geo.LocationStep, error) {
	var s geo.LocationStep
	err := row.Scan(&s.ID, &s.Version, &s.From, &s.To, &s.Cause, &s.Account, &s.Author, &s.At, &s.Evidence, &s.Reason,
		&s.Location.Lon, &s.Location.Lat, &s.AccuracyM, &s.DistanceM)
	return s, err
}

// Conditions of a list of locations; those that do not hold for everything are joined to its statements, so that the planner
// sees only what is asked.
const (
	sqlLocationColumns = `v.row_id, v.organization_id, v.version, v.name, v.kind, v.division_code, v.location_state, v.location_source,
       v.location_accuracy_m, v.lon_e7, v.lat_e7, lower(v.recorded) as since`
	sqlCurrent       = ` and upper_inf(v.recorded) and v.valid @> jingwei.day($2) and jingwei.within(v.path, $1)`
	sqlLocationPage  = ` order by v.organization_id limit $4`
	sqlLocationStart = ` and v.organization_id > $3`
)

// sqlLocationsOfStates reads one state after the other, each along its index.
const sqlLocationsOfStates = `
    select u.* from unnest($5::text[]) s (state)
    cross join lateral (
        select ` + sqlLocationColumns + `
        from {rows} v
        where v.location_state = s.state` + sqlLocationStart + sqlCurrent + `{where}` + sqlLocationPage + `) u`

// sqlLocationsFound reads along the checks that found something.
const sqlLocationsFound = `
    (select ` + sqlLocationColumns + `
    from jingwei.location_check k
    join {rows} v on ` + ofThisLocation + `
    where {found} and k.organization_id > $3` + sqlCurrent + `{where} order by k.organization_id limit $4)`

const sqlLocations = `
select u.organization_id, o.version, u.name, u.kind, u.division_code, u.location_state, u.location_source, u.location_accuracy_m,
       u.lon_e7, u.lat_e7, u.since, k.findings, k.at
from (
    select v.* from (%s) v
    order by v.organization_id limit $4) u
join jingwei.organization o on o.id = u.organization_id
left join jingwei.location_check k on k.organization_id = u.organization_id and k.lon_e7 = u.lon_e7 and k.lat_e7 = u.lat_e7
    and k.division_code = u.division_code and k.source = u.location_source and k.accuracy_m = u.location_accuracy_m
order by u.organization_id`

// Locations returns what the query asks for of the locations in the scope, by the organizations' ids. The next page is after the
// last of them; there is none when there are fewer than the limit.
func (s *Store) Locations(ctx context.Context, see geo.Scope, q geo.LocationQuery) (list []geo.LocationItem, err error) {
	if see.Empty() {
		return nil, nil
	}
	leave, err := s.scoped.slow.enter(ctx)
	if err != nil {
		return nil, fmt.Errorf("locations: %w", err)
	}
	defer leave()
	err = s.read(ctx, see, func(v sight) error {
		text, args := v.locations(see, q, s.today())
		// Planned for what is asked: of one state there are ten, of another millions.
		rows, err := v.Query(ctx, text, append([]any{pgx.QueryExecModeCacheDescribe}, args...)...)
		if err != nil {
			return err
		}
		list, err = pgx.CollectRows(rows, scanLocation)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("locations: %w", explain(err))
	}
	return list, nil
}

func scanLocation(row pgx.CollectableRow) (geo.LocationItem, error) {
	var (
		l  geo.LocationItem
		at *time.Time
	)
	err := row.Scan(&l.ID, &l.Version, &l.Name, &l.Kind, &l.Division, &l.State, &l.Source, &l.AccuracyM, &l.At.Lon, &l.At.Lat, &l.Since, &l.Findings, &at)
	if at != nil {
		l.CheckedAt = *at
	}
	return l, err
}

// unverified are the states of locations that wait for a step.
func unverified() []string {
	states := geo.LocationStates()
	return states[:len(states)-1]
}
