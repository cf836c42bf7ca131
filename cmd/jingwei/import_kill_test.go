package main_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"

	"jingwei/geo/geotest"
	"jingwei/geo/postgis/private"
)

// imports are the files of one country, of whatever size.
type imports struct {
	table, history, boundaries string // boundaries of counties
	provinces, lines           string // "" when the file of boundaries suffices
}

// importStep is one command of the sequence in which an operator fills a database.
type importStep struct {
	name string
	args []string
}

// steps are in the order in which each finds what it needs: organizations stand at the labels that boundaries give.
func (i imports) steps() []importStep {
	boundaries := func(file string, flags ...string) []string {
		return append([]string{"boundaries", file, "--name", "test", "--source", "天地图", "--review-number", "GS(2024)0650号",
			"--edition", "2024", "--licence", "none stated", "--crs", "EPSG:4490"}, flags...)
	}
	steps := []importStep{{"divisions", []string{"divisions", i.table}}, {"history", []string{"divisions", "--history", i.history}}}
	if i.provinces != "" {
		steps = append(steps, importStep{"provinces", boundaries(i.provinces, "--level", "province")}, importStep{"lines", boundaries(i.lines)})
	}
	steps = append(steps, importStep{"boundaries", boundaries(i.boundaries, "--level", "county", "--default")})
	return append(steps, importStep{"organizations", []string{"organizations", "--from-divisions", i.table}})
}

// sqlDigests says everything that imports write, but for ids and the time of writing, as a number of rows and a sum of
// hashes per table.
const sqlDigests = `
select 'divisions', count(*), coalesce(sum(hashtextextended(concat_ws('|', d.code, d.level, d.kind, d.parent, d.name, d.pinyin,
    d.letters, d.initials, d.grams, d.valid, d.label), 0)::numeric), 0)::text
from jingwei.division d
union all
select 'successions', count(*), coalesce(sum(hashtextextended(concat_ws('|', s.old, s.new, s.year, s.kind), 0)::numeric), 0)::text
from jingwei.division_succession s
union all
select 'sets', count(*), coalesce(sum(hashtextextended(concat_ws('|', b.name, b.source, b.review_number, b.edition, b.crs, b.licence,
    b.illustrative, b.is_default), 0)::numeric), 0)::text
from jingwei.boundary_set b
union all
select 'shapes', count(*), coalesce(sum(hashtextextended(concat_ws('|', b.name, g.level, g.code, g.min_zoom, g.max_zoom, g.name,
    g.geometry), 0)::numeric), 0)::text
from jingwei.division_shape g join jingwei.boundary_set b on b.id = g.set_id
union all
select 'lines', count(*), coalesce(sum(hashtextextended(concat_ws('|', b.name, l.kind, l.name, l.geometry), 0)::numeric), 0)::text
from jingwei.boundary_line l join jingwei.boundary_set b on b.id = l.set_id
union all
select 'organizations', count(*), coalesce(sum(hashtextextended(concat_ws('|', o.code, o.version, o.retired, v.version, v.valid,
    upper_inf(v.recorded), v.author, v.parent_id, v.path = o.id::text::ltree, v.kind, v.level, v.status, v.name, v.short_name, v.pinyin,
    v.initials, v.grams, v.division_code, v.lon_e7, v.lat_e7, v.location_source, v.location_accuracy_m, v.source_crs,
    v.location_state, v.address, v.phone, v.uscc), 0)::numeric), 0)::text
from jingwei.organization_version v join jingwei.organization o on o.id = v.organization_id where v.author = 'import'
union all
select 'identities without content', count(*), '' from jingwei.organization o
where not exists (select from jingwei.organization_version v where v.organization_id = o.id)
union all
select 'loads that owe a reload', count(*), '' from jingwei.bulk_load`

