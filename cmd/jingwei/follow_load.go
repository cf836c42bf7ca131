package main

import (
	"context"
	"fmt"
	"runtime"
	"runtime/debug"
	"slices"
	"time"

	"jingwei/api"
	"jingwei/geo"
	"jingwei/geo/live"
	"jingwei/geo/postgis"
)

// reading is the result of reading everything.
type reading struct {
	loads  []*live.Load // in the order of editions.all, built
	rows   int
	at     geo.FeedPosition
	began  time.Time
	cause  string
	origin string
	err    error
}

// read reads the whole layer for both editions, in parts. The indexes do not change.
func (f *follower) read(ctx context.Context, cause string) reading {
	r := reading{began: time.Now(), cause: cause}
	if r.origin, r.err = f.feed.Origin(ctx, f.editions.layer()); r.err != nil {
		return r
	}
	internal := f.editions.internal.NewLoad()
	r.loads = []*live.Load{internal, f.editions.public.NewLoadFrom(internal)}
	parts := make([]*part, min(runtime.GOMAXPROCS(0), postgis.MostParts))
	var add []func(geo.Point) error
	for i := range parts {
		parts[i] = newPart(r.loads)
		add = append(add, parts[i].add)
	}
	r.at, r.err = f.feed.LoadParts(ctx, f.editions.layer(), add)
	for _, p := range parts {
		r.rows += p.rows
	}
	for _, l := range r.loads {
		if r.err == nil {
			r.err = l.Build(ctx, r.at)
		}
	}
	debug.FreeOSMemory() // what a reading leaves behind is as much as the index
	return r
}

// part is what one connection reads, for the loads of all editions.
type part struct {
	loads []*live.Part
	rows  int
}

func newPart(loads []*live.Load) *part {
	p := &part{}
	for _, l := range loads {
		p.loads = append(p.loads, l.NewPart())
	}
	return p
}

func (p *part) add(point geo.Point) error {
	p.rows++
	for _, l := range p.loads {
		if err := l.Add(point); err != nil {
			return err
		}
	}
	return nil
}

// take puts what was read into the place of what the indexes hold, after the changes since it was read.
func (f *follower) take(ctx context.Context, r reading) error {
	layer := f.editions.layer()
	if r.err != nil {
		return fmt.Errorf("load of the live index: %w", r.err)
	}
	batch, err := f.feed.Next(ctx, layer, r.at)
	if err != nil {
		return fmt.Errorf("change feed after %s: %w", r.at, err)
	}
	f.announce(batch)
	f.heed(batch)
	if batch.Void || f.mayHide(batch) {
		return nil
	}
	if err := f.show(r.loads, batch); err != nil {
		return err
	}
	f.file.loaded(r.origin)
	f.metrics.loaded(layer, r.cause, time.Since(r.began))
	f.log.Info("live index loaded", "layer", layer, "cause", r.cause, "rows", r.rows, "after", time.Since(r.began).Round(time.Millisecond))
	return nil
}

// show puts loads into the place of what the indexes hold, after the changes of the batch.
func (f *follower) show(loads []*live.Load, batch postgis.Batch) error {
	layer := f.editions.layer()
	for _, l := range loads {
		if err := l.Apply(batch.Changed[layer], batch.Points, batch.Position); err != nil {
			return err
		}
	}
	for _, l := range loads {
		l.Publish()
	}
	if f.position.Epoch != "" {
		f.publish(api.Change{Layer: layer, Position: batch.Position, Reload: true})
	}
	f.position, f.following = batch.Position, true
	if !over(f.turn.there) {
		close(f.turn.there)
	}
	return nil
}

// Causes of a load, as the metrics name them.
const (
	causeStart  = "start"  // there was no file
	causeFile   = "file"   // the file gave it: nothing was read
	causeUnfit  = "unfit"  // there was a file, which is not the one that is wanted
	causeVoid   = "void"   // what changed is not known any more
	causeReload = "reload" // the layer was loaded in bulk
	causeRetry  = "retry"  // the load before failed
)

// require says that everything must be read anew.
func (f *follower) require(cause string) { f.due, f.cause = true, cause }

// heed requires what a batch makes necessary.
func (f *follower) heed(b postgis.Batch) {
	switch {
	case b.Void:
		f.require(causeVoid)
	case slices.Contains(b.Reloaded, f.editions.layer()):
		f.require(causeReload)
	}
}

// turn tells the layers behind a layer how far it has come.
type turn struct {
	looked chan struct{} // closed when its file was looked at
	there  chan struct{} // closed when it is there for the first time
}

func newTurn() turn { return turn{make(chan struct{}), make(chan struct{})} }

// over reports whether the channel is closed.
func over(c <-chan struct{}) bool {
	select {
	case <-c:
		return true
	default:
		return false
	}
}
