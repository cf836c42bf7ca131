package main_test

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"math"
	"math/rand/v2"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	main "jingwei/cmd/jingwei"
	"jingwei/geo"
	"jingwei/geo/geotest"
	secret "jingwei/geo/password"
	"jingwei/geo/postgis"
)

// What BenchmarkSignInStorm sends. An account is tried less often than locks it, a client as often as it may: no attempt is
// refused for what came before it.
const (
	stormTime      = time.Minute
	stormAttempts  = 10_000
	stormClients   = 1000
	stormAccounts  = 1250 // of every two names that are tried one is of these
	calmTime       = stormTime / 2
	tilesPerSecond = 100
)

// BenchmarkSignInStorm measures what drawing the map takes, from when a tile should be asked for to its last byte, while nothing
// else happens and while ten thousand attempts to sign in arrive within a minute, from a thousand clients, with names
// that exist and names that do not. The map must not starve: the 99th percentile stays within twice that of the calm. The
// calm is measured before and after, since other work on the machine comes and goes.
func BenchmarkSignInStorm(b *testing.B) {
	s := newStorm(b)
	for range b.N {
		before := s.draw(b, calmTime)
		attempts := make(chan map[int]int)
		go func() { attempts <- s.attempt(b) }()
		during := s.draw(b, stormTime)
		answered := <-attempts
		calm := slices.Concat(before, s.draw(b, calmTime))
		b.ReportMetric(0, "ns/op") // means nothing here
		b.ReportMetric(percentile(calm, 0.50), "calm-p50-ms")
		b.ReportMetric(percentile(calm, 0.99), "calm-p99-ms")
		b.ReportMetric(percentile(during, 0.50), "storm-p50-ms")
		b.ReportMetric(percentile(during, 0.99), "storm-p99-ms")
		b.ReportMetric(percentile(during, 0.99)/percentile(calm, 0.99), "p99-ratio")
		for _, status := range []int{http.StatusUnauthorized, http.StatusTooManyRequests, http.StatusServiceUnavailable} {
			b.ReportMetric(float64(answered[status]), fmt.Sprintf("status-%d", status))
		}
		b.Logf("answers to the attempts: %v; %d tiles in the calm, %d in the storm; load of the machine %s", answered, len(calm), len(during), load())
	}
}

// storm is a server on the sample with accounts.
type storm struct {
	main.Node
	url    string // of the database
	client *http.Client
	random *rand.Rand
}

func newStorm(b *testing.B) *storm {
	b.Helper()
	url := geotest.Database(b)
	if code := main.Run(b.Context(), []string{"sample", "load", "--database", url, "--data-dir", b.TempDir()}, io.Discard, io.Discard); code != 0 {
		b.Fatalf("sample load: exit code %d", code)
	}
	openAccounts(b, url)
	node, stopped, err := main.StartNode(b.Context(), url, b.TempDir())
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { <-stopped })
	transport := &http.Transport{MaxIdleConnsPerHost: 512}
	b.Cleanup(transport.CloseIdleConnections)
	s := &storm{Node: node, url: url, client: &http.Client{Transport: transport}, random: rand.New(rand.NewPCG(1, 2))}
	eventually(b, time.Minute, func() error {
		if status, err := s.status(b.Context(), http.MethodGet, "/readyz", "", ""); err != nil || status != http.StatusOK {
			return fmt.Errorf("/readyz: %d %w", status, err)
		}
		return nil
	})
	return s
}

// openAccounts opens accounts with one password, which nobody in the storm knows.
func openAccounts(b *testing.B, url string) {
	b.Helper()
	db, err := postgis.Open(b.Context(), url, slog.New(slog.DiscardHandler))
	if err != nil {
		b.Fatal(err)
	}
	defer db.Close()
	phc, err := secret.New(1).Hash(b.Context(), "tram ofen gleis")
	if err != nil {
		b.Fatal(err)
	}
	for i := range stormAccounts {
		name := fmt.Sprintf("office-%d", i)
		_, err := db.CreateAccountWithPassword(b.Context(), geo.Authority{Name: "operator", Operator: true}, geo.Account{Name: name, DisplayName: name}, phc, nil, time.Now())
		if err != nil {
			b.Fatal(err)
		}
	}
}

