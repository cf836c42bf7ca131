package main_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"

	"jingwei/geo/geotest"
	"jingwei/geo/postgis/private"
)

// readyWithin is how long a server may take to read the country into its indexes.
const readyWithin = 30 * time.Minute

// TestNationalScale loads the made-up nation at full size and asks a server for everything that adds up, and for tiles
// of every layer. JINGWEI_ORGANIZATIONS and JINGWEI_REPORTS make it smaller. JINGWEI_NATIONAL_DATA names a data
// directory that is kept, so that the next time nothing must be loaded. With JINGWEI_NATIONAL_URL only the tiles of a
// server that runs already are walked over.
func TestNationalScale(t *testing.T) {
	if base := os.Getenv("JINGWEI_NATIONAL_URL"); base != "" {
		walkAll(t, base)
		return
	}
	needsNational(t)
	s := scale{dir: nationalDir(t), organizations: sizeOr(t, "JINGWEI_ORGANIZATIONS", 5_250_000), reports: sizeOr(t, "JINGWEI_REPORTS", 20_000_000)}
	lines := boundaryFile(t, "cn-lines.geojson") // before the hours of loading: without the file the test is skipped
	s.loadTwice(t)
	began := time.Now()
	p := start(t, s.dir, "--no-sample")
	p.waitReady(t, readyWithin)
	t.Logf("organizations were ready %.1f s after the start of the server", time.Since(began).Seconds())
	p.awaitLoaded(t, readyWithin)
	t.Logf("reports were ready %.1f s after the start of the server; it took at most %d MiB; load of the machine %s", time.Since(began).Seconds(), peak(p.cmd.Process.Pid), load())
	url, _, err := private.Running(t.Context(), s.dir, "jingwei")
	if err != nil {
		t.Fatal(err)
	}
	conn := connect(t, url)
	ensureBoundaries(t, conn, url, lines)
	t.Run("counts", func(t *testing.T) { s.checkCounts(t, p, conn) })
	t.Run("walk", func(t *testing.T) { walkAll(t, p.url) })
	t.Logf("the server took at most %d MiB", peak(p.cmd.Process.Pid))
}

// scale is a made-up nation of some size in a data directory.
type scale struct {
	dir                    string
	organizations, reports int
}

func nationalDir(t *testing.T) string {
	t.Helper()
	dir := os.Getenv("JINGWEI_NATIONAL_DATA")
	if dir == "" {
		return geotest.DiskFolder(t)
	}
	if !filepath.IsAbs(dir) {
		dir = geotest.Path(dir) // as make sees it
	}
	return dir
}

func sizeOr(t *testing.T, name string, otherwise int) int {
	t.Helper()
	text := os.Getenv(name)
	if text == "" {
		return otherwise
	}
	n, err := strconv.Atoi(text)
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return n
}

// loadTwice loads until a load has nothing to write, which is the second at the latest.
func (s scale) loadTwice(t *testing.T) {
	t.Helper()
	l := s.load(t)
	if l.Organizations.Total != s.organizations || l.Reports.Total != s.reports {
		t.Fatalf("loaded %+v, want %d organizations and %d reports", l, s.organizations, s.reports)
	}
	if l.written() == 0 {
		t.Logf("%s held everything already", s.dir)
		return
	}
	if again := s.load(t); again.written() != 0 {
		t.Errorf("loaded again: %+v", again)
	}
}

