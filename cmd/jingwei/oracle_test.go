package main_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/paulmach/orb/encoding/wkb"
	"github.com/paulmach/orb/geojson"

	main "jingwei/cmd/jingwei"
	"jingwei/geo"
	"jingwei/geo/geotest"
	"jingwei/geo/live"
)

// oracle is a server, and PostGIS beside it, which is asked the same.
type oracle struct {
	*world
	random *rand.Rand
	points []geo.Position
	ids    []geo.ID
}

// newOracle makes organizations: most in two degrees around 120° E 30° N, half of them on the lattice and some at one
// place, others at the antimeridian, and some anywhere. A fourth are drafts. Each has a number by which sums tell sets apart.
func newOracle(t *testing.T) *oracle {
	t.Helper()
	url, dir := geotest.Database(t), t.TempDir()
	o := &oracle{world: &world{conn: connect(t, url), dir: dir}, random: rand.New(rand.NewPCG(11, 13))}
	o.place(12_000)
	o.plant(t)
	node, stopped, err := main.StartNode(t.Context(), url, dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { <-stopped })
	o.Node = node
	key, err := os.ReadFile(filepath.Join(dir, "token"))
	if err != nil {
		t.Fatal(err)
	}
	o.operator = persona{name: "operator", token: strings.TrimSpace(string(key)), address: o.address()}
	store := openStore(t, url)
	for _, e := range []live.Edition{live.Public, live.Internal} {
		eventually(t, time.Minute, func() error { return reached(node.Index("organizations", e), positionOf(t, store)) })
	}
	return o
}

func (o *oracle) place(n int) {
	const step = 78_125 // of the lattice, in 1e-7 degree
	for i := range n {
		r := o.random
		p := geo.Position{Lon: 1_190_000_000 + r.Int32N(20_000_000), Lat: 290_000_000 + r.Int32N(20_000_000)}
		switch {
		case i%10 == 0: // anywhere, the poles and the whole of the antimeridian included
			p = geo.Position{Lon: int32(r.Int64N(3_600_000_001) - 1_800_000_000), Lat: r.Int32N(1_800_000_001) - 900_000_000}
			if i%50 == 0 {
				p.Lat = []int32{-900_000_000, 900_000_000, 0}[i/50%3]
			}
		case i%10 < 3:
			p = geo.Position{Lon: []int32{-1_800_000_000, 1_780_000_000}[i%2] + r.Int32N(20_000_001), Lat: r.Int32N(40_000_000) - 20_000_000}
			if i%7 == 0 {
				p.Lon = []int32{-1_800_000_000, 1_800_000_000}[i%2]
			}
		case i%10 == 9: // where one is already
			p = o.points[r.IntN(len(o.points))]
		}
		if i%2 == 0 {
			p.Lon, p.Lat = p.Lon/step*step, p.Lat/step*step
		}
		o.points = append(o.points, p)
	}
}

func (o *oracle) plant(t *testing.T) {
	t.Helper()
	plantDivisions(t, o.conn)
	rows, err := o.conn.Query(t.Context(), sqlPlantIDs, len(o.points))
	if err == nil {
		o.ids, err = pgx.CollectRows(rows, pgx.RowTo[geo.ID])
	}
	if err != nil {
		t.Fatal(err)
	}
	lon, lat, weight := make([]int32, len(o.ids)), make([]int32, len(o.ids)), make([]int32, len(o.ids))
	for i, p := range o.points {
		lon[i], lat[i], weight[i] = p.Lon, p.Lat, o.random.Int32N(1_000_000)
	}
	const sql = `
insert into jingwei.organization_version (organization_id, version, valid, author, path, kind, level, status, name, division_code, lon_e7, lat_e7,
    location_source, location_state, location_accuracy_m)
select n.id, 1, '[2024-01-01,)', 'a', n.id::text::ltree, 'branch', 'village', case when n.id % 4 = 0 then 'draft' else 'active' end, '组织', 330102001051,
       n.lon, n.lat, 'map', 'reported', n.weight
from unnest($1::bigint[], $2::int[], $3::int[], $4::int[]) n (id, lon, lat, weight)`
	for _, sql := range []string{sql, `analyze jingwei.organization_version`} {
		args := []any{o.ids, lon, lat, weight}
		if strings.HasPrefix(sql, "analyze") {
			args = nil
		}
		if _, err := o.conn.Exec(t.Context(), sql, args...); err != nil {
			t.Fatal(err)
		}
	}
}

