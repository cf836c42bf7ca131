package postgis_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"jingwei/geo"
	"jingwei/geo/postgis"
)

// reported is a database with a grid and a report in it, of the category roads; another grid is free.
func reported(t *testing.T) (s setup, id, grid geo.ID) {
	t.Helper()
	s = newSetup(t)
	if _, err := s.LoadGrids(t.Context(), "grids", grids{n: 2, prefix: "G"}, nil); err != nil {
		t.Fatal(err)
	}
	grid, _, _, err := s.SamplePart(t.Context(), "grids")
	if err != nil {
		t.Fatal(err)
	}
	one := report()
	one.Grid = grid
	return s, s.loadReports(t, "reports", one), grid
}

// TestWhatReportsRelyOnStays: the other direction of what report_known checks.
func TestWhatReportsRelyOnStays(t *testing.T) {
	s, _, grid := reported(t)
	conn := s.connect(t)
	for _, test := range []struct {
		name, sql string
		args      []any
		field     string // "" when it is done
	}{
		{"category", `delete from jingwei.report_category where code = 'roads'`, nil, "category"},
		{"all categories", `delete from jingwei.report_category`, nil, "category"},
		{"category under another code", `update jingwei.report_category set code = 'ways' where code = 'roads'`, nil, "category"},
		{"categories emptied", `truncate jingwei.report_category`, nil, "category"},
		{"grid", `delete from jingwei.grid where id = $1`, []any{grid}, "grid"},
		{"grid under another id", `update jingwei.grid set id = 77 where id = $1`, []any{grid}, "grid"},
		{"grids emptied", `truncate jingwei.grid`, nil, "grid"},
		{"category of nothing", `delete from jingwei.report_category where code = 'noise'`, nil, ""},
		{"its labels", `update jingwei.report_category set zh = '路', due_days = 3 where code = 'roads'`, nil, ""},
		{"other grid", `delete from jingwei.grid where id = $1`, []any{grid + 1}, ""},
		{"report", `delete from jingwei.report`, nil, ""},
		{"category of no report any more", `delete from jingwei.report_category where code = 'roads'`, nil, ""},
		{"grid of no report any more", `truncate jingwei.grid`, nil, ""},
		{"categories of nothing", `truncate jingwei.report_category`, nil, ""},
	} {
		_, err := conn.Exec(t.Context(), test.sql, test.args...)
		switch {
		case test.field != "":
			wantError(t, postgis.Explain(err), geo.ErrConflict, test.field)
		case err != nil:
			t.Errorf("%s: %v", test.name, err)
		}
	}
}

// TestNothingIsTakenAwayMeanwhile: who deletes what a report that is being written relies on waits for its writer.
func TestNothingIsTakenAwayMeanwhile(t *testing.T) {
	s, id, _ := reported(t)
	for _, test := range []struct{ name, write, remove, field string }{
		{"category", `update jingwei.report set category = 'noise' where id = $1`, `delete from jingwei.report_category where code = 'noise'`, "category"},
		{"grid", `update jingwei.report set grid_id = grid_id + 1 where id = $1`, `delete from jingwei.grid where code = 'G000001'`, "grid"},
	} {
		t.Run(test.name, func(t *testing.T) {
			writer, remover := s.connect(t), s.connect(t)
			tx, err := writer.Begin(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			if _, err := tx.Exec(t.Context(), test.write, id); err != nil {
				t.Fatal(err)
			}
			removed := make(chan error, 1)
			go func() {
				_, err := remover.Exec(t.Context(), test.remove)
				removed <- err
			}()
			s.waitForLock(t, remover.PgConn().PID())
			if err := tx.Commit(t.Context()); err != nil {
				t.Fatal(err)
			}
			wantError(t, postgis.Explain(<-removed), geo.ErrConflict, test.field)
		})
	}
}

// waitForLock returns when a session waits for a lock.
func (s setup) waitForLock(t *testing.T, pid uint32) {
	t.Helper()
	s.waitUntil(t, `select cardinality(pg_blocking_pids($1)) > 0`, int32(pid))
}

// waitForBlock returns when another session waits for a lock that the session holds.
func (s setup) waitForBlock(t *testing.T, pid uint32) {
	t.Helper()
	s.waitUntil(t, `select exists (select from pg_stat_activity a where $1 = any (pg_blocking_pids(a.pid)))`, int32(pid))
}

func (s setup) waitUntil(t *testing.T, sql string, args ...any) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	conn := s.connect(t)
	for so := false; !so; {
		if err := conn.QueryRow(ctx, sql, args...).Scan(&so); err != nil {
			t.Fatalf("%s %v: %v", sql, args, err)
		}
	}
}

