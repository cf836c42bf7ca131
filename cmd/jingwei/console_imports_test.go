package main_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"jingwei/geo"
	"jingwei/testdata/sample/sheet"
)

// TestConsoleImports brings a messy workbook of 2,000 rows in a real Chromium, repairs what was refused, and brings that, too:
// api/web/e2e/imports.test.ts.
func TestConsoleImports(t *testing.T) {
	t.Parallel()
	c := newConsoleTest(t, desk{"desktop", "zh"})
	places, dir := samplePlaces(t, c.conn, 2000), t.TempDir()
	var book bytes.Buffer
	faults, err := sheet.Write(&book, places)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "支部名单.xlsx"), book.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	if len(faults) < 12 {
		t.Fatalf("only %d kinds of faults", len(faults))
	}
	stop, repaired := make(chan struct{}), make(chan error, 1)
	go func() { repaired <- repairWhenThere(dir, places, stop) }()
	c.browse(t, "imports", "JINGWEI_TOKEN="+c.token(t), "JINGWEI_FOLDER="+dir)
	close(stop)
	if err := <-repaired; err != nil {
		t.Error(err)
	}
	var n int
	if err := c.conn.QueryRow(t.Context(), `select count(*) from jingwei.organization o join jingwei.organization_version v on v.organization_id = o.id and upper_inf(v.recorded)
		where o.code like 'PL-%' and o.retired is null and v.status = 'active' and (o.code = 'PL-0001') = (v.parent_id is null)`).Scan(&n); err != nil || n != 1960 {
		t.Errorf("%d organizations at the end, %v, want 1960: the second import was undone", n, err)
	}
	if err := c.conn.QueryRow(t.Context(), `select count(*) from jingwei.organization o join jingwei.organization_version v on v.organization_id = o.id and upper_inf(v.recorded)
		where o.code like 'PL-%' and o.retired is null and v.location_accuracy_m <> 20`).Scan(&n); err != nil || n != 0 {
		t.Errorf("%d organizations are not known to the 20 m that were said of the file, %v", n, err)
	}
}

// repairWhenThere repairs the file of refused rows as soon as it is in the folder.
func repairWhenThere(dir string, places []sheet.Place, stop <-chan struct{}) error {
	for {
		f, err := os.Open(filepath.Join(dir, "corrected.xlsx"))
		if err == nil {
			defer f.Close()
			var out bytes.Buffer
			n, err := sheet.Repair(f, &out, places)
			if err == nil && n != 40 {
				err = fmt.Errorf("%d rows to be corrected, not 40", n)
			}
			return errors.Join(err, os.WriteFile(filepath.Join(dir, "part"), out.Bytes(), 0o600), os.Rename(filepath.Join(dir, "part"), filepath.Join(dir, "repaired.xlsx")))
		}
		select {
		case <-stop:
			return errors.New("there was no file to be corrected")
		case <-time.After(100 * time.Millisecond):
		}
	}
}

// samplePlaces are where organizations of the sample stand.
func samplePlaces(t *testing.T, conn *pgx.Conn, n int) []sheet.Place {
	t.Helper()
	rows, err := conn.Query(t.Context(), `select v.division_code, v.lon_e7 / 1e7::float8, v.lat_e7 / 1e7::float8 from jingwei.organization_version v where upper_inf(v.recorded) order by v.row_id limit $1`, n)
	if err != nil {
		t.Fatal(err)
	}
	places, err := pgx.CollectRows(rows, pgx.RowToStructByPos[sheet.Place])
	if err != nil || len(places) != n {
		t.Fatalf("%d places, %v", len(places), err)
	}
	return places
}

// TestImportGoesOnAfterKill kills the server in the middle of an import; another one goes on with it, and nothing is there twice.
func TestImportGoesOnAfterKill(t *testing.T) {
	t.Parallel()
	const rows = 2500
	url := sampleDatabase(t)
	conn := connect(t, url)
	places := samplePlaces(t, conn, rows)
	var text bytes.Buffer
	text.WriteString("编码,名称,类别,上级,区划,经度,纬度\n")
	for i, p := range places {
		superior := ""
		if i > 0 {
			superior = fmt.Sprintf("K%d", i/12)
		}
		fmt.Fprintf(&text, "K%d,断点第%d支部,党支部,%s,%d,%.7f,%.7f\n", i, i, superior, p.Division, p.Lon, p.Lat)
	}
	p := serve(t, t.TempDir(), "--database", url)
	job := importThere{p, time.Minute}
	job.refuses(t)
	id := job.upload(t, text.String())
	job.do(t, id, "check")
	if j := job.await(t, id, func(j importState) bool { return j.State != "checking" }); j.State != "checked" || j.Counts.New != rows {
		t.Fatalf("%+v", j)
	}
	job.do(t, id, "run")
	if j := job.await(t, id, func(j importState) bool { return j.Progress.Done > 0 }); j.State != "running" {
		t.Fatalf("it was done before it could be killed: %+v", j)
	}
	p.kill()
	job = importThere{serve(t, t.TempDir(), "--database", url), time.Minute}
	if j := job.await(t, id, func(j importState) bool { return j.State != "running" }); j.State != "done" || j.Counts.Made != rows {
		t.Fatalf("%+v", j)
	}
	var made, codes, noted, deepest int
	if err := conn.QueryRow(t.Context(), `select count(*), count(distinct o.code), (select count(*) from jingwei.import_write), max(nlevel(v.path))
		from jingwei.organization o join jingwei.organization_version v on v.organization_id = o.id where o.code ~ '^K[0-9]+$'`).Scan(&made, &codes, &noted, &deepest); err != nil {
		t.Fatal(err)
	}
	if made != rows || codes != rows || noted != rows || deepest != 5 {
		t.Errorf("%d versions, %d codes, %d writes, %d levels", made, codes, noted, deepest)
	}
	job.do(t, id, "undo")
	if j := job.await(t, id, func(j importState) bool { return j.State != "undoing" }); j.State != "undone" || j.Counts.Undone != rows {
		t.Errorf("%+v", j)
	}
}

