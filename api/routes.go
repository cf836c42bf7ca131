package api

import (
	"net/http"

	"github.com/labstack/echo/v4"
)

// pathEvents is the one path whose answers have no end.
const pathEvents = "/events"

// pathCollections is where the collections of features are (OGC API Features).
const pathCollections = "/ogc/collections"

// routes is the whole surface. A test holds it against openapi.yaml in both directions.
func (s *Server) routes() {
	e := s.echo
	e.Use(identify, s.secure, s.record, recoverPanic, allowReads, s.limitClients, s.refuseForeign, bound, s.authenticate, s.limitCallers, s.orViewer)

	s.get("/healthz", s.getHealth)
	s.get("/readyz", s.getReadiness)
	s.get("/metrics", s.getMetrics)
	e.GET(pathEvents, s.streamEvents)

	s.get("/api/organizations", s.listOrganizations, s.admit)
	e.POST("/api/organizations", s.createOrganization, s.admit, s.known)
	s.get("/api/organizations/children", s.listOrganizationChildren, s.admit)
	s.get("/api/organizations/similar", s.listSimilar, s.admit)
	s.get("/api/organizations/:id", s.getOrganization, s.admit)
	e.PUT("/api/organizations/:id", s.replaceOrganization, s.admit, s.known)
	e.DELETE("/api/organizations/:id", s.retireOrganization, s.admit, s.known)
	s.get("/api/organizations/:id/versions", s.listOrganizationVersions, s.admit)
	s.get("/api/organizations/:id/history", s.listOrganizationHistory, s.admit)
	s.get("/api/organizations/:id/succession", s.listOrganizationSuccession, s.admit)
	s.get("/api/organizations/:id/plans", s.listPlans, s.admit)
	e.DELETE("/api/organizations/:id/plans/:day", s.cancelPlan, s.admit, s.known)
	s.get("/api/organizations/:id/actions", s.listActions, s.admit)
	e.POST("/api/organizations/:id/restore", s.restoreOrganization, s.admit, s.known)
	e.POST("/api/organizations/:id/undo", s.undoOrganization, s.admit, s.known)
	e.POST("/api/organizations/merge", s.mergeOrganizations, s.admit, s.known)
	e.POST("/api/organizations/split", s.splitOrganization, s.admit, s.known)
	e.POST("/api/organizations/bulk", s.changeOrganizations, s.admit, s.known)

	s.verificationRoutes()
	s.get("/api/organizations/:id/photos", s.listPhotos, s.admit, s.known)
	e.POST("/api/organizations/:id/photos", s.addPhoto, s.admit, s.known)
	s.get("/api/organizations/:id/photos/:photo", s.getPhoto, s.admit, s.known)
	e.DELETE("/api/organizations/:id/photos/:photo", s.removePhoto, s.admit, s.known)
	e.POST("/api/organizations/:id/photos/:photo/restore", s.restorePhoto, s.admit, s.known)

	s.get("/api/jurisdictions", s.listJurisdictions, s.admit)

	s.accountRoutes()
	s.importRoutes()

	s.get("/api/asks", s.listAsks, s.admit, s.known, s.seesTasks)
	e.POST("/api/asks", s.createAsk, s.admit, s.known)
	e.POST("/api/asks/:id/withdraw", s.withdrawAsk, s.admit, s.known)
	s.get("/api/tasks", s.listTasks, s.admit, s.known, s.seesTasks)
	e.POST("/api/tasks/:id/answer", s.answerTask, s.admit, s.known)
	s.get("/api/burden", s.getBurden, s.admit, s.known, s.seesTasks)

	s.get("/api/reports", s.listReports, s.admit)
	s.get("/api/report-categories", s.listReportCategories, s.admit)
	s.get("/api/codes/:list", s.listCodes, s.admit)

	s.get("/api/divisions", s.listDivisions, s.admit)
	s.get("/api/divisions/counts", s.countByDivision, s.admit)
	s.get("/api/divisions/:code", s.getDivision, s.admit)
	s.get("/api/divisions/:code/history", s.getDivisionHistory, s.admit)
	s.get("/api/divisions/:code/shape", s.getDivisionShape, s.admit)

	s.get("/api/coordinates", s.readCoordinate, s.admit)

	s.get("/api/geocode", s.geocode, s.admit)
	s.get("/api/geocode/reverse", s.reverseGeocode, s.admit)

	s.get("/api/audit", s.listAudit, s.admit, s.known)

	s.get("/search", s.search, s.admit)

	s.get("/tiles/:layer", s.getTileJSON, s.admit)
	s.get("/tiles/:layer/:z/:x/:y", s.getTile, s.admit)
	s.get("/tiles/:layer/cells/:z/:x/:y/:cell", s.listCell, s.admit)

	s.get(pathCollections+"/:id/aggregate", s.aggregate, s.admit)
	e.POST(pathCollections+"/:id/aggregate", s.aggregate, s.admit)
	s.get(pathCollections+"/:id/nearest", s.listNearest, s.admit)

	s.get("/styles/light.json", s.getLightStyle, s.admit)
	s.get("/basemaps", s.listBaseMaps, s.admit)
	s.get("/basemaps/land.json", s.getLand, s.admit)
	s.get("/basemaps/:file", s.getBaseMapArchive, s.admit)
	s.get("/basemaps/:name/:z/:x/:y", s.getBaseMapTile) // has slots of its own

	s.get("/openapi.yaml", s.getDocument)
	s.get("/api/openapi.yaml", s.getDocument)
}

