package postgis_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/paulmach/orb/maptile"

	"jingwei/geo"
	"jingwei/geo/postgis"
)

func square(west, south, size float64) []byte {
	return fmt.Appendf(nil, `{"type":"Polygon","coordinates":[[[%[1]g,%[2]g],[%[3]g,%[2]g],[%[3]g,%[4]g],[%[1]g,%[4]g],[%[1]g,%[2]g]]]}`,
		west, south, west+size, south+size)
}

func boundaries() geo.BoundarySet {
	return geo.BoundarySet{Name: "test", Source: "made up", ReviewNumber: "GS(2024)0000", Edition: "1", CRS: "EPSG:4326",
		Licence: "none", Illustrative: true, Default: true}
}

func shapes() []postgis.Shape {
	return []postgis.Shape{
		{Code: zhejiang, GeoJSON: square(119, 27.5, 3)},
		{Code: yueqing, GeoJSON: square(120.8, 27.9, 0.4)},
		{Code: liushi, GeoJSON: square(120.85, 27.95, 0.1)},
		{Code: 990000000000, GeoJSON: square(100, 30, 1)}, // no such division
	}
}

func (s setup) loadShapes(t testing.TB) {
	t.Helper()
	if _, err := s.LoadShapes(t.Context(), boundaries(), shapes(), nil); err != nil {
		t.Fatal(err)
	}
}

func TestDivision(t *testing.T) {
	s := newSetup(t)
	s.loadShapes(t)
	d, above, err := s.Division(t.Context(), liushi, s.today)
	if err != nil {
		t.Fatal(err)
	}
	want := division(liushi, yueqing, geo.Township, "柳市镇", 120.9, 28)
	want.Pinyin, want.Extent, want.HasExtent = "liu shi zhen", geo.Extent{West: 120.85, South: 27.95, East: 120.95, North: 28.05}, true
	if diff := cmp.Diff(want, d, cmpopts.IgnoreFields(geo.Division{}, "ID"), cmpopts.EquateApprox(0, 1e-9)); diff != "" || d.ID == 0 {
		t.Errorf("division (-want +got):\n%s", diff)
	}
	var names []string
	for _, a := range above {
		names = append(names, a.Name)
	}
	if diff := cmp.Diff([]string{"浙江省", "温州市", "乐清市"}, names); diff != "" {
		t.Errorf("above (-want +got):\n%s", diff)
	}
	_, _, err = s.Division(t.Context(), liushi, day("2019-01-01"))
	wantError(t, err, geo.ErrNotFound, "")
}

func TestDivisionChildren(t *testing.T) {
	s := newSetup(t)
	tests := []struct {
		parent geo.DivisionCode
		want   []geo.DivisionCode
	}{
		{0, []geo.DivisionCode{zhejiang}}, {zhejiang, []geo.DivisionCode{hangzhou, wenzhou}}, {liushi1, nil}, {110000000000, nil},
	}
	for _, test := range tests {
		list, err := s.DivisionChildren(t.Context(), test.parent, s.today)
		if err != nil {
			t.Fatal(err)
		}
		var got []geo.DivisionCode
		for _, d := range list {
			got = append(got, d.Code)
		}
		if diff := cmp.Diff(test.want, got); diff != "" {
			t.Errorf("below %s (-want +got):\n%s", test.parent, diff)
		}
		if test.parent == 0 {
			continue
		}
		if n, err := s.CountDivisionChildren(t.Context(), test.parent, s.today); err != nil || n != len(test.want) {
			t.Errorf("count below %s: %d, %v", test.parent, n, err)
		}
	}
}

