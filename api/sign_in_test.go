package api_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"jingwei/api"
	"jingwei/geo"
)

func signInBody(name, password string) map[string]any {
	return map[string]any{"name": name, "password": password}
}

// told is all that an answer tells, but for what differs from request to request.
func told(a *httptest.ResponseRecorder) map[string]any {
	h := a.Header().Clone()
	h.Del("X-Request-Id")
	body := a.Body.String()
	if i := strings.Index(body, `"request_id"`); i >= 0 {
		body = body[:i]
	}
	return map[string]any{"status": a.Code, "header": h, "body": body}
}

// TestSignInTellsNothing: a name that nobody has, a wrong password, an account that is disabled or was not taken up, all get
// one answer, for which the same work was done. Locked, a name that nobody has is as any other, and no work is done.
func TestSignInTellsNothing(t *testing.T) {
	o := newOffices(t, nil)
	o.open(t, "somebody", o.village)
	disabled := o.open(t, "disabled", o.village)
	disabled.Version, disabled.Disabled = 2, true
	operator := geo.Authority{Name: "operator", Operator: true}
	if _, err := o.db.ReplaceAccount(t.Context(), operator, disabled, o.now); err != nil {
		t.Fatal(err)
	}
	if _, err := o.db.CreateAccount(t.Context(), operator, geo.Account{Name: "invited", DisplayName: "x"}, nil, geo.NewLink{ExpiresAt: o.now}, o.now); err != nil {
		t.Fatal(err)
	}
	attempts := map[string]map[string]any{
		"unknown": signInBody("nobody", "a wrong password"), "wrong": signInBody("somebody", "a wrong password"),
		"disabled": signInBody("disabled", password("disabled")), "invited": signInBody("invited", "a wrong password"),
	}
	want := told(o.browser().post(t, "/api/session", attempts["unknown"]))
	if want["status"] != http.StatusUnauthorized || !strings.Contains(want["body"].(string), "/problems/sign-in") {
		t.Fatalf("%v", want)
	}
	for round := range 8 { // from the sixth on the names are locked; the unknown one was tried once more
		for name, attempt := range attempts {
			if round == 0 && name == "unknown" {
				continue
			}
			before := o.passwords.verified
			a := o.browser().post(t, "/api/session", attempt)
			if diff := cmp.Diff(want, told(a)); diff != "" {
				t.Errorf("round %d, %s differs from unknown:\n%s", round, name, diff)
			}
			work := 1
			if round >= 5 {
				work = 0
			}
			if got := o.passwords.verified - before; got != work {
				t.Errorf("round %d, %s: %d passwords were looked at, want %d", round, name, got, work)
			}
		}
	}
	locked := o.browser().post(t, "/api/session", signInBody("somebody", password("somebody")))
	if diff := cmp.Diff(want, told(locked)); diff != "" {
		t.Errorf("the right password of a locked name:\n%s", diff)
	}
	o.now = o.now.Add(16 * time.Minute)
	o.signIn(t, "somebody")
}

func TestOneClientIsLimited(t *testing.T) {
	o := newOffices(t, nil)
	one, another := o.browser(), o.browser()
	one.client, another.client = "2001:db8:1:1::1", "2001:db8:1:2::1"
	for range 10 {
		wantStatus(t, "within the limit", one.post(t, "/api/session", signInBody("nobody", "x")), http.StatusUnauthorized, "sign-in")
	}
	one.client = "2001:db8:1:1:ffff::9" // of the same line
	for _, url := range []string{"/api/session", "/api/links/inspect", "/api/links/redeem"} {
		a := one.post(t, url, map[string]any{})
		wantStatus(t, url, a, http.StatusTooManyRequests, "too-many")
		if seconds := a.Header().Get("Retry-After"); seconds == "" || seconds == "0" {
			t.Errorf("Retry-After %q", seconds)
		}
	}
	wantStatus(t, "another client", another.post(t, "/api/session", signInBody("nobody", "x")), http.StatusUnauthorized, "sign-in")
}

// TestBusyHashingCountsForNobody: an attempt that was not looked at locks no name and says to come back.
func TestBusyHashingCountsForNobody(t *testing.T) {
	o := newOffices(t, nil)
	o.open(t, "somebody", o.village)
	o.passwords.busy = errors.Join(geo.ErrUnavailable, errSecret)
	for range 8 {
		a := o.browser().post(t, "/api/session", signInBody("somebody", password("somebody")))
		wantStatus(t, "busy", a, http.StatusServiceUnavailable, "unavailable")
		if !strings.Contains(a.Body.String(), "nothing was changed") || strings.Contains(a.Body.String(), "relation") {
			t.Errorf("%s", a.Body)
		}
	}
	o.passwords.busy = nil
	o.signIn(t, "somebody")
}

