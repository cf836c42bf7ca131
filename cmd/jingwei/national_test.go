package main_test

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"

	"jingwei/geo/geotest"
)

// TestNational imports the divisions of the whole country, their history and their committees, each twice, and prints
// times and memory. It takes minutes: make test-national runs it.
func TestNational(t *testing.T) {
	if os.Getenv("JINGWEI_NATIONAL") == "" {
		t.Skip("full size takes minutes: make test-national runs it")
	}
	table := geotest.Shared(t, "data", "divisions", "divisions-5level-nbs2023.csv.gz")
	history := geotest.Shared(t, "data", "divisions", "gb2260-history-1981-2024.csv")
	counties := geotest.Shared(t, "data", "counties.csv")
	url := geotest.Database(t)
	conn := connect(t, url)
	for _, step := range []struct {
		args []string
		want [7]int // read, new, changed, unchanged, kept, skipped, refused
	}{
		{[]string{"divisions", table}, [7]int{665_276, 665_276}},
		{[]string{"divisions", table}, [7]int{665_276, 0, 0, 665_276}},
		{[]string{"divisions", "--history", history}, [7]int{6823, 6816, 0, 7}},
		{[]string{"divisions", "--history", history}, [7]int{6823, 0, 0, 6823}},
		{[]string{"organizations", table}, [7]int{665_276, 611_793, 0, 0, 0, 53_483}},
		{[]string{"organizations", table}, [7]int{665_276, 0, 0, 611_793, 0, 53_483}},
	} {
		if step.args[0] == "organizations" && step.want[1] > 0 {
			labelCounties(t, conn, counties)
		}
		if got := measured(t, url, step.args...); got.counts() != step.want {
			t.Errorf("import %s: %v, want %v; %+v", step.args, got.counts(), step.want, got.Refusals)
		}
	}
	checkNational(t, conn)
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

// labelCounties gives each county its point, and each division above it the middle of its counties.
func labelCounties(t *testing.T, conn *pgx.Conn, path string) {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var codes []int64
	var lons, lats []float64
	for line := range strings.Lines(string(text)) {
		f := strings.Split(line, ",")
		var code int64
		var lon, lat float64
		if n, _ := fmt.Sscan(strings.Join([]string{f[0], f[4], f[5]}, " "), &code, &lon, &lat); n == 3 {
			codes, lons, lats = append(codes, code*1_000_000), append(lons, lon), append(lats, lat)
		}
	}
	for _, size := range []int64{1, 100_000_000, 10_000_000_000} {
		_, err = conn.Exec(t.Context(), `
			update jingwei.division d set label = st_setsrid(st_makepoint(p.lon, p.lat), 4326)
			from (select code / $4 * $4 as code, avg(lon) as lon, avg(lat) as lat
			      from unnest($1::bigint[], $2::float8[], $3::float8[]) u (code, lon, lat) group by 1) p
			where d.code = p.code and d.label is null and d.valid @> date '2023-06-30'`, codes, lons, lats, size)
		if err != nil {
			t.Fatal(err)
		}
	}
}

func checkNational(t *testing.T, conn *pgx.Conn) {
	t.Helper()
	for question, want := range map[string][]int{
		`select count(*) from jingwei.division where valid @> date '2023-06-30' group by level order by level`:         {31, 342, 2978, 41_352, 620_573},
		`select count(*) from jingwei.organization_version where upper_inf(recorded) group by kind order by kind desc`: {487_144, 124_649},
		`select count(*) from jingwei.division_succession`:                                                             {4365},
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
