package private_test

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"jingwei/geo/postgis/private"
)

// TestStartAfterKill: whatever a killed Jingwei and a killed PostgreSQL leave, the next Start serves what was committed.
func TestStartAfterKill(t *testing.T) {
	for _, tc := range []struct {
		name   string
		damage func(t *testing.T, c private.Config)
	}{
		{"server", func(t *testing.T, c private.Config) { kill(t, c) }},
		{"server with its pid now another's", func(t *testing.T, c private.Config) {
			kill(t, c)
			pid := bystander(t, c)
			replacePid(t, filepath.Join(c.Dir, "postgres", "postmaster.pid"), pid)
			replacePid(t, filepath.Join(c.Dir, "run", ".s.PGSQL.5432.lock"), pid)
		}},
		{"server and the folder of its socket", func(t *testing.T, c private.Config) {
			kill(t, c)
			remove(t, filepath.Join(c.Dir, "run"))
		}},
		{"server with its pid file torn", func(t *testing.T, c private.Config) {
			kill(t, c)
			write(t, filepath.Join(c.Dir, "postgres", "postmaster.pid"), "")
		}},
		{"server but not its backend", func(t *testing.T, c private.Config) {
			occupyBackend(t, c)
			kill(t, c)
		}},
		{"only the folder of the socket", func(t *testing.T, c private.Config) { remove(t, filepath.Join(c.Dir, "run")) }},
	} {
		t.Run(tc.name, func(t *testing.T) {
			c := config(t)
			c.Fast = false
			victim(t, c)
			tc.damage(t, c)
			cluster := start(t, c)
			if got := query(t, cluster, "SELECT count(*)::text FROM kept"); got != "1" {
				t.Errorf("kept has %s rows", got)
			}
			stop(t, cluster)
			if left := leftovers(t, c); len(left) > 0 {
				t.Errorf("processes %v remain", left)
			}
		})
	}
}

// TestStartTakesOver: a server whose program was killed goes on, and is stopped with the next program. It runs without
// the keeper of the tests, as in production.
func TestStartTakesOver(t *testing.T) {
	c := config(t)
	c.While = ""
	guard(t, c)
	victim(t, c)
	master := postmaster(t, c)
	cluster := start(t, c)
	if now := postmaster(t, c); now != master {
		t.Errorf("the server was restarted: process %d, before %d", now, master)
	}
	if got := query(t, cluster, "SELECT count(*)::text FROM kept"); got != "1" {
		t.Errorf("kept has %s rows", got)
	}
	stop(t, cluster)
	<-cluster.Done()
	if left := leftovers(t, c); len(left) > 0 {
		t.Errorf("processes %v remain", left)
	}
}

func TestDone(t *testing.T) {
	c := config(t)
	cluster := start(t, c)
	kill(t, c)
	<-cluster.Done()
	stop(t, cluster)
	if left := leftovers(t, c); len(left) > 0 {
		t.Errorf("processes %v remain", left)
	}
}

// TestKeeper: a test's server ends with the last lock, and its folder goes too.
func TestKeeper(t *testing.T) {
	c := config(t)
	lock := hold(t, c.While+".own")
	c.While = lock.Name()
	cluster := start(t, c)
	if err := lock.Close(); err != nil {
		t.Fatal(err)
	}
	<-cluster.Done()
	if exists(filepath.Join(c.Dir, "postgres")) {
		t.Error("the cluster is still there")
	}
}

// TestKeeperWaits: "go test" is listed while it runs one test program after the other.
func TestKeeperWaits(t *testing.T) {
	c := config(t)
	lock := hold(t, c.While+".own")
	c.While = lock.Name()
	parent := exec.CommandContext(t.Context(), "sleep", "1000")
	if err := parent.Start(); err != nil {
		t.Fatal(err)
	}
	stat := strings.Fields(read(t, filepath.Join("/proc", strconv.Itoa(parent.Process.Pid), "stat")))
	write(t, c.While, stat[0]+" "+stat[21]+"\n1 12345\n")
	cluster := start(t, c)
	if err := lock.Close(); err != nil {
		t.Fatal(err)
	}
	if got := query(t, cluster, "SELECT 'up'"); got != "up" {
		t.Errorf("got %s", got)
	}
	if err := parent.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = parent.Wait() // killed, as wanted
	<-cluster.Done()
}

