package main

import (
	"context"
	"fmt"
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
	// restBetween is how long a follower rests at least between looks: where hundreds of transactions end in a second, one
	// look for several of them costs the database little more than one for one. A change that comes alone waits for nothing.
	restBetween = 20 * time.Millisecond
	// eventZoom is the zoom of the tiles that events name.
	eventZoom = 14
)

// feed is the change feed of the store.
type feed interface {
	Origin(ctx context.Context, layer string) (string, error)
	LoadParts(ctx context.Context, layer string, parts []func(geo.Point) error) (geo.FeedPosition, error)
	Next(ctx context.Context, layer string, from geo.FeedPosition) (postgis.Batch, error)
}

// editions are the two live indexes of a layer. The internal one is always changed first, so that who waits for a
// position on the public one finds it on both.
type editions struct{ internal, public *live.Index }

func newEditions(layer geo.PointLayer) editions {
	return editions{live.New(layer, live.Internal), live.New(layer, live.Public)}
}

func (e editions) layer() string { return e.public.Layer().Name }

func (e editions) all() []*live.Index { return []*live.Index{e.internal, e.public} }

// follower keeps both editions of a layer equal to the database. When the layer was loaded in bulk it reads everything
// anew in the background and goes on following single changes meanwhile.
type follower struct {
	feed     feed
	editions editions
	publish  func(api.Change)
	// announcer tells clients of the layers that are in no index and of a new day; one follower does.
	announcer bool
	wake      chan struct{}
	log       *slog.Logger
	now       func() time.Time
	file      *snapshotFile // where what the indexes hold is kept over restarts; nil for nowhere
	metrics   *loadMetrics
	turn      turn          // of this layer
	behind    *turn         // of the layer that comes first, so that it is there soon; nil for the first
	poll      time.Duration // between looks that nothing wakes
	rest      time.Duration // at least between looks
	meter     *meter

	position  geo.FeedPosition
	following bool           // the position is one that changes can be asked after
	tried     bool           // the file was looked at
	restored  *live.Restored // from it, while the database does not say what changed since
	due       bool           // everything must be read anew
	cause     string         // why
	reading   chan reading   // gives the result of the reading that runs; nil when none does
	day       geo.Day        // of the last step
}

// run loads the indexes, from the file when that can be, and follows the feed until ctx is done. The database may go and
// come back: it tries again.
func (f *follower) run(ctx context.Context) error {
	poll := time.NewTicker(f.poll)
	defer poll.Stop()
	looked := time.Now()
	err := f.step(ctx)
	for {
		wait := poll.C
		if err != nil && ctx.Err() == nil {
			f.log.Error("the live index cannot follow the database; trying again", "layer", f.editions.layer(), "error", err)
			wait = time.After(retryAfter)
		}
		err = nil
		select {
		case <-ctx.Done():
			f.settle()
			f.keepLast(context.WithoutCancel(ctx))
			return nil
		case err := <-f.file.written():
			f.file.took(err)
		case r := <-f.reading:
			f.reading = nil
			if err = f.take(ctx, r); err != nil {
				f.require(causeRetry)
				continue
			}
		case <-f.wake:
			rest(ctx, looked.Add(f.rest))
		case <-wait:
		}
		looked = time.Now()
		err = f.step(ctx)
	}
}

// rest waits until a moment, or until ctx is done.
func rest(ctx context.Context, until time.Time) {
	select {
	case <-ctx.Done():
	case <-time.After(time.Until(until)):
	}
}

// settle waits for the reading that runs, whose context is done.
func (f *follower) settle() {
	if f.reading != nil {
		<-f.reading
	}
}

// step brings the indexes to the present.
func (f *follower) step(ctx context.Context) error {
	if !f.tried {
		if f.behind != nil && !over(f.behind.looked) {
			return nil
		}
		if err := f.resume(ctx); err != nil {
			return err
		}
		f.tried = true
		close(f.turn.looked)
	}
	if f.following {
		if err := f.follow(ctx); err != nil {
			return err
		}
	}
	if f.due && f.reading == nil && (f.behind == nil || over(f.behind.there)) {
		f.due = false
		f.reading = make(chan reading, 1)
		go func(done chan<- reading, cause string) { done <- f.read(ctx, cause) }(f.reading, f.cause)
	}
	f.keep(ctx)
	return nil
}

