package api

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"

	"github.com/labstack/echo/v4"

	"jingwei/api/internal/request"
	"jingwei/geo"
)

// errUpstream is the kind of error for a base map's origin that does not answer as it should.
var errUpstream = errors.New("bad upstream")

// statusClientGone is the status of a request whose client left.
const statusClientGone = 499

// kind says how errors of one kind are answered (RFC 9457).
type kind struct {
	err    error
	status int
	slug   string // the type is /problems/SLUG
	title  string
	detail string // for errors that carry no sentence of their own
}

// kinds is the one table from error kinds to statuses. The first that matches holds; the last matches everything.
func kinds() []kind {
	return []kind{
		{geo.ErrInvalid, http.StatusBadRequest, "invalid", "The request is not valid", "The request is not valid."},
		{request.ErrUnauthorized, http.StatusUnauthorized, "unauthorized", "Sign in first", "Sign in, or send a token in the header Authorization: Bearer."},
		{errSignIn, http.StatusUnauthorized, "sign-in", "The sign-in failed", "The name or the password is not right, or the account is locked for a while or disabled."},
		{errTooMany, http.StatusTooManyRequests, "too-many", "Too often", "These were too many attempts; try again after the time that Retry-After names."},
		{errCSRF, http.StatusForbidden, "csrf", "The write was not sent by our page", "The write lacks the csrf_token of the session."},
		{errChangePassword, http.StatusForbidden, "password-change", "Change the password first", "Somebody else chose your password: change it first."},
		{geo.ErrForbidden, http.StatusForbidden, "forbidden", "Not allowed", "You may not do this."},
		{geo.ErrNotFound, http.StatusNotFound, "not-found", "Not found", "There is nothing at this address."},
		{geo.ErrConflict, http.StatusConflict, "conflict", "The request contradicts what is stored", "The request contradicts what is stored."},
		{geo.ErrStale, http.StatusPreconditionFailed, "stale", "The object has changed", "The object has changed since you read it; read it again."},
		{geo.ErrTooLarge, http.StatusRequestEntityTooLarge, "too-large", "Too large", "The request exceeds a limit."},
		{request.ErrMediaType, http.StatusUnsupportedMediaType, "media-type", "The media type is not supported", "Send the body as application/json."},
		{request.ErrPreconditionRequired, http.StatusPreconditionRequired, "precondition-required", "If-Match is needed", "Send the ETag of the object in If-Match."},
		{errUpstream, http.StatusBadGateway, "upstream", "The base map does not answer", "The origin of this base map does not answer as it should; the other layers are not touched by that."},
		{geo.ErrUnavailable, http.StatusServiceUnavailable, "unavailable", "Not available now", "The server is starting or overloaded; try again in a few seconds."},
		{context.DeadlineExceeded, http.StatusServiceUnavailable, "unavailable", "Not available now", "The answer took too long; try again in a few seconds."},
		{nil, http.StatusInternalServerError, "internal", "The server failed", "The request failed on the server and the failure was recorded."},
	}
}

// kindOf finds the kind of err.
func (s *Server) kindOf(err error) kind {
	for _, k := range s.kinds {
		if k.err == nil || errors.Is(err, k.err) {
			return k
		}
	}
	return s.kinds[len(s.kinds)-1]
}

// Problem is the body of an error answer (RFC 9457 §3.1).
type Problem struct {
	Type      string             `json:"type"`
	Title     string             `json:"title"`
	Status    int                `json:"status"`
	Detail    string             `json:"detail"`
	Field     string             `json:"field,omitempty"`
	Reason    string             `json:"reason,omitempty"`
	Figures   map[string]float64 `json:"figures,omitempty"`
	Since     string             `json:"since,omitempty"` // of geo.EarlyError and geo.AbsentSuperiorError
	Instance  string             `json:"instance"`
	RequestID string             `json:"request_id"`
	*staleness
}

