package geotest

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"jingwei/geo/postgis/private"
)

// startLimit is what a first start may take, on a machine that is busy compiling.
const startLimit = 2 * time.Minute

// shared is this program's part in the cluster of all test programs. It is joined once and never left: the kernel
// drops the lock with the process.
var shared = sync.OnceValues(func() (member, error) {
	ctx, cancel := context.WithTimeout(context.Background(), startLimit)
	defer cancel()
	return join(ctx)
})

// member is a program that uses the cluster.
type member struct {
	users *os.File // held here lest the garbage collector close it, which would drop the lock
	url   func(database string) string
}

// cluster returns the URLs of the shared cluster. Without PostgreSQL or PostGIS the test is skipped, or fails where
// CI=true promises that everything is there.
func cluster(t testing.TB) func(database string) string {
	t.Helper()
	m, err := shared()
	switch {
	case err == nil:
		return m.url
	case errors.Is(err, private.ErrNotInstalled) && os.Getenv("CI") != "true":
		t.Skipf("needs a real PostGIS: %v", err)
	default:
		t.Fatalf("test database: %v", err)
	}
	return nil
}

// join makes sure that the cluster runs and that it goes on while this process lives.
func join(ctx context.Context) (member, error) {
	dir := clusterDir()
	users, err := register(dir)
	if err != nil {
		return member{}, err
	}
	url, err := startOrReuse(ctx, dir)
	if err != nil {
		return member{}, errors.Join(err, leave(users, dir))
	}
	return member{users: users, url: url}, nil
}

// leave deletes the folder of a cluster that did not start, unless another program tries as well.
func leave(users *os.File, dir string) error {
	defer users.Close()
	if err := flock(users, syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		return nil // the other one will
	}
	return os.RemoveAll(dir)
}

// clusterDir is one per user.
func clusterDir() string {
	return filepath.Join(clusterBase(), "jingwei-test-"+strconv.Itoa(os.Geteuid()))
}

// sharedMemory is the file system in memory that every Linux has.
const sharedMemory = "/dev/shm"

// enoughMemory are the bytes that must be free there: a container's has 64 MB.
const enoughMemory = 4 << 30

// clusterBase is where clusters of tests go: a database is a thousand files, which memory copies ten times as fast as a
// disk. As root the server runs as another user, who can enter /tmp but perhaps not TMPDIR.
func clusterBase() string {
	var fs syscall.Statfs_t
	switch err := syscall.Statfs(sharedMemory, &fs); {
	case err == nil && int64(fs.Bavail)*fs.Bsize >= enoughMemory:
		return sharedMemory
	case os.Geteuid() == 0:
		return "/tmp"
	default:
		return os.TempDir()
	}
}

// usersFile is locked by every program that uses the cluster and lists the "go test" commands above them.
const usersFile = "users"

// register takes a shared lock on the users file. Whoever deletes the folder holds the exclusive one, so after waiting
// for it the file may be gone and has to be made anew.
func register(dir string) (*os.File, error) {
	path := filepath.Join(dir, usersFile)
	for {
		if err := os.MkdirAll(dir, 0o755); err != nil {
			return nil, err
		}
		f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE|os.O_APPEND, 0o644)
		if errors.Is(err, os.ErrNotExist) {
			continue // deleted in between
		}
		if err != nil {
			return nil, err
		}
		if err := flock(f, syscall.LOCK_SH); err != nil {
			_ = f.Close()
			return nil, err
		}
		if sameFile(f, path) {
			return f, announce(f)
		}
		_ = f.Close()
	}
}

// announce adds the "go test" that runs this program to the users: between two packages no test program may be alive.
func announce(users *os.File) error {
	pid := os.Getppid()
	stat, err := os.ReadFile(filepath.Join("/proc", strconv.Itoa(pid), "stat"))
	fields := strings.Fields(string(stat))
	if err != nil || len(fields) < startTime || fields[1] != "(go)" {
		return nil // a shell or debugger, which lives on
	}
	_, err = fmt.Fprintln(users, pid, fields[startTime-1])
	return err
}

// startTime is the number of the field in /proc/PID/stat, proc(5).
const startTime = 22

func flock(f *os.File, how int) error {
	for {
		if err := syscall.Flock(int(f.Fd()), how); !errors.Is(err, syscall.EINTR) {
			return err
		}
	}
}

func sameFile(f *os.File, path string) bool {
	held, err := f.Stat()
	if err != nil {
		return false
	}
	named, err := os.Stat(path)
	return err == nil && os.SameFile(held, named)
}

// startOrReuse lets one program at a time look whether the cluster runs, and start it when not.
func startOrReuse(ctx context.Context, dir string) (func(database string) string, error) {
	turn, err := os.OpenFile(filepath.Join(dir, "turn"), os.O_RDWR|os.O_CREATE, 0o644)
	if err != nil {
		return nil, err
	}
	defer turn.Close()
	if err := flock(turn, syscall.LOCK_EX); err != nil {
		return nil, err
	}
	note := filepath.Join(dir, "url")
	if text, err := os.ReadFile(note); err == nil && answers(ctx, string(text)) {
		return databaseURL(string(text)), nil
	}
	if err := discard(dir); err != nil {
		return nil, err
	}
	c, err := private.Start(ctx, private.Config{Dir: dir, Fast: true, While: filepath.Join(dir, usersFile)})
	if err != nil {
		return nil, err
	}
	return c.URL, os.WriteFile(note, []byte(c.URL("postgres")), 0o600)
}

// discard deletes a cluster that no longer runs: without durability it may be damaged, after a crash of the machine.
func discard(dir string) error {
	for _, name := range []string{"url", "postgres", "run"} {
		if err := os.RemoveAll(filepath.Join(dir, name)); err != nil {
			return err
		}
	}
	return nil
}

func answers(ctx context.Context, url string) bool {
	conn, err := pgx.Connect(ctx, url)
	if err != nil {
		return false
	}
	return conn.Close(ctx) == nil
}

// databaseURL derives the URL of any database from that of postgres.
func databaseURL(url string) func(database string) string {
	return func(database string) string { return strings.Replace(url, "/postgres?", "/"+database+"?", 1) }
}
