package main_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"jingwei/geo/geotest"
	"jingwei/geo/postgis/private"
)

// examined is what doctor says, by the names of checks; of several findings of one check, the worst.
type examined map[string]struct{ State, Sentence string }

// doctor runs it and checks that its exit code says whether anything failed.
func doctor(t testing.TB, args ...string) examined {
	t.Helper()
	var stderr strings.Builder
	cmd := exec.CommandContext(t.Context(), binary(t), append([]string{"--json", "doctor"}, args...)...)
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	var answer struct {
		Checks []struct{ Name, State, Sentence string }
	}
	if wrong := json.Unmarshal(out, &answer); wrong != nil {
		t.Fatalf("doctor %v: %v, %v\n%s%s", args, err, wrong, out, &stderr)
	}
	all, failed := examined{}, false
	for _, c := range answer.Checks {
		failed = failed || c.State == "fail"
		if all[c.Name].State != "fail" {
			all[c.Name] = struct{ State, Sentence string }{c.State, c.Sentence}
		}
	}
	code := 0
	if exit := (*exec.ExitError)(nil); errors.As(err, &exit) {
		code = exit.ExitCode()
	}
	if (code == 1) != failed || code > 1 {
		t.Errorf("doctor %v: exit code %d, %v", args, code, all)
	}
	return all
}

func (e examined) want(t testing.TB, name, state, says string) {
	t.Helper()
	if got := e[name]; got.State != state || !strings.Contains(got.Sentence, says) {
		t.Errorf("%s: %s %q, want %s and %q", name, got.State, got.Sentence, state, says)
	}
}

// TestDoctorReadsTheConfiguration: what cannot work fails, what is unwise is warned of.
func TestDoctorReadsTheConfiguration(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "data")
	providers, garbled, open := fileWith(t, "[]", 0o600), fileWith(t, "{", 0o600), fileWith(t, "[]", 0o666)
	for _, c := range []struct{ args, check, state, says string }{
		{"", "database", "warn", "no database yet"},
		{"", "data folder", "warn", "not there"},
		{"", "token", "warn", "none yet"},
		{"", "trusted proxies", "ok", "none"},
		{"", "public URL", "ok", "only this machine"},
		{"--database postgres://nobody@/none?host=/nonexistent", "database", "fail", "cannot be used"},
		{"--trusted-proxy here", "trusted proxies", "fail", "not a network"},
		{"--trusted-proxy 10.0.0.0/8 --trusted-proxy ::/0", "trusted proxies", "fail", "everyone"},
		{"--trusted-proxy 10.0.0.0/8", "trusted proxies", "ok", "10.0.0.0/8"},
		{"--trusted-proxy 0.0.0.0/1 --trusted-proxy 128.0.0.0/1", "trusted proxies", "fail", "everyone"},
		{"--trusted-proxy 2000::/3", "trusted proxies", "fail", "everyone"},
		{"--trusted-proxy fc00::/7", "trusted proxies", "ok", "fc00::/7"},
		{"--public-url https://map.example.cn", "trusted proxies", "warn", "--trusted-proxy"},
		{"--public-url https://map.example.cn", "public URL", "ok", "https://map.example.cn"},
		{"--public-url http://map.example.cn", "public URL", "warn", "not encrypted"},
		{"--public-url http://localhost:8080", "public URL", "ok", ""},
		{"--public-url http://[::1]", "public URL", "ok", ""},
		{"--public-url map.example.cn", "public URL", "fail", "not an address"},
		{"--public-url https://a:b@map.example.cn", "public URL", "fail", "not an address"},
		{"--public-url https://map.example.cn/?x", "public URL", "fail", "not an address"},
		{"--listen 0.0.0.0:80", "public URL", "warn", "--public-url"},
		{"", "listen", "ok", "only this machine"},
		{"--listen [::1]:80", "listen", "ok", "only this machine"},
		{"--listen :8080", "listen", "warn", "without encryption"},
		{"--listen 0.0.0.0:80 --public-url http://127.0.0.1", "listen", "warn", "without encryption"},
		{"--listen 10.1.2.3:80 --public-url https://map.example.cn", "listen", "ok", "nobody but the proxy"},
		{"--basemaps /nonexistent", "base maps", "fail", "/nonexistent"},
		{"--oidc /nonexistent", "OpenID providers", "fail", "/nonexistent"},
		{"--oidc " + providers + " --public-url https://map.example.cn", "OpenID providers", "ok", "lists 0"},
		{"--oidc " + providers, "OpenID providers", "warn", "--public-url"},
		{"--basemaps " + providers, "base maps", "ok", "lists 0"},
		{"--oidc " + garbled + " --public-url https://map.example.cn", "OpenID providers", "fail", "JSON list"},
		{"--basemaps " + open, "base maps", "fail", "chmod go-w"},
	} {
		t.Run(c.args, func(t *testing.T) {
			doctor(t, append(strings.Fields(c.args), "--data-dir", dir)...).want(t, c.check, c.state, c.says)
		})
	}
	if _, err := os.Stat(dir); err == nil {
		t.Error("doctor made the data folder")
	}
}

