package postgis

import (
	"context"
	_ "embed"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"

	"jingwei/geo"
	"jingwei/geo/crs"
)

//go:embed location_facts.sql
var sqlLocationFacts string

// checkedLocation is a location and what the technical check found.
type checkedLocation struct {
	id       geo.ID
	content  geo.OrganizationContent
	findings []geo.Finding
}

// passes reports whether a step follows from the check: the location is reported, and nothing speaks against it.
func (l checkedLocation) passes() bool {
	return l.content.LocationState == geo.LocationReported && len(l.findings) == 0
}

// checkLocations makes the technical check of locations as their contents say them, whether these are stored or not.
func checkLocations(ctx context.Context, q querier, list []checkedLocation, day geo.Day) ([]checkedLocation, error) {
	var (
		ids                []geo.ID
		divisions          []int64
		lon, lat           []int32
		accuracy           []float64
		gcjX, gcjY, bX, bY []float64
	)
	for _, l := range list {
		c := l.content
		x, y := c.Location.Degrees()
		gx, gy := crs.GCJ02.ToWGS84(x, y)
		bx, by := crs.BD09.ToWGS84(x, y)
		ids, divisions, lon, lat = append(ids, l.id), append(divisions, int64(c.Division)), append(lon, c.Location.Lon), append(lat, c.Location.Lat)
		accuracy, gcjX, gcjY, bX, bY = append(accuracy, c.LocationAccuracyM), append(gcjX, gx), append(gcjY, gy), append(bX, bx), append(bY, by)
	}
	rows, err := q.Query(ctx, sqlLocationFacts, ids, divisions, lon, lat, accuracy, gcjX, gcjY, bX, bY, int32(day), geo.MostSamePoint+1)
	if err != nil {
		return nil, err
	}
	facts, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (geo.LocationFacts, error) {
		var f geo.LocationFacts
		return f, row.Scan(&f.Outline, &f.Inside, &f.InsideSwapped, &f.InsideGCJ02, &f.InsideBD09, &f.Others)
	})
	if err != nil {
		return nil, err
	}
	for i, f := range facts {
		c := list[i].content
		f.At, f.AccuracyM, f.Source = c.Location, c.LocationAccuracyM, c.LocationSource
		list[i].findings = geo.CheckLocation(f)
	}
	return list, nil
}

const sqlKeepCheck = `
insert into jingwei.location_check as k (organization_id, at, lon_e7, lat_e7, division_code, source, accuracy_m, findings, contradicts)
values ($1, clock_timestamp(), $2, $3, $4, $5, $6, $7, $8)
on conflict (organization_id) do update set at = excluded.at, lon_e7 = excluded.lon_e7, lat_e7 = excluded.lat_e7,
    division_code = excluded.division_code, source = excluded.source, accuracy_m = excluded.accuracy_m,
    findings = excluded.findings, contradicts = excluded.contradicts`

func keepChecks(ctx context.Context, tx pgx.Tx, list []checkedLocation) error {
	batch := &pgx.Batch{}
	for _, l := range list {
		c := l.content
		codes := make([]string, len(l.findings))
		for i, f := range l.findings {
			codes[i] = string(f)
		}
		batch.Queue(sqlKeepCheck, l.id, c.Location.Lon, c.Location.Lat, int64(c.Division), c.LocationSource, c.LocationAccuracyM, codes, geo.Contradictory(l.findings))
	}
	return tx.SendBatch(ctx, batch).Close()
}

// checkScope is where somebody may have the technical check made: where they write or verify.
func checkScope(by geo.Authority, today geo.Day) geo.Scope {
	return by.Scope(geo.ActionWriteOrganization, today).Or(by.Scope(geo.ActionVerifyLocation, today))
}

// CheckLocation makes the technical check of the location that an organization has today, and keeps what it found. One that is
// reported and passes is checked from then on. Who neither writes nor verifies there gets geo.ErrForbidden, or geo.ErrNotFound.
func (s *Store) CheckLocation(ctx context.Context, by geo.Authority, id geo.ID) error {
	today := s.today()
	in := checkScope(by, today)
	r := s.reach(by.Scope(geo.ActionReadOrganization, today), in, today)
	err := s.writeWithin(ctx, in, func(tx pgx.Tx) error {
		w, known, err := r.lockOrganization(ctx, tx, id, anyVersion, &operation{action: geo.WriteVerify, author: geo.TechnicalCheck})
		if err != nil {
			return err
		}
		return w.check(ctx, tx, r, known)
	})
	if err != nil {
		return fmt.Errorf("check the location of organization %d: %w", id, err)
	}
	return nil
}

