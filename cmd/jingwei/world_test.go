package main_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	main "jingwei/cmd/jingwei"
	"jingwei/geo"
	"jingwei/geo/geotest"
)

// world is a server with two subtrees of organizations, in and out, each with what everyone sees and what not everyone
// does, and with people of every role, granted on the subtree in.
type world struct {
	main.Node
	conn          *pgx.Conn
	dir           string // of the node
	operator      persona
	people        []persona // with everyone else and the operator
	in, out       subtree
	addresses     int // of clients that have been given out
	grid          geo.ID
	boss          account
	organizations int // that were made for single requests
}

// subtree is a root with what lies below. Names of what is hidden are in no other text.
type subtree struct {
	root, public, hidden     geo.ID // organizations; hidden is a draft
	rootName, secret         string
	clerk                    account // who registers there
	openReport, closedReport geo.ID  // closed to the public
}

// account is an account with its sign-in name.
type account struct {
	id   geo.ID
	name string
}

// persona is somebody who sends requests.
type persona struct {
	name    string
	role    geo.Role
	all     bool // granted on everything, not on the subtree in
	reads   bool // only
	token   string
	cookie  string
	csrf    string
	address string
	id      geo.ID // of the account
	session geo.ID
}

func (p persona) known() bool { return p.token != "" || p.cookie != "" }

// may says by the table of roles what the persona may do in or outside the subtree in.
func (p persona) may(a geo.Action, in bool) bool {
	return p.role.Permits(a) && (p.all || in) && (a.Reads() || !p.reads)
}

const password = "Kühler Grund, 7 Brücken"

// newWorld takes some seconds: a dozen people choose passwords.
func newWorld(t *testing.T) *world {
	t.Helper()
	url, dir := geotest.Database(t), t.TempDir()
	node, stopped, err := main.StartNode(t.Context(), url, dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { <-stopped }) // the test's context ends before
	key, err := os.ReadFile(filepath.Join(dir, "token"))
	if err != nil {
		t.Fatal(err)
	}
	w := &world{Node: node, conn: connect(t, url)}
	w.operator = persona{name: "operator", role: geo.RoleAdministrator, all: true, token: strings.TrimSpace(string(key)), address: w.address()}
	w.plant(t)
	w.populate(t)
	w.settle(t)
	return w
}

// address is one that no client had before: attempts to sign in are counted by it.
func (w *world) address() string {
	w.addresses++
	return fmt.Sprintf("198.18.%d.%d", w.addresses/256, w.addresses%256)
}

// plant makes divisions, organizations and reports.
func (w *world) plant(t *testing.T) {
	t.Helper()
	exec := func(sql string, args ...any) {
		if _, err := w.conn.Exec(t.Context(), sql, args...); err != nil {
			t.Fatalf("%s: %v", sql, err)
		}
	}
	for i, code := range []int64{330000000000, 330100000000, 330102000000, 330102001000, 330102001051} {
		exec(`insert into jingwei.division (code, level, parent, name, valid, label)
		      values ($1, $2, $3, $4, '[2000-01-01,)', 'srid=4326;point(120.1 30.2)')`,
			code, i+1, []any{nil, 330000000000, 330100000000, 330102000000, 330102001000}[i], []string{"浙江省", "杭州市", "上城区", "清波街道", "柳翠社区"}[i])
	}
	for i, s := range []*subtree{&w.in, &w.out} {
		side := []string{"内", "外"}[i]
		s.rootName, s.secret = side+"部总会", "秘"+side+"草稿"
		s.root = w.organization(t, s.rootName, 0, geo.StatusActive)
		s.public = w.organization(t, side+"部公开分会", s.root, geo.StatusActive)
		s.hidden = w.organization(t, s.secret, s.public, geo.StatusDraft)
		for j, at := range []*geo.ID{&s.openReport, &s.closedReport} {
			err := w.conn.QueryRow(t.Context(), `insert into jingwei.report (category, lon_e7, lat_e7, division_code, organization_id, channel, visibility, received_at)
				values ($1, 1201234567, 301234567, 330102001051, $2, 'web', $3, '2026-01-05') returning id`,
				[]string{"noise", "roads"}[j], s.public, []string{"public", "restricted"}[j]).Scan(at)
			if err != nil {
				t.Fatal(err)
			}
		}
		exec(`update jingwei.organization_version set jurisdiction = st_multi(st_makeenvelope(120.1, 30.1, 120.15, 30.15, 4326)) where organization_id in ($1, $2)`, s.public, s.hidden)
	}
	err := w.conn.QueryRow(t.Context(), `insert into jingwei.grid (code, kind, name, division_code, organization_id, geometry, valid)
		values ('G1', 'community_grid', '一格', 330102001051, $1, st_multi(st_makeenvelope(120.12, 30.12, 120.13, 30.13, 4326)), '[2020-01-01,)') returning id`, w.in.hidden).Scan(&w.grid)
	if err != nil {
		t.Fatal(err)
	}
}

