package main_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"jingwei/geo"
	"jingwei/geo/live"
	"jingwei/tiles/mvt"
)

// What everybody sees of an edit within a second, on whatever else the server works.
const (
	seenWithin = time.Second
	writePause = 150 * time.Millisecond
	lookPause  = 20 * time.Millisecond
)

// editor creates, moves and retires an organization over and over, and measures how long after the answer to each write
// the list and the tiles show it. It stands in the mid-Pacific: what tiles show there is its own.
type editor struct {
	*program
	division string
	mu       sync.Mutex
	phase    string
	spans    map[string][]time.Duration // by phase and place
	faults   []string
}

// editing runs an editor until stop is called, which waits for the last edit.
func editing(t *testing.T, p *program, division string) (e *editor, stop func()) {
	e = &editor{program: p, division: division, spans: map[string][]time.Duration{}}
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() {
		defer close(done)
		for n := 0; ctx.Err() == nil; n++ {
			if err := e.cycle(fmt.Sprintf("编辑%d", n)); err != nil {
				e.fault(err)
			}
		}
	}()
	return e, func() { cancel(); <-done }
}

// enter names what the server does meanwhile.
func (e *editor) enter(phase string) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.phase = phase
}

// edited tells when the phase has seen fewer writes than n.
func (e *editor) edited(n int) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	if got := len(e.spans[e.phase+", write"]); got < n {
		return fmt.Errorf("%d writes, %v", got, e.faults)
	}
	return nil
}

func (e *editor) add(phase, place string, d time.Duration) {
	e.mu.Lock()
	defer e.mu.Unlock()
	key := phase + ", " + place
	e.spans[key] = append(e.spans[key], d)
}

func (e *editor) fault(err error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.faults = append(e.faults, e.phase+": "+err.Error())
}

func (e *editor) cycle(name string) error {
	here, there := geo.Position{Lon: -1500000000, Lat: 100000000}, geo.Position{Lon: -1000000000, Lat: -200000000}
	created, err := e.write(http.MethodPost, "/api/organizations", e.body(name, -150, 10), "", map[geo.Position]int{here: 1})
	if err != nil {
		return err
	}
	path := created.header.Get("Location")
	path = path[strings.Index(path, "/api/"):]
	moved, err := e.write(http.MethodPut, path, e.body(name, -100, -20), created.header.Get("ETag"), map[geo.Position]int{here: 0, there: 1})
	if err != nil {
		return err
	}
	_, err = e.write(http.MethodDelete, path, nil, moved.header.Get("ETag"), map[geo.Position]int{there: 0})
	return err
}

func (e *editor) body(name string, lon, lat float64) map[string]any {
	body := organizationBody(name, lon, lat)
	body["division"] = e.division
	return body
}

// write sends an edit and waits until every place shows at each position as many organizations as are wanted.
func (e *editor) write(method, path string, body any, match string, want map[geo.Position]int) (answer, error) {
	e.mu.Lock()
	phase := e.phase
	e.mu.Unlock()
	began := time.Now()
	a, err := e.request(method, path, body, match)
	if err != nil || a.status >= 300 {
		return a, fmt.Errorf("%s %s: %d %s, %v", method, path, a.status, a.body, err)
	}
	committed := time.Now()
	e.add(phase, "write", committed.Sub(began))
	var looks sync.WaitGroup
	for at, n := range want {
		for place, look := range e.places(at) {
			looks.Go(func() {
				if err := lookUntil(look, n); err != nil {
					e.fault(fmt.Errorf("%s: %w", place, err))
				}
				e.add(phase, place, time.Since(committed))
			})
		}
	}
	looks.Wait()
	if pause := writePause - time.Since(began); pause > 0 {
		time.Sleep(pause)
	}
	return a, nil
}

