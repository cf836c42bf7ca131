// Package cql2 reads and writes filters in the notations of CQL2 (OGC 21-065r2): JSON. What a filter means is said by
// geo.Filter; whether a layer has its properties, and whether their types fit, by whoever evaluates it.
package cql2
