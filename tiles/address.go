package tiles

import (
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"

	"jingwei/geo"
)

// MaxZoom is the deepest level that is answered: a tile is 10 m wide there, its 4096 steps 2 mm.
const MaxZoom = 22

// Address is the address of a tile in the web mercator quad: at zoom Z there are 2^Z columns X counted from the west
// and as many rows Y counted from the north. The zero value is the tile of the whole world.
type Address struct{ Z, X, Y uint32 }

// ParseAddress reads the parts of a path z/x/y. One suffix .mvt or .pbf of y is passed over, since many clients add it.
// What is no number or outside the quad is ErrInvalid with the field "z", "x" or "y".
func ParseAddress(z, x, y string) (Address, error) {
	zoom, err := parseNumber("z", z)
	if err != nil {
		return Address{}, err
	}
	if zoom > MaxZoom {
		return Address{}, geo.Invalid("z", "%s is no zoom: they go from 0 to %d", z, MaxZoom)
	}
	column, err := parsePart("x", x, zoom)
	if err != nil {
		return Address{}, err
	}
	row, err := parsePart("y", trimSuffix(y), zoom)
	if err != nil {
		return Address{}, err
	}
	return Address{Z: zoom, X: column, Y: row}, nil
}

func trimSuffix(y string) string {
	if base, ok := strings.CutSuffix(y, ".mvt"); ok {
		return base
	}
	return strings.TrimSuffix(y, ".pbf")
}

// parsePart reads the number of a column or a row.
func parsePart(field, s string, zoom uint32) (uint32, error) {
	n, err := parseNumber(field, s)
	if err != nil {
		return 0, err
	}
	if n >= 1<<zoom {
		return 0, geo.Invalid(field, "%s is outside the tiles of zoom %d: %s goes from 0 to %d", s, zoom, field, 1<<zoom-1)
	}
	return n, nil
}

// parseNumber reads a whole number; one too large for its type is the largest.
func parseNumber(field, s string) (uint32, error) {
	n, err := strconv.ParseUint(s, 10, 32)
	if err != nil && !errors.Is(err, strconv.ErrRange) {
		return 0, geo.Invalid(field, "%q is not a whole number: a tile is named by zoom/column/row, like 10/857/420", s)
	}
	return uint32(n), nil
}

// Valid reports whether the zoom is at most MaxZoom and the tile lies within the quad.
func (a Address) Valid() bool { return a.Z <= MaxZoom && a.X < 1<<a.Z && a.Y < 1<<a.Z }

// Extent returns the tile's edges in degrees. The quad ends at ±85.0511° of latitude.
func (a Address) Extent() geo.Extent {
	return geo.Extent{
		West: longitude(a.X, a.Z), South: latitude(a.Y+1, a.Z),
		East: longitude(a.X+1, a.Z), North: latitude(a.Y, a.Z),
	}
}

// longitude is that of the western edge of column x.
func longitude(x, z uint32) float64 { return math.Ldexp(float64(x), -int(z))*360 - 180 }

// latitude is that of the northern edge of row y: the inverse of the spherical mercator projection (EPSG 1024).
func latitude(y, z uint32) float64 {
	return math.Atan(math.Sinh(math.Pi*(1-2*math.Ldexp(float64(y), -int(z))))) * 180 / math.Pi
}

// Parent returns the tile that a is a quarter of; the tile of the world is its own parent.
func (a Address) Parent() Address {
	if a.Z == 0 {
		return a
	}
	return Address{Z: a.Z - 1, X: a.X / 2, Y: a.Y / 2}
}

// Children returns the quarters of a: northwest, northeast, southwest, southeast. Below MaxZoom they are not Valid.
func (a Address) Children() [4]Address {
	z, x, y := a.Z+1, 2*a.X, 2*a.Y
	return [4]Address{{z, x, y}, {z, x + 1, y}, {z, x, y + 1}, {z, x + 1, y + 1}}
}

// String returns "z/x/y".
func (a Address) String() string { return fmt.Sprintf("%d/%d/%d", a.Z, a.X, a.Y) }
