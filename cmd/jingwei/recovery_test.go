package main_test

import (
	"bufio"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"os/exec"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"jingwei/geo/geotest"
	"jingwei/geo/postgis/private"
)

// TestKillUnderEdits kills the server, PostgreSQL, or both while several clients write. What was answered with success
// must be there after the next start, once, and the index must equal the database.
func TestKillUnderEdits(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name string
		kill func(t *testing.T, p *program)
	}{
		{"server", func(_ *testing.T, p *program) { p.kill() }},
		{"both", func(t *testing.T, p *program) {
			if err := private.Signal(p.dataDir, syscall.SIGKILL); err != nil {
				t.Error(err)
			}
			p.kill()
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := geotest.OwnFolder(t)
			p := serve(t, dir)
			written := writeUntil(t, p, func() { c.kill(t, p) })
			again := serve(t, dir)
			again.expectWritten(t, written)
		})
	}
}

// TestPostgresKilledUnderTheServer: the server starts its PostgreSQL again by itself and goes on.
func TestPostgresKilledUnderTheServer(t *testing.T) {
	t.Parallel()
	p := serve(t, geotest.OwnFolder(t))
	written := writeUntil(t, p, func() {
		eventually(t, 10*time.Second, func() error { return private.Signal(p.dataDir, syscall.SIGKILL) })
	})
	// Backends may go on for a moment without their server: what they take is no sign that it is there again.
	eventually(t, time.Minute, func() error {
		_, _, err := private.Running(t.Context(), p.dataDir, "jingwei")
		return err
	})
	eventually(t, time.Minute, func() error {
		if a := p.do(t, http.MethodPost, "/api/organizations", organizationBody("后来村委会", 120, 30)); a.status != http.StatusCreated {
			return fmt.Errorf("create after the crash: %d %s", a.status, a.body)
		}
		return nil
	})
	p.expectWritten(t, append(written, "后来村委会"))
}

// TestImportAfterAKilledOne: without a server, an import starts the private PostgreSQL. Killed, it leaves it running; the
// next one completes the work with it and stops it.
func TestImportAfterAKilledOne(t *testing.T) {
	dir, table := geotest.OwnFolder(t), smallCountry(t).table
	first := exec.CommandContext(t.Context(), binary(t), "import", "divisions", table, "--data-dir", dir)
	if err := first.Start(); err != nil {
		t.Fatal(err)
	}
	eventually(t, time.Minute, func() error {
		url, _, err := private.Running(t.Context(), dir, "jingwei")
		if err != nil {
			return err
		}
		conn, err := pgx.Connect(t.Context(), url)
		if err != nil {
			return err
		}
		defer conn.Close(t.Context())
		var begun bool
		if err := conn.QueryRow(t.Context(), `select exists (select from jingwei.division)`).Scan(&begun); err != nil || !begun {
			return fmt.Errorf("no divisions yet, %v", err)
		}
		return nil
	})
	_ = first.Process.Kill()
	_ = first.Wait()
	if _, _, err := private.Running(t.Context(), dir, "jingwei"); err != nil {
		t.Fatalf("after the kill: %v", err)
	}
	out, err := exec.CommandContext(t.Context(), binary(t), "import", "divisions", table, "--data-dir", dir).CombinedOutput()
	if err != nil || !strings.Contains(string(out), "0 refused") {
		t.Errorf("the second import: %v\n%s", err, out)
	}
	if _, _, err := private.Running(t.Context(), dir, "jingwei"); !errors.Is(err, private.ErrNotRunning) {
		t.Errorf("PostgreSQL after the second import: %v", err)
	}
}

// writeUntil creates organizations from three clients, calls crash in the midst of it, and returns the names that were
// answered with 201.
func writeUntil(t *testing.T, p *program, crash func()) []string {
	t.Helper()
	var mu sync.Mutex
	var written []string
	var clients sync.WaitGroup
	for client := range 3 {
		clients.Go(func() {
			for n := 0; n < 5000; n++ {
				name := fmt.Sprintf("村委会%d-%d", client, n)
				if !p.create(name) {
					return
				}
				mu.Lock()
				written = append(written, name)
				mu.Unlock()
			}
		})
	}
	eventually(t, time.Minute, func() error {
		mu.Lock()
		defer mu.Unlock()
		if len(written) < 30 {
			return fmt.Errorf("%d written", len(written))
		}
		return nil
	})
	crash()
	clients.Wait()
	return written
}

// create reports whether the program took a new organization; a broken connection is no.
func (p *program) create(name string) bool {
	body := fmt.Sprintf(`{"name":%q,"kind":"village_committee","level":"village","division":"330102000000","location":[%f,%f]}`,
		name, 118+rand.Float64()*4, 28+rand.Float64()*3)
	req, err := http.NewRequest(http.MethodPost, p.url+"/api/organizations", strings.NewReader(body))
	if err != nil {
		return false
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Authorization", "Bearer "+p.tokenText())
	client := http.Client{Timeout: 20 * time.Second}
	res, err := client.Do(req)
	if err != nil {
		return false
	}
	defer res.Body.Close()
	return res.StatusCode == http.StatusCreated
}

// expectWritten checks that each name exists exactly once and that index and database are equal.
func (p *program) expectWritten(t *testing.T, names []string) {
	t.Helper()
	url, _, err := private.Running(t.Context(), p.dataDir, "jingwei")
	if err != nil {
		t.Fatal(err)
	}
	conn := connect(t, url)
	expectNames(t, conn, names)
	p.expectEqualToDatabase(t, conn)
}

// expectNames checks that of each name there is one organization.
func expectNames(t *testing.T, conn *pgx.Conn, names []string) {
	t.Helper()
	var missing, doubled int
	err := conn.QueryRow(t.Context(), `
		with found as (
		  select n, count(v.organization_id) as c
		  from unnest($1::text[]) n left join jingwei.organization_version v on v.name = n and upper_inf(recorded)
		  group by n)
		select count(*) filter (where c = 0), count(*) filter (where c > 1) from found`, names).Scan(&missing, &doubled)
	if err != nil {
		t.Fatal(err)
	}
	if missing > 0 || doubled > 0 {
		t.Errorf("of %d organizations that were answered with 201, %d are missing and %d doubled", len(names), missing, doubled)
	}
}

// TestKillWhileTheSampleLoads: the next start completes the sample.
func TestKillWhileTheSampleLoads(t *testing.T) {
	t.Parallel()
	dir := geotest.OwnFolder(t)
	first := exec.Command(binary(t), "--json", "serve", "--listen", "127.0.0.1:0", "--data-dir", dir)
	log, err := first.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := first.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(log)
	for lines.Scan() {
		if strings.Contains(lines.Text(), "sample: divisions") {
			break
		}
	}
	_ = first.Process.Kill()
	_ = first.Wait()
	p := serve(t, dir)
	var list struct{ NumberMatched int }
	p.get(t, "/api/organizations?limit=1").decode(t, &list)
	if list.NumberMatched != 25_424 {
		t.Errorf("%d organizations after a kill in the midst of loading, want 25,424", list.NumberMatched)
	}
}
