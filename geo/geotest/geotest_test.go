package geotest_test

import (
	"context"
	"crypto/rand"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/jackc/pgx/v5"
	"jingwei/geo/geotest"
)

func TestEmptyDatabase(t *testing.T) {
	name := ""
	t.Run("one", func(t *testing.T) {
		conn := connect(t, geotest.EmptyDatabase(t))
		name = text(t, conn, "SELECT current_database()")
		if got := text(t, conn, "SELECT count(*)::text FROM pg_extension WHERE extname <> 'plpgsql'"); got != "0" {
			t.Errorf("%s extensions in an empty database", got)
		}
	})
	conn := connect(t, geotest.EmptyDatabase(t))
	if got := text(t, conn, "SELECT count(*)::text FROM pg_database WHERE datname = $1", name); got != "0" {
		t.Errorf("the database %s of an ended test remains", name)
	}
}

func TestDatabase(t *testing.T) {
	conn := connect(t, geotest.Database(t))
	if got := text(t, conn, "SELECT (to_regnamespace('jingwei') IS NOT NULL)::text"); got != "true" {
		t.Error("the migrations did not run")
	}
}

func TestDatabaseFrom(t *testing.T) {
	var calls atomic.Int32
	key := strings.ToLower(rand.Text())
	migrate := func(ctx context.Context, url string) error {
		calls.Add(1)
		conn, err := pgx.Connect(ctx, url)
		if err != nil {
			return err
		}
		defer conn.Close(ctx)
		_, err = conn.Exec(ctx, "CREATE EXTENSION postgis; CREATE TABLE place AS SELECT ST_Point(120, 30, 4326) AS location")
		return err
	}
	for _, name := range []string{"a", "b", "c"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			conn := connect(t, geotest.DatabaseFrom(t, key, migrate))
			if got := text(t, conn, "SELECT count(*)::text FROM place"); got != "1" {
				t.Errorf("%s rows: a copy shows what another test wrote", got)
			}
			text(t, conn, "INSERT INTO place VALUES (NULL) RETURNING 'ok'")
		})
	}
	t.Cleanup(func() {
		if calls.Load() != 1 {
			t.Errorf("migrated %d times", calls.Load())
		}
	})
}

func TestDatabaseFromFailure(t *testing.T) {
	failing := &recorder{TB: t}
	done := make(chan struct{})
	go func() {
		defer close(done)
		geotest.DatabaseFrom(failing, "failing", func(context.Context, string) error { return errors.New("no such column") })
	}()
	<-done
	if !strings.Contains(failing.said, "no such column") {
		t.Errorf("a failing migration says %q", failing.said)
	}
}

func TestGolden(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a", "golden.txt")
	r := &recorder{TB: t}
	done := make(chan struct{})
	go func() { defer close(done); geotest.Golden(r, path, "new") }()
	<-done
	if !strings.Contains(r.said, "go test -update writes it") {
		t.Errorf("a missing golden file says %q", r.said)
	}
}

// recorder stands for a test that may fail.
type recorder struct {
	testing.TB
	said string
}

func (r *recorder) Helper() {}

func (r *recorder) Fatalf(format string, args ...any) {
	r.said = fmt.Sprintf(format, args...)
	runtime.Goexit()
}

func (r *recorder) Errorf(format string, args ...any) { r.said = fmt.Sprintf(format, args...) }

func connect(t *testing.T, url string) *pgx.Conn {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	return conn // never closed: the database is dropped all the same
}

func text(t *testing.T, conn *pgx.Conn, sql string, args ...any) string {
	t.Helper()
	var got string
	if err := conn.QueryRow(t.Context(), sql, args...).Scan(&got); err != nil {
		t.Fatal(err)
	}
	return got
}

func TestGoldenUpdate(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a", "golden.txt")
	before := flag.Lookup("update").Value.String()
	t.Cleanup(func() { flag.Set("update", before) })
	for _, step := range []struct{ update, got, want string }{
		{"true", "柳\n", ""},
		{"false", "柳\n", ""},
		{"false", "槐\n", "go test -update accepts it"},
		{"true", "槐\n", ""},
		{"false", "槐\n", ""},
	} {
		if err := flag.Set("update", step.update); err != nil {
			t.Fatal(err)
		}
		r := &recorder{TB: t}
		geotest.Golden(r, path, step.got)
		if !strings.Contains(r.said, step.want) || step.want == "" && r.said != "" {
			t.Errorf("update=%s %q says %q", step.update, step.got, r.said)
		}
	}
}

func TestShared(t *testing.T) {
	skipped := true
	t.Run("absent", func(t *testing.T) {
		t.Cleanup(func() { skipped = t.Skipped() })
		geotest.Shared(t, "no such file")
	})
	if !skipped {
		t.Error("a test that needs an absent file is not skipped")
	}
}

func TestPath(t *testing.T) {
	if _, err := os.Stat(geotest.Path("geo", "geotest", "file.go")); err != nil {
		t.Error(err)
	}
}
