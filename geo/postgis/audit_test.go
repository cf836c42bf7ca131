package postgis_test

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"jingwei/geo"
)

// actor is who acts in most tests.
func actor() geo.Actor {
	return geo.Actor{Account: 7, Name: "liu", Via: geo.ViaSession, Address: "192.0.2.7", RequestID: "REQUEST"}
}

func acting(ctx context.Context) context.Context { return geo.WithActor(ctx, actor()) }

// entries returns what is in the audit, newest first.
func (s setup) entries(t testing.TB, q geo.AuditQuery) []geo.AuditEntry {
	t.Helper()
	list, err := s.AuditEntries(t.Context(), geo.Everywhere(), q)
	if err != nil {
		t.Fatal(err)
	}
	return list
}

// membersOf returns members of the content of an entry.
func membersOf(t *testing.T, content json.RawMessage, wanted ...string) string {
	t.Helper()
	if content == nil {
		return "none"
	}
	var v map[string]any
	if err := json.Unmarshal(content, &v); err != nil {
		t.Fatalf("%v in %s", err, content)
	}
	texts := make([]string, len(wanted))
	for i, m := range wanted {
		texts[i] = fmt.Sprint(v[m])
	}
	return strings.Join(texts, " ")
}

// TestAuditOfOrganization: every write of an organization is in the audit with who, what, before and after.
func TestAuditOfOrganization(t *testing.T) {
	s := newSetup(t)
	ctx := acting(t.Context())
	create := func(c geo.OrganizationContent) geo.ID {
		t.Helper()
		o, _, err := s.CreateOrganization(ctx, geo.Everywhere(), geo.Everywhere(), c, since("2023-06-30"), "liu")
		if err != nil {
			t.Fatal(err)
		}
		return o.ID
	}
	first, second := create(content("first")), create(content("second"))
	below := content("below")
	below.Parent = first
	id := create(below)
	moved := content("moved")
	moved.Parent = second
	if _, _, err := s.ReplaceOrganization(ctx, geo.Everywhere(), geo.Everywhere(), id, 1, moved, s.today, s.today, "liu"); err != nil {
		t.Fatal(err)
	}
	if _, err := s.RetireOrganization(ctx, geo.Everywhere(), geo.Everywhere(), id, 2, s.today, "liu"); err != nil {
		t.Fatal(err)
	}
	if _, err := s.RetireOrganization(ctx, geo.Everywhere(), geo.Everywhere(), id, 2, s.today, "liu"); err == nil {
		t.Fatal("retired twice")
	}
	type told struct {
		Action, Before, After string
		Path                  []geo.ID
	}
	var got []told
	for _, e := range s.entries(t, geo.AuditQuery{Object: geo.AuditObject{Kind: "organization", ID: id}}) {
		if e.Actor != actor() || e.At.IsZero() || time.Since(e.At) > time.Hour || e.ID == 0 || e.Sealed {
			t.Errorf("%+v", e)
		}
		got = append(got, told{e.Action, membersOf(t, e.Before, "name", "version", "valid_from"), membersOf(t, e.After, "name", "version", "parent", "valid_from"), e.Path})
	}
	today := s.today.String()
	want := []told{
		{geo.AuditRetireOrganization, "moved 2 " + today, "none", []geo.ID{second, id}},
		{geo.AuditReplaceOrganization, "below 1 2023-06-30", fmt.Sprintf("moved 2 %d %s", second, today), []geo.ID{second, id}},
		{geo.AuditLeaveOrganization, "below 1 2023-06-30", "none", []geo.ID{first, id}},
		{geo.AuditCreateOrganization, "none", fmt.Sprintf("below 1 %d 2023-06-30", first), []geo.ID{first, id}},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("audit (-want +got):\n%s", diff)
	}
}

// TestNoWriteWithoutAudit: what cannot be told does not happen.
func TestNoWriteWithoutAudit(t *testing.T) {
	s := newSetup(t)
	org := s.create(t, content("one"))
	s.exec(t, `alter table jingwei.audit rename to audit_away`)
	if _, _, err := s.CreateOrganization(t.Context(), geo.Everywhere(), geo.Everywhere(), content("two"), since("2023-06-30"), "a"); err == nil {
		t.Error("created")
	}
	if _, _, err := s.ReplaceOrganization(t.Context(), geo.Everywhere(), geo.Everywhere(), org.ID, 1, content("three"), s.today, s.today, "a"); err == nil {
		t.Error("replaced")
	}
	if _, err := s.RetireOrganization(t.Context(), geo.Everywhere(), geo.Everywhere(), org.ID, 1, s.today, "a"); err == nil {
		t.Error("retired")
	}
	if got := queryOne[string](t, s, `select string_agg(name || ' ' || upper_inf(valid), ',') from jingwei.organization_version`); got != "one true" {
		t.Errorf("the organizations are %s", got)
	}
}

