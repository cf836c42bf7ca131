package api_test

import (
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"jingwei/api"
)

// TestRates: what one client sends too much of is refused with a time to wait, to others it makes no difference, and later it
// goes on. A client is who the trusted proxy says it is; the machine itself has no bound.
func TestRates(t *testing.T) {
	now := clock()
	_, proxy, _ := net.ParseCIDR("10.0.0.0/8")
	b := newBench(t, func(c *api.Config) {
		c.Rates = api.Rates{Reads: 2, Searches: 1, Writes: 1}
		c.TrustedProxies, c.Now = []*net.IPNet{proxy}, func() time.Time { return now }
	})
	ask := func(method, url, peer, forwarded string) int {
		r := httptest.NewRequest(method, url, nil)
		r.RemoteAddr = peer + ":9"
		if forwarded != "" {
			r.Header.Set("X-Forwarded-For", forwarded)
		}
		w := httptest.NewRecorder()
		b.Handler().ServeHTTP(w, r)
		b.validate(t, r, w)
		if (w.Code == http.StatusTooManyRequests) != (w.Header().Get("Retry-After") != "") {
			t.Errorf("%s %s: %d with Retry-After %q", method, url, w.Code, w.Header().Get("Retry-After"))
		}
		return w.Code
	}
	answered := func(most int, method, url, peer, forwarded string) int {
		for n := range most {
			if ask(method, url, peer, forwarded) == http.StatusTooManyRequests {
				return n
			}
		}
		return most
	}
	const tile = "/tiles/organizations/0/0/0"
	for _, test := range []struct {
		name                         string
		method, url, peer, forwarded string
		want                         int
	}{
		{"reads", "GET", tile, "10.0.0.1", "192.0.2.1", 10},
		{"another client's reads", "GET", tile, "10.0.0.1", "192.0.2.2", 10},
		{"a client that names another", "GET", tile, "192.0.2.9", "192.0.2.3", 10},
		{"the same, naming a third", "GET", tile, "192.0.2.9", "192.0.2.4", 0},
		{"searches", "GET", "/search?q=a", "10.0.0.1", "192.0.2.5", 5},
		{"writes of nobody", "POST", "/api/organizations", "10.0.0.1", "192.0.2.6", 5},
		{"reads beside them", "GET", tile, "10.0.0.1", "192.0.2.6", 10},
		{"health", "GET", "/healthz", "10.0.0.1", "192.0.2.1", 30},
		{"the page", "GET", "/", "10.0.0.1", "192.0.2.1", 30},
		{"the machine itself", "GET", tile, "127.0.0.1", "", 30},
		{"a proxy on it that is not believed", "GET", tile, "127.0.0.1", "192.0.2.1", 30},
	} {
		if got := answered(30, test.method, test.url, test.peer, test.forwarded); got != test.want {
			t.Errorf("%s: %d answered, want %d", test.name, got, test.want)
		}
	}
	now = now.Add(time.Second)
	if got := answered(30, "GET", tile, "10.0.0.1", "192.0.2.1"); got != 2 {
		t.Errorf("a second later: %d", got)
	}
}

// TestHTTPSIsRemembered: who was here by https does not come back without.
func TestHTTPSIsRemembered(t *testing.T) {
	b := newBench(t, func(c *api.Config) { c.PublicURL = "https://map.example" })
	if h := b.ask(t, "GET", "/", nil, "").Header(); h.Get("Strict-Transport-Security") == "" {
		t.Errorf("%v", h)
	}
}

// TestSignInBodiesAreShort: nobody must be signed in to send them.
func TestSignInBodiesAreShort(t *testing.T) {
	b := newBench(t, nil)
	body := `{"name":"` + strings.Repeat("a", 20_000) + `","password":"x"}`
	for _, url := range []string{"/api/session", "/api/links/redeem"} {
		if w := b.ask(t, "POST", url, nil, body); w.Code != http.StatusRequestEntityTooLarge {
			t.Errorf("POST %s: %d %s", url, w.Code, w.Body)
		}
	}
}
