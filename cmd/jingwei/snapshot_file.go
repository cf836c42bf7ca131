package main

import (
	"context"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"time"

	"jingwei/geo/live"
)

// When the file is written again: a node that starts reads what is missing in it from the change feed, which is cheap as
// long as it is not much and the feed reaches back so far.
const (
	keepEvery      = 10 * time.Minute
	keepChanges    = 10_000 // in less are found quickly
	keepAtEnd      = 1_000  // the same, when the program ends
	keepAnyway     = 24 * time.Hour
	keepWithin     = time.Minute // when the program ends
	snapshotFolder = "live"
)

// snapshotFile is where a follower keeps what both editions of a layer hold. A nil one keeps nothing.
type snapshotFile struct {
	path    string
	layer   string
	log     *slog.Logger
	metrics *loadMetrics
	now     func() time.Time

	origin  string     // of the rows in the indexes
	changes int        // that are not in the file
	tried   time.Time  // when it was last written, or that was tried
	writing chan error // gives the result of the writing that runs; nil when none does
	pending int        // changes that are in what is being written
}

func newSnapshotFile(dataDir, layer string, m *loadMetrics, log *slog.Logger, now func() time.Time) *snapshotFile {
	return &snapshotFile{path: filepath.Join(dataDir, snapshotFolder, layer+".snapshot"), layer: layer, log: log, metrics: m, now: now}
}

// worth reports whether the file lacks so many changes, and was not written for so long.
func (k *snapshotFile) worth(changes int, pause time.Duration) bool {
	age := k.now().Sub(k.tried) // after a load, of ever
	return k.changes >= changes && age >= pause || age >= keepAnyway
}

func (k *snapshotFile) write(ctx context.Context, origin string, snapshots []*live.Snapshot) error {
	began := time.Now()
	if err := os.MkdirAll(filepath.Dir(k.path), 0o700); err != nil {
		return err
	}
	if err := live.Save(ctx, k.path, origin, snapshots...); err != nil {
		return err
	}
	k.metrics.wrote(k.layer, time.Since(began))
	return nil
}

// took notes the result of a writing.
func (k *snapshotFile) took(err error) {
	k.writing = nil
	switch {
	case errors.Is(err, context.Canceled): // the program ends, and writes it then
		k.tried = time.Time{}
	case err != nil:
		k.tried = k.now().Add(keepEvery - keepAnyway) // again after a pause
		k.metrics.failed(k.layer)
		k.log.Error("the snapshot file cannot be written; the next start reads everything from the database", "layer", k.layer, "error", err)
	default:
		k.changes -= k.pending
		k.metrics.kept(k.layer, k.tried)
	}
}

// written gives the result of the writing that runs; nil, which never does, when none runs.
func (k *snapshotFile) written() <-chan error {
	if k == nil {
		return nil
	}
	return k.writing
}

// loaded notes that the file has nothing of what the indexes hold, which comes from origin.
func (k *snapshotFile) loaded(origin string) {
	if k != nil {
		k.origin, k.tried = origin, time.Time{}
	}
}

// missed notes changes that the file lacks.
func (k *snapshotFile) missed(changes int) {
	if k != nil {
		k.changes += changes
	}
}
