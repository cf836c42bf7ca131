package api

import (
	"net/http"
	"strconv"

	"github.com/labstack/echo/v4"

	"jingwei/api/internal/request"
	"jingwei/geo"
	"jingwei/geo/live"
)

// organizationSummary is the JSON of an organization as the live index holds it.
type organizationSummary struct {
	ID                geo.ID      `json:"id"`
	Name              string      `json:"name"`
	Kind              string      `json:"kind"`
	Level             string      `json:"level"`
	Status            string      `json:"status"`
	Division          string      `json:"division"`
	Location          coordinates `json:"location"`
	LocationState     string      `json:"location_state"`
	LocationSource    string      `json:"location_source"`
	LocationAccuracyM float64     `json:"location_accuracy_m"`
	Code              string      `json:"code"`
}

func (s *Server) listOrganizations(c echo.Context) error {
	q, of := s.boxRequest(c, s.organizations, "name", "code", "kind", "level", "status", live.ByDivision, "location_state", "location_accuracy_m")
	return s.writeOrganizations(c, q, of)
}

// writeOrganizations answers a page of the organizations in a part.
func (s *Server) writeOrganizations(c echo.Context, q *request.Query, of part) error {
	list, _, err := listPart(s, c, q, s.organizations, of, summaryOf)
	if err != nil {
		return err
	}
	return s.writeJSON(c, http.StatusOK, list)
}

func summaryOf(f live.Feature, column map[string]int) organizationSummary {
	value := func(name string) string { return f.Values[column[name]] }
	accuracy, _ := strconv.ParseFloat(value("location_accuracy_m"), 64) // "" is unknown, which is 0
	return organizationSummary{
		ID: f.ID, Name: value("name"), Kind: value("kind"), Level: value("level"), Status: value("status"),
		Division: f.Division.String(), Location: coordinatesOf(f.At), LocationState: value("location_state"),
		LocationSource: value("location_source"), LocationAccuracyM: accuracy, Code: value("code"),
	}
}
