package postgis_test

import (
	"context"
	"errors"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5/pgconn"

	"jingwei/geo"
)

// namesOf returns the members, or the reports, with these ids in text, in their order.
func namesOf(of map[string]geo.ID, ids []string) []string {
	out := []string{}
	for name, id := range of {
		if slices.Contains(ids, id.String()) {
			out = append(out, name)
		}
	}
	slices.Sort(out)
	return out
}

// refused reports whether the server refused a statement for want of a right, or since the session may only read.
func refused(err error) bool {
	var fault *pgconn.PgError
	return errors.As(err, &fault) && (fault.Code == "42501" || fault.Code == "25006")
}

// within returns the names of the members for which a rule holds, and of the reports whose organization is in the scope.
func (w world) within(s geo.Scope, holds func(m member) bool) (organizations, reports []string) {
	organizations, reports = []string{}, []string{}
	for _, m := range members() {
		if holds(m) {
			organizations = append(organizations, m.name)
		}
	}
	for report := range w.reports {
		if of, _, _ := strings.Cut(report, " "); s.Covers(w.path(of)) {
			reports = append(reports, report)
		}
	}
	slices.Sort(organizations)
	slices.Sort(reports)
	return organizations, reports
}

// TestPoliciesOfTables asks for whole tables, as somebody might who forgets every condition.
func TestPoliciesOfTables(t *testing.T) {
	w := newWorld(t)
	for name, see := range w.scopes() {
		organizations, reports := w.within(see, func(m member) bool {
			return w.sees(see, m.name, m.status) || m.name == "A3" // which was active once
		})
		for _, ask := range []struct {
			sql  string
			of   map[string]geo.ID
			want []string
		}{
			{`select id::text from jingwei.organization`, w.id, organizations},
			{`select organization_id::text from jingwei.organization_version`, w.id, organizations},
			{`select o.id::text from jingwei.organization o left join jingwei.organization_version v on v.organization_id = o.id`, w.id, organizations},
			{`select organization_id::text from jingwei.scoped_organization_version`, w.id, organizations},
			{`select id::text from jingwei.report`, w.reports, reports},
			{`select r.id::text from jingwei.report r where r.location && st_makeenvelope(-180, -90, 180, 90, 4326)`, w.reports, reports},
		} {
			ids, err := w.Ask(t.Context(), see, ask.sql)
			if see.Empty() { // the public does not even get to look
				if !refused(err) {
					t.Errorf("%s: %s gives the public %v, %v", name, ask.sql, ids, err)
				}
				continue
			}
			if diff := cmp.Diff(ask.want, namesOf(ask.of, ids)); diff != "" || err != nil {
				t.Errorf("%s: %s: %v (-want +got):\n%s", name, ask.sql, err, diff)
			}
		}
	}
}

// TestWritePoliciesOfTables writes to whole tables, as somebody might who forgets every condition: what lies elsewhere is
// not touched.
func TestWritePoliciesOfTables(t *testing.T) {
	w := newWorld(t)
	for name, in := range w.scopes() {
		organizations, reports := w.within(in, func(m member) bool { return in.Covers(w.path(m.name)) })
		for _, write := range []struct {
			sql  string
			of   map[string]geo.ID
			want []string
		}{
			{`update jingwei.organization_version set address = 'x' returning organization_id::text`, w.id, organizations},
			{`update jingwei.organization set created_at = created_at returning id::text`, w.id, organizations},
			{`select id::text from jingwei.organization for update`, w.id, organizations},
			{`update jingwei.report set text = 'x' returning id::text`, w.reports, reports},
		} {
			ids, err := w.AskWithin(t.Context(), in, write.sql)
			if diff := cmp.Diff(write.want, namesOf(write.of, ids)); diff != "" || err != nil {
				t.Errorf("%s: %s: %v (-want +got):\n%s", name, write.sql, err, diff)
			}
		}
		for _, of := range []string{"A1", "A2", "B", ""} {
			_, err := w.AskWithin(t.Context(), in, `
insert into jingwei.report (category, lon_e7, lat_e7, division_code, organization_id, channel, received_at)
values ('roads', 1, 1, $1, nullif($2::bigint, 0), 'web', '2026-01-01') returning 'x'`, liushi1, w.id[of])
			if in.Covers(w.path(of)) != (err == nil) || err != nil && !refused(err) {
				t.Errorf("%s: a report for %q: %v", name, of, err)
			}
		}
	}
	for _, sql := range []string{
		`update jingwei.report set organization_id = $2 where organization_id = $1 returning 'x'`,
		`update jingwei.organization_version set path = text2ltree($2::bigint::text) where organization_id = $1 returning 'x'`,
	} {
		_, err := w.AskWithin(t.Context(), w.scope("A"), sql, w.id["A1"], w.id["B"])
		if !refused(err) {
			t.Errorf("given away: %s: %v", sql, err)
		}
	}
}

