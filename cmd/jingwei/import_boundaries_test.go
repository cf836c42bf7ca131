package main_test

import (
	"bytes"
	"compress/gzip"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"

	"jingwei/geo"
	"jingwei/geo/crs"
	"jingwei/geo/geotest"
	"jingwei/geo/postgis"
	"jingwei/geo/topology"
)

// boundaryImport is the report of an import of boundaries, and how the program ended.
type boundaryImport struct {
	Read, New, Changed, Unchanged, Refused, Rows int
	Refusals                                     []struct {
		Feature int
		Reason  string
	}
	Repaired, Unmatched []struct{ Code, Name, Reason string }
	Overlapping         [][2]struct{ Code string }
	Incomplete          bool
	Warnings            []string
	exit                int
	said                string
	peak                int64 // bytes
	took                time.Duration
}

func (i boundaryImport) tally() string {
	return fmt.Sprintf("%d read, %d new, %d changed, %d unchanged, %d refused, %d unmatched", i.Read, i.New, i.Changed, i.Unchanged, i.Refused, len(i.Unmatched))
}

// importBoundaries runs the program on a file, as set "test" unless the flags say otherwise.
func importBoundaries(t testing.TB, url, file string, flags ...string) boundaryImport {
	t.Helper()
	args := []string{"--json", "import", "boundaries", file, "--database", url, "--source", "天地图 行政区划", "--review-number", "GS(2024)0650号",
		"--edition", "2024", "--licence", "none stated"}
	for name, value := range map[string]string{"--crs": "EPSG:4490", "--name": "test"} {
		if !slices.Contains(flags, name) {
			args = append(args, name, value)
		}
	}
	cmd := exec.Command(binary(t), append(args, flags...)...)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	began := time.Now()
	out, err := cmd.Output()
	i := boundaryImport{said: stderr.String(), took: time.Since(began)}
	var ended *exec.ExitError
	if errors.As(err, &ended) {
		i.exit = ended.ExitCode()
	} else if err != nil {
		t.Fatal(err)
	}
	if usage, ok := cmd.ProcessState.SysUsage().(*syscall.Rusage); ok {
		i.peak = usage.Maxrss << 10
	}
	if len(out) > 0 {
		if err := json.Unmarshal(out, &i); err != nil {
			t.Fatalf("%v in %s", err, out)
		}
	}
	return i
}

// sqlCodePerLevel tells whether a code can name a division at each of two levels, as Dongguan's does in the table.
const sqlCodePerLevel = `
select exists (select from pg_constraint where conname = 'division_code_level_valid_from_key')`