// fileWith returns the path of a file with some content.
func fileWith(t *testing.T, text string, mode os.FileMode) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "file.json")
	if err := errors.Join(os.WriteFile(path, []byte(text), mode), os.Chmod(path, mode)); err != nil {
		t.Fatal(err)
	}
	return path
}

// TestDoctorTellsTheLinesOfDefence: those that are missing come with what a superuser does about it.
func TestDoctorTellsTheLinesOfDefence(t *testing.T) {
	url := geotest.Database(t)
	args := []string{"--database", url, "--data-dir", filepath.Join(t.TempDir(), "data")}
	e := doctor(t, args...)
	for _, name := range []string{"public_role", "app_role", "index_role", "row_security", "spatial_index", "audit_triggers"} {
		e.want(t, "defence "+name, "ok", "")
	}
	conn := connect(t, url)
	for _, sql := range []string{`alter table jingwei.report disable row level security`, `alter function geometry_overlaps(geometry, geometry) not leakproof`,
		`alter table jingwei.audit disable trigger audit_refuse`} {
		if _, err := conn.Exec(t.Context(), sql); err != nil {
			t.Fatal(err)
		}
	}
	e = doctor(t, args...)
	e.want(t, "defence row_security", "warn", "alter table jingwei.report enable row level security;")
	e.want(t, "defence spatial_index", "warn", "leakproof;")
	e.want(t, "defence audit_triggers", "warn", "alter table jingwei.audit enable always trigger audit_refuse;")
	e.want(t, "defence public_role", "ok", "")
}

