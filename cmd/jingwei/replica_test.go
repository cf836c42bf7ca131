package main_test

import (
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	main "jingwei/cmd/jingwei"
	"jingwei/geo"
	"jingwei/geo/geotest"
	"jingwei/geo/live"
	"jingwei/geo/postgis"
	"jingwei/geo/postgis/private"
)

// plantDivisions inserts a division of each level.
func plantDivisions(t testing.TB, conn *pgx.Conn) {
	t.Helper()
	for i, code := range []int64{330000000000, 330100000000, 330102000000, 330102001000, 330102001051} {
		_, err := conn.Exec(t.Context(), `insert into jingwei.division (code, level, parent, name, valid, label)
			values ($1, $2, $3, $4, '[2000-01-01,)', 'srid=4326;point(120.1 30.2)')`,
			code, i+1, []any{nil, 330000000000, 330100000000, 330102000000, 330102001000}[i], []string{"浙江省", "杭州市", "上城区", "清波街道", "柳翠社区"}[i])
		if err != nil {
			t.Fatal(err)
		}
	}
}

// startNode runs a node until the test ends and waits until it is ready. What it returns speaks to it as to a program.
func startNode(t testing.TB, o main.NodeOptions) (main.Node, *program) {
	t.Helper()
	o.DataDir = t.TempDir()
	n, stopped, err := main.StartNodeWith(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { <-stopped }) // the test's context ends before
	p := &program{url: n.URL, dataDir: o.DataDir}
	p.waitReady(t, time.Minute)
	return n, p
}

// createAt registers an organization and returns the position of the write.
func (p *program) createAt(t testing.TB, name string) string {
	t.Helper()
	a := p.do(t, http.MethodPost, "/api/organizations", organizationBody(name, 120.1, 30.2))
	if a.status != http.StatusCreated {
		t.Fatalf("create: %d %s", a.status, a.body)
	}
	return a.header.Get("Jingwei-Position")
}

// replicated is a node that reads from a replica.
type replicated struct {
	main.Node
	*program
	whole            *testing.T // what a part of it starts ends with the whole
	primary, replica *pgx.Conn
	cluster          *private.Cluster // of the replica
	dir              string
}

func newReplicated(t *testing.T) *replicated {
	t.Helper()
	cluster, dir, url := geotest.OwnCluster(t)
	r := &replicated{whole: t, primary: connect(t, url)}
	plantDivisions(t, r.primary)
	r.cluster, r.dir = geotest.StartReplica(t, cluster, dir)
	r.Node, r.program = startNode(t, main.NodeOptions{Database: url, Replica: r.cluster.URL("own")})
	r.replica = connect(t, r.cluster.URL("own"))
	return r
}

func (r *replicated) onReplica(t *testing.T, sql string) {
	t.Helper()
	if _, err := r.replica.Exec(t.Context(), sql); err != nil {
		t.Fatal(err)
	}
}

// TestServeFromAReplica reads from a real streaming replica and writes to its primary.
func TestServeFromAReplica(t *testing.T) {
	t.Parallel()
	r := newReplicated(t)
	if a := r.get(t, "/readyz"); !strings.Contains(string(a.body), `"replica":"ok"`) {
		t.Errorf("/readyz: %s", a.body)
	}
	t.Run("reads wait for what was written", r.testAfter)
	t.Run("who signs in is asked of the primary", r.testTokenAtOnce)
	t.Run("lag", r.testLag)
	t.Run("the replica goes and comes back", r.testGone)
	t.Run("the replica becomes a primary", r.testPromoted)
}

