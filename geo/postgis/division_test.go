package postgis_test

import (
	"encoding/json"
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

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
	_, err := s.LoadDivisions(t.Context(), []geo.Division{overlap}, nil)
	wantError(t, err, geo.ErrConflict, "valid_from")
}

func TestDivisionShape(t *testing.T) {
	s := newSetup(t)
	s.loadShapes(t)
	shape, err := s.DivisionShape(t.Context(), liushi)
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
	_, err = s.DivisionShape(t.Context(), hangzhou)
	wantError(t, err, geo.ErrNotFound, "")
	if kept, err := s.DivisionShape(t.Context(), 990000000000); err != nil || kept.Name != "" {
		t.Errorf("a shape without a division: %+v, %v", kept, err)
	}
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
	first.Default = false
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
