package api

import (
	"fmt"
	"math"
	"net/http"

	"github.com/labstack/echo/v4"

	"jingwei/api/internal/request"
	"jingwei/geo"
)

// Bounds of a question for similar organizations.
const (
	similarRadius     = 2000  // metres
	mostSimilarRadius = 20000 // metres
	similarHits       = 10
)

// similarOrganization is the JSON of an organization that may be the same as one that is being registered.
type similarOrganization struct {
	ID       geo.ID      `json:"id"`
	Name     string      `json:"name"`
	Kind     string      `json:"kind"`
	Status   string      `json:"status"`
	Division string      `json:"division"`
	Code     string      `json:"code"`
	Location coordinates `json:"location"`
	Metres   *float64    `json:"distance_m"` // null without a place
	Reasons  []string    `json:"reasons"`
	Alike    float64     `json:"alike"`
}

func similarOf(o geo.SimilarOrganization) similarOrganization {
	out := similarOrganization{ID: o.ID, Name: o.Name, Kind: o.Kind, Status: o.Status, Division: o.Division.String(), Code: o.Code,
		Location: coordinatesOf(o.Location), Reasons: o.Reasons, Alike: math.Round(o.Alike*100) / 100}
	if o.DistanceM >= 0 {
		metres := math.Round(o.DistanceM*10) / 10
		out.Metres = &metres
	}
	return out
}

// takenCodes says of codes whether an organization has them, be it one that the caller does not see.
type takenCodes struct {
	Code bool `json:"code"`
	USCC bool `json:"uscc"`
}

// listSimilar answers which organizations may be the same as one that is being registered.
func (s *Server) listSimilar(c echo.Context) error {
	q := request.ParseQuery(c.QueryString(), "name", "point", "radius", "code", "uscc", "except", paramEdition)
	x := geo.SimilarQuery{Name: q.Text("name", geo.MaxNameLength), Code: q.Text("code", 100), USCC: q.Text("uscc", 18), Except: q.ID("except"), MostHits: similarHits}
	x.At, x.HasAt = q.Place("point")
	x.RadiusM = float64(q.Limit("radius", similarRadius, mostSimilarRadius))
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
	found, err := s.config.Organizations.SimilarOrganizations(c.Request().Context(), a.scope(geo.ActionReadOrganization), x)
	if err != nil {
		return fmt.Errorf("similar organizations: %w", err)
	}
	taken, err := s.taken(c, a, x)
	if err != nil {
		return err
	}
	setSharing(c, a)
	return s.writeJSON(c, http.StatusOK, struct {
		Items []similarOrganization `json:"items"`
		Taken *takenCodes           `json:"taken"`
	}{items(found, similarOf), taken})
}

// taken says whether codes are in use, to those only who may register and would learn it by trying; nil for all others.
func (s *Server) taken(c echo.Context, a audience, x geo.SimilarQuery) (*takenCodes, error) {
	if a.scope(geo.ActionWriteOrganization).Empty() {
		return nil, nil
	}
	code, uscc, err := s.config.Organizations.CodesTaken(c.Request().Context(), x.Code, x.USCC, x.Except)
	if err != nil {
		return nil, fmt.Errorf("similar organizations: %w", err)
	}
	return &takenCodes{Code: code, USCC: uscc}, nil
}
