// Package mvt writes, reads and prints Mapbox Vector Tiles, version 2.1 of the specification
// (https://github.com/mapbox/vector-tile-spec/tree/master/2.1); the sections named in this package are its sections.
//
// A Layer is written feature by feature into buffers that are kept between tiles, so encoding allocates close to
// nothing. Equal calls give equal bytes: the tables of keys and values stand in the order of their first use, fields in
// the order of their numbers. Layers written one after the other are a tile, for a tile is a message with one repeated
// field.
//
// Coordinates are integers in tile space (§3): x to the east, y to the south, 0 to extent, beyond it for a buffer.
package mvt

import "strconv"

// ContentType is the media type of a tile (§2.2).
const ContentType = "application/vnd.mapbox-vector-tile"

// Version is the version of the specification that a Layer is written in (§4.1).
const Version = 2

// DefaultExtent is the extent of a layer that states none (§4.1).
const DefaultExtent = 4096

// GeomType is the type of a feature's geometry (§4.3.4).
type GeomType uint32

// The geometry types; multi-geometries have the type of their parts.
const (
	Unknown GeomType = iota
	Point
	LineString
	Polygon
)

var geomNames = [...]string{"unknown", "point", "linestring", "polygon"}

// String returns the name in lower case, or the number of a type that the specification does not know.
func (t GeomType) String() string {
	if int(t) < len(geomNames) {
		return geomNames[t]
	}
	return strconv.FormatUint(uint64(t), 10)
}