// polygons is how many areas are asked about.
func polygons(t *testing.T) int { return howMany(t, "JINGWEI_POLYGONS", 400) }

// howMany reads how many of something a test is to try.
func howMany(t testing.TB, variable string, missing int) int {
	t.Helper()
	text := os.Getenv(variable)
	if text == "" {
		return missing
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 10 {
		t.Fatalf("%s=%s is no number from 10 on", variable, text)
	}
	return n
}

// told is what lies in an area: how many points, the sum of their numbers, and how many lie on an edge.
type told struct {
	Count int
	Sum   int64
	Edge  int
}

// TestAggregatesEqualPostGIS draws areas and holds the counts and sums of the live index within each, over HTTP, against
// ST_Covers. What PostGIS rounds may differ where a point lies within 1e-9 degree of an edge and they are not exact in binary.
// JINGWEI_POLYGONS is how many areas, 400 by default.
func TestAggregatesEqualPostGIS(t *testing.T) {
	o := newOracle(t)
	n, pen := polygons(t), pencil{o.random, o.points}
	kinds, all, rounded := map[string]told{}, told{}, 0
	var asking, answering time.Duration
	for left, internal := n, false; left > 0; internal = !internal {
		batch, body := o.batch(t, pen, min(left, 1000))
		left -= len(batch)
		began := time.Now()
		got := o.aggregates(t, body, internal)
		asking += time.Since(began)
		began = time.Now()
		want := o.covered(t, batch, internal)
		answering += time.Since(began)
		for i, d := range batch {
			k := kinds[d.kind]
			k.Count, k.Sum, k.Edge = k.Count+1, k.Sum+int64(want[i].Count), k.Edge+want[i].Edge
			kinds[d.kind] = k
			all.Sum, all.Edge = all.Sum+int64(want[i].Count), all.Edge+want[i].Edge
			if want[i].Edge = 0; got[i] == want[i] {
				continue
			}
			rounded++
			if least, most := o.bounds(t, d, internal); got[i].Count < least || got[i].Count > most || least == most {
				text, _ := json.Marshal(d.shape)
				t.Errorf("%s: %+v, PostGIS %+v, which may be from %d to %d: %.2000s", d.kind, got[i], want[i], least, most, text)
			}
		}
	}
	t.Logf("%d areas, %d points in them, %d on an edge; %d areas differ by points within 1e-9 degree of an edge; the index took %v, PostGIS %v", n, all.Sum, all.Edge, rounded, asking.Round(time.Millisecond), answering.Round(time.Millisecond))
	for kind, k := range kinds {
		t.Logf("%s: %d areas, %d points in them, %d on an edge", kind, k.Count, k.Sum, k.Edge)
		if n >= 400 && (k.Sum == 0 || k.Edge == 0 && kind != "star") {
			t.Errorf("%s: no point in or on any of %d areas", kind, k.Count)
		}
	}
}

// batch draws up to so many areas that fit into one request.
func (o *oracle) batch(t *testing.T, pen pencil, most int) ([]drawn, []byte) {
	t.Helper()
	var batch []drawn
	body := []byte(`{"type":"FeatureCollection","features":[`)
	for i := range most {
		d := pen.draw()
		f := geojson.NewFeature(d.shape)
		if len(d.shape) == 1 && i%2 == 0 {
			f = geojson.NewFeature(d.shape[0])
		}
		f.ID = i
		text, err := f.MarshalJSON()
		if err != nil {
			t.Fatal(err)
		}
		body, batch = append(append(body, text...), ','), append(batch, d)
		if len(body) > 900_000 {
			break
		}
	}
	return batch, append(bytes.TrimSuffix(body, []byte(",")), "]}"...)
}

func (o *oracle) aggregates(t *testing.T, body []byte, internal bool) []told {
	t.Helper()
	r := o.ask(t, o.reader(internal), http.MethodPost, "/ogc/collections/organizations/aggregate?number=location_accuracy_m", string(body))
	var answer struct{ Areas []told }
	r.decode(t, http.StatusOK, &answer)
	return answer.Areas
}

func (o *oracle) reader(internal bool) persona {
	if internal {
		return o.operator
	}
	return persona{name: "everyone", address: o.operator.address}
}

// sqlCovered answers for area $1, n of them as WKB, and for drafts too if $2.
const (
	sqlPointsIn = `
with area as materialized (select u.n, st_geomfromwkb(u.text, 4326) as g from unnest($1::bytea[]) with ordinality u (text, n))
select a.n, st_isvalid(a.g) as valid, p.*
from area a left join lateral (
    select %s from jingwei.organization_version v where v.location && a.g and upper_inf(v.recorded) and ($2 or v.status = 'active') %s
) p on true order by a.n`
	sqlCoveredColumns = `count(*) as inside, coalesce(sum(v.location_accuracy_m), 0)::bigint as sum, count(*) filter (where not st_contains(a.g, v.location)) as edge`
	sqlBoundsColumns  = `count(*) filter (where st_covers(a.g, v.location) and (exact or not near)) as least, count(*) filter (where st_covers(a.g, v.location) or near and not exact) as most`
	sqlNear           = `cross join lateral (select st_dwithin(st_boundary(a.g), v.location, 1e-9) as near, $3 and v.lon_e7 % 78125 = 0 and v.lat_e7 % 78125 = 0 as exact) e`
)

func (o *oracle) covered(t *testing.T, batch []drawn, internal bool) []told {
	t.Helper()
	texts := make([][]byte, len(batch))
	for i, d := range batch {
		var err error
		if texts[i], err = wkb.Marshal(d.planar()); err != nil {
			t.Fatal(err)
		}
	}
	rows, err := o.conn.Query(t.Context(), fmt.Sprintf(sqlPointsIn, sqlCoveredColumns, "and st_covers(a.g, v.location)"), texts, internal)
	if err != nil {
		t.Fatal(err)
	}
	want, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (w told, err error) {
		var n int
		var valid bool
		if err = row.Scan(&n, &valid, &w.Count, &w.Sum, &w.Edge); err == nil && !valid {
			text, _ := json.Marshal(batch[n-1].shape)
			err = fmt.Errorf("%s that is not valid was drawn: %.2000s", batch[n-1].kind, text)
		}
		return w, err
	})
	if err != nil {
		t.Fatal(err)
	}
	return want
}

