package main_test

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"hash/fnv"
	"io"
	"net"
	"net/http"
	"regexp"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"jingwei/api"
	main "jingwei/cmd/jingwei"
	"jingwei/geo"
	"jingwei/geo/geotest"
	"jingwei/geo/live"
)

// streamClients is how many clients open the streams: each may have 1,024.
const streamClients = 10

// listener is an open stream of events.
type listener struct {
	conn net.Conn
	head []byte // what came before it listened

	mu    sync.Mutex // guards what follows
	sum   uint64     // of all events, in their order
	heard map[geo.ID]time.Time
	ended error
}

// openStream opens a stream as if a proxy passed it on for a client, and returns when nothing more can be missed. Before it
// listens it costs its client next to nothing. One that will not read takes little in before the server has to wait.
func openStream(t testing.TB, node main.Node, client int, query string, lazy bool) *listener {
	t.Helper()
	d := net.Dialer{Control: func(_, _ string, c syscall.RawConn) error {
		if !lazy {
			return nil
		}
		var errs [2]error
		if err := c.Control(func(fd uintptr) {
			errs[0] = syscall.SetsockoptInt(int(fd), syscall.SOL_SOCKET, syscall.SO_RCVBUF, 4096)
			errs[1] = syscall.SetsockoptInt(int(fd), syscall.IPPROTO_TCP, syscall.TCP_MAXSEG, 536)
		}); err != nil {
			return err
		}
		return errors.Join(errs[:]...)
	}}
	conn, err := d.DialContext(t.Context(), "tcp", strings.TrimPrefix(node.URL, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	l := &listener{conn: conn, heard: map[geo.ID]time.Time{}}
	if _, err := fmt.Fprintf(conn, "GET /events%s HTTP/1.1\r\nHost: jingwei\r\nX-Forwarded-For: 198.51.100.%d\r\n\r\n", query, 1+client); err != nil {
		t.Fatal(err)
	}
	buffer := make([]byte, 4096)
	for !bytes.Contains(l.head, []byte(": connected\n\n\r\n")) {
		n, err := conn.Read(buffer)
		if l.head = append(l.head, buffer[:n]...); err != nil {
			t.Fatalf("%v after %s", err, l.head)
		}
	}
	return l
}

// listen takes in what comes, to the end of the stream.
func (l *listener) listen() {
	answer, err := http.ReadResponse(bufio.NewReader(io.MultiReader(bytes.NewReader(l.head), l.conn)), nil)
	if err == nil && answer.StatusCode != http.StatusOK {
		err = fmt.Errorf("status %d", answer.StatusCode)
	}
	if err == nil {
		lines := bufio.NewScanner(answer.Body)
		lines.Buffer(nil, 1<<20)
		for lines.Scan() {
			if data, ok := bytes.CutPrefix(lines.Bytes(), []byte("data: ")); ok {
				l.hear(data)
			}
		}
		err = lines.Err()
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.ended = err; err == nil {
		l.ended = io.EOF
	}
}

func (l *listener) hear(data []byte) {
	now := time.Now()
	l.mu.Lock()
	defer l.mu.Unlock()
	sum := fnv.New64a()
	_, _ = fmt.Fprintf(sum, "%d %s", l.sum, data) // a hash never fails
	l.sum = sum.Sum64()
	if !bytes.HasPrefix(data, []byte(`{"layer":"organizations"`)) {
		return
	}
	_, list, _ := strings.Cut(string(data), `"ids":[`)
	list, _, _ = strings.Cut(list, "]")
	for text := range strings.SplitSeq(list, ",") {
		if id, err := geo.ParseID("ids", text); err == nil && l.heard[id].IsZero() {
			l.heard[id] = now
		}
	}
}

// has reports when the listener heard of an object, or why it does not any more.
func (l *listener) has(id geo.ID) (time.Time, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if at, ok := l.heard[id]; ok {
		return at, nil
	}
	if l.ended != nil {
		return time.Time{}, fatal{fmt.Errorf("a stream ended: %w", l.ended)}
	}
	return time.Time{}, fmt.Errorf("%d is not heard of", id)
}

// told stands for all events so far.
func (l *listener) told() uint64 {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.sum
}

// usedMemory is the heap and the stacks of this process after a collection, in bytes.
func usedMemory() int {
	runtime.GC()
	runtime.GC() // what finalizers freed
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int(m.HeapAlloc + m.StackInuse)
}

// openStreams opens so many and returns what each costs in bytes: those of the server, and a connection of the client.
func openStreams(t testing.TB, node main.Node, n int, query string) (all []*listener, each int) {
	t.Helper()
	before := settledMemory(t)
	for i := range n {
		all = append(all, openStream(t, node, i%streamClients, query, false))
	}
	return all, (usedMemory() - before) / n
}

// settledMemory is usedMemory when whatever else the process began has ended, or waits: five times in a row much the same.
func settledMemory(t testing.TB) (used int) {
	t.Helper()
	same := 0
	eventually(t, time.Minute, func() error {
		now := usedMemory()
		if same++; max(now-used, used-now) > 128<<10 {
			same = 0
		}
		if used = now; same < 5 {
			return fmt.Errorf("%d bytes are used, and not for long", used)
		}
		return nil
	})
	return used
}

// gauge reads a metric of the server.
func gauge(t testing.TB, node main.Node, name string) int {
	t.Helper()
	answer, err := http.Get(node.URL + "/metrics")
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	found := regexp.MustCompile(`(?m)^` + name + ` ([0-9.e+]+)$`).FindSubmatch(text)
	if found == nil {
		t.Fatalf("there is no %s", name)
	}
	value, err := strconv.ParseFloat(string(found[1]), 64)
	if err != nil {
		t.Fatal(err)
	}
	return int(value)
}

// moveAt moves an organization and returns when that was committed.
func moveAt(t testing.TB, conn *pgx.Conn, id geo.ID) time.Time {
	t.Helper()
	if _, err := conn.Exec(t.Context(), sqlMove, id, 1000); err != nil {
		t.Fatal(err)
	}
	return time.Now()
}

// delays are the times from the commits of edits to when each of the listeners heard of them. All must have heard the same.
func delays(t testing.TB, all []*listener, edited map[geo.ID]time.Time) []time.Duration {
	t.Helper()
	var took []time.Duration
	for i, l := range all {
		for id, committed := range edited {
			eventually(t, time.Minute, func() error {
				at, err := l.has(id)
				if err == nil {
					took = append(took, max(0, at.Sub(committed)))
				}
				return err
			})
		}
		eventually(t, time.Minute, func() error {
			if l.told() != all[0].told() {
				return fmt.Errorf("stream %d told other events than the first", i)
			}
			return nil
		})
	}
	return took
}

// TestManyStreams opens streams of events, of which every tenth hears everything and the others of organizations, and a few
// more whose clients read nothing. Edits are heard of by all that read, in the same order; the others are dropped and
// counted. That they stand still delays nobody: edits are heard of while they do. JINGWEI_STREAMS is how many, 200 by default.
func TestManyStreams(t *testing.T) {
	const slow, mostMemory = 20, 64 << 10
	many := howMany(t, "JINGWEI_STREAMS", 200)
	url := geotest.Database(t)
	conn := connect(t, url)
	plant := plantEditable(t, conn, 300)
	node, stopped, err := main.StartNode(t.Context(), url, t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { <-stopped })
	store := openStore(t, url)
	for _, e := range []live.Edition{live.Public, live.Internal} {
		eventually(t, time.Minute, func() error { return reached(node.Index("organizations", e), positionOf(t, store)) })
	}
	public := publicOnes(t, conn, plant.organizations)

	readers, each := openStreams(t, node, many-many/10, "?layers=organizations")
	more, _ := openStreams(t, node, many/10, "")
	var lazy []*listener
	for i := range slow {
		lazy = append(lazy, openStream(t, node, i%streamClients, "?layers=reports", true))
	}
	if each > mostMemory {
		t.Errorf("a stream takes %d bytes, more than %d", each, mostMemory)
	}
	if n := gauge(t, node, "jingwei_event_clients"); n != many+slow {
		t.Errorf("%d streams are open, want %d", n, many+slow)
	}
	for _, l := range slices.Concat(readers, more) {
		go l.listen()
	}

	// Reports change so much that who does not read is soon behind.
	reload := api.Change{Layer: "reports", Tiles: []live.Tile{{Z: 14, X: 1, Y: 1}}}
	for i := range geo.ID(4000) {
		reload.IDs = append(reload.IDs, 1e15+i)
	}
	edited := map[geo.ID]time.Time{}
	eventually(t, time.Minute, func() error {
		if len(edited) < len(public)-1 {
			edited[public[len(edited)]] = moveAt(t, conn, public[len(edited)])
		}
		node.Server.Publish(reload)
		if n := gauge(t, node, "jingwei_event_clients_dropped_total"); n != slow {
			return fmt.Errorf("%d are dropped", n)
		}
		return nil
	})
	last := public[len(public)-1]
	edited[last] = moveAt(t, conn, last)
	took := delays(t, readers, edited)
	delays(t, more, edited)
	if n := gauge(t, node, "jingwei_event_clients"); n != many {
		t.Errorf("%d streams are open, want %d", n, many)
	}
	if n := gauge(t, node, "jingwei_event_clients_dropped_total"); n != slow {
		t.Errorf("%d were dropped, want %d", n, slow)
	}
	for _, l := range lazy { // what was on its way comes, then the end
		go l.listen()
	}
	for i, l := range lazy {
		eventually(t, time.Minute, func() error {
			l.mu.Lock()
			defer l.mu.Unlock()
			if l.ended == nil {
				return fmt.Errorf("stream %d, which read nothing, goes on", i)
			}
			return nil
		})
	}
	t.Logf("%d streams, %d bytes each; %d edits, heard of after %.0f ms (median), %.0f ms (99 %%)", many, each, len(edited), percentile(took, 0.5), percentile(took, 0.99))
}

// publicOnes returns those of the organizations that everyone sees.
func publicOnes(t testing.TB, conn *pgx.Conn, ids []geo.ID) []geo.ID {
	t.Helper()
	rows, err := conn.Query(t.Context(), `select v.organization_id from jingwei.organization_version v
		where v.organization_id = any ($1) and upper_inf(v.recorded) and v.status = 'active' and v.valid @> (now() at time zone 'Asia/Shanghai')::date order by 1`, ids)
	if err != nil {
		t.Fatal(err)
	}
	public, err := pgx.CollectRows(rows, pgx.RowTo[geo.ID])
	if err != nil || len(public) < 50 {
		t.Fatalf("%d organizations are public, %v", len(public), err)
	}
	return public
}
