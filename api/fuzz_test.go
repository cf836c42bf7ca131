package api_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
)

// FuzzRequest: whatever is asked, the answer is one that openapi.yaml describes and never the server's failure.
func FuzzRequest(f *testing.F) {
	for _, s := range []struct{ method, target, match, body string }{
		{"GET", "/api/organizations?bbox=120,30,121,31&kind=a,b&limit=5&cursor=AAAA", "", ""},
		{"GET", "/api/organizations?bbox=170,-10,-170,10&datetime=2026-01-31&after=test.1:1:", "", ""},
		{"GET", "/tiles/organizations,divisions/14/13657/6758.mvt?cells=0&division=3301", "", ""},
		{"GET", "/tiles/organizations/22/4194303/4194303", "", ""}, {"GET", "/tiles/divisions", "", ""},
		{"GET", "/api/divisions?parent=root&level=1", "", ""}, {"GET", "/api/divisions/330102/shape", "", ""},
		{"GET", "/search?q=%E6%9F%B3&limit=3", "", ""}, {"GET", "/basemaps/a/1/1/1", "", ""},
		{"POST", "/api/organizations", "", newOrganization}, {"PUT", "/api/organizations/1", `"1"`, newOrganization}, {"DELETE", "/api/organizations/1", `"1"`, ""},
	} {
		f.Add(s.method, s.target, s.match, s.body)
	}
	b := newBench(f, nil)
	f.Fuzz(func(t *testing.T, method, target, match, body string) {
		u, err := url.ParseRequestURI(target)
		if err != nil || !strings.HasPrefix(target, "/") || strings.HasPrefix(u.Path, "/events") || strings.Contains(u.RawQuery, "after") {
			return // no request, one without an end, or one that waits for seconds
		}
		r, err := http.NewRequest(method, "http://example.com", strings.NewReader(body))
		if err != nil {
			return
		}
		r.URL.Path, r.URL.RawPath, r.URL.RawQuery = u.Path, u.RawPath, u.RawQuery
		r.Header = http.Header{"If-Match": {match}, "Authorization": {"Bearer " + token}, "Content-Type": {"application/json"}}
		w := httptest.NewRecorder()
		b.Handler().ServeHTTP(w, r)
		b.validate(t, r, w)
		if w.Code >= 500 {
			t.Errorf("%s %s: %d %s", method, target, w.Code, w.Body)
		}
		if w.Code >= 400 && (w.Header().Get("Content-Type") != "application/problem+json" || !json.Valid(w.Body.Bytes())) {
			t.Errorf("%s %s: %d %s", method, target, w.Code, w.Body)
		}
	})
}
