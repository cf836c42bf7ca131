package api

import (
	"context"
	"crypto/rand"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"runtime/debug"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"jingwei/geo"
)

// maxBody is the longest request body in bytes; an organization is below 10 kB.
const maxBody = 1 << 20

// maxSecretBody is the longest body in bytes of what anybody may send to sign in, and of what is one's own.
const maxSecretBody = 16 << 10

// requestTimeout bounds every request but the event stream.
const requestTimeout = 30 * time.Second

const keyRequestID = "request_id"

func requestID(c echo.Context) string {
	id, _ := c.Get(keyRequestID).(string)
	return id
}

// identify gives the request an id. A client's own id is not taken over: it would let anyone write into the log.
func identify(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		id := rand.Text()[:16]
		c.Set(keyRequestID, id)
		c.Response().Header().Set("X-Request-Id", id)
		return next(c)
	}
}

// publicPaths are those that pages of other origins may read.
var publicPaths = [...]string{"/api/", "/tiles/", "/search", "/styles/", "/basemaps", "/events", "/openapi.yaml"}

func isPublicPath(path string) bool {
	for _, p := range publicPaths {
		if strings.HasPrefix(path, p) {
			return true
		}
	}
	return false
}

// allowReads answers CORS (Fetch standard §3.2): any origin may read without credentials, none may write.
func allowReads(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		r, h := c.Request(), c.Response().Header()
		if !isPublicPath(r.URL.Path) {
			return next(c)
		}
		h.Set("Access-Control-Allow-Origin", "*")
		h.Set("Cross-Origin-Resource-Policy", "cross-origin")
		h.Set("Access-Control-Expose-Headers", "ETag, Link, Jingwei-Position, X-Request-Id, Retry-After, Content-Range, Content-Length")
		if r.Method != http.MethodOptions || r.Header.Get("Access-Control-Request-Method") == "" {
			return next(c)
		}
		h.Set("Access-Control-Allow-Methods", "GET, HEAD")
		h.Set("Access-Control-Allow-Headers", "If-None-Match, Range, Cache-Control, Last-Event-ID")
		h.Set("Access-Control-Max-Age", "86400")
		return c.NoContent(http.StatusNoContent)
	}
}

// recoverPanic turns a panic into an error with its stack. http.ErrAbortHandler goes on: the server means it.
func recoverPanic(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) (err error) {
		defer func() {
			cause := recover()
			if cause == http.ErrAbortHandler {
				panic(cause)
			}
			if cause != nil {
				err = fmt.Errorf("panic: %v\n%s", cause, debug.Stack())
			}
		}()
		return next(c)
	}
}

// record logs and counts each request when it is over. It hands errors to the error handler itself, so that it sees the
// status that was sent.
func (s *Server) record(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		start := time.Now()
		s.metrics.inFlight.Inc()
		defer s.metrics.inFlight.Dec()
		if err := next(c); err != nil {
			c.Error(err)
		}
		took := time.Since(start)
		s.metrics.request(c.Request().Method, c.Path(), c.Response().Status, took)
		s.logRequest(c, took)
		return nil
	}
}

// logRequest writes one line per request: writes and refusals as Info, plain reads, which are many, as Debug. So are those
// refused because there are too many. The query is left out: it may hold what a person searched for.
func (s *Server) logRequest(c echo.Context, took time.Duration) {
	r, status := c.Request(), c.Response().Status
	level := slog.LevelInfo
	read := r.Method == http.MethodGet || r.Method == http.MethodHead
	if status < 400 && read || status == statusClientGone || status == http.StatusTooManyRequests {
		level = slog.LevelDebug
	}
	s.log.LogAttrs(r.Context(), level, "request", slog.String("method", r.Method), slog.String("path", r.URL.Path),
		slog.String("route", c.Path()), slog.Int("status", status), slog.Int64("bytes", c.Response().Size),
		slog.Duration("took", took), slog.String("client", c.RealIP()), slog.String("request_id", requestID(c)))
}

// bound limits what one request may use: the length of its body and its time.
func bound(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		r := c.Request()
		if r.Body != nil {
			r.Body = http.MaxBytesReader(c.Response(), r.Body, longestBody(r))
		}
		if c.Path() == pathEvents {
			return next(c)
		}
		limit := requestTimeout
		if isLong(c) {
			limit = longTime
			deadlines := http.NewResponseController(c.Response())
			_ = deadlines.SetReadDeadline(time.Now().Add(limit)) // a connection without deadlines needs none
			_ = deadlines.SetWriteDeadline(time.Now().Add(limit + requestTimeout))
			if c.Path() == pathImports && r.Body != nil {
				r.Body = newArrival(r.Body, slowest(), deadlines, time.Now().Add(limit))
			}
		}
		ctx, cancel := context.WithTimeout(r.Context(), limit)
		defer cancel()
		defer c.SetRequest(r) // the error handler must not mistake the end of ctx for a client that left
		c.SetRequest(r.WithContext(ctx))
		return next(c)
	}
}

func longestBody(r *http.Request) int64 {
	path := r.URL.Path
	switch {
	case strings.HasPrefix(path, "/api/organizations/") && strings.HasSuffix(path, "/photos"):
		return maxPhotoBody
	case path == pathImports && r.Method == http.MethodPost:
		return geo.MaxImportFile + maxBody // with what a form has around the file
	}
	for _, p := range [...]string{"/api/session", "/api/sessions", "/api/tokens", "/api/links", "/api/oidc"} {
		if path == p || strings.HasPrefix(path, p+"/") {
			return maxSecretBody
		}
	}
	return maxBody
}

// admit refuses requests beyond the limit at once: a queue would only make all of them late.
func (s *Server) admit(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		t := &ticket{client: s.clientOf(c)}
		if err := t.enter(s.slots); err != nil {
			return err
		}
		defer t.leave(s.slots)
		c.Set(keyTicket, t)
		return next(c)
	}
}

// clientAddress returns how the address of a client is found: from the connection, unless it comes from a trusted
// proxy, whose X-Forwarded-For is then believed as far as it names trusted proxies (echo believes anyone by default).
func clientAddress(trusted []*net.IPNet) echo.IPExtractor {
	if len(trusted) == 0 {
		return echo.ExtractIPDirect()
	}
	options := []echo.TrustOption{echo.TrustLoopback(false), echo.TrustLinkLocal(false), echo.TrustPrivateNet(false)}
	for _, network := range trusted {
		options = append(options, echo.TrustIPRange(network))
	}
	return echo.ExtractIPFromXFFHeader(options...)
}
