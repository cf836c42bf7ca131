package postgis_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"

	"jingwei/geo"
)

// quad is a square with the lower left corner lon, lat and sides of so many degrees.
func quad(lon, lat, side float64) geo.MultiPolygon {
	at := func(x, y float64) geo.Position {
		p, err := geo.NewPosition(x, y)
		if err != nil {
			panic(err)
		}
		return p
	}
	return geo.MultiPolygon{{{at(lon, lat), at(lon+side, lat), at(lon+side, lat+side), at(lon, lat+side)}}}
}

// tree is a generated tree: each organization has the one at a tenth of its number above it; every hundredth has a
// jurisdiction.
type tree struct {
	n      int
	prefix string
}

func (g tree) Len() int { return g.n }

func (g tree) Organization(i int) (geo.OrganizationContent, int) {
	c := content(fmt.Sprintf("第%d村党支部", i))
	c.Code, c.Kind = fmt.Sprintf("%s%07d", g.prefix, i), "branch"
	c.Location.Lon += int32(i)
	if i == 0 {
		return c, -1
	}
	return c, i / 10
}

func (g tree) Jurisdiction(i int) (geo.MultiPolygon, bool) {
	return quad(120+float64(i)*1e-5, 28, 1e-5), i%100 == 0
}

// reports is a generated table: each tenth report is a duplicate of the one before.
type reports struct {
	n    int
	base geo.ID
}

func (g *reports) Len() int            { return g.n }
func (g *reports) SetBase(base geo.ID) { g.base = base }

func (g *reports) Report(i int) geo.Report {
	r := report()
	r.At.Lon += int32(i)
	r.Text = fmt.Sprint("第", i, "件")
	r.Times.Received = r.Times.Received.Add(time.Duration(i) * time.Second)
	if i%10 == 9 {
		r.State, r.Status = "duplicate", geo.ReportClosed
		r.DuplicateOf = g.base + geo.ID(i) - 1
		r.Times.Closed = r.Times.Received.Add(time.Hour)
	}
	return r
}

func report() geo.Report {
	return geo.Report{
		Category: "roads", Text: "路灯不亮", At: geo.Position{Lon: 1209100001, Lat: 280100002}, AccuracyM: 5, Division: liushi1,
		State: "received", Status: geo.ReportOpen, Visibility: geo.VisibilityPublic, Channel: "web",
		Times: geo.ReportTimes{Received: time.Date(2026, 1, 31, 16, 30, 0, 0, time.UTC), Due: time.Date(2027, 3, 1, 0, 0, 0, 0, time.UTC)},
	}
}

// grids is a generated row of squares.
type grids struct {
	n      int
	prefix string
}

func (g grids) Len() int { return g.n }

func (g grids) Grid(i int) geo.Grid {
	return geo.Grid{
		Code: fmt.Sprintf("%s%06d", g.prefix, i), Kind: "village_grid", Name: fmt.Sprint("第", i, "网格"), Division: liushi1,
		Shape: quad(120+float64(i)*1e-4, 28, 1e-4), Valid: since("2023-06-30"),
	}
}

// partTest is a load by parts, and what it is to leave behind.
type partTest struct {
	name  string
	layer string
	total int
	load  func(ctx context.Context, s setup, part string, progress func(done, total int)) (int, error)
	rows  string // SQL: one text per row, without ids; $1 is the base
}

func partTests() []partTest {
	const total = 12_003 // three transactions
	return []partTest{
		{"organizations", "organizations", total, func(ctx context.Context, s setup, part string, progress func(done, total int)) (int, error) {
			return s.LoadOrganizationTree(ctx, part, tree{n: total, prefix: "T"}, since("2023-06-30"), "generator", progress)
		}, `
select (o.id - $1) || ' ' || o.code || ' ' || coalesce(v.parent_id - $1, -1) || ' ' || nlevel(v.path) || ' ' || ltree2text(subpath(v.path, -1, 1))::bigint - $1
       || ' ' || v.name || ' ' || v.pinyin || ' ' || v.grams::text || ' ' || v.valid || ' ' || st_astext(v.location) || ' '
       || coalesce(st_astext(v.jurisdiction), '') || ' ' || v.version || upper_inf(v.recorded) || v.author
from jingwei.organization o join jingwei.organization_version v on v.organization_id = o.id`},
		{"reports", "reports", total, func(ctx context.Context, s setup, part string, progress func(done, total int)) (int, error) {
			return s.LoadReports(ctx, part, &reports{n: total}, progress)
		}, `
select (id - $1) || ' ' || coalesce(duplicate_of - $1, -1) || ' ' || text || ' ' || st_astext(location) || ' ' || extract(epoch from received_at)
       || ' ' || coalesce(extract(epoch from closed_at)::text, '') || ' ' || state || status || category || version || location_accuracy_m
from jingwei.report`},
		{"grids", "grids", total, func(ctx context.Context, s setup, part string, progress func(done, total int)) (int, error) {
			return s.LoadGrids(ctx, part, grids{n: total, prefix: "G"}, progress)
		}, `select (id - $1) || ' ' || code || ' ' || name || ' ' || kind || ' ' || valid || ' ' || st_astext(geometry) from jingwei.grid`},
	}
}

