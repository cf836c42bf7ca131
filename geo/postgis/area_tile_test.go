package postgis_test

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"
	"github.com/paulmach/orb"
	"github.com/paulmach/orb/encoding/mvt"
	"github.com/paulmach/orb/maptile"

	"jingwei/geo"
	"jingwei/geo/postgis"
)

// mesh is a square mesh of grids from 120° E, 28° N on.
type mesh struct {
	side   int     // grids per side
	step   float64 // degrees
	prefix string
}

func (m mesh) Len() int { return m.side * m.side }

func (m mesh) Grid(i int) geo.Grid {
	g := grids{prefix: m.prefix}.Grid(i)
	g.Shape = quad(120+float64(i%m.side)*m.step, 28+float64(i/m.side)*m.step, m.step)
	return g
}

// sizes are grids in one corner, each 5 % larger than the one before: some are just too small at any zoom.
type sizes struct{}

func (sizes) Len() int { return 200 }

func (sizes) Grid(i int) geo.Grid {
	g := grids{prefix: "S"}.Grid(i)
	g.Shape = quad(120.01, 28.01, 0.00001*math.Pow(1.05, float64(i)))
	return g
}

// area is a polygon of a tile: its extent in units of the tile and its properties.
type area struct {
	ID                     int64
	West, North, East, Low int
	Properties             string
}

// areas decodes a tile of one layer.
func areas(t testing.TB, layer string, data []byte) []area {
	t.Helper()
	out := []area{}
	if len(data) == 0 {
		return out
	}
	layers, err := mvt.Unmarshal(data)
	if err != nil || len(layers) != 1 || layers[0].Name != layer || layers[0].Extent != 4096 || layers[0].Version != 2 {
		t.Fatalf("layers %v, %v", layers, err)
	}
	for _, f := range layers[0].Features {
		b := f.Geometry.Bound()
		if _, ok := f.Geometry.(orb.Polygon); !ok {
			t.Errorf("feature %v is a %s", f.ID, f.Geometry.GeoJSONType())
		}
		out = append(out, area{int64(f.ID.(float64)), int(b.Min[0]), int(b.Min[1]), int(b.Max[0]), int(b.Max[1]), fmt.Sprint(f.Properties)})
	}
	return out
}

// The same in SQL, by another way: areas are cut with the box that is 64 of 4096 wider, and its extent computed. $5 is
// the least side in 512ths of the tile.
const sqlAreasInTile = `
with box as (
    select st_tileenvelope($1, $2, $3) as tile, st_tileenvelope($1, $2, $3, margin => 1 / 64.0::float8) as wide,
           40075016.685578488 / 2 ^ $1 as width
), cut as (
    select a.id, a.properties, st_intersection(st_transform(a.shape, 3857), box.wide) as g, box.*
    from (%s) a (id, properties, shape, valid), box
    where st_area(st_transform(a.shape, 3857)) >= ($5 * box.width / 512) ^ 2 and a.valid @> jingwei.day($4) and $1 >= 8
)
select id, round((st_xmin(g) - st_xmin(tile)) / width * 4096)::int, round((st_ymax(tile) - st_ymax(g)) / width * 4096)::int,
       round((st_xmax(g) - st_xmin(tile)) / width * 4096)::int, round((st_ymax(tile) - st_ymin(g)) / width * 4096)::int, properties
from cut where st_area(g) > 0 order by id`

const (
	sqlGridAreas = `
select id, format('map[code:%s division:%s kind:%s name:%s%s]', code, division_code, kind, name,
    (select ' organization:' || v.organization_id from jingwei.organization_version v
     where v.organization_id = grid.organization_id and upper(v.recorded) is null and v.status = 'active' and v.valid @> jingwei.day($4))), geometry, valid
from jingwei.grid`
	sqlJurisdictionAreas = `
select organization_id, format('map[division:%s kind:%s level:%s name:%s]', division_code, kind, level, name), jurisdiction, valid
from jingwei.organization_version where upper(recorded) is null and jurisdiction is not null and status = 'active'`
)

func areasBySQL(t testing.TB, conn *pgx.Conn, layer string, tile maptile.Tile, on geo.Day) []area {
	t.Helper()
	side := map[maptile.Zoom]float64{8: 9, 9: 9, 10: 9, 11: 9, 12: 9, 13: 3}[tile.Z]
	if side == 0 {
		side = 0.5
	}
	sql := fmt.Sprintf(sqlAreasInTile, map[string]string{"grids": sqlGridAreas, "jurisdictions": sqlJurisdictionAreas}[layer])
	rows, err := conn.Query(t.Context(), sql, int32(tile.Z), int32(tile.X), int32(tile.Y), int32(on), side)
	if err != nil {
		t.Fatal(err)
	}
	list, err := pgx.AppendRows([]area{}, rows, pgx.RowToStructByPos[area])
	if err != nil {
		t.Fatal(err)
	}
	return list
}

