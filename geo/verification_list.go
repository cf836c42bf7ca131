package geo

import "time"

// Verification is where an organization stands in the verification of its location.
type Verification struct {
	Organization Organization
	Path         []ID           // of the organization, from the topmost down; nil when the reader does not see behind what is public
	Steps        []LocationStep // oldest first; none for those who see only what is public
	ComparedBy   Actor          // who compared last; the zero value for nobody known
	Findings     []Finding      // of the last technical check
	CheckedAt    time.Time      // zero when there was none of this location; then there are no findings
	ReportedBy   string         // author of the first version; "" for those who see only what is public
	ReportedAt   time.Time
}

// LocationUnchecked stands for a finding where locations are asked for that no technical check was made of.
const LocationUnchecked = "unchecked"

// LocationQuery asks for locations by what is known of them, in the order of the organizations' ids.
type LocationQuery struct {
	// States are those asked for. None: those that are not confirmed, and confirmed ones that a finding contradicts.
	States       []string
	Finding      string       // only with this finding, or LocationUnchecked; "" for all
	Division     DivisionCode // only in this division; 0 for all
	Organization ID           // only this organization and those below; 0 for all
	After        ID           // only ids after this one
	Limit        int
}

// LocationItem is a location as lists show it.
type LocationItem struct {
	ID        ID
	Version   int32
	Name      string
	Kind      string
	Division  DivisionCode
	State     string
	Source    string
	AccuracyM float64
	At        Position
	Since     time.Time // when the present content was recorded
	Findings  []Finding
	CheckedAt time.Time // zero when there was no technical check of it
}

// MostCountedChecks is how many technical checks are looked at to count findings: of a nation nobody waits for the exact number.
const MostCountedChecks = 200_000

// FindingCounts tells how many locations have a finding. Of more than MostCountedChecks checks it counts so many, and Capped is set.
type FindingCounts struct {
	Findings map[Finding]int
	Checked  int // locations with a technical check
	Capped   bool
}
