package geo

import (
	"strings"
	"time"
	"unicode/utf8"
)

// Code lists of organizations. They are data in the database (table code), these are the ones that rules refer to.
const (
	StatusDraft     = "draft"
	StatusSubmitted = "submitted"
	StatusActive    = "active"
	StatusRetired   = "retired"

	LocationReported  = "reported"  // 自主填报
	LocationChecked   = "checked"   // 技术校验
	LocationCompared  = "compared"  // 人工比对
	LocationApproved  = "approved"  // 二次核准
	LocationInspected = "inspected" // 实地检验
	LocationConfirmed = "confirmed" // 终端确认
)

// Limits of an organization's texts, in characters.
const (
	MaxNameLength    = 200
	MaxAddressLength = 500
	MaxPhoneLength   = 40
)

// OrganizationContent is what a committee says of an organization: everything but identity and versions.
type OrganizationContent struct {
	Code              string // the operator's own code, unique when set; "" for none
	Parent            ID     // superior organization; 0 for none
	Kind              string // code list organization_kind
	Level             string // code list organization_level
	Name              string
	ShortName         string
	Division          DivisionCode
	Location          Position
	LocationSource    string  // code list location_source: registered, map, device, division, generated ...
	LocationAccuracyM float64 // metres, radius of 95 %; 0 for unknown
	SourceCRS         string  // the system the coordinates came in, "EPSG:4326" by default
	LocationState     string  // code list location_state
	Address           string
	Phone             string // a public phone of the organization, never of a person
	USCC              string // unified social credit code, optional
	Status            string // code list organization_status
	// Jurisdiction is the area that the organization looks after; nil for none. In a replacement nil leaves the area as it
	// was, and one without polygons takes it away.
	Jurisdiction *MultiPolygon
}

// Says reports whether it says nothing else than what was said before: the state of a location and an area that are left out stay.
func (c OrganizationContent) Says(before OrganizationContent) bool {
	if c.LocationState == "" {
		c.LocationState = before.LocationState
	}
	if c.Jurisdiction == nil {
		c.Jurisdiction = before.Jurisdiction
	}
	if !sameArea(c.Jurisdiction, before.Jurisdiction) {
		return false
	}
	c.Jurisdiction, before.Jurisdiction = nil, nil
	return c == before
}

// Organization is an organization as of now: content with identity.
type Organization struct {
	ID      ID
	Version int32 // counts writes from 1; the ETag of the resource is `"Version"`
	OrganizationContent
	Valid DayRange
}

// OrganizationVersion is one row of an organization's history.
type OrganizationVersion struct {
	Organization
	RecordedFrom time.Time
	RecordedTo   time.Time // zero while the row is what is known now
	Author       string
}

// Validate checks what needs no database: lengths, presence, ranges. The first fault is returned as *Error with the
// JSON name of the field.
func (c OrganizationContent) Validate() error {
	if err := checkText("name", c.Name, 1, MaxNameLength); err != nil {
		return err
	}
	if err := checkText("short_name", c.ShortName, 0, MaxNameLength); err != nil {
		return err
	}
	if err := checkText("code", c.Code, 0, MaxCodeLength); err != nil {
		return err
	}
	if strings.ContainsFunc(c.Code, Hidden) {
		return Invalid("code", "a code has no invisible characters")
	}
	if c.Kind == "" {
		return Invalid("kind", "a kind is needed, for example village_committee")
	}
	if c.Division == 0 {
		return Invalid("division", "the division that the organization stands in is needed, as a 12-digit code")
	}
	if !(c.LocationAccuracyM >= 0 && c.LocationAccuracyM <= MaxAccuracyM) {
		return Invalid("location_accuracy_m", "an accuracy is a distance from 0 to %d m; 0 when it is not known", MaxAccuracyM)
	}
	if err := checkText("address", c.Address, 0, MaxAddressLength); err != nil {
		return err
	}
	if err := checkText("phone", c.Phone, 0, MaxPhoneLength); err != nil {
		return err
	}
	return checkJurisdiction(c.Jurisdiction)
}

// MaxJurisdictionVertices is the most vertices that the area of an organization has: the outline of a county in full.
const MaxJurisdictionVertices = 20_000

// aroundChina is a box that no area of an organization goes beyond.
var aroundChina = Extent{West: 73, South: 3, East: 136, North: 54}

// checkJurisdiction checks what is known of an area without geometry: whether its borders cross, the store finds out.
func checkJurisdiction(m *MultiPolygon) error {
	if m == nil {
		return nil
	}
	n := 0
	for _, polygon := range *m {
		for _, ring := range polygon {
			n += len(ring)
			for _, p := range ring {
				if !aroundChina.Contains(p) {
					return Invalid("jurisdiction", "a corner of the area at %s lies outside of China: are longitude and latitude swapped?", p)
				}
			}
		}
	}
	if n > MaxJurisdictionVertices {
		return Invalid("jurisdiction", "the area has %d corners: at most %d", n, MaxJurisdictionVertices)
	}
	return nil
}

func checkText(field, s string, least, most int) error {
	if !utf8.ValidString(s) {
		return Invalid(field, "the text is not UTF-8")
	}
	for _, r := range s {
		if r < ' ' || r == 0x7f {
			return Invalid(field, "control characters are not allowed")
		}
	}
	if !Legible(s) || least > 0 && s != "" && !Visible(s) {
		return Invalid(field, "invisible characters, those that turn the direction of text, and U+FFFD are not allowed: names that differ must look different")
	}
	n := utf8.RuneCountInString(s)
	if n < least {
		return Invalid(field, "a text is needed")
	}
	if n > most {
		return Invalid(field, "%d characters are too many: at most %d", n, most)
	}
	return nil
}