func (s setup) areaTile(t testing.TB, layer string, tile maptile.Tile, on geo.Day) []byte {
	t.Helper()
	draw, tell := s.GridTile, s.GridGeneration
	if layer == "jurisdictions" {
		draw, tell = s.JurisdictionTile, s.JurisdictionGeneration
	}
	data, generation, err := draw(t.Context(), uint32(tile.Z), tile.X, tile.Y, on)
	if err != nil {
		t.Fatal(err)
	}
	if now, err := tell(t.Context(), uint32(tile.Z), tile.X, tile.Y); err != nil || now != generation {
		t.Errorf("drawn in generation %s, now %s, %v", generation, now, err)
	}
	return data
}

// wantAreas compares the tiles around a place at many zooms with what SQL says; one unit may be rounded otherwise. It
// returns how many areas were drawn.
func (s setup) wantAreas(t *testing.T, layer string, lon, lat float64, on geo.Day) (drawn int) {
	t.Helper()
	conn := s.connect(t)
	defer conn.Close(context.WithoutCancel(t.Context()))
	near := cmp.Comparer(func(a, b int) bool { return a-b <= 1 && b-a <= 1 })
	for _, z := range []maptile.Zoom{0, 7, 8, 10, 12, 13, 14, 17} {
		centre := tileAt(lon, lat, z)
		for _, tile := range []maptile.Tile{centre, maptile.New(min(centre.X+1, 1<<z-1), centre.Y, z)} {
			data := s.areaTile(t, layer, tile, on)
			got := areas(t, layer, data)
			if diff := cmp.Diff(areasBySQL(t, conn, layer, tile, on), got, near); diff != "" {
				t.Errorf("tile %v (-SQL +tile):\n%s", tile, diff)
			}
			if len(data) > 500_000 || z < 8 && len(data) > 0 {
				t.Errorf("tile %v has %d bytes", tile, len(data))
			}
			drawn += len(got)
		}
	}
	return drawn
}

func TestGridTile(t *testing.T) {
	s := newSetup(t)
	org := s.create(t, content("responsible"))
	for i, m := range []postgis.GridTable{mesh{side: 9, step: 0.003, prefix: "A"}, sizes{}} {
		if _, err := s.LoadGrids(t.Context(), fmt.Sprint("mesh ", i), m, nil); err != nil {
			t.Fatal(err)
		}
	}
	s.exec(t, `update jingwei.grid set organization_id = $1 where code like '%7'`, org.ID)
	s.exec(t, `update jingwei.grid set valid = '[2023-06-30, 2024-01-01)' where code like '%3'`)
	now, then := s.wantAreas(t, "grids", 120.01, 28.01, s.today), s.wantAreas(t, "grids", 120.01, 28.01, day("2023-12-31"))
	if before := s.wantAreas(t, "grids", 120.01, 28.01, day("2023-06-29")); before > 0 || now == 0 || now >= then {
		t.Errorf("%d areas before there were any, %d now, %d then", before, now, then)
	}
	for _, status := range []string{"draft", "submitted", "retired"} {
		s.exec(t, `update jingwei.organization_version set status = $1`, status)
		tile := s.areaTile(t, "grids", tileAt(120.01, 28.01, 14), s.today)
		if text := fmt.Sprint(areas(t, "grids", tile)); strings.Contains(text, "organization") || len(text) < 100 {
			t.Errorf("responsible organization %s: %s", status, text)
		}
	}
}

func TestJurisdictionTile(t *testing.T) {
	s := newSetup(t)
	if _, err := s.LoadOrganizationTree(t.Context(), "tree", meshTree{tree{n: 100, prefix: "T"}}, since("2023-06-30"), "generator", nil); err != nil {
		t.Fatal(err)
	}
	base, _, _, err := s.SamplePart(t.Context(), "tree")
	if err != nil {
		t.Fatal(err)
	}
	all := s.wantAreas(t, "jurisdictions", 120.03, 28.03, s.today)
	if _, err := s.RetireOrganization(t.Context(), geo.Everywhere(), geo.Everywhere(), base+55, 1, s.today, "a"); err != nil {
		t.Fatal(err)
	}
	s.exec(t, `update jingwei.organization_version set status = 'draft' where organization_id = $1`, base+44)
	s.exec(t, sqlRename, base+33, "without a jurisdiction") // writes a row that says nothing of it
	fewer := s.wantAreas(t, "jurisdictions", 120.03, 28.03, s.today)
	if past := s.wantAreas(t, "jurisdictions", 120.03, 28.03, s.today-1); all == 0 || fewer >= past || past >= all {
		t.Errorf("%d areas, then %d, and %d of the day before", all, fewer, past)
	}
}