// problem turns err into an answer. The sentence of a *geo.Error below 500 is for people and is shown; any other text
// may hold names of tables or hosts and is not.
func (s *Server) problem(err error, c echo.Context) Problem {
	p := Problem{Instance: c.Request().URL.EscapedPath(), RequestID: requestID(c)}
	var routing *echo.HTTPError
	if errors.As(err, &routing) && routing.Code < 500 {
		return fromRouter(p, routing.Code)
	}
	k := s.kindOf(err)
	p.Type, p.Title, p.Status, p.Detail = "/problems/"+k.slug, k.title, k.status, k.detail
	if k.status >= 500 && changes(c.Request()) {
		p.Detail = "The answer to this write was lost; it may have been stored all the same. Read the object before you send it again."
	}
	var fault *geo.Error
	if errors.As(err, &fault) && (k.status < 500 || k.status == http.StatusServiceUnavailable) {
		p.Field, p.Reason, p.Figures = fault.Field, fault.Reason, fault.Figures
		if fault.Message != "" {
			p.Detail = fault.Message
		}
	}
	if early := (*geo.EarlyError)(nil); errors.As(err, &early) {
		p.Since = early.Since.String()
	}
	if absent := (*geo.AbsentSuperiorError)(nil); errors.As(err, &absent) && absent.Since < geo.MaxDay {
		p.Since = absent.Since.String()
	}
	if stale := (*geo.StaleError)(nil); errors.As(err, &stale) {
		p.staleness = stalenessOf(stale)
	}
	return p
}

// fromRouter describes what echo's router refuses: an unknown path or method.
func fromRouter(p Problem, status int) Problem {
	p.Status = status
	switch status {
	case http.StatusNotFound:
		p.Type, p.Title, p.Detail = "/problems/not-found", "Not found", "There is nothing at this address."
	case http.StatusMethodNotAllowed:
		p.Type, p.Title, p.Detail = "/problems/method", "The method is not allowed", "This address does not take the method; the header Allow lists those it takes."
	default:
		p.Type, p.Title, p.Detail = "/problems/invalid", http.StatusText(status), "The request cannot be read."
	}
	return p
}

// handleError is echo's error handler: it logs what is the server's fault, once, and answers.
func (s *Server) handleError(err error, c echo.Context) {
	r := c.Request()
	// A client that only closed its sending side still reads, and what it sent is at fault: it gets its answer.
	if errors.Is(r.Context().Err(), context.Canceled) && !errors.Is(err, geo.ErrInvalid) {
		if !c.Response().Committed {
			c.Response().WriteHeader(statusClientGone) // nothing written would count as 200
		}
		return
	}
	p := s.problem(err, c)
	if p.Status >= 500 {
		level := slog.LevelError
		if p.Status == http.StatusServiceUnavailable {
			level = slog.LevelWarn // it ends by itself
		}
		s.log.LogAttrs(r.Context(), level, "request failed", slog.String("request_id", p.RequestID),
			slog.String("method", r.Method), slog.String("route", c.Path()), slog.Int("status", p.Status), slog.Any("error", err))
	}
	if c.Response().Committed {
		return
	}
	h := c.Response().Header()
	for _, name := range []string{"ETag", "Jingwei-Position", "Link", "Location", "Content-Encoding", "Last-Modified"} {
		h.Del(name)
	}
	h.Set("Cache-Control", "no-store")
	if p.Status == http.StatusServiceUnavailable {
		h.Set("Retry-After", "2")
	}
	if p.Status == http.StatusUnauthorized {
		h.Set("WWW-Authenticate", challenge(r))
	}
	body, _ := json.Marshal(p) // texts and a number always marshal
	_ = c.Blob(p.Status, "application/problem+json", body)
}

// challenge is the value of WWW-Authenticate (RFC 6750 §3): an error code only when a token was sent.
func challenge(r *http.Request) string {
	if r.Header.Get("Authorization") == "" {
		return `Bearer realm="jingwei"`
	}
	return `Bearer realm="jingwei", error="invalid_token"`
}
