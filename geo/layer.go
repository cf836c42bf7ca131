package geo

import "strings"

// ColumnRole says what a column of a point layer is used for, and so how an index stores it.
type ColumnRole int

// Roles of columns.
const (
	ColumnCategory ColumnRole = iota // few values, counted per value, filterable by bitmap
	ColumnText                       // free text, shown but not filtered by the index
	ColumnNumber                     // an int64, shown
	// ColumnTree is where in the tree of organizations something belongs: ids from the topmost organization down, joined by
	// dots. It is filtered by the ids in it and never shown.
	ColumnTree
)

// Column is a property of a point layer.
type Column struct {
	Name   string
	Role   ColumnRole
	Public bool // part of the public edition
	// Counted: clusters carry the number of their points per value, as properties count_VALUE. Category columns only.
	Counted bool
	// Order is that of the values of a category column, when it is another one than that of their bytes; values that it lacks come
	// after those that it has.
	Order []string
	// Sought: only search looks into the text (SearchKeys.Text): it is neither shown nor named by filters.
	Sought bool
}

// Shown reports whether answers have the column as a property.
func (c Column) Shown() bool { return c.Role != ColumnTree && !c.Sought }

// PointLayer is the schema of a layer of points: the order of Columns is the order of keys in every answer. Beside
// them every row has id, position, valid days and division.
type PointLayer struct {
	Name    string
	Columns []Column
	// Generalise, when set, makes of a point what the public edition shows: place and division may become coarser, nothing
	// else may change. Unset, it shows the point itself.
	Generalise func(p Point) Point
	// Rank, of a layer that has names to search for, is the place of a row among those that match a text equally well, the
	// lowest first, made of the values of its category columns.
	Rank func(value func(column string) string) uint8
}

// Point is a row of a point layer: one version of an object.
type Point struct {
	ID       ID
	Version  int64 // identifies this row, never used again
	At       Position
	Valid    DayRange
	Division DivisionCode
	Public   bool     // part of the public edition
	Values   []string // in the order of PointLayer.Columns; "" is no value; numbers in decimal, paths as ids joined by dots
}

// Clone returns a copy that shares no memory with p.
func (p Point) Clone() Point {
	values := make([]string, len(p.Values))
	for i, v := range p.Values {
		values[i] = strings.Clone(v)
	}
	p.Values = values
	return p
}

// PathColumn is the name of the column that places a point in the tree of organizations.
const PathColumn = "path"

// OrganizationLayer is the schema of the layer organizations. The path of an organization ends with itself.
func OrganizationLayer() PointLayer {
	return PointLayer{
		Name: "organizations",
		Columns: []Column{
			{Name: "name", Role: ColumnText, Public: true},
			{Name: "kind", Role: ColumnCategory, Public: true, Counted: true},
			{Name: "level", Role: ColumnCategory, Public: true, Order: []string{"province", "prefecture", "county", "township", "village"}},
			{Name: "status", Role: ColumnCategory, Public: true, Order: []string{StatusDraft, StatusSubmitted, StatusActive, StatusRetired}},
			{Name: "location_state", Role: ColumnCategory, Public: true, Order: LocationStates()},
			{Name: "location_source", Role: ColumnCategory, Public: true},
			{Name: "location_accuracy_m", Role: ColumnNumber, Public: true},
			{Name: "code", Role: ColumnText, Public: true},
			{Name: PathColumn, Role: ColumnTree},
			{Name: SearchColumn, Role: ColumnText, Public: true, Sought: true},
		},
		Rank: func(value func(string) string) uint8 { return organizationRank(value("level"), value("kind")) },
	}
}

// SearchColumn is the name of the column of what search looks into beside name and code.
const SearchColumn = "search"

// DivisionLayer is the schema of the names of divisions, for search: a row is what a code stood for, its id the code, its
// division the one above. Rows have no position, which an index takes for one and the same place: so they lie in the order of codes.
func DivisionLayer() PointLayer {
	return PointLayer{
		Name: "divisions",
		Columns: []Column{
			{Name: "name", Role: ColumnText, Public: true},
			{Name: "kind", Role: ColumnCategory, Public: true},
			{Name: "level", Role: ColumnCategory, Public: true},
			{Name: "code", Role: ColumnText, Public: true},
			{Name: SearchColumn, Role: ColumnText, Public: true, Sought: true},
		},
		Rank: func(value func(string) string) uint8 { return divisionRank(value("level")) },
	}
}

// ReportLayer is the schema of the layer reports: its public edition shows generalised points. A report is valid from
// the day on which it was received. Its text stays in the database. Its path is that of the organization responsible for
// it, as last known.
//
// The public division is the county: a township or village that has only a strip of the cell that a report is shown in
// would tell where in the cell it lies.
func ReportLayer() PointLayer {
	return PointLayer{
		Name: "reports",
		Columns: []Column{
			{Name: "category", Role: ColumnCategory, Public: true, Counted: true},
			{Name: "status", Role: ColumnCategory, Public: true},
			{Name: "state", Role: ColumnCategory, Public: true},
			{Name: PathColumn, Role: ColumnTree},
		},
		Generalise: func(p Point) Point {
			p.At, p.Division = Generalise(p.At), p.Division.Cut(County)
			return p
		},
	}
}

// PointLayers are the schemas of all layers that live indexes hold.
func PointLayers() []PointLayer { return []PointLayer{OrganizationLayer(), ReportLayer()} }
