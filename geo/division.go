package geo

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// DivisionCode is a 12-digit code of an administrative division (GB/T 2260 for the first six digits, then three for
// the township and three for the village). 0 is no division. A code identifies only together with a day: codes change.
type DivisionCode int64

// DivisionLevel counts from 1: province, prefecture, county, township, village.
type DivisionLevel int

// The five levels of administrative divisions.
const (
	Province DivisionLevel = iota + 1
	Prefecture
	County
	Township
	Village
)

// digits of a code that are significant at each level.
var levelDigits = [...]int{0, 2, 4, 6, 9, 12}

var levelNames = [...]string{"", "province", "prefecture", "county", "township", "village"}

// ParseDivisionLevel reads the name of a level. Another is ErrInvalid with the given field.
func ParseDivisionLevel(field, name string) (DivisionLevel, error) {
	if i := slices.Index(levelNames[1:], name); i >= 0 {
		return DivisionLevel(i + 1), nil
	}
	return 0, Invalid(field, "%q is no level of divisions: %s", name, strings.Join(levelNames[1:], ", "))
}

// String returns the English name of the level, or its number when unknown.
func (l DivisionLevel) String() string {
	if l < Province || l > Village {
		return strconv.Itoa(int(l))
	}
	return levelNames[l]
}

// ParseDivisionCode reads a code of 2, 4, 6, 9 or 12 digits; a short one is filled with zeros. Other input is
// ErrInvalid with the given field.
func ParseDivisionCode(field, s string) (DivisionCode, error) {
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil || n <= 0 {
		return 0, Invalid(field, "%q is not a division code of 12 digits", s)
	}
	switch len(s) {
	case 2, 4, 6, 9, 12:
	default:
		return 0, Invalid(field, "%q is not a division code: 2, 4, 6, 9 or 12 digits are needed", s)
	}
	for i := len(s); i < 12; i++ {
		n *= 10
	}
	if n < 1e11 {
		return 0, Invalid(field, "%q is not a division code: it begins with 0", s)
	}
	return DivisionCode(n), nil
}

// String returns the twelve digits, or "" for no division.
func (c DivisionCode) String() string {
	if c == 0 {
		return ""
	}
	return fmt.Sprintf("%012d", int64(c))
}

// Level is the shallowest level whose digits hold all of the code. Codes of divisions that skip a level (a county
// directly under its province) follow the same rule. No division has level 0.
func (c DivisionCode) Level() DivisionLevel {
	if c == 0 {
		return 0
	}
	for l := Province; l < Village; l++ {
		if c%pow10(12-levelDigits[l]) == 0 {
			return l
		}
	}
	return Village
}

// Range returns the codes lo <= x < hi of c and everything below it: a prefix is a range.
func (c DivisionCode) Range() (lo, hi DivisionCode) {
	if c == 0 {
		return 0, DivisionCode(pow10(12))
	}
	return c, c + pow10(12-levelDigits[c.Level()])
}

// Cut returns the division of the level that c lies in: the digits of the level, the others zero. A code of a wider level
// stays as it is. No level is the nation, which is 0.
func (c DivisionCode) Cut(level DivisionLevel) DivisionCode {
	if level < Province {
		return 0
	}
	return c - c%pow10(12-levelDigits[min(level, Village)])
}

// Prefix returns the significant digits, for LIKE in SQL: "3301" for 330100000000.
func (c DivisionCode) Prefix() string { return c.String()[:levelDigits[c.Level()]] }

func pow10(n int) DivisionCode {
	p := DivisionCode(1)
	for range n {
		p *= 10
	}
	return p
}

// Division is one administrative division as of a day.
type Division struct {
	ID        ID
	Code      DivisionCode
	Level     DivisionLevel
	Kind      string // street, town, township ... as the source says; "" when it does not
	Parent    DivisionCode
	Name      string
	Pinyin    string
	Valid     DayRange
	Label     Position // where a label stands; meaningful when HasLabel
	HasLabel  bool
	Extent    Extent // of its shape in the default boundary set; meaningful when HasExtent
	HasExtent bool
}

// BoundarySet describes where shapes of divisions come from: every map and export that shows one names it.
type BoundarySet struct {
	ID           int32
	Name         string
	Source       string
	ReviewNumber string // 审图号; "" for none
	Edition      string
	CRS          string
	Licence      string
	Illustrative bool // 示意: not a depiction of real boundaries
	Default      bool
	// Incomplete: real boundaries of the whole country without the line in the South China Sea. Who shows them warns.
	Incomplete bool
	// SeaLine: the set has the line in the South China Sea. Who shows the set draws no other.
	SeaLine bool
	// Deepest is the deepest level that the set has outlines of; 0 for none.
	Deepest DivisionLevel
}

// DivisionShape is the outline of a division in one boundary set.
type DivisionShape struct {
	Set     BoundarySet
	Code    DivisionCode
	Name    string
	GeoJSON []byte // a GeoJSON MultiPolygon, CRS84 degrees
	Holds   bool   // a division has the code on the day that was asked about, or none ever had it
}