// bounds are between what PostGIS counts without and with the points whose side it may round.
func (o *oracle) bounds(t *testing.T, d drawn, internal bool) (least, most int) {
	t.Helper()
	text, err := wkb.Marshal(d.planar())
	if err != nil {
		t.Fatal(err)
	}
	sql := strings.Replace(fmt.Sprintf(sqlPointsIn, sqlBoundsColumns, ""), "from jingwei.organization_version v ", "from jingwei.organization_version v "+sqlNear+" ", 1)
	sql = strings.Replace(sql, "v.location && a.g", "v.location && st_expand(a.g, 1e-9)", 1)
	if err := o.conn.QueryRow(t.Context(), sql, [][]byte{text}, internal, d.exact).Scan(nil, nil, &least, &most); err != nil {
		t.Fatal(err)
	}
	return least, most
}

// TestWithinEqualsPostGIS: areas that are stored as jurisdictions and grids count what ST_Covers counts in them.
func TestWithinEqualsPostGIS(t *testing.T) {
	o := newOracle(t)
	pen := pencil{o.random, o.points}
	var batch []drawn
	for len(batch) < 60 {
		if d := pen.draw(); d.kind != "across the antimeridian" {
			batch = append(batch, d)
		}
	}
	ids := o.ids[:len(batch)]
	for i, d := range batch {
		text, err := wkb.Marshal(d.shape)
		if err != nil {
			t.Fatal(err)
		}
		for _, sql := range []string{
			`update jingwei.organization_version set jurisdiction = st_multi(st_geomfromwkb($2, 4326)) where organization_id = $1`,
			`insert into jingwei.grid (id, code, kind, name, division_code, geometry, valid) values ($1, 'G' || $1::bigint::text, 'village_grid', '格', 330102001051, st_multi(st_geomfromwkb($2, 4326)), '[2024-01-01,)')`,
		} {
			if _, err := o.conn.Exec(t.Context(), sql, ids[i], text); err != nil {
				t.Fatal(err)
			}
		}
	}
	inside := 0
	for _, internal := range []bool{false, true} {
		for i, want := range o.covered(t, batch, internal) {
			want.Edge = 0
			inside += want.Count
			for _, collection := range []string{"jurisdictions", "grids"} {
				r := o.ask(t, o.reader(internal), http.MethodGet, fmt.Sprintf("/ogc/collections/organizations/aggregate?number=location_accuracy_m&within=%s/%d", collection, ids[i]), "")
				if draft := ids[i]%4 == 0; draft && !internal && collection == "jurisdictions" {
					r.expect(t, http.StatusNotFound)
					continue
				}
				var got told
				if r.decode(t, http.StatusOK, &got); got != want {
					if least, most := o.bounds(t, batch[i], internal); got.Count < least || got.Count > most || least == most {
						t.Errorf("%s, %s: %+v, PostGIS %+v", r.request, batch[i].kind, got, want)
					}
				}
			}
		}
	}
	if inside == 0 {
		t.Error("nothing lies in any area")
	}
}

