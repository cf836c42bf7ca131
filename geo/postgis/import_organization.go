package postgis

import (
	"context"
	"fmt"
	"math"

	"github.com/jackc/pgx/v5"

	"jingwei/geo"
)

// OrganizationTable is a table of organizations with codes, none of them twice, and without superiors.
type OrganizationTable interface {
	Len() int
	Organization(i int) geo.OrganizationContent
}

// sqlRecognize is sqlIdentify without making anything.
const sqlRecognize = `
update load_organization l
set id = coalesce(o.id, 0), fresh = o.id is null
from load_organization m
left join jingwei.organization o on o.code = m.code and o.retired is null
where m.code = l.code
  and (o.id is not null or not exists (select from jingwei.organization r where r.code = m.code))`

// What others wrote since stays: a table is older than what a committee says of itself.
const sqlKeepEdited = `
delete from load_organization l
where l.id is null or not l.fresh and exists (
    select from jingwei.organization_version v
    where v.organization_id = l.id and upper_inf(v.recorded) and v.valid && jingwei.days($1, $2) and v.author <> $3)`

const sqlTallyOrganizations = `
select count(*) filter (where l.fresh),
       count(*) filter (where not l.fresh and not exists (
           select from jingwei.organization_version v
           where v.organization_id = l.id and upper_inf(v.recorded) and v.valid @> jingwei.days($1, $2)
             and (v.kind, v.level, v.status, v.name, v.short_name, v.division_code, v.lon_e7, v.lat_e7, v.location_source,
                  v.location_accuracy_m, v.source_crs, v.location_state, v.address, v.phone, coalesce(v.uscc, ''))
               = (l.kind, l.level, l.status, l.name, l.short_name, l.division_code, l.lon_e7, l.lat_e7, l.location_source,
                  l.location_accuracy_m, l.source_crs, l.location_state, l.address, l.phone, l.uscc))),
       count(*)
from load_organization l`

// ImportOrganizations registers the organizations of a table for the days valid, by their codes. What was imported before
// by the same author takes the content of the table where it differs; what anybody else wrote since, or retired, is kept.
// Rows are committed by the thousand, so that others' writes go on and an interrupted import is finished by another; one
// reload of the layer "organizations" at the end tells consumers. With dry nothing is written.
func (s *Store) ImportOrganizations(ctx context.Context, table OrganizationTable, valid geo.DayRange, author string, dry bool, progress Progress) (Tally, error) {
	if valid.Empty() {
		return Tally{}, geo.Invalid("valid_from", "the days of validity are empty")
	}
	i := organizationImport{romanizer: newRomanizer(), valid: valid, author: author, dry: dry}
	var total Tally
	batch := func(ctx context.Context, tx pgx.Tx, lo, hi int) (int, error) {
		t, err := i.batch(ctx, tx, table, lo, hi)
		if err != nil {
			return 0, err
		}
		total.add(t)
		if dry {
			return 0, nil
		}
		return t.New + t.Changed, nil
	}
	load := bulkLoad{layer: "organizations", table: "jingwei.organization_version", action: "organization.import", report: func() any { return total }}
	if _, err := s.bulk(ctx, load, table.Len(), progress, batch); err != nil {
		return total, fmt.Errorf("import organizations: %w", err)
	}
	return total, nil
}

type organizationImport struct {
	romanizer *romanizer
	valid     geo.DayRange
	author    string
	dry       bool
}

