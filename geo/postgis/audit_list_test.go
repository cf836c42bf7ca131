package postgis_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"

	"jingwei/geo"
	"jingwei/geo/postgis"
)

// TestAuditScope: of all entries a scope shows those whose path meets it, and those of no organization to nobody but who
// may see everything.
func TestAuditScope(t *testing.T) {
	s := newEmptySetup(t)
	for _, e := range []struct {
		action string
		path   []geo.ID
	}{{"province", []geo.ID{1}}, {"county", []geo.ID{1, 2}}, {"village", []geo.ID{1, 2, 3}}, {"other", []geo.ID{4, 5}}, {"none", nil}, {"moved", []geo.ID{2, 3, 4, 9}}} {
		s.record(t, geo.AuditEntry{Action: e.action, Path: e.path})
	}
	for _, c := range []struct {
		name  string
		scope geo.Scope
		query geo.AuditQuery
		want  string
	}{
		{"everything", geo.Everywhere(), geo.AuditQuery{}, "moved none other village county province"},
		{"nothing", geo.Scope{}, geo.AuditQuery{}, ""},
		{"a province", geo.Scope{Roots: []geo.ID{1}}, geo.AuditQuery{}, "village county province"},
		{"a county", geo.Scope{Roots: []geo.ID{2}}, geo.AuditQuery{}, "moved village county"},
		{"a village", geo.Scope{Roots: []geo.ID{3}}, geo.AuditQuery{}, "moved village"},
		{"two", geo.Scope{Roots: []geo.ID{3, 5}}, geo.AuditQuery{}, "moved other village"},
		{"unknown", geo.Scope{Roots: []geo.ID{77}}, geo.AuditQuery{}, ""},
		{"an organization in a scope", geo.Scope{Roots: []geo.ID{2}}, geo.AuditQuery{Organization: 1}, "village county"},
		{"an organization outside", geo.Scope{Roots: []geo.ID{4}}, geo.AuditQuery{Organization: 1}, ""},
		{"an organization of everything", geo.Everywhere(), geo.AuditQuery{Organization: 4}, "moved other"},
	} {
		t.Run(c.name, func(t *testing.T) {
			list, err := s.AuditEntries(t.Context(), c.scope, c.query)
			if err != nil {
				t.Fatal(err)
			}
			if got := actions(list); got != c.want {
				t.Errorf("%q, want %q", got, c.want)
			}
		})
	}
}

func actions(list []geo.AuditEntry) string {
	names := make([]string, len(list))
	for i, e := range list {
		names[i] = e.Action
	}
	return strings.Join(names, " ")
}

