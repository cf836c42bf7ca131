package main_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"jingwei/geo"
	"jingwei/geo/geotest"
)

// viewerTest is a server with the sample for tests of the viewer in a real Chromium, which compare what it shows with SQL:
// api/web/e2e.
type viewerTest struct {
	web, url string
	conn     *pgx.Conn
	env      []string
}

func newViewerTest(t *testing.T) *viewerTest {
	t.Helper()
	web := webFolder(t)
	url := sampleDatabase(t)
	conn := connect(t, url)
	addBrowserData(t, conn)
	p := serve(t, t.TempDir(), "--database", url)
	registerOnOneSpot(t, p, conn, 120)
	query, err := os.ReadFile(filepath.Join(web, "e2e", "expected.sql"))
	if err != nil {
		t.Fatal(err)
	}
	var expected []byte
	if err := conn.QueryRow(t.Context(), string(query), geo.DayOf(time.Now()).Time()).Scan(&expected); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "expected.json")
	if err := os.WriteFile(file, expected, 0o600); err != nil {
		t.Fatal(err)
	}
	env := append(os.Environ(), "JINGWEI_URL="+p.url, "JINGWEI_SQL="+file, "JINGWEI_TOKEN="+p.token(t), "JINGWEI_CHROMIUM="+chromium())
	return &viewerTest{web: web, url: url, conn: conn, env: env}
}

// TestBrowser is of the map itself, its layers, and maps of the whole country.
func TestBrowser(t *testing.T) {
	t.Parallel() // with the other tests in a browser, which wait for it more than they work
	v := newViewerTest(t)
	browse(t, v.web, v.env, "viewer", "layers", "address")
	t.Run("whole country", func(t *testing.T) {
		for _, step := range []struct{ file, incomplete string }{{"cn-province.geojson.gz", "true"}, {"cn-lines.geojson", "false"}} {
			i := importBoundaries(t, v.url, geotest.Shared(t, "data", "boundaries", step.file), "--name", "国界 2024", "--level", "province", "--default")
			if i.exit != 0 {
				t.Fatalf("import of %s: exit %d, %s", step.file, i.exit, i.said)
			}
			browse(t, v.web, append(v.env, "JINGWEI_INCOMPLETE="+step.incomplete), "country")
		}
	})
}

// TestBrowserTools is of what one does with the map: conditions, areas, roads, sheets.
func TestBrowserTools(t *testing.T) {
	t.Parallel()
	v := newViewerTest(t)
	answers := filepath.Join(t.TempDir(), "answers.jsonl")
	browse(t, v.web, append(v.env, "JINGWEI_ANSWERS="+answers), "conditions", "tools", "corridor", "print")
	checkAnswers(t, v.conn, answers)
}

// browse runs browser tests of the viewer, named by their files.
func browse(t *testing.T, web string, env []string, names ...string) {
	t.Helper()
	args := []string{"run", "--silent", "e2e", "--"}
	for _, name := range names {
		args = append(args, "e2e/"+name+".test.ts")
	}
	cmd := exec.CommandContext(t.Context(), "npm", args...)
	cmd.Dir, cmd.Env = web, env
	out, err := cmd.CombinedOutput()
	t.Logf("%s", out)
	if err != nil {
		t.Errorf("the browser test failed: %v", err)
	}
}

// checkAnswers compares what the viewer counted along a road, at each size of a screen, with what PostGIS has within the distance.
func checkAnswers(t *testing.T, conn *pgx.Conn, path string) {
	t.Helper()
	query, err := os.ReadFile(geotest.Path("api", "web", "e2e", "corridor.sql"))
	if err != nil {
		t.Fatal(err)
	}
	lines, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	answers := 0
	for decoder := json.NewDecoder(bytes.NewReader(lines)); decoder.More(); answers++ {
		var answer struct {
			Kind      string
			Road      json.RawMessage
			Distance  float64
			Townships map[string]int
		}
		if err := decoder.Decode(&answer); err != nil {
			t.Fatal(err)
		}
		var expected map[string]int
		if err := conn.QueryRow(t.Context(), string(query), geo.DayOf(time.Now()).Time(), answer.Kind, string(answer.Road), answer.Distance).Scan(&expected); err != nil {
			t.Fatal(err)
		}
		if !maps.Equal(answer.Townships, expected) {
			t.Errorf("within %g m of %s the viewer tells %v, PostGIS %v", answer.Distance, answer.Road, answer.Townships, expected)
		}
	}
	if answers != 2 {
		t.Errorf("there are %d answers of the viewer, not one for each of two sizes", answers)
	}
}

