package main_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	main "jingwei/cmd/jingwei"
	"jingwei/geo"
	"jingwei/geo/live"
	"jingwei/geo/postgis"
)

// editable is a database that edits are made in: organizations below three roots, reports of them, jurisdictions, grids.
type editable struct {
	roots, organizations, reports []geo.ID
}

// sqlPlant makes organizations, a third of them below each root $1, half of them with an area; places follow from their ids.
const (
	sqlPlantIDs = `insert into jingwei.organization (code) select null from generate_series(1, $1) returning id`
	sqlPlant    = `
insert into jingwei.organization_version (organization_id, version, valid, author, parent_id, path, kind, level, status, name, division_code,
    lon_e7, lat_e7, location_source, location_state, jurisdiction)
select n.id, 1, daterange('2024-01-01'::date + (n.h % 700)::int, null), 'a', n.root, (coalesce(n.root || '.', '') || n.id)::ltree,
       (array['branch', 'village_committee', 'residents_committee', 'general_branch'])[1 + n.h % 4], (array['village', 'township'])[1 + n.h / 4 % 2],
       (array['active', 'active', 'draft'])[1 + n.h / 8 % 3], '组织' || n.id, (array[330102001051, 330102001000, 330102000000])[1 + n.h / 24 % 3],
       n.lon, n.lat, 'map', 'reported',
       case when n.h % 2 = 0 then st_multi(st_expand(st_setsrid(st_makepoint(n.lon / 1e7::float8, n.lat / 1e7::float8), 4326), 0.01)) end
from (select i.id, i.root, i.h, 1190000000 + (i.h % 30000000)::int as lon, 285000000 + (i.h / 30000000 % 20000000)::int as lat
      from (select u.id, ($1::bigint[])[1 + u.id % 3] as root, abs(hashint8extended(u.id, 7)) / 2 as h from unnest($2::bigint[]) u (id)) i) n`
	sqlPlantReports = `
insert into jingwei.report (category, lon_e7, lat_e7, division_code, organization_id, channel, visibility, received_at)
select (array['noise', 'roads', 'mediation'])[1 + r.id % 3], v.lon_e7 + 1000, v.lat_e7 - 1000, v.division_code, v.organization_id, 'web',
       (array['public', 'restricted'])[1 + r.id / 3 % 2], '2026-01-01Z'::timestamptz + r.id % 90 * interval '1 day'
from unnest($1::bigint[]) r (id) join jingwei.organization_version v on v.organization_id = r.id returning id`
	sqlPlantGrids = `
insert into jingwei.grid (code, kind, name, division_code, organization_id, geometry, valid)
select 'G' || v.organization_id, 'village_grid', 'grid', v.division_code, v.organization_id, v.jurisdiction, v.valid
from jingwei.organization_version v where v.organization_id = any ($1) and v.jurisdiction is not null and v.organization_id % 3 = 0`
)

// plantEditable makes n organizations, and as many reports.
func plantEditable(t testing.TB, conn *pgx.Conn, n int) *editable {
	t.Helper()
	plantDivisions(t, conn)
	ids := func(sql string, args ...any) []geo.ID {
		rows, _ := conn.Query(t.Context(), sql, args...)
		all, err := pgx.CollectRows(rows, pgx.RowTo[geo.ID])
		if err != nil {
			t.Fatalf("%s: %v", sql, err)
		}
		return all
	}
	e := &editable{roots: ids(sqlPlantIDs, 3), organizations: ids(sqlPlantIDs, n)}
	ids(sqlPlant, []geo.ID{}, e.roots)
	ids(sqlPlant, e.roots, e.organizations)
	ids(sqlPlantGrids, e.organizations)
	e.reports = ids(sqlPlantReports, e.organizations)
	return e
}

// edit is a statement with parameters: an object of the layer, and up to three numbers below a million.
type edit struct {
	sql     string
	reports bool
}

