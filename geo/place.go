package geo

// Sources of a location (code list location_source) that say that nobody placed it.
const (
	LocationDivision  = "division"  // it is only the point of a division
	LocationGenerated = "generated" // a program made it up
)

// MaxAccuracyM is the most metres that an accuracy may be: enough for the point of a province with its islands.
const MaxAccuracyM = 2_000_000

// Place is a point that stands for something around it.
type Place struct {
	At        Position
	AccuracyM float64 // metres from At to the farthest that it stands for; 0 for unknown
}

// PlaceOf returns the place of the deepest division that holds code and has one; false when there is none up to the
// province.
func PlaceOf(code DivisionCode, places map[DivisionCode]Place) (Place, bool) {
	for level := Village; level >= Province; level-- {
		above := code - code%pow10(12-levelDigits[level])
		if p, ok := places[above]; ok {
			return p, true
		}
	}
	return Place{}, false
}
