package crs_test

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/jackc/pgx/v5"

	"jingwei/geo/crs"
	"jingwei/geo/geotest"
)

// TestZonesEqualPostGIS compares every zone of CGCS2000 with PROJ, both ways, within four degrees of its meridian.
func TestZonesEqualPostGIS(t *testing.T) {
	conn, err := pgx.Connect(t.Context(), geotest.Database(t))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(t.Context())
	random := rand.New(rand.NewPCG(1, 2))
	for code := crs.System(4491); code <= 4554; code++ {
		meridian := meridianOf(int(code))
		for range 20 {
			lon, lat := meridian+random.Float64()*8-4, random.Float64()*58
			var x, y float64
			err := conn.QueryRow(t.Context(), `select st_x(p), st_y(p) from st_transform(st_setsrid(st_makepoint($1, $2), 4490), $3::int) p`, lon, lat, int(code)).Scan(&x, &y)
			if err != nil {
				t.Fatal(err)
			}
			east, north := code.FromWGS84(lon, lat)
			if math.Abs(east-x) > 1e-5 || math.Abs(north-y) > 1e-5 {
				t.Errorf("%v of %f, %f: %f, %f, PostGIS has %f, %f", code, lon, lat, east, north, x, y)
			}
			if a, b := code.ToWGS84(x, y); math.Abs(a-lon) > 1e-9 || math.Abs(b-lat) > 1e-9 {
				t.Errorf("%v back: %.10f, %.10f, want %.10f, %.10f", code, a, b, lon, lat)
			}
		}
	}
}

func meridianOf(code int) float64 {
	switch {
	case code < 4502:
		return float64(6*(code-4491+13) - 3)
	case code < 4513:
		return float64(75 + 6*(code-4502))
	case code < 4534:
		return float64(3 * (code - 4513 + 25))
	}
	return float64(75 + 3*(code-4534))
}
