package api_test

import (
	"encoding/binary"
	"fmt"
	"io"
	"maps"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"regexp"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"jingwei/geo"
	"jingwei/geo/geotest"
)

// wire stands between a store and its database and counts how often the store waits for an answer.
type wire struct {
	url   string // of the database behind it
	trips atomic.Int64
}

func newWire(t *testing.T, database string) *wire {
	t.Helper()
	u, err := url.Parse(database)
	if err != nil {
		t.Fatal(err)
	}
	q := u.Query()
	socket := ".s.PGSQL." + q.Get("port")
	behind, dir := filepath.Join(q.Get("host"), socket), t.TempDir()
	listener, err := net.Listen("unix", filepath.Join(dir, socket))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = listener.Close() })
	q.Set("host", dir)
	u.RawQuery = q.Encode()
	w := &wire{url: u.String()}
	go func() {
		for {
			store, err := listener.Accept()
			if err != nil {
				return
			}
			server, err := net.Dial("unix", behind)
			if err != nil {
				_ = store.Close()
				continue
			}
			go func() { _, _ = io.Copy(store, server); _ = store.Close() }()
			go func() { w.count(server, store); _ = server.Close() }()
		}
	}()
	return w
}

// count passes on what a store sends (PostgreSQL 15, 55.7): after the first message each has a letter and a length. The store
// waits after Sync and after a simple query.
func (w *wire) count(server io.Writer, store io.Reader) {
	header := make([]byte, 5)
	for letter := 0; ; letter = 1 {
		if _, err := io.ReadFull(store, header[:4+letter]); err != nil {
			return
		}
		if letter == 1 && (header[0] == 'S' || header[0] == 'Q') {
			w.trips.Add(1)
		}
		if _, err := server.Write(header[:4+letter]); err != nil {
			return
		}
		length := int64(binary.BigEndian.Uint32(header[letter:4+letter])) - 4
		if _, err := io.CopyN(server, store, length); err != nil {
			return
		}
	}
}

// took is what a request costs that clients could measure.
type took struct{ trips, hashed, verified int }

// cost sends a request over and over, which ask prepares, and returns what it costs once nothing has to be prepared for it any
// more, with all that its answer tells.
func (o *offices) cost(t *testing.T, w *wire, ask func() *httptest.ResponseRecorder) (took, map[string]any) {
	t.Helper()
	least := took{trips: 1 << 30}
	var answer map[string]any
	for range 4 {
		before := took{int(w.trips.Load()), o.passwords.hashed, o.passwords.verified}
		answer = told(ask())
		now := took{int(w.trips.Load()) - before.trips, o.passwords.hashed - before.hashed, o.passwords.verified - before.verified}
		if now.trips < least.trips {
			least = now
		}
	}
	return least, answer
}

var number = regexp.MustCompile(`/[0-9]+`)

// withoutIDs leaves out of an answer what was asked for.
func withoutIDs(answer map[string]any) map[string]any {
	out := maps.Clone(answer)
	out["body"] = number.ReplaceAllString(answer["body"].(string), "/N")
	return out
}

