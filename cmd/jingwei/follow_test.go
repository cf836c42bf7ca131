package main_test

import (
	"context"
	"errors"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"jingwei/api"
	main "jingwei/cmd/jingwei"
	"jingwei/geo"
	"jingwei/geo/live"
	"jingwei/geo/postgis"
)

// script is a feed that does what the test says: the database cannot be made to fail, or to be slow, at the right moment.
type script struct {
	mu      sync.Mutex
	rows    []geo.Point
	xid     uint64
	changes map[uint64]postgis.Batch // by transaction
	fail    error                    // of the next reading
	origin  string
	reading chan struct{} // when set, a reading waits for it
	began   chan struct{} // told of every reading
}

func (s *script) at() geo.FeedPosition {
	return geo.FeedPosition{Epoch: "e", Snapshot: geo.Snapshot{Xmin: s.xid, Xmax: s.xid}}
}

func (s *script) LoadParts(ctx context.Context, _ string, parts []func(geo.Point) error) (geo.FeedPosition, error) {
	s.mu.Lock()
	rows, at, fail, wait := slices.Clone(s.rows), s.at(), s.fail, s.reading
	s.fail = nil
	s.mu.Unlock()
	s.began <- struct{}{}
	if fail != nil {
		return geo.FeedPosition{}, fail
	}
	for i, p := range rows {
		if err := parts[i%len(parts)](p); err != nil {
			return geo.FeedPosition{}, err
		}
	}
	if wait != nil {
		select {
		case <-wait:
		case <-ctx.Done():
			return geo.FeedPosition{}, ctx.Err()
		}
	}
	return at, nil
}

func (s *script) Origin(context.Context, string) (string, error) { return s.origin, nil }

func (s *script) Next(_ context.Context, _ string, from geo.FeedPosition) (postgis.Batch, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	b := postgis.Batch{Position: s.at(), Changed: map[string][]geo.ID{}}
	for xid := from.Xmax; xid < s.xid; xid++ {
		c := s.changes[xid]
		b.Void = b.Void || c.Void
		b.Reloaded = append(b.Reloaded, c.Reloaded...)
		b.Points = append(b.Points, c.Points...)
		for layer, ids := range c.Changed {
			b.Changed[layer] = append(b.Changed[layer], ids...)
		}
	}
	if b.Void {
		return postgis.Batch{Position: b.Position, Void: true, Reloaded: []string{"divisions", "grids", "jurisdictions", "organizations", "reports"}}, nil
	}
	return b, nil
}

// say commits a change, and says what a reading finds from now on.
func (s *script) say(rows []geo.Point, change postgis.Batch) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.rows = rows
	s.changes[s.xid] = change
	s.xid++
}

// followed is a follower on a script.
type followed struct {
	*script
	internal, public *live.Index
	wake             chan struct{}
	stop             context.CancelFunc
	ended            <-chan struct{}
	events           chan api.Change
	day              chan time.Time
}

func newScript(rows ...geo.Point) *script {
	return &script{rows: rows, xid: 10, changes: map[uint64]postgis.Batch{}, began: make(chan struct{}, 100), origin: "here"}
}

func follow(t *testing.T, layer geo.PointLayer, rows ...geo.Point) *followed {
	t.Helper()
	return followIn(t, main.Keeping{}, layer, newScript(rows...))
}

// followIn runs a follower that may keep a file.
func followIn(t *testing.T, k main.Keeping, layer geo.PointLayer, s *script) *followed {
	t.Helper()
	f := &followed{script: s, wake: make(chan struct{}), events: make(chan api.Change, 1000), day: make(chan time.Time, 1)}
	f.day <- time.Date(2026, 3, 1, 4, 0, 0, 0, time.UTC)
	ctx, stop := context.WithCancel(t.Context())
	f.stop = stop
	now := func() time.Time {
		d := <-f.day
		f.day <- d
		return d
	}
	f.internal, f.public, f.ended = main.Follow(ctx, f.script, layer, k, f.wake, now, func(c api.Change) { f.events <- c })
	t.Cleanup(func() {
		stop()
		<-f.ended
	})
	return f
}

// until fails the test when the condition does not come true; every look wakes the follower.
func (f *followed) until(t *testing.T, what string, holds func() bool) {
	t.Helper()
	deadline := time.After(20 * time.Second)
	for !holds() {
		select {
		case f.wake <- struct{}{}:
		case <-deadline:
			t.Fatalf("never: %s", what)
		}
	}
}

// step returns after a whole step of the follower: when the second waking is taken, what the first began is done.
func (f *followed) step() {
	for range 2 {
		f.wake <- struct{}{}
	}
}

// layers returns the layers that clients were told to read anew, sorted, and forgets them.
func (f *followed) layers() []string {
	var names []string
	for {
		select {
		case c := <-f.events:
			if c.Reload {
				names = append(names, c.Layer)
			}
		default:
			slices.Sort(names)
			return slices.Compact(names)
		}
	}
}

func rows(x *live.Index) int {
	if s := x.Snapshot(); s != nil {
		return s.Rows()
	}
	return -1
}

func reportPoint(id geo.ID, public bool) geo.Point {
	return geo.Point{ID: id, At: geo.Position{Lon: 1201000000 + int32(id), Lat: 302000000}, Valid: geo.DayRange{From: geo.MinDay, To: geo.MaxDay},
		Public: public, Values: []string{"roads", "open", "received"}}
}

