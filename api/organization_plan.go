package api

import (
	"fmt"
	"net/http"
	"slices"
	"time"

	"github.com/labstack/echo/v4"

	"jingwei/geo"
)

// plan is the JSON of a change that is to come.
type plan struct {
	From     string        `json:"valid_from"`
	To       *string       `json:"valid_to"`
	Version  int32         `json:"version"`
	Author   string        `json:"author"`
	Recorded time.Time     `json:"recorded"`
	Changes  []fieldChange `json:"changes"`
}

func (s *Server) listPlans(c echo.Context) error {
	id, a, err := s.readTarget(c)
	if err != nil {
		return err
	}
	plans, names, err := s.config.History.OrganizationPlans(c.Request().Context(), a.scope(geo.ActionReadOrganization), id)
	if err != nil {
		return fmt.Errorf("plans of organization %d: %w", id, err)
	}
	setSharing(c, a)
	return s.writeJSON(c, http.StatusOK, struct {
		Items []plan `json:"items"`
	}{items(plans, func(p geo.Plan) plan {
		return plan{
			From: p.Valid.From.String(), To: optionalDay(p.Valid.To), Version: p.Version, Author: p.Author, Recorded: p.Recorded.UTC(),
			Changes: contentChanges(p.Fields, p.Before.OrganizationContent, p.After.OrganizationContent, names),
		}
	})})
}

func (s *Server) cancelPlan(c echo.Context) error {
	id, version, err := writeTarget(c)
	if err != nil {
		return err
	}
	day, err := geo.ParseDay("day", c.Param("day"))
	if err != nil {
		return err
	}
	see, in := s.reach(c)
	o, at, err := s.config.History.CancelPlan(c.Request().Context(), see, in, id, version, day, s.today(), s.caller(c).Name)
	if err != nil {
		return fmt.Errorf("cancel a plan of organization %d: %w", id, err)
	}
	return writeOrganization(c, http.StatusOK, o, &at)
}

// listActions tells what the caller may do with an organization, so that nobody is offered what they would be refused.
func (s *Server) listActions(c echo.Context) error {
	id, a, err := s.readTarget(c)
	if err != nil {
		return err
	}
	path, err := s.config.History.OrganizationPath(c.Request().Context(), a.scope(geo.ActionReadOrganization), id)
	if err != nil {
		return fmt.Errorf("actions on organization %d: %w", id, err)
	}
	actions := slices.DeleteFunc(geo.Actions(), func(x geo.Action) bool { return !a.scope(x).Covers(path) })
	setSharing(c, a)
	return s.writeJSON(c, http.StatusOK, struct {
		Actions []geo.Action `json:"actions"`
	}{actions})
}