// stuck holds everyone who has a password looked at until it is released.
type stuck struct {
	*plain
	entered chan struct{}
	release chan struct{}
}

func (s *stuck) Verify(context.Context, string, string) (bool, error) {
	s.entered <- struct{}{}
	<-s.release
	return false, nil
}

// TestSignInDoesNotQueueWithoutEnd: those beyond the bound are refused at once, and nobody else waits for them.
func TestSignInDoesNotQueueWithoutEnd(t *testing.T) {
	s := &stuck{entered: make(chan struct{}), release: make(chan struct{})}
	o := newOffices(t, func(c *api.Config) { s.plain = c.Passwords.(*plain); c.Passwords = s })
	var wg sync.WaitGroup
	for range 16 {
		w := o.browser()
		wg.Go(func() {
			wantStatus(t, "a slow one", w.post(t, "/api/session", signInBody("somebody", "x")), http.StatusUnauthorized, "sign-in")
		})
		<-s.entered
		o.now = o.now.Add(time.Hour) // no lock-out
	}
	a := o.browser().post(t, "/api/session", signInBody("nobody", "x"))
	wantStatus(t, "one too many", a, http.StatusServiceUnavailable, "unavailable")
	if a.Header().Get("Retry-After") == "" {
		t.Error("no Retry-After")
	}
	if a := o.ask(t, "GET", "/api/organizations", nil, ""); a.Code != http.StatusOK {
		t.Errorf("the map: %d", a.Code)
	}
	close(s.release)
	wg.Wait()
}

func TestCookie(t *testing.T) {
	o := newOffices(t, nil)
	o.open(t, "somebody", o.village)
	for scheme, secure := range map[string]bool{"http": false, "https": true} {
		w := o.browser()
		a := w.do(t, "POST", "/api/session", signInBody("somebody", password("somebody")), "X-Forwarded-Proto", scheme)
		cookies := a.Result().Cookies()
		if len(cookies) != 1 {
			t.Fatalf("%s: %v", scheme, cookies)
		}
		c := cookies[0]
		if c.Name != "jingwei_session" || !c.HttpOnly || c.SameSite != http.SameSiteLaxMode || c.Path != "/" || c.Domain != "" || c.Secure != secure || c.MaxAge != 7*24*3600 {
			t.Errorf("%s: %s", scheme, c)
		}
		if a.Header().Get("Cache-Control") != "no-store" || strings.Contains(a.Body.String(), c.Value) {
			t.Errorf("%s: %v %s", scheme, a.Header(), a.Body)
		}
		if strings.Contains(o.log.String(), c.Value) || strings.Contains(o.log.String(), password("somebody")) {
			t.Error("a secret is in the log")
		}
	}
}

func TestSignOut(t *testing.T) {
	o := newOffices(t, nil)
	o.open(t, "somebody", o.village)
	w := o.signIn(t, "somebody")
	held := w.cookie
	wantStatus(t, "sign-out", w.do(t, "DELETE", "/api/session", nil), http.StatusNoContent, "")
	if w.cookie != "" {
		t.Error("the cookie stays")
	}
	w.cookie = held
	wantStatus(t, "after it", w.get(t, "/api/session"), http.StatusUnauthorized, "unauthorized")
}

// TestWritesNeedTheToken of the session, and come from our pages.
func TestWritesNeedTheToken(t *testing.T) {
	o := newOffices(t, nil)
	o.open(t, "somebody", o.village)
	w := o.signIn(t, "somebody")
	body := map[string]any{"display_name": "新名"}
	for _, csrf := range []string{"wrong", ""} {
		wantStatus(t, "csrf "+csrf, w.do(t, "PUT", "/api/session/profile", body, "X-CSRF-Token", csrf), http.StatusForbidden, "csrf")
	}
	foreign := []string{"Origin", "https://elsewhere.example", "Sec-Fetch-Site", "cross-site"}
	wantStatus(t, "another origin", w.do(t, "PUT", "/api/session/profile", body, foreign...), http.StatusForbidden, "csrf")
	wantStatus(t, "sign-in from another origin", o.browser().do(t, "POST", "/api/session", signInBody("somebody", password("somebody")), foreign...), http.StatusForbidden, "csrf")
	wantStatus(t, "ours", w.do(t, "PUT", "/api/session/profile", body), http.StatusOK, "")
}

