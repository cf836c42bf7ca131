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
		{"POST", "/api/session", "", `{"name":"somebody","password":"secret"}`}, {"POST", "/api/links/redeem", "", `{"link":"0","password":"secret","name":"x"}`},
		{"GET", "/api/accounts?q=a&organization=1&limit=5&cursor=b", "", ""}, {"PUT", "/api/accounts/1", `"1"`, `{"disabled":true}`},
		{"POST", "/api/accounts", "", `{"name":"abc","display_name":"x","grants":[{"role":"analyst","organization":null}]}`},
		{"POST", "/api/accounts/1/grants", "", `{"role":"analyst","organization":1,"valid_to":"2027-01-01"}`},
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

// FuzzCredentials: whatever stands in the headers that say who asks, it makes nobody known who is not, and the server does
// not fail over it.
func FuzzCredentials(f *testing.F) {
	for _, s := range []struct{ cookie, authorization, csrf string }{
		{"jingwei_session=0123456789abcdefghjkmnpqrstvwxyz0123456789abcdefghjg", "", "x"}, {"jingwei_session=", "", ""}, {"jingwei_session=a; jingwei_session=b", "", ""},
		{`jingwei_session="quoted"`, "", ""}, {"", "Bearer jw_0123456789abcdefghjkmnpqrstvwxyz0123456789abcdefghjg", ""}, {"", "Bearer jw_", ""}, {"", "Bearer", ""}, {"", "Basic YTpi", ""},
		{"jingwei_session=\x00;\xff", "bearer \t jw_\xff", "\x00"}, {"=;,", "Bearer " + token[:5], ""},
	} {
		f.Add(s.cookie, s.authorization, s.csrf)
	}
	b := newBench(f, nil)
	f.Fuzz(func(t *testing.T, cookie, authorization, csrf string) {
		for _, r := range []struct{ method, path string }{{"GET", "/api/session"}, {"DELETE", "/api/session"}, {"GET", "/api/accounts"}, {"POST", "/api/tokens"}} {
			q := httptest.NewRequest(r.method, r.path, nil)
			q.Header["Cookie"], q.Header["X-Csrf-Token"] = []string{cookie}, []string{csrf}
			if authorization != "" {
				q.Header["Authorization"] = []string{authorization}
			}
			w := httptest.NewRecorder()
			b.Handler().ServeHTTP(w, q)
			b.validate(t, q, w)
			if w.Code != http.StatusUnauthorized && !strings.Contains(authorization, token) {
				t.Errorf("%s %s with %q and %q: %d %s", r.method, r.path, cookie, authorization, w.Code, w.Body)
			}
		}
	})
}
