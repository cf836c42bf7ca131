package api_test

import (
	"bufio"
	"context"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"jingwei/api"
	"jingwei/geo"
	"jingwei/geo/live"
)

func position(n uint64) geo.FeedPosition {
	return geo.FeedPosition{Epoch: "test", Snapshot: geo.Snapshot{Xmin: n, Xmax: n}}
}

// hangzhou is the tile of zoom 14 that holds 120.1, 30.2; sydney is far away.
func hangzhou() live.Tile { return live.Tile{Z: 14, X: 13657, Y: 6758} }
func sydney() live.Tile   { return live.Tile{Z: 14, X: 15072, Y: 9831} }

func change(n uint64, ids []geo.ID, tiles ...live.Tile) api.Change {
	return api.Change{Layer: "organizations", IDs: ids, Tiles: tiles, Position: position(n)}
}

// stream is a client of /events inside a synctest bubble: a writer that collects what is written.
type stream struct {
	header http.Header
	mu     sync.Mutex // guards text
	text   strings.Builder
	stuck  chan struct{} // when set, Write waits for it
	cancel context.CancelFunc
	done   chan struct{}
}

func (s *stream) Header() http.Header { return s.header }
func (s *stream) WriteHeader(int)     {}
func (s *stream) Flush()              {}
func (s *stream) Write(b []byte) (int, error) {
	if s.stuck != nil {
		<-s.stuck
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.text.Write(b)
}

func (b *bench) connect(t *testing.T, url string, stuck chan struct{}) *stream {
	ctx, cancel := context.WithCancel(t.Context())
	s := &stream{header: http.Header{}, stuck: stuck, cancel: cancel, done: make(chan struct{})}
	go func() {
		defer close(s.done)
		b.Handler().ServeHTTP(s, httptest.NewRequestWithContext(ctx, "GET", url, nil))
	}()
	synctest.Wait()
	return s
}

func (s *stream) received() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.text.String()
}

// events returns the data lines received so far.
func (s *stream) events() []string {
	var events []string
	for line := range strings.Lines(s.received()) {
		if data, ok := strings.CutPrefix(line, "data: "); ok {
			events = append(events, strings.TrimSpace(data))
		}
	}
	return events
}

func (s *stream) end() {
	s.cancel()
	<-s.done
}

func TestEventsAreCoalesced(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, nil)
		s := b.connect(t, "/events", nil)
		b.Publish(change(1, []geo.ID{5}, hangzhou()))
		time.Sleep(100 * time.Millisecond)
		b.Publish(change(2, []geo.ID{4, 5}, sydney(), hangzhou()))
		synctest.Wait()
		if got := s.events(); len(got) > 0 {
			t.Errorf("sent before 200 ms: %q", got)
		}
		time.Sleep(100 * time.Millisecond)
		synctest.Wait()
		want := []string{`{"layer":"organizations","position":"test.2:2:","ids":[4,5],"tiles":["14/13657/6758","14/15072/9831"]}`}
		if diff := cmp.Diff(want, s.events()); diff != "" {
			t.Errorf("events (-want +got):\n%s", diff)
		}
		if text := s.received(); !strings.Contains(text, "id: test.2:2:\nevent: change\n") || s.header.Get("Content-Type") != "text/event-stream" {
			t.Errorf("stream %q, %v", text, s.header)
		}
		time.Sleep(15 * time.Second)
		synctest.Wait()
		if !strings.HasSuffix(s.received(), "\n:\n\n") {
			t.Errorf("no heartbeat: %q", s.received())
		}
		s.end()
	})
}

func TestEventsOfAnArea(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, nil)
		near := b.connect(t, "/events?layers=organizations&bbox=120,30,120.5,30.5", nil)
		across := b.connect(t, "/events?bbox=150,-40,-170,0", nil)
		other := b.connect(t, "/events?layers=divisions", nil)
		b.Publish(change(1, nil)) // nothing that the public edition shows
		b.Publish(change(2, []geo.ID{1}, hangzhou(), sydney()))
		time.Sleep(time.Second)
		b.Publish(api.Change{Layer: "organizations", Reload: true, Position: position(3)})
		time.Sleep(time.Second)
		synctest.Wait()
		reload := `{"layer":"organizations","position":"test.3:3:","reload":true}`
		for name, c := range map[string]struct {
			s    *stream
			want []string
		}{
			"near":   {near, []string{`{"layer":"organizations","position":"test.2:2:","ids":[1],"tiles":["14/13657/6758"]}`, reload}},
			"across": {across, []string{`{"layer":"organizations","position":"test.2:2:","ids":[1],"tiles":["14/15072/9831"]}`, reload}},
			"other":  {other, nil},
		} {
			if diff := cmp.Diff(c.want, c.s.events()); diff != "" {
				t.Errorf("%s (-want +got):\n%s", name, diff)
			}
			c.s.end()
		}
	})
}

