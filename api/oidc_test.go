package api_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"jingwei/api"
	"jingwei/api/internal/oidc/oidctest"
	"jingwei/geo"
)

// oidcBench is a server with accounts in PostGIS and one provider to sign in at.
type oidcBench struct {
	*offices
	remote *oidctest.Provider
}

// newOIDCBench alters the provider's configuration when old is not "".
func newOIDCBench(t *testing.T, old, by string, change func(*api.Config)) *oidcBench {
	t.Helper()
	b := &oidcBench{remote: oidctest.Start(t)}
	providers, err := api.ReadIdentityProviders(strings.NewReader(strings.Replace(b.remote.Configuration(), old, by, 1)), b.remote.Lookup)
	if err != nil {
		t.Fatal(err)
	}
	b.offices = newOffices(t, func(c *api.Config) {
		c.IdentityProviders = providers
		if change != nil {
			change(c)
		}
	})
	b.remote.FastForward(time.Until(b.now))
	return b
}

// failing fails while err is not nil.
type failing struct {
	api.IdentityStore
	err error
}

func (f *failing) AccountOfIdentity(ctx context.Context, issuer, subject string, create *geo.Account) (geo.ID, error) {
	if f.err != nil {
		return 0, f.err
	}
	return f.IdentityStore.AccountOfIdentity(ctx, issuer, subject, create)
}

// jar holds the cookies of one browser; of paths it knows nothing.
type jar map[string]string

func (j jar) header() map[string]string {
	var cookies []string
	for name, value := range j {
		cookies = append(cookies, name+"="+value)
	}
	if len(cookies) == 0 {
		return nil
	}
	return map[string]string{"Cookie": strings.Join(cookies, "; ")}
}

// get asks and keeps the cookies of the answer.
func (b *oidcBench) get(t *testing.T, who jar, target string) *httptest.ResponseRecorder {
	t.Helper()
	w := b.ask(t, "GET", target, who.header(), "")
	for _, c := range w.Result().Cookies() {
		who[c.Name] = c.Value
		if c.MaxAge < 0 {
			delete(who, c.Name)
		}
	}
	if w.Header().Get("Cache-Control") != "no-store" {
		t.Errorf("GET %s may be kept: %v", target, w.Header())
	}
	return w
}

// visit begins a sign-in and returns the address to which the provider sends the browser back.
func (b *oidcBench) visit(t *testing.T, who jar, start string) string {
	t.Helper()
	w := b.get(t, who, start)
	if w.Code != http.StatusSeeOther {
		t.Fatalf("start: %d %s", w.Code, w.Body)
	}
	return "/api/oidc/corp/callback?" + b.remote.Visit(t, w.Header().Get("Location"), lin()).Encode()
}

// toldSession is what GET /api/session says, as far as it matters here.
type toldSession struct {
	Account struct {
		Name        string `json:"name"`
		DisplayName string `json:"display_name"`
	} `json:"account"`
	Grants []struct {
		Role   string `json:"role"`
		Source string `json:"source"`
	} `json:"grants"`
}

// session names who is signed in, and what the provider grants them.
func (b *oidcBench) session(t *testing.T, who jar) (name, display string, roles []string) {
	t.Helper()
	w := b.get(t, who, "/api/session")
	if w.Code != http.StatusOK {
		t.Fatalf("session: %d %s", w.Code, w.Body)
	}
	told := decode[toldSession](t, w)
	for _, g := range told.Grants {
		roles = append(roles, g.Source+" "+g.Role)
	}
	return told.Account.Name, told.Account.DisplayName, roles
}

func lin() oidctest.Person {
	return oidctest.Person{Subject: "s-1", Said: map[string]any{"preferred_username": "lin", "name": "林", "groups": []string{"jw-admin"}}}
}

const (
	startCorp = "/api/oidc/corp/start"
	signIn    = "/console#/sign-in?error="
)

func wantRedirect(t *testing.T, what string, w *httptest.ResponseRecorder, to string) {
	t.Helper()
	if w.Code != http.StatusSeeOther || w.Header().Get("Location") != to {
		t.Errorf("%s: %d to %q, want a redirect to %q", what, w.Code, w.Header().Get("Location"), to)
	}
}