// load runs the program to its end, without a server, and logs what it took. The memory is the program's own: what the
// kernel tells at its end would be that of its PostgreSQL.
func (s scale) load(t *testing.T) loaded {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), binary(t), "--json", "sample", "load", "--scale", "national", "--data-dir", s.dir,
		"--organizations", strconv.Itoa(s.organizations), "--reports", strconv.Itoa(s.reports))
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	began := time.Now()
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	most, err := memoryUntil(ended, cmd.Process.Pid)
	var l loaded
	if err == nil {
		err = json.Unmarshal(out.Bytes(), &l)
	}
	if err != nil {
		t.Fatalf("sample load: %v\n%s%s", err, &out, &errs)
	}
	t.Logf("load: %d rows in %.0f s, at most %d MiB; load of the machine %s", l.written(), time.Since(began).Seconds(), most, load())
	t.Logf("load: divisions %d in %.0f s", l.Divisions.New, l.Divisions.Seconds)
	for name, part := range map[string]loadedPart{"organizations": l.Organizations, "grids": l.Grids, "reports": l.Reports} {
		t.Logf("load: %s %d of %d in %.0f s, %.0f per second", name, part.New, part.Total, part.Seconds, float64(part.New)/max(part.Seconds, 1e-3))
	}
	return l
}

// memoryUntil returns the most memory in MiB that a process had, and its end.
func memoryUntil(ended <-chan error, pid int) (mib int, err error) {
	tick := time.NewTicker(100 * time.Millisecond)
	defer tick.Stop()
	for {
		select {
		case err = <-ended:
			return mib, err
		case <-tick.C:
			mib = max(mib, peak(pid))
		}
	}
}

// awaitLoaded waits until every index is loaded, also those that a server is ready without.
func (p *program) awaitLoaded(t *testing.T, most time.Duration) {
	t.Helper()
	eventually(t, most, func() error {
		var health struct{ Loading []string }
		p.get(t, "/readyz").decode(t, &health)
		if len(health.Loading) > 0 {
			return fmt.Errorf("still loading %v", health.Loading)
		}
		return nil
	})
}

// ensureBoundaries imports the levels of boundaries that the database lacks, beside the server.
func ensureBoundaries(t *testing.T, conn *pgx.Conn, url, lines string) {
	t.Helper()
	has := func(question string) (found bool) {
		if err := conn.QueryRow(t.Context(), question).Scan(&found); err != nil {
			t.Fatal(err)
		}
		return found
	}
	expect := func(i boundaryImport) {
		t.Logf("boundaries: %s in %.1f s, at most %d MiB", i.tally(), i.took.Seconds(), i.peak>>20)
		if i.exit != 0 || i.New == 0 {
			t.Errorf("boundaries: exit %d, %s\n%s", i.exit, i.tally(), i.said)
		}
	}
	for n, level := range []string{"province", "prefecture", "county"} {
		if !has(fmt.Sprintf("select exists (select from jingwei.division_shape where level = %d)", n+1)) {
			expect(importBoundaries(t, url, boundaryFile(t, "cn-"+level+".geojson.gz"), "--level", level, "--default"))
		}
	}
	if !has("select exists (select from jingwei.boundary_line)") {
		expect(importBoundaries(t, url, lines))
	}
}

const (
	sqlOrganizationsToday = ` from jingwei.organization_version v where upper_inf(v.recorded) and v.valid @> (now() at time zone 'Asia/Shanghai')::date and `
	sqlReportsToday       = ` from jingwei.report r join jingwei.report_category c on c.code = r.category
		where (r.received_at at time zone 'Asia/Shanghai')::date <= (now() at time zone 'Asia/Shanghai')::date and `
)

// checkCounts compares what both editions count with SQL.
func (s scale) checkCounts(t *testing.T, p *program, conn *pgx.Conn) {
	for question, want := range map[string]int{
		"select '', count(*) from jingwei.organization_version": s.organizations,
		"select '', count(*) from jingwei.report":               s.reports,
	} {
		if got := sum(counted(t, conn, question)); got != want {
			t.Errorf("%s: %d, want %d", question, got, want)
		}
	}
	for _, edition := range []struct {
		name, organizations, reports string
		header                       []string
	}{
		{"public", "v.status = 'active'", "r.visibility = 'public' and not c.sensitive", nil},
		{"internal", "true", "true", []string{"Authorization", "Bearer " + p.token(t)}},
	} {
		kinds := counted(t, conn, "select v.kind, count(*)"+sqlOrganizationsToday+edition.organizations+" group by 1")
		expectCounts(t, edition.name+" tile of organizations by kind", kinds, p.worldTile(t, "organizations", "kind", edition.header...))
		expectCounts(t, edition.name+" list of organizations by kind", kinds, p.listedKinds(t, sum(kinds), edition.header...))
		categories := counted(t, conn, "select r.category, count(*)"+sqlReportsToday+edition.reports+" group by 1")
		expectCounts(t, edition.name+" tile of reports by category", categories, p.worldTile(t, "reports", "category", edition.header...))
		provinces := counted(t, conn, "select (v.division_code / 10000000000)::text || '0000000000', count(*)"+sqlOrganizationsToday+edition.organizations+" group by 1")
		expectCounts(t, edition.name+" organizations by province", provinces, p.provinces(t, sum(kinds), edition.header...))
		t.Logf("%s: %d organizations of %d kinds in %d provinces, %d reports of %d categories", edition.name, sum(kinds), len(kinds), len(provinces), sum(categories), len(categories))
	}
}

