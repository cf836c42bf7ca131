package topology_test

import (
	"compress/gzip"
	"encoding/json"
	"io"
	"os"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"

	"jingwei/geo"
	"jingwei/geo/geotest"
	"jingwei/geo/topology"
)

// counties reads the real counties, which are not part of the repository.
func counties(t testing.TB) []geo.MultiPolygon {
	t.Helper()
	f, err := os.Open(geotest.Shared(t, "data", "boundaries", "cn-county.geojson.gz"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(z)
	if err != nil {
		t.Fatal(err)
	}
	var collection struct {
		Features []struct{ Geometry json.RawMessage }
	}
	if err := json.Unmarshal(text, &collection); err != nil {
		t.Fatal(err)
	}
	units := make([]geo.MultiPolygon, len(collection.Features))
	for i, f := range collection.Features {
		if units[i], err = geo.ParseMultiPolygon(f.Geometry); err != nil {
			t.Fatal(err)
		}
	}
	return units
}

// TestNationalCounties simplifies all counties of China; with JINGWEI_NATIONAL=1 PostGIS judges every band, else the
// widest. One of them, 659006, is given with a ring that touches itself.
func TestNationalCounties(t *testing.T) {
	units := counties(t)
	c := topology.New(units)
	// Both 320703 and 371103 claim 平岛, an island: as published, so as drawn.
	disputed := [][2]int{{766, 1275}}
	if diff := cmp.Diff(disputed, c.Conflicts()); diff != "" {
		t.Errorf("conflicts (-want +got):\n%s", diff)
	}
	conn, err := pgx.Connect(t.Context(), geotest.Database(t))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(t.Context())
	whole := c.Units()
	original := ask(t, conn, units)
	t.Logf("as given: %+v", original)
	bands := topology.Bands()
	for i := len(bands) - 1; i >= 0; i-- {
		got := whole
		if i < len(bands)-1 {
			c.Simplify(bands[i].MaxZoom)
			got = c.Units()
		}
		mustCover(t, undisputed(got, disputed))
		if national := os.Getenv("JINGWEI_NATIONAL") != ""; !national && bands[i].MinZoom > 4 {
			continue // PostGIS takes its time for the detailed ones
		}
		o := ask(t, conn, got)
		t.Logf("zooms %d to %d: %d edges, %d parts, %+v", bands[i].MinZoom, bands[i].MaxZoom, len(edges(got)), parts(got), o)
		if o.units != len(units) || o.invalid > 0 || o.overlaps > len(disputed) || o.gaps > original.gaps {
			t.Errorf("zooms %v: %+v", bands[i], o)
		}
		if off := o.area/original.area - 1; off > 0.005 || off < -0.005 {
			t.Errorf("zooms %v: the area of the union is off by %g", bands[i], off)
		}
	}
}

// undisputed leaves out the polygons of the second unit of each pair that the first has as well.
func undisputed(units []geo.MultiPolygon, pairs [][2]int) []geo.MultiPolygon {
	out := slices.Clone(units)
	for _, pair := range pairs {
		out[pair[1]] = slices.DeleteFunc(slices.Clone(units[pair[1]]), func(p geo.Polygon) bool {
			return slices.ContainsFunc(units[pair[0]], func(q geo.Polygon) bool { return cmp.Equal(p, q) })
		})
	}
	return out
}

func parts(units []geo.MultiPolygon) (n int) {
	for _, u := range units {
		n += len(u)
	}
	return n
}

// oracle is what PostGIS says about shapes.
type oracle struct {
	units, invalid, overlaps, gaps int
	area                           float64 // of the union, in square degrees
}

const sqlStage = `create temporary table shape (id int primary key, geom geometry)`

// Sides that are drawn twice and holes of the union that no unit leaves free are gaps; at full detail there are none.
const sqlOracle = `
with whole as (select st_union(s.geom) as geom from shape s)
select (select count(*) from shape), (select count(*) from shape s where not st_isvalid(s.geom)),
       (select count(*) from shape a join shape b on a.id < b.id and a.geom && b.geom
        where st_relate(a.geom, b.geom, '2********')),
       (select coalesce(sum(st_numinteriorrings(d.geom)), 0) from whole w, st_dump(w.geom) d),
       (select st_area(w.geom) from whole w)`

func ask(t *testing.T, conn *pgx.Conn, units []geo.MultiPolygon) (o oracle) {
	t.Helper()
	ids := make([]int, len(units))
	texts := make([]string, len(units))
	for i, u := range units {
		ids[i], texts[i] = i, string(u.AppendGeoJSON(nil))
	}
	tx, err := conn.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer tx.Rollback(t.Context())
	if _, err := tx.Exec(t.Context(), sqlStage); err != nil {
		t.Fatal(err)
	}
	if _, err := tx.Exec(t.Context(), `insert into shape select i, st_geomfromgeojson(x) from unnest($1::int[], $2::text[]) u (i, x)`, ids, texts); err != nil {
		t.Fatal(err)
	}
	if _, err := tx.Exec(t.Context(), `create index on shape using gist (geom)`); err != nil {
		t.Fatal(err)
	}
	if err := tx.QueryRow(t.Context(), sqlOracle).Scan(&o.units, &o.invalid, &o.overlaps, &o.gaps, &o.area); err != nil {
		t.Fatal(err)
	}
	return o
}