func (w organizationWrite) check(ctx context.Context, tx pgx.Tx, r reach, known []standing) error {
	before, _, err := w.contentFrom(ctx, tx, r.today)
	if err != nil {
		return err
	}
	list, err := checkLocations(ctx, tx, []checkedLocation{{id: w.id, content: before.OrganizationContent}}, r.today)
	if err != nil {
		return err
	}
	if err := keepChecks(ctx, tx, list); err != nil {
		return err
	}
	if !list[0].passes() {
		return nil
	}
	return w.step(ctx, tx, r, known, before, checkStep(before.OrganizationContent))
}

// mostChecked is how many locations CheckLocations looks at in one call.
const mostChecked = 500

// A check is of a location as long as all that it went by is the same.
const ofThisLocation = `k.organization_id = v.organization_id and k.lon_e7 = v.lon_e7 and k.lat_e7 = v.lat_e7
    and k.division_code = v.division_code and k.source = v.location_source and k.accuracy_m = v.location_accuracy_m`

const sqlUnchecked = `
select v.organization_id, v.division_code, v.lon_e7, v.lat_e7, v.location_source, v.location_accuracy_m, v.location_state
from {rows} v
where v.organization_id > $3` + sqlCurrent + `
  and not exists (select from jingwei.location_check k where ` + ofThisLocation + `)
order by v.organization_id
limit $4`

// CheckLocations makes the technical check of locations that none was made of since they are what they are, as an import leaves them:
// of at most 500 within the caller's scopes of writing and verifying, with ids after the given one. It returns how many were checked,
// how many passed, and the last id to go on after; 0 when there are no more. Broken off, it leaves those that it did not come to as they
// were, for the next call; one that is gone meanwhile is passed over.
func (s *Store) CheckLocations(ctx context.Context, by geo.Authority, after geo.ID) (checked, passed int, next geo.ID, err error) {
	fail := func(err error) (int, int, geo.ID, error) {
		return 0, 0, 0, fmt.Errorf("check locations: %w", err)
	}
	today := s.today()
	in := checkScope(by, today)
	leave, err := s.scoped.slow.enter(ctx)
	if err != nil {
		return fail(err)
	}
	defer leave()
	var list, still []checkedLocation // all, and those that stay in their states
	err = s.writeWithin(ctx, in, func(tx pgx.Tx) error {
		if list, err = unchecked(ctx, tx, in, after, today); err != nil || len(list) == 0 {
			return err
		}
		if list, err = checkLocations(ctx, tx, list, today); err != nil {
			return err
		}
		still = slices.DeleteFunc(slices.Clone(list), checkedLocation.passes)
		return keepChecks(ctx, tx, still)
	})
	if err != nil {
		return fail(err)
	}
	checked = len(still)
	for _, l := range list {
		switch {
		case l.passes():
			// Again, under its lock: what is found and the step that follows are kept together.
			err := s.CheckLocation(ctx, by, l.id)
			if errors.Is(err, geo.ErrNotFound) || errors.Is(err, geo.ErrForbidden) {
				continue
			}
			if err != nil {
				return fail(err)
			}
			checked++
			passed++
		case len(l.findings) == 0:
			passed++
		}
	}
	if len(list) == mostChecked {
		next = list[mostChecked-1].id
	}
	return checked, passed, next, nil
}

func unchecked(ctx context.Context, q querier, in geo.Scope, after geo.ID, day geo.Day) ([]checkedLocation, error) {
	s := &locationStatement{args: []any{in.Key(), int32(day), after, mostChecked}}
	with, relation := s.from("jingwei.organization_version", in, 0)
	rows, err := q.Query(ctx, with+strings.Replace(sqlUnchecked, "{rows}", relation, 1), append([]any{pgx.QueryExecModeCacheDescribe}, s.args...)...)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (checkedLocation, error) {
		var l checkedLocation
		c := &l.content
		return l, row.Scan(&l.id, &c.Division, &c.Location.Lon, &c.Location.Lat, &c.LocationSource, &c.LocationAccuracyM, &c.LocationState)
	})
}
