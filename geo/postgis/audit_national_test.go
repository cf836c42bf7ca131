package postgis_test

import (
	"context"
	"log/slog"
	"os"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"jingwei/geo"
	"jingwei/geo/geotest"
	"jingwei/geo/postgis"
	"jingwei/geo/postgis/private"
)

// TestNationalAuditKeepsUp writes 1,000 entries a second for a minute, each in a transaction of its own on a cluster that
// waits for its disk, as writes do, while the sealer runs each second: it must keep up, and the whole must verify.
func TestNationalAuditKeepsUp(t *testing.T) {
	if os.Getenv("JINGWEI_NATIONAL") == "" {
		t.Skip("set JINGWEI_NATIONAL for a minute of writing")
	}
	const rate, writers, minute = 1000, 16, 60
	s := newDurableSetup(t)
	var written atomic.Int64
	var writing sync.WaitGroup
	due := make(chan struct{}, rate)
	for range writers {
		writing.Go(func() {
			for range due {
				e := geo.AuditEntry{Actor: actor(), Action: "organization.replace", Object: geo.AuditObject{Kind: "organization", ID: geo.ID(written.Load()%5000 + 1)},
					Path: []geo.ID{1, 2, 3, 4}, Before: []byte(`{"name":"甲村村民委员会","version":1}`), After: []byte(`{"name":"乙村村民委员会","version":2}`)}
				if err := s.RecordAudit(t.Context(), e); err != nil {
					t.Error(err)
					return
				}
				written.Add(1)
			}
		})
	}
	began := time.Now()
	var sealed, most int
	var slowest time.Duration
	tick := time.NewTicker(time.Second / 20)
	defer tick.Stop()
	for step := range minute * 20 {
		for range rate / 20 {
			due <- struct{}{}
		}
		if step%20 == 19 {
			at := time.Now()
			n, err := s.SealAudit(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			sealed, most, slowest = sealed+n, max(most, n), max(slowest, time.Since(at))
		}
		<-tick.C
	}
	close(due)
	writing.Wait()
	took := time.Since(began)
	last, err := s.SealAudit(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	at := time.Now()
	report := s.verify(t, geo.AuditHead{}, 0)
	t.Logf("%d entries in %v (%.0f a second); at most %d sealed at once, in at most %v, %d left at the end; verified %d entries and %d seals in %v",
		written.Load(), took.Round(time.Millisecond), float64(written.Load())/took.Seconds(), most, slowest.Round(time.Millisecond), last,
		report.Entries, report.Seals, time.Since(at).Round(time.Millisecond))
	if report.Entries != rate*minute || took > (minute+5)*time.Second {
		t.Errorf("%d entries in %v do not keep up", report.Entries, took)
	}
	if most > 3*rate || slowest > time.Second || last > 2*rate {
		t.Errorf("the sealer does not keep up: at most %d at once in %v, %d left", most, slowest, last)
	}
}

// newDurableSetup is a cluster of its own that loses nothing in a crash.
func newDurableSetup(t *testing.T) setup {
	t.Helper()
	geotest.EmptyDatabase(t) // skips where PostGIS is missing
	cluster, err := private.Start(t.Context(), private.Config{Dir: geotest.DiskFolder(t), Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { cluster.Stop(context.WithoutCancel(t.Context())) })
	if err := postgis.CreateDatabase(t.Context(), cluster.URL("postgres"), "audit"); err != nil {
		t.Fatal(err)
	}
	url := cluster.URL("audit")
	if err := postgis.Migrate(t.Context(), url); err != nil {
		t.Fatal(err)
	}
	return setup{Store: open(t, url), url: url}
}

// TestNationalAuditList measures questions to a large audit: of one organization, of a province, of everything.
func TestNationalAuditList(t *testing.T) {
	if os.Getenv("JINGWEI_NATIONAL") == "" {
		t.Skip("set JINGWEI_NATIONAL for two million entries")
	}
	s := newEmptySetup(t)
	const entries = 2_000_000
	s.exec(t, `
insert into jingwei.audit (at, actor, via, action, kind, object_id, path, after)
select timestamptz '2026-01-01' + make_interval(secs => n), 'actor' || n % 9973, 'session', 'action' || n % 97, 'organization', n % 500000,
       array[1, 2 + n % 31, 100 + n % 3000, 10000 + n % 500000], '{"name":"甲村村民委员会"}'
from generate_series(1, $1::int) n`, entries)
	s.exec(t, `vacuum (analyze) jingwei.audit`)
	at := time.Now()
	if n, err := s.SealAudit(t.Context()); err != nil || n != entries {
		t.Fatal(n, err)
	}
	t.Logf("sealed %d entries in %v", entries, time.Since(at).Round(time.Millisecond))
	at = time.Now()
	s.verify(t, geo.AuditHead{}, 0)
	t.Logf("verified %d entries in %v", entries, time.Since(at).Round(time.Millisecond))
	for _, c := range []struct {
		name  string
		scope geo.Scope
		query geo.AuditQuery
	}{
		{"everything", geo.Everywhere(), geo.AuditQuery{}},
		{"the nation", geo.Scope{Roots: []geo.ID{1}}, geo.AuditQuery{}},
		{"a province", geo.Scope{Roots: []geo.ID{7}}, geo.AuditQuery{}},
		{"a county", geo.Scope{Roots: []geo.ID{177}}, geo.AuditQuery{}},
		{"a village", geo.Scope{Roots: []geo.ID{10_177}}, geo.AuditQuery{}},
		{"nobody's", geo.Scope{Roots: []geo.ID{5_000_000}}, geo.AuditQuery{}},
		{"an actor in a province", geo.Scope{Roots: []geo.ID{7}}, geo.AuditQuery{Actor: "actor5"}},
		{"an action in a county", geo.Scope{Roots: []geo.ID{177}}, geo.AuditQuery{Action: "action5"}},
		{"an object", geo.Everywhere(), geo.AuditQuery{Object: geo.AuditObject{Kind: "organization", ID: 77}}},
	} {
		c.query.Limit = 51
		times := make([]time.Duration, 9)
		for i := range times {
			at := time.Now()
			if _, err := s.AuditEntries(t.Context(), c.scope, c.query); err != nil {
				t.Fatal(err)
			}
			times[i] = time.Since(at)
		}
		slices.Sort(times)
		t.Logf("%s: %v", c.name, times[len(times)/2].Round(100*time.Microsecond))
		if times[len(times)/2] > time.Second {
			t.Errorf("%s takes %v", c.name, times[len(times)/2])
		}
	}
}
