package main_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"jingwei/api"
	main "jingwei/cmd/jingwei"
	"jingwei/geo"
	"jingwei/geo/geotest"
	"jingwei/geo/live"
	"jingwei/geo/postgis"
)

// indexed is a database with a tree of organizations and reports, and the indexes that follow it.
type indexed struct {
	*postgis.Store
	conn          *pgx.Conn
	today         geo.Day
	organizations []geo.ID
	layers        map[string]editions
	events        chan api.Change
}

type editions struct{ internal, public *live.Index }

// newIndexed makes n organizations, each below one with a smaller number, and three reports of each.
func newIndexed(t *testing.T, n int) *indexed {
	t.Helper()
	url := geotest.Database(t)
	store, err := postgis.Open(t.Context(), url, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(store.Close)
	x := &indexed{Store: store, conn: connect(t, url), today: geo.DayOf(time.Now()), layers: map[string]editions{}, events: make(chan api.Change, 10_000)}
	label := geo.Position{Lon: 1_201_000_000, Lat: 302_000_000}
	province := geo.Division{Code: 330000000000, Level: geo.Province, Name: "浙江省", Valid: geo.Always, Label: label, HasLabel: true}
	if _, err := store.LoadDivisions(t.Context(), []geo.Division{province}, nil); err != nil {
		t.Fatal(err)
	}
	for i := range n {
		parent := geo.ID(0)
		if i > 2 {
			parent = x.organizations[i/3]
		}
		org, _, err := store.CreateOrganization(t.Context(), geo.Everywhere(), geo.Everywhere(), x.content(i, parent), geo.DayRange{From: x.today - 1000, To: geo.MaxDay}, "a")
		if err != nil {
			t.Fatal(err)
		}
		x.organizations = append(x.organizations, org.ID)
	}
	if _, err := store.LoadReports(t.Context(), "reports", reportsOf(x.organizations), nil); err != nil {
		t.Fatal(err)
	}
	for _, layer := range geo.PointLayers() {
		x.follow(t, layer)
	}
	return x
}

func (x *indexed) content(i int, parent geo.ID) geo.OrganizationContent {
	status := geo.StatusActive
	if i%4 == 0 {
		status = geo.StatusDraft
	}
	return geo.OrganizationContent{Kind: "branch", Level: "village", Name: fmt.Sprint("支部", i), Division: 330000000000, Parent: parent, Status: status,
		Location: geo.Position{Lon: 1_201_000_000 + int32(i)*1_000_000, Lat: 302_000_000}, LocationSource: "map", SourceCRS: "EPSG:4326"}
}

// reportsOf is a table of three reports of each organization, and as many of none.
type reportsOf []geo.ID

func (r reportsOf) Len() int { return 6 * len(r) }

func (r reportsOf) Report(i int) geo.Report {
	report := geo.Report{Category: "roads", Text: "路灯不亮", At: geo.Position{Lon: 1_201_000_000 + int32(i)*100_000, Lat: 302_000_000}, Division: 330000000000,
		State: "received", Status: geo.ReportOpen, Visibility: []string{geo.VisibilityPublic, geo.VisibilityRestricted}[i%2], Channel: "web",
		Times: geo.ReportTimes{Received: time.Date(2026, 1, 31, 0, 0, 0, 0, time.UTC)}}
	if i%2 == 0 {
		report.Organization = r[i/6]
	}
	return report
}

func (x *indexed) follow(t *testing.T, layer geo.PointLayer) {
	t.Helper()
	feed, err := x.Feed(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	var e editions
	var ended <-chan struct{}
	e.internal, e.public, ended = main.Follow(ctx, feed, layer, main.Keeping{}, make(chan struct{}), time.Now, func(c api.Change) { x.events <- c })
	x.layers[layer.Name] = e
	t.Cleanup(func() {
		stop()
		<-ended
	})
}

// reach waits until all indexes have the position.
func (x *indexed) reach(t *testing.T, at geo.FeedPosition) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	for _, e := range x.layers {
		if err := errors.Join(e.internal.Wait(ctx, at), e.public.Wait(ctx, at)); err != nil {
			t.Fatal(err)
		}
	}
}

// sqlPoints are what a layer shows on day $1, with their paths.
var sqlPoints = map[string]string{
	"organizations": `select v.path from jingwei.organization_version v where upper_inf(v.recorded) and v.valid @> jingwei.day($1)`,
	"reports": `select v.path from jingwei.report r left join jingwei.organization_version v on v.organization_id = r.organization_id
		and upper_inf(v.recorded) and v.valid @> jingwei.day($1)`,
}

// The tree operators of PostgreSQL answer for the index: at or below one of the roots, one of the ids in the path, all of them.
const (
	sqlBelow = `select count(*) from (%s) p where p.path <@ array(select r.path from jingwei.organization_version r
		where r.organization_id = any ($2) and upper_inf(r.recorded) and r.valid @> jingwei.day($1))`
	sqlOverlaps    = `select count(*) from (%s) p where p.path ? array(select ('*.' || id || '.*')::lquery from unnest($2::bigint[]) id)`
	sqlNotOverlaps = `select count(*) from (%s) p where not p.path ? array(select ('*.' || id || '.*')::lquery from unnest($2::bigint[]) id)`
	sqlContains    = `select count(*) from (%s) p where p.path is not null and (select bool_and(p.path ~ ('*.' || id || '.*')::lquery) from unnest($2::bigint[]) id)`
)

// compare counts in random scopes.
func (x *indexed) compare(t *testing.T, random *rand.Rand) {
	t.Helper()
	for layer, e := range x.layers {
		ids := make([]geo.ID, 1+random.IntN(3))
		for i := range ids {
			ids[i] = x.organizations[random.IntN(len(x.organizations))]
		}
		slices.Sort(ids)
		scope := geo.Scope{Roots: slices.Compact(ids)}.Filter()
		contains := &geo.Operation{Op: "a_contains", Args: scope.Root.(*geo.Operation).Args}
		for sql, f := range map[string]geo.Node{sqlBelow: scope.Root, sqlOverlaps: scope.Root, sqlContains: contains,
			sqlNotOverlaps: &geo.Operation{Op: "not", Args: []geo.Node{scope.Root}}} {
			var want int
			if err := x.conn.QueryRow(t.Context(), fmt.Sprintf(sql, sqlPoints[layer]), x.today, ids).Scan(&want); err != nil {
				t.Fatal(err)
			}
			filter := geo.Filter{Root: f}
			got, err := e.internal.Snapshot().Summarize(live.Query{Filter: filter, Days: geo.On(x.today)}, geo.World)
			if err != nil || got.Count != want {
				t.Errorf("%s: %s: %d, %v; PostGIS counts %d", layer, filter.Canonical(), got.Count, err, want)
			}
			if _, err := e.public.Snapshot().Summarize(live.Query{Filter: filter, Days: geo.On(x.today)}, geo.World); !errors.Is(err, geo.ErrNotIndexed) {
				t.Errorf("%s: the public edition answers %s: %v", layer, filter.Canonical(), err)
			}
		}
	}
}

// sums are the fingerprints of the world in both editions.
func (e editions) sums() (internal, public uint64) {
	return e.internal.Snapshot().Fingerprint(0, 0, 0), e.public.Snapshot().Fingerprint(0, 0, 0)
}

// TestScopesFollowTheTree moves inner organizations about. After each move the counts in any scope, of organizations and of
// reports, are those of PostGIS; and nobody outside hears of it, sees it, or gets another entity tag.
func TestScopesFollowTheTree(t *testing.T) {
	t.Parallel()
	x := newIndexed(t, 60)
	at, err := x.Position(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	x.reach(t, at)
	random := rand.New(rand.NewPCG(1, 2))
	x.compare(t, random)
	versions, parents, moves := map[int]int32{}, map[int]geo.ID{}, 0
	for range 40 {
		i := random.IntN(20) // those with others below
		parent := x.organizations[random.IntN(len(x.organizations))]
		before := map[string][2]uint64{}
		for layer, e := range x.layers {
			internal, public := e.sums()
			before[layer] = [2]uint64{internal, public}
		}
		x.drain()
		_, at, err := x.ReplaceOrganization(t.Context(), geo.Everywhere(), geo.Everywhere(), x.organizations[i], versions[i]+1, x.content(i, parent), x.today, x.today, "a")
		if errors.Is(err, geo.ErrInvalid) { // below itself
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		moved := parents[i] != parent
		versions[i]++
		parents[i] = parent
		x.reach(t, at)
		x.compare(t, random)
		if !moved || versions[i] == 1 { // the days before today become a row of their own, which the public sees
			continue
		}
		moves++
		x.checkHidden(t, before)
	}
	if moves < 5 {
		t.Fatalf("%d moves were looked at", moves)
	}
}

// drain forgets the events so far.
func (x *indexed) drain() {
	for len(x.events) > 0 {
		<-x.events
	}
}

// checkHidden compares the fingerprints with those before a move.
func (x *indexed) checkHidden(t *testing.T, before map[string][2]uint64) {
	t.Helper()
	for layer, e := range x.layers {
		internal, public := e.sums()
		if public != before[layer][1] {
			t.Errorf("%s: the public fingerprint changed", layer)
		}
		if internal == before[layer][0] {
			t.Errorf("%s: the internal fingerprint did not change", layer)
		}
	}
	for len(x.events) > 0 {
		if c := <-x.events; c.Layer == "organizations" || c.Layer == "reports" {
			t.Errorf("an event: %+v", c)
		}
	}
}
