package tiles

import (
	"container/list"
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"sync"
)

// entryOverhead is counted for each answer beside its key and bytes, for the map, the list and the headers of both.
// So that empty answers, which are most of those over sea, fill the cache as well.
const entryOverhead = 256

// Cache keeps finished answers, the most recently used ones, up to a number of bytes. Answers never change: what they
// depend on, a version among it, is part of their key. It is safe for concurrent use.
type Cache struct {
	capacity int64

	mu      sync.Mutex
	recent  *list.List // of *entry, the last used in front
	entries map[string]*list.Element
	flights map[string]*flight
	bytes   int64
	stats   CacheStats
}

// CacheStats counts since the cache was made.
type CacheStats struct {
	Hits    uint64 // answers from memory
	Misses  uint64 // fills that were started
	Shared  uint64 // callers that waited for the fill of another
	Entries int    // answers held now
	Bytes   int64  // what they take now
}

type entry struct {
	key   string
	value []byte
}

func (e *entry) cost() int64 { return int64(len(e.key)+cap(e.value)) + entryOverhead }

// flight is a fill under way. value and err are written before done is closed.
type flight struct {
	cancel  context.CancelFunc
	waiters int // guarded by Cache.mu
	done    chan struct{}
	value   []byte
	err     error
}

// NewCache returns a cache that holds at most that many bytes; with 0 it only shares fills.
func NewCache(bytes int64) *Cache {
	return &Cache{
		capacity: bytes, recent: list.New(),
		entries: make(map[string]*list.Element), flights: make(map[string]*flight),
	}
}

// Get returns the answer of that key, from memory or from fill. Callers of a key that is being filled wait for that fill,
// so there is one at a time. The answer is shared: nobody may change it.
//
// Fill runs apart from the caller: its context carries the values of the first caller's but not its end, and is
// cancelled when the last waiting caller has left. Errors go to all who wait and are not kept; a panic becomes one. When
// ctx ends first, its error is returned.
func (c *Cache) Get(ctx context.Context, key string, fill func(context.Context) ([]byte, error)) ([]byte, error) {
	c.mu.Lock()
	if e, ok := c.entries[key]; ok {
		c.recent.MoveToFront(e)
		c.stats.Hits++
		c.mu.Unlock()
		return e.Value.(*entry).value, nil
	}
	if err := ctx.Err(); err != nil {
		c.mu.Unlock()
		return nil, err
	}
	f, ok := c.flights[key]
	if ok {
		c.stats.Shared++
	} else {
		c.stats.Misses++
		f = c.start(ctx, key, fill)
	}
	f.waiters++
	c.mu.Unlock()

	select {
	case <-f.done:
		return f.value, f.err
	case <-ctx.Done():
		c.leave(key, f)
		return nil, ctx.Err()
	}
}

// start begins a fill; c.mu is held.
func (c *Cache) start(ctx context.Context, key string, fill func(context.Context) ([]byte, error)) *flight {
	ctx, cancel := context.WithCancel(context.WithoutCancel(ctx))
	f := &flight{cancel: cancel, done: make(chan struct{}), err: errors.New("the fill of an answer ended early")}
	c.flights[key] = f
	go func() {
		defer c.land(key, f)
		defer func() {
			// The server's own recovery does not see this goroutine: a panic here would end the process.
			if p := recover(); p != nil {
				f.value, f.err = nil, fmt.Errorf("panic in the fill of an answer: %v\n%s", p, debug.Stack())
			}
		}()
		f.value, f.err = fill(ctx)
	}()
	return f
}

// land ends a flight: the answer is kept and all who wait get it.
func (c *Cache) land(key string, f *flight) {
	f.cancel()
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.flights[key] == f {
		delete(c.flights, key)
	}
	if f.err == nil {
		c.keep(&entry{key: key, value: f.value})
	}
	close(f.done)
}

// leave takes a caller off a flight. The last one cancels it, and who comes later starts another.
func (c *Cache) leave(key string, f *flight) {
	c.mu.Lock()
	defer c.mu.Unlock()
	f.waiters--
	if f.waiters > 0 {
		return
	}
	f.cancel()
	if c.flights[key] == f {
		delete(c.flights, key)
	}
}

// keep adds an entry and drops the longest unused ones; c.mu is held.
func (c *Cache) keep(e *entry) {
	if _, ok := c.entries[e.key]; ok || e.cost() > c.capacity {
		return
	}
	c.entries[e.key] = c.recent.PushFront(e)
	c.bytes += e.cost()
	for c.bytes > c.capacity {
		last := c.recent.Back()
		old := c.recent.Remove(last).(*entry)
		delete(c.entries, old.key)
		c.bytes -= old.cost()
	}
}

// Stats returns the counters.
func (c *Cache) Stats() CacheStats {
	c.mu.Lock()
	defer c.mu.Unlock()
	s := c.stats
	s.Entries, s.Bytes = len(c.entries), c.bytes
	return s
}
