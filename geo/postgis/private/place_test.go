package private_test

import (
	"bytes"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
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

// TestClosedFolder: as root, below a folder that only root can enter; the other folder may be on another disk.
func TestClosedFolder(t *testing.T) {
	var log bytes.Buffer
	c := closedConfig(t)
	disk := filepath.Join(filepath.Dir(c.Elsewhere), "disk")
	if err := errors.Join(os.Mkdir(disk, 0o755), os.Symlink(disk, c.Elsewhere)); err != nil {
		t.Fatal(err)
	}
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

// TestDeletedFolder: who deletes a data directory wants to start afresh, not to see the cluster that it linked to. That
// is kept, and named once.
func TestDeletedFolder(t *testing.T) {
	var log bytes.Buffer
	c := closedConfig(t)
	c.Log = slog.New(slog.NewTextHandler(&log, nil))
	cluster := start(t, c)
	execute(t, cluster, "CREATE TABLE kept AS SELECT 1")
	stop(t, cluster)
	old := filepath.Dir(linked(t, c))
	said := func() int { return strings.Count(log.String(), "earlier clusters") }
	if said() != 0 {
		t.Errorf("the first start knows of earlier clusters:\n%s", &log)
	}
	remove(t, c.Dir)
	cluster = start(t, c)
	if got := query(t, cluster, "SELECT coalesce(to_regclass('kept')::text, 'none')"); got != "none" {
		t.Error("an empty data directory shows the data of a deleted one")
	}
	stop(t, cluster)
	stop(t, start(t, c))
	if _, line, _ := strings.Cut(log.String(), "earlier clusters"); said() != 1 || !strings.Contains(line, old) {
		t.Errorf("%s is to be named on one line:\n%s", old, &log)
	}
	if !exists(filepath.Join(old, "postgres", "PG_VERSION")) || read(t, filepath.Join(old, "origin")) != c.Dir+"\n" {
		t.Errorf("%s is not kept with its origin", old)
	}
	remove(t, c.Elsewhere)
	if _, err := private.Start(t.Context(), c); err == nil || !strings.Contains(err.Error(), "delete the link") {
		t.Errorf("Start with a dangling link says %v", err)
	}
}

// TestMovedFolder: data directories that followed each other on one path keep a cluster each, wherever they went.
func TestMovedFolder(t *testing.T) {
	c := closedConfig(t)
	owner := func(at private.Config) string {
		cluster := start(t, at)
		defer stop(t, cluster)
		execute(t, cluster, "CREATE TABLE IF NOT EXISTS owner (name text)")
		return query(t, cluster, "SELECT coalesce(max(name), 'nobody') FROM owner")
	}
	moved := []private.Config{c, c, c}
	for i := range moved {
		moved[i].Dir += "-" + strconv.Itoa(i)
		if got := owner(c); got != "nobody" {
			t.Fatalf("new data directory %d shows the data of %s", i, got)
		}
		cluster := start(t, c)
		execute(t, cluster, "INSERT INTO owner VALUES ('"+moved[i].Dir+"')")
		stop(t, cluster)
		if err := os.Rename(c.Dir, moved[i].Dir); err != nil {
			t.Fatal(err)
		}
	}
	for _, m := range moved {
		if got := owner(m); got != m.Dir {
			t.Errorf("%s shows the data of %s", m.Dir, got)
		}
	}
}

// TestFailedStartElsewhere: a cluster that was never made leaves no folder.
func TestFailedStartElsewhere(t *testing.T) {
	c := closedConfig(t)
	c.Bin = t.TempDir()
	if _, err := private.Start(t.Context(), c); err == nil {
		t.Error("Start finds programs in an empty folder")
	}
	if left := folders(t, c.Elsewhere); len(left) > 0 {
		t.Errorf("%v are left", left)
	}
}

// TestFirstStartsAtOnce: the names are random, so they do not keep two programs from making a cluster each.
func TestFirstStartsAtOnce(t *testing.T) {
	c := closedConfig(t)
	clusters, errs := make([]*private.Cluster, 2), make([]error, 2)
	var all sync.WaitGroup
	for i := range clusters {
		all.Go(func() { clusters[i], errs[i] = private.Start(t.Context(), c) })
	}
	all.Wait()
	for i, cluster := range clusters {
		switch {
		case cluster != nil:
			stop(t, cluster)
		case !errors.Is(errs[i], private.ErrInUse):
			t.Errorf("Start says %v", errs[i])
		}
	}
	if errors.Join(errs...) == nil || clusters[0] == clusters[1] {
		t.Errorf("one is to start: %v", errs)
	}
	if made := folders(t, c.Elsewhere); len(made) != 1 {
		t.Errorf("one folder is to be made: %v", made)
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

// linked returns the data directory that the link of c leads to.
func linked(t *testing.T, c private.Config) string {
	t.Helper()
	data, err := os.Readlink(filepath.Join(c.Dir, "postgres"))
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// folders lists what is in dir; nothing when it is missing.
func folders(t *testing.T, dir string) []string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil && !os.IsNotExist(err) {
		t.Fatal(err)
	}
	var names []string
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names
}
