package postgis_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"jingwei/geo"
	"jingwei/geo/postgis"
)

func codesOf(list []geo.Division) []geo.DivisionCode {
	var codes []geo.DivisionCode
	for _, d := range list {
		codes = append(codes, d.Code)
	}
	return codes
}

func point(t interface{ Fatal(...any) }, lon, lat float64) geo.Position {
	p, err := geo.NewPosition(lon, lat)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestDivisionsAt(t *testing.T) {
	s := newSetup(t)
	check := func(lon, lat float64, day geo.Day, want ...geo.DivisionCode) {
		t.Helper()
		got, err := s.DivisionsAt(t.Context(), point(t, lon, lat), day)
		if diff := cmp.Diff(want, codesOf(got)); diff != "" || err != nil {
			t.Errorf("at %v, %v: %v (-want +got)\n%s", lon, lat, err, diff)
		}
	}
	check(120.9, 28, s.today)
	s.loadShapes(t)
	check(120.9, 28, s.today, zhejiang, yueqing, liushi)
	check(119.5, 30, s.today, zhejiang)
	check(119, 27.5, s.today, zhejiang) // a corner is covered
	check(118.9999999, 27.5, s.today)
	check(0, 0, s.today)
	check(100.5, 30.5, s.today, 990000000000) // no division has its code, on any day
	check(120.9, 28, day("2019-01-01"))       // the divisions begin later
	repeated := postgis.Shape{Code: zhejiang, Level: geo.Prefecture, Name: "某直辖市", GeoJSON: square(119.4, 29.9, 0.5)}
	if _, err := s.LoadShapes(t.Context(), boundaries(), []postgis.Shape{repeated}, nil); err != nil {
		t.Fatal(err)
	}
	check(119.5, 30, s.today, zhejiang) // sets repeat a municipality among the prefectures: it is one division
	wide := postgis.Shape{Code: liushi, MinZoom: 0, MaxZoom: 9, GeoJSON: square(120.8, 27.9, 0.3)}
	deep := postgis.Shape{Code: liushi, MinZoom: 10, MaxZoom: 30, GeoJSON: square(120.85, 27.95, 0.1)}
	twin := postgis.Shape{Code: 330382102000, GeoJSON: square(120.95, 27.95, 0.1)}
	if _, err := s.LoadShapes(t.Context(), boundaries(), []postgis.Shape{wide, deep, twin}, nil); err != nil {
		t.Fatal(err)
	}
	check(120.82, 27.92, s.today, zhejiang, yueqing) // inside the simplified outline only
	check(120.95, 28, s.today, zhejiang, yueqing, min(liushi, 330382102000))
	list, err := s.DivisionsAt(t.Context(), point(t, 120.9, 28), s.today)
	if err != nil || len(list) != 3 || list[2].Name != "柳市镇" || list[2].Parent != yueqing || !list[2].HasExtent || !list[2].HasLabel {
		t.Errorf("%+v, %v", list, err)
	}
}

// TestDivisionsAtEqualsPostGIS compares with the plainest SQL, on outlines that overlap, nest and touch.
func TestDivisionsAtEqualsPostGIS(t *testing.T) {
	s := newSetup(t)
	var list []postgis.Shape
	for i := range 60 {
		code := []geo.DivisionCode{zhejiang, hangzhou, wenzhou, yueqing, liushi}[i%5] + geo.DivisionCode(i/5)*1e10
		list = append(list, postgis.Shape{Code: code, Name: fmt.Sprint(i), GeoJSON: square(100+float64(i%7), 20+float64(i%11), 1+float64(i%4))})
	}
	if _, err := s.LoadShapes(t.Context(), boundaries(), list, nil); err != nil {
		t.Fatal(err)
	}
	rapid.Check(t, func(rt *rapid.T) {
		at := func(name string, low, steps int) float64 {
			return float64(low) + float64(rapid.IntRange(0, steps*4).Draw(rt, name))/4 // often on an edge
		}
		p := point(rt, at("lon", 99, 13), at("lat", 19, 17))
		lon, lat := p.Degrees()
		want := queryOne[[]int64](t, s, fmt.Sprintf(`
			select coalesce(array_agg(code order by level), '{}') from (
				select level, min(code) as code from jingwei.division_shape g
				where st_distance(g.geometry, st_setsrid(st_makepoint(%v, %v), 4326)) = 0
				  and (exists (select from jingwei.division d where (d.code, d.level) = (g.code, g.level) and d.valid @> jingwei.day(%d))
				    or not exists (select from jingwei.division d where (d.code, d.level) = (g.code, g.level)))
				group by level) x`, lon, lat, s.today))
		found, err := s.DivisionsAt(t.Context(), p, s.today)
		got := []int64{}
		for _, d := range found {
			got = append(got, int64(d.Code))
		}
		if diff := cmp.Diff(want, got); diff != "" || err != nil {
			rt.Fatalf("at %v, %v: %v (-want +got)\n%s", lon, lat, err, diff)
		}
	})
}

// TestDivisionsAtUsesTheIndex: a look-up tests outlines whose boxes hold the point, not all of them.
func TestDivisionsAtUsesTheIndex(t *testing.T) {
	s := newSetup(t)
	s.loadShapes(t)
	s.exec(t, `insert into jingwei.division_shape (set_id, level, code, name, geometry)
		select b.id, 4, 450000001000 + 1000 * n, 'x', st_multi(st_makeenvelope(90 + n % 100 * 0.1, 10 + n / 100 * 0.1, 90.1 + n % 100 * 0.1, 10.1 + n / 100 * 0.1, 4326))
		from jingwei.boundary_set b, generate_series(0, 4999) n`)
	s.exec(t, `analyze jingwei.division_shape`)
	plan := queryOne[string](t, s, "explain (format json) "+postgis.DivisionsAtSQL, 120.9, 28.0, int32(s.today))
	if !strings.Contains(plan, "division_shape_geometry_idx") {
		t.Errorf("the look-up does not use the spatial index:\n%s", plan)
	}
}

func TestDivisionHistory(t *testing.T) {
	s := newEmptySetup(t)
	old := division(liushi, 0, geo.Township, "柳市", 120.9, 28)
	old.Valid = geo.DayRange{From: day("2000-01-01"), To: day("2020-01-01")}
	if _, err := s.LoadDivisions(t.Context(), []geo.Division{old, division(liushi, 0, geo.Township, "柳市镇", 120.9, 28)}, nil); err != nil {
		t.Fatal(err)
	}
	list, err := s.DivisionHistory(t.Context(), liushi)
	if err != nil || len(list) != 2 || list[0].Name != "柳市" || list[0].Valid != old.Valid || list[1].Name != "柳市镇" {
		t.Errorf("%+v, %v", list, err)
	}
	if list, err := s.DivisionHistory(t.Context(), yueqing); err != nil || len(list) != 0 {
		t.Errorf("of a code that nothing has: %+v, %v", list, err)
	}
	for code, want := range map[geo.DivisionCode]bool{liushi: true, yueqing: false} {
		if known, err := s.DivisionKnown(t.Context(), code); err != nil || known != want {
			t.Errorf("%s known: %v, %v", code, known, err)
		}
	}
}

func TestDivisionCodes(t *testing.T) {
	s := newSetup(t)
	for _, test := range []struct {
		level  geo.DivisionLevel
		within geo.DivisionCode
		day    geo.Day
		want   []geo.DivisionCode
	}{
		{geo.Province, 0, s.today, []geo.DivisionCode{zhejiang}},
		{geo.Prefecture, 0, s.today, []geo.DivisionCode{hangzhou, wenzhou}},
		{geo.Prefecture, zhejiang, s.today, []geo.DivisionCode{hangzhou, wenzhou}},
		{geo.Prefecture, hangzhou, s.today, []geo.DivisionCode{hangzhou}},
		{geo.Township, wenzhou, s.today, []geo.DivisionCode{liushi}},
		{geo.Township, hangzhou, s.today, []geo.DivisionCode{330102001000}},
		{geo.Village, yueqing, day("1990-01-01"), nil},
		{geo.Province, 0, day("1990-01-01"), nil},
	} {
		got, err := s.DivisionCodes(t.Context(), test.level, test.within, test.day)
		if !slices.Equal(test.want, got) || err != nil {
			t.Errorf("%s within %s on %s: %v, %v, want %v", test.level, test.within, test.day, got, err, test.want)
		}
	}
}