func TestFirstAccountToWorkingCommittee(t *testing.T) {
	o := newOffices(t, nil)
	first := geo.NewSecret()
	if made, err := o.db.CreateFirstLink(t.Context(), geo.NewLink{Hash: first.Hash(), ExpiresAt: o.now.Add(geo.FirstValid)}, o.now); err != nil || !made {
		t.Fatal(made, err)
	}
	w := o.browser()
	if got := w.get(t, "/api/sign-in").Body.String(); got != `{"password":true,"providers":[],"first":true}`+"\n" {
		t.Errorf("%s", got)
	}
	if got := w.post(t, "/api/links/inspect", map[string]any{"link": strings.ToUpper(string(first))}).Body.String(); !strings.Contains(got, `"purpose":"first","account_name":""`) {
		t.Errorf("%s", got)
	}
	redeem := map[string]any{"link": first, "password": "correct horse", "name": "Admin", "display_name": "管理员"}
	for _, fault := range []struct{ field, value string }{{"password", "short"}, {"password", "xxxxx admin xxxxx"}, {"name", "x"}, {"display_name", ""}} {
		wrong := map[string]any{}
		for k, v := range redeem {
			wrong[k] = v
		}
		wrong[fault.field] = fault.value
		a := o.browser().post(t, "/api/links/redeem", wrong)
		if p := decode[struct{ Field string }](t, a); a.Code != http.StatusBadRequest || p.Field != fault.field {
			t.Errorf("%+v: %d %s", fault, a.Code, a.Body)
		}
	}
	wantStatus(t, "first account", w.post(t, "/api/links/redeem", redeem), http.StatusOK, "")
	wantStatus(t, "a second time", o.browser().post(t, "/api/links/redeem", redeem), http.StatusNotFound, "not-found")
	if got := w.get(t, "/api/sign-in").Body.String(); !strings.Contains(got, `"first":false`) {
		t.Errorf("%s", got)
	}

	a := w.post(t, "/api/accounts", map[string]any{"name": "village.office", "display_name": "村办", "organization": o.village,
		"grants": []any{map[string]any{"role": "registrar", "organization": o.village, "valid_to": "2027-01-01"}}})
	if a.Code != http.StatusCreated || a.Header().Get("Location") == "" {
		t.Fatalf("%d %s", a.Code, a.Body)
	}
	opened := decode[struct {
		Account struct{ ID geo.ID }
		Link    struct{ URL string }
	}](t, a)
	base, secret, ok := strings.Cut(opened.Link.URL, "/console#/link/")
	if !ok || base != "http://example.com" {
		t.Fatalf("link %s", opened.Link.URL)
	}
	office := o.browser()
	inspected := office.post(t, "/api/links/inspect", map[string]any{"link": secret})
	if !strings.Contains(inspected.Body.String(), `"purpose":"invite","account_name":"village.office"`) {
		t.Errorf("%s", inspected.Body)
	}
	named := map[string]any{"link": secret, "password": "correct horse", "name": "another"}
	wantStatus(t, "a name for an account that has one", office.post(t, "/api/links/redeem", named), http.StatusBadRequest, "invalid")
	wantStatus(t, "invitation", office.post(t, "/api/links/redeem", map[string]any{"link": secret, "password": "correct horse"}), http.StatusOK, "")
	got := decode[struct {
		Account struct{ Name string }
		Grants  []struct {
			Role         string
			Organization struct{ Name string }
			ValidTo      string `json:"valid_to"`
		}
		Actions map[string]struct {
			All   bool
			Roots []geo.ID
		}
		Via string
	}](t, office.get(t, "/api/session"))
	if got.Account.Name != "village.office" || got.Via != "session" || len(got.Grants) != 1 || got.Grants[0].Organization.Name != "村支部" || got.Grants[0].ValidTo != "2027-01-01" {
		t.Errorf("%+v", got)
	}
	if write := got.Actions["organization.write"]; write.All || len(write.Roots) != 1 || write.Roots[0] != o.village || len(got.Actions) != len(geo.Actions()) {
		t.Errorf("%+v", got.Actions)
	}
}

// TestTextsThatAreNoLink are answered as a link that is not there.
func TestTextsThatAreNoLink(t *testing.T) {
	o := newOffices(t, nil)
	want := told(o.browser().post(t, "/api/links/inspect", map[string]any{"link": geo.NewSecret()}))
	if want["status"] != http.StatusNotFound {
		t.Fatal(want)
	}
	for _, text := range []string{"", "x", string(geo.NewSecret())[1:], "https://example.com/console#/link/" + string(geo.NewSecret()), strings.Repeat("0", 5000)} {
		if diff := cmp.Diff(want, told(o.browser().post(t, "/api/links/inspect", map[string]any{"link": text}))); diff != "" {
			t.Errorf("%.60q:\n%s", text, diff)
		}
		a := o.browser().post(t, "/api/links/redeem", map[string]any{"link": text, "password": "correct horse"})
		wantStatus(t, "redeem", a, http.StatusNotFound, "not-found")
	}
}
