package private

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
)

// ErrNotInstalled is what Start returns, wrapped in a sentence that names the Debian package, when PostgreSQL 15 or
// newer or its PostGIS is missing.
var ErrNotInstalled = errors.New("not installed")

// ErrInUse is what Start returns, wrapped, when another program holds the cluster.
var ErrInUse = errors.New("in use")

// superuser is the role that initdb makes and every URL names.
const superuser = "jingwei"

// Config says where a cluster lives and how it runs. Only Dir is needed.
type Config struct {
	// Dir is the data directory of Jingwei, made when missing. The cluster is Dir/postgres, its log Dir/postgres.log.
	Dir string
	// Log gets one line per event; nil discards them.
	Log *slog.Logger
	// Bin is the folder of PostgreSQL's programs; "" means JINGWEI_PG_BIN, else the newest that has PostGIS.
	Bin string
	// Elsewhere holds the clusters whose Dir the server cannot use, each in a folder of a random name, with the path of
	// its first Dir in a file "origin"; "" means /var/lib/jingwei for root and $XDG_DATA_HOME/jingwei for others. No
	// cluster in it is ever deleted or renamed.
	Elsewhere string
	// Fast gives up durability: a crash of the machine loses the cluster (one of the server alone loses nothing). For
	// tests.
	Fast bool
	// While is a lock file: the server stops, and Dir and its contents are deleted, as soon as no process holds a
	// flock on it and no process listed in it (each line a pid and its start time, field 22 of /proc/PID/stat) lives.
	// For tests; "" means the server runs until Stop.
	While string
}

// Cluster is a running PostgreSQL. It is safe for concurrent use.
type Cluster struct {
	place  place
	server *server
	locks  locks
	log    *slog.Logger

	stop    sync.Once
	stopErr error
}

// Start makes the cluster of c.Dir when there is none, brings it up and waits until it answers. A server that a killed
// Jingwei left running is taken over; what a killed server left behind is cleared. Start waits for PostgreSQL's crash
// recovery as long as ctx allows. Errors: ErrNotInstalled, ErrInUse, and sentences with the tail of the server's log.
func Start(ctx context.Context, c Config) (*Cluster, error) {
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	p, held, err := claim(ctx, c)
	if err != nil {
		return nil, fmt.Errorf("private PostgreSQL %w", err)
	}
	s, err := bringUp(ctx, c, &p)
	if err != nil {
		p.leaveHome()
		held.release()
		return nil, fmt.Errorf("private PostgreSQL in %s: %w", p.data, err)
	}
	return &Cluster{place: p, server: s, locks: held, log: c.Log}, nil
}

// bringUp does the work of Start under the locks.
func bringUp(ctx context.Context, c Config, p *place) (*server, error) {
	bin, err := findBinaries(ctx, c.Bin, p.version())
	if err != nil {
		return nil, err
	}
	if err := p.prepare(ctx, c, bin); err != nil {
		return nil, err
	}
	if s := adopt(ctx, c, bin, p); s != nil {
		return s, nil
	}
	if err := clearRemains(ctx, p); err != nil {
		return nil, err
	}
	began := time.Now()
	s, err := launch(ctx, c, bin, p)
	if err != nil {
		return nil, err
	}
	c.Log.Info("private PostgreSQL runs", "version", bin.version, "data", p.data, "socket", p.run, "after", time.Since(began).Round(time.Millisecond))
	return s, nil
}

// URL returns the connection URL of a database, for pgx and libpq, over the unix socket as superuser. The database
// need not exist; "postgres" always does.
func (c *Cluster) URL(database string) string { return socketURL(c.place.run, database) }

// Done is closed when the server has ended, by Stop or by itself.
func (c *Cluster) Done() <-chan struct{} { return c.server.exited }

// Bin returns the folder of PostgreSQL's programs (psql, pg_dump, pg_basebackup) that match the cluster.
func (c *Cluster) Bin() string { return c.server.bin.dir }

// Stop ends the server: open transactions are rolled back, a checkpoint is written. When ctx ends first the server is
// made to quit without one, which the next start repairs, and the error of ctx is returned. No process remains in
// either case. A second call returns what the first did.
func (c *Cluster) Stop(ctx context.Context) error {
	c.stop.Do(func() {
		c.stopErr = c.server.stop(ctx, &c.place)
		c.place.removeShortRun()
		c.locks.release()
		c.log.Info("private PostgreSQL stopped", "data", c.place.data)
	})
	return c.stopErr
}

func socketURL(dir, database string) string {
	q := url.Values{"host": {dir}, "port": {port}, "sslmode": {"disable"}}.Encode()
	q = strings.ReplaceAll(q, "+", "%20") // in these URLs a plus sign is a plus sign
	u := url.URL{Scheme: "postgres", User: url.User(superuser), Path: "/" + database, RawQuery: q}
	return u.String()
}

// ping connects once.
func ping(ctx context.Context, socketDir string) error {
	conn, err := pgconn.Connect(ctx, socketURL(socketDir, "postgres"))
	if err != nil {
		return err
	}
	return conn.Close(ctx)
}
