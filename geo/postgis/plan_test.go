package postgis_test

import (
	"context"
	"regexp"
	"strings"
	"testing"
	"time"

	"jingwei/geo"
	"jingwei/geo/postgis"
)

// Rows for plans: without these many, reading the whole table is the best plan.
const sqlManyRows = `
with made as (
    insert into jingwei.organization (id) select 9000000 + i from generate_series(1, 20000) i returning id
)
insert into jingwei.organization_version (organization_id, version, valid, author, parent_id, path, kind, level, status, name, division_code,
    lon_e7, lat_e7, location_source, location_state)
select m.id, 1, '[2023-06-30,)', 'a', $1::bigint, text2ltree($1::bigint || '.' || m.id), 'branch', 'unit', case when m.id % 50 = 0 then 'draft' else 'active' end,
       '支部' || m.id, $2::bigint, 1000000000 + (m.id * 7919) % 400000000, 200000000 + (m.id * 104729) % 200000000, 'map', 'reported'
from made m`

const sqlManyReports = `
insert into jingwei.report (category, lon_e7, lat_e7, division_code, organization_id, channel, received_at)
select 'roads', 1000000000 + (i::bigint * 7919) % 400000000, 200000000 + (i::bigint * 104729) % 200000000, $2, $1, 'web', '2026-01-01'
from generate_series(1, 20000) i`

// newCrowd is a world with many organizations below A and reports that A answers for.
func newCrowd(t *testing.T) world {
	t.Helper()
	w := newWorld(t)
	for _, sql := range []string{sqlManyRows, sqlManyReports} {
		conn := w.connect(t)
		if _, err := conn.Exec(t.Context(), sql, int64(w.id["A"]), int64(liushi1)); err != nil {
			t.Fatal(err)
		}
	}
	w.exec(t, `analyze jingwei.organization_version, jingwei.organization, jingwei.report`)
	return w
}

const (
	sqlOrganizationsInBox = `
select v.organization_id::text from {versions} v
where {visible v} and upper_inf(v.recorded)
  and v.location && st_makeenvelope(110, 30, 110.5, 30.5, 4326) and st_intersects(v.location, st_makeenvelope(110, 30, 110.5, 30.5, 4326))`
	sqlReportsInBox = `
select r.id::text from jingwei.report r
where r.location && st_makeenvelope(110, 30, 110.5, 30.5, 4326) and st_intersects(r.location, st_makeenvelope(110, 30, 110.5, 30.5, 4326))`
)

// TestPlansUseTheSpatialIndex under the policies and under the predicates. Under the policies it takes that the operator
// is known not to tell secrets.
func TestPlansUseTheSpatialIndex(t *testing.T) {
	w := newCrowd(t)
	lines := w.lines(t)
	plan := func(line string, see geo.Scope, sql string) string {
		args := []any{}
		if strings.Contains(sql, "{visible") {
			args = append(args, see.Key())
		}
		rows, err := lines[line].Ask(t.Context(), see, "explain (costs off) "+sql, args...)
		if err != nil {
			t.Fatalf("%s: %v", line, err)
		}
		return strings.Join(rows, "\n")
	}
	searched := regexp.MustCompile(`Index Cond: \(+location && `)
	uses := func(plan, index string) bool { return strings.Contains(plan, index) && searched.MatchString(plan) }
	const organizations, reports = "organization_version_location_idx", "report_location_idx"
	for name, see := range w.scopes() {
		for line := range lines {
			if got := plan(line, see, sqlOrganizationsInBox); !uses(got, organizations) {
				t.Errorf("organizations in a box, scope %s, line %s:\n%s", name, line, got)
			}
			if see.Empty() && line != "predicate" {
				continue // the public may not look at the table
			}
			if got := plan(line, see, sqlReportsInBox); !uses(got, reports) {
				t.Errorf("reports in a box, scope %s, line %s:\n%s", name, line, got)
			}
		}
	}
	w.exec(t, `alter function geometry_overlaps(geometry, geometry) not leakproof`)
	own := w.scope("A")
	if got := plan("database", own, sqlOrganizationsInBox) + plan("database", own, sqlReportsInBox); uses(got, organizations) || uses(got, reports) {
		t.Errorf("this test cannot fail: the operator may tell secrets, and the plan is\n%s", got)
	}
	if got := plan("predicate", own, sqlOrganizationsInBox); !uses(got, organizations) {
		t.Errorf("without policies:\n%s", got)
	}
}