// accountRoutes are about who signs in and what is granted to them.
func (s *Server) accountRoutes() {
	e := s.echo
	s.get("/api/sign-in", s.getSignIn, s.admit)
	e.GET("/api/oidc/:provider/start", s.startOIDC) // with slots of their own; not for HEAD, which must change nothing
	e.GET("/api/oidc/:provider/callback", s.finishOIDC)
	e.POST("/api/session", s.createSession, s.limitAttempts, s.admit, s.admitHashing)
	s.get("/api/session", s.getSession, s.admit, s.known)
	e.DELETE("/api/session", s.endSession, s.admit, s.signedIn)
	e.PUT("/api/session/password", s.changePassword, s.admit, s.signedIn, s.admitHashing)
	e.PUT("/api/session/profile", s.changeProfile, s.admit, s.signedIn)
	s.get("/api/sessions", s.listSessions, s.admit, s.signedIn)
	e.DELETE("/api/sessions/:id", s.endOwnSession, s.admit, s.signedIn)
	s.get("/api/tokens", s.listTokens, s.admit, s.signedIn)
	e.POST("/api/tokens", s.createToken, s.admit, s.signedIn)
	e.DELETE("/api/tokens/:id", s.endToken, s.admit, s.signedIn)
	e.POST("/api/links/inspect", s.inspectLink, s.limitAttempts, s.admit)
	e.POST("/api/links/redeem", s.redeemLink, s.limitAttempts, s.admit, s.admitHashing)

	s.get("/api/accounts", s.listAccounts, s.admit, s.known, s.seesAccount)
	e.POST("/api/accounts", s.createAccount, s.admit, s.known)
	s.get("/api/accounts/:id", s.getAccount, s.admit, s.known, s.seesAccount)
	e.PUT("/api/accounts/:id", s.replaceAccount, s.admit, s.known)
	e.POST("/api/accounts/:id/recovery", s.recoverAccount, s.admit, s.known)
	e.POST("/api/accounts/:id/handover", s.handOverAccount, s.admit, s.known)
	e.DELETE("/api/accounts/:id/sessions", s.endAccess, s.admit, s.known)
	s.get("/api/accounts/:id/grants", s.listGrants, s.admit, s.known, s.seesAccount)
	e.POST("/api/accounts/:id/grants", s.createGrant, s.admit, s.known)
	e.DELETE("/api/accounts/:id/grants/:grant", s.endGrant, s.admit, s.known)
}

// get registers a handler for GET and for HEAD, which net/http answers without the body (RFC 9110 §9.3.2).
func (s *Server) get(path string, h echo.HandlerFunc, m ...echo.MiddlewareFunc) {
	s.echo.Match([]string{http.MethodGet, http.MethodHead}, path, h, m...)
}
