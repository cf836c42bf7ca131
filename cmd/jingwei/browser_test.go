package main_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"jingwei/geo"
	"jingwei/geo/geotest"
)

// TestBrowser opens the viewer in a real Chromium and compares what it shows with SQL: api/web/e2e.
func TestBrowser(t *testing.T) {
	web := geotest.Path("api", "web")
	needs(t, filepath.Join(web, "node_modules"), "the npm packages are missing: make test installs them")
	needs(t, filepath.Join(web, "dist", "index.html"), "the viewer is not built: make web")
	needs(t, chromium(), "Chromium is missing: make test installs it")
	url := sampleDatabase(t)
	p := serve(t, t.TempDir(), "--database", url)
	query, err := os.ReadFile(filepath.Join(web, "e2e", "expected.sql"))
	if err != nil {
		t.Fatal(err)
	}
	var expected []byte
	conn := connect(t, url)
	if err := conn.QueryRow(t.Context(), string(query), geo.DayOf(time.Now()).Time()).Scan(&expected); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "expected.json")
	if err := os.WriteFile(file, expected, 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), "npm", "run", "--silent", "e2e")
	cmd.Dir = web
	cmd.Env = append(os.Environ(), "JINGWEI_URL="+p.url, "JINGWEI_SQL="+file, "JINGWEI_TOKEN="+p.token(t), "JINGWEI_CHROMIUM="+chromium())
	out, err := cmd.CombinedOutput()
	t.Logf("%s", out)
	if err != nil {
		t.Errorf("the browser test failed: %v", err)
	}
}

func chromium() string {
	if path := os.Getenv("JINGWEI_CHROMIUM"); path != "" {
		return path
	}
	return "/usr/bin/chromium"
}

// needs skips the test when path is missing, or fails it where everything is promised to be there.
func needs(t *testing.T, path, message string) {
	t.Helper()
	if _, err := os.Stat(path); err == nil {
		return
	}
	if os.Getenv("CI") == "true" {
		t.Fatal(message)
	}
	t.Skip(message)
}
