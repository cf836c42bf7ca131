package api_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"jingwei/geo"
)

type auditPage struct {
	Items []map[string]any
	Next  *string
}

func TestAudit(t *testing.T) {
	b := newBench(t, nil)
	at := time.Date(2026, 3, 1, 10, 30, 0, 123456000, time.UTC)
	b.store.audit = []geo.AuditEntry{
		{ID: 9, At: at, Actor: geo.Actor{Account: 7, Name: "liu", Via: geo.ViaSession, Address: "192.0.2.1", RequestID: "R"}, Action: "organization.replace",
			Object: geo.AuditObject{Kind: "organization", ID: 3}, Path: []geo.ID{1, 3}, Organization: "清波", Sealed: true,
			Before: json.RawMessage(`{"name":"a"}`), After: json.RawMessage(`{"name":"b"}`)},
		{ID: 8, At: at, Actor: geo.Actor{Name: "system", Via: geo.ViaSystem}, Action: "load.interrupted"},
	}
	w := b.ask(t, "GET", "/api/audit", bearer(), "")
	if w.Code != http.StatusOK || w.Header().Get("Cache-Control") != "no-store" {
		t.Fatalf("%d %v %s", w.Code, w.Header(), w.Body)
	}
	want := []map[string]any{
		{"id": 9.0, "at": "2026-03-01T10:30:00.123456Z", "actor": "liu", "account": 7.0, "via": "session", "address": "192.0.2.1", "action": "organization.replace",
			"object": map[string]any{"kind": "organization", "id": 3.0}, "organization": map[string]any{"id": 3.0, "name": "清波"},
			"before": map[string]any{"name": "a"}, "after": map[string]any{"name": "b"}, "request_id": "R", "sealed": true},
		{"id": 8.0, "at": "2026-03-01T10:30:00.123456Z", "actor": "system", "account": nil, "via": "system", "address": "", "action": "load.interrupted",
			"object": nil, "organization": nil, "before": nil, "after": nil, "request_id": "", "sealed": false},
	}
	if diff := cmp.Diff(auditPage{Items: want}, decode[auditPage](t, w)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestAuditPages(t *testing.T) {
	b := newBench(t, nil)
	at := time.Date(2026, 3, 1, 0, 0, 0, 1000, time.UTC)
	for i := range 5 {
		b.store.audit = append(b.store.audit, geo.AuditEntry{ID: geo.ID(9 - i), At: at, Action: "a", Actor: geo.Actor{}.Named()})
	}
	var ids []any
	url := "/api/audit?limit=2"
	for range 3 {
		w := b.ask(t, "GET", url, bearer(), "")
		page := decode[auditPage](t, w)
		for _, item := range page.Items {
			ids = append(ids, item["id"])
		}
		if (page.Next == nil) != (w.Header().Get("Link") == "") {
			t.Errorf("next %v, Link %q", page.Next, w.Header().Get("Link"))
		}
		if page.Next == nil {
			url = ""
			break
		}
		url = "/api/audit?limit=2&cursor=" + *page.Next
	}
	if diff := cmp.Diff([]any{9.0, 8.0, 7.0, 6.0, 5.0}, ids); diff != "" || url != "" {
		t.Errorf("pages (-want +got):\n%s then %q", diff, url)
	}
}

func TestAuditQuery(t *testing.T) {
	b := newBench(t, nil)
	w := b.ask(t, "GET", "/api/audit?from=2026-01-01&to=2026-02-01&actor=liu&action=sign-in&object=account:7&organization=12&limit=9999", bearer(), "")
	if w.Code != http.StatusOK {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	want := geo.AuditQuery{From: time.Date(2025, 12, 31, 16, 0, 0, 0, time.UTC), To: time.Date(2026, 1, 31, 16, 0, 0, 0, time.UTC),
		Actor: "liu", Action: "sign-in", Object: geo.AuditObject{Kind: "account", ID: 7}, Organization: 12, Limit: 501}
	if diff := cmp.Diff([]geo.AuditQuery{want}, b.store.asked); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	for url, field := range map[string]string{
		"from=today": "from", "to=2026-02-30": "to", "object=:7": "object", "object=account:x": "object", "organization=0": "organization", "limit=0": "limit",
		"cursor=AAAA": "cursor", "cursor=" + strings.Repeat("_", 21) + "w": "cursor", "colour=red": "colour", "actor=" + strings.Repeat("a", 201): "actor",
	} {
		w := b.ask(t, "GET", "/api/audit?"+url, bearer(), "")
		var problem struct{ Field string }
		if _ = json.Unmarshal(w.Body.Bytes(), &problem); w.Code != http.StatusBadRequest || problem.Field != field {
			t.Errorf("%s: %d %s", url, w.Code, w.Body)
		}
	}
	if n := len(b.store.asked); n != 1 {
		t.Errorf("asked %d times", n)
	}
}

// TestAuditIsPrivate: nobody reads it without being known, and none of it comes with the refusal.
func TestAuditIsPrivate(t *testing.T) {
	b := newBench(t, nil)
	b.store.audit = []geo.AuditEntry{{ID: 9, At: time.Now(), Action: "hidden"}}
	for _, header := range []map[string]string{nil, {"Authorization": "Bearer nope"}} {
		w := b.ask(t, "GET", "/api/audit?colour=red", header, "")
		if w.Code != http.StatusUnauthorized || strings.Contains(w.Body.String(), "hidden") {
			t.Errorf("%v: %d %s", header, w.Code, w.Body)
		}
	}
	if len(b.store.asked) > 0 || len(b.recorded()) > 0 {
		t.Errorf("asked %v, recorded %v", b.store.asked, b.recorded())
	}
}

// TestWritesNameTheirActor: the store is told who writes, from where, and by which request.
func TestWritesNameTheirActor(t *testing.T) {
	b := newBench(t, nil)
	w := b.ask(t, "POST", "/api/organizations", bearer(), newOrganization)
	want := geo.Actor{Name: "operator", Via: geo.ViaOperator, Address: "192.0.2.1", RequestID: w.Header().Get("X-Request-Id")}
	if w.Code != http.StatusCreated || b.store.actor != want || want.RequestID == "" {
		t.Errorf("%d: %+v, want %+v", w.Code, b.store.actor, want)
	}
}
