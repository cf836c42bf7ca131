package postgis

import (
	"context"
	_ "embed"
	"fmt"

	"github.com/jackc/pgx/v5"

	"jingwei/geo"
)

//go:embed stage_organizations.sql
var sqlStageOrganizations string

//go:embed insert_organizations.sql
var sqlInsertOrganizations string

//go:embed merge_organizations.sql
var sqlMergeOrganizations string

// LoadOrganizations registers organizations for the days valid, by their own code, which each of them needs: a new code
// becomes an organization, a known one takes the content where it differs, and one that is retired stays so. It returns
// how many organizations were made or changed. It does not move known organizations to another superior; a superior that
// is retired on some of the days is geo.ErrConflict. Rows are
// committed by the thousand, one reload of the layer "organizations" at the end tells consumers. Loading the same again
// changes nothing.
func (s *Store) LoadOrganizations(ctx context.Context, contents []geo.OrganizationContent, valid geo.DayRange, author string, progress Progress) (int, error) {
	if valid.Empty() {
		return 0, geo.Invalid("valid_from", "the days of validity are empty")
	}
	romanizer := newRomanizer()
	batch := func(ctx context.Context, tx pgx.Tx, lo, hi int) (int, error) {
		return loadOrganizations(ctx, tx, romanizer, contents[lo:hi], valid, author)
	}
	load := bulkLoad{layer: "organizations", table: "jingwei.organization_version", action: "organization.load"}
	n, err := s.bulk(ctx, load, len(contents), progress, batch)
	if err != nil {
		return n, fmt.Errorf("load organizations: %w", err)
	}
	return n, nil
}

func loadOrganizations(ctx context.Context, tx pgx.Tx, r *romanizer, contents []geo.OrganizationContent, valid geo.DayRange, author string) (int, error) {
	if _, err := tx.Exec(ctx, sqlShareTree); err != nil {
		return 0, err
	}
	source := pgx.CopyFromSlice(len(contents), func(i int) ([]any, error) { return organizationLoadRow(r, contents[i]) })
	if _, err := stageAndMerge(ctx, tx, sqlStageOrganizations, "load_organization", organizationLoadColumns(), source, sqlIdentify); err != nil {
		return 0, err
	}
	if err := prepareLoad(ctx, tx, valid); err != nil {
		return 0, err
	}
	made, err := insertMade(ctx, tx, valid, author)
	if err != nil || made == len(contents) {
		return made, err
	}
	changed, err := mergeKnown(ctx, tx, valid, author)
	return made + changed, err
}

const sqlDropFresh = `delete from load_organization l where l.fresh`

// insertMade writes the staged organizations that this load made, takes them out of the stage and returns their number.
func insertMade(ctx context.Context, tx pgx.Tx, valid geo.DayRange, author string) (int, error) {
	if _, err := tx.Exec(ctx, sqlInsertOrganizations, nullDay(valid.From), nullDay(valid.To), author); err != nil {
		return 0, err
	}
	tag, err := tx.Exec(ctx, sqlDropFresh)
	return int(tag.RowsAffected()), err
}

// mergeKnown brings the staged organizations that were known before into their history and returns how many changed.
func mergeKnown(ctx context.Context, tx pgx.Tx, valid geo.DayRange, author string) (n int, err error) {
	err = tx.QueryRow(ctx, sqlMergeOrganizations, nullDay(valid.From), nullDay(valid.To), author).Scan(&n)
	return n, err
}

// organizationLoadColumns are what organizationLoadRow gives.
func organizationLoadColumns() []string {
	return []string{"code", "parent_id", "kind", "level", "status", "name", "short_name", "pinyin", "initials", "grams",
		"division_code", "lon_e7", "lat_e7", "location_source", "location_accuracy_m", "source_crs", "location_state",
		"address", "phone", "uscc"}
}

func organizationLoadRow(r *romanizer, c geo.OrganizationContent) ([]any, error) {
	c = complete(c)
	if c.Code == "" {
		return nil, geo.Invalid("code", "%s: organizations are loaded by their code, this one has none", c.Name)
	}
	if err := c.Validate(); err != nil {
		return nil, fmt.Errorf("organization %s: %w", c.Code, err)
	}
	keys := r.keys(c.Name, c.ShortName)
	return []any{c.Code, int64(c.Parent), c.Kind, c.Level, c.Status, c.Name, c.ShortName, keys.letters, keys.initials, keys.grams,
		int64(c.Division), c.Location.Lon, c.Location.Lat, c.LocationSource, c.LocationAccuracyM, c.SourceCRS, c.LocationState,
		c.Address, c.Phone, c.USCC}, nil
}