// rowsOf reads what a part has written, in the order of its numbers.
func (p partTest) rowsOf(t *testing.T, s setup) []string {
	t.Helper()
	base, done, total, err := s.SamplePart(t.Context(), "the part")
	if err != nil || done != p.total || total != p.total {
		t.Fatalf("part of %d rows, %d done, %v", total, done, err)
	}
	list := queryOne[[]string](t, s, `select array_agg(r order by r collate "C") from (`+p.rows+`) q (r)`, int64(base))
	return list
}

func TestLoadParts(t *testing.T) {
	for _, p := range partTests() {
		t.Run(p.name, func(t *testing.T) {
			whole := newSetup(t)
			var steps []int
			n, err := p.load(t.Context(), whole, "the part", func(done, total int) { steps = append(steps, done) })
			if err != nil || n != p.total {
				t.Fatalf("%d loaded, %v", n, err)
			}
			if diff := cmp.Diff([]int{5000, 10_000, 12_003}, steps); diff != "" {
				t.Errorf("progress (-want +got):\n%s", diff)
			}
			want := p.rowsOf(t, whole)
			if len(want) != p.total {
				t.Fatalf("%d rows, want %d", len(want), p.total)
			}
			t.Run("again writes nothing", func(t *testing.T) {
				at := queryOne[string](t, whole, `select max(seq) || ' ' || (select next_block from jingwei.node) from jingwei.change`)
				if n, err := p.load(t.Context(), whole, "the part", nil); err != nil || n != 0 {
					t.Errorf("%d loaded, %v", n, err)
				}
				if now := queryOne[string](t, whole, `select max(seq) || ' ' || (select next_block from jingwei.node) from jingwei.change`); now != at {
					t.Errorf("something was written: %s, was %s", now, at)
				}
				if diff := cmp.Diff(want, p.rowsOf(t, whole)); diff != "" {
					t.Errorf("rows (-first +again):\n%s", diff)
				}
			})
			t.Run("cancelled between batches", func(t *testing.T) { p.interrupt(t, want, p.cancelBetween) })
			t.Run("backend killed in a batch", func(t *testing.T) { p.interrupt(t, want, p.killWithin) })
		})
	}
}

// interrupt breaks a load off, goes on with it, and compares all with the rows of one that was left alone.
func (p partTest) interrupt(t *testing.T, want []string, breakOff func(t *testing.T, s setup) int) {
	s := newSetup(t)
	r := s.replay(t)
	first := breakOff(t, s)
	if first <= 0 || first >= p.total {
		t.Fatalf("%d rows before the interruption", first)
	}
	if p.layer != "grids" {
		if r = s.replayLayer(t, p.layer); len(r.points) != first {
			t.Errorf("%d points after %d committed rows", len(r.points), first)
		}
	}
	if batch := r.poll(); len(batch.Changed) > 0 {
		t.Errorf("changes of single rows: %d layers", len(batch.Changed))
	}
	// Others draw ids meanwhile.
	s.create(t, content("someone else's"))
	s.exec(t, `delete from jingwei.organization_version where author = 'tester'`)
	s.exec(t, `delete from jingwei.organization where code is null`)
	n, err := p.load(t.Context(), s, "the part", nil)
	if err != nil || n != p.total-first {
		t.Errorf("%d loaded after %d, %v", n, first, err)
	}
	if diff := cmp.Diff(want, p.rowsOf(t, s)); diff != "" {
		t.Errorf("rows (-undisturbed +interrupted):\n%s", diff)
	}
	if batch := r.poll(); !slices.Contains(batch.Reloaded, p.layer) {
		t.Errorf("no reload of %s: %v", p.layer, batch.Reloaded)
	}
}

