package api_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"jingwei/api"
	"jingwei/geo"
	chosen "jingwei/geo/password"
)

func TestChangePassword(t *testing.T) {
	o := newOffices(t, nil)
	o.open(t, "somebody", o.village)
	w, elsewhere := o.signIn(t, "somebody"), o.signIn(t, "somebody")
	change := func(current, chosen string) map[string]any {
		return map[string]any{"current": current, "new": chosen}
	}
	for _, c := range []struct{ field, current, chosen string }{
		{"current", "a wrong password", "correct horse"}, {"new", password("somebody"), "short"},
		{"new", password("somebody"), "xxx somebody xxx"}, {"new", password("somebody"), password("somebody")},
	} {
		a := w.do(t, "PUT", "/api/session/password", change(c.current, c.chosen))
		if p := decode[struct{ Field string }](t, a); a.Code != http.StatusBadRequest || p.Field != c.field {
			t.Errorf("%+v: %d %s", c, a.Code, a.Body)
		}
	}
	old := *w
	wantStatus(t, "change", w.do(t, "PUT", "/api/session/password", change(password("somebody"), "correct horse")), http.StatusNoContent, "")
	if w.cookie == old.cookie {
		t.Error("the cookie was not renewed")
	}
	wantStatus(t, "the old cookie", old.get(t, "/api/session"), http.StatusUnauthorized, "unauthorized")
	wantStatus(t, "another session", elsewhere.get(t, "/api/session"), http.StatusUnauthorized, "unauthorized")
	wantStatus(t, "the renewed session", w.get(t, "/api/session"), http.StatusOK, "")
	wantStatus(t, "the old password", o.browser().post(t, "/api/session", signInBody("somebody", password("somebody"))), http.StatusUnauthorized, "sign-in")
	wantStatus(t, "the new password", o.browser().post(t, "/api/session", signInBody("somebody", "correct horse")), http.StatusOK, "")
}

// TestSearchForANewPassword: new passwords that are refused, or not looked at, are no failures to sign in.
func TestSearchForANewPassword(t *testing.T) {
	o := newOffices(t, nil)
	o.open(t, "somebody", o.village)
	w := o.signIn(t, "somebody")
	change := func(chosen string) *httptest.ResponseRecorder {
		return w.do(t, "PUT", "/api/session/password", map[string]any{"current": password("somebody"), "new": chosen})
	}
	for range 10 {
		wantStatus(t, "a short one", change("short"), http.StatusBadRequest, "invalid")
	}
	o.passwords.hashBusy = geo.ErrUnavailable
	for range 10 {
		wantStatus(t, "busy", change("correct horse"), http.StatusServiceUnavailable, "unavailable")
	}
	o.passwords.hashBusy = nil
	wantStatus(t, "at last", change("correct horse"), http.StatusNoContent, "")
}

// TestReasonsOfPasswords: programs are told in a word what is wrong with a password, under the name that they sent it by.
func TestReasonsOfPasswords(t *testing.T) {
	o := newOffices(t, func(c *api.Config) { c.CheckPassword = chosen.Check })
	o.open(t, "somebody", o.village)
	w := o.signIn(t, "somebody")
	for reason, c := range map[string]struct{ field, current, chosen string }{
		geo.PasswordShort:      {"new", password("somebody"), "tram-Ofen"},
		geo.PasswordLong:       {"new", password("somebody"), strings.Repeat("gleis-", 22)},
		geo.PasswordCharacters: {"new", password("somebody"), "tram\nofen-gleis"},
		geo.PasswordName:       {"new", password("somebody"), "tram somebody ofen"},
		geo.PasswordSimple:     {"new", password("somebody"), "13812345678"},
		geo.PasswordCommon:     {"new", password("somebody"), "woaini1314"},
		geo.PasswordSame:       {"new", password("somebody"), password("somebody")},
		geo.PasswordCurrent:    {"current", "a wrong password", "tram ofen gleis"},
	} {
		a := w.do(t, "PUT", "/api/session/password", map[string]any{"current": c.current, "new": c.chosen})
		if p := decode[api.Problem](t, a); a.Code != http.StatusBadRequest || p.Reason != reason || p.Field != c.field {
			t.Errorf("%s: %d %s", reason, a.Code, a.Body)
		}
	}
}

