package api

import (
	"encoding/json"
	"fmt"
	"net/http"

	"github.com/labstack/echo/v4"

	"jingwei/api/internal/request"
	"jingwei/geo"
)

// Bounds of a question for areas: they are for drawing beside them, not for taking them all.
const (
	mostJurisdictions = 50
	mostBoxDegrees    = 0.5
)

// jurisdiction is the JSON of the area that an organization looks after.
type jurisdiction struct {
	Organization geo.ID          `json:"organization"`
	Name         string          `json:"name"`
	Geometry     json.RawMessage `json:"geometry"`
}

// listJurisdictions answers the areas that touch a small box, exactly as they are stored.
func (s *Server) listJurisdictions(c echo.Context) error {
	q := request.ParseQuery(c.QueryString(), "bbox", paramEdition)
	box, ok := q.Extent("bbox")
	if !ok || box.East-box.West > mostBoxDegrees || box.North-box.South > mostBoxDegrees || max(box.North, -box.South) > 85 {
		q.Fail(geo.Invalid("bbox", "a box of at most %g degrees per side is needed, within 85 degrees of latitude", mostBoxDegrees))
	}
	a, err := s.audience(c, q)
	if err != nil {
		return err
	}
	if err := q.Err(); err != nil {
		return err
	}
	if err := s.sees(c, a, geo.AuditObject{Kind: "organization"}, geo.ActionReadOrganization); err != nil {
		return err
	}
	found, err := s.config.Organizations.Jurisdictions(c.Request().Context(), a.scope(geo.ActionReadOrganization), box, mostJurisdictions)
	if err != nil {
		return fmt.Errorf("jurisdictions: %w", err)
	}
	setSharing(c, a)
	return s.writeJSON(c, http.StatusOK, struct {
		Items []jurisdiction `json:"items"`
	}{items(found, func(a geo.JurisdictionArea) jurisdiction {
		return jurisdiction{Organization: a.Organization, Name: a.Name, Geometry: a.GeoJSON}
	})})
}
