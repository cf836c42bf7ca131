package main_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"jingwei/geo/geotest"
)

// secretKeeper is a browser before the program, which remembers every secret that it sends or gets.
type secretKeeper struct {
	*program
	cookie, csrf string
	secrets      map[string]string // what each is, by the secret
}

// ask sends a request and returns the status; what the answer holds goes into v.
func (w *secretKeeper) ask(t *testing.T, method, path string, body map[string]any, v any, header ...string) int {
	t.Helper()
	for _, name := range []string{"password", "current", "new", "link"} {
		if secret, ok := body[name].(string); ok {
			w.secrets[secret] = name
		}
	}
	text, err := json.Marshal(body)
	if err != nil {
		t.Fatal(err)
	}
	r, err := http.NewRequestWithContext(t.Context(), method, w.url+path, strings.NewReader(string(text)))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Cookie", "jingwei_session="+w.cookie)
	r.Header.Set("X-CSRF-Token", w.csrf)
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	a, err := http.DefaultTransport.RoundTrip(r)
	if err != nil {
		t.Fatal(err)
	}
	defer a.Body.Close()
	for _, c := range a.Cookies() {
		w.cookie = c.Value
		w.secrets[c.Value] = "cookie"
	}
	answer, err := io.ReadAll(a.Body)
	if err != nil {
		t.Fatal(err)
	}
	var session struct {
		CSRF string `json:"csrf_token"`
	}
	if json.Unmarshal(answer, &session) == nil && session.CSRF != "" {
		w.csrf = session.CSRF
		w.secrets[w.csrf] = "csrf"
	}
	if v != nil && json.Unmarshal(answer, v) != nil {
		t.Fatalf("%s %s: %d %s", method, path, a.StatusCode, answer)
	}
	return a.StatusCode
}

// TestSecretsAreInNoLog: not in that of the program from its first start to a recovered account, at its most talkative, and
// not where something fails or comes in the wrong place.
func TestSecretsAreInNoLog(t *testing.T) {
	t.Setenv("JINGWEI_DEBUG", "1")
	url, dir := geotest.Database(t), geotest.OwnFolder(t)
	p := serve(t, dir, "--database", url)
	key, err := os.ReadFile(filepath.Join(dir, "token"))
	if err != nil {
		t.Fatal(err)
	}
	operator := strings.TrimSpace(string(key))
	w := &secretKeeper{program: p, secrets: map[string]string{operator: "operator's token"}}
	want := func(what string, got, status int) {
		t.Helper()
		if got != status {
			t.Errorf("%s: %d, want %d", what, got, status)
		}
	}
	const first, second, third = "tram ofen gleis 1", "tram ofen gleis 2", "tram ofen gleis 3"
	want("first account", w.ask(t, "POST", "/api/links/redeem", map[string]any{"link": secretOf(t, p.first), "password": first, "name": "top.office", "display_name": "总办"}, nil), 200)
	want("new password", w.ask(t, "PUT", "/api/session/password", map[string]any{"current": first, "new": second}, nil), 204)
	want("renewed session", w.ask(t, "GET", "/api/session", nil, nil), 200)
	want("weak password", w.ask(t, "PUT", "/api/session/password", map[string]any{"current": second, "new": "woaini1314"}, nil), 400)
	want("wrong password", w.ask(t, "POST", "/api/session", map[string]any{"name": "top.office", "password": "tram ofen gleis 4"}, nil), 401)
	want("unknown name", w.ask(t, "POST", "/api/session", map[string]any{"name": "nobody", "password": "tram ofen gleis 5"}, nil), 401)
	want("password for a name", w.ask(t, "POST", "/api/session", map[string]any{"name": "tram ofen gleis 6", "password": "x"}, nil), 401)
	w.secrets["tram ofen gleis 6"] = "password in the wrong field"
	want("sign-in", w.ask(t, "POST", "/api/session", map[string]any{"name": "top.office", "password": second}, nil), 200)
	var made struct{ Token string }
	want("token", w.ask(t, "POST", "/api/tokens", map[string]any{"name": "map"}, &made), 201)
	w.secrets[made.Token] = "token"
	bearer := &secretKeeper{program: p, secrets: w.secrets}
	want("use of the token", bearer.ask(t, "GET", "/api/session", nil, nil, "Authorization", "Bearer "+made.Token), 200)
	want("garbled token", bearer.ask(t, "GET", "/api/session", nil, nil, "Authorization", "Bearer "+made.Token+"x"), 401)
	want("token in the address", bearer.ask(t, "GET", "/api/organizations?token="+made.Token, nil, nil), 400)
	want("other scheme", bearer.ask(t, "GET", "/api/session", nil, nil, "Authorization", "Basic dHJhbTpvZmVu"), 401)
	w.secrets["dHJhbTpvZmVu"] = "Authorization"
	want("operator", bearer.ask(t, "GET", "/api/session", nil, nil, "Authorization", "Bearer "+operator), 200)
	var opened struct {
		Account struct{ ID int64 }
		Link    struct{ URL string }
	}
	want("invitation", w.ask(t, "POST", "/api/accounts", map[string]any{"name": "village.office", "display_name": "村办"}, &opened), 201)
	guest := &secretKeeper{program: p, secrets: w.secrets}
	want("look at the link", guest.ask(t, "POST", "/api/links/inspect", map[string]any{"link": secretOf(t, opened.Link.URL)}, nil), 200)
	want("use of the link", guest.ask(t, "POST", "/api/links/redeem", map[string]any{"link": secretOf(t, opened.Link.URL), "password": third}, nil), 200)
	var recovery struct{ URL string }
	want("recovery", w.ask(t, "POST", fmt.Sprintf("/api/accounts/%d/recovery", opened.Account.ID), nil, &recovery), 201)
	want("recovered", guest.ask(t, "POST", "/api/links/redeem", map[string]any{"link": secretOf(t, recovery.URL), "password": third + "4"}, nil), 200)
	want("used link", guest.ask(t, "POST", "/api/links/redeem", map[string]any{"link": secretOf(t, recovery.URL), "password": third + "5"}, nil), 404)
	want("write without the token of the session", guest.ask(t, "DELETE", "/api/session", nil, nil, "X-CSRF-Token", "x"), 403)
	want("sign-out", guest.ask(t, "DELETE", "/api/session", nil, nil), 204)

	if _, err := connect(t, url).Exec(t.Context(), "alter table jingwei.session rename to elsewhere; alter table jingwei.sign_in_failure rename to nowhere"); err != nil {
		t.Fatal(err)
	}
	want("sign-in that fails", w.ask(t, "POST", "/api/session", map[string]any{"name": "top.office", "password": second}, nil), 500)
	want("session that fails", w.ask(t, "GET", "/api/session", nil, nil), 500)
	p.stop(t)
	log := p.log.String()
	if !strings.Contains(log, `"level":"DEBUG"`) || !strings.Contains(log, `"path":"/api/tokens"`) || !strings.Contains(log, `"level":"ERROR"`) {
		t.Errorf("the log is not at its most talkative:\n%s", log)
	}
	for secret, what := range w.secrets {
		if len(secret) > 5 && strings.Contains(log, secret) {
			t.Errorf("the log holds a %s, %s", what, secret)
		}
	}
	if len(w.secrets) < 20 || strings.Contains(log, "argon2id") || strings.Contains(strings.ToLower(log), "bearer ") {
		t.Errorf("%d secrets; log:\n%s", len(w.secrets), log)
	}
}

