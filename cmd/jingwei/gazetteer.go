package main

import (
	"context"
	"log/slog"
	"sync/atomic"
	"time"

	"jingwei/geo"
	"jingwei/geo/gazetteer"
)

// Pace of the keeper. Whoever imports a nation writes hundreds of batches: a look that found something rests so
// many times as long as it took.
const (
	gazetteerPoll  = time.Second
	gazetteerRests = 5
)

// gazetteerSource is what names are read from.
type gazetteerSource interface {
	DivisionGeneration(ctx context.Context) (string, error)
	DivisionsOfAllDays(ctx context.Context, add func(d geo.Division, reachM float64)) error
	Successions(ctx context.Context) ([]geo.Succession, error)
}

// gazetteerKeeper keeps the gazetteer of today's divisions in memory, and makes it anew in the background when they, their shapes or
// successions change, or the day.
type gazetteerKeeper struct {
	source  gazetteerSource
	log     *slog.Logger
	now     func() time.Time
	current atomic.Pointer[gazetteer.Gazetteer]

	generation string
	day        geo.Day
}

// Gazetteer returns the newest one; nil before the first is there.
func (k *gazetteerKeeper) Gazetteer() *gazetteer.Gazetteer { return k.current.Load() }

// Geocode finds the places that a text names as an address, by the divisions of today only.
func (k *gazetteerKeeper) Geocode(_ context.Context, text string, limit int, day geo.Day) ([]geo.SearchHit, error) {
	g := k.Gazetteer()
	if g == nil || day != geo.DayOf(k.now()) {
		return nil, nil
	}
	return g.Hits(text, limit), nil
}

// run keeps the names until ctx is done. The database may go and come back: it tries again.
func (k *gazetteerKeeper) run(ctx context.Context) error {
	for {
		started := time.Now()
		made, err := k.look(ctx)
		rest := gazetteerPoll
		switch {
		case err != nil && ctx.Err() == nil:
			k.log.Error("names of divisions; trying again", "error", err)
		case made:
			took := time.Since(started)
			g := k.Gazetteer()
			k.log.Info("the names of divisions are there", "names", g.Len(), "bytes", g.Bytes(), "seconds", took.Seconds())
			rest = max(rest, gazetteerRests*took)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(rest):
		}
	}
}

// look makes the gazetteer when it is not that of today's divisions.
func (k *gazetteerKeeper) look(ctx context.Context) (made bool, err error) {
	generation, err := k.source.DivisionGeneration(ctx)
	if err != nil {
		return false, err
	}
	day := geo.DayOf(k.now())
	if generation == k.generation && day == k.day {
		return false, nil
	}
	var b gazetteer.Builder
	if err := k.source.DivisionsOfAllDays(ctx, func(d geo.Division, reachM float64) { b.Add(d, reachM, day) }); err != nil {
		return false, err
	}
	successions, err := k.source.Successions(ctx)
	if err != nil {
		return false, err
	}
	k.current.Store(b.Build(day, successions))
	k.generation, k.day = generation, day
	return true, nil
}
