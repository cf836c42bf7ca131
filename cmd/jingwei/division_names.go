package main

import (
	"context"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"jingwei/geo"
	"jingwei/geo/live"
)

// nameStore reads the names of divisions.
type nameStore interface {
	DivisionGeneration(ctx context.Context) (string, error)
	DivisionNames(ctx context.Context, yield func(geo.Point) error) (generation string, err error)
}

// renewEvery is how often the names are read anew at most, in times of what reading them takes: an import changes divisions again
// and again.
const renewEvery = 4

// divisionNames holds the names of all divisions for search. They change with imports only, and are read anew as a whole then.
type divisionNames struct {
	store nameStore
	log   *slog.Logger

	mu      sync.Mutex
	current *live.Index // nil before it was read for the first time
	of      string      // the generation that it is of
	reading chan struct{}
	rested  time.Time // until when nothing is read again
}

// Names returns the newest names. When divisions changed since they were read it waits so long for the new ones; whatever the
// patience, it waits for the first.
func (n *divisionNames) Names(ctx context.Context, patience time.Duration) (*live.Snapshot, error) {
	generation, err := n.store.DivisionGeneration(ctx)
	if err != nil {
		return nil, err
	}
	timer := time.NewTimer(patience)
	defer timer.Stop()
	for late := false; ; {
		index, reading := n.look(ctx, generation)
		if reading == nil || late && index != nil {
			return index.Snapshot(), nil
		}
		select {
		case <-reading:
			if index, _ := n.held(); index == nil {
				return nil, fmt.Errorf("%w: the names of divisions cannot be read", geo.ErrUnavailable)
			}
		case <-timer.C:
			late = true
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}

func (n *divisionNames) held() (*live.Index, string) {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.current, n.of
}

// look returns what is held, and when that is not of the generation, what tells the end of the reading, which it begins when
// nobody did.
func (n *divisionNames) look(ctx context.Context, generation string) (*live.Index, <-chan struct{}) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.of == generation && n.current != nil {
		return n.current, nil
	}
	if n.reading == nil {
		n.reading = make(chan struct{})
		go n.read(context.WithoutCancel(ctx), n.reading, time.Until(n.rested))
	}
	return n.current, n.reading
}

// read reads the names after a rest, and closes done.
func (n *divisionNames) read(ctx context.Context, done chan struct{}, rest time.Duration) {
	time.Sleep(rest)
	began := time.Now()
	index, generation, err := n.load(ctx)
	if err != nil {
		n.log.Error("the names of divisions cannot be read", "error", err)
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	if err == nil {
		n.current, n.of = index, generation
	}
	n.reading, n.rested = nil, time.Now().Add(renewEvery*time.Since(began))
	close(done)
}

func (n *divisionNames) load(ctx context.Context) (*live.Index, string, error) {
	index := live.New(geo.DivisionLayer(), live.Public)
	load := index.NewLoad()
	part := load.NewPart()
	generation, err := n.store.DivisionNames(ctx, part.Add)
	if err != nil {
		return nil, "", err
	}
	if err := load.Build(ctx, geo.FeedPosition{}); err != nil {
		return nil, "", err
	}
	load.Publish()
	for index.PrepareSearch() {
	}
	return index, generation, nil
}
