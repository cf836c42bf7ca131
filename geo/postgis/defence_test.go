package postgis_test

import (
	"context"
	"log/slog"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"

	"jingwei/geo"
	"jingwei/geo/geotest"
	"jingwei/geo/postgis"
)

// lines returns the names of the lines of defence that are active, and what a superuser is to run for the others.
func lines(t *testing.T, s *postgis.Store) (active []string, remedies []string) {
	t.Helper()
	list, err := s.Defences(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range list {
		if d.Active != (d.Remedy == "") || d.What == "" {
			t.Errorf("%+v", d)
		}
		if d.Active {
			active = append(active, d.Name)
		} else {
			remedies = append(remedies, d.Remedy)
		}
	}
	return active, remedies
}

func allLines() []string {
	return []string{"public_role", "app_role", "index_role", "row_security", "spatial_index", "audit_triggers"}
}

// TestDefencesOfOurOwnDatabase: where this program is superuser, all are active.
func TestDefencesOfOurOwnDatabase(t *testing.T) {
	s := newSetup(t)
	active, _ := lines(t, s.Store)
	if diff := cmp.Diff(allLines(), active); diff != "" {
		t.Errorf("active (-want +got):\n%s", diff)
	}
	for sql, lost := range map[string]string{
		`alter table jingwei.report disable row level security`:              "row_security",
		`grant select on jingwei.organization_version to jingwei_public`:     "public_role",
		`grant insert on jingwei.report to jingwei_index`:                    "index_role",
		`alter function geometry_overlaps(geometry, geometry) not leakproof`: "spatial_index",
	} {
		before, _ := lines(t, s.Store)
		s.exec(t, sql)
		after, _ := lines(t, s.Store)
		if !slices.Contains(before, lost) || slices.Contains(after, lost) {
			t.Errorf("%s: %v, then %v", sql, before, after)
		}
	}
}

// TestDefencesSeeTheTriggersOfTheAudit, whether they do not fire, do not fire everywhere, call something else or are gone;
// what is told brings them back.
func TestDefencesSeeTheTriggersOfTheAudit(t *testing.T) {
	s := newSetup(t)
	for _, sql := range []string{
		`alter table jingwei.audit disable trigger audit_refuse`, `alter table jingwei.audit_seal disable trigger all`,
		`alter table jingwei.audit enable trigger audit_refuse`, `drop trigger audit_seal_refuse on jingwei.audit_seal`,
		`create function jingwei.agree() returns trigger language plpgsql as 'begin return null; end'`,
		`create or replace trigger audit_refuse before update or delete or truncate on jingwei.audit for each statement execute function jingwei.agree()`,
	} {
		s.exec(t, sql)
		active, remedies := lines(t, s.Store)
		if altered := !strings.HasPrefix(sql, "create function"); slices.Contains(active, "audit_triggers") == altered {
			t.Errorf("%s: active %v", sql, active)
		}
		s.exec(t, strings.Join(remedies, " "))
		if active, _ := lines(t, s.Store); !slices.Equal(active, allLines()) {
			t.Errorf("%s, then the remedy: %v", sql, active)
		}
	}
}

// TestDefencesSeeTheFeed: what has changed names hidden rows.
func TestDefencesSeeTheFeed(t *testing.T) {
	s := newSetup(t)
	s.exec(t, `grant select on jingwei.change to jingwei_public`)
	if active, _ := lines(t, s.Store); slices.Contains(active, "public_role") {
		t.Errorf("everyone may read which rows have changed, and active are %v", active)
	}
}

// operators are databases of an operator's cluster: their roles may do less than those of a cluster of our own.
type operators struct {
	url func(database string) string
	t   *testing.T
}

// exec runs statements as superuser.
func (o operators) exec(database string, statements ...string) {
	o.t.Helper()
	conn, err := pgx.Connect(o.t.Context(), o.url(database))
	if err != nil {
		o.t.Fatal(err)
	}
	defer conn.Close(context.WithoutCancel(o.t.Context()))
	for _, sql := range statements {
		if _, err := conn.Exec(o.t.Context(), sql); err != nil {
			o.t.Fatalf("%s: %v", sql, err)
		}
	}
}

// database makes a database of a role, in which a superuser has made the extensions, and returns its URL for that role.
func (o operators) database(name, attributes string) string {
	o.t.Helper()
	o.exec("postgres", "create role "+name+" login "+attributes, "create database "+name+" owner "+name)
	o.exec(name, "create extension postgis", "create extension pg_trgm", "create extension btree_gist", "create extension ltree")
	return strings.Replace(o.url(name), "//jingwei@", "//"+name+"@", 1)
}

func (o operators) open(url string) setup {
	o.t.Helper()
	if err := postgis.Migrate(o.t.Context(), url); err != nil {
		o.t.Fatal(err)
	}
	s, err := postgis.Open(o.t.Context(), url, slog.New(slog.DiscardHandler))
	if err != nil {
		o.t.Fatal(err)
	}
	o.t.Cleanup(s.Close)
	return setup{Store: s, url: url}
}

// works writes and reads, and looks whether the database itself keeps a draft from the public and from strangers.
func (o operators) works(s setup, guarded bool) {
	o.t.Helper()
	if _, err := s.LoadDivisions(o.t.Context(), divisions(), nil); err != nil {
		o.t.Fatal(err)
	}
	draft := content("草稿")
	draft.Status = geo.StatusDraft
	org := s.create(o.t, draft)
	feed, err := s.Feed(o.t.Context())
	if err != nil {
		o.t.Fatal(err)
	}
	n := 0
	if _, err := feed.Load(o.t.Context(), "organizations", func(geo.Point) error { n++; return nil }); err != nil || n == 0 {
		o.t.Errorf("%d organizations for the index, %v", n, err)
	}
	if _, err := s.Organization(o.t.Context(), geo.Everywhere(), org.ID); err != nil {
		o.t.Error(err)
	}
	for _, see := range []geo.Scope{{}, {Roots: []geo.ID{org.ID + 1}}} {
		_, err := s.Organization(o.t.Context(), see, org.ID)
		wantError(o.t, err, geo.ErrNotFound, "")
		rows, err := s.Ask(o.t.Context(), see, `select name from jingwei.organization_version where status = 'draft'`)
		if (len(rows) == 0) != guarded {
			o.t.Errorf("without a condition: %v, %v", rows, err)
		}
	}
}

// TestDefencesOfAnOperatorsDatabase: what its owner may not do is left undone and told, and is there once a superuser has
// run what is told. Databases of one cluster that are migrated at once make its roles together.
func TestDefencesOfAnOperatorsDatabase(t *testing.T) {
	o := operators{geotest.StartCluster(t, geotest.OwnFolder(t)).URL, t}
	plain := o.database("plain", "")
	s := o.open(plain)
	if active, _ := lines(t, s.Store); !slices.Equal(active, []string{"audit_triggers"}) {
		t.Errorf("without any right but that of the owner: %v", active)
	}
	o.works(s, false)

	maker := o.open(o.database("maker", "createrole"))
	active, _ := lines(t, maker.Store)
	if diff := cmp.Diff([]string{"public_role", "app_role", "index_role", "row_security", "audit_triggers"}, active); diff != "" {
		t.Errorf("with the right to make roles (-want +got):\n%s", diff)
	}
	o.works(maker, true)

	_, remedies := lines(t, o.open(plain).Store)
	o.exec("plain", remedies...)
	s = o.open(plain)
	active, _ = lines(t, s.Store)
	if diff := cmp.Diff(allLines(), active); diff != "" {
		t.Errorf("after a superuser's work (-want +got):\n%s", diff)
	}
	o.works(s, true)
}

// TestRolesAreMadeTogether: databases of one cluster that are migrated at once make its roles. One of them comes first here
// and has not committed when the other comes to it.
func TestRolesAreMadeTogether(t *testing.T) {
	o := operators{geotest.StartCluster(t, geotest.OwnFolder(t)).URL, t}
	o.exec("postgres", "create database together")
	first, watch := setup{url: o.url("postgres")}.connect(t), setup{url: o.url("postgres")}
	tx, err := first.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := tx.Exec(t.Context(), "create role jingwei_public; create role jingwei_app; create role jingwei_index"); err != nil {
		t.Fatal(err)
	}
	migrated := make(chan error, 1)
	go func() { migrated <- postgis.Migrate(t.Context(), o.url("together")) }()
	watch.waitForBlock(t, first.PgConn().PID())
	if err := tx.Commit(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := <-migrated; err != nil {
		t.Fatal(err)
	}
	active, _ := lines(t, o.open(o.url("together")).Store)
	if diff := cmp.Diff(allLines(), active); diff != "" {
		t.Errorf("active (-want +got):\n%s", diff)
	}
}

// TestRightsAreGivenAgain: a dump knows no roles; what they may do is given again.
func TestRightsAreGivenAgain(t *testing.T) {
	s := newSetup(t)
	s.exec(t, `revoke all on all tables in schema jingwei from jingwei_public, jingwei_app, jingwei_index`)
	s.exec(t, `revoke usage on schema jingwei from jingwei_public, jingwei_app, jingwei_index`)
	if active, _ := lines(t, open(t, s.url)); slices.Contains(active, "public_role") {
		t.Errorf("roles without rights are used: %v", active)
	}
	if err := postgis.Migrate(t.Context(), s.url); err != nil {
		t.Fatal(err)
	}
	active, _ := lines(t, open(t, s.url))
	if diff := cmp.Diff(allLines(), active); diff != "" {
		t.Errorf("active (-want +got):\n%s", diff)
	}
}
