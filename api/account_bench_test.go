package api_test

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"jingwei/api"
	"jingwei/geo"
	"jingwei/geo/geotest"
	"jingwei/geo/postgis"
)

// offices is a server whose accounts are in PostGIS, over a tree of organizations: province above county above village,
// and other beside county. The draft is below other, and the public does not see it.
type offices struct {
	*bench
	db                                      *postgis.Store
	passwords                               *plain
	province, county, village, other, draft geo.ID
	now                                     time.Time // moves only when a test moves it
}

func newOffices(t testing.TB, change func(*api.Config)) *offices {
	t.Helper()
	return newOfficesOn(t, geotest.Database(t), change)
}

// newOfficesOn is newOffices on a database that is empty yet.
func newOfficesOn(t testing.TB, url string, change func(*api.Config)) *offices {
	t.Helper()
	db, err := postgis.Open(t.Context(), url, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(db.Close)
	o := &offices{db: db, passwords: &plain{}, now: clock()}
	o.bench = newBench(t, func(c *api.Config) {
		c.Sessions, c.SignIns, c.OwnSessions, c.Tokens, c.Links, c.Accounts, c.Grants, c.Tasks = db, db, db, db, db, db, db, db
		c.Identities = db
		c.Passwords, c.Now = o.passwords, func() time.Time { return o.now }
		// A test says with X-Forwarded-For which client it is.
		c.TrustedProxies = []*net.IPNet{{IP: net.IPv4(192, 0, 2, 0).To4(), Mask: net.CIDRMask(24, 32)}}
		if change != nil {
			change(c)
		}
	})
	if _, err := db.LoadDivisions(t.Context(), []geo.Division{{Code: 330102001051, Level: geo.Village, Name: "清波", Valid: geo.Always}}, nil); err != nil {
		t.Fatal(err)
	}
	o.province = o.organization(t, "省委", 0, geo.StatusActive)
	o.county = o.organization(t, "县委", o.province, geo.StatusActive)
	o.village = o.organization(t, "村支部", o.county, geo.StatusActive)
	o.other = o.organization(t, "邻县", o.province, geo.StatusActive)
	o.draft = o.organization(t, "秘密", o.other, geo.StatusDraft)
	return o
}

func (o *offices) organization(t testing.TB, name string, parent geo.ID, status string) geo.ID {
	t.Helper()
	c := organizations()[0].OrganizationContent
	c.Name, c.Parent, c.Status = name, parent, status
	made, _, err := o.db.CreateOrganization(t.Context(), geo.Everywhere(), geo.Everywhere(), c, geo.DayRange{From: day("2023-06-30"), To: geo.MaxDay}, "test")
	if err != nil {
		t.Fatal(err)
	}
	return made.ID
}

// password is that of an account that open made.
func password(name string) string { return "password of " + strings.ToUpper(name) }

// open opens an account that has chosen a password already.
func (o *offices) open(t testing.TB, name string, organization geo.ID, grants ...geo.Grant) geo.Account {
	t.Helper()
	link := geo.NewSecret()
	by := geo.Authority{Name: "operator", Operator: true}
	a, err := o.db.CreateAccount(t.Context(), by, geo.Account{Name: name, DisplayName: "名" + name, Organization: organization}, grants,
		geo.NewLink{Hash: link.Hash(), ExpiresAt: o.now.Add(time.Hour)}, o.now)
	if err == nil {
		err = o.db.RedeemLink(t.Context(), link.Hash(), plainForm+password(name), geo.Account{}, geo.NewSession{Hash: geo.NewSecret().Hash(), At: o.now})
	}
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func (o *offices) administrator(organization geo.ID) geo.Grant {
	return geo.Grant{Role: geo.RoleAdministrator, Organization: organization, Valid: geo.Always}
}

// browser keeps the cookie and sends the header that goes with it, as the console does.
type browser struct {
	*offices
	cookie, csrf, client string
}

// clients counts those that come from an address of their own.
var clients struct {
	sync.Mutex
	n int
}

func (o *offices) browser() *browser {
	clients.Lock()
	defer clients.Unlock()
	clients.n++
	return &browser{offices: o, client: fmt.Sprintf("198.51.%d.%d", clients.n/256, clients.n%256)}
}

// signIn returns a browser in which somebody whom open made is signed in.
func (o *offices) signIn(t testing.TB, name string) *browser {
	t.Helper()
	w := o.browser()
	if a := w.post(t, "/api/session", map[string]any{"name": name, "password": password(name)}); a.Code != http.StatusOK {
		t.Fatalf("sign-in of %s: %d %s", name, a.Code, a.Body)
	}
	return w
}

func (w *browser) do(t testing.TB, method, url string, body any, header ...string) *httptest.ResponseRecorder {
	t.Helper()
	h := map[string]string{"X-Forwarded-For": w.client}
	if w.cookie != "" {
		h["Cookie"] = "jingwei_session=" + w.cookie
	}
	if method != http.MethodGet && w.csrf != "" {
		h["X-CSRF-Token"] = w.csrf
	}
	for i := 0; i < len(header); i += 2 {
		h[header[i]] = header[i+1]
	}
	text := ""
	if body != nil {
		b, err := json.Marshal(body)
		if err != nil {
			t.Fatal(err)
		}
		text = string(b)
	}
	a := w.ask(t, method, url, h, text)
	for _, c := range a.Result().Cookies() {
		w.cookie = c.Value
	}
	var known struct {
		CSRFToken string `json:"csrf_token"`
	}
	if strings.HasPrefix(a.Header().Get("Content-Type"), "application/json") && json.Unmarshal(a.Body.Bytes(), &known) == nil && known.CSRFToken != "" {
		w.csrf = known.CSRFToken
	}
	return a
}

func (w *browser) get(t testing.TB, url string) *httptest.ResponseRecorder {
	t.Helper()
	return w.do(t, http.MethodGet, url, nil)
}

func (w *browser) post(t testing.TB, url string, body any) *httptest.ResponseRecorder {
	t.Helper()
	return w.do(t, http.MethodPost, url, body)
}

// wantStatus checks a status, and the type of a problem when it is one.
func wantStatus(t testing.TB, what string, a *httptest.ResponseRecorder, status int, slug string) {
	t.Helper()
	var p api.Problem
	if slug != "" {
		p = decode[api.Problem](t, a)
	}
	if a.Code != status || slug != "" && p.Type != "/problems/"+slug {
		t.Errorf("%s: %d %s; want %d %s", what, a.Code, a.Body, status, slug)
	}
}
