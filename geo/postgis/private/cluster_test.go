package private_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"jingwei/geo/postgis/private"
)

func TestStart(t *testing.T) {
	for _, fast := range []bool{true, false} {
		t.Run("fast="+strconv.FormatBool(fast), func(t *testing.T) {
			c := config(t)
			c.Fast = fast
			first := start(t, c)
			execute(t, first, "CREATE TABLE kept AS SELECT '人民路' AS name")
			facts := query(t, first, `SELECT concat_ws(' ', current_setting('server_encoding'), current_setting('lc_ctype'), current_user,
				'addresses:' || current_setting('listen_addresses'), current_setting('fsync'), current_setting('data_checksums'),
				current_setting('max_connections'))`)
			want := "UTF8 C.UTF-8 jingwei addresses: " + map[bool]string{true: "off off 200", false: "on on 60"}[fast]
			if facts != want {
				t.Errorf("got  %s\nwant %s", facts, want)
			}
			if info, err := os.Stat(filepath.Join(c.Dir, "run")); err != nil || info.Mode().Perm() != 0o700 {
				t.Errorf("the socket's folder: %v, %v", info, err)
			}
			stop(t, first)
			if left := leftovers(t, c); len(left) > 0 {
				t.Errorf("processes %v remain", left)
			}
			stop(t, first) // harmless

			again := start(t, c)
			if got := query(t, again, "SELECT name FROM kept"); got != "人民路" {
				t.Errorf("after a restart kept holds %q", got)
			}
		})
	}
}

// TestOperatorSettings: ALTER SYSTEM wins over Jingwei's defaults, whichever way those change.
func TestOperatorSettings(t *testing.T) {
	c := config(t)
	cluster := start(t, c)
	execute(t, cluster, "ALTER SYSTEM SET shared_buffers = '40MB'")
	stop(t, cluster)
	if got := query(t, start(t, c), "SELECT current_setting('shared_buffers')"); got != "40MB" {
		t.Errorf("shared_buffers = %s", got)
	}
}

func TestRunning(t *testing.T) {
	c := config(t)
	check := func(when string, want error) {
		t.Helper()
		url, bin, err := private.Running(t.Context(), c.Dir, "postgres")
		if !errors.Is(err, want) {
			t.Errorf("%s: %v", when, err)
		}
		if want == nil && (url == "" || !exists(filepath.Join(bin, "postgres"))) {
			t.Errorf("%s: url %q, programs in %q", when, url, bin)
		}
		if err := private.Signal(c.Dir, 0); !errors.Is(err, want) {
			t.Errorf("%s: Signal says %v", when, err)
		}
	}
	check("before the first start", private.ErrNotRunning)
	if exists(c.Dir) {
		t.Error("asking made the data directory")
	}
	cluster := start(t, c)
	check("while it runs", nil)
	if url, _, _ := private.Running(t.Context(), c.Dir, "postgres"); url != cluster.URL("postgres") {
		t.Errorf("url %s, the cluster says %s", url, cluster.URL("postgres"))
	}
	stop(t, cluster)
	check("after Stop", private.ErrNotRunning)
}

func TestStartInUse(t *testing.T) {
	c := config(t)
	start(t, c)
	_, err := private.Start(t.Context(), c)
	if !errors.Is(err, private.ErrInUse) || !strings.Contains(err.Error(), "process "+strconv.Itoa(os.Getpid())) {
		t.Fatalf("a second Start says %v", err)
	}
}

// TestStartKeepsOthersData: a folder that happens to have the name of the cluster is not overwritten.
func TestStartKeepsOthersData(t *testing.T) {
	c := config(t)
	mine := filepath.Join(c.Dir, "postgres", "mine.txt")
	write(t, mine, "not a cluster")
	_, err := private.Start(t.Context(), c)
	if err == nil || !strings.Contains(err.Error(), "neither empty nor a PostgreSQL cluster") || !exists(mine) {
		t.Fatalf("Start over somebody's folder says %v", err)
	}
}

// TestStartFails: the reason is in the server's log, and so in the error.
func TestStartFails(t *testing.T) {
	c := config(t)
	cluster := start(t, c)
	execute(t, cluster, "ALTER SYSTEM SET shared_preload_libraries = 'no_such_library'")
	stop(t, cluster)
	_, err := private.Start(t.Context(), c)
	if err == nil || !strings.Contains(err.Error(), `could not access file "no_such_library"`) {
		t.Errorf("Start says %v", err)
	}
	if left := leftovers(t, c); len(left) > 0 {
		t.Errorf("processes %v remain", left)
	}
}

func TestStopAtDeadline(t *testing.T) {
	c := config(t)
	cluster := start(t, c)
	execute(t, cluster, "CREATE TABLE kept AS SELECT 1")
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := cluster.Stop(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("Stop without time says %v", err)
	}
	if left := leftovers(t, c); len(left) > 0 {
		t.Errorf("processes %v remain", left)
	}
	if got := query(t, start(t, c), "SELECT count(*)::text FROM kept"); got != "1" {
		t.Errorf("kept has %s rows", got)
	}
}
