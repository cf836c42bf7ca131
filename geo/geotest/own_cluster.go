package geotest

import (
	"context"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"

	"jingwei/geo/postgis"
	"jingwei/geo/postgis/private"
)

// OwnFolder returns a new folder for a small cluster, in memory where there is enough. The account of PostgreSQL can reach
// it, which t.TempDir is not for root. It is deleted at the end of the test.
func OwnFolder(t testing.TB) string {
	t.Helper()
	return newFolder(t, clusterBase())
}

// DiskFolder is OwnFolder for a cluster of gigabytes.
func DiskFolder(t testing.TB) string {
	t.Helper()
	return newFolder(t, os.TempDir())
}

func newFolder(t testing.TB, base string) string {
	t.Helper()
	dir, err := os.MkdirTemp(base, "jingwei-cluster-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	if err := os.Chmod(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	return dir
}

// StartCluster starts the cluster in a folder, which is made when it is not there. It ends with the test.
func StartCluster(t testing.TB, dir string) *private.Cluster {
	t.Helper()
	c, err := private.Start(t.Context(), private.Config{Dir: dir, Log: slog.New(slog.DiscardHandler), Fast: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Stop(context.WithoutCancel(t.Context())) })
	return c
}

// OwnCluster returns a cluster of the test's own, which it may kill, its folder, and the URL of a database in it in which
// every migration has run.
func OwnCluster(t testing.TB) (c *private.Cluster, dir, url string) {
	t.Helper()
	EmptyDatabase(t) // skips where PostGIS is missing
	dir = OwnFolder(t)
	c = StartCluster(t, dir)
	if err := postgis.CreateDatabase(t.Context(), c.URL("postgres"), "own"); err != nil {
		t.Fatal(err)
	}
	url = c.URL("own")
	if err := postgis.Migrate(t.Context(), url); err != nil {
		t.Fatal(err)
	}
	return c, dir, url
}

// StartReplica copies the primary in a folder and lets the copy, in the folder that is returned, follow it.
func StartReplica(t testing.TB, primary *private.Cluster, primaryDir string) (c *private.Cluster, dir string) {
	t.Helper()
	data, err := filepath.EvalSymlinks(filepath.Join(primaryDir, "postgres"))
	if err != nil {
		t.Fatal(err)
	}
	owner, err := os.Stat(data)
	if err != nil {
		t.Fatal(err)
	}
	dir = OwnFolder(t)
	who := owner.Sys().(*syscall.Stat_t)
	if err := os.Chown(dir, int(who.Uid), int(who.Gid)); err != nil {
		t.Fatal(err)
	}
	backup := exec.CommandContext(t.Context(), filepath.Join(primary.Bin(), "pg_basebackup"),
		"-d", primary.URL("postgres"), "-D", filepath.Join(dir, "postgres"), "-R", "-X", "stream", "-c", "fast", "--no-sync")
	backup.Dir = "/"
	if os.Geteuid() == 0 {
		backup.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: who.Uid, Gid: who.Gid}}
	}
	if out, err := backup.CombinedOutput(); err != nil {
		t.Fatalf("pg_basebackup: %v: %s", err, out)
	}
	return StartCluster(t, dir), dir
}
