package api_test

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"jingwei/api"
)

// TestLinksNameTheServer: whatever name a client gives the server, a link with a secret leads to where it is: under its
// public URL, as a proxy that is believed says, or at the address that the client is connected to.
func TestLinksNameTheServer(t *testing.T) {
	_, proxy, _ := net.ParseCIDR("192.0.2.0/24") // httptest's client
	o := newOffices(t, func(c *api.Config) { c.TrustedProxies = nil })
	proxied := newOffices(t, func(c *api.Config) { c.TrustedProxies = []*net.IPNet{proxy} })
	public := newOffices(t, func(c *api.Config) { c.PublicURL = "https://jw.example.org/map/" })
	local := &net.TCPAddr{IP: net.IPv4(198, 51, 100, 4), Port: 8080}
	for i, test := range []struct {
		server          *offices
		host, forwarded string
		want            string
	}{
		{o, "evil.example.org", "", "http://198.51.100.4:8080"},
		{o, "evil.example.org", "worse.example.org", "http://198.51.100.4:8080"},
		{o, "localhost.example.org:8080", "", "http://198.51.100.4:8080"},
		{o, "127.0.0.1.example.org", "", "http://198.51.100.4:8080"},
		{o, "198.51.100.4:8080", "", "http://198.51.100.4:8080"},
		{o, "localhost:9000", "", "http://localhost:9000"}, // through a tunnel
		{o, "127.0.0.1:9000", "", "http://127.0.0.1:9000"},
		{o, "[::1]:9000", "", "http://[::1]:9000"},
		{proxied, "jw.internal", "map.example.org", "http://map.example.org"},
		{proxied, "map.example.org", "", "http://map.example.org"},
		{public, "evil.example.org", "", "https://jw.example.org/map"},
	} {
		body := fmt.Sprintf(`{"name":"name-%d","display_name":"x"}`, i)
		r := httptest.NewRequest("POST", "/api/accounts", strings.NewReader(body))
		r = r.WithContext(context.WithValue(r.Context(), http.LocalAddrContextKey, net.Addr(local)))
		r.Host = test.host
		r.Header.Set("Content-Type", "application/json")
		r.Header.Set("Authorization", bearer()["Authorization"])
		if test.forwarded != "" {
			r.Header.Set("X-Forwarded-Host", test.forwarded)
		}
		w := httptest.NewRecorder()
		test.server.Handler().ServeHTTP(w, r)
		if w.Code != http.StatusCreated || !strings.Contains(w.Body.String(), `"`+test.want+`/console#/link/`) {
			t.Errorf("host %q, forwarded %q: %d %s, want %s", test.host, test.forwarded, w.Code, w.Body, test.want)
		}
	}
}
