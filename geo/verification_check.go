package geo

import "slices"

// Bounds of the technical check.
const (
	MostAccuracyM = 500 // metres: a location that is known no better is not checked
	MostSamePoint = 5   // other organizations at the very same point, as of one building
)

// Finding is something that the technical check holds against a location; the code never changes.
type Finding string

// Findings. Those that contradict say that the location is wrong, the others that it is not known well enough.
const (
	FindingNullIsland      Finding = "null-island"      // at 0° 0°: nobody gave a location
	FindingOutsideCountry  Finding = "outside-country"  // outside the box around China
	FindingSwapped         Finding = "swapped"          // right when longitude and latitude change places
	FindingShiftedGCJ02    Finding = "shifted-gcj02"    // right when taken for GCJ-02
	FindingShiftedBD09     Finding = "shifted-bd09"     // right when taken for BD-09
	FindingOutsideDivision Finding = "outside-division" // outside the outline of its division by more than its accuracy
	FindingDivisionPoint   Finding = "division-point"   // the point of the division, not of the organization
	FindingGenerated       Finding = "generated"        // made up by a program
	FindingSamePoint       Finding = "same-point"       // more than MostSamePoint others stand there
	FindingAccuracyUnknown Finding = "accuracy-unknown"
	FindingAccuracyPoor    Finding = "accuracy-poor" // more than MostAccuracyM
	FindingNoBoundary      Finding = "no-boundary"   // neither its division nor one above has an outline to hold it against
)

// Findings are all findings in the order in which they are shown.
func Findings() []Finding {
	return []Finding{FindingNullIsland, FindingOutsideCountry, FindingSwapped, FindingShiftedGCJ02, FindingShiftedBD09, FindingOutsideDivision,
		FindingDivisionPoint, FindingGenerated, FindingSamePoint, FindingAccuracyUnknown, FindingAccuracyPoor, FindingNoBoundary}
}

// Contradicts reports whether the finding says that the location is wrong, not only that it is not known well enough.
func (f Finding) Contradicts() bool {
	switch f {
	case FindingSamePoint, FindingAccuracyUnknown, FindingAccuracyPoor, FindingNoBoundary:
		return false
	}
	return true
}

// LocationFacts is what the technical check goes by.
type LocationFacts struct {
	At        Position
	AccuracyM float64 // metres; 0 for unknown
	Source    string  // code list location_source
	// Outline is the level of the division whose outline was held against the location: its own, or the nearest above that has
	// one in the default boundary set; 0 for none.
	Outline DivisionLevel
	// Inside says whether that outline covers the location, give or take its accuracy; the others, whether it covers what the location
	// becomes with longitude and latitude in each other's place, or read as GCJ-02 or BD-09. All false without an outline.
	Inside, InsideSwapped, InsideGCJ02, InsideBD09 bool
	Others                                         int // other organizations at the very same point; what is beyond MostSamePoint+1 need not be counted
}

// Boxes in degrees. That around China holds its islands in the south; that around 0° 0° what is a missing value.
var (
	chinaBox   = Extent{West: 73, South: 3, East: 135.5, North: 54}
	nullIsland = Extent{West: -0.1, South: -0.1, East: 0.1, North: 0.1}
)

// CheckLocation is the technical check 技术校验: it returns what speaks against a location, in the order of Findings; none
// when it passes. Of what is outside it tells the best guess at the cause only.
func CheckLocation(f LocationFacts) []Finding {
	var found []Finding
	if place := f.misplaced(); place != "" {
		found = append(found, place)
	}
	for _, c := range []struct {
		holds bool
		what  Finding
	}{
		{f.Source == LocationDivision, FindingDivisionPoint},
		{f.Source == LocationGenerated, FindingGenerated},
		{f.Others > MostSamePoint, FindingSamePoint},
		{f.AccuracyM == 0, FindingAccuracyUnknown},
		{f.AccuracyM > MostAccuracyM, FindingAccuracyPoor},
		{f.Outline == 0, FindingNoBoundary},
	} {
		if c.holds {
			found = append(found, c.what)
		}
	}
	return found
}

func (f LocationFacts) misplaced() Finding {
	swapped := Position{Lon: f.At.Lat, Lat: f.At.Lon}
	switch {
	case f.Inside:
		return ""
	case nullIsland.Contains(f.At):
		return FindingNullIsland
	case f.InsideSwapped:
		return FindingSwapped
	case f.InsideGCJ02:
		return FindingShiftedGCJ02
	case f.InsideBD09:
		return FindingShiftedBD09
	case !chinaBox.Contains(f.At) && chinaBox.Contains(swapped):
		return FindingSwapped
	case !chinaBox.Contains(f.At):
		return FindingOutsideCountry
	case f.Outline != 0:
		return FindingOutsideDivision
	}
	return ""
}

// Contradictory reports whether one of the findings says that the location is wrong.
func Contradictory(found []Finding) bool { return slices.ContainsFunc(found, Finding.Contradicts) }
