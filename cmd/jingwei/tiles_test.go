package main_test

import (
	"fmt"
	"math"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"jingwei/geo"
	"jingwei/geo/live"
	"jingwei/tiles/mvt"
)

// features returns the features of a layer of a tile.
func (p *program) features(t testing.TB, layer string, z, x, y uint32, query string, header ...string) []mvt.Feature {
	t.Helper()
	a := p.get(t, fmt.Sprintf("/tiles/%s/%d/%d/%d%s", layer, z, x, y, query), header...)
	tile, err := mvt.Decode(a.body)
	if err != nil {
		t.Fatalf("tile %s/%d/%d/%d: %v", layer, z, x, y, err)
	}
	var all []mvt.Feature
	for _, l := range tile.Layers {
		if l.Name == layer {
			all = append(all, l.Features...)
		}
	}
	return all
}

func number(t testing.TB, f mvt.Feature, key string) int {
	t.Helper()
	v, ok := f.Property(key)
	if !ok {
		return 0
	}
	n := 0
	if _, err := fmt.Sscan(fmt.Sprint(v), &n); err != nil {
		t.Fatalf("%s=%v: %v", key, v, err)
	}
	return n
}

// cover returns the tiles of a zoom that touch the extent.
func cover(e geo.Extent, z uint32) []live.Tile {
	nw, _ := geo.NewPosition(e.West, e.North)
	se, _ := geo.NewPosition(e.East, e.South)
	a, b := live.TileAt(nw, z), live.TileAt(se, z)
	var all []live.Tile
	for x := a.X; x <= b.X; x++ {
		for y := a.Y; y <= b.Y; y++ {
			all = append(all, live.Tile{Z: z, X: x, Y: y})
		}
	}
	return all
}

// TestSampleTiles: at every zoom the clusters add up to what SQL counts, in all and by kind, and each organization is
// in exactly one tile.
func TestSampleTiles(t *testing.T) {
	t.Parallel()
	url := sampleDatabase(t)
	conn := connect(t, url)
	p := serve(t, t.TempDir(), "--database", url)
	var total, villages int
	var e geo.Extent
	err := conn.QueryRow(t.Context(), `
		select count(*), count(*) filter (where kind = 'village_committee'),
		       min(lon_e7) / 1e7, min(lat_e7) / 1e7, max(lon_e7) / 1e7, max(lat_e7) / 1e7
		from jingwei.organization_version where upper_inf(recorded)`).
		Scan(&total, &villages, &e.West, &e.South, &e.East, &e.North)
	if err != nil {
		t.Fatal(err)
	}
	if total != 25_424 {
		t.Fatalf("the sample has %d organizations, want 25,424", total)
	}
	for _, z := range []uint32{0, 4, 8, 12} {
		sum, sumVillages := 0, 0
		for _, tile := range cover(e, z) {
			for _, f := range p.features(t, "organizations", z, tile.X, tile.Y, "") {
				if n := number(t, f, "point_count"); n > 0 {
					sum += n
					sumVillages += number(t, f, "count_village_committee")
					continue
				}
				sum++
				if kind, _ := f.Property("kind"); kind == "village_committee" {
					sumVillages++
				}
			}
		}
		if sum != total || sumVillages != villages {
			t.Errorf("z%d: %d organizations, %d of them village committees; SQL counts %d and %d", z, sum, sumVillages, total, villages)
		}
	}
	p.checkEachPointOnce(t, conn, e)
	p.checkDecoders(t)
}

func (p *program) checkEachPointOnce(t *testing.T, conn *pgx.Conn, e geo.Extent) {
	t.Helper()
	rows, _ := conn.Query(t.Context(), `select organization_id from jingwei.organization_version where upper_inf(recorded) order by 1`)
	want, err := pgx.CollectRows(rows, pgx.RowTo[uint64])
	if err != nil {
		t.Fatal(err)
	}
	for _, z := range []uint32{9, 12} {
		var got []uint64
		for _, tile := range cover(e, z) {
			for _, f := range p.features(t, "organizations", z, tile.X, tile.Y, "?cells=0") {
				if number(t, f, "point_count") > 0 {
					t.Fatalf("z%d: a cluster in a tile of raw points", z)
				}
				got = append(got, f.ID)
			}
		}
		slices.Sort(got)
		if !slices.Equal(got, want) {
			t.Errorf("z%d: %d ids in the tiles, %d in the database, or not the same", z, len(got), len(want))
		}
	}
}

