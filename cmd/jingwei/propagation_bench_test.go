package main_test

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"os"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	main "jingwei/cmd/jingwei"
	"jingwei/geo"
	"jingwei/geo/geotest"
	"jingwei/geo/live"
	"jingwei/geo/postgis"
)

// What BenchmarkPropagation does: how long it edits, from how many connections, and with how many readers it finds out
// how many tiles a second the nodes answer at most.
const (
	propagationTime = time.Minute
	editors         = 8
	saturators      = 8
	saturationTime  = 5 * time.Second
)

// BenchmarkPropagation measures, on two nodes of one database, the time from the end of an edit's transaction to when both
// editions of both nodes show it: at 200 edits a second while readers ask for half of the tiles that the nodes answer at
// most, at as many without readers, and at 1,000 edits a second, of one statement each, where it must not grow. JINGWEI_PROPAGATION_DATABASE names
// a database with organizations other than the sample, JINGWEI_PROPAGATION_TIME another time than a minute.
func BenchmarkPropagation(b *testing.B) {
	p := newPropagation(b)
	for _, c := range []struct {
		edits   int
		readers bool
	}{{200, true}, {200, false}, {1000, false}} {
		b.Run(fmt.Sprintf("edits=%d/readers=%v", c.edits, c.readers), func(b *testing.B) {
			for range b.N {
				p.measure(b, c.edits, c.readers)
			}
		})
	}
}

// propagation is two nodes and an editor of their database.
type propagation struct {
	*postgis.Store
	url           string
	nodes         []main.Node
	during        time.Duration
	organizations []edited
	reader        *storm
}

// edited is an organization that is edited, by one at a time.
type edited struct {
	id      geo.ID
	version int32
	content geo.OrganizationContent
	mu      sync.Mutex
}

func newPropagation(b *testing.B) *propagation {
	b.Helper()
	url := os.Getenv("JINGWEI_PROPAGATION_DATABASE")
	if url == "" {
		url = geotest.Database(b)
		if code := main.Run(b.Context(), []string{"sample", "load", "--database", url, "--data-dir", b.TempDir()}, io.Discard, io.Discard); code != 0 {
			b.Fatalf("sample load: exit code %d", code)
		}
	}
	store, err := postgis.Open(b.Context(), url, slog.New(slog.DiscardHandler))
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(store.Close)
	p := &propagation{Store: store, url: url, during: propagationTime}
	if text := os.Getenv("JINGWEI_PROPAGATION_TIME"); text != "" {
		if p.during, err = time.ParseDuration(text); err != nil {
			b.Fatal(err)
		}
	}
	for range 2 {
		node, stopped, err := main.StartNode(b.Context(), url, b.TempDir())
		if err != nil {
			b.Fatal(err)
		}
		b.Cleanup(func() { <-stopped })
		p.nodes = append(p.nodes, node)
	}
	transport := &http.Transport{MaxIdleConnsPerHost: 512}
	b.Cleanup(transport.CloseIdleConnections)
	p.reader = &storm{client: &http.Client{Transport: transport}, random: rand.New(rand.NewPCG(3, 4))}
	p.choose(b)
	return p
}

// choose reads some organizations when both nodes have loaded all layers.
func (p *propagation) choose(b *testing.B) {
	b.Helper()
	at, err := p.Position(b.Context())
	if err != nil {
		b.Fatal(err)
	}
	for _, n := range p.nodes {
		for _, layer := range geo.PointLayers() {
			for _, e := range []live.Edition{live.Internal, live.Public} {
				if err := n.Index(layer.Name, e).Wait(b.Context(), at); err != nil {
					b.Fatal(err)
				}
			}
		}
	}
	features, _, err := p.nodes[0].Index("organizations", live.Public).Snapshot().List(live.Query{Days: geo.On(geo.DayOf(time.Now()))}, geo.World, live.Cursor{}, 5000)
	if err != nil {
		b.Fatal(err)
	}
	p.organizations = make([]edited, len(features))
	for i, f := range features {
		org, err := p.Organization(b.Context(), geo.Everywhere(), f.ID)
		if err != nil {
			b.Fatal(err)
		}
		p.organizations[i] = edited{id: org.ID, version: org.Version, content: org.OrganizationContent}
	}
}

// sqlMove is the least edit that there is: one row, and what the triggers write of it.
const (
	sqlMove = `update jingwei.organization_version set lon_e7 = lon_e7 + $2 where organization_id = $1 and upper_inf(recorded)`
	sqlAt   = `select f.epoch || '.' || pg_current_snapshot() from jingwei.feed f`
)

// move is edit by one statement on a connection.
func (p *propagation) move(ctx context.Context, conn *pgx.Conn, i int) (at geo.FeedPosition, err error) {
	o := &p.organizations[i%len(p.organizations)]
	o.mu.Lock()
	defer o.mu.Unlock()
	if _, err := conn.Exec(ctx, sqlMove, o.id, 1000-i%2*2000); err != nil {
		return at, err
	}
	var text string
	if err := conn.QueryRow(ctx, sqlAt).Scan(&text); err != nil {
		return at, err
	}
	return geo.ParseFeedPosition(text)
}

// edit moves an organization by some metres, as the API does, and returns the position of the edit.
func (p *propagation) edit(ctx context.Context, _ *pgx.Conn, i int) (geo.FeedPosition, error) {
	o := &p.organizations[i%len(p.organizations)]
	o.mu.Lock()
	defer o.mu.Unlock()
	o.content.Location.Lon += int32(1000 - i%2*2000)
	today := geo.DayOf(time.Now())
	_, at, err := p.ReplaceOrganization(ctx, geo.Everywhere(), geo.Everywhere(), o.id, o.version, o.content, today, today, "bench")
	if err == nil {
		o.version++
	}
	return at, err
}