// places are ways to count the organizations at a position.
func (e *editor) places(at geo.Position) map[string]func() (int, error) {
	lon, lat := at.Degrees()
	places := map[string]func() (int, error){"list": func() (int, error) {
		a, err := e.request(http.MethodGet, fmt.Sprintf("/api/organizations?bbox=%g,%g,%g,%g", lon-0.01, lat-0.01, lon+0.01, lat+0.01), nil, "")
		var list struct{ NumberMatched int }
		if err == nil {
			err = json.Unmarshal(a.body, &list)
		}
		return list.NumberMatched, err
	}}
	for _, z := range []uint32{0, 9, 14} {
		tile := live.TileAt(at, z)
		places[fmt.Sprintf("tile z%d", z)] = func() (int, error) {
			a, err := e.request(http.MethodGet, fmt.Sprintf("/tiles/organizations/%d/%d/%d", z, tile.X, tile.Y), nil, "")
			if err != nil {
				return 0, err
			}
			return countNear(a.body, at, tile)
		}
	}
	return places
}

func countNear(body []byte, at geo.Position, tile live.Tile) (n int, err error) {
	decoded, err := mvt.Decode(body)
	if err != nil {
		return 0, err
	}
	for _, l := range decoded.Layers {
		for _, f := range l.Features {
			if near(f, at, tile) {
				n++
			}
		}
	}
	return n, nil
}

// lookUntil looks until there are n; it gives up after a time that no test would accept.
func lookUntil(look func() (int, error), n int) error {
	deadline := time.Now().Add(time.Minute)
	for {
		got, err := look()
		if err == nil && got == n {
			return nil
		}
		if time.Now().After(deadline) {
			return fmt.Errorf("after a minute still %d, want %d, %v", got, n, err)
		}
		time.Sleep(lookPause)
	}
}

// request is do for goroutines, which cannot end the test.
func (e *editor) request(method, path string, body any, match string) (answer, error) {
	var r io.Reader
	if body != nil {
		text, err := json.Marshal(body)
		if err != nil {
			return answer{}, err
		}
		r = strings.NewReader(string(text))
	}
	req, err := http.NewRequest(method, e.url+path, r)
	if err != nil {
		return answer{}, err
	}
	if method != http.MethodGet {
		req.Header.Set("Content-Type", "application/json")
		req.Header.Set("Authorization", "Bearer "+e.tokenText())
	}
	if match != "" {
		req.Header.Set("If-Match", match)
	}
	client := http.Client{Timeout: time.Minute}
	res, err := client.Do(req)
	if err != nil {
		return answer{}, err
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	return answer{res.StatusCode, res.Header, text}, err
}

// report logs the distributions; an edit that was not seen in time fails the test.
func (e *editor) report(t *testing.T) {
	t.Helper()
	e.mu.Lock()
	defer e.mu.Unlock()
	for _, fault := range e.faults {
		t.Error(fault)
	}
	var keys []string
	for key := range e.spans {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	for _, key := range keys {
		spans := e.spans[key]
		slices.Sort(spans)
		ms := func(d time.Duration) int64 { return d.Milliseconds() }
		worst := spans[len(spans)-1]
		t.Logf("%-50s %5d times: median %d ms, 99 of 100 within %d ms, worst %d ms", key, len(spans), ms(spans[len(spans)/2]),
			ms(spans[len(spans)*99/100]), ms(worst))
		if worst > seenWithin && !strings.HasSuffix(key, "write") {
			t.Errorf("%s: an edit was seen after %v, want %v", key, worst, seenWithin)
		}
	}
}

// load is what the machine was busy with, for the log.
func load() string {
	text, _ := os.ReadFile("/proc/loadavg") // no such file is nothing to tell
	return strings.TrimSpace(string(text))
}

// peak returns the most memory in MiB that a process ever had.
func peak(pid int) (mib int) {
	text, _ := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	_, rest, _ := strings.Cut(string(text), "VmHWM:")
	_, _ = fmt.Sscan(rest, &mib)
	return mib / 1024
}
