package api_test

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/fstest"
	"testing/synctest"
	"time"

	"jingwei/api"
)

// listening is a server on a real socket with short times.
type listening struct {
	*http.Server
	address string
	closed  chan struct{} // one value for each connection that was closed
}

// shortly is what stands for the times of a real server, which must all be set.
const shortly = 300 * time.Millisecond

func newListening(t *testing.T) *listening {
	t.Helper()
	b := newBench(t, func(c *api.Config) {
		c.Viewer = fstest.MapFS{"index.html": {Data: []byte("<!doctype html>")}, "assets/long.bin": {Data: make([]byte, 64<<20)}}
	})
	l := &listening{Server: b.HTTPServer(""), closed: make(chan struct{}, 1000)}
	for name, d := range map[string]*time.Duration{
		"ReadHeaderTimeout": &l.ReadHeaderTimeout, "ReadTimeout": &l.ReadTimeout, "WriteTimeout": &l.WriteTimeout, "IdleTimeout": &l.IdleTimeout,
	} {
		if *d <= 0 || *d > 2*time.Minute {
			t.Errorf("%s is %v", name, *d)
		}
		*d = shortly
	}
	l.WriteTimeout = 4 * shortly // as with a real server, there is time to say that a request came too slowly
	count := l.ConnState
	l.ConnState = func(c net.Conn, s http.ConnState) {
		count(c, s)
		if s == http.StateClosed {
			l.closed <- struct{}{}
		}
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	l.address = listener.Addr().String()
	go func() { _ = l.Serve(listener) }()
	t.Cleanup(func() { _ = l.Close() })
	return l
}

// dial opens a connection and sends the beginning of a request.
func (l *listening) dial(t *testing.T, text string) net.Conn {
	t.Helper()
	conn, err := net.Dial("tcp", l.address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	if err := conn.SetDeadline(time.Now().Add(30 * time.Second)); err != nil {
		t.Fatal(err)
	}
	if _, err := io.WriteString(conn, text); err != nil {
		t.Fatal(err)
	}
	return conn
}

// drip sends a byte every few milliseconds until the server has had enough.
func drip(conn net.Conn) {
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for range tick.C {
		if _, err := io.WriteString(conn, "x"); err != nil {
			return
		}
	}
}

// TestSlowClients lose their connections, however they are slow, and meanwhile others are served.
func TestSlowClients(t *testing.T) {
	l := newListening(t)
	const (
		request = "POST /api/session HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
		each    = 50
	)
	var slow []net.Conn
	for range each {
		slow = append(slow, l.dial(t, ""), l.dial(t, "GET / HTTP/1.1\r\nHost: x\r\nX-Slow: "), l.dial(t, request+"Content-Length: 10000\r\n\r\n"),
			l.dial(t, "GET /assets/long.bin HTTP/1.1\r\nHost: x\r\n\r\n"))
	}
	for i, conn := range slow {
		if i%4 == 1 || i%4 == 2 {
			go drip(conn)
		}
	}
	if a, err := http.Get("http://" + l.address + "/healthz"); err != nil || a.StatusCode != http.StatusOK {
		t.Errorf("somebody else: %v %v", a, err)
	} else {
		_ = a.Body.Close()
	}
	patience := time.After(20 * time.Second)
	for i := range len(slow) {
		select {
		case <-l.closed:
		case <-patience:
			t.Fatalf("%d of %d slow connections were closed", i, len(slow))
		}
	}
}

// TestSlowBody is told what was wrong.
func TestSlowBody(t *testing.T) {
	l := newListening(t)
	conn := l.dial(t, "POST /api/session HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 10000\r\n\r\n")
	go drip(conn)
	a, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil || a.StatusCode != http.StatusBadRequest {
		t.Errorf("%+v %v", a, err)
	}
}

func TestLongHeaders(t *testing.T) {
	l := newListening(t)
	for text, status := range map[string]int{
		"GET / HTTP/1.1\r\nHost: x\r\nX-Long: " + strings.Repeat("x", 60<<10) + "\r\n\r\n":  http.StatusOK,
		"GET / HTTP/1.1\r\nHost: x\r\nX-Long: " + strings.Repeat("x", 100<<10) + "\r\n\r\n": http.StatusRequestHeaderFieldsTooLarge,
		"GET /?q=" + strings.Repeat("x", 100<<10) + " HTTP/1.1\r\nHost: x\r\n\r\n":          http.StatusRequestHeaderFieldsTooLarge,
	} {
		conn, err := net.Dial("tcp", l.address)
		if err != nil {
			t.Fatal(err)
		}
		go func() { _, _ = io.WriteString(conn, text) }() // the server may close before it has read all
		a, err := http.ReadResponse(bufio.NewReader(conn), nil)
		if err != nil || a.StatusCode != status {
			t.Errorf("%.30q with %d bytes: %+v %v, want %d", text, len(text), a, err, status)
		}
		_ = conn.Close()
	}
}

// peer is a connection from somewhere.
type peer struct {
	net.Conn
	address net.Addr
	closed  bool
}

func (p *peer) RemoteAddr() net.Addr { return p.address }
func (p *peer) Close() error         { p.closed = true; return nil }

// TestConnectionsOfOneClient are bounded; those of others, of trusted proxies and of the machine itself are not its.
func TestConnectionsOfOneClient(t *testing.T) {
	_, proxies, _ := net.ParseCIDR("192.0.2.0/24")
	server := newBench(t, func(c *api.Config) { c.TrustedProxies = []*net.IPNet{proxies} }).HTTPServer("")
	var all []*peer
	open := func(ip string) *peer {
		p := &peer{address: &net.TCPAddr{IP: net.ParseIP(ip), Port: 4711}}
		server.ConnState(p, http.StateNew)
		all = append(all, p)
		return p
	}
	const most = 2048
	for _, ip := range []string{"203.0.113.1", "2001:db8::1", "127.0.0.1", "::1", "192.0.2.7"} {
		for i := range most {
			if open(ip).closed {
				t.Fatalf("connection %d of %s is closed", i, ip)
			}
		}
	}
	for ip, closed := range map[string]bool{"203.0.113.1": true, "2001:db8::2": true, "2001:db8:0:1::2": false, "203.0.113.2": false, "127.0.0.1": false, "192.0.2.7": false} {
		if p := open(ip); p.closed != closed {
			t.Errorf("one more of %s: closed %v, want %v", ip, p.closed, closed)
		}
	}
	for _, p := range all {
		server.ConnState(p, http.StateActive)
		server.ConnState(p, http.StateClosed)
		server.ConnState(p, http.StateClosed) // once is enough
	}
	for range most {
		if open("203.0.113.1").closed {
			t.Fatal("connections that ended still count")
		}
	}
}

// TestOneClientKeepsNobodyOut: of the requests that are answered at the same time one client has a part only.
func TestOneClientKeepsNobodyOut(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, func(c *api.Config) { c.MaxRequests = 8 })
		b.store.stalls = true
		from := func(address string) int {
			r := httptest.NewRequest("GET", "/search?q=a", nil)
			r.RemoteAddr = address + ":4711"
			w := httptest.NewRecorder()
			b.Handler().ServeHTTP(w, r)
			return w.Code
		}
		refused := make(chan string, 16)
		var all sync.WaitGroup
		defer all.Wait()
		ask := func(address string) {
			all.Go(func() {
				begun := time.Now()
				if code := from(address); code == http.StatusServiceUnavailable && time.Since(begun) == 0 {
					refused <- address
				}
			})
			synctest.Wait()
		}
		for range 4 {
			ask("198.51.100.1")
		}
		if len(refused) != 2 {
			t.Errorf("one client was refused %d of 4 times, want 2", len(refused))
		}
		for i := range 3 {
			ask(fmt.Sprintf("198.51.100.%d", 2+i))
		}
		if len(refused) != 2 {
			t.Error("others were refused")
		}
		for range 4 {
			ask("127.0.0.1") // the machine itself may have what is left
		}
		if len(refused) != 3 {
			t.Errorf("%d were refused, want 3: eight at the same time are the most", len(refused))
		}
	})
}

