package geo_test

import (
	"math"
	"testing"

	"pgregory.net/rapid"

	"jingwei/geo"
)

func anyPosition(t *rapid.T) geo.Position {
	return geo.Position{Lon: int32(rapid.IntRange(-1_800_000_000, 1_800_000_000).Draw(t, "lon")), Lat: int32(rapid.IntRange(-900_000_000, 900_000_000).Draw(t, "lat"))}
}

func TestEqualAreaAndBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := anyPosition(t)
		lon, lat := p.Degrees()
		x, y := geo.EqualArea(p)
		gotLon, gotLat := geo.FromEqualArea(x, y)
		// Close to a pole latitudes are hardly told apart.
		most := 1e-12 / max(1e-9, math.Cos(lat*math.Pi/180))
		if math.Abs(gotLon-lon) > 1e-9 || math.Abs(gotLat-lat) > max(most, 1e-9) {
			t.Fatalf("%v: back at %.12f, %.12f", p, gotLon, gotLat)
		}
	})
}

// TestEqualAreaIsThatOfPROJ has a point of EPSG:6933 as PROJ 9.1 projects it.
func TestEqualAreaIsThatOfPROJ(t *testing.T) {
	for _, c := range []struct{ lon, lat, x, y float64 }{
		{120.15, 30.25, 11592826.57, 3686468.14}, {-75, -33.3, -7236471.02, -4018441.75}, {0, 90, 0, 7342230.14},
	} {
		p, err := geo.NewPosition(c.lon, c.lat)
		if err != nil {
			t.Fatal(err)
		}
		if x, y := geo.EqualArea(p); math.Abs(x-c.x) > 0.01 || math.Abs(y-c.y) > 0.01 {
			t.Errorf("%v: %.2f, %.2f, want %.2f, %.2f", p, x, y, c.x, c.y)
		}
	}
}

// TestBinHoldsItsPositions: a position lies within the outline of its bin, in the plane of the projection, and bins of one size
// have one area.
func TestBinHoldsItsPositions(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		b := geo.Bins{Hexagons: rapid.Bool().Draw(t, "hexagons"), Metres: rapid.Float64Range(geo.LeastBin, geo.MostBin).Draw(t, "metres")}
		p := anyPosition(t)
		x, y := geo.EqualArea(p)
		if math.Abs(y) > 7_000_000-2*b.Metres {
			return // bins that reach beyond a pole are cut
		}
		corners := b.Outline(b.At(p))
		area := 0.0
		for i := range corners {
			ax, ay := projected(t, corners[i])
			bx, by := projected(t, corners[(i+1)%len(corners)])
			area += (ax*by - bx*ay) / 2
			if turn := (bx-ax)*(y-ay) - (by-ay)*(x-ax); turn < -b.Metres {
				t.Fatalf("%v lies outside of its bin %v", p, corners)
			}
		}
		want := b.Metres * b.Metres
		if b.Hexagons {
			want *= math.Sqrt(3) / 2
		}
		if math.Abs(area/want-1) > 1e-3 {
			t.Fatalf("area %f m², want %f m²", area, want)
		}
	})
}

// projected returns a corner in metres; corners beyond the antimeridian are on the plane all the same.
func projected(t *rapid.T, corner [2]float64) (x, y float64) {
	turn := math.Round(corner[0] / 360)
	p, err := geo.NewPosition(corner[0]-360*turn, corner[1])
	if err != nil {
		t.Fatal(err)
	}
	x, y = geo.EqualArea(p)
	edge, _ := geo.EqualArea(geo.Position{Lon: 1_800_000_000})
	return x + 2*edge*turn, y
}