// meshTree is a tree in which every organization has a jurisdiction.
type meshTree struct{ tree }

func (m meshTree) Jurisdiction(i int) (geo.MultiPolygon, bool) {
	return quad(120+float64(i%10)*0.006, 28+float64(i/10)*0.006, 0.006), true
}

func TestAreaTileAddresses(t *testing.T) {
	s := newEmptySetup(t)
	for _, draw := range []func(ctx context.Context, z, x, y uint32, day geo.Day) ([]byte, string, error){s.GridTile, s.JurisdictionTile} {
		for _, address := range [][3]uint32{{31, 0, 0}, {0, 1, 0}, {3, 0, 8}, {math.MaxUint32, 0, 0}} {
			_, _, err := draw(t.Context(), address[0], address[1], address[2], s.today)
			wantError(t, err, geo.ErrInvalid, "tile")
		}
		data, generation, err := draw(t.Context(), 14, 0, 0, s.today)
		if err != nil || len(data) != 0 || generation == "" {
			t.Errorf("an empty place: %d bytes of generation %q, %v", len(data), generation, err)
		}
	}
}

// TestCrowdedAreasAreThinnedOut: where areas are many the tile stays small, and one zoom on they are there.
func TestCrowdedAreasAreThinnedOut(t *testing.T) {
	s := newSetup(t)
	if _, err := s.LoadGrids(t.Context(), "mesh", mesh{side: 130, step: 0.0025, prefix: "第三社区网格员责任区"}, nil); err != nil {
		t.Fatal(err)
	}
	largest, most := 0, 0
	for z := maptile.Zoom(8); z <= 16; z++ {
		tile := tileAt(120.1, 28.1, z)
		data := s.areaTile(t, "grids", tile, s.today)
		n := len(areas(t, "grids", data))
		largest, most = max(largest, len(data)), max(most, n)
		if z >= 13 && n == 0 {
			t.Errorf("zoom %d: nothing is drawn", z)
		}
	}
	if largest > 500_000 || most < 500 {
		t.Errorf("largest tile %d bytes, with up to %d areas", largest, most)
	}
}

// here asks for the generation of the tile that everything of these tests lies in.
func here(f func(context.Context, uint32, uint32, uint32) (string, error)) func(context.Context) (string, error) {
	tile := tileAt(120.05, 28.0005, 8)
	return func(ctx context.Context) (string, error) { return f(ctx, uint32(tile.Z), tile.X, tile.Y) }
}

