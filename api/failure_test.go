package api_test

import (
	"bufio"
	"context"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"

	"jingwei/api"
	"jingwei/geo"
	"jingwei/geo/live"
)

func TestFailureShowsNothing(t *testing.T) {
	urls := []string{"/api/organizations/1", "/api/divisions/330000000000", "/api/divisions", "/search?q=a", "/tiles/divisions/0/0/0", "/api/divisions/330102000000/shape", "/styles/light.json"}
	for _, url := range urls {
		b := newBench(t, nil)
		b.store.down = errSecret
		w := b.ask(t, "GET", url, nil, "")
		if w.Code != http.StatusInternalServerError || strings.Contains(w.Body.String(), "db.internal") {
			t.Errorf("GET %s: %d %s", url, w.Code, w.Body)
		}
		if n := strings.Count(b.log.String(), "db.internal"); n != 1 {
			t.Errorf("GET %s: the failure is logged %d times:\n%s", url, n, b.log)
		}
		if w.Header().Get("ETag") != "" || w.Header().Get("Cache-Control") != "no-store" {
			t.Errorf("GET %s: a failure that may be kept: %v", url, w.Header())
		}
	}
}

func TestSlowStoreIsUnavailable(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, nil)
		b.store.stalls = true
		for _, url := range []string{"/api/organizations/1", "/tiles/divisions/0/0/0"} {
			w := b.ask(t, "GET", url, nil, "")
			if w.Code != http.StatusServiceUnavailable || w.Header().Get("Retry-After") == "" {
				t.Errorf("GET %s: %d %s", url, w.Code, w.Body)
			}
		}
	})
}

func TestClientGoneIsNoError(t *testing.T) {
	b := newBench(t, nil)
	b.store.stalls = true
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	w := httptest.NewRecorder()
	b.Handler().ServeHTTP(w, httptest.NewRequestWithContext(ctx, "GET", "/api/organizations/1", nil))
	if b.log.Len() > 0 || w.Body.Len() > 0 {
		t.Errorf("log %q, answer %q", b.log, w.Body)
	}
	if m := b.ask(t, "GET", "/metrics", bearer(), "").Body.String(); !strings.Contains(m, `jingwei_http_requests_total{method="GET",route="/api/organizations/:id",status="499"} 1`) {
		t.Errorf("metrics:\n%s", m)
	}
}

// TestTruncatedBody: a client that announces more than it sends is told so, and never that all is well.
func TestTruncatedBody(t *testing.T) {
	b := newBench(t, nil)
	server := httptest.NewServer(b.Handler())
	defer server.Close()
	conn, err := net.Dial("tcp", server.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	fmt.Fprintf(conn, "POST /api/organizations HTTP/1.1\r\nHost: x\r\nAuthorization: %s\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n{\"a", bearer()["Authorization"])
	if err := conn.(*net.TCPConn).CloseWrite(); err != nil {
		t.Fatal(err)
	}
	response, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusBadRequest {
		t.Errorf("status %s, want 400", response.Status)
	}
}

// panicking is a store that panics.
type panicking struct{ *memory }

func (panicking) PlaceHits(context.Context, []geo.SearchHit, geo.Day) error {
	panic("secret of the inside")
}

func TestPanicIsAnswered(t *testing.T) {
	b := newBench(t, func(c *api.Config) { c.Hits = panicking{} })
	w := b.ask(t, "GET", "/search?q=a", nil, "")
	if w.Code != http.StatusInternalServerError || strings.Contains(w.Body.String(), "secret") {
		t.Errorf("answer %d %s", w.Code, w.Body)
	}
	if !strings.Contains(b.log.String(), "secret of the inside") || !strings.Contains(b.log.String(), "failure_test.go") {
		t.Errorf("the log lacks the panic or its stack: %s", b.log)
	}
}

func TestOverloadIsRefusedAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, func(c *api.Config) { c.MaxRequests = 1 })
		b.store.stalls = true
		done := make(chan struct{})
		go func() {
			defer close(done)
			b.Handler().ServeHTTP(httptest.NewRecorder(), httptest.NewRequest("GET", "/search?q=a", nil))
		}()
		synctest.Wait()
		w := b.ask(t, "GET", "/api/organizations", nil, "")
		if w.Code != http.StatusServiceUnavailable || w.Header().Get("Retry-After") == "" {
			t.Errorf("second request: %d %s", w.Code, w.Body)
		}
		if w = b.ask(t, "GET", "/healthz", nil, ""); w.Code != http.StatusOK {
			t.Errorf("health under load: %d", w.Code)
		}
		<-done
	})
}

func TestLoadingIndex(t *testing.T) {
	b := newBench(t, func(c *api.Config) { c.Points.Public = live.New(geo.OrganizationLayer(), live.Public) })
	for _, url := range []string{"/api/organizations", "/api/divisions", "/tiles/organizations/0/0/0"} {
		if w := b.ask(t, "GET", url, nil, ""); w.Code != http.StatusServiceUnavailable || !strings.Contains(w.Body.String(), "loading") {
			t.Errorf("GET %s: %d %s", url, w.Code, w.Body)
		}
	}
	w := b.ask(t, "GET", "/readyz", nil, "")
	if w.Code != http.StatusServiceUnavailable || !strings.Contains(w.Body.String(), `"index":"loading"`) {
		t.Errorf("readiness: %d %s", w.Code, w.Body)
	}
}

func TestHealthAndReadiness(t *testing.T) {
	b := newBench(t, nil)
	for _, url := range []string{"/healthz", "/readyz"} {
		if w := b.ask(t, "GET", url, nil, ""); w.Code != http.StatusOK || !strings.Contains(w.Body.String(), `"status":"ok"`) {
			t.Errorf("GET %s: %d %s", url, w.Code, w.Body)
		}
	}
	b.store.down = errSecret
	w := b.ask(t, "GET", "/readyz", nil, "")
	if w.Code != http.StatusServiceUnavailable || !strings.Contains(w.Body.String(), `"database":"unreachable"`) || strings.Contains(w.Body.String(), "db.internal") {
		t.Errorf("readiness without the database: %d %s", w.Code, w.Body)
	}
	if w := b.ask(t, "GET", "/healthz", nil, ""); w.Code != http.StatusOK {
		t.Errorf("health without the database: %d", w.Code)
	}
}

func TestConfigIsChecked(t *testing.T) {
	if _, err := api.New(api.Config{}); err == nil || !strings.Contains(err.Error(), "Organizations") {
		t.Errorf("error %v", err)
	}
}
