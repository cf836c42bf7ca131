package main

import (
	"context"
	"fmt"
	"log/slog"
	"runtime"
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

	position  geo.FeedPosition
	following bool         // the position is one that changes can be asked after
	due       bool         // everything must be read anew
	reading   chan reading // gives the result of the reading that runs; nil when none does
	day       geo.Day      // of the last step
}

// reading is the result of reading everything.
type reading struct {
	loads []*live.Load // in the order of editions.all, built
	rows  int
	at    geo.FeedPosition
	began time.Time
	err   error
}

// run loads the indexes and follows the feed until ctx is done. The database may go and come back: it tries again.
func (f *follower) run(ctx context.Context) error {
	poll := time.NewTicker(pollInterval)
	defer poll.Stop()
	f.due = true
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
			return nil
		case r := <-f.reading:
			f.reading = nil
			if err = f.take(ctx, r); err != nil {
				f.due = true
				continue
			}
		case <-f.wake:
		case <-wait:
		}
		err = f.step(ctx)
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
	if f.following {
		if err := f.follow(ctx); err != nil {
			return err
		}
	}
	if f.due && f.reading == nil {
		f.due = false
		f.reading = make(chan reading, 1)
		go func(done chan<- reading) { done <- f.read(ctx) }(f.reading)
	}
	return nil
}

// follow takes in what changed since the position.
func (f *follower) follow(ctx context.Context) error {
	f.turnDay()
	batch, err := f.feed.Next(ctx, f.editions.layer(), f.position)
	if err != nil {
		return fmt.Errorf("change feed after %s: %w", f.position, err)
	}
	f.announce(batch)
	f.due = f.due || batch.Void || slices.Contains(batch.Reloaded, f.editions.layer())
	if f.mayHide(batch) {
		f.editions.public.Withdraw()
		f.publish(api.Change{Layer: f.editions.layer(), Position: batch.Position, Reload: true})
	}
	if batch.Void {
		f.following = false
		return nil
	}
	return f.apply(batch)
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

// read reads the whole layer for both editions, in parts. The indexes do not change.
func (f *follower) read(ctx context.Context) reading {
	r := reading{began: time.Now()}
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
	f.due = f.due || batch.Void || slices.Contains(batch.Reloaded, layer)
	if batch.Void || f.mayHide(batch) {
		return nil
	}
	for _, l := range r.loads {
		if err := l.Apply(batch.Changed[layer], batch.Points, batch.Position); err != nil {
			return err
		}
	}
	for _, l := range r.loads {
		l.Publish()
	}
	if f.position.Epoch != "" {
		f.publish(api.Change{Layer: layer, Position: batch.Position, Reload: true})
	}
	f.position, f.following = batch.Position, true
	f.log.Info("live index loaded", "layer", layer, "rows", r.rows, "after", time.Since(r.began).Round(time.Millisecond))
	return nil
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
		for _, x := range f.editions.all() {
			for ctx.Err() == nil && x.Compact() {
			}
		}
	}
}
