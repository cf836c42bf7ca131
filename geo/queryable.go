package geo

// ValueType is the type of the values of a property that filters may name.
type ValueType int

// Types of values.
const (
	ValueText     ValueType = iota
	ValueNumber             // compared as a float64, which holds every id
	ValueDay                // Date
	ValueMoment             // Instant
	ValueGeometry           // CRS84
	ValueIDs                // an array of ids, compared as a set
)

// String names the type for people.
func (t ValueType) String() string {
	return [...]string{"a text", "a number", "a date", "a moment", "a geometry", "a list of ids"}[t]
}

// Queryable is a property that filters on a layer may name.
type Queryable struct {
	Name string
	Type ValueType
}

// IDQuery asks for the objects of a layer of points that a filter chooses.
type IDQuery struct {
	Layer  string
	See    Scope  // beside what everyone sees; the empty scope asks of the public edition
	Filter Filter // of the row of an object on the last of Days on which it has one
	Days   DayRange
	Among  []ID // the objects that are asked of; nil for all
}
