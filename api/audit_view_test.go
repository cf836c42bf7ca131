package api_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"jingwei/api"
	"jingwei/geo"
)

// viewer is a server whose clock is that of the test's bubble.
func viewer(t *testing.T) *bench {
	t.Helper()
	return newBench(t, func(c *api.Config) { c.Now = time.Now })
}

func (b *bench) recorded() []geo.AuditEntry {
	b.store.mu.Lock()
	defer b.store.mu.Unlock()
	return append([]geo.AuditEntry(nil), b.store.recorded...)
}

func (b *bench) fail(err error) {
	b.store.mu.Lock()
	defer b.store.mu.Unlock()
	b.store.noAudit = err
}

// TestViewsAreRecorded: looking at something protected is in the audit, once a minute by the same for the same.
func TestViewsAreRecorded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := viewer(t)
		look := func(want int) {
			t.Helper()
			if w := b.ask(t, "GET", "/api/audit", bearer(), ""); w.Code != http.StatusOK {
				t.Fatalf("%d %s", w.Code, w.Body)
			}
			synctest.Wait()
			if list := b.recorded(); len(list) != want {
				t.Fatalf("%d entries, want %d: %+v", len(list), want, list)
			}
		}
		look(1)
		look(1)
		time.Sleep(59 * time.Second)
		look(1)
		time.Sleep(time.Second)
		look(2)
		e := b.recorded()[0]
		if e.Action != string(geo.ActionReadAudit) || e.Actor.Name != "operator" || e.Actor.Address != "192.0.2.1" || e.Actor.RequestID == "" {
			t.Errorf("%+v", e)
		}
		other := geo.AuditEntry{Actor: geo.Actor{Account: 7, Name: "liu", Via: geo.ViaSession}, Action: "report.view", Object: geo.AuditObject{Kind: "report", ID: 1}, Path: []geo.ID{1}}
		one, two, three, elsewhere := other, other, other, other
		two.Object.ID, three.Actor.Account, elsewhere.Actor.Address = 2, 8, "192.0.2.9"
		for _, c := range []struct {
			entry   geo.AuditEntry
			session geo.ID
			want    int
		}{{one, 1, 3}, {one, 1, 3}, {one, 2, 4}, {two, 1, 5}, {three, 1, 6}, {two, 1, 6}, {elsewhere, 1, 7}, {elsewhere, 1, 7}} {
			if err := b.View(t.Context(), c.session, c.entry); err != nil {
				t.Fatal(err)
			}
			synctest.Wait()
			if list := b.recorded(); len(list) != c.want {
				t.Errorf("after %+v of session %d: %d entries, want %d", c.entry, c.session, len(list), c.want)
			}
		}
		if err := b.View(t.Context(), 0, geo.AuditEntry{Action: "No Action"}); err == nil || errors.Is(err, geo.ErrInvalid) {
			t.Errorf("a mistake of ours is %v, which the client would be told", err)
		}
	})
}

// TestViewsSurviveAnOutage: while they cannot be written, views wait; what was let through is written afterwards, and at
// the end Flush waits for it.
func TestViewsSurviveAnOutage(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := viewer(t)
		b.fail(geo.ErrUnavailable)
		for i := range 1000 {
			if err := b.View(t.Context(), 1, geo.AuditEntry{Action: "a", Object: geo.AuditObject{Kind: "k", ID: geo.ID(i + 1)}}); err != nil {
				t.Fatal(err)
			}
		}
		time.Sleep(time.Minute)
		if list := b.recorded(); len(list) > 0 {
			t.Fatalf("%d entries", len(list))
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if err := b.Flush(ctx); err == nil {
			t.Error("flushed what cannot be written")
		}
		b.fail(nil)
		if err := b.Flush(t.Context()); err != nil {
			t.Error(err)
		}
		list := b.recorded()
		for i, e := range list {
			if e.Object.ID != geo.ID(i+1) {
				t.Fatalf("entry %d is about %d", i, e.Object.ID)
			}
		}
		if len(list) != 1000 || b.store.records > 5 {
			t.Errorf("%d entries in %d writings", len(list), b.store.records)
		}
		if err := b.Flush(t.Context()); err != nil {
			t.Errorf("flushed twice: %v", err)
		}
	})
}

// TestNoViewUnrecorded: when there is no room left for views nothing protected is shown, after a short wait; it is again
// when they can be written.
func TestNoViewUnrecorded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := viewer(t)
		b.fail(errors.New("disk full"))
		taken, refused := 0, error(nil)
		for refused == nil {
			if refused = b.View(t.Context(), 1, geo.AuditEntry{Action: "a", Object: geo.AuditObject{Kind: "k", ID: geo.ID(taken + 1)}}); refused == nil {
				taken++
			}
		}
		if !errors.Is(refused, geo.ErrUnavailable) || taken != 2000 {
			t.Errorf("after %d: %v", taken, refused)
		}
		asked := time.Now()
		w := b.ask(t, "GET", "/api/audit", bearer(), "")
		if took := time.Since(asked); w.Code != http.StatusServiceUnavailable || w.Header().Get("Retry-After") == "" || took <= 0 || took > time.Second {
			t.Errorf("%d %v after %v", w.Code, w.Header(), took)
		}
		if len(b.store.asked) > 0 {
			t.Error("the audit was read")
		}
		b.fail(nil)
		time.Sleep(3 * time.Second)
		if w := b.ask(t, "GET", "/api/audit", bearer(), ""); w.Code != http.StatusOK {
			t.Errorf("afterwards %d %s", w.Code, w.Body)
		}
		if err := b.Flush(t.Context()); err != nil || len(b.recorded()) != taken+1 {
			t.Errorf("%d entries, %v", len(b.recorded()), err)
		}
	})
}

