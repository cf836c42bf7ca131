package geo

import "strings"

// Reasons why an organization may be the same as another.
const (
	SimilarCode = "code" // the same code of the operator's own
	SimilarUSCC = "uscc" // the same unified social credit code
	SimilarName = "name" // a name that is alike, close by
)

// SimilarQuery asks for organizations that may be the same as one that is being registered. Zero fields ask nothing.
type SimilarQuery struct {
	Name     string
	At       Position // where names are compared, when HasAt
	HasAt    bool
	RadiusM  float64 // metres round At
	Code     string
	USCC     string
	Except   ID // the organization itself
	MostHits int
}

// MostSimilarSlackM is by how many metres at most RadiusM grows for an organization whose own place may be off.
const MostSimilarSlackM = 10_000

// SimilarOrganization is one that may be the same.
type SimilarOrganization struct {
	ID        ID
	Name      string
	Kind      string
	Status    string
	Division  DivisionCode
	Location  Position
	Code      string
	DistanceM float64 // metres from the place of the question; -1 without one
	Reasons   []string
	Alike     float64 // of the names, 0 to 1
}

// LeastAlike is how alike names are that are told.
const LeastAlike = 0.5

// generic are the parts of names that say what an organization is and not which one, longer ones first.
var generic = []string{"村民委员会", "居民委员会", "支部委员会", "总支部委员会", "总支委员会", "中国共产党", "联合支部", "委员会", "党总支", "党支部", "村委会", "居委会", "总支部", "社区", "总支", "支部", "党委", "中共"}

// NameCore returns what is left of a name without what all of its kind have in common, 村民委员会 for one; the name itself
// when nothing is left.
func NameCore(name string) string {
	name = strings.ToLower(strings.Join(strings.Fields(name), ""))
	core := name
	for _, part := range generic {
		core = strings.ReplaceAll(core, part, "")
	}
	if core == "" {
		return name
	}
	return core
}

// NamesAlike tells how alike the cores of two names are, from 0 to 1: the part of their pairs of characters that they have in
// common (Dice's coefficient); one that holds the other is at least 0.7.
func NamesAlike(a, b string) float64 {
	a, b = NameCore(a), NameCore(b)
	if a == b {
		return 1
	}
	pairs := namePairs(a)
	other := namePairs(b)
	common := 0
	for pair, n := range pairs {
		common += min(n, other[pair])
	}
	alike := 0.0
	if total := count(pairs) + count(other); total > 0 {
		alike = 2 * float64(common) / float64(total)
	}
	if len([]rune(a)) > 1 && len([]rune(b)) > 1 && (strings.Contains(a, b) || strings.Contains(b, a)) {
		alike = max(alike, 0.7)
	}
	return alike
}

func namePairs(text string) map[string]int {
	runes, pairs := []rune(text), map[string]int{}
	for i := 1; i < len(runes); i++ {
		pairs[string(runes[i-1:i+1])]++
	}
	return pairs
}

func count(pairs map[string]int) int {
	n := 0
	for _, m := range pairs {
		n += m
	}
	return n
}
