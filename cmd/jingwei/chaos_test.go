package main_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
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

// chaos is two nodes of one database, a process and one in the test, while everything happens to them.
type chaos struct {
	*editable
	url, dir string // of the database
	cluster  *private.Cluster
	store    *postgis.Store

	process *program
	node    main.Node
	inside  *program     // speaks to node
	ahead   atomic.Int64 // of the clock of node, in nanoseconds
	calm    atomic.Bool  // nothing is read anew any more

	writing sync.RWMutex // held for writing while nobody may write
	longest time.Duration
	made    struct {
		sync.Mutex
		names []string // that a node answered with 201
	}
	edits atomic.Int64
}

// TestChaos edits from several connections, through the store and through the API; transactions end out of order, stay
// open for long or are rolled back; whole layers are told to be read anew; nodes and PostgreSQL are killed; clocks jump
// over midnight; changes are dropped that a node has not seen. At the end the indexes equal PostGIS in all rows
// and attributes, of both editions and layers, and both nodes give the same tiles. JINGWEI_CHAOS=10m makes it longer,
// JINGWEI_CHAOS_SEED=1 draws the same again, which does not mean that the same happens.
func TestChaos(t *testing.T) {
	t.Parallel()
	during, seed := 6*time.Second, uint64(time.Now().UnixNano())
	if text := os.Getenv("JINGWEI_CHAOS"); text != "" {
		var err error
		if during, err = time.ParseDuration(text); err != nil {
			t.Fatal(err)
		}
	}
	if text := os.Getenv("JINGWEI_CHAOS_SEED"); text != "" {
		var err error
		if seed, err = strconv.ParseUint(text, 10, 64); err != nil {
			t.Fatal(err)
		}
	}
	t.Logf("seed %d", seed)
	c := newChaos(t, max(time.Second, during/4))
	ctx, stop := context.WithCancel(t.Context())
	var actors sync.WaitGroup
	for i, act := range []func(context.Context, *pgx.Conn, *rand.Rand) error{
		c.guarded(c.transaction), c.guarded(c.transaction), c.holdOpen, c.guarded(c.editThroughStore), c.guarded(c.editThroughAPI),
		c.guarded(c.editThroughAPI), c.guarded(c.loadInBulk),
	} {
		actors.Go(func() { c.keepOn(ctx, act, rand.New(rand.NewPCG(seed, uint64(i)))) })
	}
	for deadline, random := time.Now().Add(during), rand.New(rand.NewPCG(seed, 99)); ; {
		events := c.disturbances()
		random.Shuffle(len(events), func(i, j int) { events[i], events[j] = events[j], events[i] })
		for _, disturb := range events { // each at least once
			pause(t.Context(), time.Duration(random.Int64N(int64(min(during/12, 20*time.Second)))))
			disturb(t, random)
		}
		if time.Now().After(deadline) {
			break
		}
	}
	// What is read anew at the end would hide what was wrong before: changes alone must lead to the end. One disturbance
	// comes last, this one or that.
	c.calm.Store(true)
	if seed%2 == 0 {
		c.killPostgres(t, nil)
	} else {
		c.holdUp(t, rand.New(rand.NewPCG(seed, 98)))
	}
	c.process.waitReady(t, time.Minute)
	c.expectLoaded(t)
	pause(t.Context(), 2*time.Second)
	stop()
	actors.Wait()
	t.Logf("%d transactions, %d organizations made through the API", c.edits.Load(), len(c.made.names))
	c.ahead.Store(0)
	c.expectAgreement(t)
}

// expectLoaded waits until the node has read all layers, and both its editions say so.
func (c *chaos) expectLoaded(t *testing.T) {
	t.Helper()
	at := positionOf(t, c.store)
	for _, layer := range geo.PointLayers() {
		for _, e := range []live.Edition{live.Public, live.Internal} {
			eventually(t, time.Minute, func() error { return reached(c.node.Index(layer.Name, e), at) })
		}
	}
}

