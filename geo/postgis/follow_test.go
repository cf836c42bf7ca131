package postgis_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"jingwei/geo"
)

// follow is a tree in which M below X moves to S, with something planned for M, and C below M with D below that.
type follow struct {
	office
	conn          *pgx.Conn
	x, s, m, c, d geo.ID
	version       int32 // of M
}

func (o office) follow(t *testing.T, conn *pgx.Conn) *follow {
	t.Helper()
	below := func(parent geo.ID, status string) geo.ID {
		c := content("跟随")
		c.Parent, c.Status = parent, status
		return o.create(t, c).ID
	}
	f := &follow{office: o, conn: conn, x: below(o.province, "active"), s: below(o.province, "active"), version: 1}
	f.m = below(f.x, "active")
	f.c = below(f.m, "draft")
	f.d = below(f.c, "draft")
	return f
}

// say lets M be below another from a day on.
func (f *follow) say(t *testing.T, name string, parent geo.ID, from geo.Day) {
	t.Helper()
	c := content(name)
	c.Parent = parent
	if _, _, err := f.ReplaceOrganization(t.Context(), geo.Everywhere(), geo.Everywhere(), f.m, f.version, c, from, f.today, "p"); err != nil {
		t.Fatal(err)
	}
	f.version++
}

func (f *follow) in(id geo.ID) geo.Scope { return geo.Scope{Roots: []geo.ID{id}} }

// stands expects all below M where M is: who has that writes to it, who had it does not see it.
func (f *follow) stands(t *testing.T, has, had geo.ID) {
	t.Helper()
	for id, below := range map[geo.ID]string{f.c: fmt.Sprintf("%d.%d.%d", has, f.m, f.c), f.d: fmt.Sprintf("%d.%d.%d.%d", has, f.m, f.c, f.d)} {
		if path := queryOne[string](t, f.setup, `select path::text from jingwei.organization_version where row_id = jingwei.present_row($1, jingwei.day($2))`, id, int32(f.today)); path != fmt.Sprintf("%d.%s", f.province, below) {
			t.Errorf("the path of %d is %s, and not below %d", id, path, has)
		}
		_, err := f.Organization(t.Context(), f.in(had), id)
		wantError(t, err, geo.ErrNotFound, "")
		org, err := f.Organization(t.Context(), f.in(has), id)
		if err != nil {
			t.Error(err)
			continue
		}
		if _, _, err = f.ReplaceOrganization(t.Context(), f.in(has), f.in(has), id, org.Version, org.OrganizationContent, f.today, f.today, "c"); err != nil {
			t.Error(err)
		}
	}
}

// turn lets the next planned day come.
func (f *follow) turn(t *testing.T) {
	t.Helper()
	f.pass(t.Context(), t, f.conn)
	if err := f.TurnPaths(t.Context(), f.today); err != nil {
		t.Fatal(err)
	}
}

// TestFollow: what is below one that moves follows whatever is planned for that, on the day and for good.
func TestFollow(t *testing.T) {
	o := newOffice(t)
	conn := o.connect(t)
	for name, do := range map[string]func(t *testing.T, f *follow){
		"moved at once after a planned move": func(t *testing.T, f *follow) {
			f.say(t, "M", f.s, f.today+40)
			f.stands(t, f.x, f.s)
			f.say(t, "M", f.s, f.today)
			f.stands(t, f.s, f.x)
			f.turn(t)
			f.stands(t, f.s, f.x)
		},
		"moved, and planned back with a name": func(t *testing.T, f *follow) {
			f.say(t, "M", f.s, f.today)
			f.say(t, "新名", f.x, f.today+40)
			f.stands(t, f.s, f.x)
			f.turn(t)
			f.stands(t, f.x, f.s)
		},
		"a name planned for after a planned move": func(t *testing.T, f *follow) {
			f.say(t, "M", f.s, f.today+10)
			f.say(t, "新名", f.s, f.today+40)
			f.stands(t, f.x, f.s)
			f.turn(t)
			f.stands(t, f.s, f.x)
			f.turn(t)
			f.stands(t, f.s, f.x)
		},
		"written for a day after a planned move": func(t *testing.T, f *follow) {
			f.say(t, "M", f.s, f.today+10)
			c := content("后来")
			c.Parent, c.Status = f.c, "draft"
			// From that day on it is not theirs who have it now.
			_, _, err := f.ReplaceOrganization(t.Context(), f.in(f.x), f.in(f.x), f.d, 1, c, f.today+20, f.today, "x")
			wantError(t, err, geo.ErrForbidden, "valid_from")
			_, _, err = f.CreateOrganization(t.Context(), f.in(f.x), f.in(f.x), c, geo.DayRange{From: f.today + 20, To: geo.MaxDay}, "x")
			wantError(t, err, geo.ErrForbidden, "valid_from")
			if _, _, err = f.ReplaceOrganization(t.Context(), geo.Everywhere(), geo.Everywhere(), f.d, 1, c, f.today+20, f.today, "p"); err != nil {
				t.Fatal(err)
			}
			f.turn(t)
			f.turn(t)
			f.stands(t, f.s, f.x)
		},
		"what did not follow before": func(t *testing.T, f *follow) {
			f.say(t, "M", f.s, f.today)
			f.say(t, "新名", f.x, f.today+40)
			f.exec(t, `update jingwei.organization_version set path = text2ltree(replace(path::text, $1::text, $2::text)) where organization_id = any($3) and upper_inf(recorded)`,
				fmt.Sprint(f.s), fmt.Sprint(f.x), []geo.ID{f.c, f.d})
			f.exec(t, `delete from jingwei.planned_move`)
			migration, err := os.ReadFile("migrations/00043_paths_of_days.sql")
			if err != nil {
				t.Fatal(err)
			}
			_, repair, _ := strings.Cut(string(migration), "-- What did not follow, does now.")
			for _, sql := range strings.SplitAfter(repair, ";") {
				f.exec(t, sql)
			}
			f.stands(t, f.s, f.x)
			f.turn(t)
			f.stands(t, f.x, f.s)
		},
		"the superior is merged": func(t *testing.T, f *follow) {
			f.say(t, "新名", f.x, f.today+40)
			m := geo.OrganizationMerge{Sources: []geo.VersionOf{{ID: f.x, Version: 1}}, Target: geo.VersionOf{ID: f.s, Version: 1}, Date: f.today}
			if _, _, err := f.MergeOrganizations(t.Context(), geo.Everywhere(), geo.Everywhere(), geo.Everywhere(), m, f.today, "p"); err != nil {
				t.Fatal(err)
			}
			f.stands(t, f.s, f.x)
			f.turn(t)
			f.stands(t, f.s, f.x)
		},
	} {
		t.Run(name, func(t *testing.T) { do(t, o.follow(t, conn)) })
	}
}