// TestPasswordOfTheDatabaseIsInNoOutput of any verb, also when the database does not answer or the URL is garbled.
func TestPasswordOfTheDatabaseIsInNoOutput(t *testing.T) {
	t.Setenv("JINGWEI_DEBUG", "1")
	verbs := [][]string{{"serve", "--listen", "127.0.0.1:0"}, {"migrate"}, {"doctor"}, {"account", "list"}, {"sample", "load"}, {"psql", "--", "-c", "select 1"}}
	for _, url := range []string{"postgres://u:hunter2@127.0.0.1:1/db", "postgres://u:hunter@2@127.0.0.1:1/db", "postgres://u:1/hunter2@127.0.0.1:1/db", "host=127.0.0.1 port=1 user=u password=hunter2", "postgres://u:hunter%zz2@127.0.0.1:1/db"} {
		for _, verb := range verbs {
			cmd := exec.Command(binary(t), slices.Concat(verb[:1:1], []string{"--data-dir", t.TempDir()}, verb[1:])...)
			if len(verb) > 1 && (verb[0] == "account" || verb[0] == "sample") {
				cmd = exec.Command(binary(t), slices.Concat(verb, []string{"--data-dir", t.TempDir()})...)
			}
			cmd.Env = append(os.Environ(), "JINGWEI_DATABASE="+url)
			out, err := cmd.CombinedOutput()
			if err == nil || strings.Contains(string(out), "hunter") {
				t.Errorf("%v of %s: %v\n%s", verb, url, err, out)
			}
		}
	}
}

// TestPsqlIsGivenNoPasswordInItsArguments: everybody on the machine can read them.
func TestPsqlIsGivenNoPasswordInItsArguments(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "psql"), []byte("#!/bin/sh\necho \"$@ with $PGPASSWORD\"\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	for url, want := range map[string]string{
		"postgres://u:hunter%202@127.0.0.1:1/db?sslmode=disable": "postgres://u@127.0.0.1:1/db?sslmode=disable -c x with hunter 2",
		"postgres://u@127.0.0.1:1/db":                            "postgres://u@127.0.0.1:1/db -c x with",
		"postgres:///db?host=/run/x":                             "postgres:///db?host=/run/x -c x with",
	} {
		cmd := exec.Command(binary(t), "psql", "--data-dir", dir, "--", "-c", "x")
		cmd.Env = append(os.Environ(), "PATH="+dir+":"+os.Getenv("PATH"), "JINGWEI_DATABASE="+url)
		if out, err := cmd.CombinedOutput(); err != nil || strings.TrimSpace(string(out)) != want {
			t.Errorf("%s: %v %s, want %s", url, err, out, want)
		}
	}
}
