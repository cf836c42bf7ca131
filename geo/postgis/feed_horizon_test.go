package postgis_test

import (
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"jingwei/geo"
)

// pastDay makes a partition for the changes of ten days ago.
func (s setup) pastDay(t *testing.T) {
	t.Helper()
	past := time.Now().UTC().AddDate(0, 0, -10)
	s.exec(t, fmt.Sprintf(`create table jingwei.change_%s partition of jingwei.change for values from ('%s 00:00Z') to ('%s 00:00Z')`,
		past.Format("20060102"), past.Format(time.DateOnly), past.AddDate(0, 0, 1).Format(time.DateOnly)))
}

// age lets every change lie ten days back and returns the greatest of their transactions.
func (s setup) age(t *testing.T) uint64 {
	t.Helper()
	s.exec(t, `update jingwei.change set at = at - interval '10 days'`)
	return uint64(queryOne[int64](t, s, `select max(c.xid::text::bigint) from jingwei.change c`))
}

// settle polls until no transaction up to the given one is in progress for the consumer, but those excepted: what runs
// in other databases of the cluster is listed, too, and one that ends below the horizon costs a reload.
func (r *replayed) settle(xid uint64, except ...uint64) {
	r.t.Helper()
	running := func(x uint64) bool { return x <= xid && !slices.Contains(except, x) }
	for r.poll(); slices.ContainsFunc(r.at.InProgress, running); r.poll() {
		if err := r.t.Context().Err(); err != nil {
			r.t.Fatal(err)
		}
	}
}

func TestFeedRetention(t *testing.T) {
	s := newSetup(t)
	org := s.create(t, content("one"))
	r, late := s.replay(t), s.replay(t)
	if _, _, err := s.ReplaceOrganization(t.Context(), geo.Everywhere(), geo.Everywhere(), org.ID, 1, content("two"), s.today, s.today, "a"); err != nil {
		t.Fatal(err)
	}
	r.poll()
	yesterday := time.Now().UTC().AddDate(0, 0, -10)
	part := "jingwei.change_" + yesterday.Format("20060102")
	s.exec(t, fmt.Sprintf(`create table %s partition of jingwei.change for values from ('%s 00:00Z') to ('%s 00:00Z')`, part,
		yesterday.Format(time.DateOnly), yesterday.AddDate(0, 0, 1).Format(time.DateOnly)))
	s.exec(t, `update jingwei.change set at = at - interval '10 days'`)
	open := s.begin(t, org.ID, "three")
	if err := s.MaintainFeed(t.Context()); err != nil {
		t.Fatal(err)
	}
	if n := queryOne[int64](t, s, `select count(*) from pg_class where relname = $1`, part[len("jingwei."):]); n != 1 {
		t.Error("maintenance waited for an open writer")
	}
	if err := open.Commit(t.Context()); err != nil {
		t.Fatal(err)
	}
	r.settle(uint64(queryOne[int64](t, s, `select max(c.xid::text::bigint) from jingwei.change c`)))
	if err := s.MaintainFeed(t.Context()); err != nil {
		t.Fatal(err)
	}
	if n := queryOne[int64](t, s, `select count(*) from pg_class where relname = $1`, part[len("jingwei."):]); n != 0 {
		t.Error("the old partition is still there")
	}
	if batch := late.poll(); !batch.Void {
		t.Errorf("a consumer older than the horizon: %+v", batch)
	}
	if batch := r.poll(); r.reload(batch) {
		t.Errorf("a consumer newer than the horizon must not reload: %+v", batch)
	}
	r.wantTruth(s)
	late.wantTruth(s)
}

// TestFeedHorizonBehindAnOpenTransaction: a transaction that is older than the horizon and still runs has lost no
// changes, so that it voids no position.
func TestFeedHorizonBehindAnOpenTransaction(t *testing.T) {
	s := newSetup(t)
	s.pastDay(t)
	org := s.create(t, content("one"))
	late := s.replay(t)
	// It has written something, though no changes, as those of other databases of the cluster do.
	old, err := s.connect(t).Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var oldest uint64
	if err := old.QueryRow(t.Context(), `select pg_current_xact_id()`).Scan(&oldest); err != nil {
		t.Fatal(err)
	}
	s.exec(t, `update jingwei.organization_version set name = 'two' where organization_id = $1`, org.ID)
	r := s.replay(t)
	horizon := s.age(t)
	if r.at.Xmin > horizon || !r.at.Sees(horizon) {
		t.Fatalf("position %v does not straddle %d", r.at, horizon)
	}
	if err := s.MaintainFeed(t.Context()); err != nil {
		t.Fatal(err)
	}
	if batch := late.poll(); !batch.Void {
		t.Errorf("dropped changes that the consumer has not seen: %+v", batch)
	}
	late.settle(horizon, oldest)
	for range 3 {
		if batch := late.poll(); late.reload(batch) {
			t.Errorf("a reload on every poll: %+v", batch)
		}
	}
	late.wantTruth(s)
	if err := old.Commit(t.Context()); err != nil {
		t.Fatal(err)
	}
}

