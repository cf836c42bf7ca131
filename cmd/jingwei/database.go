package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"strings"
	"time"

	"jingwei/geo"
	"jingwei/geo/postgis"
	"jingwei/geo/postgis/private"
)

// stopTime is how long the private PostgreSQL may take for its last checkpoint.
const stopTime = 20 * time.Second

// restartPause is how long a private PostgreSQL that ended by itself stays down.
const restartPause = 500 * time.Millisecond

// databaseName is the database of the private cluster.
const databaseName = "jingwei"

// database is an open store, with the private cluster behind it when there is one.
type database struct {
	*postgis.Store
	replica *postgis.Store // nil for none
	url     string
	cluster *private.Cluster // nil for an operator's database
	config  private.Config
	log     *slog.Logger
}

// openDatabase connects to the operator's database, or starts the private one; either way its schema is brought up to
// date before it is opened.
func openDatabase(ctx context.Context, w where, log *slog.Logger) (*database, error) {
	if err := w.check(); err != nil {
		return nil, err
	}
	d := &database{url: w.Database, log: log, config: private.Config{Dir: w.DataDir, Log: log}}
	if d.url == "" {
		if err := d.startPrivate(ctx); err != nil {
			return nil, err
		}
	}
	err := postgis.Migrate(ctx, d.url)
	if err != nil {
		return nil, d.closeAfter(fmt.Errorf("schema: %w", err))
	}
	d.Store, err = postgis.Open(ctx, d.url, log)
	if err != nil {
		return nil, d.closeAfter(err)
	}
	return d, nil
}

// check finds what is wrong with the flags themselves. The URL is not repeated, since it may hold a password.
func (w where) check() error {
	if w.DataDir == "" {
		return geo.Invalid("data-dir", "a folder is needed")
	}
	return checkURL("database", w.Database)
}

func checkURL(flag, text string) error {
	if text == "" || strings.Contains(text, "=") && !strings.Contains(text, "://") {
		return nil // keywords and values, as libpq takes them
	}
	u, err := url.Parse(text)
	if err != nil || u.Scheme != "postgres" && u.Scheme != "postgresql" {
		return geo.Invalid(flag, "a PostgreSQL URL is needed, postgres://user@host/database")
	}
	return nil
}

// joinDatabase is openDatabase for work beside a server: a private cluster that another process keeps up is used as it
// is. One that a killed process left behind is this one's to stop.
func joinDatabase(ctx context.Context, w where, log *slog.Logger) (*database, error) {
	d, err := openDatabase(ctx, w, log)
	if !errors.Is(err, private.ErrInUse) {
		return d, err
	}
	var running error
	if w.Database, _, running = private.Running(ctx, w.DataDir, databaseName); running != nil {
		return nil, errors.Join(err, running)
	}
	return openDatabase(ctx, w, log)
}

func (d *database) startPrivate(ctx context.Context) (err error) {
	d.cluster, err = private.Start(ctx, d.config)
	if err != nil {
		return err
	}
	if err := postgis.CreateDatabase(ctx, d.cluster.URL("postgres"), databaseName); err != nil {
		return d.closeAfter(fmt.Errorf("private database: %w", err))
	}
	d.url = d.cluster.URL(databaseName)
	return nil
}

// watch restarts the private cluster when it ends by itself, until ctx is done. The connection pool finds it again,
// since the socket stays where it was.
func (d *database) watch(ctx context.Context) error {
	if d.cluster == nil {
		<-ctx.Done()
		return nil
	}
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-d.cluster.Done():
		}
		if ctx.Err() != nil {
			return nil
		}
		d.log.Error("private PostgreSQL ended by itself; starting it again")
		_ = d.stopCluster()
		select { // one that dies at once again is not started without pause
		case <-ctx.Done():
			return nil
		case <-time.After(restartPause):
		}
		cluster, err := private.Start(ctx, d.config)
		if err != nil {
			return fmt.Errorf("restart: %w", err)
		}
		d.cluster = cluster
	}
}

// Close ends the pool and the private cluster.
func (d *database) Close() error {
	for _, s := range []*postgis.Store{d.replica, d.Store} {
		if s != nil {
			s.Close()
		}
	}
	return d.stopCluster()
}

func (d *database) closeAfter(err error) error {
	if d.cluster != nil {
		_ = d.stopCluster()
	}
	return err
}

// stopCluster stops the private cluster, also when the program's own context has ended.
func (d *database) stopCluster() error {
	if d.cluster == nil {
		return nil
	}
	ctx, cancel := context.WithTimeout(context.Background(), stopTime)
	defer cancel()
	return d.cluster.Stop(ctx)
}