// TestVictim is no test: victim runs it as a program that starts a server and is killed.
func TestVictim(t *testing.T) {
	dir := os.Getenv("JINGWEI_TEST_VICTIM")
	if dir == "" {
		t.Skip("is the helper process of other tests")
	}
	cluster, err := private.Start(t.Context(), private.Config{Dir: dir, While: os.Getenv("JINGWEI_TEST_WHILE")})
	if err != nil {
		t.Fatal(err)
	}
	execute(t, cluster, "CREATE TABLE kept AS SELECT 1")
	if err := syscall.Kill(os.Getpid(), syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
}

// victim leaves a running server with a table kept of one row, whose program was killed. Whatever the test does with it,
// no process of it outlives the test.
func victim(t *testing.T, c private.Config) {
	t.Helper()
	t.Cleanup(func() { endLeftovers(t, c) })
	cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestVictim$")
	cmd.Env = append(os.Environ(), "JINGWEI_TEST_VICTIM="+c.Dir, "JINGWEI_TEST_WHILE="+c.While)
	out, err := cmd.CombinedOutput()
	var exit *exec.ExitError
	if !errors.As(err, &exit) || exit.Sys().(syscall.WaitStatus).Signal() != syscall.SIGKILL {
		t.Fatalf("the victim was not killed: %v\n%s", err, out)
	}
}

// kill ends the postmaster as the kernel's out-of-memory killer does.
func kill(t *testing.T, c private.Config) {
	t.Helper()
	if err := syscall.Kill(postmaster(t, c), syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
}

// bystander runs a process of the server's account that has nothing to do with it, and returns its pid.
func bystander(t *testing.T, c private.Config) int {
	t.Helper()
	info, err := os.Stat(filepath.Join(c.Dir, "postgres"))
	if err != nil {
		t.Fatal(err)
	}
	owner := info.Sys().(*syscall.Stat_t)
	cmd := exec.CommandContext(t.Context(), "sleep", "1000")
	cmd.Dir = "/"
	if os.Geteuid() == 0 {
		cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: owner.Uid, Gid: owner.Gid}}
	}
	run(t, cmd)
	return cmd.Process.Pid
}

// guard ends the server of c when this program ends in whichever way.
func guard(t *testing.T, c private.Config) {
	t.Helper()
	cmd := exec.Command("sh", "-c", `read -r _; pid=$(head -n 1 "$1/postgres/postmaster.pid" 2>/dev/null) && kill -QUIT "$pid"`, "guard", c.Dir)
	end, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { end.Close(); _ = cmd.Wait() })
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
}

// run starts a process that ends with the test.
func run(t *testing.T, cmd *exec.Cmd) {
	t.Helper()
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := cmd.Process.Kill(); err != nil {
			t.Error("the process " + strconv.Itoa(cmd.Process.Pid) + " was ended by somebody else")
		}
		_ = cmd.Wait() // killed, as wanted
	})
}

// TestBusyBackendEnds is of the tests themselves: when the next start fails, or never comes, no backend may stay behind.
func TestBusyBackendEnds(t *testing.T) {
	c := config(t)
	victim(t, c)
	pid := 0
	t.Run("without a start", func(t *testing.T) {
		pid = occupyBackend(t, c)
		kill(t, c)
	})
	if slices.Contains(leftovers(t, c), pid) {
		t.Errorf("the backend %d remains", pid)
	}
	endLeftovers(t, c)
	if left := leftovers(t, c); len(left) > 0 {
		t.Errorf("processes %v remain", left)
	}
}

// endLeftovers kills what is left of a server without a postmaster. Its launchers end by themselves only while nobody
// holds the lock on the list of processes, and a backend that was killed may have held it.
func endLeftovers(t *testing.T, c private.Config) {
	t.Helper()
	for left := leftovers(t, c); len(left) > 0; left = leftovers(t, c) {
		for _, pid := range left {
			_ = syscall.Kill(pid, syscall.SIGKILL) // has ended meanwhile: fine
		}
	}
}

// occupyBackend keeps a backend so busy that it does not notice the end of its postmaster, and returns its pid. It ends
// with the test, and by itself in a minute should the test be killed.
func occupyBackend(t *testing.T, c private.Config) int {
	t.Helper()
	config, err := pgx.ParseConfig("user=jingwei dbname=postgres host=" + filepath.Join(c.Dir, "run"))
	if err != nil {
		t.Fatal(err)
	}
	busy := make(chan struct{})
	config.OnNotice = func(*pgconn.PgConn, *pgconn.Notice) { close(busy) }
	conn, err := pgx.ConnectConfig(t.Context(), config)
	if err != nil {
		t.Fatal(err)
	}
	pid := int(conn.PgConn().PID())
	backend, err := os.FindProcess(pid) // a handle of this very process: the pid may be another's by the end of the test
	if err != nil {
		t.Fatal(err)
	}
	ended := make(chan struct{})
	t.Cleanup(func() {
		_ = backend.Kill() // a start has ended it: fine
		<-ended
	})
	forever := context.WithoutCancel(t.Context()) // ends with the backend, not before the cleanup
	go func() {
		defer close(ended)
		_, _ = conn.Exec(forever, `DO $$ DECLARE began timestamptz = clock_timestamp(); BEGIN
			RAISE NOTICE 'busy'; WHILE clock_timestamp() < began + interval '60 s' LOOP PERFORM 1; END LOOP; END $$`)
	}()
	<-busy
	return pid
}
