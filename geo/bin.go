package geo

import "math"

// Bins is a division of the world into squares or hexagons of equal area, in the projection EqualArea. Metres is how far the
// middles of neighbours are apart, at 30° of latitude; elsewhere bins are as large, but longer than wide or the other way round.
type Bins struct {
	Hexagons bool
	Metres   float64
}

// LeastBin and MostBin are the sizes that bins may have, in metres.
const (
	LeastBin = 100.0
	MostBin  = 1_000_000.0
)

// BinKey names a bin: column and row of a square; of a hexagon, whose corners point north, its place along two axes that
// run east and north-east.
type BinKey struct{ X, Y int32 }

// At returns the bin that holds the position: exactly one does.
func (b Bins) At(p Position) BinKey {
	x, y := EqualArea(p)
	if !b.Hexagons {
		return BinKey{int32(math.Floor(x / b.Metres)), int32(math.Floor(y / b.Metres))}
	}
	r := y / b.rowHeight()
	return roundHexagon(x/b.Metres-r/2, r)
}

// rowHeight is how far rows of hexagons are apart.
func (b Bins) rowHeight() float64 { return b.Metres * math.Sqrt(3) / 2 }

// roundHexagon returns the hexagon whose middle is nearest: of three coordinates that sum to 0 the one that is rounded most
// follows from the others.
func roundHexagon(q, r float64) BinKey {
	s := -q - r
	x, y, z := math.Round(q), math.Round(r), math.Round(s)
	dx, dy, dz := math.Abs(x-q), math.Abs(y-r), math.Abs(z-s)
	switch {
	case dx > dy && dx > dz:
		x = -y - z
	case dy > dz:
		y = -x - z
	}
	return BinKey{int32(x), int32(y)}
}

// Outline returns the corners of a bin in degrees, longitude first, counterclockwise and without the first one again.
func (b Bins) Outline(k BinKey) [][2]float64 {
	var corners [][2]float64
	corner := func(x, y float64) {
		lon, lat := FromEqualArea(x, y)
		corners = append(corners, [2]float64{lon, lat})
	}
	if !b.Hexagons {
		x, y := float64(k.X)*b.Metres, float64(k.Y)*b.Metres
		corner(x, y)
		corner(x+b.Metres, y)
		corner(x+b.Metres, y+b.Metres)
		corner(x, y+b.Metres)
		return corners
	}
	x, y := (float64(k.X)+float64(k.Y)/2)*b.Metres, float64(k.Y)*b.rowHeight()
	half, arm := b.Metres/2, b.Metres/math.Sqrt(3)
	for _, c := range [][2]float64{{half, -arm / 2}, {half, arm / 2}, {0, arm}, {-half, arm / 2}, {-half, -arm / 2}, {0, -arm}} {
		corner(x+c[0], y+c[1])
	}
	return corners
}