// TestScene: rules of days and of previews, in one database.
func TestScene(t *testing.T) {
	o := newScene(t)
	t.Run("a superior of all days", o.superiorOfAllDays)
	t.Run("previews let others write", o.previewLetsOthersWrite)
	t.Run("bulk changes of what is planned", o.bulkOfThePlanned)
}

// superiorOfAllDays: nothing is below an organization on days on which that does not exist; what says so names the first on which it
// does.
func (s scene) superiorOfAllDays(t *testing.T) {
	all, day := geo.Everywhere(), s.today
	made := func(parent geo.ID, from, to geo.Day) (geo.Organization, error) {
		c := content("天数")
		c.Parent = parent
		org, _, err := s.CreateOrganization(t.Context(), all, all, c, geo.DayRange{From: from, To: to}, "a")
		return org, err
	}
	must := func(org geo.Organization, err error) geo.Organization {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return org
	}
	later, short := must(made(0, day+90, geo.MaxDay)), must(made(0, day-10, day+10))
	child := must(made(short.ID, day, day+10))
	open := must(made(0, day, geo.MaxDay))
	refused := func(what string, err error, says geo.Day) {
		t.Helper()
		wantError(t, err, geo.ErrInvalid, "parent")
		if got := (*geo.AbsentSuperiorError)(nil); !errors.As(err, &got) || got.Since != says && got.Day != says {
			t.Errorf("%s: %v does not say %s", what, err, says)
		}
	}
	_, err := made(later.ID, day, geo.MaxDay)
	refused("before the superior", err, day+90)
	_, err = made(short.ID, day-20, day)
	refused("begins before the superior", err, day-10)
	_, err = made(short.ID, day, geo.MaxDay)
	refused("ends after the superior", err, day+10)
	c := open.OrganizationContent
	c.Parent = later.ID
	_, _, err = s.ReplaceOrganization(t.Context(), all, all, open.ID, 1, c, day, day, "a")
	refused("moved", err, day+90)
	_, _, err = s.ChangeOrganizations(t.Context(), all, all, change(geo.OrganizationSet{Parent: later.ID}, open.ID), day, "a")
	refused("moved with others", err, day+90)
	_, _, err = s.ReplaceOrganization(t.Context(), all, all, child.ID, 1, child.OrganizationContent, day-11, day, "a")
	refused("begins earlier", err, day-10)
	if _, _, err = s.ReplaceOrganization(t.Context(), all, all, child.ID, 1, child.OrganizationContent, day-10, day, "a"); err != nil {
		t.Errorf("from the superior's first day on: %v", err)
	}
	if _, _, err = s.ReplaceOrganization(t.Context(), all, all, open.ID, 1, c, day+90, day, "a"); err != nil {
		t.Errorf("moved from that day on: %v", err)
	}
}

