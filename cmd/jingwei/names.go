package main

import (
	"context"
	"log/slog"
	"sync/atomic"
	"time"

	"jingwei/geo"
	"jingwei/geo/gazetteer"
)

// Pace of what keeps the names. Whoever imports a nation writes hundreds of batches: a look that found something rests so
// many times as long as it took.
const (
	namesPoll  = time.Second
	namesRests = 5
)

// divisionNames is what names are read from.
type divisionNames interface {
	DivisionGeneration(ctx context.Context) (string, error)
	DivisionNames(ctx context.Context, add func(d geo.Division, reachM float64)) error
	Successions(ctx context.Context) ([]geo.Succession, error)
}

// names keeps the gazetteer of today's divisions in memory, and makes it anew in the background when they, their shapes or
// successions change, or the day.
type names struct {
	source  divisionNames
	log     *slog.Logger
	now     func() time.Time
	current atomic.Pointer[gazetteer.Gazetteer]

	generation string
	day        geo.Day
}

// Gazetteer returns the newest one; nil before the first is there.
func (n *names) Gazetteer() *gazetteer.Gazetteer { return n.current.Load() }

// run keeps the names until ctx is done. The database may go and come back: it tries again.
func (n *names) run(ctx context.Context) error {
	for {
		started := time.Now()
		made, err := n.look(ctx)
		rest := namesPoll
		switch {
		case err != nil && ctx.Err() == nil:
			n.log.Error("names of divisions; trying again", "error", err)
		case made:
			took := time.Since(started)
			g := n.Gazetteer()
			n.log.Info("the names of divisions are there", "names", g.Len(), "bytes", g.Bytes(), "seconds", took.Seconds())
			rest = max(rest, namesRests*took)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(rest):
		}
	}
}

// look makes the gazetteer when it is not that of today's divisions.
func (n *names) look(ctx context.Context) (made bool, err error) {
	generation, err := n.source.DivisionGeneration(ctx)
	if err != nil {
		return false, err
	}
	day := geo.DayOf(n.now())
	if generation == n.generation && day == n.day {
		return false, nil
	}
	var b gazetteer.Builder
	if err := n.source.DivisionNames(ctx, func(d geo.Division, reachM float64) { b.Add(d, reachM, day) }); err != nil {
		return false, err
	}
	successions, err := n.source.Successions(ctx)
	if err != nil {
		return false, err
	}
	n.current.Store(b.Build(day, successions))
	n.generation, n.day = generation, day
	return true, nil
}