// raised tells which layers a step gives another generation.
func (s setup) raised(t *testing.T, step func()) []string {
	t.Helper()
	tell := map[string]func(context.Context) (string, error){
		"divisions": s.DivisionGeneration, "grids": here(s.GridGeneration), "jurisdictions": here(s.JurisdictionGeneration)}
	before := map[string]string{}
	ask := func(done func(layer, generation string)) {
		for layer, f := range tell {
			generation, err := f(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			done(layer, generation)
		}
	}
	ask(func(layer, generation string) { before[layer] = generation })
	step()
	raised := []string{}
	ask(func(layer, generation string) {
		if before[layer] != generation {
			raised = append(raised, layer)
		}
	})
	slices.Sort(raised)
	return raised
}

func TestAreaGenerations(t *testing.T) {
	s := newSetup(t)
	plain := s.create(t, content("plain"))
	sql := func(text string, args ...any) func() { return func() { s.exec(t, text, args...) } }
	replace := func(id geo.ID, version int32) func() {
		return func() {
			if _, _, err := s.ReplaceOrganization(t.Context(), geo.Everywhere(), geo.Everywhere(), id, version, content("new"), s.today, s.today, "a"); err != nil {
				t.Fatal(err)
			}
		}
	}
	grids, jurisdictions := []string{"grids"}, []string{"jurisdictions"}
	const give = `update jingwei.organization_version set jurisdiction = st_multi(st_makeenvelope(120, 28, 121, 29, 4326)) where organization_id = $1`
	for _, step := range []struct {
		name string
		do   func()
		want []string
	}{
		{"load of grids", func() {
			if _, err := s.LoadGrids(t.Context(), "grids", mesh{side: 2, step: 0.01, prefix: "G"}, nil); err != nil {
				t.Fatal(err)
			}
		}, grids},
		{"update of a grid", sql(`update jingwei.grid set name = 'new' where code = 'G000001'`), grids},
		{"update of no grid", sql(`update jingwei.grid set name = 'new' where code = 'none'`), []string{}},
		{"removal of a grid", sql(`delete from jingwei.grid where code = 'G000001'`), grids},
		{"a grid gets an organization", sql(`update jingwei.grid set organization_id = $1 where code = 'G000002'`, plain.ID), grids},
		{"which is hidden", sql(`update jingwei.organization_version set status = 'draft' where organization_id = $1`, plain.ID), grids},
		{"and changes in secret", sql(`update jingwei.organization_version set name = 'secret' where organization_id = $1`, plain.ID), []string{}},
		{"and is shown", sql(`update jingwei.organization_version set status = 'active' where organization_id = $1`, plain.ID), grids},
		{"no grids", sql(`truncate jingwei.grid cascade`), grids},
		{"organization without a jurisdiction", replace(plain.ID, 1), []string{}},
		{"a jurisdiction comes", sql(give, plain.ID), jurisdictions},
		{"other words about who has one", replace(plain.ID, 2), jurisdictions},
		{"it goes", sql(`update jingwei.organization_version set jurisdiction = null where organization_id = $1`, plain.ID), jurisdictions},
		{"and is gone", replace(plain.ID, 3), []string{}},
		{"load without any", func() {
			if _, err := s.LoadReports(t.Context(), "reports", &reports{n: 1}, nil); err != nil {
				t.Fatal(err)
			}
		}, []string{}},
		{"a jurisdiction comes back", sql(give, plain.ID), jurisdictions},
		{"no organizations", sql(`truncate jingwei.organization_version`), jurisdictions},
	} {
		if diff := cmp.Diff(step.want, s.raised(t, step.do)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", step.name, diff)
		}
	}
}

// TestGenerationOfTouchedTiles: what changes in Harbin changes nothing of Guangzhou, and every tile of Harbin.
func TestGenerationOfTouchedTiles(t *testing.T) {
	s := newSetup(t)
	places := map[string][2]float64{"Harbin": {126.63, 45.75}, "Guangzhou": {113.27, 23.13}}
	ids := map[string]geo.ID{}
	for name, at := range places {
		org := s.create(t, content(name))
		ids[name] = org.ID
		s.exec(t, `update jingwei.organization_version set jurisdiction = st_multi(st_expand(st_setsrid(st_makepoint($2, $3), 4326), 0.005)) where organization_id = $1`, org.ID, at[0], at[1])
		s.exec(t, `
insert into jingwei.grid (code, kind, name, division_code, organization_id, geometry, valid)
select $1, 'community_grid', $1, (select min(code) from jingwei.division where level = 5), $2,
       st_multi(st_expand(st_setsrid(st_makepoint($3, $4), 4326), 0.005)), '[2023-06-30,)'`, name, org.ID, at[0], at[1])
	}
	generations := func(layer, place string) (all []string) {
		tell := map[string]func(context.Context, uint32, uint32, uint32) (string, error){"grids": s.GridGeneration, "jurisdictions": s.JurisdictionGeneration}[layer]
		for z := maptile.Zoom(8); z <= 16; z++ {
			tile := tileAt(places[place][0], places[place][1], z)
			generation, err := tell(t.Context(), uint32(z), tile.X, tile.Y)
			if err != nil {
				t.Fatal(err)
			}
			all = append(all, generation)
		}
		return all
	}
	for _, step := range []struct {
		sql    string
		layers []string
	}{
		{`update jingwei.organization_version set name = 'other' where organization_id = $1`, []string{"jurisdictions"}},
		{`update jingwei.organization_version set jurisdiction = st_multi(st_expand(jurisdiction, 0.001)) where organization_id = $1`, []string{"jurisdictions"}},
		{`update jingwei.grid set name = 'other' where organization_id = $1`, []string{"grids"}},
		{`update jingwei.organization_version set status = 'draft' where organization_id = $1`, []string{"grids", "jurisdictions"}},
		{`update jingwei.organization_version set status = 'active' where organization_id = $1`, []string{"grids", "jurisdictions"}},
		{`update jingwei.organization_version set valid = '[2023-07-01,)' where organization_id = $1`, []string{"grids", "jurisdictions"}},
		{`delete from jingwei.grid where organization_id = $1`, []string{"grids"}},
		{`update jingwei.organization_version set jurisdiction = null where organization_id = $1`, []string{"jurisdictions"}},
	} {
		before := map[string][]string{}
		for _, layer := range []string{"grids", "jurisdictions"} {
			for place := range places {
				before[layer+place] = generations(layer, place)
			}
		}
		s.exec(t, step.sql, ids["Harbin"])
		for _, layer := range []string{"grids", "jurisdictions"} {
			if after := generations(layer, "Guangzhou"); !slices.Equal(after, before[layer+"Guangzhou"]) {
				t.Errorf("%s: %s of Guangzhou have other generations", step.sql, layer)
			}
			for i, after := range generations(layer, "Harbin") {
				if want := slices.Contains(step.layers, layer); (after != before[layer+"Harbin"][i]) != want {
					t.Errorf("%s: %s of Harbin, zoom %d: another generation: %v, want %v", step.sql, layer, 8+i, !want, want)
				}
			}
		}
	}
}

// TestEachBatchOfATreeRaisesTheGeneration: jurisdictions of a batch are drawn as soon as it is committed.
func TestEachBatchOfATreeRaisesTheGeneration(t *testing.T) {
	s := newSetup(t)
	last, err := here(s.JurisdictionGeneration)(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	_, err = s.LoadOrganizationTree(t.Context(), "tree", tree{n: 10_001, prefix: "T"}, since("2023-06-30"), "generator", func(int, int) {
		next, err := here(s.JurisdictionGeneration)(t.Context())
		if err != nil || next == last {
			t.Errorf("generation %s again, %v", next, err)
		}
		last = next
	})
	if err != nil {
		t.Fatal(err)
	}
}

// TestEditsKeepTheJurisdiction: content and area of an organization are said by different people.
func TestEditsKeepTheJurisdiction(t *testing.T) {
	s := newSetup(t)
	c := content("one")
	c.Code = "C1"
	org := s.create(t, c)
	s.exec(t, `update jingwei.organization_version set jurisdiction = st_multi(st_makeenvelope(120, 28, 121, 29, 4326)), term = '[2024-01-01,2027-01-01)'`)
	c.Name = "two"
	if _, _, err := s.ReplaceOrganization(t.Context(), geo.Everywhere(), geo.Everywhere(), org.ID, 1, c, s.today, s.today, "a"); err != nil {
		t.Fatal(err)
	}
	c.Name = "three"
	if n, err := s.LoadOrganizations(t.Context(), []geo.OrganizationContent{c}, geo.DayRange{From: s.today + 1, To: geo.MaxDay}, "a", nil); err != nil || n != 1 {
		t.Fatalf("%d changed, %v", n, err)
	}
	const names = `
select array_agg(name order by valid) from jingwei.organization_version
where upper_inf(recorded) and st_area(jurisdiction) = 1 and term = '[2024-01-01,2027-01-01)'`
	if diff := cmp.Diff([]string{"one", "two", "three"}, queryOne[[]string](t, s, names)); diff != "" {
		t.Errorf("versions with area and term (-want +got):\n%s", diff)
	}
}

// TestFeedTellsOfJurisdictions: open maps draw them again.
func TestFeedTellsOfJurisdictions(t *testing.T) {
	s := newSetup(t)
	org := s.create(t, content("one"))
	r := s.replay(t)
	s.exec(t, `update jingwei.organization_version set jurisdiction = st_multi(st_makeenvelope(120, 28, 121, 29, 4326))`)
	want := map[string][]geo.ID{"jurisdictions": {org.ID}, "organizations": {org.ID}}
	if diff := cmp.Diff(want, r.poll().Changed); diff != "" {
		t.Errorf("changed (-want +got):\n%s", diff)
	}
}

// TestOverlappingAreasFit: areas of many sizes lie on each other, and the largest of them are drawn.
func TestOverlappingAreasFit(t *testing.T) {
	s := newSetup(t)
	s.exec(t, `
insert into jingwei.grid (code, kind, name, division_code, geometry, valid)
select 'O' || i, 'community_grid', 'grid ' || i, (select min(code) from jingwei.division where level = 5),
       st_multi(st_makeenvelope(120, 28, 120 + i * 1e-6, 28 + i * 1e-6, 4326)), '[2023-06-30,)'
from generate_series(1, 12000) i`)
	tile := s.areaTile(t, "grids", tileAt(120.005, 28.005, 14), s.today)
	if n := len(areas(t, "grids", tile)); len(tile) > 500_000 || n < 1000 || !strings.Contains(fmt.Sprint(areas(t, "grids", tile)), "grid 12000") {
		t.Errorf("%d areas in %d bytes", n, len(tile))
	}
}