// TestRightsOfRoles: what no request may do, none can.
func TestRightsOfRoles(t *testing.T) {
	w := newWorld(t)
	public := func(sql string) error { _, err := w.Ask(t.Context(), geo.Scope{}, sql); return err }
	app := func(sql string) error { _, err := w.Ask(t.Context(), geo.Everywhere(), sql); return err }
	write := func(sql string) error { _, err := w.AskWithin(t.Context(), geo.Everywhere(), sql); return err }
	index := func(sql string) error { _, err := w.AskIndex(t.Context(), sql); return err }
	for _, table := range []string{"organization", "organization_version", "organization_link", "report", "grid", "account", "account_identity", "role_grant", "session",
		"token", "one_time_link", "sign_in_failure", "audit", "audit_seal", "location_step", "location_check", "ask", "task", "task_field", "planned_move", "scoped_organization_version", "change", "node"} {
		if err := public(`select count(*)::text from jingwei.` + table); !refused(err) {
			t.Errorf("the public reads %s: %v", table, err)
		}
	}
	for _, table := range []string{"account", "account_identity", "role_grant", "session", "token", "one_time_link", "sign_in_failure", "audit", "audit_seal", "location_step", "location_check"} {
		if err := index(`select count(*)::text from jingwei.` + table); !refused(err) {
			t.Errorf("the index reads %s: %v", table, err)
		}
		if err := app(`select count(*)::text from jingwei.` + table); err != nil {
			t.Errorf("%s: %v", table, err)
		}
	}
	for sql, ask := range map[string]func(string) error{
		`delete from jingwei.organization returning 'x'`:                                            write,
		`delete from jingwei.organization_version returning 'x'`:                                    write,
		`delete from jingwei.report returning 'x'`:                                                  write,
		`delete from jingwei.account returning 'x'`:                                                 write,
		`update jingwei.audit set actor = 'x' returning 'x'`:                                        write,
		`delete from jingwei.audit returning 'x'`:                                                   write,
		`delete from jingwei.location_step returning 'x'`:                                           write,
		`delete from jingwei.location_check returning 'x'`:                                          write,
		`truncate jingwei.audit`:                                                                    write,
		`insert into jingwei.audit_seal select * from jingwei.audit_seal where false returning 'x'`: write,
		`alter table jingwei.audit disable trigger all`:                                             write,
		`insert into jingwei.change (layer, op) values ('organizations', 'reload')`:                 write,
		`update jingwei.generation set n = n + 1 returning 'x'`:                                     write,
		`update jingwei.division set name = 'x' returning 'x'`:                                      write,
		`update jingwei.report_category set sensitive = false returning 'x'`:                        write,
		`select jingwei.feed_renew()::text, jingwei.reload('reports')::text`:                        write,
		`update jingwei.organization_version set name = 'x' returning 'x' `:                         index,
		`update jingwei.public_organization_version set name = 'x' returning 'x'`:                   public,
		`select jingwei.move_paths(1, 1, 1)::text`:                                                  public,
		`update jingwei.scoped_organization_version set name = 'x' returning 'x'`:                   write,
		`truncate jingwei.organization_version`:                                                     write,
		`alter table jingwei.organization_version disable row level security`:                       write,
		`do $$ begin create temporary table x (); create trigger x after insert on x for each statement execute function jingwei.report_changed(); end $$`: write,
	} {
		if err := ask(sql); !refused(err) {
			t.Errorf("%s: %v", sql, err)
		}
	}
	loose, err := w.Ask(t.Context(), geo.Everywhere(), `
select p.oid::regprocedure::text from pg_proc p
where p.pronamespace = 'jingwei'::regnamespace and p.prosecdef and p.proname <> 'present_row' and has_function_privilege('public', p.oid, 'execute')`)
	if err != nil || len(loose) > 0 {
		t.Errorf("functions that run as their owner for anybody: %v, %v", loose, err)
	}
	if err := public(`create temporary table x (y int)`); !refused(err) {
		t.Errorf("the public writes: %v", err)
	}
}

// TestPublicViews: what everyone may see, whoever asks.
func TestPublicViews(t *testing.T) {
	w := newWorld(t)
	for name, see := range w.scopes() {
		ask := func(sql string) []string {
			rows, err := w.Ask(t.Context(), see, sql)
			if err != nil {
				t.Fatalf("%s: %s: %v", name, sql, err)
			}
			slices.Sort(rows)
			return rows
		}
		active := []string{"A", "A1", "A111", "A3", "B", "R1"}
		if diff := cmp.Diff(active, namesOf(w.id, ask(`select id::text from jingwei.public_organization`))); diff != "" {
			t.Errorf("%s: organizations (-want +got):\n%s", name, diff)
		}
		if diff := cmp.Diff(active, namesOf(w.id, ask(`select organization_id::text from jingwei.public_organization_version where author = '' and status = 'active'`))); diff != "" {
			t.Errorf("%s: versions (-want +got):\n%s", name, diff)
		}
		if others := ask(`select name from jingwei.public_organization_version where author <> '' or status <> 'active'`); len(others) > 0 {
			t.Errorf("%s: %v", name, others)
		}
		if diff := cmp.Diff([]string{" ", "A1 ", "A2 ", "B "}, namesOf(w.reports, ask(`select id::text from jingwei.public_report`))); diff != "" {
			t.Errorf("%s: reports (-want +got):\n%s", name, diff)
		}
	}
}