// withDivisions returns a database that holds the provinces, prefectures and counties of 2023, and how many it cannot
// hold: those that repeat their superior under its own code.
func withDivisions(t testing.TB) (url string, store *postgis.Store, repeats int) {
	t.Helper()
	url = geotest.Database(t)
	var perLevel bool
	if err := connect(t, url).QueryRow(t.Context(), sqlCodePerLevel).Scan(&perLevel); err != nil {
		t.Fatal(err)
	}
	f, err := os.Open(geotest.Shared(t, "data", "divisions", "divisions-5level-nbs2023.csv.gz"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	from, err := geo.ParseDay("day", "2023-06-30")
	if err != nil {
		t.Fatal(err)
	}
	var divisions []geo.Division
	for r := csv.NewReader(z); ; {
		row, err := r.Read()
		if err == io.EOF {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		level, err := strconv.Atoi(row[2])
		if err != nil || level > int(geo.County) {
			continue // the head, and what is below
		}
		if row[0] == row[4] && !perLevel {
			repeats++
			continue
		}
		code, err := geo.ParseDivisionCode("code", row[0])
		if err != nil {
			t.Fatal(err)
		}
		d := geo.Division{Code: code, Name: row[1], Level: geo.DivisionLevel(level), Valid: geo.DayRange{From: from, To: geo.MaxDay}}
		if row[4] != "" && row[4] != row[0] {
			if d.Parent, err = geo.ParseDivisionCode("parent", row[4]); err != nil {
				t.Fatal(err)
			}
		}
		divisions = append(divisions, d)
	}
	store, err = postgis.Open(t.Context(), url, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(store.Close)
	if _, err := store.LoadDivisions(t.Context(), divisions, nil); err != nil {
		t.Fatal(err)
	}
	return url, store, repeats
}

func boundaryFile(t testing.TB, name string) string {
	t.Helper()
	return geotest.Shared(t, "data", "boundaries", name)
}

// TestImportBoundaries imports real sets, which are not part of the repository.
func TestImportBoundaries(t *testing.T) {
	t.Parallel()
	url, store, _ := withDivisions(t)
	provinces := boundaryFile(t, "cn-province.geojson.gz")
	check := func(what string, i boundaryImport, exit int, tally string) {
		t.Helper()
		if i.exit != exit || i.tally() != tally {
			t.Errorf("%s: exit %d, %s; want %d, %s\n%s", what, i.exit, i.tally(), exit, tally, i.said)
		}
	}
	i := importBoundaries(t, url, provinces, "--level", "province", "--dry-run")
	check("dry run", i, 0, "34 read, 34 new, 0 changed, 0 unchanged, 0 refused, 3 unmatched")
	if sets, err := store.BoundarySets(t.Context()); err != nil || len(sets) > 0 || !i.Incomplete || len(i.Warnings) != 2 {
		t.Errorf("after a dry run: %+v, %v; warnings %q", sets, err, i.Warnings)
	}
	i = importBoundaries(t, url, provinces, "--level", "province", "--default")
	check("provinces", i, 0, "34 read, 34 new, 0 changed, 0 unchanged, 0 refused, 3 unmatched")
	if !i.Incomplete || len(i.Warnings) != 1 || !strings.Contains(i.Warnings[0], "南海断续线") {
		t.Errorf("all of China without its lines: %+v", i)
	}
	check("lines", importBoundaries(t, url, boundaryFile(t, "cn-lines.geojson")), 0, "4 read, 4 new, 0 changed, 0 unchanged, 0 refused, 0 unmatched")
	generation, err := store.DivisionGeneration(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	i = importBoundaries(t, url, provinces, "--level", "province", "--default")
	check("provinces again", i, 0, "34 read, 0 new, 0 changed, 34 unchanged, 0 refused, 3 unmatched")
	if i.Incomplete || i.Rows != 0 {
		t.Errorf("again: %+v", i)
	}
	check("lines again", importBoundaries(t, url, boundaryFile(t, "cn-lines.geojson")), 0, "4 read, 0 new, 0 changed, 4 unchanged, 0 refused, 0 unmatched")
	if after, err := store.DivisionGeneration(t.Context()); err != nil || after != generation {
		t.Errorf("the generation went from %s to %s, %v", generation, after, err)
	}
	check("counties of a province", importBoundaries(t, url, boundaryFile(t, "zhejiang-county.geojson"), "--level", "county"), 0,
		"90 read, 90 new, 0 changed, 0 unchanged, 0 refused, 0 unmatched")
	checkTaiwan(t, store)
	checkShifts(t, url, store)
}

// checkTaiwan: the table of divisions has no Taiwan, maps must show it all the same.
func checkTaiwan(t *testing.T, store *postgis.Store) {
	t.Helper()
	shape, err := store.DivisionShape(t.Context(), 710000000000, geo.DayOf(time.Now()))
	if err != nil || shape.Name != "台湾省" || shape.Set.ReviewNumber != "GS(2024)0650号" || shape.Set.Incomplete {
		t.Errorf("shape of Taiwan: %s of %+v, %v", shape.Name, shape.Set, err)
	}
	tile, err := store.DivisionTile(t.Context(), geo.Province, 3, 6, 3, geo.DayOf(time.Now()))
	if err != nil || !bytes.Contains(tile, []byte("台湾省")) || !bytes.Contains(tile, []byte("浙江省")) {
		t.Errorf("the tile of %d bytes lacks a province, %v", len(tile), err)
	}
	lines, err := store.BoundaryLineTile(t.Context(), 3, 6, 3)
	if err != nil || !bytes.Contains(lines, []byte(geo.LineSouthChinaSea)) {
		t.Errorf("the tile of %d bytes lacks the line in the South China Sea, %v", len(lines), err)
	}
}

// checkShifts imports the counties as GCJ-02 data have them.
func checkShifts(t *testing.T, url string, store *postgis.Store) {
	t.Helper()
	file := shiftedFile(t, boundaryFile(t, "zhejiang-county.geojson"))
	i := importBoundaries(t, url, file, "--level", "county", "--name", "gcj")
	if i.exit != 2 || !strings.Contains(i.said, "--crs gcj02") {
		t.Errorf("shifted boundaries: exit %d, %s", i.exit, i.said)
	}
	if i = importBoundaries(t, url, boundaryFile(t, "zhejiang-county.geojson"), "--level", "county", "--name", "gcj", "--crs", "gcj02"); i.exit != 2 {
		t.Errorf("boundaries converted although they need not be: exit %d, %s", i.exit, i.said)
	}
	i = importBoundaries(t, url, file, "--level", "county", "--name", "gcj", "--crs", "gcj02", "--default")
	if i.exit != 0 || i.New != 90 {
		t.Errorf("shifted boundaries, said to be: exit %d, %s\n%s", i.exit, i.tally(), i.said)
	}
	sets, err := store.BoundarySets(t.Context())
	if err != nil || len(sets) != 2 || sets[0].Name != "gcj" || !sets[0].Default || sets[0].CRS != "gcj02" || sets[1].Default {
		t.Errorf("sets %+v, %v", sets, err)
	}
}

// shiftedFile writes a file of polygons with its coordinates in GCJ-02.
func shiftedFile(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var file map[string]any
	if err := json.Unmarshal(text, &file); err != nil {
		t.Fatal(err)
	}
	var shift func(v any)
	shift = func(v any) {
		list := v.([]any)
		if lon, ok := list[0].(float64); ok {
			list[0], list[1] = crs.GCJ02.FromWGS84(lon, list[1].(float64))
			return
		}
		for _, x := range list {
			shift(x)
		}
	}
	for _, f := range file["features"].([]any) {
		shift(f.(map[string]any)["geometry"].(map[string]any)["coordinates"])
	}
	if text, err = json.Marshal(file); err != nil {
		t.Fatal(err)
	}
	out := filepath.Join(t.TempDir(), "gcj.geojson")
	if err := os.WriteFile(out, text, 0o600); err != nil {
		t.Fatal(err)
	}
	return out
}

func TestImportBoundariesRefuses(t *testing.T) {
	url := geotest.Database(t)
	write := func(text string) string {
		path := filepath.Join(t.TempDir(), "file.geojson")
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	square := func(code string, west int) string {
		return fmt.Sprintf(`{"type":"Feature","properties":{"code":%q,"name":"x"},"geometry":{"type":"Polygon","coordinates":[[[%[2]d,30],[%[3]d,30],[%[3]d,31],[%[2]d,31],[%[2]d,30]]]}}`, code, west, west+1)
	}
	flat := `{"type":"Feature","properties":{"code":"330105"},"geometry":{"type":"Polygon","coordinates":[[[120,30],[121,30],[120,30],[120,30]]]}}`
	mixed := write(`{"type":"FeatureCollection","features":[` + strings.Join([]string{square("330102", 120), square("33", 121), square("x", 122), square("330102", 123), flat}, ",") + `]}`)
	i := importBoundaries(t, url, mixed, "--level", "county")
	var refused []int
	for _, r := range i.Refusals {
		refused = append(refused, r.Feature)
	}
	if diff := cmp.Diff([]int{3, 4, 5}, refused); diff != "" || i.exit != 3 || i.New != 2 {
		t.Errorf("exit %d, %s, refused (-want +got):\n%s%s", i.exit, i.tally(), diff, i.said)
	}
	for name, test := range map[string]struct{ file, level, crs, says string }{
		"no level":     {mixed, "", "EPSG:4490", "--level"},
		"not GeoJSON":  {write("code,name"), "county", "EPSG:4490", "GeoJSON"},
		"other system": {mixed, "county", "EPSG:4610", "convert"},
		"no file":      {filepath.Join(t.TempDir(), "none"), "county", "EPSG:4490", "none"},
		"odd level":    {mixed, "town", "EPSG:4490", "level"},
	} {
		flags := []string{"--crs", test.crs}
		if test.level != "" {
			flags = append(flags, "--level", test.level)
		}
		if i := importBoundaries(t, url, test.file, flags...); i.exit != 2 || !strings.Contains(i.said, test.says) {
			t.Errorf("%s: exit %d, %s", name, i.exit, i.said)
		}
	}
}

// TestNationalBoundaries runs with JINGWEI_NATIONAL=1 and prints time and peak memory.
func TestNationalBoundaries(t *testing.T) {
	needsNational(t)
	url, store, repeats := withDivisions(t)
	for _, test := range []struct {
		level            string
		units, unmatched int
		repaired         string
	}{{"province", 34, 3, "230000000000"}, {"prefecture", 375, 42, "659006000000"}, {"county", 2891, 45 + repeats, "659006000000"}} {
		for n := range 2 {
			i := importBoundaries(t, url, boundaryFile(t, "cn-"+test.level+".geojson.gz"), "--level", test.level, "--default")
			t.Logf("%s, %d: %s in %.1f s, %d MB at most; repaired %v, overlapping %v, %d rows", test.level, n+1, i.tally(), i.took.Seconds(), i.peak>>20, i.Repaired, i.Overlapping, i.Rows)
			fresh := test.units * (1 - n)
			if i.exit != 0 || i.Read != test.units || i.New != fresh || i.Unchanged != test.units-fresh || i.Changed+i.Refused > 0 || len(i.Unmatched) != test.unmatched {
				t.Errorf("%s, %d: exit %d, %s\n%s", test.level, n+1, i.exit, i.tally(), i.said)
			}
			if len(i.Repaired) != 1 || i.Repaired[0].Code != test.repaired || n > 0 && i.Rows > 0 {
				t.Errorf("%s, %d: repaired %v, %d rows", test.level, n+1, i.Repaired, i.Rows)
			}
		}
	}
	var invalid int
	if err := connect(t, url).QueryRow(t.Context(), `select count(*) from jingwei.division_shape where not st_isvalid(geometry) or not st_isvalid(mercator)`).Scan(&invalid); err != nil || invalid > 0 {
		t.Errorf("%d shapes are not valid, %v", invalid, err)
	}
	checkStoredCounties(t, connect(t, url))
	checkTileSizes(t, store)
}

// sqlStoredCounties judges the stored counties by zoom: pairs whose insides meet, holes of the union, and its area in
// square degrees.
const sqlStoredCounties = `
with shape as materialized (select g.code, g.geometry as geom from jingwei.division_shape g where g.level = 3 and $1 between g.min_zoom and g.max_zoom),
     whole as materialized (select st_union(s.geom) as geom from shape s)
select (select count(*) from shape), (select count(*) from shape s where not st_isvalid(s.geom)),
       (select coalesce(array_agg(a.code / 1000000 || ' ' || b.code / 1000000), '{}') from shape a join shape b on a.code < b.code and a.geom && b.geom
        where st_relate(a.geom, b.geom, '2********')),
       (select coalesce(sum(st_numinteriorrings(d.geom)), 0) from whole w, st_dump(w.geom) d),
       (select st_area(w.geom) from whole w)`

// checkStoredCounties: at every zoom PostGIS finds all counties, no two of them on the same ground but for an island that
// the source gives to both, no hole that the original has not, and the area of the original.
func checkStoredCounties(t *testing.T, conn *pgx.Conn) {
	t.Helper()
	var original float64
	var holes int
	bands := topology.Bands()
	for i := len(bands) - 1; i >= 0; i-- {
		var units, invalid, gaps int
		var overlaps []string
		var area float64
		if err := conn.QueryRow(t.Context(), sqlStoredCounties, bands[i].MinZoom).Scan(&units, &invalid, &overlaps, &gaps, &area); err != nil {
			t.Fatal(err)
		}
		if original == 0 {
			original, holes = area, gaps
		}
		t.Logf("zooms %d to %d: %d counties, overlapping %v, %d holes in the union, area off by %.4f %%", bands[i].MinZoom, bands[i].MaxZoom, units, overlaps, gaps, (area/original-1)*100)
		disputed := slices.DeleteFunc(overlaps, func(pair string) bool { return pair == "320703 371103" })
		if units != 2891 || invalid > 0 || len(disputed) > 0 || gaps > holes || math.Abs(area/original-1) > 0.005 {
			t.Errorf("zooms %d to %d: %d counties, %d invalid, overlapping %v, %d holes, area %g of %g", bands[i].MinZoom, bands[i].MaxZoom, units, invalid, disputed, gaps, area, original)
		}
	}
}

// checkTileSizes draws every tile of China down to zoom 8 at the level that the layer divisions shows there, and the
// counties from zoom 4 on.
func checkTileSizes(t *testing.T, store *postgis.Store) {
	t.Helper()
	day := geo.DayOf(time.Now())
	for _, test := range []struct {
		level    geo.DivisionLevel
		from, to uint32
	}{{geo.Province, 0, 4}, {geo.Prefecture, 5, 7}, {geo.County, 4, 8}} {
		for z := test.from; z <= test.to; z++ {
			most, began, all := 0, time.Now(), cover(china(), z)
			for _, at := range all {
				tile, err := store.DivisionTile(t.Context(), test.level, at.Z, at.X, at.Y, day)
				if err != nil {
					t.Fatal(err)
				}
				most = max(most, len(tile))
			}
			t.Logf("%s at zoom %d: %d tiles, the largest of %d bytes uncompressed, %.1f ms each", test.level, z, len(all), most, time.Since(began).Seconds()*1000/float64(len(all)))
			if most > 500_000 {
				t.Errorf("%s at zoom %d: a tile of %d bytes", test.level, z, most)
			}
		}
	}
}