func (p partTest) cancelBetween(t *testing.T, s setup) int {
	ctx, cancel := context.WithCancel(t.Context())
	n, err := p.load(ctx, s, "the part", func(int, int) { cancel() })
	if !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
	return n
}

// killWithin ends the loader's connection while it waits for a lock in the middle of the second batch.
func (p partTest) killWithin(t *testing.T, s setup) int {
	blocker, killer := s.connect(t), s.connect(t)
	table := map[string]string{"organizations": "organization_version", "reports": "report", "grids": "grid"}[p.layer]
	var killing sync.WaitGroup
	n, err := p.load(t.Context(), s, "the part", func(done, _ int) {
		if done != 5000 {
			return
		}
		// The table is closed to the next COPY, which comes after the part's row was written.
		if _, err := blocker.Exec(t.Context(), `begin; lock table jingwei.`+table+` in share mode`); err != nil {
			t.Error(err)
		}
		killing.Go(func() {
			killWaiting(t, killer, blocker.PgConn().PID())
			if _, err := blocker.Exec(t.Context(), `rollback`); err != nil {
				t.Error(err)
			}
		})
	})
	killing.Wait()
	if err == nil {
		t.Error("no error though the backend was killed")
	}
	return n
}

// killWaiting terminates the session that waits for the lock of another, once there is one.
func killWaiting(t *testing.T, conn *pgx.Conn, holder uint32) {
	const kill = `
select count(pg_terminate_backend(a.pid)) from pg_stat_activity a
where a.datname = current_database() and $1 = any(pg_blocking_pids(a.pid))`
	for killed := 0; killed == 0 && t.Context().Err() == nil; {
		if err := conn.QueryRow(t.Context(), kill, int32(holder)).Scan(&killed); err != nil {
			t.Error(err)
			return
		}
	}
}

// TestEditsGoOnDuringALoad: people create and edit, also areas, while a tree is loaded, and whoever follows the feed sees
// each edit between two batches.
func TestEditsGoOnDuringALoad(t *testing.T) {
	s := newSetup(t)
	r := s.replay(t)
	stop, stopped, conn := make(chan struct{}), make(chan int), s.connect(t)
	go func() {
		edits := 0
		for {
			select {
			case <-stop:
				stopped <- edits
				return
			default:
			}
			if err := editSomething(t.Context(), s, conn, edits); err != nil {
				t.Error(err)
			}
			edits++
		}
	}()
	known := 0
	_, err := s.LoadOrganizationTree(t.Context(), "tree", tree{n: 15_001, prefix: "T"}, since("2023-06-30"), "generator", func(int, int) {
		org := s.create(t, content("between"))
		batch := r.poll()
		if r.reload(batch) || !slices.Contains(batch.Changed["organizations"], org.ID) {
			t.Errorf("the edit is not told of: %v, reloaded %v", batch.Changed["organizations"], batch.Reloaded)
		}
		if len(r.points) <= known {
			t.Errorf("%d organizations, %d before", len(r.points), known)
		}
		known = len(r.points)
	})
	close(stop)
	if edits := <-stopped; err != nil || edits == 0 {
		t.Errorf("%d edits, %v", edits, err)
	}
	if batch := r.poll(); !r.reload(batch) {
		t.Errorf("no reload at the end: %v", batch.Reloaded)
	}
	r.wantTruth(s)
}

// editSomething creates an organization with an area and a subordinate, and moves that one away.
func editSomething(ctx context.Context, s setup, conn *pgx.Conn, n int) error {
	above, _, err := s.CreateOrganization(ctx, geo.Everywhere(), geo.Everywhere(), content(fmt.Sprint("above ", n)), since("2023-06-30"), "a")
	if err != nil {
		return err
	}
	const area = `
update jingwei.organization_version set jurisdiction = st_multi(st_makeenvelope(120, 28, 121, 29, 4326))
where organization_id = $1`
	if _, err := conn.Exec(ctx, area, above.ID); err != nil {
		return err
	}
	c := content(fmt.Sprint("below ", n))
	c.Parent = above.ID
	below, _, err := s.CreateOrganization(ctx, geo.Everywhere(), geo.Everywhere(), c, since("2023-06-30"), "a")
	if err != nil {
		return err
	}
	c.Parent = 0
	_, _, err = s.ReplaceOrganization(ctx, geo.Everywhere(), geo.Everywhere(), below.ID, 1, c, s.today, s.today, "a")
	return err
}
