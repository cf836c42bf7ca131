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
	// Loading names the layers whose indexes are still loading. Of these only the organizations keep a server from being
	// ready: reports of years take minutes.
	Loading []string `json:"loading,omitempty"`
}

func (s *Server) getHealth(c echo.Context) error {
	c.Response().Header().Set("Cache-Control", "no-store")
	return s.writeJSON(c, http.StatusOK, health{Status: "ok", Version: s.config.Version})
}

func (s *Server) getReadiness(c echo.Context) error {
	c.Response().Header().Set("Cache-Control", "no-store")
	h := health{Status: "ok", Version: s.config.Version, Checks: map[string]string{
		"index": "ok", "database": s.check(c.Request().Context(), "database", s.config.Database),
	}}
	if s.config.Replica != nil {
		h.Checks["replica"] = s.check(c.Request().Context(), "replica", s.config.Replica)
	}
	for _, l := range s.pointLayers() {
		if l.loading() {
			h.Loading = append(h.Loading, l.name())
		}
	}
	if s.organizations.loading() {
		h.Checks["index"] = "loading"
	}
	status := http.StatusOK
	for _, answer := range h.Checks {
		if answer != "ok" {
			h.Status, status = "unavailable", http.StatusServiceUnavailable
		}
	}
	return s.writeJSON(c, status, h)
}

func (p *pointLayer) loading() bool {
	return p.editions.Public.Snapshot() == nil || p.editions.Internal.Snapshot() == nil
}

// check says whether a database answers.
func (s *Server) check(ctx context.Context, name string, database Pinger) string {
	ctx, cancel := context.WithTimeout(ctx, pingWithin)
	defer cancel()
	if err := database.Ping(ctx); err != nil {
		s.log.WarnContext(ctx, "a database does not answer", "which", name, "error", err)
		return "unreachable"
	}
	return "ok"
}
