package api

import (
	"context"
	"fmt"
	"net/http"
	"slices"

	"github.com/labstack/echo/v4"

	"jingwei/api/internal/request"
	"jingwei/geo"
	"jingwei/geo/live"
)

// divisionCount is the JSON of the number of organizations in one division.
type divisionCount struct {
	Code          string `json:"code"`
	Organizations int    `json:"organizations"`
}

type divisionCounts struct {
	By             string          `json:"by"`
	Items          []divisionCount `json:"items"`
	NumberReturned int             `json:"numberReturned"`
	Total          int             `json:"total"`
}

// countSelection says what is counted for which divisions.
type countSelection struct {
	level  geo.DivisionLevel
	within geo.DivisionCode // 0 for the nation
	day    geo.Day          // on which the divisions are
	query  live.Query
}

func (s *Server) countByDivision(c echo.Context) error {
	names := slices.DeleteFunc(parameters(s.organizations), func(name string) bool { return name == "division" }) // that is within
	q := request.ParseQuery(c.QueryString(), append([]string{"by", "within", "after"}, names...)...)
	x, a, err := s.ask(c, q, s.organizations)
	if err != nil {
		return err
	}
	sel, err := s.readCountSelection(c.Request().Context(), q, x.days)
	if err != nil {
		return err
	}
	v, err := s.answer(c, x, q)
	if err != nil {
		return err
	}
	sel.query = v.query
	counts, err := s.countDivisions(c.Request().Context(), v.Snapshot, sel)
	if err != nil {
		return err
	}
	setSharing(c, a)
	return s.writeJSON(c, http.StatusOK, counts)
}

func (s *Server) readCountSelection(ctx context.Context, q *request.Query, days geo.DayRange) (sel countSelection, err error) {
	sel.level = geo.DivisionLevel(1 + q.Choice("by", "province", "prefecture", "county", "township"))
	sel.day = s.lastDay(days)
	if sel.within, err = s.divisionWithin(ctx, q, sel.day); err != nil {
		return sel, err
	}
	if sel.level == geo.Township && sel.within == 0 {
		return sel, geo.Invalid("within", "townships are counted within one division: give the code of a province, prefecture or county")
	}
	return sel, nil
}

// countDivisions counts for every division of the level, also those without any, and in all. What is filed under a code
// that is no division on the day counts for the division that holds the territory.
func (s *Server) countDivisions(ctx context.Context, snapshot *live.Snapshot, sel countSelection) (divisionCounts, error) {
	codes, err := s.config.Divisions.DivisionCodes(ctx, sel.level, sel.within, sel.day)
	if err != nil {
		return divisionCounts{}, fmt.Errorf("divisions of %s: %w", sel.within, err)
	}
	refiling, err := s.config.Divisions.Refiling(ctx, sel.day)
	if err != nil {
		return divisionCounts{}, fmt.Errorf("former codes: %w", err)
	}
	counts, total, err := countLevel(snapshot, sel, codes, refiling)
	if err != nil {
		return divisionCounts{}, fmt.Errorf("count organizations by division: %w", err)
	}
	out := divisionCounts{By: sel.level.String(), Items: make([]divisionCount, len(codes)), NumberReturned: len(codes), Total: total}
	for i, code := range codes {
		out.Items[i] = divisionCount{code.String(), counts[i]}
	}
	return out, nil
}

// countLevel counts for each of the codes, which are those of a level, and in all.
func countLevel(snapshot *live.Snapshot, sel countSelection, codes []geo.DivisionCode, refiling *geo.Refiling) (counts []int, total int, err error) {
	byCode, err := snapshot.CountDivisionsBy(sel.query, sel.level, sel.within)
	if err != nil {
		return nil, 0, err
	}
	counts = items(codes, func(code geo.DivisionCode) int { return byCode[code] })
	if err := refile(snapshot, sel.query, codes, counts, refiling); err != nil {
		return nil, 0, err
	}
	all, err := countRefiled(snapshot, sel.query, []geo.DivisionCode{sel.within}, refiling)
	if err != nil {
		return nil, 0, err
	}
	return counts, all[0], nil
}
