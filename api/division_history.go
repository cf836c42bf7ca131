package api

import (
	"context"
	"fmt"

	"github.com/labstack/echo/v4"

	"jingwei/geo"
)

// divisionSuccessions says where the territory of a code came from and went.
type divisionSuccessions struct {
	Successors   []divisionSuccession `json:"successors"`
	Predecessors []divisionSuccession `json:"predecessors"`
}

// divisionSuccession says what became of territory; Code is the other division's.
type divisionSuccession struct {
	Code string `json:"code"`
	Year int    `json:"year"`
	Kind string `json:"kind"`
}

// divisionRow is the JSON of what a code stood for on a range of days.
type divisionRow struct {
	Level     int     `json:"level"`
	LevelName string  `json:"level_name"`
	Kind      string  `json:"kind"`
	Parent    *string `json:"parent"`
	Name      string  `json:"name"`
	Pinyin    string  `json:"pinyin"`
	ValidFrom *string `json:"valid_from"`
	ValidTo   *string `json:"valid_to"`
}

func divisionRowOf(d geo.Division) divisionRow {
	return divisionRow{Level: int(d.Level), LevelName: d.Level.String(), Kind: d.Kind, Parent: optionalCode(d.Parent), Name: d.Name,
		Pinyin: d.Pinyin, ValidFrom: optionalDay(d.Valid.From), ValidTo: optionalDay(d.Valid.To)}
}

type divisionHistory struct {
	Code  string        `json:"code"`
	Items []divisionRow `json:"items"`
	divisionSuccessions
}

func (s *Server) getDivisionHistory(c echo.Context) error {
	code, err := divisionCode(c)
	if err != nil {
		return err
	}
	rows, err := s.config.Divisions.DivisionHistory(c.Request().Context(), code)
	if err != nil {
		return fmt.Errorf("history of %s: %w", code, err)
	}
	successions, err := s.successionsOf(c.Request().Context(), code)
	if err != nil {
		return err
	}
	if len(rows)+len(successions.Successors)+len(successions.Predecessors) == 0 {
		return geo.NotFound("there never was a division %s", code)
	}
	body, err := encodeJSON(divisionHistory{Code: code.String(), Items: items(rows, divisionRowOf), divisionSuccessions: successions})
	if err != nil {
		return err
	}
	return s.writeTagged(c, "application/json", body)
}

func (s *Server) successionsOf(ctx context.Context, code geo.DivisionCode) (divisionSuccessions, error) {
	after, err := s.config.Divisions.Successors(ctx, code)
	if err != nil {
		return divisionSuccessions{}, fmt.Errorf("successors of %s: %w", code, err)
	}
	before, err := s.config.Divisions.Predecessors(ctx, code)
	if err != nil {
		return divisionSuccessions{}, fmt.Errorf("predecessors of %s: %w", code, err)
	}
	return divisionSuccessions{
		Successors:   items(after, func(s geo.Succession) divisionSuccession { return divisionSuccession{s.New.String(), s.Year, s.Kind} }),
		Predecessors: items(before, func(s geo.Succession) divisionSuccession { return divisionSuccession{s.Old.String(), s.Year, s.Kind} }),
	}, nil
}