// testAfter: while the replica does not replay, a read with the position of the write waits, and then has it.
func (r *replicated) testAfter(t *testing.T) {
	r.onReplica(t, `select pg_wal_replay_pause()`)
	at := r.createAt(t, "候读村委会")
	if a := r.get(t, "/api/organizations?limit=10"); strings.Contains(string(a.body), "候读村委会") {
		t.Error("the index has what the replica has not replayed: it does not follow the replica")
	}
	answered := make(chan answer, 1)
	go func() { answered <- r.do(t, http.MethodGet, "/api/organizations?limit=10&after="+at, nil) }()
	select {
	case a := <-answered:
		t.Errorf("answered before the replica had it: %d", a.status)
	case <-time.After(100 * time.Millisecond):
	}
	r.onReplica(t, `select pg_wal_replay_resume()`)
	if a := <-answered; a.status != http.StatusOK || !strings.Contains(string(a.body), "候读村委会") {
		t.Errorf("after replay: %d %s", a.status, a.body)
	}
}

// testTokenAtOnce: grants and sessions that the replica has not heard of hold already, and end at once.
func (r *replicated) testTokenAtOnce(t *testing.T) {
	r.onReplica(t, `select pg_wal_replay_pause()`)
	defer r.onReplica(t, `select pg_wal_replay_resume()`)
	w := world{Node: r.Node, conn: r.primary}
	w.operator = persona{name: "operator", token: r.token(t), address: w.address()}
	person := w.account(t, "fresh-administrator", 0, grantJSON(geo.RoleAdministrator, 0), password)
	if a := w.ask(t, person, http.MethodGet, "/api/session", ""); a.status != http.StatusOK {
		t.Errorf("the session: %d %s", a.status, a.body)
	}
	if a := w.ask(t, person, http.MethodDelete, "/api/session", ""); a.status != http.StatusNoContent {
		t.Errorf("its end: %d %s", a.status, a.body)
	}
	if a := w.ask(t, person, http.MethodGet, "/api/session", ""); a.status != http.StatusUnauthorized {
		t.Errorf("after its end: %d %s", a.status, a.body)
	}
}

// metric returns a value of /metrics; labels are as they are printed.
func (p *program) metric(t testing.TB, name string) float64 {
	t.Helper()
	for line := range strings.Lines(string(p.get(t, "/metrics").body)) {
		if text, ok := strings.CutPrefix(line, name+" "); ok {
			var v float64
			if _, err := fmt.Sscan(text, &v); err != nil {
				t.Fatal(err)
			}
			return v
		}
	}
	t.Fatalf("there is no metric %s", name)
	return 0
}

func (r *replicated) testLag(t *testing.T) {
	r.onReplica(t, `select pg_wal_replay_pause()`)
	r.createAt(t, "落后村委会")
	eventually(t, 20*time.Second, func() error {
		if bytes, seconds := r.metric(t, "jingwei_replica_lag_bytes"), r.metric(t, "jingwei_replica_lag_seconds"); bytes == 0 || seconds == 0 {
			return fmt.Errorf("lag %v bytes, %v s while nothing is replayed", bytes, seconds)
		}
		return nil
	})
	r.onReplica(t, `select pg_wal_replay_resume()`)
	eventually(t, 20*time.Second, func() error {
		if bytes, seconds := r.metric(t, "jingwei_replica_lag_bytes"), r.metric(t, "jingwei_replica_lag_seconds"); bytes != 0 || seconds != 0 {
			return fmt.Errorf("lag %v bytes, %v s", bytes, seconds)
		}
		return nil
	})
	if r.metric(t, `jingwei_index_lag_seconds_count{layer="organizations"}`) == 0 {
		t.Error("no lag of the index was measured")
	}
}