// TestStolenSessionCannotGuess the password: tries count as those of signing in.
func TestStolenSessionCannotGuess(t *testing.T) {
	o := newOffices(t, nil)
	o.open(t, "somebody", o.village)
	w := o.signIn(t, "somebody")
	for range 8 {
		w.do(t, "PUT", "/api/session/password", map[string]any{"current": "a wrong password", "new": "correct horse"})
	}
	a := w.do(t, "PUT", "/api/session/password", map[string]any{"current": password("somebody"), "new": "correct horse"})
	wantStatus(t, "after eight guesses", a, http.StatusBadRequest, "invalid")
	if o.passwords.verified != 1+5 { // one of signing in
		t.Errorf("%d passwords were looked at", o.passwords.verified)
	}
}

// TestRightPasswordIsNoFailure: whoever knows the present password may choose an unfit new one as often as they like.
func TestRightPasswordIsNoFailure(t *testing.T) {
	o := newOffices(t, nil)
	o.open(t, "somebody", o.village)
	w := o.signIn(t, "somebody")
	change := func(chosen string) *httptest.ResponseRecorder {
		return w.do(t, "PUT", "/api/session/password", map[string]any{"current": password("somebody"), "new": chosen})
	}
	for range 4 {
		wantStatus(t, "too short", change("short"), http.StatusBadRequest, "invalid")
		wantStatus(t, "the same", change(password("somebody")), http.StatusBadRequest, "invalid")
	}
	o.passwords.hashBusy = fmt.Errorf("hash: %w", geo.ErrUnavailable)
	for range 8 {
		wantStatus(t, "busy", change("correct horse"), http.StatusServiceUnavailable, "unavailable")
	}
	o.passwords.hashBusy = nil
	wantStatus(t, "at last", change("correct horse"), http.StatusNoContent, "")
}

// TestForeignPasswordIsChangedFirst: whose password somebody else chose may do nothing else.
func TestForeignPasswordIsChangedFirst(t *testing.T) {
	o := newOffices(t, nil)
	by := geo.Authority{Name: "operator", Operator: true}
	_, err := o.db.CreateAccountWithPassword(t.Context(), by, geo.Account{Name: "fresh", DisplayName: "新"}, plainForm+password("fresh"), []geo.Grant{o.administrator(0)}, o.now)
	if err != nil {
		t.Fatal(err)
	}
	w := o.signIn(t, "fresh")
	if !strings.Contains(w.get(t, "/api/session").Body.String(), `"must_change":true`) {
		t.Error("the session does not say so")
	}
	for _, url := range []string{"/api/accounts", "/api/sessions", "/api/tokens", "/api/organizations?edition=internal"} {
		wantStatus(t, url, w.get(t, url), http.StatusForbidden, "password-change")
	}
	wantStatus(t, "a write", w.post(t, "/api/accounts", map[string]any{"name": "abc", "display_name": "x"}), http.StatusForbidden, "password-change")
	a := w.do(t, "PUT", "/api/session/password", map[string]any{"current": password("fresh"), "new": "correct horse"})
	wantStatus(t, "change", a, http.StatusNoContent, "")
	wantStatus(t, "afterwards", w.get(t, "/api/accounts"), http.StatusOK, "")
}

func TestOwnSessions(t *testing.T) {
	o := newOffices(t, nil)
	o.open(t, "somebody", o.village)
	o.open(t, "another", o.village)
	w, elsewhere, another := o.signIn(t, "somebody"), o.signIn(t, "somebody"), o.signIn(t, "another")
	type list struct {
		Items []struct {
			ID      geo.ID
			Address string
			Current bool
		}
	}
	got := decode[list](t, w.get(t, "/api/sessions"))
	if len(got.Items) != 3 { // open began one
		t.Fatalf("%+v", got)
	}
	var current, other geo.ID
	for _, s := range got.Items {
		if s.Current {
			current = s.ID
		}
		if s.Address == elsewhere.client {
			other = s.ID
		}
	}
	if current == 0 || other == 0 {
		t.Fatalf("%+v", got)
	}
	wantStatus(t, "somebody else's", another.do(t, "DELETE", fmt.Sprint("/api/sessions/", other), nil), http.StatusNotFound, "not-found")
	wantStatus(t, "one's own", w.do(t, "DELETE", fmt.Sprint("/api/sessions/", other), nil), http.StatusNoContent, "")
	wantStatus(t, "the ended one", elsewhere.get(t, "/api/session"), http.StatusUnauthorized, "unauthorized")
	wantStatus(t, "the present one", w.do(t, "DELETE", fmt.Sprint("/api/sessions/", current), nil), http.StatusNoContent, "")
	if w.cookie != "" {
		t.Error("the cookie of the ended session stays")
	}
}