// importThere speaks of imports to a server.
type importThere struct {
	*program
	patience time.Duration
}

type importState struct {
	ID       geo.ID
	State    string
	Counts   geo.ImportCounts
	Progress struct{ Done, Total int }
}

// refuses sends what is no table, or not as a file.
func (i importThere) refuses(t *testing.T) {
	t.Helper()
	for _, c := range []struct {
		kind, query, body string
		status            int
	}{
		{"application/json", "", "{}", http.StatusUnsupportedMediaType}, {"", "", "name\n", http.StatusUnsupportedMediaType},
		{"multipart/form-data; boundary=x", "", "--x\r\nContent-Disposition: form-data; name=\"other\"\r\n\r\nname\r\n--x--\r\n", http.StatusBadRequest},
		{"application/octet-stream", "", "\x89PNG\r\n\x1a\n", http.StatusBadRequest}, {"text/csv", "", "", http.StatusBadRequest},
		{"application/octet-stream", "", "PK\x03\x04 and no more", http.StatusBadRequest}, {"text/csv", "?colour=red", "name\n", http.StatusBadRequest},
	} {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, i.url+"/api/imports"+c.query, bytes.NewReader([]byte(c.body)))
		if err != nil {
			t.Fatal(err)
		}
		if c.kind != "" {
			r.Header.Set("Content-Type", c.kind)
		}
		if a := i.send(t, r); a.status != c.status {
			t.Errorf("%s %q: %d %s, want %d", c.kind, c.body, a.status, a.body, c.status)
		}
	}
}

func (i importThere) upload(t *testing.T, text string) geo.ID {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, i.url+"/api/imports?filename=t.csv", bytes.NewReader([]byte(text)))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", "text/csv")
	var j importState
	i.send(t, r).decode(t, http.StatusCreated, &j)
	return j.ID
}

func (i importThere) send(t *testing.T, r *http.Request) reply {
	t.Helper()
	r.Header.Set("Authorization", "Bearer "+i.token(t))
	a, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer a.Body.Close()
	var body bytes.Buffer
	if _, err := body.ReadFrom(a.Body); err != nil {
		t.Fatal(err)
	}
	return reply{request: r.Method + " " + r.URL.Path, status: a.StatusCode, header: a.Header, body: body.Bytes()}
}

func (i importThere) do(t *testing.T, id geo.ID, what string) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, fmt.Sprintf("%s/api/imports/%d/%s", i.url, id, what), nil)
	if err != nil {
		t.Fatal(err)
	}
	i.send(t, r).decode(t, http.StatusOK, &importState{})
}

func (i importThere) await(t *testing.T, id geo.ID, enough func(importState) bool) (j importState) {
	t.Helper()
	deadline := time.Now().Add(i.patience)
	for {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, fmt.Sprintf("%s/api/imports/%d", i.url, id), nil)
		if err != nil {
			t.Fatal(err)
		}
		i.send(t, r).decode(t, http.StatusOK, &j)
		if enough(j) || time.Now().After(deadline) {
			return j
		}
		time.Sleep(20 * time.Millisecond)
	}
}

// TestImportSheetCommand brings a file from the command line, and takes it back.
func TestImportSheetCommand(t *testing.T) {
	t.Parallel()
	url := sampleDatabase(t)
	conn := connect(t, url)
	at := samplePlaces(t, conn, 1)[0]
	row := fmt.Sprintf("%d;%%s;%.6f;%.6f\n", at.Division, at.Lat, at.Lon)
	table := file(t, "t.csv", "单位;位置所在;种类;北;东\n命令行支部;"+fmt.Sprintf(row, "党支部")+"错;"+fmt.Sprintf(row, "没有"))
	flags := []string{"--mapping", "name=单位", "--mapping", "division=位置所在", "--mapping", "kind=种类", "--mapping", "lat=北", "--mapping", "lng=东", "--crs", "gcj02", "--accept-outside"}
	run := func(want int, args ...string) (got struct {
		sheetReport
		Refusals []struct{ Reason string }
	}) {
		cmd := exec.Command(binary(t), append([]string{"--json", "import", "organizations", "--database", url}, args...)...)
		out, _ := cmd.Output()
		if code := cmd.ProcessState.ExitCode(); code != want || json.Unmarshal(out, &got) != nil {
			t.Fatalf("%v: exit %d, want %d: %s", args, code, want, out)
		}
		return got
	}
	count := func() (n int) {
		if err := conn.QueryRow(t.Context(), `select count(*) from jingwei.organization_version v where v.name = '命令行支部' and upper_inf(v.recorded) and v.source_crs = 'gcj02'`).Scan(&n); err != nil {
			t.Fatal(err)
		}
		return n
	}
	if got := run(3, append(flags, "--dry-run", table)...); got.Counts.New != 1 || got.Counts.Refused != 1 || len(got.Refusals) != 1 || count() != 0 {
		t.Errorf("dry run: %+v, %d", got, count())
	}
	made := run(3, append(flags, table)...)
	if made.State != geo.ImportDone || made.Counts.Made != 1 || count() != 1 {
		t.Errorf("%+v, %d", made, count())
	}
	if got := run(0, "--undo", made.Job.String()); got.State != geo.ImportUndone || got.Counts.Undone != 1 || count() != 0 {
		t.Errorf("undo: %+v, %d", got, count())
	}
}