// organization registers one.
func (w *world) organization(t *testing.T, name string, parent geo.ID, status string) geo.ID {
	t.Helper()
	above := "null"
	if parent != 0 {
		above = parent.String()
	}
	body := fmt.Sprintf(`{"kind":"village_committee","level":"village","name":%q,"parent":%s,"status":%q,"division":"330102001051","location":[120.1234567,30.1234567]}`, name, above, status)
	r := w.ask(t, w.operator, "POST", "/api/organizations", body)
	var made struct{ ID geo.ID }
	r.decode(t, http.StatusCreated, &made)
	return made.ID
}

// populate opens accounts: a clerk on either side, one in the subtree in who has more than anyone there, and people of
// every role.
func (w *world) populate(t *testing.T) {
	t.Helper()
	w.in.clerk = account{w.account(t, "clerk-inside", w.in.public, grantJSON(geo.RoleRegistrar, w.in.public), "").id, "clerk-inside"}
	w.out.clerk = account{w.account(t, "clerk-outside", w.out.public, grantJSON(geo.RoleRegistrar, w.out.public), "").id, "clerk-outside"}
	w.boss = account{w.account(t, "boss-of-all", w.in.public, grantJSON(geo.RoleAdministrator, 0), "").id, "boss-of-all"}
	w.people = []persona{{name: "everyone", address: w.address()}, w.operator}
	for _, role := range geo.Roles() {
		p := w.account(t, "person."+strings.ReplaceAll(string(role), "_", "-"), w.in.root, grantJSON(role, w.in.root), password)
		p.role = role
		w.people = append(w.people, p)
	}
	former := w.account(t, "person.former", w.in.root, fmt.Sprintf(`{"role":"administrator","organization":%d,"valid_from":"2020-01-01","valid_to":"2021-01-01"}`, w.in.root), password)
	top := w.account(t, "person.top", 0, grantJSON(geo.RoleAdministrator, 0), password)
	top.role, top.all = geo.RoleAdministrator, true
	reader := w.account(t, "person.reader", w.in.root, grantJSON(geo.RoleAdministrator, w.in.root), password)
	var made struct{ Token string }
	w.ask(t, reader, "POST", "/api/tokens", `{"name":"map","read_only":true}`).decode(t, http.StatusCreated, &made)
	reader = persona{name: "token that only reads", id: reader.id, role: geo.RoleAdministrator, reads: true, token: made.Token, address: reader.address}
	w.people = append(w.people, former, top, reader)
}

func grantJSON(role geo.Role, on geo.ID) string {
	if on == 0 {
		return fmt.Sprintf(`{"role":%q,"organization":null}`, role)
	}
	return fmt.Sprintf(`{"role":%q,"organization":%d}`, role, on)
}

