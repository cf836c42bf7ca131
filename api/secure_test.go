package api_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/labstack/echo/v4"

	"jingwei/api"
)

// TestHeadersOfEveryRoute: whatever is answered, to whomever, and also when it is refused, says how long it may be kept and
// what a browser may not do with it.
func TestHeadersOfEveryRoute(t *testing.T) {
	b := newBench(t, nil)
	for _, route := range b.Handler().(*echo.Echo).Routes() {
		url := route.Path
		for name, value := range map[string]string{":id": "1", ":code": "330000000000", ":list": "organization_kind", ":layer": "organizations", ":z": "0", ":x": "0", ":y": "0", ":grant": "1", ":file": "a.pmtiles", ":name": "a", ":provider": "a", ":photo": "1"} {
			url = strings.ReplaceAll(url, name, value)
		}
		if url == "/events" {
			continue // without an end: TestEvents
		}
		for _, header := range []map[string]string{nil, bearer()} {
			h := answer(b, route.Method, url, header).Header()
			for name, want := range map[string]string{
				"X-Content-Type-Options": "nosniff", "X-Frame-Options": "DENY", "Cross-Origin-Opener-Policy": "same-origin",
				"Content-Security-Policy": "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'", "Strict-Transport-Security": "",
			} {
				if h.Get(name) != want {
					t.Errorf("%s %s: %s %q, want %q", route.Method, url, name, h.Get(name), want)
				}
			}
			cache := h.Get("Cache-Control")
			if cache == "" {
				t.Errorf("%s %s: Cache-Control %q", route.Method, url, cache)
			}
			foreign := "same-origin"
			if header == nil && h.Get("Access-Control-Allow-Origin") == "*" {
				foreign = "cross-origin"
			}
			if got := h.Get("Cross-Origin-Resource-Policy"); got != foreign {
				t.Errorf("%s %s as %v: resource policy %q, want %q", route.Method, url, header, got, foreign)
			}
		}
	}
}

// answer is that to a request without a body.
func answer(b *bench, method, url string, header map[string]string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, url, nil)
	for name, value := range header {
		r.Header.Set(name, value)
	}
	w := httptest.NewRecorder()
	b.Handler().ServeHTTP(w, r)
	return w
}

// TestPolicies: pages and their files may do what they need, nobody else's page may show the console.
func TestPolicies(t *testing.T) {
	b := newBench(t, func(c *api.Config) {
		c.Viewer = fstest.MapFS{"index.html": {Data: []byte("<!doctype html>")}, "console.html": {Data: []byte("<!doctype html>")}, "assets/worker-1a.js": {Data: []byte("0")}}
	})
	for _, url := range []string{"/", "/assets/worker-1a.js"} {
		h := b.ask(t, "GET", url, nil, "").Header()
		if p := directives(h); p["script-src"] != "'self'" || p["worker-src"] != "'self' blob:" || p["connect-src"] != "'self'" || p["frame-ancestors"] != "'self'" || h.Get("X-Frame-Options") != "SAMEORIGIN" {
			t.Errorf("GET %s: %v", url, h)
		}
	}
	h := b.ask(t, "GET", "/console", nil, "").Header()
	if p := directives(h); p["script-src"] != "'self'" || p["worker-src"] != "'self' blob:" || p["frame-ancestors"] != "'none'" || h.Get("X-Frame-Options") != "DENY" || h.Get("Cache-Control") != "no-cache" {
		t.Errorf("console: %v", h)
	}
	for _, url := range []string{"/", "/console", "/api/organizations", "/nothing"} {
		p := directives(b.ask(t, "GET", url, nil, "").Header())
		if p["default-src"] != "'none'" || p["base-uri"] != "'none'" {
			t.Errorf("GET %s: %v", url, p)
		}
		for name, sources := range p {
			if strings.Contains(sources, "unsafe") || strings.Contains(sources, "http") || strings.Contains(sources, "*") {
				t.Errorf("GET %s: %s %s", url, name, sources)
			}
		}
	}
}

// directives reads the policy of content.
func directives(h http.Header) map[string]string {
	p := map[string]string{}
	for d := range strings.SplitSeq(h.Get("Content-Security-Policy"), ";") {
		name, sources, _ := strings.Cut(strings.TrimSpace(d), " ")
		p[name] = sources
	}
	return p
}

// TestStrictTransport is promised where clients come by https, whatever a request says.
func TestStrictTransport(t *testing.T) {
	for public, want := range map[string]string{"https://jw.example.org": "max-age=31536000", "http://jw.example.org": "", "": ""} {
		b := newBench(t, func(c *api.Config) { c.PublicURL = public })
		for _, url := range []string{"/", "/api/organizations", "/nothing"} {
			if got := b.ask(t, "GET", url, map[string]string{"X-Forwarded-Proto": "https"}, "").Header().Get("Strict-Transport-Security"); got != want {
				t.Errorf("%q, GET %s: %q, want %q", public, url, got, want)
			}
		}
	}
}

// TestRequestIDs: the log knows an answer by the id that it carries, which is never the client's.
func TestRequestIDs(t *testing.T) {
	b := newBench(t, nil)
	seen := map[string]bool{}
	for range 3 {
		a := b.ask(t, "GET", "/api/organizations/x", map[string]string{"X-Request-Id": "forged\nline"}, "")
		id := a.Header().Get("X-Request-Id")
		if len(id) < 16 || seen[id] || decode[api.Problem](t, a).RequestID != id || !strings.Contains(b.log.String(), `"request_id":"`+id+`"`) {
			t.Errorf("id %q of %s", id, a.Body)
		}
		seen[id] = true
	}
	if strings.Contains(b.log.String(), "forged") {
		t.Error("a client wrote into the log")
	}
}
