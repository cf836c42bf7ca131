package postgis

import (
	"context"
	"database/sql"
	"embed"
	"fmt"
	"io/fs"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"
)

//go:embed migrations/*.sql
var migrations embed.FS

//go:embed roles.sql
var sqlRoles string

// A second migrator probes the lock each second, for at most five minutes.
const (
	lockProbeSeconds = 1
	lockProbes       = 300
)

// sqlCreateSchema makes the schema that the table of applied migrations lives in. Two sessions that create it at once
// would collide, so it takes a lock of its own; both commands are one transaction, which the lock lasts as long as.
const sqlCreateSchema = `
select pg_advisory_xact_lock(hashtext('jingwei schema'));
create schema if not exists jingwei`

// Migrate brings the database at url (a PostgreSQL connection string) to the schema of this program, and makes the roles
// that requests run under as far as the one who connects may (see Store.Defences); nothing happens when all is there
// already. Several processes may call it at once: one works, the others wait.
func Migrate(ctx context.Context, url string) error {
	provider, db, err := migrator(ctx, url)
	if err != nil {
		return fmt.Errorf("migrate: %w", err)
	}
	defer db.Close()
	if _, err := provider.Up(ctx); err != nil {
		return fmt.Errorf("migrate: %w", err)
	}
	if _, err := db.ExecContext(ctx, sqlRoles); err != nil {
		return fmt.Errorf("migrate: roles: %w", err)
	}
	return nil
}

func migrator(ctx context.Context, url string) (*goose.Provider, *sql.DB, error) {
	pool, err := parseURL(url)
	if err != nil {
		return nil, nil, err
	}
	config := pool.ConnConfig
	config.DefaultQueryExecMode = pgx.QueryExecModeSimpleProtocol // several commands in one text
	config.OnNotice = nil
	db := stdlib.OpenDB(*config)
	provider, err := newProvider(ctx, db)
	if err != nil {
		db.Close()
		return nil, nil, err
	}
	return provider, db, nil
}

const sqlLocale = `
select pg_encoding_to_char(encoding) = 'UTF8' and datctype not in ('C', 'POSIX')
from pg_database where datname = current_database()`

// checkLocale refuses a database in which search would find no Chinese, before anything is made in it.
func checkLocale(ctx context.Context, db *sql.DB) error {
	suits := false
	if err := db.QueryRowContext(ctx, sqlLocale).Scan(&suits); err != nil {
		return err
	}
	if !suits {
		return errLocale
	}
	return nil
}

func newProvider(ctx context.Context, db *sql.DB) (*goose.Provider, error) {
	if err := checkLocale(ctx, db); err != nil {
		return nil, err
	}
	if _, err := db.ExecContext(ctx, sqlCreateSchema); err != nil {
		return nil, err
	}
	files, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return nil, err
	}
	locker, err := lock.NewPostgresSessionLocker(lock.WithLockTimeout(lockProbeSeconds, lockProbes))
	if err != nil {
		return nil, err
	}
	return goose.NewProvider(goose.DialectPostgres, db, files,
		goose.WithTableName("jingwei.goose_db_version"),
		goose.WithSessionLocker(locker),
		goose.WithAllowOutofOrder(true), // migrations are written in parallel branches
		goose.WithDisableGlobalRegistry(true))
}

// newestMigration returns the version of the last migration that is part of this program.
func newestMigration() (int64, error) {
	entries, err := migrations.ReadDir("migrations")
	if err != nil {
		return 0, err
	}
	newest := int64(0)
	for _, entry := range entries {
		v, err := goose.NumericComponent(entry.Name())
		if err != nil {
			return 0, err
		}
		newest = max(newest, v)
	}
	return newest, nil
}
