// Package crs converts coordinates between WGS84 and the systems that maps published in China use, and reads coordinates as
// people write them. WGS84 stands for CGCS2000 (EPSG:4490) as well: the two differ by centimetres, which no map shows.
// Coordinates are degrees, longitude first, but for those of zones and of BD-09MC, which are metres, easting first. The
// formulas of GCJ-02 and BD-09 are those that all open implementations agree on; none is official, and what has passed
// through them is good to about a metre.
package crs
