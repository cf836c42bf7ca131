package api_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// TestHistoryOfHiddenIsHidden hides an organization, retires one, and retires one that is hidden.
func TestHistoryOfHiddenIsHidden(t *testing.T) {
	b := newBench(t, nil)
	draft := strings.Replace(newOrganization, `{`, `{"status":"draft",`, 1)
	write := func(method, url, match, body string) {
		t.Helper()
		if w := b.ask(t, method, url, with(bearer(), "If-Match", match), body); w.Code >= 400 {
			t.Fatalf("%s %s: %d %s", method, url, w.Code, w.Body)
		}
	}
	write("PUT", "/api/organizations/1", `"1"`, draft)
	write("DELETE", "/api/organizations/2", `"1"`, "")
	write("PUT", "/api/organizations/3", `"1"`, draft)
	write("DELETE", "/api/organizations/3", `"2"`, "")
	for url, status := range map[string]int{"1": 404, "2": 200, "3": 404, "4": 404, "99": 404} {
		url = "/api/organizations/" + url + "/versions"
		if w := b.ask(t, "GET", url, nil, ""); w.Code != status {
			t.Errorf("GET %s: %d %s, want %d", url, w.Code, w.Body, status)
		}
		if url == "/api/organizations/99/versions" {
			continue
		}
		if w := b.ask(t, "GET", url, bearer(), ""); w.Code != http.StatusOK {
			t.Errorf("GET %s with the token: %d %s", url, w.Code, w.Body)
		}
	}
}

func TestWrongTokenIsNeverPublic(t *testing.T) {
	b := newBench(t, nil)
	for _, url := range []string{
		"/search?q=a", "/api/divisions", "/api/divisions/330102000000", "/api/divisions/330102000000/shape", "/events", "/tiles/divisions",
		"/tiles/divisions/0/0/0", "/tiles/organizations/0/0/0", "/api/organizations", "/api/organizations/1", "/api/organizations/1/versions", "/styles/light.json", "/basemaps",
	} {
		if url == "/events" {
			b.Close() // an accepted stream would have no end
		}
		w := b.ask(t, "GET", url, map[string]string{"Authorization": "Bearer nope"}, "")
		if w.Code != http.StatusUnauthorized || w.Header().Get("WWW-Authenticate") == "" {
			t.Errorf("GET %s: %d %s", url, w.Code, w.Body)
		}
	}
}

func TestMetricsArePrivate(t *testing.T) {
	tests := []struct {
		name, client string
		header       map[string]string
		status       int
	}{
		{"anyone", "192.0.2.1:99", nil, 404},
		{"a wrong token", "192.0.2.1:99", map[string]string{"Authorization": "Bearer nope"}, 404},
		{"the token", "192.0.2.1:99", bearer(), 200},
		{"the machine itself", "127.0.0.1:99", nil, 200},
		{"the machine itself over IPv6", "[::1]:99", nil, 200},
		{"a proxy on the machine", "127.0.0.1:99", map[string]string{"X-Forwarded-For": "192.0.2.1"}, 404},
		{"a proxy that is named otherwise", "127.0.0.1:99", map[string]string{"Forwarded": "for=192.0.2.1"}, 404},
		{"a proxy that claims to be the machine", "127.0.0.1:99", map[string]string{"X-Real-Ip": "127.0.0.1"}, 404},
	}
	b := newBench(t, nil)
	for _, test := range tests {
		r := httptest.NewRequest("GET", "/metrics", nil)
		r.RemoteAddr = test.client
		for name, value := range test.header {
			r.Header.Set(name, value)
		}
		w := httptest.NewRecorder()
		b.Handler().ServeHTTP(w, r)
		b.validate(t, r, w)
		if w.Code != test.status || strings.Contains(w.Body.String(), "jingwei_") != (test.status == 200) {
			t.Errorf("%s: %d, want %d", test.name, w.Code, test.status)
		}
	}
}

func TestDocumentIsServed(t *testing.T) {
	b := newBench(t, nil)
	for _, url := range []string{"/openapi.yaml", "/api/openapi.yaml"} {
		w := httptest.NewRecorder()
		b.Handler().ServeHTTP(w, httptest.NewRequest("GET", url, nil))
		if w.Code != http.StatusOK || !strings.HasPrefix(w.Body.String(), "openapi: 3") {
			t.Errorf("GET %s: %d", url, w.Code)
		}
	}
}
