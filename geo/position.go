package geo

import (
	"fmt"
	"math"
)

// Unit is the resolution of a stored coordinate in degrees: 1.1 cm of latitude.
const Unit = 1e-7

// unitsPerDegree is 1/Unit, exact in binary.
const unitsPerDegree = 10_000_000

// Position is a point on the earth in multiples of 1e-7 degree, OGC:CRS84: Lon from -180 to 180 degrees, Lat from -90
// to 90. The zero value is 0°E 0°N, which is a valid position: what has none says so elsewhere.
type Position struct{ Lon, Lat int32 }

// NewPosition rounds lon, lat in degrees to the nearest multiple of 1e-7. NaN and values outside the world are
// ErrInvalid with the field "location".
func NewPosition(lon, lat float64) (Position, error) {
	if math.IsNaN(lon) || math.IsNaN(lat) {
		return Position{}, Invalid("location", "longitude and latitude must be numbers")
	}
	if math.Abs(lat) > 90 && math.Abs(lat) <= 180 && math.Abs(lon) <= 90 {
		return Position{}, Invalid("location", "latitude %g is outside -90 to 90: are longitude and latitude swapped? The order is [longitude, latitude]", lat)
	}
	if math.Abs(lon) > 180 {
		return Position{}, Invalid("location", "longitude %g is outside -180 to 180", lon)
	}
	if math.Abs(lat) > 90 {
		return Position{}, Invalid("location", "latitude %g is outside -90 to 90", lat)
	}
	return Position{Lon: int32(math.Round(lon * unitsPerDegree)), Lat: int32(math.Round(lat * unitsPerDegree))}, nil
}

// Degrees returns the position in degrees, longitude first.
func (p Position) Degrees() (lon, lat float64) {
	return float64(p.Lon) / unitsPerDegree, float64(p.Lat) / unitsPerDegree
}

// String returns "lon,lat" in degrees with seven decimals.
func (p Position) String() string {
	lon, lat := p.Degrees()
	return fmt.Sprintf("%.7f,%.7f", lon, lat)
}
