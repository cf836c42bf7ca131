package geo

// Types of search hits.
const (
	HitOrganization = "organization"
	HitDivision     = "division"
)

// How a search hit matched, best first. Hits are ordered by it, then by what the store finds useful, then by id or code.
const (
	MatchExact    = "exact"    // the name is the input
	MatchCode     = "code"     // the code begins with the input
	MatchPrefix   = "prefix"   // the name begins with the input
	MatchInfix    = "infix"    // the name contains the input
	MatchPinyin   = "pinyin"   // the pinyin without spaces begins with the input
	MatchInitials = "initials" // the initials of the pinyin begin with the input
)

// SearchHit is one answer of the search box: an organization or a division.
type SearchHit struct {
	Type        string        // HitOrganization or HitDivision
	ID          ID            // of the organization; 0 for a division
	Code        DivisionCode  // of the division; 0 for an organization
	Name        string        // as it is to be shown
	Kind        string        // of the organization; of the division when its source says one
	Level       DivisionLevel // of the division; 0 for an organization
	Division    DivisionCode  // where the organization stands; the parent of a division, 0 for a province
	Context     string        // the names of the divisions above it, widest first, joined by " › "
	Location    Position      // of the organization, or of the division's label; meaningful when HasLocation
	HasLocation bool
	Extent      Extent // of the division's shape; meaningful when HasExtent
	HasExtent   bool
	Match       string // one of the Match constants
}
