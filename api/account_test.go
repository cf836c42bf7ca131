package api_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/labstack/echo/v4"

	"jingwei/geo"
)

// TestAccountsNeedSomebodyKnown: all that is about accounts but the ways in.
func TestAccountsNeedSomebodyKnown(t *testing.T) {
	b := newBench(t, nil)
	n := 0
	for _, r := range b.Handler().(*echo.Echo).Routes() {
		open := strings.HasPrefix(r.Path, "/api/links/") || r.Method == http.MethodPost && r.Path == "/api/session"
		private := strings.HasPrefix(r.Path, "/api/session") || strings.HasPrefix(r.Path, "/api/tokens") || strings.HasPrefix(r.Path, "/api/accounts")
		if !private || open || r.Method == http.MethodHead {
			continue
		}
		n++
		url := strings.NewReplacer(":id", "1", ":grant", "2").Replace(r.Path)
		wantStatus(t, r.Method+" "+url, b.ask(t, r.Method, url, nil, ""), http.StatusUnauthorized, "unauthorized")
		withCookie := map[string]string{"Cookie": "jingwei_session=" + string(geo.NewSecret())}
		wantStatus(t, r.Method+" "+url+" with a cookie", b.ask(t, r.Method, url, withCookie, ""), http.StatusUnauthorized, "unauthorized")
	}
	if n < 15 {
		t.Errorf("only %d routes were found", n)
	}
}

func TestListAccounts(t *testing.T) {
	o := newOffices(t, nil)
	o.open(t, "admin", 0, o.administrator(0))
	o.open(t, "county", o.county, o.administrator(o.county))
	o.open(t, "village-1", o.village)
	o.open(t, "village-2", o.village)
	o.open(t, "neighbour", o.other)
	type page struct {
		Items []struct {
			Name         string
			Organization *struct{ Name string }
		}
		Next *string
	}
	list := func(w *browser, query string) (names []string, next *string) {
		t.Helper()
		a := w.get(t, "/api/accounts"+query)
		if a.Code != http.StatusOK || a.Header().Get("Cache-Control") != "no-store" {
			t.Fatalf("%s: %d %s", query, a.Code, a.Body)
		}
		p := decode[page](t, a)
		for _, i := range p.Items {
			names = append(names, i.Name)
		}
		return names, p.Next
	}
	admin, county := o.signIn(t, "admin"), o.signIn(t, "county")
	for _, test := range []struct {
		w     *browser
		query string
		want  []string
	}{
		{admin, "", []string{"admin", "county", "neighbour", "village-1", "village-2"}}, {county, "", []string{"county", "village-1", "village-2"}},
		{county, fmt.Sprint("?organization=", o.province), []string{"county", "village-1", "village-2"}}, {county, fmt.Sprint("?organization=", o.other), nil},
		{county, "?q=Village", []string{"village-1", "village-2"}}, {admin, "?q=%E5%90%8Dneigh", []string{"neighbour"}}, {county, "?q=neigh", nil},
	} {
		if got, _ := list(test.w, test.query); cmp.Diff(test.want, got) != "" {
			t.Errorf("%s: %v, want %v", test.query, got, test.want)
		}
	}
	var walked []string
	for query, next := "?limit=2", new(string); next != nil; {
		var names []string
		names, next = list(admin, query)
		walked = append(walked, names...)
		if next != nil {
			query = "?limit=2&cursor=" + *next
		}
	}
	if cmp.Diff([]string{"admin", "county", "neighbour", "village-1", "village-2"}, walked) != "" {
		t.Errorf("page by page: %v", walked)
	}
	o.open(t, "nothing", o.village)
	wantStatus(t, "who looks after none", o.signIn(t, "nothing").get(t, "/api/accounts"), http.StatusForbidden, "forbidden")
	wantStatus(t, "an unknown parameter", admin.get(t, "/api/accounts?name=x"), http.StatusBadRequest, "invalid")
}