func TestAuditQuery(t *testing.T) {
	s := newSetup(t)
	org := s.create(t, content("柳东"))
	liu := geo.Actor{Account: 7, Name: "liu", Via: geo.ViaSession}
	object := geo.AuditObject{Kind: "report", ID: 8}
	s.record(t,
		geo.AuditEntry{Action: "sign-in", Actor: liu},
		geo.AuditEntry{Action: "report.view", Actor: liu, Object: object, Path: []geo.ID{org.ID}},
		geo.AuditEntry{Action: "report.view", Object: geo.AuditObject{Kind: "report", ID: 9}},
		geo.AuditEntry{Action: "account.view", Object: geo.AuditObject{Kind: "account", ID: 8}})
	s.seal(t, 6) // with those of the load of divisions and of the organization
	s.record(t, geo.AuditEntry{Action: "late"})
	now := time.Now()
	for _, c := range []struct {
		name  string
		query geo.AuditQuery
		want  string
	}{
		{"all", geo.AuditQuery{}, "late account.view report.view report.view sign-in organization.create division.load"},
		{"actor", geo.AuditQuery{Actor: "liu"}, "report.view sign-in"},
		{"no such actor", geo.AuditQuery{Actor: "li"}, ""},
		{"action", geo.AuditQuery{Action: "report.view"}, "report.view report.view"},
		{"object", geo.AuditQuery{Object: object}, "report.view"},
		{"kind", geo.AuditQuery{Object: geo.AuditObject{Kind: "report"}}, "report.view report.view"},
		{"since", geo.AuditQuery{From: now.Add(time.Hour)}, ""},
		{"until", geo.AuditQuery{To: now.Add(-time.Hour)}, ""},
		{"between", geo.AuditQuery{From: now.Add(-time.Hour), To: now.Add(time.Hour), Limit: 2}, "late account.view"},
		{"together", geo.AuditQuery{Actor: "liu", Action: "report.view", Object: object, Organization: org.ID}, "report.view"},
	} {
		if got := actions(s.entries(t, c.query)); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
	list := s.entries(t, geo.AuditQuery{})
	if list[0].Sealed || !list[1].Sealed || list[3].Organization != "柳东" || list[1].Organization != "" {
		t.Errorf("%+v", list)
	}
}

// TestAuditNamesWhatMayBeSeen: of what has left the scope and is hidden now, entries of before do not tell the name.
func TestAuditNamesWhatMayBeSeen(t *testing.T) {
	s := newSetup(t)
	ours, others := s.create(t, content("ours")), s.create(t, content("others"))
	moves := s.below(t, ours.ID)
	s.record(t, geo.AuditEntry{Action: "before", Path: []geo.ID{ours.ID, moves.ID}})
	name := func(scope geo.Scope) string {
		t.Helper()
		list, err := s.AuditEntries(t.Context(), scope, geo.AuditQuery{Action: "before"})
		if err != nil || len(list) != 1 {
			t.Fatalf("%+v, %v", list, err)
		}
		return list[0].Organization
	}
	left := content("left")
	left.Parent = others.ID
	for version, c := range []struct{ name, status, want string }{{"left", geo.StatusActive, "left"}, {"hidden", geo.StatusDraft, ""}} {
		left.Name, left.Status = c.name, c.status
		if _, _, err := s.ReplaceOrganization(t.Context(), geo.Everywhere(), geo.Everywhere(), moves.ID, int32(version+1), left, s.today, s.today, "a"); err != nil {
			t.Fatal(err)
		}
		if got := name(geo.Scope{Roots: []geo.ID{ours.ID}}); got != c.want {
			t.Errorf("%s is told to those whom it left as %q, want %q", c.name, got, c.want)
		}
		if got := name(geo.Everywhere()); got != c.name {
			t.Errorf("%s is told to who sees everything as %q", c.name, got)
		}
	}
}

// TestAuditPages: pages of any size put together are the whole, also when many entries bear one time.
func TestAuditPages(t *testing.T) {
	s := newEmptySetup(t)
	s.exec(t, `insert into jingwei.audit (at, actor, via, action) select timestamptz '2026-01-01' + make_interval(secs => n % 3), 'a', 'cli', 'n' || n from generate_series(1, 40) n`)
	whole := actions(s.entries(t, geo.AuditQuery{}))
	for _, limit := range []int{1, 7, 40, 41} {
		var all []geo.AuditEntry
		q := geo.AuditQuery{Limit: limit}
		for range 41 {
			page := s.entries(t, q)
			all = append(all, page...)
			if len(page) < limit {
				break
			}
			q.After = geo.AuditCursor{At: page[len(page)-1].At, ID: page[len(page)-1].ID}
		}
		if got := actions(all); got != whole {
			t.Errorf("pages of %d: %s, want %s", limit, got, whole)
		}
	}
	s.exec(t, `insert into jingwei.audit (actor, via, action) select 'a', 'cli', 'b' from generate_series(1, 1100)`)
	for _, limit := range []int{0, -1, 1001, 1 << 30} {
		if n := len(s.entries(t, geo.AuditQuery{Limit: limit})); n != geo.MaxAuditPage {
			t.Errorf("limit %d: %d entries", limit, n)
		}
	}
}

// TestAuditPlans: no question reads the whole audit.
func TestAuditPlans(t *testing.T) {
	s := newEmptySetup(t)
	s.exec(t, `
insert into jingwei.audit (at, actor, via, action, kind, object_id, path)
select timestamptz '2026-01-01' + make_interval(secs => n), 'actor' || n % 997, 'cli', 'action' || n % 991, 'organization', n % 5000, array[1, 2 + n % 30, 100 + n % 5000]
from generate_series(1, 30000) n`)
	s.exec(t, `analyze jingwei.audit`)
	at := time.Date(2026, 1, 1, 3, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		name, index string
		scope       geo.Scope
		query       geo.AuditQuery
	}{
		{"newest", "audit_at_idx", geo.Everywhere(), geo.AuditQuery{}},
		{"time", "audit_at_idx", geo.Everywhere(), geo.AuditQuery{From: at, To: at.Add(time.Hour)}},
		{"next page", "audit_at_idx", geo.Everywhere(), geo.AuditQuery{After: geo.AuditCursor{At: at, ID: 100}}},
		{"actor", "audit_actor_idx", geo.Everywhere(), geo.AuditQuery{Actor: "actor5"}},
		{"action", "audit_action_idx", geo.Everywhere(), geo.AuditQuery{Action: "action5"}},
		{"object", "audit_object_idx", geo.Everywhere(), geo.AuditQuery{Object: geo.AuditObject{Kind: "organization", ID: 77}}},
		{"scope of few", "audit_path_idx", geo.Scope{Roots: []geo.ID{177}}, geo.AuditQuery{}},
		{"scope of most", "audit_at_idx", geo.Scope{Roots: []geo.ID{1}}, geo.AuditQuery{}},
		{"organization", "audit_path_idx", geo.Everywhere(), geo.AuditQuery{Organization: 177}},
	} {
		t.Run(c.name, func(t *testing.T) {
			c.query.Limit = 50
			sql, args := postgis.AuditQuestion(c.scope, c.query)
			rows, err := s.connect(t).Query(t.Context(), "explain "+sql, append([]any{pgx.QueryExecModeDescribeExec}, args...)...)
			if err != nil {
				t.Fatal(err)
			}
			lines, err := pgx.CollectRows(rows, pgx.RowTo[string])
			if err != nil {
				t.Fatal(err)
			}
			plan := strings.Join(lines, "\n")
			if strings.Contains(plan, "Seq Scan on audit a") || !strings.Contains(plan, c.index) {
				t.Errorf("the plan does not use %s:\n%s", c.index, plan)
			}
		})
	}
}

// TestAuditEntryRoundTrip: what is recorded is what is read.
func TestAuditEntryRoundTrip(t *testing.T) {
	s := newEmptySetup(t)
	want := geo.AuditEntry{Action: "report.view", Actor: actor(), Object: geo.AuditObject{Kind: "report", ID: 8}, Path: []geo.ID{3, 4},
		Before: []byte(`{"a": [1, "二"]}`), After: []byte(`[]`)}
	s.record(t, want, geo.AuditEntry{Action: "bare"})
	got := s.entries(t, geo.AuditQuery{})
	slices.Reverse(got)
	for i := range got {
		if got[i].ID == 0 || got[i].At.IsZero() {
			t.Errorf("entry %d without id or time", i)
		}
		got[i].ID, got[i].At = 0, time.Time{}
	}
	bare := geo.AuditEntry{Action: "bare", Actor: geo.Actor{Name: "system", Via: geo.ViaSystem}, Path: []geo.ID{}}
	if diff := cmp.Diff([]geo.AuditEntry{want, bare}, got); diff != "" {
		t.Error(fmt.Sprint("(-want +got):\n", diff))
	}
}
