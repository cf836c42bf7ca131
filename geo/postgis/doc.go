// Package postgis keeps the domain of package geo in PostgreSQL with PostGIS: migrations, the stores of divisions and
// organizations, bulk loading, search, polygon tiles and the change feed that live indexes stand on.
//
// It alone talks to the database. Days go in as numbers (geo.Day), never from the database's clock; positions are
// exact multiples of 1e-7 degree, EPSG:4326, x = longitude. Faults of the input come back as *geo.Error.
package postgis
