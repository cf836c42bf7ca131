package main_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"

	"jingwei/geo/geotest"
)

// loaded is what "jingwei sample load --scale national" says to machines.
type loaded struct {
	Divisions struct {
		New, Changed, Unchanged, Labels int
		Seconds                         float64
	}
	Organizations, Grids, Reports loadedPart
}

type loadedPart struct {
	Total, New int
	Seconds    float64
}

// written is how many rows the load wrote.
func (l loaded) written() int {
	return l.Divisions.New + l.Divisions.Changed + l.Divisions.Labels + l.Organizations.New + l.Grids.New + l.Reports.New
}

func sampleLoad(t testing.TB, url string, sizes ...string) *exec.Cmd {
	t.Helper()
	return exec.CommandContext(t.Context(), binary(t), append([]string{"--json", "sample", "load", "--scale", "national", "--database", url}, sizes...)...)
}

// loadNational runs a load to its end and returns what it says, or why it refused.
func loadNational(t testing.TB, url string, sizes ...string) (loaded, string) {
	t.Helper()
	cmd := sampleLoad(t, url, sizes...)
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	err := cmd.Run()
	var exit *exec.ExitError
	if errors.As(err, &exit) && exit.ExitCode() == 1 {
		lines := strings.Split(strings.TrimSpace(errs.String()), "\n")
		return loaded{}, lines[len(lines)-1]
	}
	var l loaded
	if err == nil {
		err = json.Unmarshal(out.Bytes(), &l)
	}
	if err != nil {
		t.Fatalf("sample load %v: %v\n%s%s", sizes, err, &out, &errs)
	}
	return l, ""
}

// divisionsDatabase returns a database that holds the divisions of the nation and nobody.
func divisionsDatabase(t testing.TB) string {
	t.Helper()
	info, err := os.Stat(binary(t))
	if err != nil {
		t.Fatal(err)
	}
	return geotest.DatabaseFrom(t, fmt.Sprintf("nation_%x", info.ModTime().UnixNano()), func(ctx context.Context, url string) error {
		out, err := exec.CommandContext(ctx, binary(t), "sample", "load", "--scale", "national", "--organizations", "0", "--reports", "0", "--seed", "9", "--database", url).CombinedOutput()
		if err != nil {
			return fmt.Errorf("sample load: %w\n%s", err, out)
		}
		return nil
	})
}

// sums are of everything that was generated, with ids counted from the first of their part.
const sums = `
with base as (select substr(name, 20) as part, base from jingwei.sample_part where name like '%seed 1')
select 'organizations', count(*)::text, coalesce(sum(hashtextextended(concat_ws('|', v.organization_id - b.base, v.parent_id - b.base,
       nlevel(v.path), v.kind, v.level, v.status, v.name, v.short_name, v.division_code, v.lon_e7, v.lat_e7, v.location_source,
       v.location_accuracy_m, v.location_state, v.address, st_astext(v.jurisdiction), v.valid), 0)::numeric), 0)::text
from jingwei.organization_version v, base b where b.part like '%organizations%'
union all
select 'grids', count(*)::text, coalesce(sum(hashtextextended(concat_ws('|', g.id - b.base, g.code, g.kind, g.name, g.division_code,
       g.organization_id - (select o.base from base o where o.part like '%organizations%'), st_astext(g.geometry), g.valid), 0)::numeric), 0)::text
from jingwei.grid g, base b where b.part like '%grids%'
union all
select 'reports', count(*)::text, coalesce(sum(hashtextextended(concat_ws('|', r.id - b.base, r.category, r.text, r.lon_e7, r.lat_e7,
       r.division_code, r.grid_id - (select o.base from base o where o.part like '%grids%'),
       r.organization_id - (select o.base from base o where o.part like '%organizations%'), r.state, r.status, r.visibility,
       r.channel, r.duplicate_of - b.base, extract(epoch from r.received_at), extract(epoch from r.closed_at), r.redo, r.handover), 0)::numeric), 0)::text
from jingwei.report r, base b where b.part like '%reports%'
union all
select 'divisions', count(*)::text, sum(hashtextextended(concat_ws('|', d.code, d.level, d.parent, d.kind, d.name, d.pinyin, d.valid, st_astext(d.label)), 0)::numeric)::text
from jingwei.division d`

