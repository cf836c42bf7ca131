// Package tiles is what every tile answer has in common, whatever makes its content: addresses, TileJSON, entity tags,
// compression, and a cache of finished bytes. Content comes from a Source.
//
// Tiles are those of the web mercator quad (OGC WebMercatorQuad, XYZ): column 0 begins at 180° west, row 0 at
// 85.0511° north.
package tiles
