package geo

import "slices"

// Types of search hits.
const (
	HitOrganization = "organization"
	HitDivision     = "division"
	HitCoordinate   = "coordinate"
	HitAddress      = "address"
)

// Match is how a search hit matched. Hits are ordered by it, the lowest first.
type Match uint8

// The ways to match, best first.
const (
	MatchExact    Match = iota // the name or the short name is the text
	MatchCode                  // the own code, or the unified social credit code, begins with the text
	MatchPrefix                // the name or the short name begins with the text
	MatchInfix                 // the name or the short name contains the text
	MatchPinyin                // the pinyin without spaces begins with the text
	MatchInitials              // the initials of the pinyin begin with the text
	MatchAddress               // the address contains the text
	MatchFormer                // a former name contains the text
	MatchSimilar               // the name, or the pinyin, does so but for one or two errors
)

// String returns the name of the way, as answers have it.
func (m Match) String() string {
	return [...]string{"exact", "code", "prefix", "infix", "pinyin", "initials", "address", "former", "similar"}[m]
}

// SearchPiece says why something is a hit: a field, its text and the piece of it that matched, in characters.
type SearchPiece struct {
	Field    string // name, short_name, former_name, code, uscc, address, pinyin, initials
	Text     string
	From, To int // half open
}

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
	Match       Match
	Piece       SearchPiece
	Address     *AddressReading // of an address, whose Name is that of the divisions and whose Code is of the deepest; nil otherwise
}

// AddressReading says how a text was read as an address.
type AddressReading struct {
	Rest       string        // what of the text was not understood, mostly a road and a number
	Certain    DivisionLevel // the deepest level about which there is no doubt; 0 for none
	Placed     DivisionLevel // of the division that the location is the label of; 0 for none
	AccuracyM  float64       // metres from the location to the farthest that it stands for; 0 for unknown
	Confidence float64       // from 0 to 1, for comparison
	Warnings   []string      // kinds, as package gazetteer has them
}

// Places among hits that match equally well: divisions down to townships by their level, then organizations, then villages.
const (
	firstOrganizationRank = 16
	villageRank           = 255
)

// organizationRank places organizations by their level, the widest first, and within a level by what depends on them:
// committees, general branches, branches, all others. Levels that an operator added come last.
func organizationRank(level, kind string) uint8 {
	at := slices.Index([]string{"national", "province", "prefecture", "county", "township", "village", "unit"}, level)
	if at < 0 {
		at = 7
	}
	weight := 3
	switch kind {
	case "local_committee", "working_committee", "party_committee":
		weight = 0
	case "general_branch", "village_committee", "residents_committee":
		weight = 1
	case "branch", "joint_branch":
		weight = 2
	}
	return uint8(firstOrganizationRank + 4*at + weight)
}

func divisionRank(level string) uint8 {
	if len(level) != 1 || level[0] < '1' || level[0] > '4' {
		return villageRank
	}
	return level[0] - '0'
}