// TestFeedHorizonAboveACommittedTransaction: one that ran at the last poll, finished since and has lost its changes
// voids the position, also when the greatest dropped transaction was seen.
func TestFeedHorizonAboveACommittedTransaction(t *testing.T) {
	s := newSetup(t)
	s.pastDay(t)
	held, org := s.create(t, content("held")), s.create(t, content("one"))
	old := s.begin(t, held.ID, "held after")
	s.exec(t, `update jingwei.organization_version set name = 'two' where organization_id = $1`, org.ID)
	r := s.replay(t)
	if err := old.Commit(t.Context()); err != nil {
		t.Fatal(err)
	}
	horizon := s.age(t)
	if !r.at.Sees(horizon) {
		t.Fatalf("position %v does not see %d", r.at, horizon)
	}
	if err := s.MaintainFeed(t.Context()); err != nil {
		t.Fatal(err)
	}
	if batch := r.poll(); !batch.Void {
		t.Errorf("a dropped change is lost: %+v", batch)
	}
	r.settle(horizon)
	if batch := r.poll(); r.reload(batch) {
		t.Errorf("a second reload: %+v", batch)
	}
	r.wantTruth(s)
}

// TestFeedForgetsForeignTransactions: a dump brings changes of another cluster, whose transactions may lie above the
// counter of this one.
func TestFeedForgetsForeignTransactions(t *testing.T) {
	s := newSetup(t)
	org := s.create(t, content("one"))
	r := s.replay(t)
	s.exec(t, `insert into jingwei.change (xid, layer, id, op) values ('900000000000', 'organizations', $1, 'upsert')`, org.ID)
	s.exec(t, `update jingwei.feed set horizon = '900000000001'`)
	s.exec(t, `update jingwei.feed_life set system = 1`)
	if batch := r.poll(); !batch.Void {
		t.Errorf("a restored database keeps its epoch: %+v", batch)
	}
	for range 2 {
		if batch := r.poll(); r.reload(batch) || len(batch.Changed) > 0 {
			t.Errorf("changes of another cluster: %+v", batch)
		}
	}
	s.exec(t, `update jingwei.organization_version set name = 'two' where organization_id = $1`, org.ID)
	if batch := r.poll(); !slices.Equal(batch.Changed["organizations"], []geo.ID{org.ID}) {
		t.Errorf("a change after the restore: %+v", batch)
	}
	r.wantTruth(s)
}

// TestFeedReloadKeepsOtherLayers: a reload of the organizations says nothing about divisions.
func TestFeedReloadKeepsOtherLayers(t *testing.T) {
	s := newSetup(t)
	r := s.replay(t)
	s.exec(t, `update jingwei.division set kind = 'city' where code = 330382000000`)
	s.exec(t, `truncate jingwei.organization_version`)
	batch := r.poll()
	if batch.Void || !slices.Equal(batch.Reloaded, []string{"grids", "jurisdictions", "organizations", "reports"}) {
		t.Errorf("batch %+v", batch)
	}
	if diff := cmp.Diff(map[string][]geo.ID{"divisions": {geo.ID(yueqing)}}, batch.Changed); diff != "" {
		t.Errorf("changed (-want +got):\n%s", diff)
	}
}

// TestMaintainFeedAtOnce lets several nodes maintain one feed.
func TestMaintainFeedAtOnce(t *testing.T) {
	s := newSetup(t)
	nodes := []setup{s}
	for range 3 {
		nodes = append(nodes, setup{Store: open(t, s.url), url: s.url, today: s.today})
	}
	for range 4 {
		for ahead := range 8 {
			s.exec(t, `drop table if exists jingwei.change_`+time.Now().UTC().AddDate(0, 0, ahead).Format("20060102"))
		}
		s.exec(t, `delete from jingwei.change`)
		for back := range 8 {
			past := time.Now().UTC().AddDate(0, 0, -10-back)
			s.exec(t, fmt.Sprintf(`create table jingwei.change_%s partition of jingwei.change for values from ('%s 00:00Z') to ('%s 00:00Z')`,
				past.Format("20060102"), past.Format(time.DateOnly), past.AddDate(0, 0, 1).Format(time.DateOnly)))
		}
		var wg sync.WaitGroup
		for _, node := range nodes {
			wg.Go(func() {
				if err := node.MaintainFeed(t.Context()); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
	}
	const count = `select count(*) from pg_inherits where inhparent = 'jingwei.change'::regclass`
	if n := queryOne[int64](t, s, count); n != 9 {
		t.Errorf("%d partitions, want 8 days and the default", n)
	}
}

// TestMuchElsewhere: what many reports went through makes nobody read the organizations anew.
func TestMuchElsewhere(t *testing.T) {
	s := newSetup(t)
	feed, err := s.Feed(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	from, err := feed.Load(t.Context(), "organizations", func(geo.Point) error { return nil })
	if err != nil {
		t.Fatal(err)
	}
	s.exec(t, `insert into jingwei.change (layer, id, op) select 'reports', i, 'upsert' from generate_series(1, 200001) i`)
	org := s.create(t, content("one"))
	batch, err := feed.Next(t.Context(), "organizations", from)
	if err != nil || batch.Void || !slices.Equal(batch.Changed["organizations"], []geo.ID{org.ID}) || len(batch.Changed["reports"]) != 1 || len(batch.Points) != 1 {
		t.Errorf("organizations: void %v, %d points, %v", batch.Void, len(batch.Points), err)
	}
	if batch, err := feed.Next(t.Context(), "reports", from); err != nil || !batch.Void {
		t.Errorf("reports: void %v, %v", batch.Void, err)
	}
}