// testGone: without its replica a node says that it is not ready, answers points from memory, and takes writes.
func (r *replicated) testGone(t *testing.T) {
	if err := r.cluster.Stop(t.Context()); err != nil {
		t.Fatal(err)
	}
	for range 20 { // connections that ended are found out one by one
		if a := r.do(t, http.MethodGet, "/search?q=候读", nil); a.status != http.StatusServiceUnavailable {
			t.Errorf("search right after the end of the replica: %d %s", a.status, a.body)
		}
	}
	eventually(t, 20*time.Second, func() error {
		if a := r.do(t, http.MethodGet, "/readyz", nil); a.status != http.StatusServiceUnavailable || !strings.Contains(string(a.body), `"replica":"unreachable"`) || !strings.Contains(string(a.body), `"database":"ok"`) {
			return fmt.Errorf("/readyz: %d %s", a.status, a.body)
		}
		return nil
	})
	for _, path := range []string{"/search?q=候读", "/tiles/divisions/6/53/26", "/api/divisions/330102000000"} {
		if a := r.do(t, http.MethodGet, path, nil); a.status != http.StatusServiceUnavailable || a.header.Get("Retry-After") == "" {
			t.Errorf("%s without the replica: %d %s", path, a.status, a.body)
		}
	}
	r.get(t, "/tiles/organizations/6/53/26")
	at := r.createAt(t, "缺席村委会")
	r.cluster = geotest.StartCluster(r.whole, r.dir)
	r.waitReady(t, 30*time.Second)
	eventually(t, 30*time.Second, func() error {
		if a := r.do(t, http.MethodGet, "/api/organizations?limit=10&after="+at, nil); a.status != http.StatusOK || !strings.Contains(string(a.body), "缺席村委会") {
			return fmt.Errorf("after its return: %d %s", a.status, a.body)
		}
		return nil
	})
	r.get(t, "/search?q=候读")
}

// testPromoted: transactions of the new timeline may be others than those of the old one, so that everything is read anew.
func (r *replicated) testPromoted(t *testing.T) {
	index := r.Index("organizations", live.Public)
	r.replica = connect(t, r.cluster.URL("own"))
	epoch, loads := index.Snapshot().Position().Epoch, index.Stats().Loads
	r.onReplica(t, `select pg_promote()`)
	r.onReplica(t, `update jingwei.organization_version set name = '升格村委会' where name = '候读村委会'`)
	eventually(t, 20*time.Second, func() error {
		a := r.get(t, "/api/organizations?limit=10")
		if at := index.Snapshot().Position(); at.Epoch == epoch || index.Stats().Loads == loads || !strings.Contains(string(a.body), "升格村委会") {
			return fmt.Errorf("epoch %s, was %s; %d loads, were %d; %s", at.Epoch, epoch, index.Stats().Loads, loads, a.body)
		}
		return nil
	})
}

// TestReplicaOfAnother: what stands in one database and what may be seen in another have nothing to do with each other.
func TestReplicaOfAnother(t *testing.T) {
	_, _, err := main.StartNodeWith(t.Context(), main.NodeOptions{Database: geotest.Database(t), Replica: geotest.Database(t), DataDir: t.TempDir()})
	if err == nil || !strings.Contains(err.Error(), "another database") {
		t.Errorf("error %v", err)
	}
}

// TestNodesStartTogether: nodes that start at once on an empty database make its schema once, and keep one chain of the
// audit.
func TestNodesStartTogether(t *testing.T) {
	url := geotest.EmptyDatabase(t)
	type started struct {
		*program
		err error
	}
	nodes := make(chan started)
	for range 3 {
		dir := t.TempDir()
		go func() {
			n, stopped, err := main.StartNode(t.Context(), url, dir)
			if err == nil {
				t.Cleanup(func() { <-stopped })
			}
			nodes <- started{&program{url: n.URL, dataDir: dir}, err}
		}()
	}
	var all []*program
	for range 3 {
		n := <-nodes
		if n.err != nil {
			t.Fatal(n.err)
		}
		all = append(all, n.program)
	}
	conn := connect(t, url)
	plantDivisions(t, conn)
	for i := range 12 {
		p := all[i%len(all)]
		p.waitReady(t, time.Minute)
		p.createAt(t, fmt.Sprint("村委会", i))
	}
	store, err := postgis.Open(t.Context(), url, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(store.Close)
	eventually(t, 20*time.Second, func() error {
		report, err := store.VerifyAudit(t.Context(), geo.AuditHead{}, nil)
		if err == nil && (len(report.Faults) > 0 || report.Unsealed > 0 || report.Entries < 12) {
			err = fmt.Errorf("the audit: %+v", report)
		}
		return err
	})
	for _, p := range all {
		p.expectEqualToDatabase(t, conn)
	}
}