// TestAuditOfBulkLoads: one entry for each run that changed something, with its report.
func TestAuditOfBulkLoads(t *testing.T) {
	s := newEmptySetup(t)
	ctx := geo.WithActor(t.Context(), geo.Actor{Name: "operator", Via: geo.ViaCLI})
	rows := edition()[:6]
	if _, err := s.ImportDivisions(ctx, rows, day("2023-06-30"), true, nil); err != nil {
		t.Fatal(err)
	}
	if n := len(s.entries(t, geo.AuditQuery{})); n != 0 {
		t.Fatalf("a dry run left %d entries", n)
	}
	for range 2 { // the second changes nothing
		if _, err := s.ImportDivisions(ctx, rows, day("2023-06-30"), false, nil); err != nil {
			t.Fatal(err)
		}
	}
	list := s.entries(t, geo.AuditQuery{})
	if len(list) != 1 {
		t.Fatalf("%d entries, want one", len(list))
	}
	e := list[0]
	if e.Action != "division.import" || e.Actor.Via != geo.ViaCLI || len(e.Path) > 0 ||
		membersOf(t, e.After, "layer", "rows", "done", "changed", "report") != "divisions 6 6 6 map[changed:0 kept:0 new:6 unchanged:0]" {
		t.Errorf("%+v %s", e, e.After)
	}
}

// TestAuditOfALoadThatDied: its rows are there, so the audit tells of it.
func TestAuditOfALoadThatDied(t *testing.T) {
	s := newEmptySetup(t)
	s.exec(t, `insert into jingwei.bulk_load values ('grids')`)
	for range 2 {
		if err := s.FinishLoads(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	list := s.entries(t, geo.AuditQuery{})
	if len(list) != 1 || list[0].Action != geo.AuditInterrupted || list[0].Actor.Via != geo.ViaSystem || membersOf(t, list[0].After, "layer") != "grids" {
		t.Errorf("%+v", list)
	}
}

// TestAuditIsOnlyAddedTo: also in a session that plays a replica, where ordinary triggers do not fire.
func TestAuditIsOnlyAddedTo(t *testing.T) {
	s := newEmptySetup(t)
	s.record(t, geo.AuditEntry{Action: "sign-in"})
	s.seal(t, 1)
	for _, sql := range []string{
		`update jingwei.audit set actor = 'nobody'`, `delete from jingwei.audit`, `truncate jingwei.audit`,
		`update jingwei.audit_seal set n = 2`, `delete from jingwei.audit_seal`, `truncate jingwei.audit_seal`,
		`delete from jingwei.audit where false`,
	} {
		for _, role := range []string{"origin", "replica"} {
			conn := s.connect(t)
			if _, err := conn.Exec(t.Context(), `set session_replication_role = `+role); err != nil {
				t.Fatal(err)
			}
			if _, err := conn.Exec(t.Context(), sql); err == nil {
				t.Errorf("%s is done as %s", sql, role)
			}
		}
	}
	s.verify(t, geo.AuditHead{}, 0)
}

// TestAuditHoldsNoSecrets: content with a member that is named as a secret is refused, with the write that it tells of.
func TestAuditHoldsNoSecrets(t *testing.T) {
	s := newEmptySetup(t)
	for _, content := range []string{
		`{"password":"x"}`, `{"account":{"hash":"x"}}`, `[{"a":[{"token":"x"}]}]`, `{"link":null}`, `{"csrf":"x"}`,
	} {
		for _, e := range []geo.AuditEntry{{Action: "a", Before: json.RawMessage(content)}, {Action: "a", After: json.RawMessage(content)}} {
			if err := s.RecordAudit(t.Context(), geo.AuditEntry{Action: "fine"}, e); err == nil {
				t.Errorf("%s is taken", content)
			}
		}
	}
	if list := s.entries(t, geo.AuditQuery{}); len(list) != 0 {
		t.Errorf("%+v", list)
	}
	s.record(t, geo.AuditEntry{Action: "a", After: json.RawMessage(`{"has_password":true,"name":"password","tokens":3}`)})
}

// TestAuditTakesWhatClientsSend: nonsense is shortened and made text, and is not refused.
func TestAuditTakesWhatClientsSend(t *testing.T) {
	s := newEmptySetup(t)
	s.record(t, geo.AuditEntry{Action: "sign-in.failed", Actor: geo.Actor{
		Name: strings.Repeat("长", 300), Via: geo.ViaSession, Address: "a\x00b\xff", RequestID: strings.Repeat("r", 101)}})
	e := s.entries(t, geo.AuditQuery{})[0]
	if e.Actor.Name != strings.Repeat("长", 100) || e.Actor.Address != "a?b?" || len(e.Actor.RequestID) != 100 {
		t.Errorf("%+v", e.Actor)
	}
	if err := s.RecordAudit(t.Context()); err != nil {
		t.Errorf("no entries: %v", err)
	}
}

func (s setup) record(t testing.TB, entries ...geo.AuditEntry) {
	t.Helper()
	if err := s.RecordAudit(t.Context(), entries...); err != nil {
		t.Fatal(err)
	}
}

// seal seals what there is, which must be so many entries.
func (s setup) seal(t testing.TB, want int) {
	t.Helper()
	if n, err := s.SealAudit(t.Context()); err != nil || n != want {
		t.Fatalf("sealed %d, %v; want %d", n, err, want)
	}
}

// verify checks the chain, in which so many entries must wait for their seal, and returns the report.
func (s setup) verify(t testing.TB, expected geo.AuditHead, unsealed int64) geo.AuditReport {
	t.Helper()
	r, err := s.VerifyAudit(t.Context(), expected, nil)
	if err != nil || r.FaultCount > 0 || r.Unsealed != unsealed || (unsealed > 0) == r.OldestUnsealed.IsZero() {
		t.Fatalf("%+v, %v; want no faults and %d entries not sealed", r, err, unsealed)
	}
	return r
}
