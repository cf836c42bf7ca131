package api_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"jingwei/api"
	"jingwei/geo"
)

// limited is a server with small limits and a clock that the test moves.
func limited(t *testing.T, rates api.Rates) *offices {
	t.Helper()
	return newOffices(t, func(c *api.Config) { c.Rates = rates })
}

// sequence asks for the same thing over and over and returns how many answers came before the first refusal.
func sequence(t *testing.T, most int, ask func() *httptest.ResponseRecorder) int {
	t.Helper()
	for i := range most {
		if a := ask(); a.Code == http.StatusTooManyRequests {
			wantStatus(t, "refusal", a, http.StatusTooManyRequests, "too-many")
			if after := a.Header().Get("Retry-After"); after == "" || after == "0" || a.Header().Get("Cache-Control") != "no-store" {
				t.Errorf("refused with %v", a.Header())
			}
			return i
		}
	}
	return most
}

// TestLimitsComeFirst: a client that asks too often is refused before the database is asked who it is, and not noted in
// the log each time. Its reads and its writes count apart.
func TestLimitsComeFirst(t *testing.T) {
	o := limited(t, api.Rates{Reads: 1})
	one, other := o.browser(), o.browser()
	one.client, other.client = "2001:db8:1:1::1", "2001:db8:1:2::1"
	unknown := []string{"Authorization", "Bearer " + string(geo.NewTokenSecret())}
	read := func() *httptest.ResponseRecorder { return one.do(t, "GET", "/api/session", nil, unknown...) }
	write := func() *httptest.ResponseRecorder { return one.do(t, "DELETE", "/api/session", nil, unknown...) }
	if n := sequence(t, 9, read); n != 5 {
		t.Errorf("%d reads, want 5", n)
	}
	one.client = "2001:db8:1:1:ffff::1" // of the same network
	if n := sequence(t, 9, write); n != 5 {
		t.Errorf("%d writes, want 5", n)
	}
	for _, url := range []string{"/api/organizations", "/tiles/organizations/5/26/13", "/openapi.yaml", "/events", "/api/nothing"} {
		if a := one.get(t, url); a.Code != http.StatusTooManyRequests {
			t.Errorf("GET %s: %d", url, a.Code)
		}
	}
	for _, url := range []string{"/healthz", "/readyz", "/"} {
		if a := one.get(t, url); a.Code != http.StatusOK {
			t.Errorf("GET %s: %d", url, a.Code)
		}
	}
	if a := other.get(t, "/api/organizations"); a.Code != http.StatusOK {
		t.Errorf("another client: %d", a.Code)
	}
	metrics := o.ask(t, "GET", "/metrics", bearer(), "").Body.String()
	if !strings.Contains(metrics, `jingwei_http_requests_limited_total{limit="client"} 7`) {
		t.Errorf("metrics:\n%s", metrics)
	}
	if strings.Contains(o.log.String(), `"status":429`) {
		t.Error("refusals fill the log")
	}
}

// TestRatesOfAccounts: an account is limited from wherever it is used, in sessions and by tokens together, and a known
// account is not held back by what others write from its address.
func TestRatesOfAccounts(t *testing.T) {
	o := limited(t, api.Rates{Reads: 3, Searches: 1, Writes: 1})
	o.open(t, "somebody", o.village)
	o.open(t, "colleague", o.village)
	w := o.signIn(t, "somebody")
	token := decode[struct{ Token geo.Secret }](t, w.post(t, "/api/tokens", map[string]any{"name": "t"})).Token // the first write
	byToken := []string{"Authorization", "Bearer " + string(token)}
	profile := func(w *browser, header ...string) func() *httptest.ResponseRecorder {
		return func() *httptest.ResponseRecorder {
			return w.do(t, "PUT", "/api/session/profile", map[string]any{"display_name": "x"}, header...)
		}
	}
	if n := sequence(t, 9, profile(w)); n != 4 {
		t.Errorf("%d writes, want 4", n)
	}
	if a := profile(o.browser(), byToken...)(); a.Code != http.StatusTooManyRequests {
		t.Errorf("a token of the account: %d", a.Code)
	}
	colleague := o.signIn(t, "colleague")
	colleague.client = w.client
	if n := sequence(t, 9, profile(colleague)); n != 5 {
		t.Errorf("a colleague at the same address: %d writes, want 5", n)
	}
	if n := sequence(t, 9, func() *httptest.ResponseRecorder {
		return o.browser().do(t, "POST", "/api/organizations", map[string]any{}, "Authorization", bearer()["Authorization"])
	}); n != 9 {
		t.Errorf("the operator: %d writes, want 9", n)
	}
	o.now = o.now.Add(time.Minute)
	everywhere := func(url string) func() *httptest.ResponseRecorder {
		return func() *httptest.ResponseRecorder { return o.browser().do(t, "GET", url, nil, byToken...) }
	}
	if n := sequence(t, 20, everywhere("/api/divisions?q=a")); n != 5 {
		t.Errorf("%d searches of an account from many addresses, want 5", n)
	}
	o.now = o.now.Add(time.Minute)
	if n := sequence(t, 20, everywhere("/api/session")); n != 15 {
		t.Errorf("%d reads of an account from many addresses, want 15", n)
	}
}
