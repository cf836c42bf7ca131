package main

import (
	"context"
	"errors"
	"fmt"
	"math"
	"net/url"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/sys/unix"

	"jingwei/testdata/bench"
)

// loop sends the requests of a list over several connections.
type loop struct {
	options
	host  string
	paths []string
	tags  []string // of each path, once known; sent when revalidating
	next  atomic.Int64
}

// worker is what one connection measured.
type worker struct {
	client   *client
	times    []time.Duration
	statuses map[int]int
	failed   int
	bytes    int64
}

func newLoop(o options) (*loop, error) {
	base, err := url.Parse(o.base)
	if err != nil || base.Scheme != "http" || base.Host == "" {
		return nil, fmt.Errorf("base %q is not like http://127.0.0.1:8080", o.base)
	}
	text, err := os.ReadFile(o.list)
	if err != nil {
		return nil, fmt.Errorf("list: %w", err)
	}
	l := &loop{options: o, host: base.Host, paths: strings.Fields(string(text))}
	if len(l.paths) == 0 || o.connections < 1 || o.passes < 1 {
		return nil, errors.New("there is nothing to send: a list with paths, one connection and one pass at least")
	}
	l.tags = make([]string, len(l.paths))
	return l, nil
}

func (l *loop) newClient() *client {
	return &client{address: l.host, coding: l.coding, timeout: l.timeout}
}

// warm asks for every path once and remembers the tags.
func (l *loop) warm(ctx context.Context) error {
	c := l.newClient()
	defer c.close()
	for i, path := range l.paths {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		a, err := c.get(path, "")
		if err != nil {
			return fmt.Errorf("%s: %w", path, err)
		}
		if l.revalidate {
			l.tags[i] = a.tag
		}
	}
	return nil
}

// run sends until the list was gone through so often, the time is over or ctx ends.
func (l *loop) run(ctx context.Context) bench.Report {
	workers := make([]*worker, l.connections)
	var group sync.WaitGroup
	began := time.Now()
	for i := range workers {
		w := &worker{client: l.newClient(), statuses: map[int]int{}}
		workers[i] = w
		group.Go(func() { l.work(ctx, w, began) })
	}
	group.Wait()
	return collect(workers, time.Since(began))
}

func collect(workers []*worker, took time.Duration) bench.Report {
	report := bench.Report{Statuses: map[int]int{}}
	var times []time.Duration
	for _, w := range workers {
		times, report.Bytes, report.Failed = append(times, w.times...), report.Bytes+w.bytes, report.Failed+w.failed
		for status, n := range w.statuses {
			report.Statuses[status] += n
		}
	}
	report.Summarise(times, took)
	return report
}

func (l *loop) work(ctx context.Context, w *worker, began time.Time) {
	defer w.client.close()
	_ = w.client.connect() // so that the first answer is not the one that waits for it; get connects too, and tells what fails
	for ctx.Err() == nil {
		n := int(l.next.Add(1)) - 1
		due, ok := l.due(n, began)
		if !ok {
			return
		}
		i := n % len(l.paths)
		w.send(l.paths[i], l.tags[i], due)
	}
}

// due returns when request n counts from: in an open loop when it was to be sent, which this waits for; else now. false when
// it is not to be sent any more.
func (l *loop) due(n int, began time.Time) (time.Time, bool) {
	most := l.passes * len(l.paths)
	if l.seconds > 0 {
		most = math.MaxInt
	}
	if n >= most {
		return began, false
	}
	now := time.Now()
	if l.rate == 0 {
		return now, l.seconds == 0 || now.Sub(began).Seconds() < l.seconds
	}
	after := bench.Due(n, l.rate)
	if l.seconds > 0 && after.Seconds() >= l.seconds {
		return began, false
	}
	sleepUntil(began.Add(after))
	return began.Add(after), true
}

// sleepUntil sleeps in the kernel: Go's own timers are a millisecond late at times, which would be counted as the server's.
func sleepUntil(t time.Time) {
	for left := time.Until(t); left > 0; left = time.Until(t) {
		pause := unix.NsecToTimespec(left.Nanoseconds())
		_ = unix.Nanosleep(&pause, nil) // a signal ends it early, and then the rest is slept
	}
}

func (w *worker) send(path, tag string, due time.Time) {
	a, err := w.client.get(path, tag)
	w.times = append(w.times, time.Since(due))
	if err != nil {
		w.failed++
		return
	}
	w.statuses[a.status]++
	w.bytes += a.bytes
}

// ownTime is the processor time of this process, for the report to tell how much of the machine the generator took.
func ownTime() time.Duration {
	var usage unix.Rusage
	if err := unix.Getrusage(unix.RUSAGE_SELF, &usage); err != nil {
		return 0
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}