// TestReportKeepsALostCode: what an operator takes out of a code list does not make reports uneditable.
func TestReportKeepsALostCode(t *testing.T) {
	s, id, _ := reported(t)
	s.exec(t, `delete from jingwei.code where list in ('report_state', 'report_channel')`)
	conn := s.connect(t)
	update := func(set string) error {
		_, err := conn.Exec(t.Context(), `update jingwei.report set `+set+` where id = $1`, id)
		return postgis.Explain(err)
	}
	for _, set := range []string{`text = 'again'`, `state = state, channel = channel`, `category = 'noise'`, `organization_id = null`, `id = id`} {
		if err := update(set); err != nil {
			t.Errorf("set %s: %v", set, err)
		}
	}
	wantError(t, update(`state = 'planned'`), geo.ErrInvalid, "state")
	wantError(t, update(`channel = 'app'`), geo.ErrInvalid, "channel")
	wantError(t, update(`category = 'none'`), geo.ErrInvalid, "category")
	wantError(t, update(`division_code = 999999999999`), geo.ErrInvalid, "division")
	wantError(t, update(`organization_id = 77`), geo.ErrConflict, "organization")
	wantError(t, update(`grid_id = 77`), geo.ErrConflict, "grid")
	wantError(t, update(`id = 77`), geo.ErrInvalid, "channel") // a row of another id is looked at as a whole
}

// TestHiddenJurisdictionsAreNoNews: what the public does not see changes nothing that it may ask for.
func TestHiddenJurisdictionsAreNoNews(t *testing.T) {
	s := newSetup(t)
	draft := content("draft")
	draft.Status = geo.StatusDraft
	org := s.create(t, draft)
	const area = `st_multi(st_makeenvelope(120, 28, 120 + $2::float8, 29, 4326))`
	const resize = `update jingwei.organization_version set jurisdiction = ` + area + ` where organization_id = $1 and upper_inf(recorded)`
	set := func(status string) {
		s.exec(t, `update jingwei.organization_version set status = $2 where organization_id = $1 and upper_inf(recorded)`, org.ID, status)
	}
	bulk := func(sql string, args ...any) func() {
		return func() {
			conn := s.connect(t)
			err := pgx.BeginFunc(t.Context(), conn, func(tx pgx.Tx) error {
				if _, err := tx.Exec(t.Context(), `set local jingwei.bulk = 'on'`); err != nil {
					return err
				}
				_, err := tx.Exec(t.Context(), sql, args...)
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
		}
	}
	replace := func() {
		draft.Name += "!"
		present, err := s.Organization(t.Context(), geo.Everywhere(), org.ID)
		if err != nil {
			t.Fatal(err)
		}
		if _, _, err := s.ReplaceOrganization(t.Context(), geo.Everywhere(), geo.Everywhere(), org.ID, present.Version, draft, s.today, s.today, "a"); err != nil {
			t.Fatal(err)
		}
	}
	for _, step := range []struct {
		name string
		do   func()
		news bool
	}{
		{"a draft gets an area", func() { s.exec(t, resize, org.ID, 1.0) }, false},
		{"in a load", bulk(resize, org.ID, 2.0), false},
		{"and is edited", replace, false},
		{"and is submitted", func() { set("submitted") }, false},
		{"and is shown", func() { set("active") }, true},
		{"and changes", func() { s.exec(t, resize, org.ID, 3.0) }, true},
		{"in a load", bulk(resize, org.ID, 4.0), true},
		{"and is hidden", func() { set("draft") }, true},
		{"and changes", func() { s.exec(t, resize, org.ID, 5.0) }, false},
		{"and goes", func() { s.exec(t, `delete from jingwei.organization_version where organization_id = $1`, org.ID) }, false},
	} {
		before := queryOne[int64](t, s, sqlJurisdictionNews)
		raised := s.raised(t, step.do)
		told := queryOne[int64](t, s, sqlJurisdictionNews) > before
		// A load writes its changes at its end.
		if told != (step.news && step.name != "in a load") || slices.Contains(raised, "jurisdictions") != step.news {
			t.Errorf("%s: changes are written: %v, generations raised: %v", step.name, told, raised)
		}
	}
}

const sqlJurisdictionNews = `select count(*) from jingwei.change where layer = 'jurisdictions'`
