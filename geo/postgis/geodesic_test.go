package postgis_test

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/jackc/pgx/v5"

	"jingwei/geo"
	"jingwei/geo/geotest"
)

// TestDistanceIsThatOfPostGIS compares geodesic distances with those of the type geography: anywhere, close together, nearly
// antipodal, along the equator and meridians, and over the poles.
func TestDistanceIsThatOfPostGIS(t *testing.T) {
	conn, err := pgx.Connect(t.Context(), geotest.Database(t))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(t.Context())
	pairs := distancePairs()
	var lon1, lat1, lon2, lat2 []float64
	for _, p := range pairs {
		a, b := p[0], p[1]
		x, y := a.Degrees()
		u, v := b.Degrees()
		lon1, lat1, lon2, lat2 = append(lon1, x), append(lat1, y), append(lon2, u), append(lat2, v)
	}
	rows, err := conn.Query(t.Context(), `
		select st_distance(st_makepoint(a, b)::geography, st_makepoint(c, d)::geography)
		from unnest($1::float8[], $2::float8[], $3::float8[], $4::float8[]) with ordinality u(a, b, c, d, n) order by n`, lon1, lat1, lon2, lat2)
	if err != nil {
		t.Fatal(err)
	}
	want, err := pgx.CollectRows(rows, pgx.RowTo[float64])
	if err != nil {
		t.Fatal(err)
	}
	worst := 0.0
	for i, p := range pairs {
		got := geo.Distance(p[0], p[1])
		// PostGIS rounds to eight digits behind the point at the most, and to nothing below a tenth of a millimetre.
		if worst = max(worst, math.Abs(got-want[i])); math.Abs(got-want[i]) > 1e-4 {
			t.Errorf("%v to %v: %.9f m, PostGIS %.9f m", p[0], p[1], got, want[i])
		}
		if back := geo.Distance(p[1], p[0]); math.Abs(back-got) > 1e-7 {
			t.Errorf("%v to %v: %.9f m, and back %.9f m", p[0], p[1], got, back)
		}
	}
	t.Logf("%d pairs, at most %g m apart", len(pairs), worst)
}

func distancePairs() [][2]geo.Position {
	random := rand.New(rand.NewPCG(1, 2))
	anywhere := func() geo.Position {
		return geo.Position{Lon: int32(random.Int64N(3_600_000_001) - 1_800_000_000), Lat: int32(random.Int64N(1_800_000_001) - 900_000_000)}
	}
	near := func(p geo.Position, by int64) geo.Position {
		move := func(v int32, most int64) int32 {
			return int32(min(max(int64(v)+random.Int64N(2*by+1)-by, -most), most))
		}
		return geo.Position{Lon: move(p.Lon, 1_800_000_000), Lat: move(p.Lat, 900_000_000)}
	}
	antipode := func(p geo.Position) geo.Position {
		lon := int64(p.Lon) + 1_800_000_000
		if lon > 1_800_000_000 {
			lon -= 3_600_000_000
		}
		return geo.Position{Lon: int32(lon), Lat: -p.Lat}
	}
	var pairs [][2]geo.Position
	for range 400 {
		p := anywhere()
		pairs = append(pairs, [2]geo.Position{p, anywhere()}, [2]geo.Position{p, p}, [2]geo.Position{p, {Lon: p.Lon}}, [2]geo.Position{{Lon: p.Lon}, {Lon: anywhere().Lon}},
			[2]geo.Position{p, {Lat: 900_000_000}}, [2]geo.Position{p, antipode(p)}, [2]geo.Position{p, {Lon: antipode(p).Lon, Lat: p.Lat}})
		for by := int64(1); by < 1_000_000_000; by *= 10 {
			pairs = append(pairs, [2]geo.Position{p, near(p, by)}, [2]geo.Position{p, near(antipode(p), by)})
		}
	}
	return pairs
}