// edits are what people and programs do, and some that only an operator does in the database itself.
func edits() []edit {
	const version = ` where organization_id = $1 and upper_inf(recorded)`
	return []edit{
		{`update jingwei.organization_version set name = 'name ' || $2::int` + version, false},
		{`update jingwei.organization_version set lon_e7 = 1190000000 + $2::int * 30, lat_e7 = 285000000 + $3::int * 20` + version, false},
		{`update jingwei.organization_version set status = (array['active', 'draft', 'submitted'])[1 + $2::int % 3]` + version, false},
		{`update jingwei.organization_version set kind = (array['branch', 'village_committee', 'joint_branch', 'grid_branch'])[1 + $2::int % 4]` + version, false},
		{`update jingwei.organization_version set valid = daterange('2023-01-01'::date + $2::int % 1000, null)` + version, false},
		{`update jingwei.organization_version set valid = daterange(lower(valid), lower(valid) + 1 + $2::int % 1000)` + version, false},
		{`update jingwei.organization_version set division_code = (array[330102001051, 330102001000])[1 + $2::int % 2]` + version, false},
		{`update jingwei.organization_version set jurisdiction = case when $2::int % 4 > 0 then st_multi(st_expand(location, 0.001 + 0.0001 * ($3::int % 100))) end` + version, false},
		{`update jingwei.organization_version v set parent_id = r.id, path = (r.id || '.' || v.organization_id)::ltree
			from (select (array(select o.id from jingwei.organization o order by o.id limit 3))[1 + $2::int % 3] as id) r
			where v.organization_id = $1 and upper_inf(v.recorded) and v.parent_id is not null`, false},
		{`update jingwei.grid set name = 'grid ' || $2::int where organization_id = $1`, false},
		{`delete from jingwei.organization_version where organization_id = $1 and $2::int % 4 = 0 and parent_id is not null`, false},
		{`update jingwei.report set state = (array['dispatched', 'in_progress'])[1 + $2::int % 2] where id = $1`, true},
		{`update jingwei.report set visibility = (array['public', 'restricted'])[1 + $2::int % 2] where id = $1`, true},
		{`update jingwei.report set lon_e7 = 1190000000 + $2::int * 30, lat_e7 = 285000000 + $3::int * 20 where id = $1`, true},
		{`update jingwei.report set category = (array['noise', 'roads', 'mediation'])[1 + $2::int % 3] where id = $1`, true},
		{`update jingwei.report set organization_id = (array(select o.id from jingwei.organization o order by o.id limit 3))[1 + $2::int % 3] where id = $1`, true},
		{`update jingwei.report set received_at = '2026-01-01Z'::timestamptz + $2::int % 100 * interval '1 day' where id = $1`, true},
		{`delete from jingwei.report where id = $1 and $2::int % 8 = 0`, true},
	}
}

// executor is a connection or a transaction.
type executor interface {
	Exec(ctx context.Context, sql string, args ...any) (pgconn.CommandTag, error)
}

// edit makes one random edit. What a constraint refuses is no edit, and no error.
func (e *editable) edit(ctx context.Context, q executor, random *rand.Rand) error {
	all := edits()
	one := all[random.IntN(len(all))]
	ids := e.organizations
	if one.reports {
		ids = e.reports
	}
	args := []any{ids[random.IntN(len(ids))], random.IntN(1_000_000), random.IntN(1_000_000)}
	for n := 3; !strings.Contains(one.sql, fmt.Sprint("$", n)); n-- {
		args = args[:n-1]
	}
	_, err := q.Exec(ctx, one.sql, args...)
	var refused *pgconn.PgError
	if errors.As(err, &refused) && (strings.HasPrefix(refused.Code, "23") || refused.Code == "40P01") {
		return nil
	}
	return err
}

// truth is what an index that is loaded now holds, by layer and edition.
type truth map[string]*live.Index

func truthKey(layer string, e live.Edition) string { return layer + " " + e.String() }

