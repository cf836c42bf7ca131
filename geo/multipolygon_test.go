package geo_test

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"jingwei/geo"
)

func TestParseMultiPolygon(t *testing.T) {
	square := geo.Ring{{}, {Lon: 10_000_000}, {Lon: 10_000_000, Lat: 10_000_000}, {Lat: 10_000_000}}
	tests := []struct {
		text string
		want geo.MultiPolygon // nil for an error
	}{
		{`{"type":"Polygon","coordinates":[[[0,0],[1,0],[1,1],[0,1],[0,0]]]}`, geo.MultiPolygon{{square}}},
		{`{"type":"MultiPolygon","coordinates":[[[[0,0,5],[1,0,5],[1,1,5],[0,1,5],[0,0,5]]]]}`, geo.MultiPolygon{{square}}},
		{`{"type":"MultiPolygon","coordinates":[]}`, geo.MultiPolygon{}},
		{`{"type":"Point","coordinates":[1,2]}`, nil},
		{`{"type":"Polygon","coordinates":[[[0,0],[1,0],[1,1],[0,1]]]}`, nil},
		{`{"type":"Polygon","coordinates":[[[0,0],[1,0],[0,0]]]}`, nil},
		{`{"type":"Polygon","coordinates":[[[0,0],[1],[1,1],[0,0]]]}`, nil},
		{`{"type":"Polygon","coordinates":[[[0,0],[1,0],[1,100],[0,0]]]}`, nil},
		{`{"type":"Polygon","coordinates":5}`, nil},
		{`{"type":"Polygon","coordinates":null}`, nil},
		{`{"type":"Polygon"}`, nil},
		{`{"type":"Polygon","coordinates":[null]}`, nil},
		{`{"type":"Polygon","coordinates":[[[0,0],[1,0],[1,1],[null,1],[0,0]]]}`, nil},
		{`{"type":"Polygon","coordinates":[[[0,0],[1,0],[1,1],null,[0,0]]]}`, nil},
		{`{"type":"Polygon","coordinates":[[[],[],[],[]]]}`, nil},
		{`{"type":"Polygon","coordinates":[[["0",0],[1,0],[1,1],["0",0]]]}`, nil},
		{`null`, nil},
		{`{`, nil},
	}
	for _, test := range tests {
		got, err := geo.ParseMultiPolygon([]byte(test.text))
		if (err != nil) != (test.want == nil) || err != nil && !errors.Is(err, geo.ErrInvalid) {
			t.Errorf("%s: %v", test.text, err)
		}
		if diff := cmp.Diff(test.want, got); diff != "" && err == nil {
			t.Errorf("%s (-want +got):\n%s", test.text, diff)
		}
	}
}

func TestMultiPolygonGeoJSON(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		position := rapid.Custom(func(t *rapid.T) geo.Position {
			return geo.Position{Lon: rapid.Int32Range(-1_800_000_000, 1_800_000_000).Draw(t, "lon"), Lat: rapid.Int32Range(-900_000_000, 900_000_000).Draw(t, "lat")}
		})
		ring := rapid.Custom(func(t *rapid.T) geo.Ring { return rapid.SliceOfN(position, 3, 6).Draw(t, "ring") })
		polygon := rapid.Custom(func(t *rapid.T) geo.Polygon { return rapid.SliceOfN(ring, 1, 3).Draw(t, "polygon") })
		m := geo.MultiPolygon(rapid.SliceOfN(polygon, 0, 3).Draw(t, "polygons"))
		got, err := geo.ParseMultiPolygon(m.AppendGeoJSON(nil))
		if diff := cmp.Diff(m, got); diff != "" || err != nil {
			t.Fatalf("%v (-want +got):\n%s", err, diff)
		}
	})
}

func TestRing(t *testing.T) {
	ring := geo.Ring{{}, {Lon: 10}, {Lon: 10, Lat: 10}, {Lon: 5, Lat: 5}, {Lat: 10}}
	if got := ring.DoubleArea(); got != 150 {
		t.Errorf("double area %d, want 150", got)
	}
	half := geo.Ring{{Lon: -1_800_000_000, Lat: -450_000_000}, {Lon: 1_800_000_000, Lat: -450_000_000}, {Lon: 1_800_000_000, Lat: 450_000_000}, {Lon: -1_800_000_000, Lat: 450_000_000}}
	if got := half.DoubleArea(); got != 2*3_600_000_000*900_000_000 {
		t.Errorf("double area of half of the world %d", got)
	}
	for p, want := range map[geo.Position]bool{
		{Lon: 1, Lat: 1}: true, {Lon: 5, Lat: 4}: true, {Lon: 5, Lat: 6}: false, {Lon: 5, Lat: 5}: false, {}: false, {Lon: 5}: false,
		{Lon: 11, Lat: 5}: false, {Lon: 2, Lat: 8}: false, {Lon: 1, Lat: 8}: true, {Lon: -1, Lat: 10}: false,
	} {
		if got := ring.Contains(p); got != want {
			t.Errorf("contains %v: %v, want %v", p, got, want)
		}
	}
	far := geo.Position{Lon: 1_800_000_000, Lat: 900_000_000}
	if got := geo.Turn(geo.Position{Lon: -1_800_000_000, Lat: -900_000_000}, geo.Position{Lon: 1_800_000_000, Lat: -900_000_000}, far); got != 1 {
		t.Errorf("the widest left turn is %d", got)
	}
}