// TestPublicReportsAreGeneralised: the database says the same as geo.ReportLayer.
func TestPublicReportsAreGeneralised(t *testing.T) {
	s := newSetup(t)
	rnd := rand.New(rand.NewPCG(1, 2))
	at := []geo.Position{{}, {Lon: -1, Lat: -1}, {Lon: 1_800_000_000, Lat: 900_000_000}, {Lon: -1_800_000_000, Lat: -900_000_000}, {Lon: 49_999, Lat: 50_000}, {Lon: -50_000, Lat: -50_001}}
	for range 200 {
		at = append(at, geo.Position{Lon: int32(rnd.Int64N(3_600_000_001) - 1_800_000_000), Lat: rnd.Int32N(1_800_000_001) - 900_000_000})
	}
	list := make([]geo.Report, len(at))
	for i := range list {
		list[i] = report()
		list[i].At = at[i]
	}
	base := s.loadReports(t, "reports", list...)
	rows, err := s.Ask(t.Context(), geo.Scope{}, `select concat_ws(' ', id, lon_e7, lat_e7, division_code, received_on) from jingwei.public_report order by id`)
	if err != nil {
		t.Fatal(err)
	}
	for i, r := range list {
		p := geo.ReportLayer().Generalise(geo.Point{At: r.At, Division: r.Division})
		want := strings.Join([]string{(base + geo.ID(i)).String(), strconv.Itoa(int(p.At.Lon)), strconv.Itoa(int(p.At.Lat)), p.Division.String(), geo.DayOf(r.Times.Received).String()}, " ")
		if rows[i] != want {
			t.Fatalf("report at %v: %q, want %q", r.At, rows[i], want)
		}
	}
}

// TestPublicGridsNameNobodyHidden: a grid tells of its organization while everyone may see that.
func TestPublicGridsNameNobodyHidden(t *testing.T) {
	w := newWorld(t)
	if _, err := w.LoadGrids(t.Context(), "grids", grids{n: 1, prefix: "G"}, nil); err != nil {
		t.Fatal(err)
	}
	for _, m := range members() {
		w.exec(t, `update jingwei.grid set organization_id = $1`, w.id[m.name])
		got, err := w.Ask(t.Context(), geo.Scope{}, `select coalesce(organization_id, 0)::text from jingwei.public_grid`)
		active := m.status == "active" || m.name == "A3"
		if err != nil || (got[0] == w.id[m.name].String()) != active || active == (got[0] == "0") {
			t.Errorf("grid of %s: %v, %v", m.name, got, err)
		}
	}
}

// TestNothingLeaksBetweenRequests: a connection that was used is as one that was not, however the use ended.
func TestNothingLeaksBetweenRequests(t *testing.T) {
	w := newWorld(t)
	fresh := w.Connections(t)
	for is := range fresh {
		if !slices.Contains([]string{"jingwei_public /", "jingwei_app /", "jingwei_app */", "jingwei /"}, is) {
			t.Errorf("a connection is %q", is)
		}
	}
	if len(fresh) != 4 {
		t.Errorf("connections: %v", fresh)
	}
	own := w.scope("A")
	uses := map[string]func(){
		"read": func() { w.answers(t, w.Store, own) },
		"write": func() {
			c := content("new")
			c.Parent = w.id["A"]
			if _, _, err := w.CreateOrganization(t.Context(), own, own, c, since("2023-06-30"), "a"); err != nil {
				t.Error(err)
			}
		},
		"failed read":  func() { w.Ask(t.Context(), own, `select (1 / 0)::text`) },
		"failed write": func() { w.AskWithin(t.Context(), own, `select (1 / 0)::text`) },
		"refused write": func() {
			w.AskWithin(t.Context(), own, `update jingwei.organization_version set path = 'x' returning 'x'`)
		},
		"reader who left": func() {
			ctx, cancel := context.WithCancel(t.Context())
			go cancel()
			w.Ask(ctx, own, `select pg_sleep(10)::text`)
		},
		"panic": func() {
			defer func() { _ = recover() }()
			w.ReadPanics(t.Context(), own)
		},
	}
	for name, use := range uses {
		for range 3 {
			use()
		}
		if diff := cmp.Diff(fresh, w.Connections(t)); diff != "" {
			t.Errorf("after a %s (-before +after):\n%s", name, diff)
		}
	}
}
