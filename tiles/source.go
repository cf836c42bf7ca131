package tiles

import (
	"context"

	"jingwei/geo"
)

// Query narrows what a tile shows. The zero value of Filter holds for every feature.
type Query struct {
	Filter geo.Filter
	Days   geo.DayRange // features valid on one of these days, each object once, as it was last
	Cells  int          // clusters per side of the tile; 0 is none. Sources without clusters pass over it
}

// Source answers the tiles of one layer; it is safe for concurrent use.
type Source interface {
	// Tile looks up the state that the tile is to be made of, which is cheap. The address is Valid. A query that the
	// source cannot answer is an error of package geo.
	Tile(ctx context.Context, q Query, a Address) (Answer, error)
}

// Answer is a tile that is not yet encoded: a client that holds the same version gets 304 and nothing is encoded.
type Answer struct {
	// Version differs whenever the encoded bytes may differ. It is the same on every node.
	Version string
	// Position is the point of the change feed that the answer stands on; the zero value when there is none.
	Position geo.FeedPosition
	// Encode makes the tile of just that state: vector tile layers, not compressed; no bytes when the tile is empty.
	// Tiles of several sources may be put one after the other.
	Encode func(context.Context) ([]byte, error)
}
