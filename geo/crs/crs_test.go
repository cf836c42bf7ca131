package crs_test

import (
	"encoding/json"
	"errors"
	"math"
	"os"
	"testing"

	"pgregory.net/rapid"

	"jingwei/geo"
	"jingwei/geo/crs"
)

type vector struct {
	ID           string
	Edge         bool
	WGS84        [2]float64
	GCJ02        [2]float64
	BD09         [2]float64
	BD09MC       [2]float64
	GCJ02OfBD09  [2]float64 `json:"gcj02_from_bd09"`
	WGS84OfGCJ02 [2]float64 `json:"wgs84_from_gcj02_gcoord"`
}

func vectors(t *testing.T) []vector {
	t.Helper()
	text, err := os.ReadFile("testdata/crs-vectors.json")
	if err != nil {
		t.Fatal(err)
	}
	var file struct{ Points []vector }
	if err := json.Unmarshal(text, &file); err != nil {
		t.Fatal(err)
	}
	if len(file.Points) < 100 {
		t.Fatalf("%d points", len(file.Points))
	}
	return file.Points
}

func far(lon, lat float64, want [2]float64) float64 {
	return max(math.Abs(lon-want[0]), math.Abs(lat-want[1]))
}

// The vectors were computed by gcoord 1.0.7, an independent implementation.
func TestVectors(t *testing.T) {
	for _, v := range vectors(t) {
		lon, lat := crs.GCJ02.FromWGS84(v.WGS84[0], v.WGS84[1])
		if d := far(lon, lat, v.GCJ02); d > 1e-9 {
			t.Errorf("%s: GCJ-02 is off by %g", v.ID, d)
		}
		lon, lat = crs.BD09.FromWGS84(v.WGS84[0], v.WGS84[1])
		if d := far(lon, lat, v.BD09); d > 1e-9 {
			t.Errorf("%s: BD-09 is off by %g", v.ID, d)
		}
		lon, lat = crs.BD09MC.FromWGS84(v.WGS84[0], v.WGS84[1])
		if d := far(lon, lat, v.BD09MC); d > 1e-4 {
			t.Errorf("%s: BD-09MC is off by %g m", v.ID, d)
		}
		if v.Edge { // the shift ends at the edge of its box, so that it has no inverse there
			continue
		}
		lon, lat = crs.BD09MC.ToWGS84(v.BD09MC[0], v.BD09MC[1])
		if d := far(lon, lat, v.WGS84); d > 1e-8 {
			t.Errorf("%s: BD-09MC back is off by %g", v.ID, d)
		}
		lon, lat = crs.GCJ02.ToWGS84(v.GCJ02[0], v.GCJ02[1])
		if d := far(lon, lat, v.WGS84); d > 1e-8 {
			t.Errorf("%s: WGS84 from GCJ-02 is off by %g", v.ID, d)
		}
		lon, lat = crs.BD09.ToWGS84(v.BD09[0], v.BD09[1])
		if d := far(lon, lat, v.WGS84); d > 1e-8 {
			t.Errorf("%s: WGS84 from BD-09 is off by %g", v.ID, d)
		}
	}
}

func TestInverse(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		lon, lat := rapid.Float64Range(74, 135).Draw(t, "lon"), rapid.Float64Range(3, 53.5).Draw(t, "lat")
		for _, s := range []crs.System{crs.WGS84, crs.GCJ02, crs.BD09, crs.BD09MC, 4549, 4528, 4498} {
			x, y := s.FromWGS84(lon, lat)
			x, y = s.ToWGS84(x, y)
			if d := far(x, y, [2]float64{lon, lat}); d > 2e-9 {
				t.Fatalf("%s: off by %g", s, d)
			}
		}
	})
}

func TestParse(t *testing.T) {
	for name, want := range map[string]crs.System{
		"EPSG:4326": crs.WGS84, "wgs84": crs.WGS84, "epsg:4490": crs.WGS84, "CGCS2000": crs.WGS84, "urn:ogc:def:crs:OGC:1.3:CRS84": crs.WGS84,
		"gcj02": crs.GCJ02, "GCJ-02": crs.GCJ02, "bd09": crs.BD09, "BD-09": crs.BD09, "BD-09 MC": crs.BD09MC, "EPSG:4549": 4549, "epsg:4491": 4491,
	} {
		if got, err := crs.Parse("crs", name); err != nil || got != want {
			t.Errorf("%s: %v, %v", name, got, err)
		}
	}
	for _, s := range []crs.System{crs.WGS84, crs.GCJ02, crs.BD09, crs.BD09MC, 4554} {
		if got, err := crs.Parse("crs", s.String()); err != nil || got != s {
			t.Errorf("%s: %v, %v", s, got, err)
		}
	}
	for _, name := range []string{"", "EPSG:4610", "EPSG:4214", "EPSG:2436", "EPSG:4555", "EPSG:3857", "西安80", "mars"} {
		var fault *geo.Error
		if _, err := crs.Parse("crs", name); !errors.As(err, &fault) || fault.Field != "crs" || !errors.Is(err, geo.ErrInvalid) {
			t.Errorf("%q: %v", name, err)
		}
	}
}

// TestLocate: numbers that are not of the system are refused before they are converted, under the field that they came in.
func TestLocate(t *testing.T) {
	for _, v := range vectors(t) {
		for s, at := range map[crs.System][2]float64{crs.WGS84: v.WGS84, crs.GCJ02: v.GCJ02, crs.BD09: v.BD09, crs.BD09MC: v.BD09MC} {
			if v.Edge {
				continue
			}
			p, err := s.Locate("at", at[0], at[1])
			if want, _ := geo.NewPosition(v.WGS84[0], v.WGS84[1]); err != nil || max(p.Lon-want.Lon, want.Lon-p.Lon, p.Lat-want.Lat, want.Lat-p.Lat) > 1 {
				t.Errorf("%s in %v: %v, want %v, %v", v.ID, s, p, want, err)
			}
		}
	}
	for _, tc := range []struct {
		system crs.System
		x, y   float64
	}{
		{crs.WGS84, 181, 0}, {crs.GCJ02, 30, 120}, {crs.BD09, 0, math.NaN()}, {crs.BD09MC, 3e7, 0}, {crs.BD09MC, 0, math.Inf(1)}, {crs.BD09MC, math.NaN(), 0},
		{4549, 120.1, 30.2}, {4549, 3350508, 514923}, {4549, 40514923, 3350508}, {4528, 514923, 3350508}, {4549, math.NaN(), 0}, {4549, 500_000, -1},
	} {
		p, err := tc.system.Locate("at", tc.x, tc.y)
		var fault *geo.Error
		if !errors.Is(err, geo.ErrInvalid) || !errors.As(err, &fault) || fault.Field != "at" || p != (geo.Position{}) {
			t.Errorf("%f, %f in %v: %v, %v", tc.x, tc.y, tc.system, p, err)
		}
	}
}