func TestSignInElsewhere(t *testing.T) {
	b := newOIDCBench(t, "", "", nil)
	local := b.open(t, "lin", b.village) // has the name that the provider claims, and nothing to do with it
	who := jar{}
	callback := b.visit(t, who, startCorp+"?return="+url.QueryEscape("/console?a=b#/accounts"))
	kept := who["jingwei_oidc"]
	wantRedirect(t, "callback", b.get(t, who, callback+"&session_state=of+the+provider"), "/console?a=b#/accounts")
	if who["jingwei_oidc"] != "" {
		t.Errorf("cookies %v", who)
	}
	name, display, roles := b.session(t, who)
	if name != "lin-2" || display != "林" || !slices.Equal(roles, []string{"oidc administrator"}) {
		t.Errorf("signed in as %s %s with %v", name, display, roles)
	}
	// All of it again, from a browser that kept the cookie.
	wantRedirect(t, "replay", b.get(t, jar{"jingwei_oidc": kept}, callback), signIn+"expired")
	again := jar{}
	wantRedirect(t, "the second time", b.get(t, again, b.visit(t, again, startCorp)), "/console")
	if name, _, _ := b.session(t, again); name != "lin-2" || again["jingwei_session"] == who["jingwei_session"] {
		t.Errorf("the second time it is %s, cookies %v and %v", name, who, again)
	}
	if held, err := b.db.HeldGrants(t.Context(), geo.DayOf(b.now), local.ID); err != nil || len(held) > 0 {
		t.Errorf("the account of the same name got %v, %v", held, err)
	}
}

// TestClaimsAreOfNow: who is in the group no more is nothing more here at the next sign-in, also where they are signed in.
func TestClaimsAreOfNow(t *testing.T) {
	b := newOIDCBench(t, "", "", nil)
	before, after := jar{}, jar{}
	wantRedirect(t, "in the group", b.get(t, before, b.visit(t, before, startCorp)), "/console")
	who := lin()
	who.Said["groups"] = []string{}
	to := b.get(t, after, startCorp).Header().Get("Location")
	wantRedirect(t, "out of it", b.get(t, after, "/api/oidc/corp/callback?"+b.remote.Visit(t, to, who).Encode()), "/console")
	for _, j := range []jar{before, after} {
		if name, _, roles := b.session(t, j); name != "lin" || len(roles) > 0 {
			t.Errorf("%s has %v", name, roles)
		}
	}
}

// TestOtherBrowser: what one browser began, no other can finish, and its trying does not end it.
func TestOtherBrowser(t *testing.T) {
	b := newOIDCBench(t, "", "", nil)
	victim, attacker := jar{}, jar{}
	callback := b.visit(t, attacker, startCorp)
	own := b.visit(t, victim, startCorp)
	wantRedirect(t, "cookie of another sign-in", b.get(t, victim, callback), signIn+"expired")
	wantRedirect(t, "no cookie", b.get(t, jar{}, callback), signIn+"expired")
	if any, err := b.db.AnyAdministrator(t.Context()); err != nil || any {
		t.Fatalf("somebody was signed in: %t, %v", any, err)
	}
	wantRedirect(t, "the own sign-in", b.get(t, victim, own), "/console")
	wantRedirect(t, "that of the other", b.get(t, attacker, callback), "/console")
}

func TestOIDCCookie(t *testing.T) {
	for _, test := range []struct {
		public, path, redirect, failed string
		secure                         bool
	}{
		{"", "/api/oidc/corp/callback", "http://example.com/api/oidc/corp/callback", "/console#/sign-in?error=expired", false},
		{"https://jw.example.org/map/", "/map/api/oidc/corp/callback", "https://jw.example.org/map/api/oidc/corp/callback", "/map/console#/sign-in?error=expired", true},
	} {
		b := newOIDCBench(t, "", "", func(c *api.Config) { c.PublicURL = test.public })
		w := b.get(t, jar{}, startCorp)
		cookies := w.Result().Cookies()
		if len(cookies) != 1 {
			t.Fatalf("cookies %v", cookies)
		}
		c := cookies[0]
		if c.Path != test.path || c.Secure != test.secure || !c.HttpOnly || c.SameSite != http.SameSiteLaxMode || c.MaxAge != 600 {
			t.Errorf("cookie %v", c)
		}
		if len(c.Value) > 1500 || strings.Contains(c.Value, "console") {
			t.Errorf("the state is not sealed, or long: %s", c.Value)
		}
		u, err := url.Parse(w.Header().Get("Location"))
		if err != nil || u.Query().Get("redirect_uri") != test.redirect || w.Header().Get("Referrer-Policy") != "no-referrer" {
			t.Errorf("to %v, %v", u, err)
		}
		wantRedirect(t, "failed", b.get(t, jar{}, "/api/oidc/corp/callback"), test.failed)
	}
}

