package api

import (
	"net/http"

	"github.com/labstack/echo/v4"
)

// pathEvents is the one path whose answers have no end.
const pathEvents = "/events"

// routes is the whole surface. A test holds it against openapi.yaml in both directions.
func (s *Server) routes() {
	e := s.echo
	e.Use(identify, secure, s.record, recoverPanic, allowReads, s.refuseForeign, bound, s.authenticate, s.orViewer)

	s.get("/healthz", s.getHealth)
	s.get("/readyz", s.getReadiness)
	s.get("/metrics", s.getMetrics)
	e.GET(pathEvents, s.streamEvents)

	s.get("/api/organizations", s.listOrganizations, s.admit)
	e.POST("/api/organizations", s.createOrganization, s.admit, s.known)
	s.get("/api/organizations/:id", s.getOrganization, s.admit)
	e.PUT("/api/organizations/:id", s.replaceOrganization, s.admit, s.known)
	e.DELETE("/api/organizations/:id", s.retireOrganization, s.admit, s.known)
	s.get("/api/organizations/:id/versions", s.listOrganizationVersions, s.admit)

	s.get("/api/reports", s.listReports, s.admit)
	s.get("/api/report-categories", s.listReportCategories, s.admit)
	s.get("/api/codes/:list", s.listCodes, s.admit)

	s.get("/api/divisions", s.listDivisions, s.admit)
	s.get("/api/divisions/counts", s.countByDivision, s.admit)
	s.get("/api/divisions/:code", s.getDivision, s.admit)
	s.get("/api/divisions/:code/history", s.getDivisionHistory, s.admit)
	s.get("/api/divisions/:code/shape", s.getDivisionShape, s.admit)

	s.get("/search", s.search, s.admit)

	s.get("/tiles/:layer", s.getTileJSON, s.admit)
	s.get("/tiles/:layer/:z/:x/:y", s.getTile, s.admit)

	s.get("/styles/light.json", s.getLightStyle, s.admit)
	s.get("/basemaps", s.listBaseMaps, s.admit)
	s.get("/basemaps/land.json", s.getLand, s.admit)
	s.get("/basemaps/:file", s.getBaseMapArchive, s.admit)
	s.get("/basemaps/:name/:z/:x/:y", s.getBaseMapTile) // has slots of its own

	s.get("/openapi.yaml", s.getDocument)
	s.get("/api/openapi.yaml", s.getDocument)
}

// get registers a handler for GET and for HEAD, which net/http answers without the body (RFC 9110 §9.3.2).
func (s *Server) get(path string, h echo.HandlerFunc, m ...echo.MiddlewareFunc) {
	s.echo.Match([]string{http.MethodGet, http.MethodHead}, path, h, m...)
}
