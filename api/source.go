package api

import (
	"context"

	"jingwei/geo"
	"jingwei/geo/live"
)

// Organizations stores organizations. What it may show is active or lies in the scope see; what it may write lies in the
// scope in. Every write answers the feed position at which it is seen.
type Organizations interface {
	CreateOrganization(ctx context.Context, see, in geo.Scope, c geo.OrganizationContent, valid geo.DayRange, author string) (geo.Organization, geo.FeedPosition, error)
	Organization(ctx context.Context, see geo.Scope, id geo.ID) (geo.Organization, error)
	// OrganizationVersions names the authors of those rows only that lie in the scope.
	OrganizationVersions(ctx context.Context, see geo.Scope, id geo.ID) ([]geo.OrganizationVersion, error)
	ReplaceOrganization(ctx context.Context, see, in geo.Scope, id geo.ID, ifVersion int32, c geo.OrganizationContent, from, today geo.Day, author string) (geo.Organization, geo.FeedPosition, error)
	RetireOrganization(ctx context.Context, see, in geo.Scope, id geo.ID, ifVersion int32, today geo.Day, author string) (geo.FeedPosition, error)
}

// Divisions reads administrative divisions as of a day.
type Divisions interface {
	// Division returns the division and those above it, widest first.
	Division(ctx context.Context, code geo.DivisionCode, day geo.Day) (d geo.Division, ancestors []geo.Division, err error)
	// DivisionChildren returns the divisions directly below parent, by code; parent 0 means the provinces.
	DivisionChildren(ctx context.Context, parent geo.DivisionCode, day geo.Day) ([]geo.Division, error)
	// CountDivisionChildren returns how many divisions DivisionChildren would return.
	CountDivisionChildren(ctx context.Context, parent geo.DivisionCode, day geo.Day) (int, error)
	// SearchDivisions returns at most limit divisions, best match first; level 0 means all.
	SearchDivisions(ctx context.Context, q string, level geo.DivisionLevel, limit int, day geo.Day) ([]geo.Division, error)
	// DivisionsAt returns the divisions in whose outlines, in the default boundary set, a place lies, widest first.
	DivisionsAt(ctx context.Context, p geo.Position, day geo.Day) ([]geo.Division, error)
	// DivisionCodes returns the codes of the divisions of a level within one, or in the nation when within is 0, in order.
	DivisionCodes(ctx context.Context, level geo.DivisionLevel, within geo.DivisionCode, day geo.Day) ([]geo.DivisionCode, error)
	// DivisionHistory returns what a code stood for, the oldest first.
	DivisionHistory(ctx context.Context, code geo.DivisionCode) ([]geo.Division, error)
	// DivisionKnown reports whether any division has or had the code, or any boundary set shows it.
	DivisionKnown(ctx context.Context, code geo.DivisionCode) (bool, error)
	// Successors returns where the territory of a code went, Predecessors where that of a code came from, by year.
	Successors(ctx context.Context, code geo.DivisionCode) ([]geo.Succession, error)
	Predecessors(ctx context.Context, code geo.DivisionCode) ([]geo.Succession, error)
	// Refiling returns which division counts, on the day, what is filed under county codes that are none on it.
	Refiling(ctx context.Context, day geo.Day) (*geo.Refiling, error)
	// DivisionShape returns the outline in the default boundary set.
	DivisionShape(ctx context.Context, code geo.DivisionCode) (geo.DivisionShape, error)
}

// Searcher answers the search box, best hits first: divisions, and organizations that are active or lie in the scope.
type Searcher interface {
	Search(ctx context.Context, see geo.Scope, q string, limit int, day geo.Day) ([]geo.SearchHit, error)
}

// Codes reads the code lists, which operators may extend.
type Codes interface {
	// Codes returns the values of a list in the order in which they are shown.
	Codes(ctx context.Context, list string) ([]geo.Code, error)
	ReportCategories(ctx context.Context) ([]geo.ReportCategory, error)
}

// PolygonTiles makes vector tiles of divisions and other areas. The bytes are an uncompressed tile with the layers "divisions" and
// "division_labels", "boundary_lines", "grids" or "jurisdictions"; equal generations give equal tiles.
type PolygonTiles interface {
	// Tiles come with the generation of what they show.
	DivisionTileAndGeneration(ctx context.Context, level geo.DivisionLevel, z, x, y uint32, day geo.Day) (tile []byte, generation string, err error)
	BoundaryLineTile(ctx context.Context, z, x, y uint32) ([]byte, error)
	DivisionGeneration(ctx context.Context) (string, error)
	GridTile(ctx context.Context, z, x, y uint32, day geo.Day) (tile []byte, generation string, err error)
	GridGeneration(ctx context.Context) (string, error)
	JurisdictionTile(ctx context.Context, z, x, y uint32, day geo.Day) (tile []byte, generation string, err error)
	JurisdictionGeneration(ctx context.Context) (string, error)
	// BoundarySets returns all sets of boundaries. The tiles show the default one.
	BoundarySets(ctx context.Context) ([]geo.BoundarySet, error)
}

// PointIndex is one edition of a live point layer; *live.Index is one.
type PointIndex interface {
	Layer() geo.PointLayer
	Snapshot() *live.Snapshot // nil while it is loading
	Wait(ctx context.Context, at geo.FeedPosition) error
}

// Editions are the two editions of one point layer: what everyone sees, and what the holder of the token sees.
type Editions struct{ Public, Internal PointIndex }

// Pinger says whether the database answers.
type Pinger interface {
	Ping(ctx context.Context) error
}
