package private_test

import (
	"bytes"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"jingwei/geo/postgis/private"
)

func TestLongPath(t *testing.T) {
	for _, tc := range []struct {
		name      string
		length    int
		elsewhere bool
	}{
		{"over a socket address", 150, false},
		{"over what PostgreSQL takes", 1200, true},
	} {
		t.Run(tc.name, func(t *testing.T) {
			c := config(t)
			for len(c.Dir) < tc.length {
				c.Dir = filepath.Join(c.Dir, strings.Repeat("长", 20))
			}
			cluster := start(t, c)
			execute(t, cluster, "CREATE TABLE kept AS SELECT 1")
			socket := query(t, cluster, "SELECT trim('\"' FROM current_setting('unix_socket_directories'))")
			if isLink(c) != tc.elsewhere {
				t.Errorf("elsewhere = %v, want %v", isLink(c), tc.elsewhere)
			}
			stop(t, cluster)
			if strings.HasPrefix(socket, "/tmp/jingwei-") == exists(socket) {
				t.Errorf("%s: a folder in /tmp is to go, one beside the data to stay", socket)
			}
			if got := query(t, start(t, c), "SELECT count(*)::text FROM kept"); got != "1" {
				t.Errorf("kept has %s rows", got)
			}
		})
	}
}

// TestAwkwardPath: quotes, commas, spaces and percent signs mean something to settings, shells and URLs.
func TestAwkwardPath(t *testing.T) {
	for _, name := range []string{`-n it's+"my" $(home) 100%20 @?#`, "a,b"} {
		t.Run(name, func(t *testing.T) {
			c := config(t)
			c.Dir = filepath.Join(filepath.Dir(c.Dir), name)
			if got := query(t, start(t, c), "SELECT 'up'"); got != "up" {
				t.Errorf("got %s", got)
			}
		})
	}
}

// TestClosedFolder: as root, below a folder that only root can enter.
func TestClosedFolder(t *testing.T) {
	var log bytes.Buffer
	c := closedConfig(t)
	c.Log = slog.New(slog.NewTextHandler(&log, nil))
	cluster := start(t, c)
	execute(t, cluster, "CREATE TABLE kept AS SELECT 1")
	stop(t, cluster)
	if !isLink(c) || strings.Count(log.String(), "the cluster goes elsewhere") != 1 {
		t.Errorf("link %v, log:\n%s", isLink(c), &log)
	}
	cluster = start(t, c)
	if got := query(t, cluster, "SELECT count(*)::text FROM kept"); got != "1" {
		t.Errorf("kept has %s rows", got)
	}
	stop(t, cluster)
	if strings.Count(log.String(), "the cluster goes elsewhere") != 1 {
		t.Errorf("the second start says it again:\n%s", &log)
	}
}

// TestDeletedFolder: who deletes a data directory wants to start afresh, not to see the cluster that it linked to.
func TestDeletedFolder(t *testing.T) {
	c := closedConfig(t)
	cluster := start(t, c)
	execute(t, cluster, "CREATE TABLE kept AS SELECT 1")
	stop(t, cluster)
	remove(t, c.Dir)
	cluster = start(t, c)
	if got := query(t, cluster, "SELECT coalesce(to_regclass('kept')::text, 'none')"); got != "none" {
		t.Error("an empty data directory shows the data of a deleted one")
	}
	stop(t, cluster)
	if old, _ := filepath.Glob(filepath.Join(c.Elsewhere, "*", "postgres.old", "PG_VERSION")); len(old) != 1 {
		t.Errorf("the old cluster is not kept: %v", old)
	}
	remove(t, c.Elsewhere)
	if _, err := private.Start(t.Context(), c); err == nil || !strings.Contains(err.Error(), "delete the link") {
		t.Errorf("Start with a dangling link says %v", err)
	}
}

// TestNewlyClosedFolder: an existing cluster is never moved, nor is a second one made.
func TestNewlyClosedFolder(t *testing.T) {
	c := closedConfig(t)
	closed := filepath.Dir(c.Dir)
	chmod(t, closed, 0o755)
	stop(t, start(t, c))
	chmod(t, closed, 0o700)
	if _, err := private.Start(t.Context(), c); err == nil || !strings.Contains(err.Error(), "chmod o+x") {
		t.Fatalf("Start says %v", err)
	}
	chmod(t, closed, 0o755)
	stop(t, start(t, c))
}

func closedConfig(t *testing.T) private.Config {
	t.Helper()
	if os.Geteuid() != 0 {
		t.Skip("only root runs the server as another user")
	}
	c := config(t)
	closed := filepath.Join(filepath.Dir(c.Dir), "closed")
	if err := os.Mkdir(closed, 0o700); err != nil {
		t.Fatal(err)
	}
	c.Dir = filepath.Join(closed, "data")
	return c
}

func chmod(t *testing.T, path string, mode os.FileMode) {
	t.Helper()
	if err := os.Chmod(path, mode); err != nil {
		t.Fatal(err)
	}
}
