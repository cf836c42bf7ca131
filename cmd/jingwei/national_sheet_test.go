package main_test

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/xuri/excelize/v2"

	"jingwei/geo"
	"jingwei/geo/geotest"
	"jingwei/geo/postgis/private"
)

// sqlSheet has a row per village and residents' committee, at the point of the county or what is below it.
const sqlSheet = `
select 'N' || d.code, d.name, case d.kind when 'village_committee' then '村民委员会' else '居委会' end, '村级', d.code::text,
       to_char(st_x(p.label), 'FM999.0000000'), to_char(st_y(p.label), 'FM999.0000000'), '委员会路' || d.code % 1000 || '号', '0571-' || d.code % 100000000
from jingwei.division d
join lateral (
    select u.label from jingwei.division u
    where u.code in (d.code, d.code / 1000 * 1000, d.code / 1000000 * 1000000, d.code / 100000000 * 100000000, d.code / 10000000000 * 10000000000) and u.label is not null
    order by u.level desc limit 1) p on true
where d.kind in ('village_committee', 'residents_committee')
order by d.code`

var sheetHeader = []string{"组织编码", "组织名称", "类别", "级别", "行政区划代码", "经度", "纬度", "地址", "联系电话"}

// TestNationalSheets imports all committees of the country from a text and from a workbook, each into the same database anew, with
// time and peak memory of the program.
func TestNationalSheets(t *testing.T) {
	needsNational(t)
	files := nation(t)
	dir := geotest.DiskFolder(t)
	serve(t, dir, "--no-sample")
	url, _, err := private.Running(t.Context(), dir, "jingwei")
	if err != nil {
		t.Fatal(err)
	}
	measured(t, url, "divisions", files.table)
	nationalBoundaries(t, url)
	conn := connect(t, url)
	text, book := writeSheets(t, conn)
	for _, file := range []string{text, book} {
		// Steps of a verification are refused to be taken away, but by replication.
		const empty = `set session_replication_role = replica; truncate jingwei.organization_version, jingwei.organization, jingwei.import_job cascade; reset session_replication_role`
		if _, err := conn.Exec(t.Context(), empty); err != nil {
			t.Fatal(err)
		}
		got := measuredSheet(t, url, file)
		if c := got.Counts; c.Rows != 611_793 || c.Made != c.Rows-c.Refused || c.Refused > 1000 {
			t.Errorf("%s: %+v", filepath.Base(file), c)
		}
	}
	renamedNationKilled(t, url, conn, text)
}

// sqlSheetDigest is all that is said now of organizations that exist, but for ids of rows and times.
const sqlSheetDigest = `
select count(*) || ' ' || coalesce(sum(hashtextextended(concat_ws('|', o.code, v.organization_id, v.valid, v.parent_id, v.path, v.kind, v.level, v.status, v.name,
    v.pinyin, v.initials, v.division_code, v.lon_e7, v.lat_e7, v.location_source, v.location_accuracy_m, v.location_state, v.address, v.phone), 0)::numeric), 0)
from jingwei.organization o join jingwei.organization_version v on v.organization_id = o.id
where o.retired is null and upper_inf(v.recorded)`