func TestDivisionCodesHaveHistory(t *testing.T) {
	s := newEmptySetup(t)
	old := division(liushi, 0, geo.Township, "柳市", 120.9, 28)
	old.Valid = geo.DayRange{From: day("2000-01-01"), To: day("2020-01-01")}
	if _, err := s.LoadDivisions(t.Context(), []geo.Division{old, division(liushi, 0, geo.Township, "柳市镇", 120.9, 28)}, nil); err != nil {
		t.Fatal(err)
	}
	for on, want := range map[string]string{"2000-01-01": "柳市", "2019-12-31": "柳市", "2020-01-01": "柳市镇"} {
		if d, _, err := s.Division(t.Context(), liushi, day(on)); err != nil || d.Name != want {
			t.Errorf("on %s: %s, %v, want %s", on, d.Name, err, want)
		}
	}
	overlap := old
	overlap.Valid.From = day("2010-01-01")
	if n, err := s.LoadDivisions(t.Context(), []geo.Division{overlap}, nil); err != nil || n != 0 {
		t.Errorf("known days are told otherwise: %d rows, %v", n, err)
	}
	other := overlap
	overlap.Code, other.Code, other.Valid.From = liushi1, liushi1, day("2012-01-01")
	_, err := s.LoadDivisions(t.Context(), []geo.Division{overlap, other}, nil)
	wantError(t, err, geo.ErrConflict, "valid_from")
}

func TestDivisionShape(t *testing.T) {
	s := newSetup(t)
	s.loadShapes(t)
	shape, err := s.DivisionShape(t.Context(), liushi, s.today)
	if err != nil {
		t.Fatal(err)
	}
	if shape.Name != "柳市镇" || shape.Set.ReviewNumber != "GS(2024)0000" || !shape.Set.Illustrative || !shape.Set.Default {
		t.Errorf("shape %+v", shape)
	}
	var g struct {
		Type        string
		Coordinates [][][][2]float64
	}
	if err := json.Unmarshal(shape.GeoJSON, &g); err != nil || g.Type != "MultiPolygon" || g.Coordinates[0][0][0] != [2]float64{120.85, 27.95} {
		t.Errorf("GeoJSON %s: %v", shape.GeoJSON, err)
	}
	_, err = s.DivisionShape(t.Context(), hangzhou, s.today)
	wantError(t, err, geo.ErrNotFound, "")
	if kept, err := s.DivisionShape(t.Context(), 990000000000, s.today); err != nil || kept.Name != "" {
		t.Errorf("a shape without a division: %+v, %v", kept, err)
	}
}

// TestDivisionShapeOfTheDay: before the edition of the default set the outline is that of the set of its time.
func TestDivisionShapeOfTheDay(t *testing.T) {
	s := newSetup(t)
	load := func(name, edition string, illustrative bool, size float64, codes ...geo.DivisionCode) {
		t.Helper()
		set := boundaries()
		set.Name, set.Edition, set.Illustrative, set.Default = name, edition, illustrative, name == "main"
		var list []postgis.Shape
		for _, code := range codes {
			list = append(list, postgis.Shape{Code: code, GeoJSON: square(120.85, 27.95, size)})
		}
		if _, err := s.LoadShapes(t.Context(), set, list, nil); err != nil {
			t.Fatal(err)
		}
	}
	load("first", "2012-07", true, 0.1, liushi)
	load("second", "2019", true, 0.2, liushi, yueqing)
	load("real", "2020-05-01", false, 0.3, liushi)
	load("unknown", "spring of 2020", true, 0.4, liushi)
	load("main", "2024-03-01", true, 0.5, liushi, 990000000000)
	load("next", "2025", true, 0.6, liushi)
	check := func(code geo.DivisionCode, on, set string, holds bool) {
		t.Helper()
		shape, err := s.DivisionShape(t.Context(), code, day(on))
		if set == "" {
			wantError(t, err, geo.ErrNotFound, "")
			return
		}
		if err != nil || shape.Set.Name != set || shape.Holds != holds {
			t.Errorf("%s on %s: %s, holds %v, %v; want %s, %v", code, on, shape.Set.Name, shape.Holds, err, set, holds)
		}
	}
	check(liushi, s.today.String(), "main", true)
	check(liushi, "2024-03-01", "main", true)
	check(liushi, "2024-02-29", "second", true)
	check(liushi, "2019-01-01", "second", false) // the divisions of the tests begin later
	check(liushi, "2018-12-31", "first", false)
	check(liushi, "2000-01-01", "first", false) // the first after the day
	check(yueqing, "2024-02-29", "second", true)
	check(yueqing, "2000-01-01", "second", false)
	check(yueqing, s.today.String(), "", false)
	check(990000000000, "2000-01-01", "main", true)
	s.exec(t, `update jingwei.boundary_set set edition = 'spring of 2024' where name = 'main'`)
	check(liushi, "2000-01-01", "main", false)
}