func newChaos(t *testing.T, longest time.Duration) *chaos {
	t.Helper()
	c := &chaos{longest: min(longest, 3*time.Minute)}
	c.cluster, c.dir, c.url = geotest.OwnCluster(t)
	conn := connect(t, c.url)
	c.editable = plantEditable(t, conn, 400)
	// What was rolled back reaches the disk late: see rollBackSeen.
	for _, sql := range []string{`alter system set wal_writer_delay = '10s'`, `select pg_reload_conf()`} {
		if _, err := conn.Exec(t.Context(), sql); err != nil {
			t.Fatal(err)
		}
	}
	c.store = openStore(t, impatient(c.url))
	c.process = serve(t, t.TempDir(), "--database", c.url, "--rate-writes", "0")
	c.node, c.inside = startNode(t, main.NodeOptions{Database: c.url, Now: func() time.Time { return time.Now().Add(time.Duration(c.ahead.Load())) }})
	return c
}

// keepOn lets an actor act until ctx is done, on a connection that is made again when it breaks.
func (c *chaos) keepOn(ctx context.Context, act func(context.Context, *pgx.Conn, *rand.Rand) error, random *rand.Rand) {
	var conn *pgx.Conn
	for ctx.Err() == nil {
		if conn == nil || conn.IsClosed() {
			var err error
			if conn, err = pgx.Connect(ctx, impatient(c.url)); err != nil {
				pause(ctx, 50*time.Millisecond)
				continue
			}
		}
		if err := act(ctx, conn, random); err == nil {
			c.edits.Add(1)
		}
		pause(ctx, time.Duration(random.IntN(10))*time.Millisecond)
	}
	if conn != nil {
		_ = conn.Close(context.WithoutCancel(ctx))
	}
}

// pause is the time between two acts.
func pause(ctx context.Context, d time.Duration) {
	select {
	case <-ctx.Done():
	case <-time.After(d):
	}
}

// impatient returns the URL of a database with a limit to the wait for rows that an open transaction has changed: who
// waits keeps others from disturbing.
func impatient(url string) string { return url + "&lock_timeout=300" }

// guarded lets an actor act only while somebody may write.
func (c *chaos) guarded(act func(context.Context, *pgx.Conn, *rand.Rand) error) func(context.Context, *pgx.Conn, *rand.Rand) error {
	return func(ctx context.Context, conn *pgx.Conn, random *rand.Rand) error {
		c.writing.RLock()
		defer c.writing.RUnlock()
		return act(ctx, conn, random)
	}
}

// holdOpen edits and ends its transaction long after others that began later, also while nobody else may write.
func (c *chaos) holdOpen(ctx context.Context, conn *pgx.Conn, random *rand.Rand) error {
	tx, err := conn.Begin(ctx)
	if err != nil {
		return err
	}
	err = pgx.BeginFunc(ctx, tx, func(part pgx.Tx) error { return c.edit(ctx, part, random) })
	pause(ctx, time.Duration(random.Int64N(int64(c.longest))))
	if err != nil || random.IntN(3) == 0 {
		return tx.Rollback(context.WithoutCancel(ctx))
	}
	return tx.Commit(context.WithoutCancel(ctx))
}

// editThroughStore replaces and retires organizations as the program does.
func (c *chaos) editThroughStore(ctx context.Context, _ *pgx.Conn, random *rand.Rand) error {
	org, err := c.store.Organization(ctx, geo.Everywhere(), c.organizations[random.IntN(len(c.organizations))])
	if err != nil {
		return err
	}
	today := geo.DayOf(time.Now())
	if random.IntN(20) == 0 {
		_, err = c.store.RetireOrganization(ctx, geo.Everywhere(), geo.Everywhere(), org.ID, org.Version, today, "chaos")
		return err
	}
	content := org.OrganizationContent
	content.Name = fmt.Sprint("改名", random.IntN(1000))
	content.Location.Lon += int32(random.IntN(10_000))
	_, _, err = c.store.ReplaceOrganization(ctx, geo.Everywhere(), geo.Everywhere(), org.ID, org.Version, content, today-geo.Day(random.IntN(2)*100), today, "chaos")
	return err
}

// editThroughAPI registers organizations at either node, of which none that was answered with 201 may be missing.
func (c *chaos) editThroughAPI(_ context.Context, _ *pgx.Conn, random *rand.Rand) error {
	name := fmt.Sprint("接口", random.Uint64())
	if ![]*program{c.process, c.inside}[random.IntN(2)].create(name) {
		return errors.New("not taken")
	}
	c.made.Lock()
	defer c.made.Unlock()
	c.made.names = append(c.made.names, name)
	return nil
}

