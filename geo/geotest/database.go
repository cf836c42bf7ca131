package geotest

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"jingwei/geo/postgis"
)

// Database returns the pgx URL of a new database in which every migration has run, dropped at the end of the test.
func Database(t testing.TB) string {
	t.Helper()
	key, err := migrationsKey(Path("geo", "postgis"))
	if err != nil {
		t.Fatalf("test database: %v", err)
	}
	return DatabaseFrom(t, key, postgis.Migrate)
}

// EmptyDatabase returns the pgx URL of a new database without any table or extension, dropped at the end of the test.
func EmptyDatabase(t testing.TB) string {
	t.Helper()
	return create(t, cluster(t), "template0")
}

// DatabaseFrom returns the pgx URL of a new database, dropped at the end of the test, which is a copy of a template
// that migrate filled. The template is filled once for every key, by whichever test program comes first; key is of
// lower-case letters, digits and underscores. Migrate must leave no connection open.
func DatabaseFrom(t testing.TB, key string, migrate func(ctx context.Context, url string) error) string {
	t.Helper()
	url := cluster(t)
	name := "template_" + key
	if err := ensureTemplate(t.Context(), url, name, migrate); err != nil {
		t.Fatalf("template database %s: %v", name, err)
	}
	return create(t, url, name)
}

// ensureTemplate fills the template under a lock of the server, so that other programs wait for it.
func ensureTemplate(ctx context.Context, url func(string) string, name string, migrate func(ctx context.Context, url string) error) error {
	conn, err := pgx.Connect(ctx, url("postgres"))
	if err != nil {
		return err
	}
	defer conn.Close(context.WithoutCancel(ctx)) // drops the lock as well
	if _, err := conn.Exec(ctx, "SELECT pg_advisory_lock(hashtextextended($1, 0))", name); err != nil {
		return err
	}
	var ready bool
	err = conn.QueryRow(ctx, "SELECT EXISTS (SELECT FROM pg_database WHERE datname = $1 AND datistemplate)", name).Scan(&ready)
	if err != nil || ready {
		return err
	}
	if err := run(ctx, conn, "DROP DATABASE IF EXISTS %s WITH (FORCE)", name); err != nil {
		return err
	}
	if err := run(ctx, conn, "CREATE DATABASE %s TEMPLATE template0", name); err != nil {
		return err
	}
	if err := migrate(ctx, url(name)); err != nil {
		return err
	}
	return run(ctx, conn, "ALTER DATABASE %s WITH IS_TEMPLATE true ALLOW_CONNECTIONS false", name)
}

// create copies a template to a database named after the test.
func create(t testing.TB, url func(string) string, template string) string {
	t.Helper()
	name := databaseName(t.Name())
	conn, err := pgx.Connect(t.Context(), url("postgres"))
	if err != nil {
		t.Fatalf("test database: %v", err)
	}
	defer conn.Close(context.WithoutCancel(t.Context()))
	if err := run(t.Context(), conn, "CREATE DATABASE %s TEMPLATE "+pgx.Identifier{template}.Sanitize(), name); err != nil {
		t.Fatalf("test database: %v", err)
	}
	t.Cleanup(func() { drop(t, url("postgres"), name) })
	return url(name)
}

// drop runs in a clean-up, when the context of the test has ended.
func drop(t testing.TB, url, name string) {
	ctx := context.Background()
	conn, err := pgx.Connect(ctx, url)
	if err != nil {
		t.Errorf("drop test database: %v", err)
		return
	}
	defer conn.Close(ctx)
	if err := run(ctx, conn, "DROP DATABASE %s WITH (FORCE)", name); err != nil {
		t.Errorf("drop test database: %v", err)
	}
}

// run executes a statement about one database; identifiers cannot be parameters.
func run(ctx context.Context, conn *pgx.Conn, format, database string) error {
	_, err := conn.Exec(ctx, fmt.Sprintf(format, pgx.Identifier{database}.Sanitize()))
	return err
}

var awkward = regexp.MustCompile(`[^a-z0-9]+`)

// databaseName is readable in pg_stat_activity, of at most 63 bytes, and new at each call.
func databaseName(test string) string {
	name := awkward.ReplaceAllString(strings.ToLower(test), "_")
	return name[:min(len(name), 40)] + "_" + strings.ToLower(rand.Text()[:12])
}

// migrationsKey changes with the sources of geo/postgis, and so names a template that fits them.
func migrationsKey(root string) (string, error) {
	sum := sha256.New()
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !isSource(path) {
			return err
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		fmt.Fprintf(sum, "%s %d\n%s", path, len(text), text)
		return nil
	})
	return hex.EncodeToString(sum.Sum(nil)[:8]), err
}

func isSource(path string) bool {
	return strings.HasSuffix(path, ".sql") || strings.HasSuffix(path, ".go") && !strings.HasSuffix(path, "_test.go")
}
