package postgis

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
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
	publicConns = 16
	scopedConns = 8
	officeConns = 4
	ownerConns  = 5
	feedConns   = 5
)

var errLocale = errors.New("the locale of the database finds no Chinese: create it with encoding UTF8 and locale C.UTF-8")

// Store reads and writes one database. It is safe for concurrent use.
//
// It asks under the least role that will do (see roles.sql), so that the database itself keeps what is hidden from
// whoever may not see it. A connection has its role from its beginning to its end; where a scope lets more through, it is
// set for one transaction. Where the database lacks the roles, all is asked as the one who connects: see Defences.
type Store struct {
	public *lane // what everyone may see; cannot write
	scoped *lane // requests of somebody who is known
	// offices is for accounts, what is granted to them, and the audit. Organizations that these name it may all see: who is told of
	// which is for the callers to decide.
	offices *lane
	owner   *pgxpool.Pool // loads and upkeep, as the one who connects
	feed    *pgxpool.Pool // of the feed alone: who follows it must not wait behind requests
	roles   roles
	bare    bare
	log     *slog.Logger
	now     func() time.Time

	refilings      refilings
	filterPatience time.Duration // of one statement for a filter
	tileTimeout    time.Duration // of one polygon tile; one that takes longer is geo.ErrUnavailable
}

// lane is the connections of one role that requests run under, and how many slow reads and filters may use them at once.
type lane struct {
	*pgxpool.Pool
	slow    *gate
	filters *gate // statements for filters of clients
}

// Open connects to the database at url (a PostgreSQL connection string, migrated by Migrate before) and checks that
// versions, locale and schema suit. A replica may be opened too; only reads work on it. It uses at most 39 connections,
// whatever pool_max_conns of the url says.
func Open(ctx context.Context, url string, log *slog.Logger) (*Store, error) {
	return open(ctx, url, log, assumableRoles)
}

func open(ctx context.Context, url string, log *slog.Logger, find func(context.Context, *pgx.ConnConfig) (roles, error)) (*Store, error) {
	config, err := poolConfig(url)
	if err != nil {
		return nil, fmt.Errorf("open database: %w", err)
	}
	s := &Store{log: log, now: time.Now, filterPatience: filterPatience, tileTimeout: tileTimeout}
	if s.roles, err = find(ctx, config.ConnConfig); err != nil {
		return nil, fmt.Errorf("open database: %w", explain(err))
	}
	if err = s.connect(ctx, config); err == nil {
		err = s.check(ctx)
	}
	if err != nil {
		s.Close()
		return nil, fmt.Errorf("open database: %w", explain(err))
	}
	if missing := s.roles.missing(); len(missing) > 0 {
		log.WarnContext(ctx, "the database does not have all roles: it does not keep hidden rows from requests itself", "missing", missing)
	}
	return s, nil
}

// connect makes the pools.
func (s *Store) connect(ctx context.Context, config *pgxpool.Config) error {
	cores := runtime.GOMAXPROCS(0)
	public, scoped := poolSize(config.MaxConns, cores, publicConns), poolSize(config.MaxConns, cores, scopedConns)
	pool := func(role string, most, least int32, params map[string]string) (*pgxpool.Pool, error) {
		config := config.Copy()
		config.MaxConns, config.MinConns = most, least
		if s.roles[role] {
			config.ConnConfig.RuntimeParams["role"] = role
			maps.Copy(config.ConnConfig.RuntimeParams, params)
		}
		return pgxpool.NewWithConfig(ctx, config)
	}
	readOnly := map[string]string{"default_transaction_read_only": "on"}
	everything := map[string]string{"default_transaction_read_only": "on", "jingwei.scope": "*"}
	s.public = &lane{slow: newGate(slowReads(public)), filters: newGate(filterPlaces)}
	s.scoped = &lane{slow: newGate(slowReads(scoped)), filters: newGate(filterPlaces)}
	s.offices = &lane{slow: newGate(slowReads(officeConns))}
	var errs [5]error
	s.public.Pool, errs[0] = pool(rolePublic, public, 2, readOnly)
	s.scoped.Pool, errs[1] = pool(roleApp, scoped, 0, nil)
	s.owner, errs[2] = pool("", ownerConns, 0, nil)
	s.feed, errs[3] = pool(roleIndex, feedConns, 0, everything)
	s.offices.Pool, errs[4] = pool(roleApp, officeConns, 0, map[string]string{"jingwei.scope": "*"})
	return errors.Join(errs[:]...)
}

func poolConfig(url string) (*pgxpool.Config, error) {
	config, err := parseURL(url)
	if err != nil {
		return nil, err
	}
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

// poolSize is how many connections a pool has that may have so many at most.
func poolSize(configured int32, cores int, most int32) int32 {
	return min(max(configured, int32(4*cores)), most)
}

// slowReads is how many searches and polygon tiles run at once: half of the connections stay for the rest.
func slowReads(conns int32) int { return max(1, int(conns/2)) }

// Close waits for running calls and closes all connections.
func (s *Store) Close() {
	for _, pool := range []*pgxpool.Pool{s.public.Pool, s.scoped.Pool, s.offices.Pool, s.owner, s.feed} {
		if pool != nil {
			pool.Close()
		}
	}
}

// Ping reports whether the database answers; geo.ErrUnavailable when not.
func (s *Store) Ping(ctx context.Context) error {
	if err := s.public.Ping(ctx); err != nil {
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
	if err := s.owner.QueryRow(ctx, sqlCheck).Scan(&v.server, &v.postgis, &v.PostGIS, &v.locale, &v.Schema); err != nil {
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
