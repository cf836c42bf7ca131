package geo

// Grid is a grid 网格: the area below a village or community that one organization looks after.
type Grid struct {
	ID           ID
	Code         string // unique among grids of the same day
	Kind         string // code list grid_kind
	Name         string
	Division     DivisionCode // village, community or township that it belongs to
	Organization ID           // responsible for it; 0 for nobody yet
	Shape        MultiPolygon // degrees, EPSG:4326, x = longitude
	Valid        DayRange
}
