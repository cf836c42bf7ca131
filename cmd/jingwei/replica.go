package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"jingwei/geo"
	"jingwei/geo/postgis"
)

// replicaPatience is how long a start waits for a replica to answer, and to have what was migrated just before.
const replicaPatience = 30 * time.Second

// replicaPoll is how often a follower of a replica looks for changes: notifications come from the primary, often
// before the replica has replayed what they tell of.
const replicaPoll = 25 * time.Millisecond

// measureEvery is how often the distance between the replica and its primary is measured.
const measureEvery = time.Second

// reads returns what the index, tiles, lists and searches are read from: the replica when there is one.
func (d *database) reads() *postgis.Store {
	if d.replica != nil {
		return d.replica
	}
	return d.Store
}

// openReplica opens the replica at url for reading; nothing happens without one. It waits for one that is behind or
// not there yet. One of another database is geo.ErrInvalid.
func (d *database) openReplica(ctx context.Context, url string) error {
	if url == "" {
		return nil
	}
	patient, cancel := context.WithTimeout(ctx, replicaPatience)
	defer cancel()
	pause := time.NewTicker(retryAfter)
	defer pause.Stop()
	for waiting := false; ; waiting = true {
		replica, err := postgis.Open(patient, url, d.log)
		if err == nil {
			d.replica = replica
			return d.checkReplica(ctx)
		}
		if !waiting {
			d.log.Warn("the replica cannot be read yet; waiting for it", "error", err)
		}
		select {
		case <-pause.C:
		case <-patient.Done():
			return fmt.Errorf("replica: %w", err)
		}
	}
}

// checkReplica refuses a replica of another database: its rows would stand beside accounts that never saw them.
func (d *database) checkReplica(ctx context.Context) error {
	ours, err := d.Life(ctx)
	if err != nil {
		return err
	}
	theirs, err := d.replica.Life(ctx)
	if err != nil {
		return fmt.Errorf("replica: %w", err)
	}
	if ours != theirs {
		return geo.Invalid("replica", "the replica is one of another database than that of --database")
	}
	return nil
}

// walPosition is how far the log of a store goes.
type walPosition interface {
	LogPosition(ctx context.Context) (int64, error)
}

// replicaMeter measures how far a replica is behind its primary.
type replicaMeter struct {
	primary, replica walPosition
	log              *slog.Logger
	up               prometheus.Gauge
	bytes, seconds   prometheus.Gauge

	written []writtenAt // what the replica has not replayed yet, and the last of what it has; oldest first
	broken  bool
}

// writtenAt is how far the log of the primary went at a moment.
type writtenAt struct {
	at  time.Time
	log int64
}

// mostWritten bounds what is remembered while a replica is away: a day of measurements.
const mostWritten = 86_400

func newReplicaMeter(registry prometheus.Registerer, primary, replica walPosition, log *slog.Logger) *replicaMeter {
	gauge := func(name, help string) prometheus.Gauge {
		g := prometheus.NewGauge(prometheus.GaugeOpts{Name: "jingwei_replica_" + name, Help: help})
		registry.MustRegister(g)
		return g
	}
	return &replicaMeter{primary: primary, replica: replica, log: log,
		up:      gauge("up", "1 while the replica answers, else 0."),
		bytes:   gauge("lag_bytes", "Bytes of the write-ahead log that the primary has written and the replica not replayed."),
		seconds: gauge("lag_seconds", "How long ago the primary was where the replica is, to the second; 0 when it is there now.")}
}

// run measures until ctx is done.
func (m *replicaMeter) run(ctx context.Context) error {
	tick := time.NewTicker(measureEvery)
	defer tick.Stop()
	for {
		m.say(ctx, m.measure(ctx, time.Now()))
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
	}
}

// measure asks both. Without the primary, what is known of it counts; without the replica, where it was.
func (m *replicaMeter) measure(ctx context.Context, now time.Time) error {
	ctx, cancel := context.WithTimeout(ctx, measureEvery)
	defer cancel()
	written, primaryErr := m.primary.LogPosition(ctx)
	if primaryErr == nil {
		m.written = append(m.written, writtenAt{now, written})
		m.written = m.written[max(0, len(m.written)-mostWritten):]
	}
	replayed, err := m.replica.LogPosition(ctx)
	if err != nil {
		m.up.Set(0)
		replayed = 0
	} else {
		m.up.Set(1)
		m.forget(replayed)
	}
	m.set(now, replayed)
	return errors.Join(primaryErr, err)
}

// forget leaves, of what the replica has replayed, only the last.
func (m *replicaMeter) forget(replayed int64) {
	for len(m.written) > 1 && m.written[1].log <= replayed {
		m.written = m.written[1:]
	}
}

// set sets the gauges; replayed is 0 when it is not known.
func (m *replicaMeter) set(now time.Time, replayed int64) {
	if len(m.written) == 0 {
		return
	}
	first, last := m.written[0], m.written[len(m.written)-1]
	if replayed >= last.log {
		m.bytes.Set(0)
		m.seconds.Set(0)
		return
	}
	m.bytes.Set(float64(last.log - max(replayed, first.log)))
	m.seconds.Set(now.Sub(first.at).Seconds())
}

// say logs what is wrong when it begins and when it is over.
func (m *replicaMeter) say(ctx context.Context, err error) {
	if (err != nil) == m.broken || ctx.Err() != nil {
		return
	}
	if m.broken = err != nil; m.broken {
		m.log.Error("the distance of the replica to its primary cannot be measured; trying again each second", "error", err)
		return
	}
	m.log.Info("the replica and its primary answer again")
}