// renamedNationKilled brings the table once more, with other names, to a server that is killed in the middle; another one goes on.
// Nothing is there twice, and the undo restores the state before.
func renamedNationKilled(t *testing.T, url string, conn *pgx.Conn, table string) {
	t.Helper()
	digest := func() (text string) {
		if err := conn.QueryRow(t.Context(), sqlSheetDigest).Scan(&text); err != nil {
			t.Fatal(err)
		}
		return text
	}
	before := digest()
	job := importThere{serve(t, t.TempDir(), "--database", url, "--no-sample"), 20 * time.Minute}
	id := job.upload(t, renamed(t, table))
	job.do(t, id, "check")
	if j := job.await(t, id, func(j importState) bool { return j.State != "checking" }); j.State != "checked" || j.Counts.Changed != 611_793 {
		t.Fatalf("%+v", j)
	}
	began := time.Now()
	job.do(t, id, "run")
	j := job.await(t, id, func(j importState) bool { return j.Progress.Done > 200_000 })
	if j.State != "running" {
		t.Fatalf("it was done before it could be killed: %+v", j)
	}
	killed := j.Progress.Done
	job.kill()
	job.program = serve(t, t.TempDir(), "--database", url, "--no-sample")
	if j = job.await(t, id, func(j importState) bool { return j.State != "running" }); j.State != "done" || j.Counts.Altered != 611_793 {
		t.Fatalf("%+v", j)
	}
	ran := time.Since(began)
	var rows, organizations, named, noted int
	if err := conn.QueryRow(t.Context(), `select count(*), count(distinct v.organization_id), count(*) filter (where v.name like '%改' and upper_inf(v.valid)),
		(select count(*) from jingwei.import_write w where w.job_id = $1) from jingwei.organization_version v where upper_inf(v.recorded)`, id).Scan(&rows, &organizations, &named, &noted); err != nil {
		t.Fatal(err)
	}
	if organizations != 611_793 || named != organizations || noted != organizations || rows > 2*organizations {
		t.Errorf("%d rows of %d organizations, %d renamed, %d writes", rows, organizations, named, noted)
	}
	began = time.Now()
	job.do(t, id, "undo")
	if j = job.await(t, id, func(j importState) bool { return j.State != "undoing" }); j.State != "undone" || j.Counts.Undone != 611_793 {
		t.Errorf("%+v", j)
	}
	t.Logf("renamed and killed after %d rows: %.0f s with the restart; undone in %.0f s; load of the machine %s", killed, ran.Seconds(), time.Since(began).Seconds(), load())
	if after := digest(); after != before {
		t.Errorf("the undo left %s, not %s", after, before)
	}
}

// renamed returns a table with other names.
func renamed(t *testing.T, table string) string {
	t.Helper()
	f, err := os.Open(table)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range rows[1:] {
		row[1] += "改"
	}
	var out bytes.Buffer
	if err := csv.NewWriter(&out).WriteAll(rows); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

// writeSheets writes the committees as a text and as a workbook.
func writeSheets(t *testing.T, conn *pgx.Conn) (text, book string) {
	t.Helper()
	text, book = filepath.Join(t.TempDir(), "committees.csv"), filepath.Join(t.TempDir(), "committees.xlsx")
	f, err := os.Create(text)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	lines := csv.NewWriter(f)
	workbook := excelize.NewFile()
	defer workbook.Close()
	stream, err := workbook.NewStreamWriter("Sheet1")
	if err != nil {
		t.Fatal(err)
	}
	row := 0
	put := func(values []string) {
		row++
		cells := make([]any, len(values))
		for i, v := range values {
			cells[i] = v
		}
		at, err := excelize.CoordinatesToCellName(1, row)
		if err == nil {
			err = stream.SetRow(at, cells)
		}
		if err == nil {
			err = lines.Write(values)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	put(sheetHeader)
	rows, err := conn.Query(t.Context(), sqlSheet)
	if err != nil {
		t.Fatal(err)
	}
	values := make([]string, len(sheetHeader))
	into := make([]any, len(values))
	for i := range values {
		into[i] = &values[i]
	}
	if _, err := pgx.ForEachRow(rows, into, func() error { put(values); return nil }); err != nil {
		t.Fatal(err)
	}
	lines.Flush()
	if err := stream.Flush(); err != nil {
		t.Fatal(err)
	}
	if err := workbook.SaveAs(book); err != nil {
		t.Fatal(err)
	}
	return text, book
}

// sheetReport is what the command says of a table of organizations.
type sheetReport struct {
	Job    geo.ID
	State  string
	Counts geo.ImportCounts
}

func measuredSheet(t *testing.T, url, file string) sheetReport {
	t.Helper()
	began := time.Now()
	cmd := exec.CommandContext(t.Context(), binary(t), "--json", "import", "organizations", "--database", url, file)
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	err := cmd.Run()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	var got sheetReport
	if err := json.Unmarshal(out.Bytes(), &got); err != nil {
		t.Fatalf("%v in %s\n%s", err, &out, &errs)
	}
	t.Logf("%s: %.1f s, of them %.1f s CPU of the client, at most %d MiB; load of the machine %s; %+v", filepath.Base(file), time.Since(began).Seconds(),
		cmd.ProcessState.UserTime().Seconds(), cmd.ProcessState.SysUsage().(*syscall.Rusage).Maxrss/1024, load(), got.Counts)
	return got
}