// TestViewsOfMany: many at once lose none and write none twice.
func TestViewsOfMany(t *testing.T) {
	b := viewer(t)
	const clients, each = 8, 200
	var wg sync.WaitGroup
	for c := range clients {
		wg.Go(func() {
			for i := range each {
				if err := b.View(t.Context(), geo.ID(c+1), geo.AuditEntry{Action: "a", Object: geo.AuditObject{Kind: "k", ID: geo.ID(i/2 + 1)}}); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	if err := b.Flush(t.Context()); err != nil {
		t.Fatal(err)
	}
	if n := len(b.recorded()); n != clients*each/2 {
		t.Errorf("%d entries, want %d", n, clients*each/2)
	}
}

// TestRefusedEntry: one that the audit will never take keeps no other out.
func TestRefusedEntry(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := viewer(t)
		b.fail(geo.ErrUnavailable)
		for i, action := range []string{"a", "refused", "b", "c"} {
			if err := b.View(t.Context(), geo.ID(i), geo.AuditEntry{Action: action}); err != nil {
				t.Fatal(err)
			}
		}
		b.fail(nil)
		if err := b.Flush(t.Context()); err != nil {
			t.Error(err)
		}
		got := ""
		for _, e := range b.recorded() {
			got += e.Action
		}
		if got != "abc" || !strings.Contains(b.log.String(), "the audit refuses an entry") {
			t.Errorf("recorded %s; log %s", got, b.log)
		}
	})
}

// TestSeeingIsRecorded: whoever sees more than everyone is told of in the audit, whichever way they look; what everyone
// sees leaves nothing.
func TestSeeingIsRecorded(t *testing.T) {
	for _, c := range []struct {
		url    string
		header map[string]string
		want   string
	}{
		{"/api/organizations", bearer(), "organization.read"},
		{"/api/organizations/1", bearer(), "organization.read organization:1"},
		{"/api/organizations/4/versions", bearer(), "organization.read organization:4"},
		{"/api/reports", bearer(), "report.read"},
		{"/tiles/reports,organizations/3/6/3", bearer(), "organization.read, report.read"},
		{"/api/divisions/counts?by=county", bearer(), "organization.read"},
		{"/api/accounts", bearer(), "account.read account:0"},
		{"/api/accounts/7", bearer(), "account.read account:7"},
		{"/api/accounts/7/grants", bearer(), "account.read account:7"},
		{"/tiles/counties/3/6/3", bearer(), ""},
		{"/api/organizations?edition=public", bearer(), ""},
		{"/api/organizations", nil, ""},
		{"/api/reports", nil, ""},
		{"/tiles/reports/3/6/3", nil, ""},
		{"/api/accounts", nil, ""},
	} {
		t.Run(c.url, func(t *testing.T) {
			b := newBench(t, nil)
			b.ask(t, "GET", c.url, c.header, "")
			if err := b.Flush(t.Context()); err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, e := range b.recorded() {
				text := e.Action
				if e.Object.Kind != "" {
					text += " " + e.Object.Kind + ":" + e.Object.ID.String()
				}
				got = append(got, text)
			}
			slices.Sort(got)
			if got := strings.Join(got, ", "); got != c.want {
				t.Errorf("recorded %q, want %q", got, c.want)
			}
		})
	}
}

// TestNothingIsShownUnrecorded: of what only some may see, nothing comes while it cannot be recorded; everyone else is
// served.
func TestNothingIsShownUnrecorded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := viewer(t)
		b.fail(geo.ErrUnavailable)
		for i := 0; b.View(t.Context(), 0, geo.AuditEntry{Action: "a", Object: geo.AuditObject{Kind: "k", ID: geo.ID(i + 1)}}) == nil; i++ {
			continue
		}
		for _, url := range []string{"/api/organizations", "/api/organizations/4", "/api/reports", "/tiles/reports/0/0/0", "/api/accounts", "/api/audit"} {
			if w := b.ask(t, "GET", url, bearer(), ""); w.Code != http.StatusServiceUnavailable {
				t.Errorf("%s: %d %s", url, w.Code, w.Body)
			}
		}
		for _, url := range []string{"/api/organizations", "/api/reports", "/tiles/organizations/0/0/0"} {
			if w := b.ask(t, "GET", url, nil, ""); w.Code >= 400 {
				t.Errorf("%s for everyone: %d %s", url, w.Code, w.Body)
			}
		}
		b.fail(nil)
		if err := b.Flush(t.Context()); err != nil {
			t.Error(err)
		}
	})
}

// TestFailedSignInIsRecorded: with the address, and never with what was typed.
func TestFailedSignInIsRecorded(t *testing.T) {
	b := newBench(t, nil)
	w := b.ask(t, "POST", "/api/session", nil, `{"name":"my-password-by-mistake","password":"secret-of-mine"}`)
	if err := b.Flush(t.Context()); err != nil || w.Code != http.StatusUnauthorized {
		t.Fatalf("%d %s, %v", w.Code, w.Body, err)
	}
	list := b.recorded()
	if len(list) != 1 || list[0].Action != geo.AuditSignInFailed || list[0].Actor.Name != geo.NobodyName || list[0].Actor.Address != "192.0.2.1" ||
		list[0].Path == nil || len(list[0].Path) != 0 || strings.Contains(fmt.Sprintf("%+v", list), "mistake") {
		t.Errorf("%+v", list)
	}
}
