package api

import (
	"context"
	"fmt"
	"runtime/debug"
	"sync"
)

// flights lets callers who want the same tile at the same time share one request to its origin. It is safe for
// concurrent use; the zero value is ready.
type flights struct {
	mu    sync.Mutex
	under map[string]*flight
}

// flight is a request under way. tile and err are written before done is closed.
type flight struct {
	cancel  context.CancelFunc
	waiters int // guarded by flights.mu
	done    chan struct{}
	tile    rasterTile
	err     error
}

// do returns what fetch does, or what a fetch of the same key that is under way will do; joined tells which. The fetch
// does not end with the first caller but with the last one who waits for it.
func (f *flights) do(ctx context.Context, key string, fetch func(context.Context) (rasterTile, error)) (tile rasterTile, joined bool, err error) {
	f.mu.Lock()
	one, joined := f.under[key]
	if !joined {
		one = f.start(ctx, key, fetch)
	}
	one.waiters++
	f.mu.Unlock()
	select {
	case <-one.done:
		return one.tile, joined, one.err
	case <-ctx.Done():
		f.leave(key, one)
		return rasterTile{}, joined, ctx.Err()
	}
}

// start begins a fetch; f.mu is held.
func (f *flights) start(ctx context.Context, key string, fetch func(context.Context) (rasterTile, error)) *flight {
	ctx, cancel := context.WithCancel(context.WithoutCancel(ctx))
	one := &flight{cancel: cancel, done: make(chan struct{})}
	if f.under == nil {
		f.under = map[string]*flight{}
	}
	f.under[key] = one
	go func() {
		defer f.land(key, one)
		defer func() {
			// The server's own recovery does not see this goroutine: a panic here would end the process.
			if p := recover(); p != nil {
				one.err = fmt.Errorf("panic: %v\n%s", p, debug.Stack())
			}
		}()
		one.tile, one.err = fetch(ctx)
	}()
	return one
}

func (f *flights) land(key string, one *flight) {
	one.cancel()
	f.mu.Lock()
	f.remove(key, one)
	f.mu.Unlock()
	close(one.done)
}

// leave takes a caller off a flight. The last one cancels it, and who comes later starts another.
func (f *flights) leave(key string, one *flight) {
	f.mu.Lock()
	defer f.mu.Unlock()
	one.waiters--
	if one.waiters > 0 {
		return
	}
	one.cancel()
	f.remove(key, one)
}

// remove forgets a flight; f.mu is held.
func (f *flights) remove(key string, one *flight) {
	if f.under[key] == one {
		delete(f.under, key)
	}
}
