// Package geo is the domain of Jingwei: its types and rules, and nothing that stores, serves or logs them.
//
// Every position is longitude, latitude (x = longitude, y = latitude) in degrees of OGC:CRS84, the axis order of
// RFC 7946 §3.1.1; EPSG:4326 in PostGIS. Stored positions are multiples of 1e-7 degree (at most 1.1 cm). CGCS2000
// (EPSG:4490) coincides with it at this precision; GCJ-02 and BD-09 are encodings at the edge and never reach this
// package. Days are civil days of China (UTC+8).
package geo
