package api

import (
	"fmt"
	"net/http"

	"github.com/labstack/echo/v4"

	"jingwei/api/internal/request"
	"jingwei/geo"
	"jingwei/geo/live"
)

// nearestList is the JSON of what is nearest to a place. Items are as those of the collection's list, each with its distance.
type nearestList struct {
	Point          coordinates `json:"point"`
	NumberReturned int         `json:"numberReturned"`
	Items          []any       `json:"items"`
}

type nearOrganization struct {
	organizationSummary
	Metres float64 `json:"distance_m"`
}

type nearReport struct {
	reportSummary
	Metres float64 `json:"distance_m"`
}

// listNearest answers the points of a collection that are nearest to a place.
func (s *Server) listNearest(c echo.Context) error {
	layer, err := s.collection(c)
	if err != nil {
		return err
	}
	q := request.ParseQuery(c.QueryString(), append(parameters(layer), "point", "k", "after")...)
	k := q.Limit("k", 10, live.MostNearest)
	to, ok := q.Place("point")
	if !ok {
		q.Fail(geo.Invalid("point", "from where? Write point=LONGITUDE,LATITUDE in degrees"))
	}
	x, a, err := s.ask(c, q, layer)
	if err != nil {
		return err
	}
	v, err := s.answer(c, x, q)
	if err != nil {
		return err
	}
	near, err := v.Nearest(v.query, to, k)
	if err != nil {
		return fmt.Errorf("nearest of %s: %w", layer.name(), err)
	}
	setSharing(c, a)
	column := columnsOf(v.Layer())
	item := func(n live.Near) any { return nearOrganization{summaryOf(n.Feature, column), n.Metres} }
	if layer == s.reports {
		item = func(n live.Near) any { return nearReport{reportSummaryOf(n.Feature, column), n.Metres} }
	}
	return s.writeJSON(c, http.StatusOK, nearestList{Point: coordinatesOf(to), NumberReturned: len(near), Items: items(near, item)})
}