// organizationBody is a valid new organization.
func organizationBody(name string, lon, lat float64) map[string]any {
	return map[string]any{"name": name, "kind": "village_committee", "level": "village", "division": "330102000000",
		"location": []float64{lon, lat}, "location_source": "map", "location_state": "reported"}
}

// TestEditsReachEveryZoom creates, moves and retires an organization and looks for it in the tiles of every zoom, while
// another connection holds a transaction open that has written.
func TestEditsReachEveryZoom(t *testing.T) {
	t.Parallel()
	url := sampleDatabase(t)
	p := serve(t, t.TempDir(), "--database", url)
	other := connect(t, url)
	tx, err := other.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = tx.Rollback(t.Context()) }()
	if _, err := tx.Exec(t.Context(), `update jingwei.organization_version set lon_e7 = lon_e7 + 1000 where organization_id = (select min(id) from jingwei.organization)`); err != nil {
		t.Fatal(err)
	}
	// The mid-Pacific: nothing of the sample is near, so single tiles tell the whole story.
	here, there := geo.Position{Lon: -1500000000, Lat: 100000000}, geo.Position{Lon: -1400000000, Lat: -100000000}
	created := p.do(t, http.MethodPost, "/api/organizations", organizationBody("试点村委会", -150, 10))
	if created.status != http.StatusCreated {
		t.Fatalf("create: %d %s", created.status, created.body)
	}
	p.expectAt(t, here, 1)
	path := created.header.Get("Location")
	path = path[strings.Index(path, "/api/"):]
	body := organizationBody("试点村委会", -140, -10)
	moved := p.do(t, http.MethodPut, path, body, "If-Match", created.header.Get("ETag"))
	if moved.status != http.StatusOK {
		t.Fatalf("move: %d %s", moved.status, moved.body)
	}
	p.expectAt(t, here, 0)
	p.expectAt(t, there, 1)
	gone := p.do(t, http.MethodDelete, path, nil, "If-Match", moved.header.Get("ETag"))
	if gone.status != http.StatusNoContent {
		t.Fatalf("retire: %d %s", gone.status, gone.body)
	}
	p.expectAt(t, there, 0)
	if err := tx.Commit(t.Context()); err != nil {
		t.Fatal(err)
	}
	p.expectEqualToDatabase(t, connect(t, url))
}

// expectAt waits until the tiles of every zoom that hold the position show n organizations there. It is a matter of
// milliseconds; the limit is for a busy machine.
func (p *program) expectAt(t *testing.T, at geo.Position, n int) {
	t.Helper()
	before := map[uint32]int{}
	eventually(t, 5*time.Second, func() error {
		for z := range uint32(live.MaxZoom + 1) {
			tile := live.TileAt(at, z)
			got := 0
			for _, f := range p.features(t, "organizations", z, tile.X, tile.Y, "?cells=64") {
				if near(f, at, tile) {
					got += max(1, number(t, f, "point_count"))
				}
			}
			before[z] = got
			if got != n {
				return fmt.Errorf("z%d: %d organizations at %v, want %d", z, got, at, n)
			}
		}
		return nil
	})
}

// near reports whether the feature stands within a cell of 1/64 tile of the position.
func near(f mvt.Feature, at geo.Position, tile live.Tile) bool {
	paths := f.Paths()
	if len(paths) == 0 || len(paths[0]) == 0 {
		return false
	}
	lon, lat := at.Degrees()
	n := math.Exp2(float64(tile.Z)) * 4096
	s := math.Sin(lat * math.Pi / 180)
	x := (lon/360+0.5)*n - float64(tile.X)*4096
	y := (0.5-math.Log((1+s)/(1-s))/(4*math.Pi))*n - float64(tile.Y)*4096
	v := paths[0][0]
	return math.Abs(float64(v.X)-x) < 64 && math.Abs(float64(v.Y)-y) < 64
}