// TestSignInElsewhereFails: every failure has its code, and the browser sees nothing else of it.
func TestSignInElsewhereFails(t *testing.T) {
	store := &failing{}
	b := newOIDCBench(t, "", "", func(c *api.Config) { store.IdentityStore, c.Identities = c.Identities, store })
	secret := b.remote.ClientSecret
	tests := []struct {
		name   string
		remote func(*oidctest.Provider) // what becomes of the provider meanwhile
		store  error                    // how the store fails
		extra  string                   // of the callback's query
		code   string
	}{
		{name: "denied", extra: "&error=access_denied&error_description=Secret+text", code: "denied"},
		{name: "refused", extra: "&error=invalid_scope&error_description=Secret+text", code: "failed"},
		{name: "busy there", extra: "&error=temporarily_unavailable", code: "unavailable"},
		{name: "wrong client secret", remote: func(p *oidctest.Provider) { p.ClientSecret = "another" }, code: "failed"},
		{name: "expired token", remote: func(p *oidctest.Provider) { p.FastForward(-time.Hour) }, code: "failed"},
		{name: "provider down", remote: func(p *oidctest.Provider) {
			p.Do(func(http.ResponseWriter, *http.Request) bool { panic(http.ErrAbortHandler) })
		}, code: "unavailable"},
		{name: "no database", store: geo.ErrUnavailable, code: "unavailable"},
		{name: "a fault of ours", store: errors.New("Secret text"), code: "failed"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			b.log.Reset()
			who := jar{}
			callback := b.visit(t, who, startCorp)
			if store.err = test.store; test.remote != nil {
				test.remote(b.remote)
			}
			defer func() {
				b.remote.ClientSecret = secret
				b.remote.FastForward(b.now.Sub(b.remote.Now()))
				b.remote.Do(nil)
			}()
			w := b.get(t, who, callback+test.extra)
			wantRedirect(t, "callback", w, signIn+test.code)
			if len(who) > 0 || strings.Contains(w.Body.String(), "Secret") {
				t.Errorf("cookies %v, body %s", who, w.Body)
			}
			if log := b.log.String(); !strings.Contains(log, `"code":"`+test.code+`"`) || strings.Contains(log, secret) || strings.Contains(log, "code=") {
				t.Errorf("log %s", log)
			}
		})
	}
	store.err = nil
	who := jar{}
	wantRedirect(t, "after all that", b.get(t, who, b.visit(t, who, startCorp)), "/console")
}

func TestDisabledSignsInNowhere(t *testing.T) {
	b := newOIDCBench(t, "", "", nil)
	who := jar{}
	wantRedirect(t, "enabled", b.get(t, who, b.visit(t, who, startCorp)), "/console")
	account, err := b.db.AccountNamed(t.Context(), "lin", geo.DayOf(b.now))
	if err != nil {
		t.Fatal(err)
	}
	b.open(t, "another", 0, b.administrator(0)) // the last one is not disabled
	account.Disabled = true
	if _, err := b.db.ReplaceAccount(t.Context(), geo.Authority{Name: "operator", Operator: true}, account, b.now); err != nil {
		t.Fatal(err)
	}
	who = jar{}
	wantRedirect(t, "disabled", b.get(t, who, b.visit(t, who, startCorp)), signIn+"disabled")
	if len(who) > 0 {
		t.Errorf("cookies %v", who)
	}
}

func TestNobodyGetsAnAccount(t *testing.T) {
	b := newOIDCBench(t, `"create":true`, `"create":false`, nil)
	who := jar{}
	wantRedirect(t, "nobody opened one", b.get(t, who, b.visit(t, who, startCorp)), signIn+"no-account")
	if _, err := b.db.AccountOfIdentity(t.Context(), b.remote.Issuer(), "s-1", &geo.Account{Name: "other", DisplayName: "x"}); err != nil {
		t.Fatal(err)
	}
	wantRedirect(t, "somebody did", b.get(t, who, b.visit(t, who, startCorp)), "/console")
	if name, _, _ := b.session(t, who); name != "other" {
		t.Errorf("signed in as %s", name)
	}
}