// TestAdministratorOfASubtree goes through all that they are refused, by address. What lies outside does not exist for them.
func TestAdministratorOfASubtree(t *testing.T) {
	o := newOffices(t, nil)
	o.open(t, "county", o.county, geo.Grant{Role: geo.RoleAdministrator, Organization: o.county, Valid: geo.DayRange{From: geo.MinDay, To: day("2027-01-01")}})
	superior := o.open(t, "superior", o.county, o.administrator(o.province), geo.Grant{Role: geo.RoleAnalyst, Organization: o.draft, Valid: geo.Always})
	outside := o.open(t, "outside", o.other)
	own := o.open(t, "own", o.village)
	w := o.signIn(t, "county")
	grant := func(role string, organization any, to any) map[string]any {
		return map[string]any{"role": role, "organization": organization, "valid_to": to}
	}
	account := func(a geo.Account, rest string) string { return fmt.Sprint("/api/accounts/", a.ID, rest) }
	match := []string{"If-Match", `"2"`}
	held, err := o.db.HeldGrants(t.Context(), day("2026-06-15"), superior.ID)
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		method, url string
		body        any
		status      int
	}{
		{"GET", account(outside, ""), nil, 404}, {"GET", account(outside, "/grants"), nil, 404}, {"GET", account(superior, ""), nil, 200},
		{"PUT", account(outside, ""), map[string]any{"disabled": true}, 404}, {"PUT", account(superior, ""), map[string]any{"disabled": true}, 403},
		{"PUT", account(superior, ""), map[string]any{"display_name": "x"}, 403}, {"PUT", account(own, ""), map[string]any{"organization": o.other}, 403},
		{"PUT", account(own, ""), map[string]any{"organization": nil}, 403},
		{"POST", account(outside, "/recovery"), nil, 404}, {"POST", account(superior, "/recovery"), nil, 403},
		{"POST", account(outside, "/handover"), map[string]any{"to": own.ID}, 404}, {"POST", account(superior, "/handover"), map[string]any{"to": own.ID}, 403},
		{"POST", account(own, "/handover"), map[string]any{"to": outside.ID}, 409}, {"POST", account(own, "/handover"), map[string]any{}, 400},
		{"DELETE", account(outside, "/sessions"), nil, 404}, {"DELETE", account(superior, "/sessions"), nil, 403},
		{"POST", account(outside, "/grants"), grant("analyst", o.village, "2027-01-01"), 404},
		{"POST", account(own, "/grants"), grant("analyst", o.other, "2027-01-01"), 403}, {"POST", account(own, "/grants"), grant("analyst", nil, "2027-01-01"), 403},
		{"POST", account(own, "/grants"), grant("analyst", o.village, "2027-01-02"), 403}, {"POST", account(own, "/grants"), grant("analyst", o.village, nil), 403},
		{"POST", account(own, "/grants"), grant("analyst", 12345, "2027-01-01"), 403}, {"POST", account(own, "/grants"), grant("king", o.village, "2027-01-01"), 400},
		{"POST", account(own, "/grants"), map[string]any{"role": "analyst"}, 400}, {"POST", account(own, "/grants"), grant("administrator", o.village, "2027-01-01"), 201},
		{"DELETE", account(superior, fmt.Sprint("/grants/", held[0].ID)), nil, 403}, {"DELETE", account(own, fmt.Sprint("/grants/", held[0].ID)), nil, 404},
		{"POST", "/api/accounts", map[string]any{"name": "abc", "display_name": "x", "organization": o.other}, 403}, {"POST", "/api/accounts", map[string]any{"name": "abc", "display_name": "x"}, 403},
		{"POST", "/api/accounts", map[string]any{"name": "abc", "display_name": "x", "organization": o.village, "grants": []any{grant("analyst", o.other, "2027-01-01")}}, 403},
		{"POST", "/api/accounts", map[string]any{"name": "abc", "display_name": "x", "organization": o.village, "grants": []any{grant("analyst", o.village, "2027-01-01")}}, 201},
		{"PUT", account(own, ""), map[string]any{"display_name": "新名"}, 200}, {"POST", account(own, "/recovery"), nil, 201}, {"DELETE", account(own, "/sessions"), nil, 204},
	} {
		a := w.do(t, test.method, test.url, test.body, match...)
		if a.Code != test.status || strings.Contains(a.Body.String(), "outside") || strings.Contains(a.Body.String(), "秘密") {
			t.Errorf("%s %s %v: %d %s, want %d", test.method, test.url, test.body, a.Code, a.Body, test.status)
		}
	}
	if body := w.get(t, account(superior, "/grants")).Body.String(); !strings.Contains(body, "省委") || !strings.Contains(body, fmt.Sprintf(`{"id":%d,"name":""}`, o.draft)) {
		t.Errorf("grants of a superior: %s", body)
	}
	unknown := told(w.get(t, "/api/accounts/12345"))
	hidden := told(w.get(t, account(outside, "")))
	unknown["body"], hidden["body"] = strings.ReplaceAll(unknown["body"].(string), "12345", "ID"), strings.ReplaceAll(hidden["body"].(string), outside.ID.String(), "ID")
	if diff := cmp.Diff(unknown, hidden); diff != "" {
		t.Errorf("hidden and unknown differ:\n%s", diff)
	}
}

