// Package geotest gives tests what they share: databases of a real PostGIS, files of the repository, golden files.
//
// All test programs that run at one time use one PostgreSQL cluster, in a folder of the temporary directory; who comes
// first starts it. It stops, and the folder goes, within a second after the last program and the "go test" above it
// have ended, however they ended. A database is a copy of a template to which the migrations were applied once.
package geotest
