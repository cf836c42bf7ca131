package main_test

import (
	"encoding/json"
	"fmt"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"

	"jingwei/geo/geotest"
	"jingwei/geo/postgis/private"
)

// TestNational imports the whole country beside a server, each file twice, and prints times and memory. All the time an
// editor writes by HTTP: everybody sees its edits within a second. It takes minutes: make test-national runs it.
func TestNational(t *testing.T) {
	needsNational(t)
	files := nation(t)
	p := serve(t, geotest.DiskFolder(t), "--no-sample")
	url, _, err := private.Running(t.Context(), p.dataDir, "jingwei")
	if err != nil {
		t.Fatal(err)
	}
	conn := connect(t, url)
	if _, err := conn.Exec(t.Context(), `insert into jingwei.division (code, level, name, valid) values (990000000000, 1, '编辑', '[2000-01-01,)')`); err != nil {
		t.Fatal(err)
	}
	e, stop := editing(t, p, "990000000000")
	e.enter("0 nothing else")
	eventually(t, time.Minute, func() error { return e.edited(30) })
	for _, step := range []struct {
		phase string
		args  []string
		want  [7]int // read, new, changed, unchanged, kept, skipped, refused
	}{
		{"1 divisions", []string{"divisions", files.table}, [7]int{665_276, 665_276}},
		{"2 divisions again", []string{"divisions", files.table}, [7]int{665_276, 0, 0, 665_276}},
		{"3 history", []string{"divisions", "--history", files.history}, [7]int{6823, 6816, 0, 7}},
		{"4 history again", []string{"divisions", "--history", files.history}, [7]int{6823, 0, 0, 6823}},
		{"6 organizations", []string{"organizations", "--from-divisions", files.table}, [7]int{665_276, 611_793, 0, 0, 0, 53_483}},
		{"8 organizations again", []string{"organizations", "--from-divisions", files.table}, [7]int{665_276, 0, 0, 611_793, 0, 53_483}},
	} {
		if step.args[0] == "organizations" && step.want[1] > 0 {
			e.enter("5 boundaries")
			nationalBoundaries(t, url)
		}
		e.enter(step.phase)
		if got := measured(t, url, step.args...); got.counts() != step.want {
			t.Errorf("%s: %v, want %v; %+v", step.phase, got.counts(), step.want, got.Refusals)
		}
		t.Logf("load of the machine %s; the server took at most %d MiB so far", load(), peak(p.cmd.Process.Pid))
		if step.args[0] == "organizations" && step.want[1] > 0 {
			e.enter("7 the index is loaded anew")
			p.awaitMatched(t, step.want[1])
		}
	}
	stop()
	e.report(t)
	checkNational(t, conn)
	p.expectEqualWithin(t, conn, 5*time.Minute)
	t.Logf("the server took at most %d MiB", peak(p.cmd.Process.Pid))
}

// nationalBoundaries imports all levels and the lines, each twice.
func nationalBoundaries(t *testing.T, url string) {
	t.Helper()
	for _, c := range []struct {
		level            string
		units, unmatched int
	}{{"province", 34, 3}, {"prefecture", 375, 42}, {"county", 2891, 45}} {
		for n := range 2 {
			i := importBoundaries(t, url, boundaryFile(t, "cn-"+c.level+".geojson.gz"), "--level", c.level, "--default")
			t.Logf("boundaries of each %s: %s in %.1f s, at most %d MiB; repaired %v", c.level, i.tally(), i.took.Seconds(), i.peak>>20, i.Repaired)
			if i.exit != 0 || i.Read != c.units || i.New != c.units*(1-n) || i.Unchanged != c.units*n || len(i.Unmatched) != c.unmatched {
				t.Errorf("boundaries of each %s: exit %d, %s\n%s", c.level, i.exit, i.tally(), i.said)
			}
		}
	}
	if i := importBoundaries(t, url, boundaryFile(t, "cn-lines.geojson")); i.exit != 0 || i.New != 4 {
		t.Errorf("lines: exit %d, %s", i.exit, i.tally())
	}
}

// awaitMatched waits until the list shows as many organizations.
func (p *program) awaitMatched(t *testing.T, least int) {
	t.Helper()
	began := time.Now()
	eventually(t, 5*time.Minute, func() error {
		var list struct{ NumberMatched int }
		p.get(t, "/api/organizations?limit=1").decode(t, &list)
		if list.NumberMatched < least {
			return fmt.Errorf("%d organizations, want %d", list.NumberMatched, least)
		}
		return nil
	})
	t.Logf("the index had all %d organizations %.1f s after the import", least, time.Since(began).Seconds())
}

// measured runs an import, which must refuse nothing, and logs what it took.
func measured(t *testing.T, url string, args ...string) imported {
	t.Helper()
	began := time.Now()
	cmd := exec.CommandContext(t.Context(), binary(t), append([]string{"--json", "import", args[0], "--database", url}, args[1:]...)...)
	var errs strings.Builder
	cmd.Stderr = &errs
	out, err := cmd.Output()
	var got imported
	if err == nil {
		err = json.Unmarshal(out, &got)
	}
	if err != nil {
		t.Fatalf("import %v: %v\n%s%s", args, err, out, errs.String())
	}
	peak := cmd.ProcessState.SysUsage().(*syscall.Rusage).Maxrss / 1024
	t.Logf("import %v: %.0f s, of them %.0f s CPU of the client, at most %d MiB", args, time.Since(began).Seconds(), cmd.ProcessState.UserTime().Seconds(), peak)
	return got
}

func checkNational(t *testing.T, conn *pgx.Conn) {
	t.Helper()
	for question, want := range map[string][]int{
		`select count(*) from jingwei.division where valid @> date '2023-06-30' and code < 990000000000 group by level order by level`:       {31, 342, 2978, 41_352, 620_573},
		`select count(*) from jingwei.organization_version where upper_inf(recorded) and author = 'import' group by kind order by kind desc`: {487_144, 124_649},
		`select count(*) from jingwei.division_succession`: {4365},
		`select count(*) from jingwei.division d where d.level > 1 and d.valid @> date '2023-06-30' and not exists (select from jingwei.division p where p.code = d.parent and p.level < d.level and p.valid @> date '2023-06-30')`: {0},
	} {
		rows, err := conn.Query(t.Context(), question)
		if err != nil {
			t.Fatal(err)
		}
		got, err := pgx.CollectRows(rows, pgx.RowTo[int])
		if diff := cmp.Diff(want, got); diff != "" || err != nil {
			t.Errorf("%s: %v (-want +got):\n%s", question, err, diff)
		}
	}
}