func contents(t testing.TB, conn *pgx.Conn) map[string][2]string {
	t.Helper()
	rows, err := conn.Query(t.Context(), sums)
	if err != nil {
		t.Fatal(err)
	}
	out := map[string][2]string{}
	var name, count, sum string
	if _, err := pgx.ForEachRow(rows, []any{&name, &count, &sum}, func() error {
		out[name] = [2]string{count, sum}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	return out
}

// TestNationalSample loads a small national sample on all divisions: twice changes nothing, other sizes are refused, and
// a load that is killed and repeated ends like one that was not. All divisions take a minute: make test-national runs it.
func TestNationalSample(t *testing.T) {
	needsNational(t)
	sizes := []string{"--organizations", "40000", "--reports", "60000"}
	url := divisionsDatabase(t)
	conn := connect(t, url)
	got, refused := loadNational(t, url, sizes...)
	if refused != "" || got.Divisions.Unchanged != 665_276 || got.Organizations.New != 40_000 || got.Grids.New != 2000 || got.Reports.New != 60_000 {
		t.Fatalf("%+v %s", got, refused)
	}
	whole := contents(t, conn)
	checkRules(t, conn)
	again, _ := loadNational(t, url, sizes...)
	if again.written() != 0 {
		t.Errorf("loaded twice: %+v", again)
	}
	for _, other := range [][]string{{"--organizations", "40001", "--reports", "60000"}, {"--organizations", "40000", "--reports", "59999"}} {
		if _, refused := loadNational(t, url, other...); !strings.Contains(refused, "this database holds the sample of seed 1 with") {
			t.Errorf("%v: %q", other, refused)
		}
	}
	if diff := cmp.Diff(whole, contents(t, conn)); diff != "" {
		t.Errorf("loaded twice (-once +twice):\n%s", diff)
	}
	killed := killedLoads(t, sizes)
	if diff := cmp.Diff(whole, killed); diff != "" {
		t.Errorf("killed (-whole +killed):\n%s", diff)
	}
}

// killedLoads kills a load in each of its parts, completes it, and returns what is there then.
func killedLoads(t *testing.T, sizes []string) map[string][2]string {
	t.Helper()
	url := divisionsDatabase(t)
	conn := connect(t, url)
	for _, part := range []string{"organizations", "reports"} {
		cmd := sampleLoad(t, url, sizes...)
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		eventually(t, 5*time.Minute, func() error {
			var done, total int
			err := conn.QueryRow(t.Context(), `select coalesce(sum(done), 0), coalesce(sum(total), 0) from jingwei.sample_part where name like '%' || $1 || ' of seed 1'`, part).Scan(&done, &total)
			if err != nil {
				return fatal{err}
			}
			if done == 0 {
				return fmt.Errorf("%d of %d %s", done, total, part)
			}
			if done == total {
				t.Errorf("the load of %s was over before it was killed", part)
			}
			return nil
		})
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	}
	got, refused := loadNational(t, url, sizes...)
	if refused != "" || got.Organizations.New != 0 || got.Reports.New == 0 || got.Reports.New == got.Reports.Total {
		t.Errorf("after two kills: %+v %s", got, refused)
	}
	return contents(t, conn)
}

// checkRules asks the database what the generator promises of shapes and trees.
func checkRules(t *testing.T, conn *pgx.Conn) {
	t.Helper()
	for question, want := range map[string]int{
		`select count(*) from jingwei.organization_version where jurisdiction is not null and not (st_isvalid(jurisdiction) and st_contains(jurisdiction, location))`:       0,
		`select count(*) from jingwei.organization_version where level = 'township' and jurisdiction is null`:                                                               0,
		`select count(*) from jingwei.organization_version where parent_id is null`:                                                                                         31,
		`select count(*) from jingwei.organization_version where parent_id >= organization_id`:                                                                              0,
		`select count(*) from jingwei.grid a join jingwei.grid b on a.id < b.id and a.division_code = b.division_code and st_relate(a.geometry, b.geometry, '2********')`:   0,
		`select count(*) from jingwei.report r join jingwei.grid g on g.id = r.grid_id where not st_contains(g.geometry, r.location) or g.division_code <> r.division_code`: 0,
		`select count(*) from jingwei.report r join jingwei.report o on o.id = r.duplicate_of where o.received_at >= r.received_at or o.category <> r.category
		 or st_distancesphere(o.location, r.location) > 60`: 0,
		`select count(*) from jingwei.report where duplicate_of is null and state = 'duplicate'`:                                                                         0,
		`select count(*) from jingwei.report r join jingwei.report_category c on c.code = r.category where r.due_at <> r.received_at + c.due_days * interval '24 hours'`: 0,
		`select count(*) from jingwei.division where level < 4 and label is null`:                                                                                        0,
	} {
		got := -1
		if err := conn.QueryRow(t.Context(), question).Scan(&got); err != nil || got != want {
			t.Errorf("%s: %d, want %d, %v", question, got, want, err)
		}
	}
}
