package main_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/cookiejar"
	"os"
	"os/exec"
	"strings"
	"testing"

	"jingwei/geo/geotest"
)

// command runs a verb on a database with what it reads from the standard input, and returns what it writes and its exit code.
func command(t testing.TB, database, in string, args ...string) (string, int) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), binary(t), append(args, "--database", database)...)
	cmd.Stdin = strings.NewReader(in)
	cmd.Env = append(os.Environ(), "JINGWEI_DATA_DIR="+t.TempDir(), "JINGWEI_PUBLIC_URL=")
	out, err := cmd.Output()
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		return string(out) + string(exit.Stderr), exit.ExitCode()
	}
	if err != nil {
		t.Fatal(err)
	}
	return string(out), 0
}

// visitor is a browser in which somebody signs in.
type visitor struct {
	http.Client
	url, csrf string
}

func newVisitor(t testing.TB, p *program) *visitor {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return &visitor{Client: http.Client{Jar: jar}, url: p.url}
}

// send sends JSON with the token of the session and reads an answer of the wanted status into out, unless that is nil.
func (v *visitor) send(t testing.TB, method, path, body string, status int, out any) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, v.url+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("X-CSRF-Token", v.csrf)
	a, err := v.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer a.Body.Close()
	var raw json.RawMessage
	if err := json.NewDecoder(a.Body).Decode(&raw); err != nil && a.StatusCode != http.StatusNoContent {
		t.Fatal(err)
	}
	if a.StatusCode != status {
		t.Fatalf("%s %s: %d %s, want %d", method, path, a.StatusCode, raw, status)
	}
	var session struct {
		CSRFToken string `json:"csrf_token"`
	}
	if json.Unmarshal(raw, &session) == nil && session.CSRFToken != "" {
		v.csrf = session.CSRFToken
	}
	if out != nil {
		if err := json.Unmarshal(raw, out); err != nil {
			t.Fatalf("%v in %s", err, raw)
		}
	}
}

func secretOf(t testing.TB, link string) string {
	t.Helper()
	_, secret, ok := strings.Cut(link, "/console#/link/")
	if !ok {
		t.Fatalf("%q is no link", link)
	}
	return strings.TrimSpace(secret)
}

// TestFirstStart goes from a database without accounts to a committee that is signed in, with real passwords. The link of
// each start holds until one of them was used.
func TestFirstStart(t *testing.T) {
	t.Parallel()
	database := geotest.Database(t)
	before := start(t, t.TempDir(), "--database", database)
	earlier := before.first
	before.stop(t)
	p := serve(t, t.TempDir(), "--database", database)
	if earlier == "" || p.first == "" || earlier == p.first || !strings.HasPrefix(p.first, p.url+"/console#/link/") {
		t.Fatalf("links %q and %q", earlier, p.first)
	}
	admin := newVisitor(t, p)
	const body = `{"link":%q,"password":"juniper harbour 71","name":"admin","display_name":"管理员"}`
	admin.send(t, "POST", "/api/links/redeem", fmt.Sprintf(body, secretOf(t, p.first)), http.StatusOK, nil)
	newVisitor(t, p).send(t, "POST", "/api/links/redeem", fmt.Sprintf(body, secretOf(t, earlier)), http.StatusNotFound, nil)

	var opened struct{ Link struct{ URL string } }
	admin.send(t, "POST", "/api/accounts", `{"name":"committee","display_name":"村委","grants":[{"role":"registrar","organization":null}]}`, http.StatusCreated, &opened)
	committee := newVisitor(t, p)
	weak := fmt.Sprintf(`{"link":%q,"password":"1234567890"}`, secretOf(t, opened.Link.URL))
	committee.send(t, "POST", "/api/links/redeem", weak, http.StatusBadRequest, nil)
	good := fmt.Sprintf(`{"link":%q,"password":"plum lantern 2026"}`, secretOf(t, opened.Link.URL))
	committee.send(t, "POST", "/api/links/redeem", good, http.StatusOK, nil)
	again := newVisitor(t, p)
	again.send(t, "POST", "/api/session", `{"name":"committee","password":"plum lantern 2027"}`, http.StatusUnauthorized, nil)
	var session struct{ Account struct{ Name string } }
	again.send(t, "POST", "/api/session", `{"name":"Committee","password":"plum lantern 2026"}`, http.StatusOK, &session)
	if session.Account.Name != "committee" {
		t.Errorf("%+v", session)
	}
	p.stop(t)
	if after := start(t, t.TempDir(), "--database", database); after.first != "" {
		t.Errorf("a link for the first account although there is one: %s", after.first)
	}
	if strings.Contains(p.log.String(), "juniper") || strings.Contains(p.log.String(), secretOf(t, p.first)) {
		t.Error("a secret is in the log")
	}
}

