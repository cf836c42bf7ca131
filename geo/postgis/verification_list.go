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

// within adds the conditions on where an organization is and belongs.
func (s *locationStatement) within(division geo.DivisionCode, organization geo.ID) {
	if division != 0 {
		from, to := division.Range()
		s.and("v.division_code >= ? and v.division_code < ?", int64(from), int64(to))
	}
	if organization != 0 {
		s.and("v.path @ ?::ltxtquery", organization.String())
	}
}

// locations returns the statement of a list. A page is of few rows of each state, and of what is found of confirmed ones.
func (v sight) locations(q geo.LocationQuery, today geo.Day) (string, []any) {
	s := &locationStatement{args: []any{v.scope, int32(today), q.After, min(max(q.Limit, 1), geo.MaxLocationPage), q.States}}
	open := len(q.States) == 0
	if open {
		s.args[4] = unverified()
	}
	s.within(q.Division, q.Organization)
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
	text = strings.NewReplacer("{found}", found, "{where}", s.where.String(), "{searched}", v.searched("organization_version")).Replace(text)
	return fmt.Sprintf(sqlLocations, text), s.args
}

const sqlFindingCounts = `
with checked as (
    select k.findings
    from jingwei.location_check k
    join {searched} v on ` + ofThisLocation + `
    where true` + sqlCurrent + `{where}
    limit $3)
select '', count(*) from checked
union all
select f.code, count(*) from checked c cross join lateral unnest(c.findings) f (code) group by f.code`

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
		q.within(division, organization)
		text := strings.NewReplacer("{where}", q.where.String(), "{searched}", v.searched("organization_version")).Replace(sqlFindingCounts)
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
