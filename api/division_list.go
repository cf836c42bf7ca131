package api

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"

	"jingwei/api/internal/request"
	"jingwei/geo"
	"jingwei/geo/live"
)

// divisionSelection says which divisions a list is to hold: those at a place, those that q names, or those below parent.
type divisionSelection struct {
	at     *geo.Position
	q      string
	parent geo.DivisionCode // 0 for the provinces
	level  geo.DivisionLevel
	limit  int
	day    geo.Day
}

func (s *Server) readDivisionSelection(q *request.Query) (divisionSelection, error) {
	sel := divisionSelection{
		q: q.Text("q", maxSearchText), level: geo.DivisionLevel(q.OneOf("level", 0, 1, 2, 3, 4, 5)),
		limit: q.Limit("limit", divisionPage, mostItems), day: q.Day("datetime", s.today()),
	}
	if at, ok := q.Place("at"); ok {
		sel.at = &at
	}
	if q.Text("parent", maxSearchText) != "root" {
		sel.parent = q.Division("parent")
	}
	var ways []string
	for _, name := range []string{"parent", "q", "at"} {
		if q.Has(name) {
			ways = append(ways, name)
		}
	}
	switch {
	case q.Err() != nil:
		return sel, q.Err()
	case q.Has("q") && sel.q == "":
		return sel, geo.Invalid("q", "a text to search for is needed")
	case len(ways) > 1:
		return sel, geo.Invalid(ways[0], "give %s, not both", strings.Join(ways, " or "))
	case q.Has("level") && len(ways) == 0:
		return sel, geo.Invalid("level", "give parent, q or at beside level")
	}
	return sel, nil
}

func (s *Server) listDivisions(c echo.Context) error {
	q := request.ParseQuery(c.QueryString(), "parent", "level", "q", "at", "limit", "datetime", paramEdition)
	sel, err := s.readDivisionSelection(q)
	if err != nil {
		return err
	}
	snapshot, a, err := s.organizationSnapshot(c, q)
	if err != nil {
		return err
	}
	divisions, err := s.selectDivisions(c.Request().Context(), sel)
	if err != nil {
		return err
	}
	listed, err := s.countedDivisions(c.Request().Context(), snapshot, live.Query{Days: geo.On(sel.day), Filter: s.organizations.seenBy(a).filter}, divisions)
	if err != nil {
		return err
	}
	setSharing(c, a)
	return s.writeJSON(c, http.StatusOK, struct {
		Items          []division `json:"items"`
		NumberReturned int        `json:"numberReturned"`
	}{listed, len(listed)})
}

func (s *Server) selectDivisions(ctx context.Context, sel divisionSelection) ([]geo.Division, error) {
	if sel.q != "" {
		found, err := s.config.Divisions.SearchDivisions(ctx, sel.q, sel.level, sel.limit, sel.day)
		if err != nil {
			return nil, fmt.Errorf("search divisions: %w", err)
		}
		return found, nil
	}
	all, err := s.divisionsAtOrBelow(ctx, sel)
	if err != nil {
		return nil, err
	}
	var chosen []geo.Division
	for _, d := range all {
		if sel.level == 0 || d.Level == sel.level {
			chosen = append(chosen, d)
		}
	}
	return chosen[:min(len(chosen), sel.limit)], nil
}

func (s *Server) divisionsAtOrBelow(ctx context.Context, sel divisionSelection) ([]geo.Division, error) {
	if sel.at != nil {
		found, err := s.config.Divisions.DivisionsAt(ctx, *sel.at, sel.day)
		if err != nil {
			return nil, fmt.Errorf("divisions at a place: %w", err)
		}
		return found, nil
	}
	children, err := s.config.Divisions.DivisionChildren(ctx, sel.parent, sel.day)
	if err != nil {
		return nil, fmt.Errorf("children of %s: %w", sel.parent, err)
	}
	if len(children) == 0 && sel.parent != 0 {
		if _, _, err := s.config.Divisions.Division(ctx, sel.parent, sel.day); err != nil {
			return nil, fmt.Errorf("parent: %w", err)
		}
	}
	return children, nil
}

// divisionWithin reads the parameter within: a division that exists on the day, 0 when it is not given.
func (s *Server) divisionWithin(ctx context.Context, q *request.Query, day geo.Day) (geo.DivisionCode, error) {
	code := q.Division("within")
	if code == 0 || q.Err() != nil {
		return 0, q.Err()
	}
	_, _, err := s.config.Divisions.Division(ctx, code, day)
	if errors.Is(err, geo.ErrNotFound) {
		return 0, geo.Invalid("within", "there is no division %s on %s", code, day)
	}
	if err != nil {
		return 0, fmt.Errorf("division %s: %w", code, err)
	}
	return code, nil
}