// digests returns a line per table.
func digests(t testing.TB, url string) []string {
	t.Helper()
	rows, err := connect(t, url).Query(t.Context(), sqlDigests)
	if err != nil {
		t.Fatal(err)
	}
	var all []string
	for rows.Next() {
		var name, sum string
		var n int
		if err := rows.Scan(&name, &n, &sum); err != nil {
			t.Fatal(err)
		}
		all = append(all, fmt.Sprintf("%s: %d rows, %s", name, n, sum))
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	slices.Sort(all)
	return all
}

// TestImportsKilled kills the client, PostgreSQL and the server, each in the middle of each import of a small country.
func TestImportsKilled(t *testing.T) {
	killImports(t, smallCountry(t), geotest.OwnFolder(t), 700*time.Millisecond, 10*time.Second)
}

// TestNationalImportsKilled does the same at full size.
func TestNationalImportsKilled(t *testing.T) {
	needsNational(t)
	killImports(t, nation(t), geotest.DiskFolder(t), time.Hour, 5*time.Minute)
}

// killImports imports without interruption, then beside a server with one kill of each kind per import, each followed by
// the same command again. Both databases must hold the same, and the server show it within patience. A kill comes early in
// the time that the import took, and not after latest: a busy machine may have been slow for a while. Each victim must be
// hit at least once.
func killImports(t *testing.T, files imports, dir string, latest, patience time.Duration) {
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	random := rand.New(rand.NewPCG(seed, 0))
	whole := geotest.Database(t)
	binary(t) // not to be timed
	took := map[string]time.Duration{}
	for _, step := range files.steps() {
		began := time.Now()
		if out, err := importCommand(t, step, "--database", whole).CombinedOutput(); err != nil {
			t.Fatalf("%s: %v\n%s", step.name, err, out)
		}
		took[step.name] = min(time.Since(began), 2*latest)
	}
	want := digests(t, whole)
	k := &killer{program: serve(t, dir, "--no-sample"), random: random}
	hits := map[string]int{}
	for _, step := range files.steps() {
		victims := []string{"client", "PostgreSQL", "server"} // an import outlives the server, so that is the last
		random.Shuffle(2, func(i, j int) { victims[i], victims[j] = victims[j], victims[i] })
		for _, victim := range victims {
			if k.interrupt(t, step, victim, took[step.name]) {
				hits[victim]++
			}
		}
		k.complete(t, step)
	}
	if len(hits) < 3 {
		t.Errorf("not everything was killed: %v", hits)
	}
	url := k.database(t)
	if diff := cmp.Diff(want, digests(t, url)); diff != "" {
		t.Errorf("the interrupted imports differ from the others (-want +got):\n%s", diff)
	}
	k.expectEqualWithin(t, connect(t, url), patience)
}

func importCommand(t testing.TB, step importStep, where ...string) *exec.Cmd {
	return exec.CommandContext(t.Context(), binary(t), append(append([]string{"--json", "import"}, step.args...), where...)...)
}

// killer interrupts imports into the private database of a server.
type killer struct {
	*program
	random *rand.Rand
}

func (k *killer) database(t testing.TB) string {
	t.Helper()
	url, _, err := private.Running(t.Context(), k.dataDir, "jingwei")
	if err != nil {
		t.Fatal(err)
	}
	return url
}

// interrupt begins an import and kills the victim at some moment, from a fifth of the time that the import takes to three
// fifths; the server as soon as the import is connected, since one that finds no server keeps PostgreSQL to itself. It
// reports whether the import was still running.
func (k *killer) interrupt(t *testing.T, step importStep, victim string, took time.Duration) bool {
	t.Helper()
	watch := connect(t, k.database(t))
	cmd := importCommand(t, step, "--data-dir", k.dataDir)
	name := fmt.Sprintf("jingwei import %d", k.random.Uint64()) // a session of a client that was killed before may live on for a while
	cmd.Env = append(os.Environ(), "PGAPPNAME="+name)
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	moment := took/5 + time.Duration(k.random.Int64N(int64(took*2/5)))
	var err error
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		err = cmd.Wait()
	}()
	if victim == "server" {
		k.awaitImport(t, watch, name, ended)
		moment = 0
	}
	select {
	case <-time.After(moment):
	case <-ended:
		t.Logf("%s: done (%v) before the %s was to die, after %v of %v", step.name, err, victim, moment.Round(time.Millisecond), took.Round(time.Millisecond))
		return false
	}
	switch victim {
	case "client":
		_ = cmd.Process.Kill()
	case "PostgreSQL":
		if err := private.Signal(k.dataDir, syscall.SIGKILL); err != nil {
			t.Error(err)
		}
	case "server":
		k.kill()
		k.program = serve(t, k.dataDir, "--no-sample")
	}
	<-ended
	eventually(t, time.Minute, func() error { return answers(t.Context(), k.dataDir) })
	t.Logf("%s: %s killed after %v of %v, the import ended with %v; then %d divisions, %d shapes, %d organizations", step.name, victim,
		moment.Round(time.Millisecond), took.Round(time.Millisecond), err, k.rows(t, "division"), k.rows(t, "division_shape"), k.rows(t, "organization"))
	if victim == "server" && err != nil {
		t.Errorf("%s: the death of the server ended the import: %v", step.name, err)
	}
	return true
}

// awaitImport waits until the import of this name has a session, or has ended.
func (k *killer) awaitImport(t *testing.T, watch *pgx.Conn, name string, ended <-chan struct{}) {
	t.Helper()
	eventually(t, time.Minute, func() error {
		select {
		case <-ended:
			return nil
		default:
		}
		var there bool
		err := watch.QueryRow(t.Context(), `select exists (select from pg_stat_activity where application_name = $1)`, name).Scan(&there)
		if err == nil && !there {
			err = errors.New("the import has no session")
		}
		return err
	})
}

