package api

import (
	"context"
	"time"

	"github.com/paulmach/orb"

	"jingwei/geo"
	"jingwei/geo/gazetteer"
	"jingwei/geo/live"
)

// Organizations stores organizations. What it may show is active or lies in the scope see; what it may write lies in the
// scope in. Every write answers the feed position at which it is seen.
type Organizations interface {
	CreateOrganization(ctx context.Context, see, in geo.Scope, c geo.OrganizationContent, valid geo.DayRange, author string) (geo.Organization, geo.FeedPosition, error)
	// RegisterOrganization is CreateOrganization for a request with a name; true when it was carried out before.
	RegisterOrganization(ctx context.Context, see, in geo.Scope, c geo.OrganizationContent, valid geo.DayRange, request, author string) (geo.Organization, geo.FeedPosition, bool, error)
	// SimilarOrganizations returns what may be the same as what is registered, the most alike first.
	SimilarOrganizations(ctx context.Context, see geo.Scope, q geo.SimilarQuery) ([]geo.SimilarOrganization, error)
	// Jurisdictions returns the areas that touch a box, at most limit.
	Jurisdictions(ctx context.Context, see geo.Scope, box geo.Extent, limit int) ([]geo.JurisdictionArea, error)
	CodesTaken(ctx context.Context, code, uscc string, except geo.ID) (codeTaken, usccTaken bool, err error)
	Organization(ctx context.Context, see geo.Scope, id geo.ID) (geo.Organization, error)
	// OrganizationChildren returns a page of the organizations directly below one, the topmost ones for parent 0, by name and id.
	OrganizationChildren(ctx context.Context, see geo.Scope, parent geo.ID, after geo.NodeCursor, limit int, day geo.Day) ([]geo.OrganizationNode, error)
	CountOrganizationChildren(ctx context.Context, see geo.Scope, parent geo.ID, day geo.Day) (int, error)
	// OrganizationVersions names the authors of those rows only that lie in the scope.
	OrganizationVersions(ctx context.Context, see geo.Scope, id geo.ID) ([]geo.OrganizationVersion, error)
	ReplaceOrganization(ctx context.Context, see, in geo.Scope, id geo.ID, ifVersion int32, c geo.OrganizationContent, from, today geo.Day, author string) (geo.Organization, geo.FeedPosition, error)
	RetireOrganization(ctx context.Context, see, in geo.Scope, id geo.ID, ifVersion int32, today geo.Day, author string) (geo.FeedPosition, error)
}

// Histories reads and writes what organizations were and what became of them.
type Histories interface {
	// OrganizationHistory returns the writes recorded before a moment, newest first; the zero time for all.
	OrganizationHistory(ctx context.Context, see geo.Scope, id geo.ID, before time.Time, limit int) (geo.OrganizationHistory, error)
	// OrganizationAt returns what held on a day, as known now or at a time that is not zero.
	OrganizationAt(ctx context.Context, see geo.Scope, id geo.ID, day geo.Day, recorded time.Time) (geo.Organization, error)
	RestoreOrganization(ctx context.Context, see, in geo.Scope, id geo.ID, ifVersion, version int32, parent *geo.ID, today geo.Day, author string) (geo.Organization, geo.FeedPosition, error)
	UndoOrganization(ctx context.Context, see, in geo.Scope, id geo.ID, ifVersion int32, today geo.Day, author string) ([]geo.Reorganized, geo.FeedPosition, error)
	// MergeOrganizations and SplitOrganization name accounts of the scope accounts only.
	MergeOrganizations(ctx context.Context, see, in, accounts geo.Scope, m geo.OrganizationMerge, today geo.Day, author string) (geo.Reorganization, geo.FeedPosition, error)
	SplitOrganization(ctx context.Context, see, in, accounts geo.Scope, p geo.OrganizationSplit, today geo.Day, author string) (geo.Reorganization, geo.FeedPosition, error)
	ChangeOrganizations(ctx context.Context, see, in geo.Scope, b geo.OrganizationBulk, today geo.Day, author string) ([]geo.ChangedOrganization, geo.FeedPosition, error)
	OrganizationSuccession(ctx context.Context, see geo.Scope, id geo.ID) ([]geo.OrganizationSuccessor, error)
	// OrganizationPlans returns what is to come, with the names of superiors.
	OrganizationPlans(ctx context.Context, see geo.Scope, id geo.ID) ([]geo.Plan, map[geo.ID]string, error)
	CancelPlan(ctx context.Context, see, in geo.Scope, id geo.ID, ifVersion int32, day, today geo.Day, author string) (geo.Organization, geo.FeedPosition, error)
	// OrganizationPath returns the ids from the topmost superior down to an organization, also of one that is retired.
	OrganizationPath(ctx context.Context, see geo.Scope, id geo.ID) ([]geo.ID, error)
}