func TestAccountVerbs(t *testing.T) {
	t.Parallel()
	database := geotest.Database(t)
	out, code := command(t, database, "", "account", "add", "invited", "--display-name", "受邀", "--role", "analyst", "--on", "all")
	if code != 0 || !strings.Contains(out, "http://127.0.0.1:8080/console#/link/") {
		t.Fatalf("%d %s", code, out)
	}
	if out, code = command(t, database, "wisteria cannot 9\n", "account", "add", "direct", "--password-stdin"); code != 0 || strings.Contains(out, "#/link/") {
		t.Fatalf("%d %s", code, out)
	}
	if out, code = command(t, database, "", "account", "grant", "direct", "administrator", "all", "--from", "2026-01-01", "--to", "2100-01-01"); code != 0 || out != "direct is administrator of everything from 2026-01-01 until 2100-01-01\n" {
		t.Errorf("%d %s", code, out)
	}
	token, code := command(t, database, "", "account", "token", "invited", "nightly", "--read-only")
	if code != 0 || !strings.HasPrefix(token, "jw_") {
		t.Fatalf("%d %s", code, token)
	}
	out, code = command(t, database, "", "account", "list")
	for _, want := range []string{"direct", "invited", "受邀", "password to change", "analyst of everything", "administrator of everything from 2026-01-01"} {
		if code != 0 || !strings.Contains(out, want) {
			t.Errorf("the list lacks %q: %d\n%s", want, code, out)
		}
	}
	out, code = command(t, database, "", "account", "list", "--json")
	var listed struct{ Name, State string }
	if err := json.NewDecoder(strings.NewReader(out)).Decode(&listed); err != nil || code != 0 || listed.Name != "direct" || listed.State != "password to change" {
		t.Errorf("%+v, %v, %d", listed, err, code)
	}
	for _, c := range []struct {
		in, args string
		code     int
	}{
		{"", "account add x", 2}, {"short\n", "account add another --password-stdin", 2}, {"", "account add another --role analyst", 2}, {"", "account add another --on all", 2},
		{"", "account add another --role king --on all", 2}, {"", "account add another --organization 5", 1}, {"", "account add direct", 1},
		{"", "account grant nobody analyst all", 1}, {"", "account grant direct analyst some", 2}, {"", "account grant direct analyst all --from tomorrow", 2},
		{"", "account token direct x --days 400", 2}, {"", "account token nobody x", 1},
	} {
		if out, code := command(t, database, c.in, strings.Fields(c.args)...); code != c.code {
			t.Errorf("%s: exit code %d, want %d: %s", c.args, code, c.code, out)
		}
	}

	p := serve(t, t.TempDir(), "--database", database)
	if p.first != "" {
		t.Errorf("a link for the first account: %s", p.first)
	}
	if a := p.get(t, "/api/session", "Authorization", "Bearer "+strings.TrimSpace(token)); !strings.Contains(string(a.body), `"via":"token"`) {
		t.Errorf("%s", a.body)
	}
	direct := newVisitor(t, p)
	direct.send(t, "POST", "/api/session", `{"name":"direct","password":"wisteria cannot 9"}`, http.StatusOK, nil)
	direct.send(t, "GET", "/api/accounts", "", http.StatusForbidden, nil)
	direct.send(t, "PUT", "/api/session/password", `{"current":"wisteria cannot 9","new":"wisteria can 10"}`, http.StatusNoContent, nil)
	direct.send(t, "GET", "/api/accounts", "", http.StatusOK, nil)
}
