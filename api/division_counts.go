package api

import (
	"context"
	"fmt"
	"net/http"

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
	query  live.Query
}

func (s *Server) countByDivision(c echo.Context) error {
	q := request.ParseQuery(c.QueryString(), "by", "within", "kind", "level", "status", "datetime", "after")
	sel, err := s.readCountSelection(c.Request().Context(), q)
	if err != nil {
		return err
	}
	snapshot, internal, err := s.organizationSnapshot(c, q)
	if err != nil {
		return err
	}
	counts, err := s.countDivisions(c.Request().Context(), snapshot, sel)
	if err != nil {
		return err
	}
	setSharing(c, internal)
	return s.writeJSON(c, http.StatusOK, counts)
}

func (s *Server) readCountSelection(ctx context.Context, q *request.Query) (countSelection, error) {
	sel := countSelection{level: geo.DivisionLevel(1 + q.Choice("by", "province", "prefecture", "county", "township")), query: s.pointQuery(q)}
	within, err := s.divisionWithin(ctx, q, sel.query.Day)
	if err != nil {
		return sel, err
	}
	sel.within = within
	if sel.level == geo.Township && within == 0 {
		return sel, geo.Invalid("within", "townships are counted within one division: give the code of a province, prefecture or county")
	}
	return sel, nil
}

// countDivisions counts for every division of the level, also those without any, and in all. What is filed under a former
// code counts for the division that took that code over, and for no other.
func (s *Server) countDivisions(ctx context.Context, snapshot *live.Snapshot, sel countSelection) (divisionCounts, error) {
	codes, err := s.config.Divisions.DivisionCodes(ctx, sel.level, sel.within, sel.query.Day)
	if err != nil {
		return divisionCounts{}, fmt.Errorf("divisions of %s: %w", sel.within, err)
	}
	counts, err := snapshot.CountDivisionsBy(sel.query, sel.level, sel.within)
	if err != nil {
		return divisionCounts{}, fmt.Errorf("count organizations by division: %w", err)
	}
	total, err := snapshot.CountDivisions(sel.query, []geo.DivisionCode{sel.within})
	if err != nil {
		return divisionCounts{}, fmt.Errorf("count organizations: %w", err)
	}
	gained, err := s.moveFormer(ctx, snapshot, sel, codes, counts)
	if err != nil {
		return divisionCounts{}, err
	}
	return divisionCounts{By: sel.level.String(), NumberReturned: len(codes), Total: total[0] + gained,
		Items: items(codes, func(code geo.DivisionCode) divisionCount { return divisionCount{code.String(), counts[code]} })}, nil
}

// moveFormer moves what is filed under former codes to the divisions that took them over, and returns how much of it came
// from outside.
func (s *Server) moveFormer(ctx context.Context, snapshot *live.Snapshot, sel countSelection, codes []geo.DivisionCode, counts map[geo.DivisionCode]int) (gained int, err error) {
	absorbed, err := s.config.Divisions.Absorbed(ctx, codes, sel.query.Day)
	if err != nil {
		return 0, fmt.Errorf("former codes: %w", err)
	}
	var heirs, former []geo.DivisionCode
	for _, code := range codes {
		for _, old := range absorbed[code] {
			heirs, former = append(heirs, code), append(former, old)
		}
	}
	moved, err := snapshot.CountDivisions(sel.query, former)
	if err != nil {
		return 0, fmt.Errorf("count organizations of former codes: %w", err)
	}
	lo, hi := sel.within.Range()
	for i, old := range former {
		counts[heirs[i]] += moved[i]
		if old < lo || old >= hi {
			gained += moved[i]
		} else if old.Level() >= sel.level {
			counts[old.Cut(sel.level)] -= moved[i]
		}
	}
	return gained, nil
}