// TestStreamsOfOneClient: of event streams too.
func TestStreamsOfOneClient(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, nil)
		var refused atomic.Int32
		stream := func(address string) {
			go func() {
				r := httptest.NewRequest("GET", "/events", nil)
				r.RemoteAddr = address + ":4711"
				w := httptest.NewRecorder()
				b.Handler().ServeHTTP(w, r)
				if w.Code == http.StatusServiceUnavailable {
					refused.Add(1)
				}
			}()
		}
		for range 1024 + 7 {
			stream("198.51.100.1")
		}
		stream("198.51.100.2")
		synctest.Wait()
		if n := refused.Load(); n != 7 {
			t.Errorf("%d streams were refused, want 7", n)
		}
		b.Close()
	})
}

// TestLongBodies: what is sent before anybody is known may be short only.
func TestLongBodies(t *testing.T) {
	b := newBench(t, nil)
	for url, most := range map[string]int{"/api/session": 16 << 10, "/api/links/inspect": 16 << 10, "/api/links/redeem": 16 << 10, "/api/organizations": 1 << 20} {
		for extra, want := range map[int]bool{0: false, 1: true} {
			body := `{"name":"` + strings.Repeat("x", most+extra-11) + `"}`
			a := b.ask(t, "POST", url, bearer(), body)
			if tooLong := a.Code == http.StatusRequestEntityTooLarge; tooLong != want || len(body) != most+extra {
				t.Errorf("POST %s with %d bytes: %d %.300s", url, len(body), a.Code, a.Body)
			}
		}
	}
}
