package main

import (
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

func loopOf(t *testing.T, handler http.HandlerFunc, o options) *loop {
	t.Helper()
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	o.base, o.list = server.URL, filepath.Join(t.TempDir(), "list")
	if err := os.WriteFile(o.list, []byte("/a\n/b\n/c\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if o.passes == 0 {
		o.passes = 1
	}
	o.coding, o.timeout = "identity", 10*time.Second
	l, err := newLoop(o)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func TestClosedLoop(t *testing.T) {
	var asked atomic.Int64
	l := loopOf(t, func(w http.ResponseWriter, r *http.Request) {
		asked.Add(1)
		if r.URL.Path == "/b" {
			w.WriteHeader(http.StatusNotFound)
		}
		_, _ = w.Write([]byte(strings.Repeat("x", 5000)))
	}, options{connections: 2, passes: 4})
	report := l.run(t.Context())
	if asked.Load() != 12 || report.Requests != 12 || report.Failed != 0 || report.Bytes != 60_000 {
		t.Errorf("%d were asked for; %+v", asked.Load(), report)
	}
	if report.Statuses[200] != 8 || report.Statuses[404] != 4 {
		t.Errorf("statuses: %v", report.Statuses)
	}
}

func TestRevalidation(t *testing.T) {
	l := loopOf(t, func(w http.ResponseWriter, r *http.Request) {
		tag := `"` + r.URL.Path + `"`
		w.Header().Set("ETag", tag)
		if r.Header.Get("If-None-Match") == tag {
			w.WriteHeader(http.StatusNotModified)
		}
	}, options{connections: 1, revalidate: true})
	if err := l.warm(t.Context()); err != nil {
		t.Fatal(err)
	}
	if report := l.run(t.Context()); report.Statuses[304] != 3 {
		t.Errorf("statuses: %v", report.Statuses)
	}
}

// A server that stands still for a while makes those wait whose requests were due meanwhile: that is counted, although the one
// connection could not send them.
func TestOpenLoopCountsFromTheDueTime(t *testing.T) {
	var asked atomic.Int64
	l := loopOf(t, func(http.ResponseWriter, *http.Request) {
		if asked.Add(1) == 1 {
			time.Sleep(300 * time.Millisecond)
		}
	}, options{connections: 1, rate: 100, seconds: 0.2})
	report := l.run(t.Context())
	if report.Requests != 20 {
		t.Fatalf("%d requests in 0.2 seconds at 100 per second", report.Requests)
	}
	if report.P50 < 150 {
		t.Errorf("half of the requests took less than %g ms, although all were due while the server stood still", report.P50)
	}
}

func TestFailuresAreCounted(t *testing.T) {
	l := loopOf(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/c" {
			panic(http.ErrAbortHandler)
		}
	}, options{connections: 1})
	if report := l.run(t.Context()); report.Requests != 3 || report.Failed != 1 || report.Statuses[200] != 2 {
		t.Errorf("%+v", report)
	}
}