// TestPlansOfTheTree: a page is a piece of an index, whose order it is in, however many organizations there are.
func TestPlansOfTheTree(t *testing.T) {
	w := newCrowd(t)
	for line, s := range w.lines(t) {
		for name, see := range w.scopes() {
			for parent, index := range map[geo.ID]string{w.id["A"]: "organization_version_parent_idx", 0: "organization_version_topmost_idx"} {
				rows, err := s.ExplainChildren(t.Context(), see, parent, w.today)
				if err != nil {
					t.Fatal(err)
				}
				plan := strings.Join(rows, "\n")
				if !strings.Contains(plan, index) || strings.Contains(plan, "Sort") || strings.Contains(plan, "Seq Scan on organization_version") {
					t.Errorf("below %d, scope %s, line %s:\n%s", parent, name, line, plan)
				}
			}
		}
	}
}

// TestPlansOfLocations: who looks after few of many organizations does not wait until all of these were looked at.
func TestPlansOfLocations(t *testing.T) {
	w := newCrowd(t)
	for _, name := range []string{"other", "part", "two"} {
		for what, q := range map[string]geo.LocationQuery{"open": {Limit: 100}, "one state": {States: []string{geo.LocationReported}, Limit: 100},
			"a finding": {Finding: string(geo.FindingSamePoint), Limit: 100}, "unchecked": {Finding: geo.LocationUnchecked, Limit: 100}} {
			rows, err := w.ExplainLocations(t.Context(), w.scopes()[name], q)
			if err != nil {
				t.Fatal(err)
			}
			plan := strings.Join(rows, "\n")
			if !strings.Contains(plan, "organization_version_path_idx") || strings.Contains(plan, "organization_version_location_state_idx") || strings.Contains(plan, "Seq Scan on organization_version") {
				t.Errorf("%s, scope %s:\n%s", what, name, plan)
			}
		}
	}
}

// TestTreePages: pages follow each other without gaps, and those who share a name are all there.
func TestTreePages(t *testing.T) {
	w := newCrowd(t)
	w.exec(t, `update jingwei.organization_version set name = '同名' where organization_id between 9000100 and 9000400`)
	for name, see := range w.scopes() {
		total, err := w.CountOrganizationChildren(t.Context(), see, w.id["A"], w.today)
		if err != nil {
			t.Fatal(err)
		}
		var after geo.NodeCursor
		n := 0
		for limit := 1; ; limit = 2*limit + 1 {
			ctx, cancel := context.WithTimeout(t.Context(), 3*time.Second) // a hundred times what a page takes
			nodes, err := w.OrganizationChildren(ctx, see, w.id["A"], after, limit, w.today)
			cancel()
			if err != nil {
				t.Fatalf("%s: a page of %d: %v", name, limit, err)
			}
			for _, node := range nodes {
				if node.Name < after.Name || node.Name == after.Name && node.ID <= after.ID {
					t.Fatalf("%s: %+v comes after %+v", name, node, after)
				}
				after = geo.NodeCursor{Name: node.Name, ID: node.ID}
			}
			n += len(nodes)
			if len(nodes) > min(limit, 1000) {
				t.Fatalf("%d nodes of at most %d", len(nodes), limit)
			}
			if len(nodes) == 0 {
				break
			}
		}
		if total != min(n, postgis.MaxCountedChildren+1) || n < 19_000 {
			t.Errorf("%s: %d nodes on all pages, %d counted", name, n, total)
		}
	}
}