func TestBoundarySets(t *testing.T) {
	s := newSetup(t)
	s.loadShapes(t)
	second := boundaries()
	second.Name = "second"
	if _, err := s.LoadShapes(t.Context(), second, shapes()[:1], nil); err != nil {
		t.Fatal(err)
	}
	sets, err := s.BoundarySets(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	first := boundaries()
	first.Default, first.Deepest, second.Deepest = false, geo.Township, shapes()[0].Code.Level()
	if diff := cmp.Diff([]geo.BoundarySet{second, first}, sets, cmpopts.IgnoreFields(geo.BoundarySet{}, "ID")); diff != "" {
		t.Errorf("sets (-want +got):\n%s", diff)
	}
}

func TestLoadShapesRefusesAndRepairs(t *testing.T) {
	s := newSetup(t)
	for name, text := range map[string]string{
		"no JSON": `{`, "a point": `{"type":"Point","coordinates":[1,2]}`,
		"three dimensions": `{"type":"Polygon","coordinates":[[[0,0,1],[1,0,1],[1,1,1],[0,0,1]]]}`,
		"empty":            `{"type":"MultiPolygon","coordinates":[]}`,
	} {
		_, err := s.LoadShapes(t.Context(), boundaries(), []postgis.Shape{{Code: liushi, GeoJSON: []byte(text)}}, nil)
		if err == nil {
			t.Errorf("%s is taken", name)
			continue
		}
		wantError(t, err, geo.ErrInvalid, "geometry")
	}
	bowtie := `{"type":"Polygon","coordinates":[[[0,0],[2,2],[2,0],[0,2],[0,0]]]}`
	if _, err := s.LoadShapes(t.Context(), boundaries(), []postgis.Shape{{Code: liushi, GeoJSON: []byte(bowtie)}}, nil); err != nil {
		t.Fatal(err)
	}
	if got := queryOne[float64](t, s, `select st_area(geometry) from jingwei.division_shape where st_isvalid(geometry)`); got != 2 {
		t.Errorf("area of the repaired shape: %g, want 2", got)
	}
}

func TestLoadBoundariesByZoom(t *testing.T) {
	s := newSetup(t)
	load := func(want postgis.BoundaryTally, list ...postgis.Shape) {
		t.Helper()
		got, err := s.LoadBoundaries(t.Context(), postgis.Boundaries{Set: boundaries(), Shapes: list}, nil)
		if diff := cmp.Diff(want, got); diff != "" || err != nil {
			t.Errorf("%v, tally (-want +got):\n%s", err, diff)
		}
	}
	whole := postgis.Shape{Code: liushi, GeoJSON: square(120.85, 27.95, 0.1)}
	load(postgis.BoundaryTally{New: 1, Rows: 3}, whole) // the set, the shape, the default
	wide := postgis.Shape{Code: liushi, MinZoom: 0, MaxZoom: 9, GeoJSON: square(120.8, 27.9, 0.2)}
	deep := postgis.Shape{Code: liushi, MinZoom: 10, MaxZoom: 30, GeoJSON: square(120.85, 27.95, 0.1)}
	load(postgis.BoundaryTally{Changed: 1, Rows: 3}, deep, wide) // one row goes, two come
	load(postgis.BoundaryTally{Unchanged: 1}, deep, wide)
	deep.Name = "柳市镇"
	load(postgis.BoundaryTally{Changed: 1, Rows: 1}, deep, wide)
	shape, err := s.DivisionShape(t.Context(), liushi, s.today)
	if err != nil || !strings.Contains(string(shape.GeoJSON), "120.95") {
		t.Errorf("the shape is not the detailed one: %s, %v", shape.GeoJSON, err)
	}
	// East of the detailed shape and inside the wide one.
	for z, want := range map[maptile.Zoom]int{9: 1, 14: 0} {
		polygons := slices.DeleteFunc(drawn(t, s, geo.Township, tileAt(120.98, 27.92, z), s.today), func(f string) bool { return strings.HasPrefix(f, "division_labels") })
		if len(polygons) != want {
			t.Errorf("zoom %d: %v", z, polygons)
		}
	}
	load(postgis.BoundaryTally{Changed: 1, Rows: 3}, whole)
	for name, list := range map[string][]postgis.Shape{"code": {whole, whole}, "zoom": {{Code: liushi, MinZoom: 3, MaxZoom: 2, GeoJSON: whole.GeoJSON}}} {
		if _, err := s.LoadBoundaries(t.Context(), postgis.Boundaries{Set: boundaries(), Shapes: list}, nil); err == nil {
			t.Errorf("%s is taken", name)
		} else if fault := (*geo.Error)(nil); !errors.As(err, &fault) || fault.Field != name {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestLoadBoundariesDry(t *testing.T) {
	s := newSetup(t)
	before, err := s.DivisionGeneration(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	lines := []geo.BoundaryLine{{Kind: geo.LineOther, Lines: [][]geo.Position{{{}, {Lon: 1}}}}}
	got, err := s.LoadBoundaries(t.Context(), postgis.Boundaries{Set: boundaries(), Shapes: shapes(), Lines: lines, DryRun: true}, nil)
	if err != nil || got.New != 5 {
		t.Errorf("%+v, %v", got, err)
	}
	if sets, err := s.BoundarySets(t.Context()); err != nil || len(sets) > 0 {
		t.Errorf("after a dry run: %+v, %v", sets, err)
	}
	if after, err := s.DivisionGeneration(t.Context()); err != nil || after != before {
		t.Errorf("the generation went from %s to %s, %v", before, after, err)
	}
}

func TestBoundaryLines(t *testing.T) {
	s := newSetup(t)
	real := boundaries()
	real.Illustrative = false
	var provinces []postgis.Shape
	for p := range 31 {
		provinces = append(provinces, postgis.Shape{Code: geo.DivisionCode(11+p) * 1e10, Name: "省", GeoJSON: square(float64(80+p), 30, 1)})
	}
	incomplete := func(want bool) {
		t.Helper()
		sets, err := s.BoundarySets(t.Context())
		if err != nil || len(sets) != 1 || sets[0].Incomplete != want {
			t.Errorf("sets %+v, %v, want incomplete %v", sets, err, want)
		}
	}
	seaLine := func(want bool) {
		t.Helper()
		sets, err := s.BoundarySets(t.Context())
		if err != nil || len(sets) != 1 || sets[0].SeaLine != want {
			t.Errorf("sets %+v, %v, want the line in the South China Sea: %v", sets, err, want)
		}
	}
	b := postgis.Boundaries{Set: real, Shapes: provinces[:29]}
	load := func() {
		t.Helper()
		if _, err := s.LoadBoundaries(t.Context(), b, nil); err != nil {
			t.Fatal(err)
		}
	}
	load()
	incomplete(false)
	b.Shapes = provinces
	load()
	incomplete(true)
	seaLine(false)
	if tile, err := s.BoundaryLineTile(t.Context(), 0, 0, 0); err != nil || len(tile) > 0 {
		t.Errorf("a tile of %d bytes without lines, %v", len(tile), err)
	}
	b.Lines = []geo.BoundaryLine{{Kind: geo.LineSouthChinaSea, Name: "南海断续线", Lines: [][]geo.Position{{{Lon: 1_100_000_000, Lat: 50_000_000}, {Lon: 1_110_000_000, Lat: 60_000_000}}}}}
	b.Shapes = nil
	load()
	incomplete(false)
	seaLine(true)
	tile, err := s.BoundaryLineTile(t.Context(), 0, 0, 0)
	if err != nil || !strings.Contains(string(tile), "south_china_sea") || !strings.Contains(string(tile), "boundary_lines") {
		t.Errorf("tile %q, %v", tile, err)
	}
	b.Shapes = provinces
	b.Set.Illustrative, b.Lines = true, nil
	load()
	incomplete(false)
	_, err = s.BoundaryLineTile(t.Context(), 1, 2, 0)
	wantError(t, err, geo.ErrInvalid, "tile")
	// A shape whose code no division has is drawn under the name of its source.
	want := []string{
		"divisions 4096 160000000000 Polygon map[code:160000000000 illustrative:true level:1 name:省 pinyin:]",
		"division_labels 4096 160000000000 Point map[code:160000000000 level:1 name:省 pinyin:]",
	}
	if diff := cmp.Diff(want, drawn(t, s, geo.Province, tileAt(85.5, 30.5, 9), s.today)); diff != "" {
		t.Errorf("shapes without a division (-want +got):\n%s", diff)
	}
}

func TestRepairShapes(t *testing.T) {
	s := newSetup(t)
	bowtie := []byte(`{"type":"Polygon","coordinates":[[[0,0],[2,2],[2,0],[0,2],[0,0]]]}`)
	flat := []byte(`{"type":"Polygon","coordinates":[[[0,0],[2,0],[1,0],[0,0]]]}`)
	got, err := s.RepairShapes(t.Context(), [][]byte{square(1, 2, 3), bowtie, square(4, 5, 6), flat})
	if err != nil || len(got) != 2 || got[0].Index != 1 || !strings.Contains(got[0].Reason, "Self-intersection") || got[1].Index != 3 || got[1].GeoJSON != nil {
		t.Fatalf("%+v, %v", got, err)
	}
	if fixed, err := geo.ParseMultiPolygon(got[0].GeoJSON); err != nil || len(fixed) != 2 {
		t.Errorf("%s: %v", got[0].GeoJSON, err)
	}
}

func TestBoundaryCentres(t *testing.T) {
	s := newSetup(t)
	s.loadShapes(t)
	if got, err := s.BoundaryCentres(t.Context(), geo.County); err != nil || len(got) > 0 {
		t.Errorf("an illustrative set says where divisions are: %v, %v", got, err)
	}
	s.exec(t, `update jingwei.boundary_set set illustrative = false`)
	got, err := s.BoundaryCentres(t.Context(), geo.County)
	want := map[geo.DivisionCode][2]float64{yueqing: {121, 28.1}}
	if diff := cmp.Diff(want, got, cmpopts.EquateApprox(0, 1e-9)); diff != "" || err != nil {
		t.Errorf("%v, centres (-want +got):\n%s", err, diff)
	}
	codes, err := s.UnmatchedBoundaries(t.Context(), geo.County, []geo.DivisionCode{yueqing, liushi, 990000000000}, s.today)
	if diff := cmp.Diff([]geo.DivisionCode{liushi, 990000000000}, codes); diff != "" || err != nil {
		t.Errorf("%v, unmatched (-want +got):\n%s", err, diff)
	}
}

// TestLoadDivisionsKeepsHistory: what was told of other days since a load, and where a code ended, outlives the same load.
func TestLoadDivisionsKeepsHistory(t *testing.T) {
	s := newEmptySetup(t)
	load := func(want int, list ...geo.Division) {
		t.Helper()
		if n, err := s.LoadDivisions(t.Context(), list, nil); err != nil || n != want {
			t.Fatalf("%d rows changed, %v, want %d", n, err, want)
		}
	}
	county := division(yueqing, wenzhou, geo.County, "乐清市", 121, 28.1)
	load(3, division(zhejiang, 0, geo.Province, "浙江省", 120, 29), division(wenzhou, zhejiang, geo.Prefecture, "温州市", 120.7, 28), county)
	told := []geo.Division{county, county, county}
	for i, days := range [][2]string{{"1981-01-01", "1994-01-01"}, {"1994-01-01", "2024-01-01"}, {"2024-01-01", ""}} {
		told[i].Valid = geo.DayRange{From: day(days[0]), To: geo.MaxDay}
		if days[1] != "" {
			told[i].Valid.To = day(days[1])
		}
	}
	told[0].Name, told[2].Name = "乐清县", "乐清区"
	if _, err := s.ImportHistory(t.Context(), told, false, nil); err != nil {
		t.Fatal(err)
	}
	rows := `select string_agg(name || ' ' || valid, ', ' order by valid) from jingwei.division where level = 3`
	before := queryOne[string](t, s, rows)
	load(0, county)
	if after := queryOne[string](t, s, rows); after != before || strings.Count(after, ",") < 3 {
		t.Errorf("after the same load: %s, before: %s", after, before)
	}
	later := county
	later.Valid.From, later.Name = day("2023-08-01"), "amid known days"
	load(0, later)
	s.exec(t, `update jingwei.division set valid = daterange(lower(valid), '2023-09-01') where name = '乐清市' and upper(valid) = '2024-01-01'`)
	load(0, county) // it has ended
	county.Valid.From, county.Name = day("2023-10-01"), "a gap"
	load(1, county)
	if n := queryOne[int](t, s, `select count(*)::int from jingwei.division where valid = '[2023-10-01,2024-01-01)'`); n != 1 {
		t.Errorf("rows: %s", queryOne[string](t, s, rows))
	}
}

// TestShapesLabelDivisions: an organization of a table stands at the label of its division, so boundaries give labels,
// whichever came first.
func TestShapesLabelDivisions(t *testing.T) {
	s := newSetup(t)
	s.exec(t, `update jingwei.division set label = null where code = $1`, yueqing)
	s.loadShapes(t)
	label := `select round(st_x(label)::numeric, 6) || ' ' || round(st_y(label)::numeric, 6) from jingwei.division where code = $1`
	if got := queryOne[string](t, s, label, yueqing); got != "121.000000 28.100000" {
		t.Errorf("label of a division without one: %s", got)
	}
	if n, err := s.LoadShapes(t.Context(), boundaries(), shapes(), nil); err != nil || n != 0 {
		t.Errorf("again: %d rows changed, %v", n, err)
	}
	s.exec(t, `update jingwei.division set label = st_setsrid(st_makepoint(100, 20), 4326) where code = $1`, yueqing)
	if n, err := s.LoadShapes(t.Context(), boundaries(), shapes(), nil); err != nil || n != 0 {
		t.Errorf("a drawing moves a label: %d rows, %v", n, err)
	}
	real := boundaries()
	real.Illustrative = false
	if _, err := s.LoadShapes(t.Context(), real, shapes(), nil); err != nil {
		t.Fatal(err)
	}
	if got := queryOne[string](t, s, label, yueqing); got != "121.000000 28.100000" {
		t.Errorf("label that lay outside: %s", got)
	}
	if _, err := s.ImportDivisions(t.Context(), table{{Code: 990000000000, Level: geo.Province, Kind: "province", Name: "某省"}}, day("2023-06-30"), false, nil); err != nil {
		t.Fatal(err)
	}
	if got := queryOne[string](t, s, label, int64(990000000000)); got != "100.500000 30.500000" {
		t.Errorf("label of a division that came after its shape: %s", got)
	}
}