// sqlIdentify finds the known organizations, locks them in the order of their ids, and makes the others.
const sqlIdentify = `
with known as (
    select o.id, o.code, o.retired is not null as retired
    from jingwei.organization o
    where o.code in (select l.code from load_organization l)
    order by o.id
    for update
), made as (
    insert into jingwei.organization (code)
    select l.code from load_organization l
    where not exists (select from known k where k.code = l.code)
    order by l.code
    returning id, code
)
update load_organization l
set id = found.id, fresh = found.fresh
from (select m.id, m.code, true as fresh from made m
      union all
      select k.id, k.code, false from known k where not k.retired) found
where found.code = l.code`

const sqlWrongDivision = `
select l.division_code from load_organization l
where not exists (select from jingwei.division d where d.code = l.division_code and d.valid && jingwei.days($1, $2))
order by l.division_code limit 1`

const sqlSettlePaths = `
update load_organization l
set path = coalesce((select jingwei.path_then(v.organization_id, v.valid, v.path, day.d) from jingwei.organization_version v
                     where v.organization_id = l.parent_id and upper_inf(v.recorded) and v.valid && jingwei.days($1, $2)
                     order by v.valid @> day.d desc, v.valid desc limit 1), ''::ltree) || l.id::text
from (select jingwei.path_day(jingwei.days($1, $2), jingwei.today()) as d) day`

// As sqlParentPath: a superior that ends before the span does is none.
const sqlRetiredParent = `
select l.parent_id from load_organization l
join jingwei.organization o on o.id = l.parent_id
where o.retired is not null and not jingwei.days($1, $2) << daterange(o.retired, null)
order by l.parent_id limit 1`

const sqlNoParent = `
select l.parent_id from load_organization l
where l.parent_id <> 0 and not exists (
    select from jingwei.organization_version v
    where v.organization_id = l.parent_id and upper_inf(v.recorded) and v.valid && jingwei.days($1, $2))
order by l.parent_id limit 1`

const sqlMoved = `
select l.code from load_organization l
join jingwei.organization_version v on v.organization_id = l.id and upper_inf(v.recorded)
where not l.fresh and nullif(l.parent_id, 0) is distinct from v.parent_id
order by l.code limit 1`

const sqlDropKnown = `delete from load_organization l where l.id is null`

// prepareLoad drops the retired, refuses what cannot be loaded, and computes paths.
func prepareLoad(ctx context.Context, tx pgx.Tx, valid geo.DayRange) error {
	from, to := nullDay(valid.From), nullDay(valid.To)
	if _, err := tx.Exec(ctx, sqlDropKnown); err != nil {
		return err
	}
	divisions, err := column[geo.DivisionCode](ctx, tx, sqlWrongDivision, from, to)
	if err != nil {
		return err
	}
	if len(divisions) > 0 {
		return geo.Invalid("division", "there is no division %s on these days", divisions[0])
	}
	moved, err := column[string](ctx, tx, sqlMoved)
	if err != nil {
		return err
	}
	if len(moved) > 0 {
		return geo.Invalid("parent", "organization %s has another superior: a load does not move it", moved[0])
	}
	if err := checkParents(ctx, tx, from, to); err != nil {
		return err
	}
	_, err = tx.Exec(ctx, sqlSettlePaths, from, to)
	return err
}

// checkParents refuses superiors that do not exist on the days or are retired before these end.
func checkParents(ctx context.Context, tx pgx.Tx, from, to *int32) error {
	retired, err := column[geo.ID](ctx, tx, sqlRetiredParent, from, to)
	if err != nil {
		return err
	}
	if len(retired) > 0 {
		return retiredParent(retired[0])
	}
	missing, err := column[geo.ID](ctx, tx, sqlNoParent, from, to)
	if err != nil || len(missing) == 0 {
		return err
	}
	return &geo.Error{Kind: geo.ErrConflict, Field: "parent", Message: fmt.Sprintf("there is no organization %d on these days", missing[0])}
}

// column returns the only column of the answer.
func column[T any](ctx context.Context, q querier, sql string, args ...any) ([]T, error) {
	rows, err := q.Query(ctx, sql, args...)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, pgx.RowTo[T])
}