// expectCounts compares counts by name; there must be some.
func expectCounts(t *testing.T, what string, want, got map[string]int) {
	t.Helper()
	if diff := cmp.Diff(want, got); diff != "" || sum(got) == 0 {
		t.Errorf("%s: %d in all, SQL counts %d (-SQL +server):\n%s", what, sum(got), sum(want), diff)
	}
}

func counted(t *testing.T, conn *pgx.Conn, question string) map[string]int {
	t.Helper()
	rows, err := conn.Query(t.Context(), question)
	if err != nil {
		t.Fatal(err)
	}
	counts := map[string]int{}
	var name string
	var n int
	if _, err := pgx.ForEachRow(rows, []any{&name, &n}, func() error {
		counts[name] = n
		return nil
	}); err != nil {
		t.Fatalf("%s: %v", question, err)
	}
	return counts
}

func sum(counts map[string]int) (n int) {
	for _, count := range counts {
		n += count
	}
	return n
}

// worldTile returns how many points of each value of the column the tile of zoom 0 shows. In each of its clusters they
// must add up to the cluster.
func (p *program) worldTile(t *testing.T, layer, column string, header ...string) map[string]int {
	t.Helper()
	counts := map[string]int{}
	for _, f := range p.features(t, layer, 0, 0, 0, "", header...) {
		total := number(t, f, "point_count")
		if total == 0 {
			value, _ := f.Property(column)
			counts[fmt.Sprint(value)]++
			continue
		}
		for _, property := range f.Properties {
			if value, ok := strings.CutPrefix(property.Key, "count_"); ok {
				n := number(t, f, property.Key)
				counts[value] += n
				total -= n
			}
		}
		if total != 0 {
			t.Errorf("%s: a cluster has %d points more than it counts by %s", layer, total, column)
		}
	}
	return counts
}

// listedKinds returns the counts by kind of the list of organizations, which must match as many as are wanted.
func (p *program) listedKinds(t *testing.T, want int, header ...string) map[string]int {
	t.Helper()
	var list struct {
		NumberMatched int
		Counts        struct{ Kind map[string]int }
	}
	p.get(t, "/api/organizations?limit=1", header...).decode(t, &list)
	if list.NumberMatched != want {
		t.Errorf("the list matches %d organizations, SQL %d", list.NumberMatched, want)
	}
	return list.Counts.Kind
}

// provinces returns the counts of the provinces that have any, which must add up to the total and to what is wanted.
func (p *program) provinces(t *testing.T, want int, header ...string) map[string]int {
	t.Helper()
	var list struct {
		Items []struct {
			Code          string
			Organizations int
		}
		Total int
	}
	p.get(t, "/api/divisions/counts?by=province", header...).decode(t, &list)
	counts := map[string]int{}
	for _, item := range list.Items {
		if item.Organizations > 0 {
			counts[item.Code] += item.Organizations
		}
	}
	if sum(counts) != list.Total || list.Total != want {
		t.Errorf("the provinces have %d organizations, in all there are %d, in SQL %d: %v", sum(counts), list.Total, want, slices.Sorted(maps.Keys(counts)))
	}
	return counts
}