// loadInBulk changes many rows that no change tells of, and says at the end that all is to be read anew; or hides a
// category of reports, or shows it.
func (c *chaos) loadInBulk(ctx context.Context, conn *pgx.Conn, random *rand.Rand) error {
	defer pause(ctx, time.Duration(random.IntN(1000))*time.Millisecond)
	if c.calm.Load() {
		return errors.New("not now")
	}
	if random.IntN(2) == 0 {
		_, err := conn.Exec(ctx, `update jingwei.report_category set sensitive = not sensitive where code = 'noise'`)
		return err
	}
	return pgx.BeginFunc(ctx, conn, func(tx pgx.Tx) error {
		for _, sql := range []string{
			`set local jingwei.bulk = 'on'`,
			`update jingwei.organization_version set name = 'bulk ' || organization_id, lat_e7 = lat_e7 + 1 where organization_id % 7 = 0 and upper_inf(recorded)`,
			`update jingwei.report set state = 'referred', lon_e7 = lon_e7 + 1 where id % 7 = 0`,
			`select jingwei.reload('organizations'), jingwei.reload('reports')`,
		} {
			if _, err := tx.Exec(ctx, sql); err != nil {
				return err
			}
		}
		return nil
	})
}

// disturbances are what is done to nodes and database.
func (c *chaos) disturbances() []func(*testing.T, *rand.Rand) {
	return []func(*testing.T, *rand.Rand){
		func(t *testing.T, _ *rand.Rand) { c.restartNode(t, false) },
		func(t *testing.T, _ *rand.Rand) { c.restartNode(t, true) },
		c.holdUp, c.killPostgres, c.turnClock, c.turnClock,
	}
}

// turnClock lets the clock of the node jump over midnights, forward or back.
func (c *chaos) turnClock(_ *testing.T, random *rand.Rand) {
	c.ahead.Store(int64(time.Duration(random.IntN(9)-4) * 12 * time.Hour))
}

// restartNode kills the process. While it is down, changes may be dropped that it has not seen.
func (c *chaos) restartNode(t *testing.T, forget bool) {
	t.Helper()
	c.process.kill()
	if forget {
		c.forget(t)
	}
	data := c.process.dataDir
	// Which node the editors speak to must not change under them.
	c.writing.Lock()
	defer c.writing.Unlock()
	c.process = serve(t, data, "--database", c.url, "--rate-writes", "0")
}

// holdUp stops the process for a while, in which changes are dropped that it has not seen.
func (c *chaos) holdUp(t *testing.T, random *rand.Rand) {
	t.Helper()
	signal := func(s os.Signal) {
		if err := c.process.cmd.Process.Signal(s); err != nil {
			t.Error(err)
		}
	}
	signal(syscall.SIGSTOP)
	defer signal(syscall.SIGCONT)
	pause(t.Context(), time.Duration(300+random.IntN(300))*time.Millisecond)
	c.forget(t)
}

// forget makes all changes older than the retention and drops them. It may fail where others hold locks.
func (c *chaos) forget(t *testing.T) {
	t.Helper()
	conn := connect(t, c.url)
	defer conn.Close(context.WithoutCancel(t.Context()))
	if _, err := conn.Exec(t.Context(), `update jingwei.change set at = at - interval '10 days'`); err != nil {
		t.Logf("changes do not age: %v", err)
		return
	}
	if err := c.store.MaintainFeed(t.Context()); err != nil {
		t.Logf("changes are not dropped: %v", err)
	}
}

// killPostgres kills PostgreSQL just after transactions were rolled back whose numbers the node has counted as seen: they
// are given out again after the crash, to others.
func (c *chaos) killPostgres(t *testing.T, _ *rand.Rand) {
	t.Helper()
	c.writing.Lock()
	defer c.writing.Unlock()
	c.rollBackSeen(t)
	if err := private.Signal(c.dir, syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	<-c.cluster.Done()
	_ = c.cluster.Stop(t.Context()) // what it was is gone
	c.cluster = geotest.StartCluster(t, c.dir)
}

// rollBackSeen rolls back transactions, of which nothing reaches the disk, and waits until the node stands behind them.
func (c *chaos) rollBackSeen(t *testing.T) {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), c.url)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(context.WithoutCancel(t.Context()))
	for range 40 {
		if _, err := conn.Exec(t.Context(), `begin; select pg_current_xact_id(); rollback`); err != nil {
			t.Fatal(err)
		}
	}
	at := positionOf(t, c.store)
	_ = c.node.Index("organizations", live.Internal).Wait(t.Context(), at)
}