// batch does not lock the tree, as loads of subordinates do: nothing here has a superior, and who ends or moves an
// organization would have to wait for thousands of rows.
func (i organizationImport) batch(ctx context.Context, tx pgx.Tx, table OrganizationTable, lo, hi int) (t Tally, err error) {
	identify := sqlIdentify
	if i.dry {
		identify = sqlRecognize
	}
	source := pgx.CopyFromSlice(hi-lo, func(n int) ([]any, error) { return organizationLoadRow(i.romanizer, table.Organization(lo+n)) })
	if _, err := stageAndMerge(ctx, tx, sqlStageOrganizations, "load_organization", organizationLoadColumns(), source, identify); err != nil {
		return t, err
	}
	from, to := nullDay(i.valid.From), nullDay(i.valid.To)
	tag, err := tx.Exec(ctx, sqlKeepEdited, from, to, i.author)
	if err != nil {
		return t, err
	}
	var rest int
	if err := tx.QueryRow(ctx, sqlTallyOrganizations, from, to).Scan(&t.New, &t.Changed, &rest); err != nil {
		return t, err
	}
	t.Kept, t.Unchanged = int(tag.RowsAffected()), rest-t.New-t.Changed
	if i.dry || t.New+t.Changed == 0 {
		return t, nil
	}
	if err := prepareLoad(ctx, tx, i.valid); err != nil {
		return t, err
	}
	if _, err = insertMade(ctx, tx, i.valid, i.author); err != nil || t.Changed == 0 {
		return t, err
	}
	_, err = mergeKnown(ctx, tx, i.valid, i.author)
	return t, err
}

const sqlUnknownDivisions = `
select w.code from unnest($1::bigint[]) w (code)
where not exists (select from jingwei.division d where d.code = w.code and d.valid @> jingwei.day($2))
order by w.code`

// UnknownDivisions returns those of the codes that are no division on the day, in order.
func (s *Store) UnknownDivisions(ctx context.Context, codes []geo.DivisionCode, day geo.Day) ([]geo.DivisionCode, error) {
	unknown, err := column[geo.DivisionCode](ctx, s.public, sqlUnknownDivisions, codes, int32(day))
	if err != nil {
		return nil, fmt.Errorf("unknown divisions: %w", explain(err))
	}
	return unknown, nil
}

// Where the shape of a division is not known, that of the nearest one above it bounds how far off its label may be. A
// village without a shape lies in its township.
const sqlDivisionPlaces = `
select distinct on (d.code) d.code, st_x(d.label), st_y(d.label), reach.m
from jingwei.division d
left join lateral (
    select g.geometry
    from jingwei.division_shape g
    join jingwei.boundary_set b on b.id = g.set_id
    where g.code in (d.code, d.code / 1000 * 1000, d.code / 1000000 * 1000000, d.code / 100000000 * 100000000, d.code / 10000000000 * 10000000000)
      and g.level <= d.level
    order by g.level desc, b.is_default desc, g.max_zoom desc, g.set_id
    limit 1) shape on true
left join lateral (
    select max(st_distancesphere(d.label, p.geom)) as m from st_dumppoints(shape.geometry) p) reach on true
where d.label is not null and d.valid @> jingwei.day($1)
order by d.code, d.level desc`

// accuracyStep is what accuracies from shapes are rounded up to, in metres.
const accuracyStep = 10

// DivisionPlaces returns the label points of the divisions on the day that have one, and how far the division may reach
// from it: the distance in metres to the farthest corner of its shape, or of the nearest shape above it; 0 for unknown.
func (s *Store) DivisionPlaces(ctx context.Context, day geo.Day) (map[geo.DivisionCode]geo.Place, error) {
	rows, err := s.public.Query(ctx, sqlDivisionPlaces, int32(day))
	if err != nil {
		return nil, fmt.Errorf("places of divisions: %w", explain(err))
	}
	places := map[geo.DivisionCode]geo.Place{}
	var (
		code     geo.DivisionCode
		lon, lat float64
		reach    *float64
	)
	_, err = pgx.ForEachRow(rows, []any{&code, &lon, &lat, &reach}, func() error {
		at, err := geo.NewPosition(lon, lat)
		p := geo.Place{At: at}
		if reach != nil {
			p.AccuracyM = math.Ceil(*reach/accuracyStep) * accuracyStep
		}
		places[code] = p
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("places of divisions: %w", explain(err))
	}
	return places, nil
}
