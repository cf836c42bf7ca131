package api_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"jingwei/api"
	"jingwei/geo"
)

// hung is an origin that answers when released.
func hung(t *testing.T) (url string, release func(), asked func() int) {
	t.Helper()
	var mu sync.Mutex
	n, gate := 0, make(chan struct{})
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		n++
		mu.Unlock()
		select {
		case <-gate:
		case <-r.Context().Done():
		}
		w.Header().Set("Content-Type", "image/png")
		_, _ = w.Write([]byte("picture"))
	}))
	release = sync.OnceFunc(func() { close(gate) })
	t.Cleanup(func() { release(); server.Close() })
	return server.URL, release, func() int { mu.Lock(); defer mu.Unlock(); return n }
}

// TestHungBaseMap: those who wait for a base map are few and keep nobody else out.
func TestHungBaseMap(t *testing.T) {
	url, release, asked := hung(t)
	maps := readBaseMaps(t, vec(url))
	b := newBench(t, func(c *api.Config) { c.BaseMaps, c.MaxRequests = maps, 1 })
	const requests = 80
	codes := make(chan int, requests)
	for range requests {
		go func() {
			w := httptest.NewRecorder()
			b.Handler().ServeHTTP(w, httptest.NewRequest("GET", "/basemaps/vec/3/1/1", nil))
			codes <- w.Code
		}()
	}
	for range requests - 64 { // refused at once, before the origin answers
		if code := <-codes; code != http.StatusServiceUnavailable {
			t.Fatalf("answer %d while the origin hangs", code)
		}
	}
	w := b.ask(t, "GET", "/basemaps/vec/3/2/2", nil, "")
	if w.Code != http.StatusServiceUnavailable || w.Header().Get("Retry-After") == "" {
		t.Errorf("one more: %d %v", w.Code, w.Header())
	}
	if w := b.ask(t, "GET", "/api/organizations", nil, ""); w.Code != http.StatusOK {
		t.Errorf("the API while a base map hangs: %d %s", w.Code, w.Body)
	}
	release()
	for range 64 {
		if code := <-codes; code != http.StatusOK {
			t.Errorf("answer %d after the origin came back", code)
		}
	}
	if n := asked(); n != 1 {
		t.Errorf("the origin was asked %d times for one tile", n)
	}
}

func TestBaseMapZooms(t *testing.T) {
	server, asked := origin(t, func(w http.ResponseWriter, _ *http.Request) { w.Header().Set("Content-Type", "image/png") })
	b := newBench(t, withBaseMaps(readBaseMaps(t, strings.Replace(vec(server.URL), `"maxzoom":18`, `"minzoom":3,"maxzoom":5`, 1))))
	for z, status := range map[string]int{"2": 404, "3": 200, "5": 200, "6": 404} {
		if w := b.ask(t, "GET", "/basemaps/vec/"+z+"/0/0", nil, ""); w.Code != status {
			t.Errorf("zoom %s: %d %s", z, w.Code, w.Body)
		}
	}
	if len(*asked) != 2 {
		t.Errorf("the origin was asked %d times", len(*asked))
	}
}

// TestWaitersKeepNobodyOut: requests that wait for a position leave the places of those being answered.
func TestWaitersKeepNobodyOut(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, func(c *api.Config) { c.MaxRequests = 1 })
		later := geo.FeedPosition{Epoch: "test", Snapshot: geo.Snapshot{Xmin: 950, Xmax: 950}}
		const url = "/tiles/organizations/0/0/0?after="
		codes := make(chan int, 64)
		for range 64 {
			go func() {
				w := httptest.NewRecorder()
				b.Handler().ServeHTTP(w, httptest.NewRequest("GET", url+later.String(), nil))
				codes <- w.Code
			}()
			synctest.Wait()
		}
		begun := time.Now()
		if w := b.ask(t, "GET", url+later.String(), nil, ""); w.Code != http.StatusServiceUnavailable || w.Header().Get("Retry-After") == "" || time.Since(begun) > 0 {
			t.Errorf("one more after %s: %d %s", time.Since(begun), w.Code, w.Body)
		}
		for _, u := range []string{"/api/organizations", url + start().String()} {
			if w := b.ask(t, "GET", u, nil, ""); w.Code != http.StatusOK {
				t.Errorf("GET %s while others wait: %d %s", u, w.Code, w.Body)
			}
		}
		for range 64 {
			if code := <-codes; code != http.StatusServiceUnavailable {
				t.Errorf("a position that did not come: %d", code)
			}
		}
	})
}

func TestAfterFarAhead(t *testing.T) {
	b := newBench(t, nil)
	for _, url := range []string{"/api/organizations?after=", "/tiles/organizations/0/0/0?after="} {
		for _, at := range []string{"test.1000901:1000901:", "test.1:18446744073709551615:"} {
			w := b.ask(t, "GET", url+at, nil, "")
			if w.Code != http.StatusBadRequest || decode[problem](t, w).Field != "after" {
				t.Errorf("GET %s%s: %d %s", url, at, w.Code, w.Body)
			}
		}
	}
}
