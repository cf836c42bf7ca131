package main

import (
	"context"
	"fmt"
	"iter"
	"log/slog"
	"slices"
	"time"

	"jingwei/api"
	"jingwei/geo"
	"jingwei/geo/live"
	"jingwei/geo/postgis"
)

// Pace of the follower. Notifications wake it at once; polling finds what they miss, as on replicas.
const (
	pollInterval = 200 * time.Millisecond
	retryAfter   = time.Second
	// eventZoom is the zoom of the tiles that events name.
	eventZoom = 14
)

// feed is the change feed of the store.
type feed interface {
	Load(ctx context.Context, layer string, yield func(geo.Point) error) (geo.FeedPosition, error)
	Next(ctx context.Context, layer string, from geo.FeedPosition) (postgis.Batch, error)
}

// follower keeps both editions of the live index equal to the database.
type follower struct {
	feed     feed
	public   *live.Index
	internal *live.Index
	publish  func(api.Change)
	wake     <-chan struct{}
	log      *slog.Logger
	now      func() time.Time
	position geo.FeedPosition
	loaded   bool
	day      geo.Day // of the last step
}

// run loads the indexes and follows the feed until ctx is done. The database may go and come back: it tries again.
func (f *follower) run(ctx context.Context) error {
	poll := time.NewTicker(pollInterval)
	defer poll.Stop()
	for {
		wait := poll.C
		if err := f.step(ctx); err != nil {
			if ctx.Err() != nil {
				return nil
			}
			f.log.Error("the live index cannot follow the database; trying again", "error", err)
			wait = time.After(retryAfter)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-f.wake:
		case <-wait:
		}
	}
}

// step brings the indexes to the present.
func (f *follower) step(ctx context.Context) error {
	if !f.loaded {
		return f.load(ctx)
	}
	f.turnDay()
	batch, err := f.feed.Next(ctx, f.public.Layer().Name, f.position)
	if err != nil {
		return fmt.Errorf("change feed after %s: %w", f.position, err)
	}
	f.publishOthers(batch)
	if slices.Contains(batch.Reloaded, f.public.Layer().Name) {
		return f.load(ctx)
	}
	return f.apply(batch)
}

// publishOthers tells of changes in layers that are not in the index.
func (f *follower) publishOthers(b postgis.Batch) {
	layers := slices.Clone(b.Reloaded)
	for layer, ids := range b.Changed {
		if len(ids) > 0 {
			layers = append(layers, layer)
		}
	}
	slices.Sort(layers)
	for _, layer := range slices.Compact(layers) {
		if layer != f.public.Layer().Name {
			f.publish(api.Change{Layer: layer, Position: b.Position, Reload: true})
		}
	}
}

// turnDay tells open maps at midnight in China that everything may differ: what begins or ends with the day changes
// without any row being written.
func (f *follower) turnDay() {
	day := geo.DayOf(f.now())
	if f.day != 0 && day != f.day {
		for _, layer := range []string{f.public.Layer().Name, "divisions"} {
			f.publish(api.Change{Layer: layer, Position: f.position, Reload: true})
		}
	}
	f.day = day
}

// load fills both editions in one reading of the database.
func (f *follower) load(ctx context.Context) error {
	began := time.Now()
	var points []geo.Point
	at, err := f.feed.Load(ctx, f.public.Layer().Name, func(p geo.Point) error {
		points = append(points, p)
		return nil
	})
	if err != nil {
		return fmt.Errorf("load of the live index: %w", err)
	}
	for _, x := range []*live.Index{f.internal, f.public} {
		if err := x.Load(each(points), at); err != nil {
			return err
		}
	}
	if f.loaded {
		f.publish(api.Change{Layer: f.public.Layer().Name, Position: at, Reload: true})
	}
	f.position, f.loaded = at, true
	f.log.Info("live index loaded", "rows", len(points), "after", time.Since(began).Round(time.Millisecond))
	return nil
}

func each(points []geo.Point) iter.Seq2[geo.Point, error] {
	return func(yield func(geo.Point, error) bool) {
		for _, p := range points {
			if !yield(p, nil) {
				return
			}
		}
	}
}

// apply takes a batch into both editions. The internal one goes first, so that who waits for a position on the public
// one finds it on both.
func (f *follower) apply(b postgis.Batch) error {
	layer := f.public.Layer().Name
	ids := b.Changed[layer]
	if _, err := f.internal.Apply(ids, b.Points, b.Position); err != nil {
		return err
	}
	applied, err := f.public.Apply(ids, b.Points, b.Position)
	if err != nil {
		return err
	}
	f.position = b.Position
	if len(applied.IDs) > 0 {
		f.publish(api.Change{Layer: layer, Position: b.Position, IDs: applied.IDs, Tiles: applied.Tiles(eventZoom)})
	}
	return nil
}

// compact merges edits into the chunks in the background until ctx is done. Readers never wait for it, writers for one
// chunk at most.
func (f *follower) compact(ctx context.Context) error {
	tick := time.NewTicker(pollInterval)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
		for _, x := range []*live.Index{f.public, f.internal} {
			for ctx.Err() == nil && x.Compact() {
			}
		}
	}
}
