package main_test

import (
	"encoding/json"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"jingwei/geo"
)

// desk is where, and in which language, somebody sits before the console.
type desk struct{ size, language string }

// consoleTest is a server with the sample for tests of the console in a real Chromium at a desk.
type consoleTest struct {
	*program
	web, database string
	conn          *pgx.Conn
	env           []string
}

// newConsoleTest is at the desk of JINGWEI_SIZE and JINGWEI_LANGUAGE where these are set.
func newConsoleTest(t *testing.T, at desk) *consoleTest {
	t.Helper()
	if size := os.Getenv("JINGWEI_SIZE"); size != "" {
		at = desk{size, os.Getenv("JINGWEI_LANGUAGE")}
	}
	web, database := webFolder(t), sampleDatabase(t)
	p := serve(t, t.TempDir(), "--database", database)
	return &consoleTest{p, web, database, connect(t, database), append(os.Environ(), "JINGWEI_URL="+p.url, "JINGWEI_FIRST="+p.first,
		"JINGWEI_CHROMIUM="+chromium(), "JINGWEI_SIZE="+at.size, "JINGWEI_LANGUAGE="+at.language)}
}

// browse runs a browser test, named by its file, with more in its environment.
func (c *consoleTest) browse(t *testing.T, name string, env ...string) {
	t.Helper()
	browse(t, c.web, append(c.env[:len(c.env):len(c.env)], env...), name)
}

// desks is the phone in Chinese; all four, which takes four times as long, when JINGWEI_ALL_DESKS is set. Histories are
// looked at in English at a desk, verifications in Chinese.
func desks() []desk {
	if os.Getenv("JINGWEI_ALL_DESKS") != "" {
		return []desk{{"phone", "zh"}, {"phone", "en"}, {"desktop", "zh"}, {"desktop", "en"}}
	}
	return []desk{{"phone", "zh"}}
}

// TestConsole goes in a real Chromium from the first start of the program to a committee at work, at a phone and at a
// desk: api/web/e2e/console.test.ts.
func TestConsole(t *testing.T) {
	t.Parallel()
	for _, desk := range desks() {
		t.Run(desk.size+" "+desk.language, func(t *testing.T) {
			c := newConsoleTest(t, desk)
			registerTree(t, c.program, c.conn)
			c.browse(t, "console")
			const name, password = "foreign.chosen", "chosen by somebody else"
			openWithPassword(t, c.database, name, password)
			c.browse(t, "password", "JINGWEI_FOREIGN="+name+"\n"+password)
		})
	}
}

// registerTree registers an organization with some below it. By its name it is among the first of the topmost ones.
func registerTree(t *testing.T, p *program, conn *pgx.Conn) {
	t.Helper()
	var division string
	if err := conn.QueryRow(t.Context(), `select min(division_code)::text from jingwei.organization_version`).Scan(&division); err != nil {
		t.Fatal(err)
	}
	var top struct{ ID geo.ID }
	for _, name := range []string{"一一区社会工作部", "柳塘试点村民委员会", "龙井试点村民委员会"} {
		body := map[string]any{"kind": "village_committee", "level": "village", "name": name, "division": division, "location": []float64{120.1, 30.2}}
		if top.ID != 0 {
			body["parent"] = top.ID
		}
		a := p.do(t, http.MethodPost, "/api/organizations", body)
		if a.status != http.StatusCreated {
			t.Fatalf("registration of %s: %d %s", name, a.status, a.body)
		}
		if top.ID == 0 {
			if err := json.Unmarshal(a.body, &top); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// openWithPassword opens an account with a password that its holder must change.
func openWithPassword(t *testing.T, url, name, password string) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), binary(t), "account", "add", name, "--password-stdin", "--database", url)
	cmd.Stdin = strings.NewReader(password + "\n")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("account add: %v\n%s", err, out)
	}
}