// sqlNearest orders by the distance to a place $1, $2: the first $4, and those of $5 that are not among them.
const sqlNearest = `
with measured as (
    select v.organization_id as id, v.location, st_distance(v.location::geography, st_setsrid(st_makepoint($1, $2), 4326)::geography) as metres
    from jingwei.organization_version v where upper_inf(v.recorded) and ($3 or v.status = 'active')
), ordered as (select m.*, row_number() over (order by m.metres, m.id) as n from measured m)
select o.id, o.metres, array[st_x(o.location), st_y(o.location)] from ordered o where o.n <= $4 or o.id = any ($5) order by o.n`

// TestNearestEqualsPostGIS: what is nearest to a place is so by ST_Distance of geographies, in the same order and as far to
// a millimetre; of those at one place the least id comes first. There is a place for every ten of JINGWEI_POLYGONS.
func TestNearestEqualsPostGIS(t *testing.T) {
	o := newOracle(t)
	type near struct {
		ID       geo.ID
		Metres   float64 `json:"distance_m"`
		Location [2]float64
	}
	worst, compared, together := 0.0, 0, 0
	for i := range polygons(t) / 10 {
		at := o.points[o.random.IntN(len(o.points))]
		if i%3 > 0 {
			at = geo.Position{Lon: int32(o.random.Int64N(3_600_000_001) - 1_800_000_000), Lat: o.random.Int32N(1_800_000_001) - 900_000_000}
		}
		if i%10 == 0 {
			at = geo.Position{Lon: []int32{1_800_000_000, -1_800_000_000, 1_200_000_000}[i/10%3], Lat: []int32{0, 900_000_000, -900_000_000, 100}[i/10%4]}
		}
		lon, lat := at.Degrees()
		k, internal := 1+o.random.IntN(60), i%2 == 0
		r := o.ask(t, o.reader(internal), http.MethodGet, fmt.Sprintf("/ogc/collections/organizations/nearest?point=%.7f,%.7f&k=%d", lon, lat, k), "")
		var answer struct{ Items []near }
		r.decode(t, http.StatusOK, &answer)
		ids := []geo.ID{}
		for _, n := range answer.Items {
			ids = append(ids, n.ID)
		}
		rows, err := o.conn.Query(t.Context(), sqlNearest, lon, lat, internal, k, ids)
		if err != nil {
			t.Fatal(err)
		}
		want, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (n near, err error) {
			var place []float64
			if err = row.Scan(&n.ID, &n.Metres, &place); err == nil {
				n.Location = [2]float64(place)
			}
			return n, err
		})
		if err != nil {
			t.Fatal(err)
		}
		if len(answer.Items) != k {
			t.Fatalf("%s: %d items", r.request, len(answer.Items))
		}
		metres := map[geo.ID]float64{}
		for _, w := range want {
			metres[w.ID] = w.Metres
		}
		for n, got := range answer.Items {
			compared++
			worst = max(worst, math.Abs(got.Metres-metres[got.ID]))
			same := got.Location == want[n].Location
			if same && n > 0 && got.Location == want[n-1].Location {
				together++
			}
			if math.Abs(got.Metres-metres[got.ID]) > 1e-3 || math.Abs(got.Metres-want[n].Metres) > 1e-3 || same && got.ID != want[n].ID {
				t.Errorf("%s: number %d is %+v, in PostGIS %+v", r.request, n+1, got, want[n])
			}
		}
	}
	t.Logf("%d compared, %d of them at one place with the one before; at most %g m apart", compared, together, worst)
	if together == 0 {
		t.Error("no two were at one place")
	}
}