func TestReplaceAccount(t *testing.T) {
	o := newOffices(t, nil)
	o.open(t, "admin", 0, o.administrator(0))
	a := o.open(t, "somebody", o.village)
	admin, w := o.signIn(t, "admin"), o.signIn(t, "somebody")
	url := fmt.Sprint("/api/accounts/", a.ID)
	tag := admin.get(t, url).Header().Get("ETag")
	if tag != `"2"` {
		t.Errorf("ETag %s", tag)
	}
	wantStatus(t, "without If-Match", admin.do(t, "PUT", url, map[string]any{"disabled": true}), http.StatusPreconditionRequired, "precondition-required")
	wantStatus(t, "a stale one", admin.do(t, "PUT", url, map[string]any{"disabled": true}, "If-Match", `"1"`), http.StatusPreconditionFailed, "stale")
	moved := admin.do(t, "PUT", url, map[string]any{"organization": o.other}, "If-Match", tag)
	if moved.Code != http.StatusOK || moved.Header().Get("ETag") != `"3"` || !strings.Contains(moved.Body.String(), "邻县") || !strings.Contains(moved.Body.String(), "名somebody") {
		t.Errorf("%d %s", moved.Code, moved.Body)
	}
	wantStatus(t, "still signed in", w.get(t, "/api/session"), http.StatusOK, "")
	wantStatus(t, "disable", admin.do(t, "PUT", url, map[string]any{"disabled": true}, "If-Match", `"3"`), http.StatusOK, "")
	wantStatus(t, "a session of a disabled account", w.get(t, "/api/session"), http.StatusUnauthorized, "unauthorized")
	self := fmt.Sprint("/api/accounts/", decode[struct{ Account struct{ ID geo.ID } }](t, admin.get(t, "/api/session")).Account.ID)
	wantStatus(t, "disable oneself", admin.do(t, "PUT", self, map[string]any{"disabled": true}, "If-Match", `"2"`), http.StatusConflict, "conflict")
	wantStatus(t, "recover oneself", admin.post(t, self+"/recovery", nil), http.StatusConflict, "conflict")
	wantStatus(t, "recover a disabled one", admin.post(t, url+"/recovery", nil), http.StatusConflict, "conflict")
}

// TestRecoveryByTheSuperior: a lost password comes back by the office above, and nothing ends before.
func TestRecoveryByTheSuperior(t *testing.T) {
	o := newOffices(t, nil)
	o.open(t, "county", o.county, o.administrator(o.county))
	a := o.open(t, "village", o.village, geo.Grant{Role: geo.RoleRegistrar, Organization: o.village, Valid: geo.Always})
	county, w := o.signIn(t, "county"), o.signIn(t, "village")
	made := decode[struct{ URL string }](t, county.post(t, fmt.Sprint("/api/accounts/", a.ID, "/recovery"), nil))
	wantStatus(t, "before the link is used", w.get(t, "/api/session"), http.StatusOK, "")
	_, secret, _ := strings.Cut(made.URL, "#/link/")
	for range 7 {
		o.browser().post(t, "/api/session", signInBody("village", "what was it"))
	}
	fresh := o.browser()
	wantStatus(t, "redeem", fresh.post(t, "/api/links/redeem", map[string]any{"link": secret, "password": "correct horse"}), http.StatusOK, "")
	wantStatus(t, "the session before", w.get(t, "/api/session"), http.StatusUnauthorized, "unauthorized")
	wantStatus(t, "sign in at once, though it was locked", o.browser().post(t, "/api/session", signInBody("village", "correct horse")), http.StatusOK, "")
}

func TestHandOver(t *testing.T) {
	o := newOffices(t, nil)
	o.open(t, "admin", 0, o.administrator(0))
	old := o.open(t, "old", o.county, o.administrator(o.county))
	next := o.open(t, "next", o.county)
	admin, left, taker := o.signIn(t, "admin"), o.signIn(t, "old"), o.signIn(t, "next")
	wantStatus(t, "before", taker.get(t, "/api/accounts"), http.StatusForbidden, "forbidden")
	wantStatus(t, "hand over", admin.post(t, fmt.Sprint("/api/accounts/", old.ID, "/handover"), map[string]any{"to": next.ID}), http.StatusNoContent, "")
	wantStatus(t, "the old one", left.get(t, "/api/session"), http.StatusUnauthorized, "unauthorized")
	wantStatus(t, "the new one", taker.get(t, "/api/accounts"), http.StatusOK, "")
}