// shown waits until all editions of all nodes show the position, and returns how long it took the slowest.
func (p *propagation) shown(ctx context.Context, at geo.FeedPosition) (time.Duration, error) {
	began := time.Now()
	for _, n := range p.nodes {
		for _, e := range []live.Edition{live.Internal, live.Public} {
			if err := n.Index("organizations", e).Wait(ctx, at); err != nil {
				return 0, err
			}
		}
	}
	return time.Since(began), nil
}

func (p *propagation) measure(b *testing.B, perSecond int, withReaders bool) {
	b.Helper()
	ctx, stop := context.WithCancel(b.Context())
	defer stop()
	edit := p.edit
	if perSecond > 200 { // more than the database takes of whole edits on this machine
		edit = p.move
	}
	readers := make(chan []time.Duration, 1)
	readers <- nil
	half := 0
	if withReaders {
		// What they answer at most is less while tiles change.
		most := make(chan int)
		go func() { most <- p.saturation(b) }()
		p.propagate(b, perSecond, saturationTime, edit)
		half = <-most / 2
		<-readers
		go func() { readers <- p.read(ctx, half) }()
	}
	lags, took := p.propagate(b, perSecond, p.during, edit)
	stop()
	reads := <-readers
	b.ReportMetric(0, "ns/op")                                   // means nothing here
	b.ReportMetric(float64(len(lags))/took.Seconds(), "edits/s") // fewer than asked for when the database takes no more
	first, last := slices.Clone(lags[:len(lags)/4]), slices.Clone(lags[3*len(lags)/4:])
	b.ReportMetric(percentile(first, 0.5), "first-quarter-p50-ms")
	b.ReportMetric(percentile(last, 0.5), "last-quarter-p50-ms")
	b.ReportMetric(percentile(lags, 0.5), "p50-ms")
	b.ReportMetric(percentile(lags, 0.99), "p99-ms")
	b.ReportMetric(float64(half), "tiles/s")
	if len(reads) > 0 {
		b.ReportMetric(percentile(reads, 0.99), "tile-p99-ms")
	}
	b.Logf("%d edits in %v, %d tiles at %d a second; load of the machine %s", len(lags), p.during, len(reads), half, load())
}

// propagate edits at a steady rate and returns the lags in the order of the edits, and the time that the edits took.
func (p *propagation) propagate(b *testing.B, perSecond int, during time.Duration, edit func(context.Context, *pgx.Conn, int) (geo.FeedPosition, error)) ([]time.Duration, time.Duration) {
	b.Helper()
	lags := make([]time.Duration, int(during.Seconds())*perSecond)
	work := make(chan int, len(lags))
	var editing, waiting sync.WaitGroup
	for range editors {
		conn := connect(b, p.url)
		editing.Go(func() {
			for i := range work {
				at, err := edit(b.Context(), conn, i)
				if err != nil {
					b.Errorf("edit: %v", err)
					return
				}
				waiting.Go(func() {
					var err error
					if lags[i], err = p.shown(b.Context(), at); err != nil {
						b.Error(err)
					}
				})
			}
		})
	}
	began := time.Now()
	for i := range steadily(b.Context(), len(lags), during) {
		work <- i
	}
	close(work)
	editing.Wait()
	took := time.Since(began)
	waiting.Wait()
	return lags, took
}

// saturation returns how many tiles a second the nodes answer at most.
func (p *propagation) saturation(b *testing.B) int {
	b.Helper()
	ctx, stop := context.WithTimeout(b.Context(), saturationTime)
	defer stop()
	var answered atomic.Int64
	var all sync.WaitGroup
	for i := range saturators {
		tiles := p.tiles(uint64(i))
		all.Go(func() {
			for ctx.Err() == nil {
				if status, err := p.reader.get(ctx, tiles()); err == nil && status < 300 {
					answered.Add(1)
				}
			}
		})
	}
	all.Wait()
	return int(float64(answered.Load()) / saturationTime.Seconds())
}

// tiles returns what draws addresses of tiles, on the nodes in turn.
func (p *propagation) tiles(seed uint64) func() string {
	s := storm{random: rand.New(rand.NewPCG(seed, 5))}
	n := 0
	return func() string {
		n++
		return p.nodes[n%len(p.nodes)].URL + s.tile()
	}
}

// get asks for an address and returns the status of the answer, read to its end.
func (s *storm) get(ctx context.Context, url string) (int, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return 0, err
	}
	return s.drain(r)
}

// read asks for so many tiles a second until ctx is done, and returns how long each took from when it was due.
func (p *propagation) read(ctx context.Context, perSecond int) (took []time.Duration) {
	var mu sync.Mutex
	var all sync.WaitGroup
	tiles, places := p.tiles(99), make(chan struct{}, 256)
	for _, due := range steadily(ctx, perSecond*int(time.Hour/time.Second), time.Hour) {
		tile := tiles()
		places <- struct{}{}
		all.Go(func() {
			defer func() { <-places }()
			if status, err := p.reader.get(ctx, tile); err != nil || status >= 300 {
				return
			}
			mu.Lock()
			defer mu.Unlock()
			took = append(took, time.Since(due))
		})
	}
	all.Wait()
	return took
}