func TestPersonalTokens(t *testing.T) {
	o := newOffices(t, nil)
	o.open(t, "somebody", o.county, o.administrator(o.county), geo.Grant{Role: geo.RoleAnalyst, Organization: o.other, Valid: geo.Always})
	w := o.signIn(t, "somebody")
	type made struct {
		Token string
		Item  struct {
			ID     geo.ID
			Grants []geo.ID
		}
	}
	grants := decode[struct{ Grants []struct{ ID geo.ID } }](t, w.get(t, "/api/session")).Grants
	create := func(body map[string]any) made {
		t.Helper()
		a := w.post(t, "/api/tokens", body)
		if a.Code != http.StatusCreated {
			t.Fatalf("%d %s", a.Code, a.Body)
		}
		return decode[made](t, a)
	}
	all, narrow := create(map[string]any{"name": "all"}), create(map[string]any{"name": "narrow", "read_only": true, "grants": []geo.ID{grants[1].ID}, "expires_in_days": 1})
	if all.Item.Grants != nil || len(narrow.Item.Grants) != 1 || !strings.HasPrefix(all.Token, "jw_") {
		t.Errorf("%+v %+v", all, narrow)
	}
	program := func(token string) *browser {
		p := o.browser()
		p.client = token
		return p
	}
	ask := func(m made, method, url string, body any) int {
		t.Helper()
		return program("").do(t, method, url, body, "Authorization", "Bearer "+m.Token, "X-Forwarded-For", "198.51.100.1").Code
	}
	newAccount := func(name string) map[string]any {
		return map[string]any{"name": name, "display_name": "x", "organization": o.village}
	}
	for what, test := range map[string]struct{ got, want int }{
		"who asks":                {ask(all, "GET", "/api/session", nil), 200},
		"accounts":                {ask(all, "GET", "/api/accounts", nil), 200},
		"a write":                 {ask(all, "POST", "/api/accounts", newAccount("by-token")), 201},
		"narrow: accounts":        {ask(narrow, "GET", "/api/accounts", nil), 403},
		"narrow: a write":         {ask(narrow, "POST", "/api/accounts", newAccount("by-narrow")), 403},
		"another token":           {ask(all, "POST", "/api/tokens", map[string]any{"name": "x"}), 403},
		"the list of tokens":      {ask(all, "GET", "/api/tokens", nil), 403},
		"the sessions":            {ask(all, "GET", "/api/sessions", nil), 403},
		"the password":            {ask(all, "PUT", "/api/session/password", map[string]any{"current": password("somebody"), "new": "correct horse"}), 403},
		"the list, operator":      {o.ask(t, "GET", "/api/tokens", bearer(), "").Code, 403},
		"accounts, operator":      {o.ask(t, "GET", "/api/accounts", bearer(), "").Code, 200},
		"who asks, operator":      {o.ask(t, "GET", "/api/session", bearer(), "").Code, 200},
		"a token that is unknown": {ask(made{Token: string(geo.NewTokenSecret())}, "GET", "/api/session", nil), 401},
	} {
		if test.got != test.want {
			t.Errorf("%s: %d, want %d", what, test.got, test.want)
		}
	}
	for _, body := range []map[string]any{{"name": ""}, {"name": "x", "expires_in_days": 0}, {"name": "x", "expires_in_days": 367}, {"name": "x", "expires_in_days": 1.5}, {"name": "x", "grants": []int{5}}} {
		wantStatus(t, fmt.Sprint(body), w.post(t, "/api/tokens", body), http.StatusBadRequest, "invalid")
	}
	if body := w.get(t, "/api/tokens").Body.String(); strings.Contains(body, all.Token) || strings.Count(body, `"name"`) != 2 {
		t.Errorf("%s", body)
	}
	wantStatus(t, "end", w.do(t, "DELETE", fmt.Sprint("/api/tokens/", all.Item.ID), nil), http.StatusNoContent, "")
	if got := ask(all, "GET", "/api/session", nil); got != http.StatusUnauthorized {
		t.Errorf("an ended token: %d", got)
	}
	o.now = o.now.AddDate(0, 0, 1)
	if got := ask(narrow, "GET", "/api/session", nil); got != http.StatusUnauthorized {
		t.Errorf("a token that is over: %d", got)
	}
}
