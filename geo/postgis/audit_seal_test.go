package postgis_test

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"jingwei/geo"
	"jingwei/geo/geotest"
	"jingwei/geo/postgis"
)

const sqlWriteEntry = `insert into jingwei.audit (actor, via, action) values ('test', 'cli', $1)`

// writeOpen opens a transaction on a connection beside the store and writes an entry in it.
func writeOpen(t testing.TB, conn *pgx.Conn, action string) pgx.Tx {
	t.Helper()
	tx, err := conn.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := tx.Exec(t.Context(), sqlWriteEntry, action); err != nil {
		t.Fatal(err)
	}
	return tx
}

func finish(t testing.TB, tx pgx.Tx, how func(context.Context) error) {
	t.Helper()
	if err := how(t.Context()); err != nil {
		t.Fatal(err)
	}
}

func TestSeal(t *testing.T) {
	s := newEmptySetup(t)
	s.seal(t, 0)
	if head, holds, err := s.AuditHead(t.Context(), geo.AuditHead{}); head != (geo.AuditHead{}) || !holds || err != nil {
		t.Errorf("head of nothing %v, %v, %v", head, holds, err)
	}
	s.verify(t, geo.AuditHead{}, 0)
	s.record(t, geo.AuditEntry{Action: "a"}, geo.AuditEntry{Action: "b"})
	s.verify(t, geo.AuditHead{}, 2)
	s.seal(t, 2)
	s.seal(t, 0)
	first := s.verify(t, geo.AuditHead{}, 0)
	s.record(t, geo.AuditEntry{Action: "c"})
	s.seal(t, 1)
	last := s.verify(t, first.Head, 0)
	if first.Head.N != 1 || last.Head.N != 2 || last.Entries != 3 || last.Seals != 2 || last.Head.Hash == first.Head.Hash {
		t.Errorf("%+v, then %+v", first, last)
	}
	for known, want := range map[geo.AuditHead]bool{{}: true, first.Head: true, last.Head: true, {N: 2, Hash: first.Head.Hash}: false, {N: 3, Hash: last.Head.Hash}: false} {
		if head, holds, err := s.AuditHead(t.Context(), known); head != last.Head || holds != want || err != nil {
			t.Errorf("knowing %v: %v, %v, %v", known, head, holds, err)
		}
	}
}

// TestSealOfOpenTransactions: entries are sealed when their transaction has ended, in whatever order these end, and a
// transaction that stays open delays no other.
func TestSealOfOpenTransactions(t *testing.T) {
	s := newEmptySetup(t)
	long, second, gone := writeOpen(t, s.connect(t), "long"), writeOpen(t, s.connect(t), "second"), writeOpen(t, s.connect(t), "gone")
	s.seal(t, 0)
	third := writeOpen(t, s.connect(t), "third")
	finish(t, third, third.Commit)
	s.seal(t, 1)
	finish(t, gone, gone.Rollback)
	finish(t, second, second.Commit)
	s.record(t, geo.AuditEntry{Action: "fourth"})
	s.seal(t, 2)
	for range 5 {
		s.record(t, geo.AuditEntry{Action: "more"})
		s.seal(t, 1)
	}
	s.verify(t, geo.AuditHead{}, 0)
	if _, err := long.Exec(t.Context(), sqlWriteEntry, "again"); err != nil {
		t.Fatal(err)
	}
	finish(t, long, long.Commit)
	s.verify(t, geo.AuditHead{}, 2)
	s.seal(t, 2)
	s.seal(t, 0)
	if r := s.verify(t, geo.AuditHead{}, 0); r.Entries != 10 {
		t.Errorf("%+v", r)
	}
	if got := queryOne[string](t, s, `select string_agg(ids::text, ' ' order by n) from (select * from jingwei.audit_seal where n in (1, 2, 8)) s`); got != "{[4,5)} {[2,3),[5,6)} {[1,2),[11,12)}" {
		t.Errorf("seals %s", got)
	}
}

// TestSealOfMany: a seal has a bound, and the check goes through pages.
func TestSealOfMany(t *testing.T) {
	s := newEmptySetup(t)
	s.exec(t, `insert into jingwei.audit (actor, via, action) select 'test', 'cli', 'a' from generate_series(1, 25001)`)
	s.seal(t, 25_001)
	if got := queryOne[string](t, s, `select string_agg(entries::text, ' ' order by n) from jingwei.audit_seal`); got != "10000 10000 5001" {
		t.Errorf("seals of %s", got)
	}
	steps := 0
	r, err := s.VerifyAudit(t.Context(), geo.AuditHead{}, func(done, total int) {
		if steps++; total != 3 || done < 1 || done > 3 {
			t.Errorf("%d of %d", done, total)
		}
	})
	if err != nil || r.Entries != 25_001 || r.FaultCount > 0 || steps != 2 {
		t.Errorf("%+v, %v, %d steps", r, err, steps)
	}
}

