package bench

import (
	"fmt"
	"math"
	"math/rand/v2"
)

// Tile is the address of a tile.
type Tile struct{ Z, X, Y uint32 }

// String returns the address as paths have it, Z/X/Y.
func (t Tile) String() string { return fmt.Sprintf("%d/%d/%d", t.Z, t.X, t.Y) }

// Place is a longitude and a latitude in degrees.
type Place struct{ Lon, Lat float64 }

// TileAt returns the tile of a zoom that holds the place.
func TileAt(p Place, z uint32) Tile {
	side := math.Exp2(float64(z))
	sin := math.Sin(p.Lat * math.Pi / 180)
	within := func(v float64) uint32 { return uint32(min(max(v*side, 0), side-1)) }
	return Tile{
		Z: z,
		X: within(p.Lon/360 + 0.5),
		Y: within(0.5 - math.Log((1+sin)/(1-sin))/(4*math.Pi)),
	}
}

// Weights say how often tiles of each zoom are asked for.
type Weights map[uint32]int

// AllZooms is how a map that people move about asks: some of the whole country, most of districts and towns.
func AllZooms() Weights {
	return Weights{0: 1, 1: 1, 2: 1, 3: 2, 4: 4, 5: 5, 6: 6, 7: 7, 8: 8, 9: 9, 10: 10, 11: 10, 12: 10, 13: 9, 14: 8, 15: 5, 16: 4}
}

// From returns the weights of zooms from first to last.
func (w Weights) From(first, last uint32) Weights {
	part := Weights{}
	for z, n := range w {
		if z >= first && z <= last {
			part[z] = n
		}
	}
	return part
}

// Draw draws tiles by population: a place at random and a zoom by its weight, n times. The same arguments give the same tiles.
func Draw(places []Place, w Weights, n int, seed uint64) []Tile {
	random := rand.New(rand.NewPCG(seed, 0))
	zooms := w.zooms()
	drawn := make([]Tile, 0, n)
	for range n {
		drawn = append(drawn, TileAt(places[random.IntN(len(places))], zooms[random.IntN(len(zooms))]))
	}
	return drawn
}

// zooms returns each zoom as often as its weight says, in ascending order.
func (w Weights) zooms() (zooms []uint32) {
	for z := range uint32(32) {
		for range w[z] {
			zooms = append(zooms, z)
		}
	}
	return zooms
}

// Distinct returns the first n different tiles, in their order; fewer when there are not as many.
func Distinct(drawn []Tile, n int) (tiles []Tile) {
	seen := map[Tile]bool{}
	for _, t := range drawn {
		if len(tiles) == n {
			break
		}
		if !seen[t] {
			seen[t], tiles = true, append(tiles, t)
		}
	}
	return tiles
}
