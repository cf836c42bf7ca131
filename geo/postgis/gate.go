package postgis

import (
	"context"
	"fmt"
	"time"

	"jingwei/geo"
)

// gatePatience is how long a slow read waits for its turn.
const gatePatience = 2 * time.Second

// gate bounds how many slow reads (searches, polygon tiles) run at once, so that connections remain for everything
// else: a map that is opened by many must not hold up a write.
type gate struct {
	places   chan struct{}
	patience time.Duration
}

func newGate(places int) *gate {
	return &gate{places: make(chan struct{}, places), patience: gatePatience}
}

// enter waits for a place, which the function that it returns gives back. No place within the patience of the gate is
// geo.ErrUnavailable.
func (g *gate) enter(ctx context.Context) (leave func(), err error) {
	leave = func() { <-g.places }
	select {
	case g.places <- struct{}{}:
		return leave, nil
	default:
	}
	timer := time.NewTimer(g.patience)
	defer timer.Stop()
	select {
	case g.places <- struct{}{}:
		return leave, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	case <-timer.C:
		return nil, fmt.Errorf("%w: %d searches and tiles are being made already", geo.ErrUnavailable, cap(g.places))
	}
}