// TestTwoSealers: any number of nodes may try; each entry gets one seal.
func TestTwoSealers(t *testing.T) {
	s := newEmptySetup(t)
	const writers, each = 4, 50
	var writing, sealing sync.WaitGroup
	done := make(chan struct{})
	for range 3 {
		node := open(t, s.url)
		sealing.Go(func() {
			for {
				if _, err := node.SealAudit(t.Context()); err != nil {
					t.Error(err)
				}
				select {
				case <-done:
					return
				default:
				}
			}
		})
	}
	for range writers {
		writing.Go(func() {
			for i := range each {
				if err := s.RecordAudit(t.Context(), geo.AuditEntry{Action: fmt.Sprint("a", i)}); err != nil {
					t.Error(err)
				}
			}
		})
	}
	writing.Wait()
	close(done)
	sealing.Wait()
	if _, err := s.SealAudit(t.Context()); err != nil {
		t.Fatal(err)
	}
	if r := s.verify(t, geo.AuditHead{}, 0); r.Entries != writers*each {
		t.Errorf("%+v", r)
	}
}

// TestSealerKilled ends the connection of the sealer in the middle of its work: nothing is half sealed, and its lock is
// free for the next.
func TestSealerKilled(t *testing.T) {
	s := newEmptySetup(t)
	s.record(t, geo.AuditEntry{Action: "a"})
	s.seal(t, 1)
	s.record(t, geo.AuditEntry{Action: "b"}, geo.AuditEntry{Action: "c"})
	blocker, err := s.connect(t).Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := blocker.Exec(t.Context(), `lock table jingwei.audit_seal in exclusive mode`); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error)
	go func() {
		_, err := s.SealAudit(t.Context())
		ended <- err
	}()
	conn := s.connect(t)
	const kill = `
select count(pg_terminate_backend(a.pid)) from pg_stat_activity a
where a.datname = current_database() and a.wait_event_type = 'Lock' and a.query like '%insert into jingwei.audit_seal%' and a.pid <> pg_backend_pid()`
	for killed := 0; killed == 0; {
		if err := conn.QueryRow(t.Context(), kill).Scan(&killed); err != nil {
			t.Fatal(err)
		}
	}
	if err := <-ended; err == nil {
		t.Error("the sealer that was ended reports success")
	}
	finish(t, blocker, blocker.Rollback)
	s.verify(t, geo.AuditHead{}, 2)
	s.seal(t, 2)
	s.verify(t, geo.AuditHead{}, 0)
}

// TestSealCancelled: a sealer that is told to stop leaves no lock behind.
func TestSealCancelled(t *testing.T) {
	s := newEmptySetup(t)
	s.record(t, geo.AuditEntry{Action: "a"})
	blocker, err := s.connect(t).Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := blocker.Exec(t.Context(), `lock table jingwei.audit_seal in exclusive mode`); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if _, err := s.SealAudit(ctx); err == nil {
		t.Error("sealed past a lock")
	}
	finish(t, blocker, blocker.Rollback)
	other := setup{Store: open(t, s.url), url: s.url}
	for n := 0; n == 0; { // the server notices the lost connection in its own time
		if n, err = other.SealAudit(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	s.verify(t, geo.AuditHead{}, 0)
}

// TestSealAfterRestore restores a dump into another cluster, where transaction ids begin low: nothing is left out or
// sealed twice, then and when the ids pass those of old.
func TestSealAfterRestore(t *testing.T) {
	s := newEmptySetup(t)
	burn(t, s, 3000)
	s.record(t, geo.AuditEntry{Action: "sealed"})
	s.seal(t, 1)
	s.record(t, geo.AuditEntry{Action: "waits"})
	head := s.verify(t, geo.AuditHead{}, 1).Head

	cluster := geotest.StartCluster(t, geotest.OwnFolder(t))
	if err := postgis.CreateDatabase(t.Context(), cluster.URL("postgres"), "restored"); err != nil {
		t.Fatal(err)
	}
	copyByDump(t, cluster.Bin(), s.url, cluster.URL("restored"))
	url := cluster.URL("restored")
	r := setup{Store: open(t, url), url: url}
	old := queryOne[int64](t, s, `select pg_current_xact_id()::text::bigint`)
	if now := queryOne[int64](t, r, `select pg_current_xact_id()::text::bigint`); now >= old {
		t.Fatalf("the transaction ids begin at %d, and are no lower than %d", now, old)
	}
	r.verify(t, head, 1)
	r.record(t, geo.AuditEntry{Action: "first-here"})
	r.seal(t, 2)
	r.record(t, geo.AuditEntry{Action: "second-here"})
	r.seal(t, 1)
	burn(t, r, 2*old)
	r.seal(t, 0)
	r.record(t, geo.AuditEntry{Action: "third-here"})
	r.seal(t, 1)
	if last := r.verify(t, head, 0); last.Entries != 5 || last.Head.N != 4 {
		t.Errorf("%+v", last)
	}
}

// burn uses transaction ids up.
func burn(t *testing.T, s setup, n int64) {
	t.Helper()
	s.exec(t, fmt.Sprintf(`do $$ begin for i in 1..%d loop perform pg_current_xact_id(); commit; end loop; end $$`, n))
}

// copyByDump copies a database with the programs that operators use.
func copyByDump(t *testing.T, bin, from, to string) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "dump")
	for _, args := range [][]string{
		{"pg_dump", "--format=custom", "--file=" + file, from}, {"pg_restore", "--exit-on-error", "--no-owner", "--no-acl", "--dbname=" + to, file},
	} {
		cmd := exec.CommandContext(t.Context(), filepath.Join(bin, args[0]), args[1:]...)
		cmd.Env = append(os.Environ(), "PGOPTIONS=")
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("%s: %v\n%s", strings.Join(args, " "), err, out)
		}
	}
}