// expectAgreement compares everything when nobody writes any more.
func (c *chaos) expectAgreement(t *testing.T) {
	t.Helper()
	c.process.waitReady(t, time.Minute)
	conn := connect(t, c.url)
	expectTruth(t, c.store, c.node)
	for _, p := range []*program{c.process, c.inside} {
		p.expectEqualWithin(t, conn, time.Minute)
		p.expectReports(t, conn)
	}
	expectNames(t, conn, c.made.names)
	at := positionOf(t, c.store)
	random := rand.New(rand.NewPCG(5, 6))
	for range 200 {
		a := draw(random, drawPlace(random, 0, 12))
		a.chosen[chosenReader] = min(a.chosen[chosenReader], 1) // everyone or the operator
		one, other := c.process.draw(t, a, at), c.inside.draw(t, a, at)
		if !bytes.Equal(one.body, other.body) || one.header.Get("ETag") != other.header.Get("ETag") {
			t.Errorf("%s: %d bytes %s and %d bytes %s", a.path(), len(one.body), one.header.Get("ETag"), len(other.body), other.header.Get("ETag"))
		}
	}
}

// draw asks for a tile that has reached a position.
func (p *program) draw(t *testing.T, a asking, at geo.FeedPosition) answer {
	t.Helper()
	header := []string{"Accept-Encoding", a.coding()}
	if a.chosen[chosenReader] == 1 {
		header = append(header, "Authorization", "Bearer "+p.token(t))
	}
	got := p.do(t, http.MethodGet, a.path()+"&after="+at.String(), nil, header...)
	if got.status != http.StatusOK && got.status != http.StatusNoContent {
		t.Fatalf("%s: %d %s", a.path(), got.status, got.body)
	}
	return got
}

const sqlAllReports = `
select r.id, r.category, r.status, r.state, lpad(r.division_code::text, 12, '0'), r.lon_e7, r.lat_e7
from jingwei.report r where (r.received_at at time zone 'Asia/Shanghai')::date <= (now() at time zone 'Asia/Shanghai')::date`

const sqlPublicReports = `
select r.id, r.category, r.status, r.state, lpad(r.division_code::text, 12, '0'), r.lon_e7, r.lat_e7
from jingwei.public_report r where r.received_on <= (now() at time zone 'Asia/Shanghai')::date`

// expectReports compares the reports of both editions with the database.
func (p *program) expectReports(t *testing.T, conn *pgx.Conn) {
	t.Helper()
	for sql, header := range map[string][]string{sqlAllReports: {"Authorization", "Bearer " + p.token(t)}, sqlPublicReports: nil} {
		rows, _ := conn.Query(t.Context(), sql)
		want, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (string, error) {
			var (
				id                                geo.ID
				category, status, state, division string
				lon, lat                          int32
			)
			err := row.Scan(&id, &category, &status, &state, &division, &lon, &lat)
			return reportLine(id, category, status, state, division, float64(lon)/1e7, float64(lat)/1e7), err
		})
		if err != nil {
			t.Fatal(err)
		}
		slices.Sort(want)
		eventually(t, time.Minute, func() error {
			if got := p.listReports(t, header...); !slices.Equal(got, want) {
				return fmt.Errorf("the index has %d reports, the database %d, or they differ: %s", len(got), len(want), firstDifference(got, want))
			}
			return nil
		})
	}
}

func reportLine(id geo.ID, category, status, state, division string, lon, lat float64) string {
	return fmt.Sprintf("%d %s %s %s %s %.0f,%.0f", id, category, status, state, division, lon*1e7, lat*1e7)
}

func (p *program) listReports(t *testing.T, header ...string) []string {
	t.Helper()
	var all []string
	for cursor := ""; ; {
		var page struct {
			Items []struct {
				ID                                geo.ID
				Category, Status, State, Division string
				Location                          [2]float64
			}
			Next *string
		}
		p.get(t, strings.TrimSuffix("/api/reports?limit=1000&cursor="+cursor, "&cursor="), header...).decode(t, &page)
		for _, r := range page.Items {
			all = append(all, reportLine(r.ID, r.Category, r.Status, r.State, r.Division, r.Location[0], r.Location[1]))
		}
		if page.Next == nil {
			slices.Sort(all)
			return all
		}
		cursor = *page.Next
	}
}
