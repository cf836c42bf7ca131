package api

import (
	"math"
	"net/http"

	"github.com/labstack/echo/v4"

	"jingwei/api/internal/request"
	"jingwei/geo"
	"jingwei/geo/crs"
)

// coordinate is the JSON of a place in all systems, and of what was read.
type coordinate struct {
	WGS84      coordinates  `json:"wgs84"`
	CGCS2000   coordinates  `json:"cgcs2000"`
	GCJ02      coordinates  `json:"gcj02"`
	BD09       coordinates  `json:"bd09"`
	BD09MC     coordinates  `json:"bd09mc"`
	Zone       *inZone      `json:"zone"`
	BeiDou     *string      `json:"beidou"`
	Understood understood   `json:"understood"`
	Others     []coordinate `json:"others,omitempty"` // what the text can mean as well
}

// inZone is a place in the zone of CGCS2000 of three degrees that it lies in.
type inZone struct {
	System      string      `json:"system"`
	Coordinates coordinates `json:"coordinates"`
}

// understood is how a text was read.
type understood struct {
	System      string       `json:"system"`
	Told        bool         `json:"told"`
	Notation    crs.Notation `json:"notation"`
	Coordinates coordinates  `json:"coordinates"`
	CellDegrees float64      `json:"cell_degrees,omitempty"`
	Order       string       `json:"order,omitempty"` // of the two numbers in the text; "" where it has no two
	OrderTold   bool         `json:"order_told"`
}

func understoodOf(r crs.Reading) understood {
	u := understood{
		System: r.System.String(), Told: r.Told, Notation: r.Notation, Coordinates: coordinates{r.X, r.Y}, CellDegrees: r.Size,
		Order: "xy", OrderTold: r.Ordered,
	}
	switch {
	case r.Notation == crs.GridCode || r.Notation == crs.Shared:
		u.Order = ""
	case r.Reversed:
		u.Order = "yx"
	}
	return u
}

func coordinateOf(r crs.Reading) (coordinate, error) {
	p, err := geo.NewPosition(r.Lon, r.Lat)
	if err != nil {
		return coordinate{}, err
	}
	stored, at := coordinatesOf(p), coordinates{r.Lon, r.Lat}
	out := coordinate{
		WGS84: stored, CGCS2000: stored, GCJ02: inSystem(crs.GCJ02, at), BD09: inSystem(crs.BD09, at), BD09MC: inSystem(crs.BD09MC, at),
		Understood: understoodOf(r),
	}
	if zone, ok := crs.ZoneOf(at[0]); ok {
		out.Zone = &inZone{zone.String(), inSystem(zone, at)}
	}
	if code := crs.BeiDou(p, crs.BeiDouLevels); code != "" {
		out.BeiDou = &code
	}
	return out, nil
}

// inSystem converts to a tenth of a millimetre: 9 decimals of a degree, 4 of a metre.
func inSystem(s crs.System, at coordinates) coordinates {
	x, y := s.FromWGS84(at[0], at[1])
	digits := 1e9
	if s.Metres() {
		digits = 1e4
	}
	return coordinates{math.Round(x*digits) / digits, math.Round(y*digits) / digits}
}

// readCoordinate answers a text with the place that it names. It asks no database and keeps nothing.
func (s *Server) readCoordinate(c echo.Context) error {
	q := request.ParseQuery(c.QueryString(), "q", "crs")
	text, system := q.Text("q", crs.MostText), q.Text("crs", 100)
	if err := q.Err(); err != nil {
		return err
	}
	readings, err := crs.Read(text, system)
	if err != nil {
		return err
	}
	var all []coordinate
	for _, r := range readings {
		one, err := coordinateOf(r)
		if err != nil {
			return err
		}
		all = append(all, one)
	}
	all[0].Others = all[1:]
	return s.writeJSON(c, http.StatusOK, all[0])
}
