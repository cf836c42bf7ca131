package api

import (
	"context"
	"fmt"
	"runtime/debug"
	"sync"
)

// flights lets callers who want the same thing at the same time share one request for it. It is safe for concurrent use;
// the zero value is ready.
type flights[T any] struct {
	mu    sync.Mutex
	under map[string]*flight[T]
}

// flight is a request under way. found and err are written before done is closed.
type flight[T any] struct {
	cancel  context.CancelFunc
	waiters int // guarded by flights.mu
	done    chan struct{}
	found   T
	err     error
}

// do returns what fetch does, or what a fetch of the same key that is under way will do; joined tells which. The fetch
// does not end with the first caller but with the last one who waits for it.
func (f *flights[T]) do(ctx context.Context, key string, fetch func(context.Context) (T, error)) (found T, joined bool, err error) {
	f.mu.Lock()
	one, joined := f.under[key]
	if !joined {
		one = f.start(ctx, key, fetch)
	}
	one.waiters++
	f.mu.Unlock()
	select {
	case <-one.done:
		return one.found, joined, one.err
	case <-ctx.Done():
		f.leave(key, one)
		return found, joined, ctx.Err()
	}
}

// start begins a fetch; f.mu is held.
func (f *flights[T]) start(ctx context.Context, key string, fetch func(context.Context) (T, error)) *flight[T] {
	ctx, cancel := context.WithCancel(context.WithoutCancel(ctx))
	one := &flight[T]{cancel: cancel, done: make(chan struct{})}
	if f.under == nil {
		f.under = map[string]*flight[T]{}
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
		one.found, one.err = fetch(ctx)
	}()
	return one
}

func (f *flights[T]) land(key string, one *flight[T]) {
	one.cancel()
	f.mu.Lock()
	f.remove(key, one)
	f.mu.Unlock()
	close(one.done)
}

// leave takes a caller off a flight. The last one cancels it, and who comes later starts another.
func (f *flights[T]) leave(key string, one *flight[T]) {
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
func (f *flights[T]) remove(key string, one *flight[T]) {
	if f.under[key] == one {
		delete(f.under, key)
	}
}