// Photos keeps the photos of organizations, which those see who see what is not public of the organization.
type Photos interface {
	Photos(ctx context.Context, see geo.Scope, organization geo.ID) ([]geo.Photo, error)
	Photo(ctx context.Context, see geo.Scope, organization, id geo.ID) (jpeg []byte, err error)
	// MayAddPhoto says what AddPhoto would, of any picture: nil when it would add it.
	MayAddPhoto(ctx context.Context, see, in geo.Scope, organization geo.ID) error
	AddPhoto(ctx context.Context, see, in geo.Scope, organization geo.ID, photo geo.NewPhoto, author string) (geo.Photo, error)
	RemovePhoto(ctx context.Context, see, in geo.Scope, organization, id geo.ID, now time.Time) error
	// RestorePhoto brings back what was removed.
	RestorePhoto(ctx context.Context, see, in geo.Scope, organization, id geo.ID, now time.Time) (geo.Photo, error)
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
	// DivisionShape returns the outline of the day in the default boundary set, or in the one of its time before that.
	DivisionShape(ctx context.Context, code geo.DivisionCode, day geo.Day) (geo.DivisionShape, error)
}

// Hits completes what search finds.
type Hits interface {
	// PlaceHits fills in label and extent of the hits that are divisions.
	PlaceHits(ctx context.Context, hits []geo.SearchHit, day geo.Day) error
}

// DivisionNames holds the names of divisions, in an index of the layer geo.DivisionLayer.
type DivisionNames interface {
	// Names returns the newest names; when divisions changed since, it waits so long for the new ones.
	Names(ctx context.Context, patience time.Duration) (*live.Snapshot, error)
}

// Geocoder finds the places that an address names, for the search box, the best first; none is no error. What it finds must be
// open to everyone. It is asked with what was typed.
type Geocoder interface {
	Geocode(ctx context.Context, text string, limit int, day geo.Day) ([]geo.SearchHit, error)
}

// Gazetteer holds the names of today's divisions, to find what an address means.
type Gazetteer interface {
	Gazetteer() *gazetteer.Gazetteer // nil while it is being read
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
	GridGeneration(ctx context.Context, z, x, y uint32) (string, error)
	JurisdictionTile(ctx context.Context, z, x, y uint32, day geo.Day) (tile []byte, generation string, err error)
	JurisdictionGeneration(ctx context.Context, z, x, y uint32) (string, error)
	// BoundarySets returns all sets of boundaries. The tiles show the default one.
	BoundarySets(ctx context.Context) ([]geo.BoundarySet, error)
}

// Areas reads the outlines of the areas that the tiles of grids and jurisdictions show, in degrees, longitude first, exact.
// What there is not, or may not be seen, on the day is geo.ErrNotFound, in the same words.
type Areas interface {
	// JurisdictionShape returns the area that an organization looks after which is active or lies in the scope.
	JurisdictionShape(ctx context.Context, see geo.Scope, organization geo.ID, day geo.Day) (orb.MultiPolygon, error)
	GridShape(ctx context.Context, id geo.ID, day geo.Day) (orb.MultiPolygon, error)
}

// PointIndex is one edition of a live point layer; *live.Index is one.
type PointIndex interface {
	Layer() geo.PointLayer
	Snapshot() *live.Snapshot // nil while it is loading
	Wait(ctx context.Context, at geo.FeedPosition) error
}

// Editions are the two editions of one point layer: what everyone sees, and what the holder of the token sees.
type Editions struct{ Public, Internal PointIndex }

// Filters answers filters from the database, for what the live indexes do not hold.
type Filters interface {
	// Queryables returns what filters on a layer may name, in the public edition or the internal one.
	Queryables(layer string, public bool) []geo.Queryable
	// CheckFilter says what is wrong with a filter without asking the database.
	CheckFilter(q geo.IDQuery) error
	// FilteredIDs returns the ids of the objects that a filter chooses, sorted, and the position that they are true at.
	FilteredIDs(ctx context.Context, q geo.IDQuery) ([]geo.ID, geo.FeedPosition, error)
}