// listed is what the list of organizations says of one.
type listed struct {
	ID                int64
	Name, Kind, Level string
	Status, Division  string
	Location          [2]float64
	LocationState     string
	LocationSource    string
	LocationAccuracyM float64
	Code              string
}

func (o listed) String() string {
	return fmt.Sprintf("%d %s %s %s %s %s %.0f,%.0f %s %s %.0f %s", o.ID, o.Name, o.Kind, o.Level, o.Status, o.Division,
		o.Location[0]*1e7, o.Location[1]*1e7, o.LocationState, o.LocationSource, o.LocationAccuracyM, o.Code)
}

// expectEqualToDatabase compares every organization of both editions with the rows that are known and valid now: all
// of them in the internal edition, the active ones in the public.
func (p *program) expectEqualToDatabase(t *testing.T, conn *pgx.Conn) {
	t.Helper()
	p.expectEqualWithin(t, conn, 10*time.Second)
}

// expectEqualWithin is expectEqualToDatabase for an index that has more to do before.
func (p *program) expectEqualWithin(t *testing.T, conn *pgx.Conn, most time.Duration) {
	t.Helper()
	internal := []string{"Authorization", "Bearer " + p.token(t)}
	for _, edition := range []struct {
		name, condition string
		header          []string
	}{{"internal", "true", internal}, {"public", "status = 'active'", nil}} {
		want := stored(t, conn, edition.condition)
		eventually(t, most, func() error {
			got := p.listAll(t, edition.header...)
			slices.Sort(got)
			if slices.Equal(got, want) {
				return nil
			}
			return fmt.Errorf("the %s index has %d organizations, the database %d, or they differ: %v", edition.name, len(got), len(want), firstDifference(got, want))
		})
	}
}

// stored returns what the database knows and holds today, sorted.
func stored(t *testing.T, conn *pgx.Conn, condition string) []string {
	t.Helper()
	rows, err := conn.Query(t.Context(), `
		select v.organization_id, v.name, v.kind, coalesce(v.level, ''), v.status, lpad(v.division_code::text, 12, '0'),
		       v.lon_e7, v.lat_e7, v.location_state, v.location_source, coalesce(v.location_accuracy_m, 0)::float8, coalesce(o.code, '')
		from jingwei.organization_version v join jingwei.organization o on o.id = v.organization_id
		where upper_inf(v.recorded) and v.valid @> (now() at time zone 'Asia/Shanghai')::date and `+condition)
	if err != nil {
		t.Fatal(err)
	}
	var all []string
	var o listed
	var lon, lat int32
	_, err = pgx.ForEachRow(rows, []any{&o.ID, &o.Name, &o.Kind, &o.Level, &o.Status, &o.Division, &lon, &lat,
		&o.LocationState, &o.LocationSource, &o.LocationAccuracyM, &o.Code}, func() error {
		o.Location = [2]float64{float64(lon) / 1e7, float64(lat) / 1e7}
		all = append(all, o.String())
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(all)
	return all
}

func (p *program) listAll(t *testing.T, header ...string) []string {
	t.Helper()
	var all []string
	for cursor := ""; ; {
		path := "/api/organizations?limit=1000"
		if cursor != "" {
			path += "&cursor=" + cursor
		}
		var page struct {
			Items []struct {
				ID                int64
				Name, Kind, Level string
				Status, Division  string
				Location          [2]float64
				LocationState     string  `json:"location_state"`
				LocationSource    string  `json:"location_source"`
				LocationAccuracyM float64 `json:"location_accuracy_m"`
				Code              string
			}
			Next *string
		}
		p.get(t, path, header...).decode(t, &page)
		for _, o := range page.Items {
			all = append(all, listed(o).String())
		}
		if page.Next == nil {
			return all
		}
		cursor = *page.Next
	}
}

func firstDifference(got, want []string) string {
	for i := range min(len(got), len(want)) {
		if got[i] != want[i] {
			return fmt.Sprintf("index %q, database %q", got[i], want[i])
		}
	}
	return "one has more"
}
