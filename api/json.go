package api

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"time"

	"github.com/labstack/echo/v4"

	"jingwei/geo"
)

// writeJSON encodes v completely before anything is sent, so that a failure can still become a problem.
func (s *Server) writeJSON(c echo.Context, status int, v any) error {
	body, err := encodeJSON(v)
	if err != nil {
		return err
	}
	return s.writeBody(c, status, "application/json", body)
}

func encodeJSON(v any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false) // answers are never part of a page, and names stay readable
	if err := e.Encode(v); err != nil {
		return nil, fmt.Errorf("encode %T: %w", v, err)
	}
	return b.Bytes(), nil
}

// coordinates is a position as GeoJSON writes it.
type coordinates [2]float64

func coordinatesOf(p geo.Position) coordinates {
	lon, lat := p.Degrees()
	return coordinates{lon, lat}
}

func optionalCoordinates(p geo.Position, ok bool) *coordinates {
	if !ok {
		return nil
	}
	c := coordinatesOf(p)
	return &c
}

// box is an extent as GeoJSON writes it (RFC 7946 §5), nil when there is none.
func box(e geo.Extent, ok bool) *[4]float64 {
	if !ok {
		return nil
	}
	return &[4]float64{e.West, e.South, e.East, e.North}
}

// optionalDay is null for the ends of time.
func optionalDay(d geo.Day) *string {
	if d == geo.MinDay || d == geo.MaxDay {
		return nil
	}
	s := d.String()
	return &s
}

// optionalCode is null for no division.
func optionalCode(c geo.DivisionCode) *string {
	if c == 0 {
		return nil
	}
	s := c.String()
	return &s
}

func optionalTime(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	t = t.UTC()
	return &t
}

// items makes sure that an empty list is written as [] and not as null.
func items[T, U any](in []T, f func(T) U) []U {
	out := make([]U, len(in))
	for i, v := range in {
		out[i] = f(v)
	}
	return out
}

// noContent answers that there is nothing to send.
func noContent(c echo.Context) error {
	c.Response().Header().Set("Cache-Control", "no-store")
	return c.NoContent(http.StatusNoContent)
}
