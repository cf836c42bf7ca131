package geo_test

import (
	"testing"

	"pgregory.net/rapid"

	"jingwei/geo"
)

func TestGeneralise(t *testing.T) {
	for _, c := range []struct{ in, want geo.Position }{
		{geo.Position{Lon: 1201551000, Lat: 302741000}, geo.Position{Lon: 1201575000, Lat: 302725000}},
		{geo.Position{Lon: -1, Lat: -1}, geo.Position{Lon: -25_000, Lat: -25_000}},
		{geo.Position{}, geo.Position{Lon: 25_000, Lat: 25_000}},
		{geo.Position{Lon: 1_800_000_000, Lat: 900_000_000}, geo.Position{Lon: 1_799_975_000, Lat: 899_975_000}},
		{geo.Position{Lon: -1_800_000_000, Lat: -900_000_000}, geo.Position{Lon: -1_799_975_000, Lat: -899_975_000}},
	} {
		if got := geo.Generalise(c.in); got != c.want {
			t.Errorf("Generalise(%v) = %v, want %v", c.in, got, c.want)
		}
	}
}

// What is published must not depend on anything but the cell: its centre stays where it is and nothing lies farther than
// half a step away from it.
func TestGeneraliseKeepsCells(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := geo.Position{Lon: rapid.Int32Range(-1_800_000_000, 1_800_000_000).Draw(t, "lon"), Lat: rapid.Int32Range(-900_000_000, 900_000_000).Draw(t, "lat")}
		c := geo.Generalise(p)
		if again := geo.Generalise(c); again != c {
			t.Fatalf("Generalise(%v) = %v, and of that %v", p, c, again)
		}
		if d := max(p.Lon-c.Lon, c.Lon-p.Lon, p.Lat-c.Lat, c.Lat-p.Lat); d > 25_000 {
			t.Fatalf("Generalise(%v) = %v is %d units away", p, c, d)
		}
	})
}
