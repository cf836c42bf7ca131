package api

import (
	"net"
	"net/http"
	"net/url"
	"strings"

	"github.com/labstack/echo/v4"
)

// baseURL returns scheme, host and path under which the client of a request reaches the server.
func (s *Server) baseURL(c echo.Context) string {
	if s.config.PublicURL != "" {
		return s.config.PublicURL
	}
	r := c.Request()
	u := url.URL{Scheme: "http", Host: r.Host}
	if r.TLS != nil {
		u.Scheme = "https"
	}
	if s.fromTrustedProxy(r) {
		if proto := r.Header.Get("X-Forwarded-Proto"); proto == "http" || proto == "https" {
			u.Scheme = proto
		}
		if host := r.Header.Get("X-Forwarded-Host"); host != "" && !strings.ContainsAny(host, "/?#@, ") {
			u.Host = host
		}
	}
	return u.String()
}

// linkBase is baseURL for links that hold a secret: where nobody has said under which URL the server is reached, they name
// the address that the client is connected to, and not whatever name it gives the server, unless that is one of its own
// machine.
func (s *Server) linkBase(c echo.Context) string {
	r := c.Request()
	address, ok := r.Context().Value(http.LocalAddrContextKey).(net.Addr)
	if s.config.PublicURL != "" || s.fromTrustedProxy(r) || !ok || isLoopback(r.Host) {
		return s.baseURL(c)
	}
	u := url.URL{Scheme: "http", Host: address.String()}
	if r.TLS != nil {
		u.Scheme = "https"
	}
	return u.String()
}

// isLoopback reports whether a host, with a port or without, is one of the client's own machine.
func isLoopback(host string) bool {
	name, _, err := net.SplitHostPort(host)
	if err != nil {
		name = strings.Trim(host, "[]")
	}
	ip := net.ParseIP(name)
	return strings.EqualFold(name, "localhost") || ip != nil && ip.IsLoopback()
}
