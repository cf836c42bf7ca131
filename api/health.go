package api

import (
	"context"
	"net/http"
	"time"

	"github.com/labstack/echo/v4"
)

// pingWithin is how long the database may take to answer before the server is not ready.
const pingWithin = 2 * time.Second

type health struct {
	Status  string            `json:"status"`
	Version string            `json:"version,omitempty"`
	Checks  map[string]string `json:"checks,omitempty"`
}

func (s *Server) getHealth(c echo.Context) error {
	c.Response().Header().Set("Cache-Control", "no-store")
	return s.writeJSON(c, http.StatusOK, health{Status: "ok", Version: s.config.Version})
}

func (s *Server) getReadiness(c echo.Context) error {
	c.Response().Header().Set("Cache-Control", "no-store")
	h := health{Status: "ok", Version: s.config.Version, Checks: map[string]string{
		"index": s.checkIndex(), "database": s.checkDatabase(c.Request().Context()),
	}}
	status := http.StatusOK
	for _, answer := range h.Checks {
		if answer != "ok" {
			h.Status, status = "unavailable", http.StatusServiceUnavailable
		}
	}
	return s.writeJSON(c, status, h)
}

func (s *Server) checkIndex() string {
	if s.config.Points.Public.Snapshot() == nil || s.config.Points.Internal.Snapshot() == nil {
		return "loading"
	}
	return "ok"
}

func (s *Server) checkDatabase(ctx context.Context) string {
	ctx, cancel := context.WithTimeout(ctx, pingWithin)
	defer cancel()
	if err := s.config.Database.Ping(ctx); err != nil {
		s.log.WarnContext(ctx, "the database does not answer", "error", err)
		return "unreachable"
	}
	return "ok"
}