func TestManyChangesAreAReload(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, nil)
		s := b.connect(t, "/events", nil)
		for i := range uint64(300) {
			b.Publish(change(i+1, []geo.ID{geo.ID(i + 1)}, live.Tile{Z: 14, X: uint32(i), Y: 1}))
		}
		time.Sleep(time.Second)
		synctest.Wait()
		if diff := cmp.Diff([]string{`{"layer":"organizations","position":"test.300:300:","reload":true}`}, s.events()); diff != "" {
			t.Errorf("events (-want +got):\n%s", diff)
		}
		s.end()
	})
}

func TestSlowReaderIsDropped(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, nil)
		stuck := make(chan struct{})
		slow, quick := b.connect(t, "/events", stuck), b.connect(t, "/events", nil)
		for i := range uint64(30) {
			b.Publish(change(i+1, []geo.ID{1}, hangzhou()))
			time.Sleep(300 * time.Millisecond)
		}
		synctest.Wait()
		if n := len(quick.events()); n != 30 {
			t.Errorf("the quick reader got %d of 30 events", n)
		}
		if m := b.ask(t, "GET", "/metrics", bearer(), "").Body.String(); !strings.Contains(m, "jingwei_event_clients 1\n") || !strings.Contains(m, "jingwei_event_clients_dropped_total 1\n") {
			t.Errorf("metrics:\n%s", m)
		}
		close(stuck)
		<-slow.done // it ends by itself, so that the browser connects anew
		quick.end()
	})
}

func TestCloseEndsStreams(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, nil)
		s := b.connect(t, "/events", nil)
		b.Close()
		<-s.done
		b.Publish(change(1, []geo.ID{1}, hangzhou()))
		if w := b.ask(t, "GET", "/events", nil, ""); w.Code != http.StatusServiceUnavailable {
			t.Errorf("after Close: %d", w.Code)
		}
	})
}

// TestEventsOverTCP reads a real stream past the server's limits for reading and writing a request, and lets Shutdown
// end it.
func TestEventsOverTCP(t *testing.T) {
	b := newBench(t, nil)
	server := b.HTTPServer("")
	server.ReadTimeout, server.WriteTimeout = 50*time.Millisecond, 50*time.Millisecond
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	served := make(chan error, 1)
	go func() { served <- server.Serve(listener) }()
	response, err := http.Get("http://" + listener.Addr().String() + "/events")
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	lines := bufio.NewReader(response.Body)
	for i := range uint64(2) { // 200 ms each, beyond the limits
		b.Publish(change(i+1, []geo.ID{1}, hangzhou()))
		for {
			line, err := lines.ReadString('\n')
			if err != nil {
				t.Fatalf("the stream ended: %v", err)
			}
			if strings.HasPrefix(line, "data: ") {
				break
			}
		}
	}
	if err := server.Shutdown(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, err := io.ReadAll(lines); err != nil {
		t.Errorf("the stream did not end well: %v", err)
	}
	if err := <-served; err != http.ErrServerClosed {
		t.Error(err)
	}
}

// deadlined is a stream whose client takes in the first write and nothing after it.
type deadlined struct {
	stream
	until  time.Time
	writes int
}

func (d *deadlined) SetWriteDeadline(at time.Time) error {
	d.until = at
	return nil
}

func (d *deadlined) Write(b []byte) (int, error) {
	if d.writes++; d.writes == 1 {
		return d.stream.Write(b)
	}
	time.Sleep(time.Until(d.until))
	return 0, os.ErrDeadlineExceeded
}

// TestStoppedReaderIsDropped: one who reads nothing is dropped and counted also where changes are too few to fill the queue.
func TestStoppedReaderIsDropped(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, nil)
		d, done := &deadlined{stream: stream{header: http.Header{}}}, make(chan struct{})
		go func() {
			defer close(done)
			b.Handler().ServeHTTP(d, httptest.NewRequest("GET", "/events", nil))
		}()
		synctest.Wait()
		b.Publish(change(1, []geo.ID{1}, hangzhou()))
		time.Sleep(11 * time.Second)
		<-done
		if m := b.ask(t, "GET", "/metrics", bearer(), "").Body.String(); !strings.Contains(m, "jingwei_event_clients 0\n") || !strings.Contains(m, "jingwei_event_clients_dropped_total 1\n") {
			t.Errorf("the client that stopped is not dropped: %s", m)
		}
	})
}
