// Package crs converts coordinates between WGS84 and the systems that maps published in China use. WGS84 stands for
// CGCS2000 (EPSG:4490) as well: the two differ by centimetres, which no map shows. All coordinates are degrees,
// longitude first. The formulas are those that all open implementations agree on; none is official, and what has passed
// through GCJ-02 or BD-09 is good to about a metre.
package crs
