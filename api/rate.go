package api

import (
	"math"
	"net"
	"net/http"
	"strconv"
	"time"

	"github.com/labstack/echo/v4"

	"jingwei/api/internal/limit"
)

// Rates bound how many requests per second one client, or one account, may send for long; at once it may be five times as
// many. 0 is no bound.
type Rates struct {
	Reads    float64 // per client
	Searches float64 // per client, counted as reads too
	Writes   float64 // per account, or per client where nobody is known
}

// burstSeconds is for how long at its rate somebody may send at once: a map that opens asks for a screen of tiles.
const burstSeconds = 5

// limits are the limiters of Rates; nil is no bound.
type limits struct{ reads, searches, writes limiter }

func newLimits(r Rates, now func() time.Time) limits {
	bound := func(perSecond float64) limiter {
		if perSecond <= 0 {
			return nil
		}
		return limit.NewAt(now, perSecond, int(math.Ceil(perSecond*burstSeconds)), mostClients)
	}
	return limits{reads: bound(r.Reads), searches: bound(r.Searches), writes: bound(r.Writes)}
}

// limitRate refuses who asks too often, before anything is done for them. The page's files and the operations of the
// server are for everyone at any time.
func (s *Server) limitRate(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		r := c.Request()
		if !isPublicPath(r.URL.Path) || s.cannotTellClients(r) {
			return next(c)
		}
		if err := s.take(c, limit.Client(c.RealIP())); err != nil {
			return err
		}
		return next(c)
	}
}

// take counts a request.
func (s *Server) take(c echo.Context, client string) error {
	r, counted := c.Request(), []limiter{s.limits.reads}
	switch u := s.caller(c); {
	case isUnsafe(r.Method):
		counted = []limiter{s.limits.writes}
		if u.Account != 0 {
			client = "account " + u.Account.String()
		}
	case r.URL.Path == "/search":
		counted = append(counted, s.limits.searches)
	}
	for _, l := range counted {
		if l == nil {
			continue
		}
		if ok, after := l.Allow(client); !ok {
			s.metrics.limited.Inc()
			return tooMany(c, after)
		}
	}
	return nil
}

// tooMany refuses a request, with the time after which the next one is answered.
func tooMany(c echo.Context, after time.Duration) error {
	c.Response().Header().Set("Retry-After", strconv.Itoa(int(math.Ceil(max(1, after.Seconds())))))
	return errTooMany
}

// cannotTellClients reports whether a request comes from the machine itself, or through a proxy on it whose word on its
// clients is not believed: all of them would share one bound.
func (s *Server) cannotTellClients(r *http.Request) bool {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	ip := net.ParseIP(host)
	if err != nil || ip == nil || !ip.IsLoopback() {
		return false
	}
	for _, trusted := range s.config.TrustedProxies {
		if trusted.Contains(ip) {
			return r.Header.Get("X-Forwarded-For") == ""
		}
	}
	return true
}
