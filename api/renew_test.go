package api_test

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"jingwei/geo"
)

// heldBody is a body that is not sent before something else has happened.
type heldBody struct {
	io.Reader
	first func()
}

func (b *heldBody) Read(p []byte) (int, error) {
	if b.first != nil {
		b.first()
		b.first = nil
	}
	return b.Reader.Read(p)
}

// hold sends a write whose body comes after first.
func (w *browser) hold(method, url string, body io.Reader, first func()) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, url, &heldBody{body, first})
	for name, value := range map[string]string{
		"Cookie": "jingwei_session=" + w.cookie, "X-CSRF-Token": w.csrf, "X-Forwarded-For": w.client, "Content-Type": "application/json", "If-Match": `"2"`,
	} {
		r.Header.Set(name, value)
	}
	a := httptest.NewRecorder()
	w.Handler().ServeHTTP(a, r)
	return a
}

// TestHeldBodyWritesNothing: who was disabled, or lost a grant, while the body of a write was on its way writes nothing.
func TestHeldBodyWritesNothing(t *testing.T) {
	o := newOffices(t, nil)
	operator := geo.Authority{Name: "operator", Operator: true}
	other, next := o.open(t, "other", o.village), o.open(t, "next", o.village)
	disable := func(t *testing.T, a geo.Account) {
		a, err := o.db.Account(t.Context(), a.ID, day("2026-06-15"))
		a.Disabled = true
		if _, replaced := o.db.ReplaceAccount(t.Context(), operator, a, o.now); err != nil || replaced != nil {
			t.Fatal(err, replaced)
		}
	}
	take := func(t *testing.T, a geo.Account) {
		held, err := o.db.HeldGrants(t.Context(), day("2026-06-15"), a.ID)
		if err != nil {
			t.Fatal(err)
		}
		if err := o.db.EndGrant(t.Context(), operator, a.ID, held[0].ID, o.now); err != nil {
			t.Fatal(err)
		}
	}
	account := fmt.Sprint("/api/accounts/", other.ID)
	for i, test := range []struct {
		method, url, body string
		first             func(*testing.T, geo.Account)
		status            int
	}{
		{"POST", "/api/accounts", fmt.Sprintf(`{"name":"made","display_name":"x","organization":%d}`, o.village), disable, 401},
		{"POST", "/api/accounts", fmt.Sprintf(`{"name":"made","display_name":"x","organization":%d}`, o.village), take, 403},
		{"PUT", account, `{"display_name":"x"}`, disable, 401}, {"PUT", account, `{"display_name":"x"}`, take, 404},
		{"POST", account + "/grants", fmt.Sprintf(`{"role":"analyst","organization":%d}`, o.village), disable, 401},
		{"POST", account + "/grants", fmt.Sprintf(`{"role":"analyst","organization":%d}`, o.village), take, 404},
		{"POST", account + "/handover", fmt.Sprintf(`{"to":%d}`, next.ID), disable, 401}, {"POST", account + "/handover", fmt.Sprintf(`{"to":%d}`, next.ID), take, 404},
		{"POST", account + "/recovery", ``, disable, 401}, {"DELETE", account + "/sessions", ``, take, 404},
		{"PUT", "/api/session/profile", `{"display_name":"x"}`, disable, 401}, {"POST", "/api/tokens", `{"name":"x"}`, disable, 401},
		{"POST", "/api/organizations", `{}`, disable, 401}, {"PUT", "/api/organizations/1", `{}`, disable, 401}, {"DELETE", "/api/organizations/1", ``, disable, 401},
	} {
		t.Run(fmt.Sprint(test.method, test.url, test.status), func(t *testing.T) {
			a := o.open(t, fmt.Sprint("admin-", i), o.county, o.administrator(o.county))
			w := o.signIn(t, a.Name)
			got := w.hold(test.method, test.url, strings.NewReader(test.body), func() { test.first(t, a) })
			if got.Code != test.status {
				t.Errorf("%d %s, want %d", got.Code, got.Body, test.status)
			}
		})
	}
}

// TestBodyThatBreaksOff is told as such by what reads it.
func TestBodyThatBreaksOff(t *testing.T) {
	o := newOffices(t, nil)
	o.open(t, "admin", o.county, o.administrator(o.county))
	w := o.signIn(t, "admin")
	broken, writer := io.Pipe()
	writer.CloseWithError(errors.New("the client went"))
	wantStatus(t, "broken", w.hold("POST", "/api/accounts", broken, func() {}), http.StatusBadRequest, "invalid")
	long := strings.NewReader(strings.Repeat(" ", 1<<20+1))
	wantStatus(t, "too long", w.hold("POST", "/api/accounts", long, func() {}), http.StatusRequestEntityTooLarge, "too-large")
}
