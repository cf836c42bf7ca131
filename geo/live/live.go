// Package live is the live point index: an in-memory copy of one layer of points from which tiles, clusters, counts and
// lists of any filter and any day are answered, and which follows the database change by change.
//
// Points are sorted by their Morton key, the interleaved 32 bits of web-mercator x and y, so that a tile of any zoom is
// one contiguous range of rows. The sorted rows stand in immutable chunks; edits go to a small sorted delta and to
// tombstones, and a compaction merges them into one chunk at a time. Readers take a Snapshot and never wait.
//
// The invariant: after Load and Apply up to a position of the change feed, a Snapshot holds exactly the rows that the
// database shows at that position, in the edition's view of them.
package live

import (
	"jingwei/geo"
)

// Edition says which rows and columns an index holds.
type Edition int

// The editions. Public holds public rows and public columns only, so nothing it answers can show anything else;
// Internal holds everything.
const (
	Public Edition = iota
	Internal
)

// String returns "public" or "internal".
func (e Edition) String() string {
	if e == Public {
		return "public"
	}
	return "internal"
}

// EncoderVersion is part of every ETag: it grows when the same rows would give other bytes.
const EncoderVersion = 2

// Query says which rows count: those that are valid on one of Days and for which Filter holds. Of several rows of one
// object that are valid then only the last can count, so that no object counts twice: it shows as it was at the end. The zero
// value of Days is no day, on which nothing counts; geo.Always is every day.
type Query struct {
	Filter geo.Filter
	Days   geo.DayRange
	// Members, when given, are the objects of which rows may count: what something else than the index has found.
	Members *Members
}

// Feature is a row as an answer shows it.
type Feature struct {
	ID       geo.ID
	At       geo.Position
	Valid    geo.DayRange
	Division geo.DivisionCode
	Values   []string // in the order of the layer's columns; "" is no value
}

// Tile addresses a tile of the web-mercator quadtree.
type Tile struct{ Z, X, Y uint32 }

// TileAt returns the tile of zoom z (0 to 32) that holds p.
func TileAt(p geo.Position, z uint32) Tile {
	if z == 0 {
		return Tile{}
	}
	return tileOf(keyOf(p), z)
}

// Edition returns the edition that the snapshot shows.
func (s *Snapshot) Edition() Edition { return s.edition }

// Layer returns the schema of what the snapshot shows.
func (s *Snapshot) Layer() geo.PointLayer { return s.columns.layer }

// Answers reports whether the index can answer the filter itself: all of it, or nothing of it.
func (s *Snapshot) Answers(f geo.Filter) bool {
	_, err := s.predicateOf(f)
	return err == nil
}
