package postgis

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"github.com/jackc/pgx/v5"

	"jingwei/geo"
)

// locationStatement is a question about locations with its parameters.
type locationStatement struct {
	where strings.Builder
	args  []any
}

// and adds a condition in which each ? stands for a parameter.
func (s *locationStatement) and(condition string, values ...any) {
	s.where.WriteString(" and " + s.with(condition, values...))
}

// with puts parameters in the place of each ?.
func (s *locationStatement) with(condition string, values ...any) string {
	for _, value := range values {
		s.args = append(s.args, value)
		condition = strings.Replace(condition, "?", "$"+strconv.Itoa(len(s.args)), 1)
	}
	return condition
}

// sqlBelow reads along the tree, and before anything else, what is below some organizations: of few rows among millions. The first
// condition is for the tops of the tree, which the index of paths leaves out.
const sqlBelow = `
with below as materialized (
    select v.row_id, v.organization_id, v.version, v.recorded, v.valid, v.path, v.name, v.kind, v.division_code, v.location_state, v.location_source,
           v.location_accuracy_m, v.lon_e7, v.lat_e7
    from {searched} v
    where (v.organization_id = any (?::bigint[]) or v.parent_id is not null and v.path <@ any (array(
        select p.path from {searched} p where p.organization_id = any (?::bigint[]) and upper_inf(p.recorded))))` + sqlCurrent + `)`

// from returns the beginning of a statement and the relation that it reads: the versions, or in a scope, or below an organization
// (0 for all), only those there.
func (s *locationStatement) from(versions string, in geo.Scope, organization geo.ID) (with, relation string) {
	tops := in.Roots
	switch {
	case organization != 0:
		tops = []geo.ID{organization}
	case in.All:
		return "", versions
	}
	return strings.ReplaceAll(s.with(sqlBelow, tops, tops), "{searched}", versions), "below"
}

// within adds the condition on where an organization is.
func (s *locationStatement) within(division geo.DivisionCode) {
	if division == 0 {
		return
	}
	from, to := division.Range()
	s.and("v.division_code >= ? and v.division_code < ?", int64(from), int64(to))
}

// locations returns the statement of a list. A page is of few rows of each state, and of what is found of confirmed ones.
func (v sight) locations(see geo.Scope, q geo.LocationQuery, today geo.Day) (string, []any) {
	s := &locationStatement{args: []any{v.scope, int32(today), q.After, q.Limit, q.States}}
	open := len(q.States) == 0
	if open {
		s.args[4] = unverified()
	}
	with, relation := s.from(v.searched("organization_version"), see, q.Organization)
	s.within(q.Division)
	text := sqlLocationsOfStates
	found := "true"
	switch {
	case q.Finding == geo.LocationUnchecked:
		s.and("not exists (select from jingwei.location_check k where " + ofThisLocation + ")")
	case q.Finding != "":
		text, found = sqlLocationsFound, s.with("k.findings @> ?", []string{q.Finding})
		if !open {
			s.and("v.location_state = any ($5)")
		} else {
			s.and("(v.location_state = any ($5) or k.contradicts)")
		}
	case open:
		text += " union all " + strings.Replace(sqlLocationsFound, "{found}", "k.contradicts and v.location_state <> all ($5)", 1)
	}
	text = strings.NewReplacer("{found}", found, "{where}", s.where.String(), "{rows}", relation).Replace(text)
	return with + fmt.Sprintf(sqlLocations, text), s.args
}

// Each check counts once more, without a code, for itself.
const sqlFindingCounts = `
select f.code, count(*)
from (
    select k.findings
    from jingwei.location_check k
    join {rows} v on ` + ofThisLocation + `
    where true` + sqlCurrent + `{where}
    limit $3) c
cross join lateral unnest(array_append(c.findings, '')) f (code)
group by f.code`

// CountFindings returns how many locations in the scope, in the division and below the organization (0 for all), have each finding.
func (s *Store) CountFindings(ctx context.Context, see geo.Scope, division geo.DivisionCode, organization geo.ID) (geo.FindingCounts, error) {
	counts := geo.FindingCounts{Findings: map[geo.Finding]int{}}
	if see.Empty() {
		return counts, nil
	}
	leave, err := s.scoped.slow.enter(ctx)
	if err != nil {
		return counts, fmt.Errorf("count findings: %w", err)
	}
	defer leave()
	err = s.read(ctx, see, func(v sight) error {
		q := &locationStatement{args: []any{v.scope, int32(s.today()), geo.MostCountedChecks + 1}}
		with, relation := q.from(v.searched("organization_version"), see, organization)
		q.within(division)
		text := with + strings.NewReplacer("{where}", q.where.String(), "{rows}", relation).Replace(sqlFindingCounts)
		rows, err := v.Query(ctx, text, append([]any{pgx.QueryExecModeCacheDescribe}, q.args...)...)
		if err != nil {
			return err
		}
		var (
			code string
			n    int
		)
		_, err = pgx.ForEachRow(rows, []any{&code, &n}, func() error {
			if code == "" {
				counts.Checked = n
			} else {
				counts.Findings[geo.Finding(code)] = n
			}
			return nil
		})
		return err
	})
	if err != nil {
		return counts, fmt.Errorf("count findings: %w", explain(err))
	}
	counts.Capped = counts.Checked > geo.MostCountedChecks
	return counts, nil
}