// draw asks for tiles of Zhejiang at a steady rate, whether those before have come or not, and returns how long each took
// from when it was due.
func (s *storm) draw(b *testing.B, during time.Duration) []time.Duration {
	b.Helper()
	spans := make([]time.Duration, int(during.Seconds()*tilesPerSecond))
	var all sync.WaitGroup
	for i, due := range steadily(b.Context(), len(spans), during) {
		tile := s.tile()
		all.Go(func() {
			status, err := s.status(b.Context(), http.MethodGet, tile, "", "203.0.113.1")
			if err != nil || status != http.StatusOK && status != http.StatusNoContent {
				b.Errorf("%s: %d %v", tile, status, err)
			}
			spans[i] = time.Since(due)
		})
	}
	all.Wait()
	return spans
}

// tile draws the address of a tile.
func (s *storm) tile() string {
	z := 7 + s.random.IntN(8)
	lon, lat := 118.5+4*s.random.Float64(), (27.5+3.5*s.random.Float64())*math.Pi/180
	n := float64(int(1) << z)
	return fmt.Sprintf("/tiles/organizations/%d/%d/%d", z, int((lon+180)/360*n), int((1-math.Asinh(math.Tan(lat))/math.Pi)/2*n))
}

// attempt tries to sign in as often as constants say and counts the answers by status.
func (s *storm) attempt(b *testing.B) map[int]int {
	var (
		all      sync.WaitGroup
		mu       sync.Mutex
		answered = map[int]int{}
	)
	for i := range steadily(b.Context(), stormAttempts, stormTime) {
		name := fmt.Sprintf("nobody-%d", i)
		if i%2 == 0 {
			name = fmt.Sprintf("office-%d", i/2%stormAccounts)
		}
		client := fmt.Sprintf("198.18.%d.%d", i%stormClients/250, i%stormClients%250+1)
		all.Go(func() {
			status, err := s.status(b.Context(), http.MethodPost, "/api/session", fmt.Sprintf(`{"name":%q,"password":"gleis ofen tram"}`, name), client)
			if err != nil {
				b.Errorf("attempt of %s: %v", name, err)
			}
			mu.Lock()
			defer mu.Unlock()
			answered[status]++
		})
	}
	all.Wait()
	return answered
}

// steadily yields n times at equal distances of a span of time, with the moment at which each is due. It is late when the
// machine is, but never leaves one out.
func steadily(ctx context.Context, n int, span time.Duration) func(yield func(int, time.Time) bool) {
	return func(yield func(int, time.Time) bool) {
		began := time.Now()
		for i := range n {
			due := began.Add(span * time.Duration(i) / time.Duration(n))
			select {
			case <-time.After(time.Until(due)):
			case <-ctx.Done():
				return
			}
			if !yield(i, due) {
				return
			}
		}
	}
}

// status sends a request as if a proxy passed it on for a client and returns the status of the answer, read to its end.
func (s *storm) status(ctx context.Context, method, path, body, client string) (int, error) {
	r, err := http.NewRequestWithContext(ctx, method, s.URL+path, strings.NewReader(body))
	if err != nil {
		return 0, err
	}
	r.Header.Set("X-Forwarded-For", client)
	r.Header["Idempotency-Key"] = nil // sent again, as a proxy does, on a connection that the server has just closed
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	return s.drain(r)
}

// drain sends a request and returns the status of the answer, read to its end.
func (s *storm) drain(r *http.Request) (int, error) {
	answer, err := s.client.Do(r)
	if err != nil {
		return 0, err
	}
	defer answer.Body.Close()
	_, err = io.Copy(io.Discard, answer.Body)
	return answer.StatusCode, err
}

// percentile returns the part of the spans in milliseconds.
func percentile(spans []time.Duration, part float64) float64 {
	slices.Sort(spans)
	return float64(spans[int(part*float64(len(spans)-1))]) / float64(time.Millisecond)
}
