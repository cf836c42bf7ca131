package api

import (
	"fmt"
	"math"
	"net"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"jingwei/api/internal/limit"
	"jingwei/geo"
)

// Rates bound how many requests per second one client, or one account, may send for long; at once it may be five times as
// many. 0 is no bound. The operator is no account.
type Rates struct {
	Reads    float64 // per client, and per account wherever it is used
	Searches float64 // per account, or per client where nobody is known; counted as reads too
	Writes   float64 // per account, or per client where nobody is known
}

// burstSeconds is for how long at its rate somebody may send at once: a map that opens asks for a screen of tiles.
const burstSeconds = 5

// Kinds of limits, as the metrics name them.
const (
	limitClient   = "client"
	limitAccount  = "account"
	limitSearches = "searches"
	limitWrites   = "writes"
	limitSignIn   = "sign_in"
)

// limiter bounds what one client or account may do per time.
type limiter interface {
	Allow(key string) (ok bool, retryAfter time.Duration)
}

// limits are the limiters of Rates by their kind; what has no bound is missing.
type limits map[string]limiter

func newLimits(r Rates, now func() time.Time) limits {
	l := limits{}
	for kind, perSecond := range map[string]float64{limitClient: r.Reads, limitAccount: r.Reads, limitSearches: r.Searches, limitWrites: r.Writes} {
		if perSecond > 0 {
			l[kind] = limit.NewAt(now, perSecond, int(math.Ceil(perSecond*burstSeconds)), mostClients)
		}
	}
	return l
}

// limitClients refuses a client that asks too often, before anything is done for it: finding out who somebody is costs the
// database a question. Reads and writes count apart, so that neither use up the others. The page's files and the operations
// of the server are for everyone at any time.
func (s *Server) limitClients(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		client := s.clientOf(c)
		if client == "" || !isPublicPath(c.Request().URL.Path) {
			return next(c)
		}
		if changes(c.Request()) {
			client = "writes of " + client
		}
		if err := s.take(c, limitClient, client); err != nil {
			return err
		}
		return next(c)
	}
}

// limitCallers refuses an account that asks too often, and whoever writes or searches too often.
func (s *Server) limitCallers(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		for _, kind := range s.countedAs(c) {
			if err := s.take(c, kind, s.keyOf(c)); err != nil {
				return err
			}
		}
		return next(c)
	}
}

// countedAs returns the limits that hold for a request once it is known who sends it.
func (s *Server) countedAs(c echo.Context) []string {
	r, u := c.Request(), s.caller(c)
	if u.Operator || !isPublicPath(r.URL.Path) || s.keyOf(c) == "" {
		return nil
	}
	if changes(r) {
		return []string{limitWrites}
	}
	var kinds []string
	if u.Account != 0 {
		kinds = append(kinds, limitAccount)
	}
	if isSearch(r) {
		kinds = append(kinds, limitSearches)
	}
	return kinds
}

// keyOf names the account that sends a request, or the client where none is known.
func (s *Server) keyOf(c echo.Context) string {
	if u := s.caller(c); u.Account != 0 {
		return "account " + u.Account.String()
	}
	return s.clientOf(c)
}

// isSearch reports whether a request looks for names in the database, which costs more than drawing the map.
func isSearch(r *http.Request) bool {
	return r.URL.Path == "/search" || strings.HasPrefix(r.URL.Path, "/api/") && r.URL.Query().Has("q")
}

// take counts a request and refuses it when it is one too many.
func (s *Server) take(c echo.Context, kind, key string) error {
	l, bounded := s.limits[kind]
	if !bounded {
		return nil
	}
	if ok, after := l.Allow(key); !ok {
		return s.tooMany(c, kind, after)
	}
	return nil
}

// tooMany refuses a request, with the time after which the next one is answered.
func (s *Server) tooMany(c echo.Context, kind string, after time.Duration) error {
	s.metrics.limited.WithLabelValues(kind).Inc()
	seconds := int(math.Ceil(max(1, after.Seconds())))
	c.Response().Header().Set("Retry-After", strconv.Itoa(seconds))
	if kind == limitSignIn {
		return errTooMany
	}
	return &geo.Error{Kind: errTooMany, Message: fmt.Sprintf("these were too many requests; try again in %d s", seconds)}
}

// clientOf names the client that sends a request, for all that is counted by client. It is "" where clients cannot be told
// apart, so that no such count holds.
func (s *Server) clientOf(c echo.Context) string {
	if s.cannotTellClients(c.Request()) {
		return ""
	}
	if client := limit.Client(c.RealIP()); client != "" {
		return client
	}
	return "without an address"
}

// cannotTellClients reports whether a request comes from the machine itself, or through a proxy on it whose word on its
// clients is not believed: all of them would share one bound.
func (s *Server) cannotTellClients(r *http.Request) bool {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	ip := net.ParseIP(host)
	if err != nil || ip == nil || !ip.IsLoopback() {
		return false
	}
	return !s.trusts(ip) || r.Header.Get("X-Forwarded-For") == ""
}