func TestFollowerKeepsFollowingWhileItReadsAnew(t *testing.T) {
	f := follow(t, geo.ReportLayer(), reportPoint(1, true))
	f.until(t, "the first reading", func() bool { return rows(f.public) == 1 })
	<-f.began
	hold := make(chan struct{})
	f.mu.Lock()
	f.reading = hold
	f.mu.Unlock()
	f.say([]geo.Point{reportPoint(1, true), reportPoint(2, true)}, postgis.Batch{Reloaded: []string{"reports"}})
	f.until(t, "a reading begins", func() bool { return len(f.began) > 0 })
	f.say(f.rows, postgis.Batch{Changed: map[string][]geo.ID{"reports": {3}}, Points: []geo.Point{reportPoint(3, true)}})
	f.until(t, "a change is followed during the reading", func() bool { return rows(f.public) == 2 && rows(f.internal) == 2 })
	// What the reading did not see, since it began before, is caught up with.
	close(hold)
	f.until(t, "the reading is taken", func() bool { return rows(f.public) == 3 && rows(f.internal) == 3 })
}

func TestFollowerWithdrawsWhatMayBeHidden(t *testing.T) {
	for name, batch := range map[string]postgis.Batch{
		"a category is sensitive now": {Reloaded: []string{"report_categories", "reports"}}, "the position is void": {Void: true},
	} {
		t.Run(name, func(t *testing.T) {
			f := follow(t, geo.ReportLayer(), reportPoint(1, true), reportPoint(2, true))
			f.until(t, "the first reading", func() bool { return rows(f.public) == 2 })
			hold := make(chan struct{})
			f.mu.Lock()
			f.reading = hold
			f.mu.Unlock()
			f.say([]geo.Point{reportPoint(1, true), reportPoint(2, false)}, batch)
			f.until(t, "nothing is public while it is read anew", func() bool { return rows(f.public) == -1 })
			if n := rows(f.internal); n != 2 {
				t.Errorf("%d rows of the internal edition", n)
			}
			close(hold)
			f.until(t, "what is still public is", func() bool { return rows(f.public) == 1 })
		})
	}
}

func TestFollowerGoesOnShowingOrganizations(t *testing.T) {
	p := geo.Point{ID: 1, Valid: geo.DayRange{From: geo.MinDay, To: geo.MaxDay}, Public: true}
	f := follow(t, geo.OrganizationLayer(), p)
	f.until(t, "the first reading", func() bool { return rows(f.public) == 1 })
	hold := make(chan struct{})
	f.mu.Lock()
	f.reading = hold
	f.mu.Unlock()
	<-f.began
	f.say(nil, postgis.Batch{Void: true})
	f.until(t, "a reading begins", func() bool { return len(f.began) > 0 })
	if n := rows(f.public); n != 1 {
		t.Errorf("%d rows while they are read anew", n)
	}
	close(hold)
	f.until(t, "the reading is taken", func() bool { return rows(f.public) == 0 })
}

func TestFollowerAnnouncesWhatItCannotKnow(t *testing.T) {
	f := follow(t, geo.OrganizationLayer())
	f.until(t, "the first reading", func() bool { return rows(f.public) == 0 })
	hold := make(chan struct{})
	f.mu.Lock()
	f.fail, f.reading = errors.New("the database is away"), hold
	f.mu.Unlock()
	f.say(nil, postgis.Batch{Void: true})
	f.until(t, "the failed reading and another", func() bool { return len(f.began) >= 3 })
	f.layers() // what was told when the position became void; others may change until the reading has seen everything
	close(hold)
	var told []string
	f.until(t, "clients are told", func() bool {
		told = append(told, f.layers()...)
		return slices.Contains(told, "organizations")
	})
	slices.Sort(told)
	if d := cmp.Diff([]string{"divisions", "grids", "jurisdictions", "organizations"}, slices.Compact(told)); d != "" {
		t.Errorf("layers (-want +got)\n%s", d)
	}
}

func TestFollowerTurnsTheDay(t *testing.T) {
	f := follow(t, geo.OrganizationLayer())
	f.until(t, "the first reading", func() bool { return rows(f.public) == 0 })
	f.step()
	f.layers()
	<-f.day
	f.day <- time.Date(2026, 3, 1, 16, 0, 0, 0, time.UTC) // midnight in China
	var told []string
	f.until(t, "clients are told", func() bool {
		told = append(told, f.layers()...)
		return len(told) > 0
	})
	if d := cmp.Diff([]string{"divisions", "grids", "jurisdictions", "organizations"}, told); d != "" {
		t.Errorf("layers (-want +got)\n%s", d)
	}
}

func TestFollowerEndsDuringAReading(t *testing.T) {
	f := follow(t, geo.OrganizationLayer())
	f.until(t, "the first reading", func() bool { return rows(f.public) == 0 })
	<-f.began
	f.mu.Lock()
	f.reading = make(chan struct{}) // never
	f.mu.Unlock()
	f.say(nil, postgis.Batch{Reloaded: []string{"organizations"}})
	f.until(t, "a reading begins", func() bool { return len(f.began) > 0 })
	f.stop()
	select {
	case <-f.ended:
	case <-time.After(20 * time.Second):
		t.Fatal("the follower does not end")
	}
}