// readTruth loads every layer afresh.
func readTruth(t testing.TB, store *postgis.Store) truth {
	t.Helper()
	feed, err := store.Feed(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	all := truth{}
	for _, layer := range geo.PointLayers() {
		for _, e := range []live.Edition{live.Public, live.Internal} {
			var points []geo.Point
			at, err := feed.Load(t.Context(), layer.Name, func(p geo.Point) error {
				points = append(points, p)
				return nil
			})
			x := live.New(layer, e)
			if err == nil {
				err = x.Load(func(yield func(geo.Point, error) bool) {
					for _, p := range points {
						if !yield(p, nil) {
							return
						}
					}
				}, at)
			}
			if err != nil {
				t.Fatal(err)
			}
			all[truthKey(layer.Name, e)] = x
		}
	}
	return all
}

// expectTruth waits until a node has reached the present and compares all rows of its indexes, of all days and with all
// attributes, with what a fresh load finds. Nobody may write meanwhile.
func expectTruth(t testing.TB, store *postgis.Store, n main.Node) {
	t.Helper()
	at := positionOf(t, store)
	want := readTruth(t, store)
	for _, layer := range geo.PointLayers() {
		for _, e := range []live.Edition{live.Public, live.Internal} {
			x := n.Index(layer.Name, e)
			eventually(t, time.Minute, func() error { return reached(x, at) })
			got, truth := x.Snapshot(), want[truthKey(layer.Name, e)].Snapshot()
			if got.Rows() != truth.Rows() || got.Fingerprint(0, 0, 0) != truth.Fingerprint(0, 0, 0) {
				t.Errorf("the %s index of %s has %d rows, PostGIS %d, or they differ: %s", e, layer.Name, got.Rows(), truth.Rows(), difference(t, got, truth))
			}
		}
	}
}

// positionOf returns the present position, of a database that may have been killed just now.
func positionOf(t testing.TB, store *postgis.Store) (at geo.FeedPosition) {
	t.Helper()
	eventually(t, time.Minute, func() (err error) {
		at, err = store.Position(t.Context())
		return err
	})
	return at
}

// reached is an error until an index that may be loading has reached a position.
func reached(x *live.Index, at geo.FeedPosition) error {
	s := x.Snapshot()
	if s == nil || s.Position().Epoch != at.Epoch || !s.Position().Covers(at.Snapshot) {
		return fmt.Errorf("the %s index of %s has not reached %s", x.Edition(), x.Layer().Name, at)
	}
	return nil
}

// difference names rows of today that two snapshots do not have in common.
func difference(t testing.TB, got, want *live.Snapshot) string {
	list := func(s *live.Snapshot) map[string]bool {
		features, _, err := s.List(live.Query{Days: geo.On(geo.DayOf(time.Now()))}, geo.World, live.Cursor{}, 1_000_000)
		if err != nil {
			t.Fatal(err)
		}
		all := map[string]bool{}
		for _, f := range features {
			all[fmt.Sprintf("%+v", f)] = true
		}
		return all
	}
	have, should := list(got), list(want)
	var lines []string
	for row := range have {
		if !should[row] {
			lines = append(lines, "index only: "+row)
		}
	}
	for row := range should {
		if !have[row] {
			lines = append(lines, "PostGIS only: "+row)
		}
	}
	slices.Sort(lines)
	return strings.Join(lines[:min(6, len(lines))], "\n")
}

// openStore opens the store of a database for the time of the test.
func openStore(t testing.TB, url string) *postgis.Store {
	t.Helper()
	store, err := postgis.Open(t.Context(), url, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(store.Close)
	return store
}

// editAtOnce edits from several connections, n edits each, some of them in transactions of several and some rolled back.
func (e *editable) editAtOnce(t testing.TB, url string, connections, n int, seed uint64) {
	t.Helper()
	var all sync.WaitGroup
	for c := range connections {
		conn, random := connect(t, url), rand.New(rand.NewPCG(seed, uint64(c)))
		all.Go(func() {
			for range n {
				if err := e.transaction(t.Context(), conn, random); err != nil {
					t.Error(err)
				}
			}
		})
	}
	all.Wait()
}

var errRollBack = errors.New("rolled back")

// transaction makes one to four edits in one transaction; every fifth is rolled back.
func (e *editable) transaction(ctx context.Context, conn *pgx.Conn, random *rand.Rand) error {
	err := pgx.BeginFunc(ctx, conn, func(tx pgx.Tx) error {
		for range 1 + random.IntN(4) {
			if err := pgx.BeginFunc(ctx, tx, func(part pgx.Tx) error { return e.edit(ctx, part, random) }); err != nil && !errors.Is(err, pgx.ErrTxCommitRollback) {
				return err
			}
		}
		if random.IntN(5) == 0 {
			return errRollBack
		}
		return nil
	})
	var refused *pgconn.PgError
	if errors.Is(err, errRollBack) || errors.Is(err, pgx.ErrTxCommitRollback) || errors.As(err, &refused) && refused.Code == "40P01" {
		return nil
	}
	return err
}
