package main

import (
	"context"
	"log/slog"
	"time"

	"jingwei/api"
	"jingwei/geo"
	"jingwei/geo/live"
)

// Feed is the change feed that a follower reads.
type Feed = feed

// Follow runs the follower of a layer that announces the others until ctx is done, and wakes it for every value of wake.
// It returns the indexes and what closes when it has ended.
func Follow(ctx context.Context, f Feed, layer geo.PointLayer, wake chan struct{}, now func() time.Time, publish func(api.Change)) (internal, public *live.Index, ended <-chan struct{}) {
	e := newEditions(layer)
	x := &follower{feed: f, editions: e, publish: publish, announcer: true, wake: wake, log: slog.New(slog.DiscardHandler), now: now}
	done := make(chan struct{})
	go func() {
		defer close(done)
		_ = x.run(ctx)
	}()
	return e.internal, e.public, done
}
