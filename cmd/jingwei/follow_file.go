package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"time"

	"jingwei/geo/live"
	"jingwei/geo/postgis"
)

// resume takes the layer from the file, with what changed since it was written; whatever is wrong with the file means that
// everything is read. An error means that the database does not answer.
func (f *follower) resume(ctx context.Context) error {
	if f.file == nil {
		f.require(causeStart)
		return nil
	}
	began := time.Now()
	if f.restored == nil {
		if err := f.restore(ctx); err != nil || f.restored == nil {
			return err
		}
	}
	r := f.restored
	batch, err := f.feed.Next(ctx, f.editions.layer(), r.Position)
	if err != nil {
		return fmt.Errorf("change feed after %s: %w", r.Position, err)
	}
	f.restored = nil
	if why := f.unfit(r, batch); why != nil {
		f.refuse(why)
		return nil
	}
	f.announce(batch)
	if err := f.show(r.Loads, batch); err != nil {
		f.refuse(err)
		return nil
	}
	f.file.changes, f.file.tried = len(batch.Changed[f.editions.layer()]), r.Written
	if now := f.now(); r.Written.After(now) { // the clock was put back
		f.file.tried = now
	}
	f.metrics.loaded(f.editions.layer(), causeFile, time.Since(began))
	f.metrics.kept(f.editions.layer(), r.Written)
	f.log.Info("live index resumed from its file", "layer", f.editions.layer(), "rows", r.Rows, "changes", f.file.changes,
		"age", f.now().Sub(r.Written).Round(time.Second), "after", time.Since(began).Round(time.Millisecond))
	return nil
}

// restore sets restored to what is in the file; nil when it is not usable, and everything must be read.
func (f *follower) restore(ctx context.Context) (err error) {
	if f.file.origin, err = f.feed.Origin(ctx, f.editions.layer()); err != nil {
		return err
	}
	r, err := live.Restore(f.file.path, f.file.origin, f.editions.all()...)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		f.require(causeStart)
	case err != nil:
		f.refuse(err)
	default:
		f.restored = &r
	}
	return nil
}

// unfit says why what changed since a file was written does not make it true; nil when it does. What a load in bulk left
// behind is not shown until it has been read: else a node that starts could be as far behind as that takes.
func (f *follower) unfit(r *live.Restored, b postgis.Batch) error {
	switch {
	case b.Void && r.Position.Epoch != b.Position.Epoch:
		return fmt.Errorf("it is of epoch %s of the change feed, which is in %s", r.Position.Epoch, b.Position.Epoch)
	case b.Void:
		return fmt.Errorf("the change feed does not tell all since %s, when it was written", r.Written.UTC().Format(time.RFC3339))
	case slices.Contains(b.Reloaded, f.editions.layer()) || f.mayHide(b):
		return errors.New("the layer was loaded in bulk since it was written")
	}
	return nil
}

// refuse says why the file is not used.
func (f *follower) refuse(why error) {
	f.log.Warn("the snapshot file is not used; everything is read from the database", "layer", f.editions.layer(), "error", why)
	f.require(causeUnfit)
}

// keep begins to write the file when enough changed since it was written.
func (f *follower) keep(ctx context.Context) {
	k := f.file
	if k == nil || k.writing != nil || !f.following || !k.worth(keepChanges, keepEvery) {
		return
	}
	snapshots := f.snapshots()
	if snapshots == nil {
		return
	}
	k.writing, k.pending, k.tried = make(chan error, 1), k.changes, k.now()
	go func(done chan<- error, origin string) { done <- k.write(ctx, origin, snapshots) }(k.writing, k.origin)
}

// keepLast writes the file before the program ends, when that saves the next start much.
func (f *follower) keepLast(ctx context.Context) {
	k := f.file
	if k == nil || !f.following {
		return
	}
	if k.writing != nil {
		k.took(<-k.writing)
	}
	snapshots := f.snapshots()
	if snapshots == nil || !k.worth(keepAtEnd, 0) {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, keepWithin)
	defer cancel()
	k.pending = k.changes
	k.took(k.write(ctx, k.origin, snapshots))
}

// snapshots returns what both editions hold; nil when one of them shows nothing.
func (f *follower) snapshots() []*live.Snapshot {
	var all []*live.Snapshot
	for _, x := range f.editions.all() {
		s := x.Snapshot()
		if s == nil {
			return nil
		}
		all = append(all, s)
	}
	return all
}