// account opens an account; with a password its holder takes up the invitation.
func (w *world) account(t *testing.T, name string, of geo.ID, grant, password string) persona {
	t.Helper()
	place := "null"
	if of != 0 {
		place = of.String()
	}
	var made struct {
		Account struct{ ID geo.ID }
		Link    struct{ URL string }
	}
	w.ask(t, w.operator, "POST", "/api/accounts", fmt.Sprintf(`{"name":%q,"display_name":"Zeichen %s","organization":%s,"grants":[%s]}`, name, name, place, grant)).decode(t, http.StatusCreated, &made)
	p := persona{name: name, id: made.Account.ID, address: w.address()}
	if password == "" {
		return p
	}
	_, secret, _ := strings.Cut(made.Link.URL, "#/link/")
	r := w.ask(t, p, "POST", "/api/links/redeem", fmt.Sprintf(`{"link":%q,"password":%q}`, secret, password))
	return r.signedIn(t, p)
}

// signedIn returns p with the session that an answer opened.
func (r reply) signedIn(t *testing.T, p persona) persona {
	t.Helper()
	var session struct {
		CSRF    string `json:"csrf_token"`
		Session geo.ID `json:"session_id"`
	}
	r.decode(t, http.StatusOK, &session)
	p.cookie, _, _ = strings.Cut(strings.TrimPrefix(r.header.Get("Set-Cookie"), "jingwei_session="), ";")
	p.csrf, p.session = session.CSRF, session.Session
	return p
}

// settle waits until the indexes hold what was written.
func (w *world) settle(t *testing.T) {
	t.Helper()
	eventually(t, time.Minute, func() error {
		for layer, want := range map[string]string{
			"organizations": "select count(*) from jingwei.organization_version where upper_inf(recorded) and valid @> (now() at time zone 'Asia/Shanghai')::date",
			"reports":       "select count(*) from jingwei.report",
		} {
			var n int
			if err := w.conn.QueryRow(t.Context(), want).Scan(&n); err != nil {
				return err
			}
			r := w.ask(t, w.operator, "GET", "/api/"+layer+"?limit=1", "")
			var list struct{ NumberMatched int }
			if r.status != http.StatusOK || json.Unmarshal(r.body, &list) != nil || list.NumberMatched != n {
				return fmt.Errorf("%s: %d, SQL %d", layer, list.NumberMatched, n)
			}
		}
		return nil
	})
}

// reply is an answer that was read to its end.
type reply struct {
	request string
	status  int
	header  http.Header
	body    []byte
}

func (r reply) decode(t *testing.T, status int, v any) {
	t.Helper()
	if r.status != status {
		t.Fatalf("%s: %d %s, want %d", r.request, r.status, r.body, status)
	}
	if err := json.Unmarshal(r.body, v); err != nil {
		t.Fatalf("%s: %v", r.request, err)
	}
}

// ask sends a request of a persona; more are further headers, name and value in turn.
func (w *world) ask(t *testing.T, p persona, method, path, body string, more ...string) reply {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, w.URL+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("X-Forwarded-For", p.address)
	r.Header.Set("Accept-Encoding", "identity")
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	if p.token != "" {
		r.Header.Set("Authorization", "Bearer "+p.token)
	}
	if p.cookie != "" {
		r.Header.Set("Cookie", "jingwei_session="+p.cookie)
		r.Header.Set("X-CSRF-Token", p.csrf)
	}
	for i := 0; i < len(more); i += 2 {
		r.Header.Set(more[i], more[i+1])
	}
	answer, err := http.DefaultTransport.RoundTrip(r)
	if err != nil {
		t.Fatalf("%s %s: %v", method, path, err)
	}
	defer answer.Body.Close()
	out := reply{request: p.name + ": " + method + " " + path, status: answer.StatusCode, header: answer.Header}
	if strings.HasPrefix(answer.Header.Get("Content-Type"), "text/event-stream") {
		return out // without an end
	}
	if out.body, err = io.ReadAll(answer.Body); err != nil {
		t.Fatalf("%s: %v", out.request, err)
	}
	out.body = bytes.TrimSpace(out.body)
	return out
}
