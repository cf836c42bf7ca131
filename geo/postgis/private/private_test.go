package private_test

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"jingwei/geo/geotest"
	"jingwei/geo/postgis/private"
)

// config describes a cluster of a test in a folder that the server's account can enter. Its keeper ends it with this
// program, however that ends.
func config(t *testing.T) private.Config {
	t.Helper()
	base := geotest.OwnFolder(t)
	return private.Config{
		Dir:       filepath.Join(base, "data"),
		Elsewhere: filepath.Join(base, "elsewhere"),
		While:     hold(t, filepath.Join(base, "while")).Name(),
		Log:       slog.New(slog.NewTextHandler(t.Output(), nil)),
		Fast:      true,
	}
}

// hold locks a new file until the end of the test.
func hold(t *testing.T, path string) *os.File {
	t.Helper()
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_SH); err != nil {
		t.Fatal(err)
	}
	return f
}

func start(t *testing.T, c private.Config) *private.Cluster {
	t.Helper()
	cluster, err := private.Start(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
		defer cancel()
		_ = cluster.Stop(ctx) // a test that cares has called it
	})
	return cluster
}

func stop(t *testing.T, cluster *private.Cluster) {
	t.Helper()
	if err := cluster.Stop(t.Context()); err != nil {
		t.Errorf("Stop: %v", err)
	}
}

func connect(t *testing.T, cluster *private.Cluster) *pgx.Conn {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), cluster.URL("postgres"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close(context.Background()) }) // the server may be gone
	return conn
}

func execute(t *testing.T, cluster *private.Cluster, sql string) {
	t.Helper()
	if _, err := connect(t, cluster).Exec(t.Context(), sql); err != nil {
		t.Fatal(err)
	}
}

func query(t *testing.T, cluster *private.Cluster, sql string) string {
	t.Helper()
	var got string
	if err := connect(t, cluster).QueryRow(t.Context(), sql).Scan(&got); err != nil {
		t.Fatal(err)
	}
	return got
}

func postmaster(t *testing.T, c private.Config) int {
	t.Helper()
	var pid int
	if _, err := fmt.Sscan(read(t, filepath.Join(c.Dir, "postgres", "postmaster.pid")), &pid); err != nil {
		t.Fatal(err)
	}
	return pid
}

// leftovers lists the processes that work in the data directory; none when there is no such directory.
func leftovers(t *testing.T, c private.Config) []int {
	t.Helper()
	data, err := filepath.EvalSymlinks(filepath.Join(c.Dir, "postgres"))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		t.Fatal(err)
	}
	links, _ := filepath.Glob("/proc/[0-9]*/cwd") // the pattern is sound
	var found []int
	for _, link := range links {
		if cwd, err := os.Readlink(link); err == nil && cwd == data {
			pid, _ := strconv.Atoi(filepath.Base(filepath.Dir(link))) // such names are pids
			found = append(found, pid)
		}
	}
	return found
}

func isLink(c private.Config) bool {
	info, err := os.Lstat(filepath.Join(c.Dir, "postgres"))
	return err == nil && info.Mode()&os.ModeSymlink != 0
}

func exists(path string) bool {
	_, err := os.Lstat(path)
	return err == nil
}

func read(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o755); err != nil {
		t.Fatal(err)
	}
}

func remove(t *testing.T, path string) {
	t.Helper()
	if err := os.RemoveAll(path); err != nil {
		t.Fatal(err)
	}
}

// replacePid makes a lock file of PostgreSQL, whose first line is a pid, name another process.
func replacePid(t *testing.T, path string, pid int) {
	t.Helper()
	_, rest, _ := strings.Cut(read(t, path), "\n")
	write(t, path, strconv.Itoa(pid)+"\n"+rest)
}