// complete runs the import to its end; an edit of somebody else is seen meanwhile.
func (k *killer) complete(t *testing.T, step importStep) {
	t.Helper()
	cmd := importCommand(t, step, "--data-dir", k.dataDir)
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	if step.name != "divisions" { // the edit needs one
		k.expectEditSeen(t)
	}
	if err := cmd.Wait(); err != nil {
		t.Fatalf("%s at last: %v\n%s", step.name, err, &out)
	}
}

func (k *killer) rows(t *testing.T, table string) (n int) {
	t.Helper()
	if err := connect(t, k.database(t)).QueryRow(t.Context(), "select count(*) from jingwei."+table).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

// needsNational skips a test of full size unless it is asked for.
func needsNational(t testing.TB) {
	t.Helper()
	if os.Getenv("JINGWEI_NATIONAL") == "" {
		t.Skip("full size takes minutes: make test-national runs it")
	}
}

func nation(t testing.TB) imports {
	t.Helper()
	return imports{
		table:      geotest.Shared(t, "data", "divisions", "divisions-5level-nbs2023.csv.gz"),
		history:    geotest.Shared(t, "data", "divisions", "gb2260-history-1981-2024.csv"),
		boundaries: geotest.Shared(t, "data", "boundaries", "cn-county.geojson.gz"),
		provinces:  geotest.Shared(t, "data", "boundaries", "cn-province.geojson.gz"),
		lines:      geotest.Shared(t, "data", "boundaries", "cn-lines.geojson"),
	}
}

// smallCountry writes a country of one province: each import takes several transactions.
func smallCountry(t testing.TB) imports {
	t.Helper()
	const prefectures, counties, towns, villages = 3, 90, 3, 18
	var table, history strings.Builder
	table.WriteString("code,name,level,kind,parent_code\n330000000000,某省,1,province,\n")
	history.WriteString("代码,一级行政区,二级行政区,名称,级别,状态,启用时间,变更/弃用时间,新代码\n")
	features := []string{`{"type":"Feature","properties":{"name":"南海断续线"},"geometry":{"type":"MultiLineString","coordinates":[[[110,5],[111,6]],[[112,7],[113,8]]]}}`}
	for p := 1; p <= prefectures; p++ {
		fmt.Fprintf(&table, "33%02d00000000,第%d市,2,prefecture,330000000000\n", p, p)
		for c := 1; c <= counties; c++ {
			county := 330000 + p*100 + c
			fmt.Fprintf(&table, "%d000000,第%d县,3,county,33%02d00000000\n", county, county, p)
			features = append(features, cellFeature(county, c%10, p*10+c/10))
			for year := 1981; year < 2006; year++ {
				fmt.Fprintf(&history, "%d,某省,第%d市,第%d县%d,县级,变更,%d,%d,%d\n", county, p, county, year, year, year+1, county)
			}
			for s := range towns {
				town := county*1000 + 100 + s
				fmt.Fprintf(&table, "%d000,第%d镇,4,town,%d000000\n", town, town, county)
				for v := range villages {
					fmt.Fprintf(&table, "%d%d,第%d村委会,5,village_committee,%d000\n", town, 200+v, v, town)
				}
			}
		}
	}
	return imports{
		table: file(t, "divisions.csv", table.String()), history: file(t, "history.csv", history.String()),
		boundaries: file(t, "county.geojson", `{"type":"FeatureCollection","features":[`+strings.Join(features, ",\n")+`]}`),
	}
}

// cellFeature is a cell of a grid whose lines are ragged, so that it has another shape in each band of zooms.
func cellFeature(code, column, row int) string {
	const corners = 30 // per side
	at := func(x, y int) string {
		rag := float64((x*7919+y*104729)%7-3) * 1e-4
		return fmt.Sprintf("[%.4f,%.4f]", 118+float64(x)*0.003+rag, 25+float64(y)*0.003-rag)
	}
	var ring []string
	west, south := column*corners, row*corners
	for i := range corners {
		ring = append(ring, at(west+i, south))
	}
	for i := range corners {
		ring = append(ring, at(west+corners, south+i))
	}
	for i := range corners {
		ring = append(ring, at(west+corners-i, south+corners))
	}
	for i := range corners {
		ring = append(ring, at(west, south+corners-i))
	}
	ring = append(ring, ring[0])
	return fmt.Sprintf(`{"type":"Feature","properties":{"code":"%d","name":"第%d县"},"geometry":{"type":"Polygon","coordinates":[[%s]]}}`,
		code, code, strings.Join(ring, ","))
}

// answers tells whether the database of a data directory can be asked.
func answers(ctx context.Context, dataDir string) error {
	url, _, err := private.Running(ctx, dataDir, "jingwei")
	if err != nil {
		return err
	}
	conn, err := pgx.Connect(ctx, url)
	if err != nil {
		return err
	}
	return conn.Close(ctx)
}