// TestWorkTellsNothing: what is hidden, used up or locked gets the answer of what never was, and the same work is done for
// it: as many questions to the database, as many passwords.
func TestWorkTellsNothing(t *testing.T) {
	w := newWire(t, geotest.Database(t))
	o := newOfficesOn(t, w.url, nil)
	operator := geo.Authority{Name: "operator", Operator: true}
	o.open(t, "chief", o.county, o.administrator(o.county))
	hidden := o.open(t, "hidden", o.other, o.administrator(o.other))
	own := o.open(t, "own", o.village)
	disabled := o.open(t, "disabled", o.other)
	disabled.Version, disabled.Disabled = 2, true
	if _, err := o.db.ReplaceAccount(t.Context(), operator, disabled, o.now); err != nil {
		t.Fatal(err)
	}
	link := func(valid time.Duration) geo.Secret {
		secret := geo.NewSecret()
		if err := o.db.CreateRecovery(t.Context(), operator, hidden.ID, geo.NewLink{Hash: secret.Hash(), ExpiresAt: o.now.Add(valid)}, o.now); err != nil {
			t.Fatal(err)
		}
		return secret
	}
	replaced, over := link(time.Hour), link(time.Minute)
	used := geo.NewSecret()
	if _, err := o.db.CreateAccount(t.Context(), operator, geo.Account{Name: "invited", DisplayName: "x"}, nil, geo.NewLink{Hash: used.Hash(), ExpiresAt: o.now.Add(time.Hour)}, o.now); err != nil {
		t.Fatal(err)
	}
	wantStatus(t, "invitation", o.browser().post(t, "/api/links/redeem", map[string]any{"link": used, "password": "correct horse"}), http.StatusOK, "")
	o.now = o.now.Add(2 * time.Minute)
	chief, stranger := o.signIn(t, "chief"), o.signIn(t, "hidden")
	sessions := decode[struct{ Items []struct{ ID geo.ID } }](t, stranger.get(t, "/api/sessions")).Items
	token := decode[struct{ Item struct{ ID geo.ID } }](t, stranger.post(t, "/api/tokens", map[string]any{"name": "t"})).Item.ID
	grants := decode[struct{ Items []struct{ ID geo.ID } }](t, stranger.get(t, fmt.Sprintf("/api/accounts/%d/grants", hidden.ID))).Items
	const never = geo.ID(1 << 40)

	// Each case is asked for what never was, and for what must look like it.
	signIn := func(name string) func() *httptest.ResponseRecorder {
		return func() *httptest.ResponseRecorder {
			return o.browser().post(t, "/api/session", signInBody(name, "a wrong password"))
		}
	}
	locked := func(name string) func() *httptest.ResponseRecorder {
		for range 9 {
			signIn(name)()
		}
		return signIn(name)
	}
	withLink := func(route string, secret geo.Secret) func() *httptest.ResponseRecorder {
		body := map[string]any{"link": secret}
		if route == "redeem" {
			body["password"] = "correct horse"
		}
		return func() *httptest.ResponseRecorder { return o.browser().post(t, "/api/links/"+route, body) }
	}
	asked := func(method, path string, body any) func(...any) func() *httptest.ResponseRecorder {
		return func(ids ...any) func() *httptest.ResponseRecorder {
			return func() *httptest.ResponseRecorder {
				return chief.do(t, method, fmt.Sprintf(path, ids...), body, "If-Match", `"1"`)
			}
		}
	}
	type pair struct {
		never, alike func() *httptest.ResponseRecorder
	}
	cases := map[string]pair{
		"a wrong password":   {signIn("nobody"), signIn("own")},
		"a disabled account": {signIn("nobody.2"), signIn("disabled")},
		"a locked name":      {locked("nobody.3"), locked("hidden")},
		"a session":          {asked("DELETE", "/api/sessions/%d", nil)(never), asked("DELETE", "/api/sessions/%d", nil)(sessions[0].ID)},
		"a token":            {asked("DELETE", "/api/tokens/%d", nil)(never), asked("DELETE", "/api/tokens/%d", nil)(token)},
		"an account":         {asked("GET", "/api/accounts/%d", nil)(never), asked("GET", "/api/accounts/%d", nil)(hidden.ID)},
		"grants":             {asked("GET", "/api/accounts/%d/grants", nil)(never), asked("GET", "/api/accounts/%d/grants", nil)(hidden.ID)},
		"a grant":            {asked("DELETE", "/api/accounts/%d/grants/%d", nil)(own.ID, never), asked("DELETE", "/api/accounts/%d/grants/%d", nil)(own.ID, grants[0].ID)},
		"a grant of another": {asked("DELETE", "/api/accounts/%d/grants/%d", nil)(never, never), asked("DELETE", "/api/accounts/%d/grants/%d", nil)(hidden.ID, grants[0].ID)},
		"an heir":            {asked("POST", "/api/accounts/%d/handover", map[string]any{"to": never})(own.ID), asked("POST", "/api/accounts/%d/handover", map[string]any{"to": hidden.ID})(own.ID)},
	}
	for _, route := range []string{"inspect", "redeem"} {
		for what, secret := range map[string]geo.Secret{"used": used, "over": over, "replaced": replaced} {
			cases[route+" a link that is "+what] = pair{withLink(route, geo.NewSecret()), withLink(route, secret)}
		}
	}
	writes := map[string]struct {
		method, path string
		body         any
	}{
		"change":   {"PUT", "/api/accounts/%d", map[string]any{"display_name": "x", "disabled": false}},
		"recover":  {"POST", "/api/accounts/%d/recovery", nil},
		"hand":     {"POST", "/api/accounts/%d/handover", map[string]any{"to": own.ID}},
		"lock out": {"DELETE", "/api/accounts/%d/sessions", nil},
		"grant":    {"POST", "/api/accounts/%d/grants", map[string]any{"role": "registrar", "organization": o.village}},
	}
	for what, r := range writes {
		cases[what] = pair{asked(r.method, r.path, r.body)(never), asked(r.method, r.path, r.body)(hidden.ID)}
	}
	for what, c := range cases {
		worked, answer := o.cost(t, w, c.never)
		alike, answered := o.cost(t, w, c.alike)
		if worked.trips == 0 || answer["status"].(int) < 400 {
			t.Errorf("%s: %v, %+v", what, answer, worked)
		}
		if worked != alike {
			t.Errorf("%s: for what never was %+v, otherwise %+v", what, worked, alike)
		}
		if diff := cmp.Diff(withoutIDs(answer), withoutIDs(answered)); diff != "" {
			t.Errorf("%s:\n%s", what, diff)
		}
	}
}
