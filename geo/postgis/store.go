package postgis

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"runtime"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"jingwei/geo"
)

// Oldest servers that the SQL of this package runs on.
const (
	leastPostgreSQL = 15_00_00
	leastPostGIS    = 3_03
)

// Connections of one process: with the one of Listen they stay below 40, so that two processes (a server and a command)
// fit into the private cluster, which takes 60.
const (
	maxConns  = 33
	feedConns = 5
)

var errLocale = errors.New("the locale of the database finds no Chinese: create it with encoding UTF8 and locale C.UTF-8")

// Store reads and writes one database. It is safe for concurrent use.
type Store struct {
	pool *pgxpool.Pool
	feed *pgxpool.Pool // of the feed alone: who follows it must not wait behind requests
	slow *gate
	log  *slog.Logger
	now  func() time.Time

	refilings refilings
}

// Open connects to the database at url (a PostgreSQL connection string, migrated by Migrate before) and checks that
// versions, locale and schema suit. A replica may be opened too; only reads work on it. It uses at most 39 connections,
// whatever pool_max_conns of the url says.
func Open(ctx context.Context, url string, log *slog.Logger) (*Store, error) {
	config, err := poolConfig(url)
	if err != nil {
		return nil, fmt.Errorf("open database: %w", err)
	}
	pool, err := pgxpool.NewWithConfig(ctx, config)
	if err != nil {
		return nil, fmt.Errorf("open database: %w", err)
	}
	feed, err := pgxpool.NewWithConfig(ctx, feedConfig(config))
	if err != nil {
		pool.Close()
		return nil, fmt.Errorf("open database: %w", err)
	}
	s := &Store{pool: pool, feed: feed, slow: newGate(slowReads(config.MaxConns)), log: log, now: time.Now}
	if err := s.check(ctx); err != nil {
		s.Close()
		return nil, fmt.Errorf("open database: %w", explain(err))
	}
	return s, nil
}

func poolConfig(url string) (*pgxpool.Config, error) {
	config, err := pgxpool.ParseConfig(url)
	if err != nil {
		return nil, err
	}
	config.MaxConns = poolSize(config.MaxConns, runtime.GOMAXPROCS(0))
	config.MinConns = 2
	config.MaxConnIdleTime = 5 * time.Minute
	params := config.ConnConfig.RuntimeParams
	if params["application_name"] == "" {
		params["application_name"] = "jingwei"
	}
	params["timezone"] = "UTC"
	params["jit"] = "off" // our queries are short: compiling them costs more than running them
	// Rows for the indexes of grams wait in a list that every search walks: it is short, but for bulk loads.
	params["gin_pending_list_limit"] = "64kB"
	params["idle_in_transaction_session_timeout"] = "60s"
	return config, nil
}

// feedConfig is that of the feed's own connections: each of two layers follows changes and reads everything anew at the
// same time, and one may renew the epoch.
func feedConfig(config *pgxpool.Config) *pgxpool.Config {
	config = config.Copy()
	config.MaxConns, config.MinConns = feedConns, 0
	return config
}

func poolSize(configured int32, cores int) int32 {
	return min(max(configured, int32(4*cores)), maxConns)
}

// slowReads is how many searches and polygon tiles run at once: half of the connections stay for the rest.
func slowReads(conns int32) int { return max(1, int(conns/2)) }

// Close waits for running calls and closes all connections.
func (s *Store) Close() {
	s.pool.Close()
	s.feed.Close()
}

// Ping reports whether the database answers; geo.ErrUnavailable when not.
func (s *Store) Ping(ctx context.Context) error {
	if err := s.pool.Ping(ctx); err != nil {
		return fmt.Errorf("ping database: %w: %w", geo.ErrUnavailable, err)
	}
	return nil
}

const sqlCheck = `
select current_setting('server_version_num')::int,
       (regexp_match(postgis_lib_version(), '^(\d+)\.(\d+)'))[1]::int * 100
         + (regexp_match(postgis_lib_version(), '^(\d+)\.(\d+)'))[2]::int,
       postgis_lib_version(),
       current_setting('server_encoding') = 'UTF8' and cardinality(show_trgm('人民路')) > 0,
       (select max(version_id) from jingwei.goose_db_version where is_applied)`

// Versions says what a store stands on.
type Versions struct {
	PostgreSQL, PostGIS string
	Schema              int64 // the last migration that ran

	server, postgis int
	locale          bool // finds Chinese
}

// Versions returns what the store stands on; that it suits was checked by Open.
func (s *Store) Versions(ctx context.Context) (Versions, error) {
	var v Versions
	if err := s.pool.QueryRow(ctx, sqlCheck).Scan(&v.server, &v.postgis, &v.PostGIS, &v.locale, &v.Schema); err != nil {
		return Versions{}, fmt.Errorf("versions: %w", explain(err))
	}
	v.PostgreSQL = fmt.Sprintf("%d.%d", v.server/10000, v.server%10000)
	return v, nil
}

func (s *Store) check(ctx context.Context) error {
	v, err := s.Versions(ctx)
	if err != nil {
		return fmt.Errorf("check versions (has it been migrated?): %w", err)
	}
	newest, err := newestMigration()
	switch {
	case err != nil:
		return err
	case v.server < leastPostgreSQL:
		return fmt.Errorf("PostgreSQL %s is too old: 15 or newer is needed", v.PostgreSQL)
	case v.postgis < leastPostGIS:
		return fmt.Errorf("PostGIS %s is too old: 3.3 or newer is needed", v.PostGIS)
	case !v.locale:
		return errLocale
	case v.Schema < newest:
		return fmt.Errorf("the schema is at version %d, this program needs %d: run jingwei migrate", v.Schema, newest)
	}
	return nil
}

// today is the present civil day of China.
func (s *Store) today() geo.Day { return geo.DayOf(s.now()) }

// write runs f in a transaction and names the faults of the input.
func (s *Store) write(ctx context.Context, f func(tx pgx.Tx) error) error {
	return explain(pgx.BeginFunc(ctx, s.pool, f))
}