// Audit keeps who did and saw what.
type Audit interface {
	// AuditEntries returns what the query asks for of the entries in the scope, newest first.
	AuditEntries(ctx context.Context, scope geo.Scope, q geo.AuditQuery) ([]geo.AuditEntry, error)
	// RecordAudit commits entries. Those that are geo.ErrInvalid will never be taken.
	RecordAudit(ctx context.Context, entries ...geo.AuditEntry) error
}

// Pinger says whether the database answers.
type Pinger interface {
	Ping(ctx context.Context) error
}

// SignInStore checks who signs in with a name, and opens sessions.
type SignInStore interface {
	AnyAdministrator(ctx context.Context) (bool, error)
	// AttemptSignIn charges an attempt with a name, whether there is such an account or not; RefundSignIn gives it back.
	AttemptSignIn(ctx context.Context, name string, now time.Time) (geo.SignInAttempt, error)
	RefundSignIn(ctx context.Context, name string) error
	// OpenSession and ChangePassword are given the password that was checked, in its stored form: when it is no longer the
	// account's they are geo.ErrNotFound.
	OpenSession(ctx context.Context, account geo.ID, password string, n geo.NewSession) error
	ChangePassword(ctx context.Context, account geo.ID, was, password string, n geo.NewSession) error
}

// SessionStore lists and ends the sessions of an account.
type SessionStore interface {
	Sessions(ctx context.Context, account geo.ID, now time.Time) ([]geo.Session, error)
	EndSession(ctx context.Context, account, session geo.ID) error
}

// TokenStore looks after the tokens of an account.
type TokenStore interface {
	Tokens(ctx context.Context, account geo.ID) ([]geo.Token, error)
	CreateToken(ctx context.Context, t geo.Token, hash [32]byte, now time.Time) (geo.Token, error)
	EndToken(ctx context.Context, account, token geo.ID) error
}

// LinkStore inspects and uses one-time links, by the hashes of their secrets. A link that opens nothing is geo.ErrNotFound.
type LinkStore interface {
	InspectLink(ctx context.Context, hash [32]byte, now time.Time) (geo.Link, error)
	RedeemLink(ctx context.Context, hash [32]byte, password string, first geo.Account, n geo.NewSession) error
}

// AccountStore looks after accounts. Its writes decide, in their transaction, whether they are by's to make: what by does
// not see is geo.ErrNotFound, what is not theirs geo.ErrForbidden.
type AccountStore interface {
	Account(ctx context.Context, id geo.ID, on geo.Day) (geo.Account, error)
	Accounts(ctx context.Context, q geo.AccountQuery, on geo.Day) ([]geo.Account, error)
	CreateAccount(ctx context.Context, by geo.Authority, a geo.Account, grants []geo.Grant, link geo.NewLink, now time.Time) (geo.Account, error)
	ReplaceAccount(ctx context.Context, by geo.Authority, a geo.Account, now time.Time) (geo.Account, error)
	RenameSelf(ctx context.Context, id geo.ID, displayName string, on geo.Day) (geo.Account, error)
	CreateRecovery(ctx context.Context, by geo.Authority, account geo.ID, link geo.NewLink, now time.Time) error
	HandOver(ctx context.Context, by geo.Authority, from, to geo.ID, now time.Time) error
	EndAccess(ctx context.Context, by geo.Authority, account geo.ID, now time.Time) error
}

// GrantStore looks after what accounts may do; its writes as those of AccountStore.
type GrantStore interface {
	HeldGrants(ctx context.Context, on geo.Day, accounts ...geo.ID) ([]geo.HeldGrant, error)
	Grant(ctx context.Context, by geo.Authority, g geo.Grant, now time.Time) (geo.HeldGrant, error)
	EndGrant(ctx context.Context, by geo.Authority, account, grant geo.ID, now time.Time) error
}

// Passwords turns passwords into the form in which they are stored (argon2id in PHC form) and compares. So much work is done
// at once only; when too many wait both are geo.ErrUnavailable.
type Passwords interface {
	Hash(ctx context.Context, password string) (phc string, err error)
	// Verify does the same work for phc "", which no password is right for.
	Verify(ctx context.Context, phc, password string) (bool, error)
}