// follow takes in what changed since the position.
func (f *follower) follow(ctx context.Context) error {
	f.turnDay()
	asked := time.Now()
	batch, err := f.feed.Next(ctx, f.editions.layer(), f.position)
	if err != nil {
		return fmt.Errorf("change feed after %s: %w", f.position, err)
	}
	f.announce(batch)
	f.heed(batch)
	if f.mayHide(batch) {
		f.editions.public.Withdraw()
		f.publish(api.Change{Layer: f.editions.layer(), Position: batch.Position, Reload: true})
	}
	if batch.Void {
		f.following = false
		return nil
	}
	if err := f.apply(batch); err != nil {
		return err
	}
	f.meter.caughtUp(asked, batch.Age)
	return nil
}

// categoriesOfReports is what the feed calls a change of what the public may see of all reports of a category.
const categoriesOfReports = "report_categories"

// mayHide reports whether rows that the public edition shows may have become hidden without the batch saying which. Of a
// layer that hides what people told in confidence nothing is shown then, until everything has been read anew.
func (f *follower) mayHide(b postgis.Batch) bool {
	return f.editions.public.Layer().Generalise != nil && (b.Void || slices.Contains(b.Reloaded, categoriesOfReports))
}

// announce tells of changes in layers that are not in an index.
func (f *follower) announce(b postgis.Batch) {
	if !f.announcer {
		return
	}
	layers := slices.Clone(b.Reloaded)
	if !f.following { // what changed since the last position that said something is not known
		layers = append(layers, drawnLayers()...)
	}
	for layer, ids := range b.Changed {
		if len(ids) > 0 {
			layers = append(layers, layer)
		}
	}
	slices.Sort(layers)
	for _, layer := range slices.Compact(layers) {
		if !indexed(layer) {
			f.publish(api.Change{Layer: layer, Position: b.Position, Reload: true})
		}
	}
}

// drawnLayers are the layers that are drawn from the database.
func drawnLayers() []string { return []string{"divisions", "grids", "jurisdictions"} }

func indexed(layer string) bool {
	return slices.ContainsFunc(geo.PointLayers(), func(l geo.PointLayer) bool { return l.Name == layer })
}

// turnDay tells open maps at midnight in China that everything may differ: what begins or ends with the day changes
// without any row being written.
func (f *follower) turnDay() {
	day := geo.DayOf(f.now())
	if f.day != 0 && day != f.day {
		f.publish(api.Change{Layer: f.editions.layer(), Position: f.position, Reload: true})
		for _, layer := range drawnLayers() {
			if f.announcer {
				f.publish(api.Change{Layer: layer, Position: f.position, Reload: true})
			}
		}
	}
	f.day = day
}

// apply takes a batch into both editions.
func (f *follower) apply(b postgis.Batch) error {
	layer := f.editions.layer()
	ids := b.Changed[layer]
	if _, err := f.editions.internal.Apply(ids, b.Points, b.Position); err != nil {
		return err
	}
	var applied live.Applied
	if f.editions.public.Snapshot() != nil { // else it was withdrawn
		var err error
		if applied, err = f.editions.public.Apply(ids, b.Points, b.Position); err != nil {
			return err
		}
	}
	f.position = b.Position
	f.file.missed(len(ids))
	if len(applied.IDs) > 0 {
		f.publish(api.Change{Layer: layer, Position: b.Position, IDs: applied.IDs, Tiles: applied.Tiles(eventZoom)})
	}
	return nil
}

// compact merges edits into the chunks in the background, and makes what search needs of them, until ctx is done. Readers never wait for it, writers for one
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
		for _, x := range f.editions.all() {
			for began := time.Now(); ctx.Err() == nil && x.Compact(); began = time.Now() {
				f.meter.compacted(x, began)
			}
			for ctx.Err() == nil && x.PrepareSearch() {
			}
		}
	}
}