// addBrowserData adds what the sample lacks: reports, a grid and a jurisdiction.
func addBrowserData(t *testing.T, conn *pgx.Conn) {
	t.Helper()
	for _, query := range []string{sqlReports, sqlGrid, sqlJurisdiction} {
		if _, err := conn.Exec(t.Context(), query); err != nil {
			t.Fatalf("%v in %s", err, query)
		}
	}
}

// registerOnOneSpot registers n organizations that no zoom tells apart.
func registerOnOneSpot(t *testing.T, p *program, conn *pgx.Conn, n int) {
	t.Helper()
	var division string
	if err := conn.QueryRow(t.Context(), `select min(division_code)::text from jingwei.organization_version`).Scan(&division); err != nil {
		t.Fatal(err)
	}
	for i := range n {
		a := p.do(t, http.MethodPost, "/api/organizations", map[string]any{
			"kind": "village_committee", "level": "village", "name": fmt.Sprintf("同址组织%03d", i), "division": division, "location": []float64{119.5, 29.9},
		})
		if a.status != http.StatusCreated {
			t.Fatalf("registration: %d %s", a.status, a.body)
		}
	}
}

const (
	sqlReports = `
insert into jingwei.report (category, lon_e7, lat_e7, division_code, state, status, visibility, channel, received_at)
select (array['roads', 'noise', 'safety', 'health', 'labour', 'other', 'mediation'])[1 + i % 7], v.lon_e7, v.lat_e7, v.division_code,
       case when i % 4 = 0 then 'fixed' else 'received' end, case when i % 4 = 0 then 'closed' else 'open' end,
       case when i % 10 = 0 then 'restricted' else 'public' end, 'web', timestamptz '2025-03-01 12:00+08' + i * interval '1 day'
from (select row_number() over (order by row_id) as i, v.* from jingwei.organization_version v where upper_inf(recorded) order by row_id limit 300) v`
	sqlGrid = `
insert into jingwei.grid (code, kind, name, division_code, organization_id, geometry, valid)
select 'G-1', 'village_grid', '第一网格', division_code, organization_id,
       st_multi(st_makeenvelope(121.90, 27.60, 121.92, 27.62, 4326)), '[2020-01-01,)'
from jingwei.organization_version where upper_inf(recorded) order by row_id limit 1`
	sqlJurisdiction = `
update jingwei.organization_version set jurisdiction = st_multi(st_makeenvelope(121.95, 27.60, 121.97, 27.62, 4326))
where row_id = (select min(row_id) from jingwei.organization_version where upper_inf(recorded))`
)

func chromium() string {
	if path := os.Getenv("JINGWEI_CHROMIUM"); path != "" {
		return path
	}
	return "/usr/bin/chromium"
}

// webFolder is api/web, where all is there that tests in a browser need.
func webFolder(t *testing.T) string {
	t.Helper()
	web := geotest.Path("api", "web")
	needs(t, filepath.Join(web, "node_modules"), "the npm packages are missing: make test installs them")
	needs(t, filepath.Join(web, "dist", "index.html"), "the viewer is not built: make web")
	needs(t, filepath.Join(web, "dist", "console.html"), "the console is not built: make web")
	needs(t, chromium(), "Chromium is missing: make test installs it")
	return web
}

// needs skips the test when path is missing, or fails it where everything is promised to be there.
func needs(t *testing.T, path, message string) {
	t.Helper()
	if _, err := os.Stat(path); err == nil {
		return
	}
	if os.Getenv("CI") == "true" {
		t.Fatal(message)
	}
	t.Skip(message)
}
