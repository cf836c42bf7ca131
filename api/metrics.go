package api

import (
	"net"
	"net/http"
	"strconv"
	"time"

	"github.com/labstack/echo/v4"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"jingwei/tiles"
)

// metrics counts what the server does. Labels are bounded: routes are patterns, methods are those of HTTP.
type metrics struct {
	requests *prometheus.CounterVec
	seconds  *prometheus.HistogramVec
	inFlight prometheus.Gauge
	upstream *prometheus.CounterVec
	limited  *prometheus.CounterVec
	handler  http.Handler
}

func newMetrics(registry *prometheus.Registry) *metrics {
	m := &metrics{
		requests: prometheus.NewCounterVec(prometheus.CounterOpts{Name: "jingwei_http_requests_total",
			Help: "Requests by method, route pattern and status."}, []string{"method", "route", "status"}),
		seconds: prometheus.NewHistogramVec(prometheus.HistogramOpts{Name: "jingwei_http_request_duration_seconds",
			Help: "Time to answer, by route pattern.", Buckets: prometheus.ExponentialBuckets(0.0005, 4, 9)}, []string{"route"}),
		inFlight: prometheus.NewGauge(prometheus.GaugeOpts{Name: "jingwei_http_requests_in_flight",
			Help: "Requests being answered, event streams included."}),
		upstream: prometheus.NewCounterVec(prometheus.CounterOpts{Name: "jingwei_basemap_requests_total",
			Help: "Tiles of base maps asked for, by base map and outcome; all but cached, shared and busy went to the origin."}, []string{"basemap", "outcome"}),
		limited: prometheus.NewCounterVec(prometheus.CounterOpts{Name: "jingwei_http_requests_limited_total",
			Help: "Requests refused because their client or account sent too many, by the limit that was passed."}, []string{"limit"}),
		handler: promhttp.HandlerFor(registry, promhttp.HandlerOpts{}),
	}
	registry.MustRegister(m.requests, m.seconds, m.inFlight, m.limited, m.upstream)
	return m
}

// newCacheMetrics tells how well the cache of finished tiles does.
func newCacheMetrics(cache *tiles.Cache) []prometheus.Collector {
	counter := func(name, help string, value func(tiles.CacheStats) uint64) prometheus.Collector {
		return prometheus.NewCounterFunc(prometheus.CounterOpts{Name: "jingwei_tile_cache_" + name, Help: help},
			func() float64 { return float64(value(cache.Stats())) })
	}
	return []prometheus.Collector{
		counter("hits_total", "Tiles from memory.", func(s tiles.CacheStats) uint64 { return s.Hits }),
		counter("misses_total", "Tiles that had to be made.", func(s tiles.CacheStats) uint64 { return s.Misses }),
		counter("shared_total", "Requests that waited for a tile that another had asked for.", func(s tiles.CacheStats) uint64 { return s.Shared }),
		prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: "jingwei_tile_cache_bytes", Help: "Memory of the cache of tiles."},
			func() float64 { return float64(cache.Stats().Bytes) }),
	}
}

func (m *metrics) request(method, route string, status int, took time.Duration) {
	if route == "" || route == "/*" {
		route = "other"
	}
	m.requests.WithLabelValues(boundedMethod(method), route, strconv.Itoa(status)).Inc()
	m.seconds.WithLabelValues(route).Observe(took.Seconds())
}

func boundedMethod(method string) string {
	switch method {
	case http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodDelete, http.MethodOptions, http.MethodPatch:
		return method
	}
	return "other"
}

// getMetrics answers the machine itself and the holder of the token: the numbers tell how many rows are hidden.
func (s *Server) getMetrics(c echo.Context) error {
	if !s.caller(c).Operator && !isLocal(c.Request()) {
		return echo.ErrNotFound
	}
	c.Response().Header().Set("Cache-Control", "no-store")
	s.metrics.handler.ServeHTTP(c.Response(), c.Request())
	return nil
}

// isLocal reports whether a request comes from the machine itself. One that a proxy on the machine passed on does not,
// whatever its headers claim; a proxy that adds none of them must keep /metrics to itself.
func isLocal(r *http.Request) bool {
	for _, name := range []string{"Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Real-Ip", "Via"} {
		if _, passedOn := r.Header[name]; passedOn {
			return false
		}
	}
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		return false
	}
	ip := net.ParseIP(host)
	return ip != nil && ip.IsLoopback()
}
