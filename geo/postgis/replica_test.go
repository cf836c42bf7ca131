package postgis_test

import (
	"context"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"jingwei/geo"
	"jingwei/geo/geotest"
	"jingwei/geo/postgis"
	"jingwei/geo/postgis/private"
)

// newPrimary is a cluster of its own with a migrated database.
func newPrimary(t *testing.T) (*private.Cluster, string, setup) {
	t.Helper()
	cluster, dir, url := geotest.OwnCluster(t)
	s := setup{Store: open(t, url), url: url, today: geo.DayOf(time.Now())}
	if _, err := s.LoadDivisions(t.Context(), divisions(), nil); err != nil {
		t.Fatal(err)
	}
	return cluster, dir, s
}

// catchUp waits until the replica has replayed what the primary has written.
func catchUp(t *testing.T, primary, replica setup) {
	t.Helper()
	target := queryOne[string](t, primary, `select pg_current_wal_lsn()::text`)
	conn := replica.connect(t)
	defer conn.Close(context.WithoutCancel(t.Context()))
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for {
		var there bool
		if err := conn.QueryRow(t.Context(), `select pg_last_wal_replay_lsn() >= $1::text::pg_lsn`, target).Scan(&there); err != nil {
			t.Fatal(err)
		}
		if there {
			return
		}
		select {
		case <-tick.C:
		case <-t.Context().Done():
			t.Fatal("the replica does not follow")
		}
	}
}

func changedOrganizations(b postgis.Batch) []geo.ID { return b.Changed["organizations"] }

// TestReplica follows a real streaming replica: a snapshot there does not say what runs, so that changes above the
// oldest open transaction have to wait, and none may be lost.
func TestReplica(t *testing.T) {
	cluster, dir, primary := newPrimary(t)
	ids := []geo.ID{primary.create(t, content("one")).ID, primary.create(t, content("two")).ID, primary.create(t, content("three")).ID}
	copied, _ := geotest.StartReplica(t, cluster, dir)
	url := copied.URL("own")
	replica := setup{Store: open(t, url), url: url, today: primary.today}
	catchUp(t, primary, replica)
	r := replica.replay(t)
	if !slices.Equal(truth(t, primary), truth(t, replica)) {
		t.Fatal("the copy is not one")
	}
	commit := func(tx pgx.Tx) {
		if err := tx.Commit(t.Context()); err != nil {
			t.Fatal(err)
		}
		catchUp(t, primary, replica)
	}
	early := primary.begin(t, ids[0], "one again")
	late := primary.begin(t, ids[1], "two again")
	commit(late)
	if batch := r.poll(); len(changedOrganizations(batch)) != 0 {
		t.Errorf("delivered above the oldest open transaction: %v", batch.Changed)
	}
	commit(early)
	if batch := r.poll(); !slices.Equal(changedOrganizations(batch), ids[:2]) {
		t.Errorf("delivered %v, want %v", batch.Changed, ids[:2])
	}
	r.wantTruth(replica)
	held := primary.begin(t, ids[2], "three again")
	commit(primary.begin(t, ids[0], "one for ever"))
	r.poll()
	commit(held)
	r.poll()
	r.wantTruth(replica)
	t.Run("position of the primary", func(t *testing.T) { testPositionOfPrimary(t, primary, replica, r) })
	t.Run("promotion begins an epoch", func(t *testing.T) {
		epoch := r.at.Epoch
		replica.exec(t, `select pg_promote()`)
		if batch := r.poll(); !batch.Void || batch.Position.Epoch == epoch {
			t.Errorf("batch %+v in epoch %s", batch, epoch)
		}
		r.wantTruth(replica)
	})
}

// testPositionOfPrimary: who comes from the primary with a position that the replica has not reached waits for it.
func testPositionOfPrimary(t *testing.T, primary, replica setup, r *replayed) {
	replica.exec(t, `select pg_wal_replay_pause()`)
	org, at, err := primary.CreateOrganization(t.Context(), geo.Everywhere(), geo.Everywhere(), content("four"), since("2023-06-30"), "a")
	if err != nil {
		t.Fatal(err)
	}
	batch, err := r.feed.Next(t.Context(), r.layer, at)
	if err != nil || r.reload(batch) || batch.Position.String() != at.String() {
		t.Errorf("ahead of the replica: %+v, %v", batch, err)
	}
	if batch := r.poll(); len(changedOrganizations(batch)) != 0 {
		t.Errorf("not replayed yet: %v", batch.Changed)
	}
	replica.exec(t, `select pg_wal_replay_resume()`)
	catchUp(t, primary, replica)
	if batch := r.poll(); !slices.Equal(changedOrganizations(batch), []geo.ID{org.ID}) || !batch.Position.Covers(at.Snapshot) {
		t.Errorf("after replay at %v: %+v", at, batch)
	}
	r.wantTruth(replica)
}

// TestCrashBeginsAnEpoch kills PostgreSQL: transaction ids that a consumer counts as seen may be given out again, so
// that its position must not be trusted any more.
func TestCrashBeginsAnEpoch(t *testing.T) {
	cluster, dir, s := newPrimary(t)
	org := s.create(t, content("one"))
	r := s.replay(t)
	before := r.at
	if err := private.Signal(dir, syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	<-cluster.Done()
	cluster.Stop(t.Context())
	geotest.StartCluster(t, dir)
	again := setup{Store: open(t, s.url), url: s.url, today: s.today}
	feed, err := again.Feed(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	r.feed = feed
	batch := r.poll()
	if !batch.Void || batch.Position.Epoch == before.Epoch || strings.Contains(batch.Position.Epoch, ".") {
		t.Errorf("batch %+v after a crash, was %v", batch, before)
	}
	r.wantTruth(again)
	if got, err := again.Organization(t.Context(), geo.Everywhere(), org.ID); err != nil || got.Name != "one" {
		t.Errorf("organization %+v, %v", got, err)
	}
}

// TestRestartKeepsTheEpoch: an orderly stop loses nothing, so that consumers go on.
func TestRestartKeepsTheEpoch(t *testing.T) {
	cluster, dir, s := newPrimary(t)
	r := s.replay(t)
	s.Close()
	if err := cluster.Stop(t.Context()); err != nil {
		t.Fatal(err)
	}
	geotest.StartCluster(t, dir)
	again := setup{Store: open(t, s.url), url: s.url, today: s.today}
	feed, err := again.Feed(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	r.feed = feed
	again.create(t, content("one"))
	if batch := r.poll(); r.reload(batch) || len(batch.Points) != 1 {
		t.Errorf("batch %+v after a restart", batch)
	}
}