// TestDoctorReadsTheDataFolder: who else may write into it, or read the token.
func TestDoctorReadsTheDataFolder(t *testing.T) {
	dir := t.TempDir()
	token := filepath.Join(dir, "token")
	if err := os.WriteFile(token, []byte("a-token-that-is-long-enough\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		dir, token    os.FileMode
		dirOK, fileOK string
	}{{0o755, 0o600, "ok", "ok"}, {0o777, 0o600, "fail", "ok"}, {0o775, 0o600, "fail", "ok"}, {0o755, 0o640, "ok", "fail"}, {0o755, 0o604, "ok", "fail"}} {
		if err := errors.Join(os.Chmod(dir, c.dir), os.Chmod(token, c.token)); err != nil {
			t.Fatal(err)
		}
		e := doctor(t, "--data-dir", dir)
		e.want(t, "data folder", c.dirOK, "")
		e.want(t, "token", c.fileOK, "")
	}
}

// TestDoctorVerifiesTheAudit: writes to a server are sealed within moments, the head is noted outside of the database,
// and whatever is falsified in there is found, the end of the chain too.
func TestDoctorVerifiesTheAudit(t *testing.T) {
	t.Parallel()
	url, dir := geotest.Database(t), geotest.OwnFolder(t)
	conn := connect(t, url)
	if _, err := conn.Exec(t.Context(), `insert into jingwei.division (code, level, name, valid) values (330102000000, 3, '上城区', '[2020-01-01,)')`); err != nil {
		t.Fatal(err)
	}
	p := serve(t, dir, "--database", url)
	flags := []string{"--database", url, "--data-dir", dir}
	create := func(name string) {
		t.Helper()
		if !p.create(name) {
			t.Fatal("not created")
		}
	}
	create("甲村委会")
	sealed := func() {
		t.Helper()
		eventually(t, 20*time.Second, func() error {
			var n int
			if err := conn.QueryRow(t.Context(), `select count(*) from jingwei.audit a where not exists (select from jingwei.audit_seal s where s.ids @> a.id)`).Scan(&n); err != nil || n > 0 {
				return fmt.Errorf("%d entries are not sealed, %v", n, err)
			}
			return nil
		})
	}
	sealed()
	create("乙村委会")
	sealed()
	p.stop(t)
	e := doctor(t, flags...)
	e.want(t, "database", "ok", "PostgreSQL")
	e.want(t, "audit", "ok", "noted in "+dir)
	e.want(t, "audit seals", "ok", "every entry is sealed")
	head, err := os.ReadFile(filepath.Join(dir, "audit-head"))
	if err != nil || !strings.Contains(e["audit"].Sentence, strings.TrimSpace(string(head))) {
		t.Errorf("the head %s is not what doctor tells: %s, %v", head, e["audit"].Sentence, err)
	}
	falsify := func(sql string) {
		t.Helper()
		if _, err := conn.Exec(t.Context(), `alter table jingwei.audit disable trigger user; alter table jingwei.audit_seal disable trigger user; `+sql); err != nil {
			t.Fatal(err)
		}
	}
	falsify(`update jingwei.audit set actor = actor || 'x' where id = 1`)
	doctor(t, flags...).want(t, "audit", "fail", "altered")
	falsify(`update jingwei.audit set actor = left(actor, -1) where id = 1`)
	doctor(t, flags...).want(t, "audit", "ok", "")
	falsify(`with s as (delete from jingwei.audit_seal where n = (select max(n) from jingwei.audit_seal) returning ids) delete from jingwei.audit a using s where a.id <@ s.ids`)
	doctor(t, flags...).want(t, "audit", "fail", "its end was removed")
	other := []string{"--database", url, "--data-dir", t.TempDir()}
	doctor(t, other...).want(t, "audit", "ok", "no head was noted")
	doctor(t, append(other, "--head", strings.TrimSpace(string(head)))...).want(t, "audit", "fail", "its end was removed")

	// A server does not write over the evidence.
	p = serve(t, dir, "--database", url)
	create("丙村委会")
	sealed()
	p.stop(t)
	if now, err := os.ReadFile(filepath.Join(dir, "audit-head")); err != nil || string(now) != string(head) {
		t.Errorf("the head became %s, %v", now, err)
	}
	if !strings.Contains(p.log.String(), "which was noted here") {
		t.Errorf("the log says nothing of it: %s", &p.log)
	}
	doctor(t, flags...).want(t, "audit", "fail", "not the one that was noted")
	if out, err := exec.Command(binary(t), append([]string{"doctor"}, flags...)...).CombinedOutput(); err == nil || !strings.Contains(string(out), "fail  audit  ") {
		t.Errorf("the table for people: %v\n%s", err, out)
	}
}

// TestAuditSurvivesKills kills server and PostgreSQL while clients write: each write that was answered is in the audit,
// and the chain holds.
func TestAuditSurvivesKills(t *testing.T) {
	t.Parallel()
	dir := geotest.OwnFolder(t)
	p := serve(t, dir)
	written := writeUntil(t, p, func() {
		if err := private.Signal(p.dataDir, 9); err != nil {
			t.Error(err)
		}
		p.kill()
	})
	again := serve(t, dir)
	url, _, err := private.Running(t.Context(), dir, "jingwei")
	if err != nil {
		t.Fatal(err)
	}
	var missing int
	err = connect(t, url).QueryRow(t.Context(), `
select count(*) from unnest($1::text[]) n
where not exists (select from jingwei.audit a where a.action = 'organization.create' and a.after->>'name' = n and a.via = 'operator')`, written).Scan(&missing)
	if err != nil || missing > 0 {
		t.Errorf("%d of %d writes are not in the audit, %v", missing, len(written), err)
	}
	again.stop(t)
	e := doctor(t, "--data-dir", dir) // starts the private PostgreSQL for the time
	e.want(t, "audit", "ok", "noted in")
	e.want(t, "audit seals", "ok", "every entry is sealed")
}

// TestViewsSurviveTheEnd: a view that was answered just before the server was told to stop is in the audit, and sealed.
func TestViewsSurviveTheEnd(t *testing.T) {
	url, dir := geotest.Database(t), t.TempDir()
	p := serve(t, dir, "--database", url)
	for i := range 40 {
		a := p.do(t, http.MethodGet, fmt.Sprintf("/api/organizations/%d", i+1), nil, "Authorization", "Bearer "+p.token(t))
		if a.status != http.StatusNotFound {
			t.Fatalf("%d %s", a.status, a.body)
		}
	}
	p.stop(t)
	var views, sealed int
	err := connect(t, url).QueryRow(t.Context(), `
select count(*), count(*) filter (where exists (select from jingwei.audit_seal s where s.ids @> a.id))
from jingwei.audit a where a.action = 'organization.read'`).Scan(&views, &sealed)
	if err != nil || views != 40 || sealed != 40 {
		t.Errorf("%d views, %d of them sealed, %v; want 40", views, sealed, err)
	}
}

// TestCommandsNameThemselves: what the command line does is in the audit as such.
func TestCommandsNameThemselves(t *testing.T) {
	url, dir := geotest.Database(t), t.TempDir()
	out, err := exec.Command(binary(t), "account", "add", "liu", "--role", "administrator", "--on", "all", "--database", url, "--data-dir", dir).CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	p := serve(t, dir, "--database", url)
	a := p.do(t, http.MethodGet, "/api/audit?action=account.create", nil, "Authorization", "Bearer "+p.token(t))
	var list struct {
		Items []struct{ Actor, Via string }
	}
	a.decode(t, &list)
	if len(list.Items) != 1 || list.Items[0].Actor != "operator" || list.Items[0].Via != "cli" {
		t.Errorf("%s", a.body)
	}
}