// bulkOfThePlanned: what is set for many holds for good, also where something else was planned, which a preview tells; the undoing
// brings all of that back.
func (o scene) bulkOfThePlanned(t *testing.T) {
	all := geo.Everywhere()
	planned := content("将来")
	planned.Parent, planned.Status = o.county, geo.StatusActive
	if _, _, err := o.ReplaceOrganization(t.Context(), all, all, o.a, 1, planned, o.today+30, o.today, "a"); err != nil {
		t.Fatal(err)
	}
	const sql = `select array_agg(valid || ' ' || name || ' ' || kind || ' ' || level || ' ' || status || ' ' || path::text order by valid)
from jingwei.organization_version where organization_id = $1 and upper_inf(recorded)`
	before, below := queryOne[[]string](t, o.setup, sql, o.a), queryOne[[]string](t, o.setup, sql, o.grandchild)
	b := change(geo.OrganizationSet{Status: geo.StatusDraft, Level: "township", Kind: "local_committee", Parent: o.other}, o.a)
	b.Organizations[0].Version = 2
	for _, preview := range []bool{true, false} {
		b.Preview = preview
		done, _, err := o.ChangeOrganizations(t.Context(), all, all, b, o.today, "a")
		if err != nil || len(done) != 1 || fmt.Sprint(done[0].Planned) != fmt.Sprint([]geo.Day{o.today + 30}) {
			t.Fatalf("preview %v: %+v, %v", preview, done, err)
		}
	}
	if n := queryOne[int64](t, o.setup, `
select count(*) from jingwei.organization_version v
where organization_id = $1 and upper_inf(recorded) and (upper_inf(valid) or upper(valid) > jingwei.day($2))
  and (status, kind, level, parent_id) = ('draft', 'local_committee', 'township', $3)`, o.a, int32(o.today), o.other); n != 2 {
		t.Errorf("it holds in %d of 2 rows: %v", n, queryOne[[]string](t, o.setup, sql, o.a))
	}
	if _, _, err := o.UndoOrganization(t.Context(), all, all, o.a, 3, o.today, "a"); err != nil {
		t.Fatal(err)
	}
	for id, want := range map[geo.ID][]string{o.a: before, o.grandchild: below} {
		if got := queryOne[[]string](t, o.setup, sql, id); fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("undone: %v, want %v", got, want)
		}
	}
}

// previewLetsOthersWrite: while a preview is worked out others move organizations elsewhere; where they are at the same ones, the
// preview gives way.
func (o scene) previewLetsOthersWrite(t *testing.T) {
	all := geo.Everywhere()
	b := change(geo.OrganizationSet{Parent: o.b}, o.child)
	b.Preview = true
	m := geo.OrganizationMerge{Sources: []geo.VersionOf{{ID: o.a, Version: 1}}, Target: geo.VersionOf{ID: o.b, Version: 1}, Date: o.today, Preview: true}
	p := geo.OrganizationSplit{Source: geo.VersionOf{ID: o.a, Version: 1}, Date: o.today, Keep: true, Preview: true, Targets: []geo.SplitTarget{{Content: content("新"), Beside: true}}}
	previews := map[string]func(ctx context.Context) error{
		"bulk": func(ctx context.Context) error {
			_, _, err := o.ChangeOrganizations(ctx, all, all, b, o.today, "a")
			return err
		},
		"merge": func(ctx context.Context) error {
			_, _, err := o.MergeOrganizations(ctx, all, all, all, m, o.today, "a")
			return err
		},
		"split": func(ctx context.Context) error {
			_, _, err := o.SplitOrganization(ctx, all, all, all, p, o.today, "a")
			return err
		},
	}
	conn := o.connect(t)
	held := func(sql string, args ...any) (end func()) {
		tx, err := conn.Begin(t.Context())
		if err == nil {
			_, err = tx.Exec(t.Context(), sql, args...)
		}
		if err != nil {
			t.Fatal(err)
		}
		return func() {
			if err := tx.Rollback(context.WithoutCancel(t.Context())); err != nil {
				t.Error(err)
			}
		}
	}
	for name, preview := range previews {
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
		end := held(`select pg_advisory_xact_lock(hashtextextended('jingwei organization tree', 0))`)
		if err := preview(ctx); err != nil {
			t.Errorf("%s while others move something: %v", name, err)
		}
		end()
		end = held(`select from jingwei.organization where id = any($1) for update`, []geo.ID{o.a, o.child})
		done := make(chan error, 1)
		go func() { done <- preview(ctx) }()
		time.Sleep(20 * time.Millisecond)
		end()
		if err := <-done; err != nil {
			t.Errorf("%s after others were done with the same: %v", name, err)
		}
		cancel()
	}
	end := held(`select from jingwei.organization where id = $1 for update`, o.child)
	defer end()
	if err := previews["bulk"](t.Context()); !errors.Is(err, geo.ErrUnavailable) {
		t.Errorf("while others are at the same: %v", err)
	}
}