func TestProviderDown(t *testing.T) {
	b := newOIDCBench(t, "", "", nil)
	b.remote.Do(func(http.ResponseWriter, *http.Request) bool { panic(http.ErrAbortHandler) })
	who := jar{}
	wantRedirect(t, "start", b.get(t, who, startCorp), signIn+"unavailable")
	if len(who) > 0 {
		t.Errorf("cookies %v", who)
	}
	if w := b.ask(t, "GET", "/api/organizations", nil, ""); w.Code != http.StatusOK {
		t.Errorf("the map: %d", w.Code)
	}
}

// TestProviderHangs: those who wait for a provider are bounded in number, and the rest is told at once.
func TestProviderHangs(t *testing.T) {
	b := newOIDCBench(t, "", "", nil)
	arrived, release := make(chan struct{}), make(chan struct{})
	b.remote.Do(func(http.ResponseWriter, *http.Request) bool {
		close(arrived)
		<-release
		return false
	})
	const most = 32
	done := make(chan string, most+1)
	ask := func() { done <- b.ask(t, "GET", startCorp, nil, "").Header().Get("Location") }
	for range most + 1 {
		go ask()
	}
	<-arrived
	if to := <-done; to != signIn+"unavailable" {
		t.Errorf("one too many: sent to %s", to)
	}
	close(release)
	for range most {
		if to := <-done; !strings.HasPrefix(to, b.remote.AuthorizationEndpoint()) {
			t.Errorf("who waited is sent to %s", to)
		}
	}
}

func TestOIDCRefuses(t *testing.T) {
	b := newOIDCBench(t, "", "", nil)
	bare := newBench(t, nil)
	for _, test := range []struct {
		b      *bench
		method string
		target string
		status int
		field  string
	}{
		{bare, "GET", startCorp, 404, ""},
		{bare, "GET", "/api/oidc/corp/callback?state=a&code=b", 404, ""},
		{b.bench, "GET", "/api/oidc/other/start", 404, ""},
		{b.bench, "GET", "/api/oidc/other/callback", 404, ""},
		{b.bench, "GET", startCorp + "?return=https://elsewhere.example", 400, "return"},
		{b.bench, "GET", startCorp + "?return=//elsewhere.example", 400, "return"},
		{b.bench, "GET", startCorp + "?return=%2F%5Celsewhere.example", 400, "return"},
		{b.bench, "GET", startCorp + "?return=", 400, "return"},
		{b.bench, "GET", startCorp + "?return=/" + strings.Repeat("x", 600), 400, "return"},
		{b.bench, "GET", startCorp + "?back=/", 400, "back"},
		{b.bench, "POST", startCorp, 405, ""},
		{b.bench, "HEAD", startCorp, 405, ""},
	} {
		w := test.b.ask(t, test.method, test.target, nil, "")
		if w.Code != test.status || w.Header().Get("Content-Type") != "application/problem+json" || decode[problem](t, w).Field != test.field {
			t.Errorf("%s %s: %d %s", test.method, test.target, w.Code, w.Body)
		}
	}
}

func TestProvidersAreOffered(t *testing.T) {
	b := newOIDCBench(t, `"name":"corp"`, `"name":"corp","title":{"zh":"统一身份","en":"Single sign-on"}`, nil)
	for header, title := range map[string]string{"": "统一身份", "zh-TW,en;q=0.5": "统一身份", "en-GB, zh;q=0.1": "Single sign-on", "fr": "统一身份", "%": "统一身份"} {
		w := b.ask(t, "GET", "/api/sign-in", map[string]string{"Accept-Language": header}, "")
		if want := `{"password":true,"providers":[{"name":"corp","title":"` + title + `"}],"first":true}`; strings.TrimSpace(w.Body.String()) != want {
			t.Errorf("%q: %s, want %s", header, w.Body, want)
		}
	}
}

func TestIdentityProvidersNeedIdentities(t *testing.T) {
	remote := oidctest.Start(t)
	providers, err := api.ReadIdentityProviders(strings.NewReader(remote.Configuration()), remote.Lookup)
	if err != nil {
		t.Fatal(err)
	}
	var config api.Config
	newOffices(t, func(c *api.Config) { config = *c })
	config.Registry, config.IdentityProviders = nil, providers
	if _, err := api.New(config); err != nil {
		t.Fatal(err)
	}
	config.Identities = nil
	if _, err := api.New(config); err == nil || !strings.Contains(err.Error(), "Identities") {
		t.Errorf("error %v", err)
	}
}
