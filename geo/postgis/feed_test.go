package postgis_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"
	"pgregory.net/rapid"

	"jingwei/geo"
	"jingwei/geo/postgis"
)

// replayed is what a consumer of the feed holds: all points of a layer by object.
type replayed struct {
	t      testing.TB
	feed   *postgis.Feed
	layer  string
	at     geo.FeedPosition
	points map[geo.ID][]geo.Point
	loads  int
}

func (s setup) replay(t testing.TB) *replayed { return s.replayLayer(t, "organizations") }

func (s setup) replayLayer(t testing.TB, layer string) *replayed {
	t.Helper()
	feed, err := s.Feed(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	r := &replayed{t: t, feed: feed, layer: layer}
	r.load()
	return r
}

// reload tells whether a batch says that the layer must be read anew.
func (r *replayed) reload(b postgis.Batch) bool { return slices.Contains(b.Reloaded, r.layer) }

func (r *replayed) load() {
	r.t.Helper()
	r.points, r.loads = map[geo.ID][]geo.Point{}, r.loads+1
	at, err := r.feed.Load(r.t.Context(), r.layer, func(p geo.Point) error {
		r.points[p.ID] = append(r.points[p.ID], p)
		return nil
	})
	if err != nil {
		r.t.Fatal(err)
	}
	r.at = at
}

// poll applies one batch and returns it.
func (r *replayed) poll() postgis.Batch {
	r.t.Helper()
	batch, err := r.feed.Next(r.t.Context(), r.layer, r.at)
	if err != nil {
		r.t.Fatal(err)
	}
	if !batch.Position.Covers(r.at.Snapshot) && batch.Position.Epoch == r.at.Epoch {
		r.t.Fatalf("the position went back from %v to %v", r.at, batch.Position)
	}
	if r.reload(batch) {
		r.load()
		return batch
	}
	for _, id := range batch.Changed[r.layer] {
		delete(r.points, id)
	}
	for _, p := range batch.Points {
		r.points[p.ID] = append(r.points[p.ID], p)
	}
	r.at = batch.Position
	return batch
}

// wantTruth compares what was replayed with what the database holds, read in another way than the feed reads it.
func (r *replayed) wantTruth(s setup) {
	r.t.Helper()
	got := []string{}
	for _, points := range r.points {
		for _, p := range points {
			got = append(got, fmt.Sprint(p.ID, " ", p.Version, " ", p.At.Lon, " ", p.At.Lat, " ", p.Valid.From, " ", p.Valid.To, " ", p.Values[0], " ", p.Public, " ", p.Values[8]))
		}
	}
	slices.Sort(got)
	want := truth(r.t, s)
	if diff := cmp.Diff(want, got); diff != "" {
		r.t.Fatalf("replayed state differs from the database (-database +replayed):\n%s", diff)
	}
}

const sqlTruth = `
select organization_id || ' ' || row_id || ' ' || lon_e7 || ' ' || lat_e7 || ' ' || coalesce(lower(valid)::text, '') || ' ' ||
       coalesce(upper(valid)::text, '') || ' ' || name || ' ' || (status = 'active') || ' ' || path::text
from jingwei.organization_version where upper(recorded) is null`

func truth(t testing.TB, s setup) []string {
	t.Helper()
	conn := s.connect(t)
	defer conn.Close(context.WithoutCancel(t.Context()))
	rows, err := conn.Query(t.Context(), sqlTruth)
	if err != nil {
		t.Fatal(err)
	}
	list, err := pgx.AppendRows([]string{}, rows, pgx.RowTo[string])
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(list)
	return list
}

func TestFeedLoadsPoints(t *testing.T) {
	s := newSetup(t)
	c := content("柳东")
	c.Code, c.Status = "LD", geo.StatusDraft
	org := s.create(t, c)
	var got []geo.Point
	feed, err := s.Feed(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := feed.Load(t.Context(), "organizations", func(p geo.Point) error { got = append(got, p); return nil }); err != nil {
		t.Fatal(err)
	}
	want := []geo.Point{{
		ID: org.ID, At: c.Location, Valid: since("2023-06-30"), Division: liushi1, Public: false,
		Values: []string{"柳东", "village_committee", "village", "draft", "reported", "map", "13", "LD", org.ID.String(), "\x1fliudong\x1fld"},
	}}
	if len(got) == 1 {
		want[0].Version = got[0].Version
	}
	if diff := cmp.Diff(want, got); diff != "" || got[0].Version == 0 {
		t.Errorf("points (-want +got):\n%s", diff)
	}
	failure := errors.New("enough")
	if _, err := feed.Load(t.Context(), "organizations", func(geo.Point) error { return failure }); !errors.Is(err, failure) {
		t.Errorf("error of yield: %v", err)
	}
}

func TestFeedFollowsWrites(t *testing.T) {
	s := newSetup(t)
	r := s.replay(t)
	org, at, err := s.CreateOrganization(t.Context(), geo.Everywhere(), geo.Everywhere(), content("one"), since("2023-06-30"), "a")
	if err != nil {
		t.Fatal(err)
	}
	batch := r.poll()
	if diff := cmp.Diff([]geo.ID{org.ID}, batch.Changed["organizations"]); diff != "" || len(batch.Points) != 1 {
		t.Errorf("changed (-want +got):\n%s%v", diff, batch.Points)
	}
	if later := r.poll(); !later.Position.Covers(at.Snapshot) || len(later.Changed) != 0 {
		t.Errorf("a poll after the write at %v: %+v", at, later)
	}
	if _, _, err := s.ReplaceOrganization(t.Context(), geo.Everywhere(), geo.Everywhere(), org.ID, 1, content("two"), s.today, s.today, "a"); err != nil {
		t.Fatal(err)
	}
	if batch := r.poll(); len(batch.Points) != 2 || batch.Points[0].Valid.To != s.today || batch.Points[1].Values[0] != "two" {
		t.Errorf("points after the change: %+v", batch.Points)
	}
	r.wantTruth(s)
	if _, err := s.RetireOrganization(t.Context(), geo.Everywhere(), geo.Everywhere(), org.ID, 2, s.today, "a"); err != nil {
		t.Fatal(err)
	}
	r.poll()
	r.wantTruth(s)
}

// begin opens a transaction that has changed the name of an organization and not committed yet.
func (s setup) begin(t testing.TB, id geo.ID, name string) pgx.Tx {
	t.Helper()
	tx, err := s.connect(t).Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := tx.Exec(t.Context(), sqlRename, id, name); err != nil {
		t.Fatal(err)
	}
	return tx
}

// sqlRename writes history as another program would, past the store.
const sqlRename = `
with closed as (
    update jingwei.organization_version v set recorded = tstzrange(lower(v.recorded), clock_timestamp())
    where v.organization_id = $1 and upper_inf(v.recorded) returning v.*)
insert into jingwei.organization_version (organization_id, version, valid, author, path, kind, level, status, name,
    division_code, lon_e7, lat_e7, location_source, location_state)
select organization_id, version + 1, valid, 'sql', path, kind, level, status, $2, division_code, lon_e7, lat_e7,
    location_source, location_state from closed`

func TestFeedDeliversOutOfOrder(t *testing.T) {
	s := newSetup(t)
	held, quick, undone := s.create(t, content("held")), s.create(t, content("quick")), s.create(t, content("undone"))
	r := s.replay(t)
	long := s.begin(t, held.ID, "held after")
	back := s.begin(t, undone.ID, "never")
	for i := range 3 {
		if _, _, err := s.ReplaceOrganization(t.Context(), geo.Everywhere(), geo.Everywhere(), quick.ID, int32(i+1), content(fmt.Sprint("quick ", i)), s.today, s.today, "a"); err != nil {
			t.Fatal(err)
		}
		batch := r.poll()
		if diff := cmp.Diff([]geo.ID{quick.ID}, batch.Changed["organizations"]); diff != "" {
			t.Fatalf("while a transaction is open (-want +got):\n%s", diff)
		}
		r.wantTruth(s)
	}
	if batch := r.poll(); len(batch.Changed) != 0 {
		t.Fatalf("delivered before the commit: %v", batch.Changed)
	}
	if err := errors.Join(back.Rollback(t.Context()), long.Commit(t.Context())); err != nil {
		t.Fatal(err)
	}
	batch := r.poll()
	if diff := cmp.Diff([]geo.ID{held.ID}, batch.Changed["organizations"]); diff != "" {
		t.Fatalf("after the commit (-want +got):\n%s", diff)
	}
	r.wantTruth(s)
}

func TestFeedSeesSavepointsAndPreparedOrder(t *testing.T) {
	s := newSetup(t)
	org := s.create(t, content("one"))
	r := s.replay(t)
	tx := s.begin(t, org.ID, "outer")
	for _, sql := range []string{"savepoint a", "update jingwei.organization_version set name = 'inner' where upper_inf(recorded)", "release savepoint a",
		"savepoint b", "update jingwei.organization_version set name = 'lost'", "rollback to savepoint b"} {
		if _, err := tx.Exec(t.Context(), sql); err != nil {
			t.Fatal(err)
		}
		r.poll()
	}
	if err := tx.Commit(t.Context()); err != nil {
		t.Fatal(err)
	}
	r.poll()
	r.wantTruth(s)
}

func TestFeedReload(t *testing.T) {
	s := newSetup(t)
	org := s.create(t, content("one"))
	r := s.replay(t)
	t.Run("truncate", func(t *testing.T) {
		s.exec(t, `truncate jingwei.organization_version`)
		if batch := r.poll(); batch.Void || !slices.Equal(batch.Reloaded, []string{"grids", "jurisdictions", "organizations", "reports"}) {
			t.Errorf("batch %+v", batch)
		}
		r.wantTruth(s)
	})
	t.Run("divisions only", func(t *testing.T) {
		s.exec(t, `truncate jingwei.division_shape`)
		if batch := r.poll(); !slices.Equal(batch.Reloaded, []string{"divisions"}) || len(batch.Changed) > 0 {
			t.Errorf("batch %+v", batch)
		}
		s.exec(t, `update jingwei.division set kind = 'city' where code = 330382000000`)
		if batch := r.poll(); !slices.Equal(batch.Changed["divisions"], []geo.ID{geo.ID(yueqing)}) {
			t.Errorf("batch %+v", batch)
		}
	})
	t.Run("after a crash", func(t *testing.T) {
		before := r.at.Epoch
		s.exec(t, `truncate jingwei.feed_life`) // what PostgreSQL does to an unlogged table
		if batch := r.poll(); !batch.Void || batch.Position.Epoch == before {
			t.Errorf("batch %+v in epoch %s", batch, before)
		}
		if batch := r.poll(); batch.Void || r.reload(batch) {
			t.Errorf("a second reload: %+v", batch)
		}
	})
	t.Run("unknown position", func(t *testing.T) {
		batch, err := r.feed.Next(t.Context(), r.layer, geo.FeedPosition{})
		if err != nil || !batch.Void || !r.reload(batch) {
			t.Errorf("batch %+v, %v", batch, err)
		}
	})
	t.Run("code of an organization", func(t *testing.T) {
		s.exec(t, `update jingwei.organization set code = 'X9' where id = $1`, org.ID)
		if batch := r.poll(); !slices.Equal(batch.Changed["organizations"], []geo.ID{org.ID}) {
			t.Errorf("batch %+v", batch)
		}
	})
}

func TestFeedPartitionsAhead(t *testing.T) {
	s := newSetup(t)
	s.exec(t, `drop table jingwei.change_`+time.Now().UTC().AddDate(0, 0, 3).Format("20060102"))
	if err := s.MaintainFeed(t.Context()); err != nil {
		t.Fatal(err)
	}
	const count = `select count(*) from pg_inherits where inhparent = 'jingwei.change'::regclass`
	if n := queryOne[int64](t, s, count); n != 9 {
		t.Errorf("%d partitions, want 8 days and the default", n)
	}
	if n := queryOne[int64](t, s, `select count(*) from only jingwei.change_default`); n != 0 {
		t.Errorf("%d changes in the default partition", n)
	}
}

func TestListen(t *testing.T) {
	s := newSetup(t)
	ctx, cancel := context.WithCancel(t.Context())
	wake, ended := make(chan struct{}, 1), make(chan error, 1)
	go func() { ended <- s.Listen(ctx, wake) }()
	<-wake // connected
	s.create(t, content("one"))
	<-wake
	s.exec(t, `select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and query ilike 'listen%'`)
	<-wake // connected again
	s.create(t, content("two"))
	<-wake
	cancel()
	if err := <-ended; !errors.Is(err, context.Canceled) {
		t.Errorf("Listen ended with %v", err)
	}
}

// TestFeedReplaysEverything lets writers commit, roll back and hold transactions in any order, by the store and past
// it, between polls; whenever nothing is open, what was replayed is what the database holds.
func TestFeedReplaysEverything(t *testing.T) {
	s := newSetup(t)
	var ids []geo.ID
	for i := range 6 {
		ids = append(ids, s.create(t, content(fmt.Sprint("start ", i))).ID)
	}
	conns := []*pgx.Conn{s.connect(t), s.connect(t), s.connect(t)}
	rapid.Check(t, func(rt *rapid.T) {
		r := s.replay(t)
		loads := r.loads
		open := make([]pgx.Tx, len(conns))
		free := slices.Clone(ids) // organizations that no open transaction has locked
		held := make([]geo.ID, len(conns))
		finish := func(i int, commit bool) {
			var err error
			if commit {
				err = open[i].Commit(t.Context())
			} else {
				err = open[i].Rollback(t.Context())
			}
			if err != nil {
				rt.Fatal(err)
			}
			open[i], free = nil, append(free, held[i])
		}
		for step := range rapid.IntRange(1, 14).Draw(rt, "steps") {
			i := rapid.IntRange(0, len(conns)-1).Draw(rt, "writer")
			switch {
			case rapid.IntRange(0, 2).Draw(rt, "poll") == 0:
				r.poll()
			case open[i] != nil:
				finish(i, rapid.Bool().Draw(rt, "commit"))
			default:
				k := rapid.IntRange(0, len(free)-1).Draw(rt, "organization")
				held[i] = free[k]
				free = slices.Delete(free, k, k+1)
				tx, err := conns[i].Begin(t.Context())
				if err == nil {
					_, err = tx.Exec(t.Context(), sqlRename, held[i], fmt.Sprint("step ", step))
				}
				if err != nil {
					rt.Fatal(err)
				}
				open[i] = tx
			}
		}
		for i := range open {
			if open[i] != nil {
				finish(i, true)
			}
		}
		r.poll()
		r.wantTruth(s)
		if r.loads != loads {
			rt.Fatalf("%d full loads without a reason", r.loads-loads)
		}
	})
}

// TestFeedUnderConcurrentWriters polls without pause while writers really run side by side.
func TestFeedUnderConcurrentWriters(t *testing.T) {
	s := newSetup(t)
	var ids []geo.ID
	for i := range 16 {
		ids = append(ids, s.create(t, content(fmt.Sprint("start ", i))).ID)
	}
	r := s.replay(t)
	held := s.begin(t, ids[0], "held to the end")
	var writers sync.WaitGroup
	for w := range 4 {
		mine := ids[1+w*3 : 4+w*3]
		conn := s.connect(t)
		writers.Go(func() { churn(t, conn, mine, uint64(w)) })
	}
	done := make(chan struct{})
	go func() { writers.Wait(); close(done) }()
	for running := true; running; {
		select {
		case <-done:
			running = false
		default:
		}
		r.poll()
	}
	r.wantTruth(s) // also while one transaction is open
	if err := held.Commit(t.Context()); err != nil {
		t.Fatal(err)
	}
	r.poll()
	r.wantTruth(s)
	if r.loads != 1 {
		t.Errorf("%d full loads, want 1", r.loads)
	}
}

// churn renames organizations in transactions of random length, a third of which roll back.
func churn(t *testing.T, conn *pgx.Conn, ids []geo.ID, seed uint64) {
	random := rand.New(rand.NewPCG(seed, 1))
	for n := range 40 {
		tx, err := conn.Begin(t.Context())
		for range 1 + random.IntN(3) {
			if err == nil {
				_, err = tx.Exec(t.Context(), sqlRename, ids[random.IntN(len(ids))], fmt.Sprint("churn ", seed, " ", n))
			}
		}
		if err == nil && random.IntN(3) == 0 {
			err = tx.Rollback(t.Context())
		} else if err == nil {
			err = tx.Commit(t.Context())
		}
		if err != nil {
			t.Error(err)
			return
		}
	}
}

func BenchmarkFeedNext(b *testing.B) {
	s := newSetup(b)
	list := make([]geo.OrganizationContent, 200)
	for i := range list {
		list[i] = content(fmt.Sprint("柳东村村民委员会 ", i))
		list[i].Code = fmt.Sprint("B", i)
	}
	if _, err := s.LoadOrganizations(b.Context(), list, since("2023-06-30"), "bench", nil); err != nil {
		b.Fatal(err)
	}
	feed, err := s.Feed(b.Context())
	if err != nil {
		b.Fatal(err)
	}
	from, err := s.Position(b.Context())
	if err != nil {
		b.Fatal(err)
	}
	s.exec(b, `update jingwei.organization_version set name = name || '!' where upper_inf(recorded)`)
	for b.Loop() {
		batch, err := feed.Next(b.Context(), "organizations", from)
		if err != nil || len(batch.Points) != len(list) {
			b.Fatal(len(batch.Points), err)
		}
	}
}

// TestAccuracyIsRoundedUp: no point is said to be more accurate than it is.
func TestAccuracyIsRoundedUp(t *testing.T) {
	s := newSetup(t)
	want := map[geo.ID]string{}
	for metres, text := range map[float64]string{0: "", 0.4: "1", 1: "1", 12.4: "13", 1000: "1000"} {
		c := content(fmt.Sprint("accurate to ", metres))
		c.LocationAccuracyM = metres
		want[s.create(t, c).ID] = text
	}
	for id, points := range s.replay(t).points {
		if got := points[0].Values[6]; got != want[id] {
			t.Errorf("%s: %q, want %q", points[0].Values[0], got, want[id])
		}
	}
}
