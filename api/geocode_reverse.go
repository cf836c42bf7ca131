package api

import (
	"context"
	"errors"
	"fmt"
	"math"
	"net/http"

	"github.com/labstack/echo/v4"

	"jingwei/api/internal/request"
	"jingwei/geo"
	"jingwei/geo/gazetteer"
	"jingwei/geo/live"
)

// How far, in metres, an organization may be to lend its address, and a label to say where a place is that no outline covers.
const (
	organizationReach = 500
	mostOrganization  = 10_000
	mostLabel         = 200_000
)

// What the divisions of a place were found by.
const (
	byOutline = "outline"
	byLabel   = "nearest_label"
	byNothing = "nothing"
)

// addressOfPlace is the JSON of the address of a place.
type addressOfPlace struct {
	Point        coordinates     `json:"point"`
	Address      string          `json:"address"`
	Divisions    []namedDivision `json:"divisions"`
	By           string          `json:"by"`
	DistanceM    *float64        `json:"distance_m"`
	AccuracyM    *float64        `json:"accuracy_m"`
	Organization *nearAddress    `json:"organization"`
}

// nearAddress is the nearest public organization, with its address.
type nearAddress struct {
	ID       geo.ID      `json:"id"`
	Name     string      `json:"name"`
	Address  string      `json:"address"`
	Location coordinates `json:"location"`
	Metres   float64     `json:"distance_m"`
}

// reverseGeocode answers where a place is, as an address is written. It is of public data only.
func (s *Server) reverseGeocode(c echo.Context) error {
	q := request.ParseQuery(c.QueryString(), "point", "within")
	within := q.Limit("within", organizationReach, mostOrganization)
	p, ok := q.Place("point")
	if !ok {
		q.Fail(geo.Invalid("point", "of which place? Write point=LONGITUDE,LATITUDE in degrees"))
	}
	if err := q.Err(); err != nil {
		return err
	}
	g, err := s.names()
	if err != nil {
		return err
	}
	out, err := s.addressAt(c.Request().Context(), g, p)
	if err != nil {
		return err
	}
	if out.Organization, err = s.organizationNear(c.Request().Context(), p, float64(within)); err != nil {
		return err
	}
	setSharing(c, audience{})
	return s.writeJSON(c, http.StatusOK, out)
}

// addressAt finds the divisions by outlines, as deep as there are any, else by the nearest label.
func (s *Server) addressAt(ctx context.Context, g *gazetteer.Gazetteer, p geo.Position) (addressOfPlace, error) {
	out := addressOfPlace{Point: coordinatesOf(p), Divisions: []namedDivision{}, By: byNothing}
	divisions, err := s.config.Divisions.DivisionsAt(ctx, p, s.today())
	if err != nil {
		return out, fmt.Errorf("divisions at a place: %w", err)
	}
	if len(divisions) > 0 {
		out.By = byOutline
		if place, ok := g.PlaceOf(divisions[len(divisions)-1].Code); ok {
			out.AccuracyM = optionalMetres(place.AccuracyM)
		}
		out.name(divisions)
		return out, nil
	}
	for level := geo.Township; level >= geo.Province; level-- {
		d, metres, ok := g.Nearest(p, level, 0)
		if !ok || metres > mostLabel {
			continue
		}
		metres = math.Round(metres)
		out.By, out.DistanceM = byLabel, &metres
		out.name(g.Chain(d.Code))
		break
	}
	return out, nil
}

func (a *addressOfPlace) name(divisions []geo.Division) {
	a.Address, a.Divisions = gazetteer.Address(divisions), items(divisions, namedDivisionOf)
}

// organizationNear returns the public organization that is nearest, with its address; nil for none within so many metres.
func (s *Server) organizationNear(ctx context.Context, p geo.Position, within float64) (*nearAddress, error) {
	index := s.organizations.editions.Public
	snapshot := index.Snapshot()
	if snapshot == nil {
		return nil, errLoading(index)
	}
	near, err := snapshot.Nearest(live.Query{Days: geo.On(s.today())}, p, 1)
	if err != nil {
		return nil, fmt.Errorf("nearest organization: %w", err)
	}
	if len(near) == 0 || near[0].Metres > within {
		return nil, nil
	}
	org, err := s.config.Organizations.Organization(ctx, geo.Scope{}, near[0].ID)
	if errors.Is(err, geo.ErrNotFound) { // it has gone since
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("nearest organization: %w", err)
	}
	return &nearAddress{org.ID, org.Name, org.Address, coordinatesOf(near[0].At), near[0].Metres}, nil
}
