package live

import (
	"container/list"
	"sync"

	"jingwei/tiles/mvt"
)

// cacheBytes bounds the memory of the filter cache of one index.
const cacheBytes = 64 << 20

// cache holds what was derived from immutable chunks, by chunk and canonical query: least recently used goes first.
type cache struct {
	mu      sync.Mutex
	entries map[cacheKey]*list.Element
	recent  list.List
	bytes   int

	hits, misses uint64

	layers sync.Pool // of *mvt.Layer: memory of tiles that are finished, for the next ones
}

// takeLayer returns an empty layer, in the memory of a finished one where there is any.
func (c *cache) takeLayer(name string) *mvt.Layer {
	if l, ok := c.layers.Get().(*mvt.Layer); ok {
		l.Reset(name, tileExtent)
		return l
	}
	return mvt.NewLayer(name, tileExtent)
}

// cacheKey names what was derived: from which chunk, under which query, and which value: its rows, its division
// directory, the ranks of a category column, or the counts of its values. The query is a hash, since its text is the client's and may be long.
type cacheKey struct {
	chunk uint64
	query queryHash
	value int
}

// queryHash is half of the SHA-256 of a query's canonical form.
type queryHash [16]byte

// Values of cacheKey beside the slots of category columns, which count from 0.
const (
	valueRows      = -1
	valueDirectory = -2
	valueHeld      = -3
)

// entryBytes is what an entry takes beside its value: key, list element and a place in the map.
const entryBytes = 256

type cacheEntry struct {
	key   cacheKey
	value derived
}

// derived is a value that knows its size.
type derived interface{ bytes() int }

func newCache() *cache { return &cache{entries: map[cacheKey]*list.Element{}} }

// cached returns the value of key, computing it when absent. Two readers may compute the same value at the same time;
// they get equal results and one of them is kept.
func cached[T derived](c *cache, key cacheKey, compute func() T) T {
	c.mu.Lock()
	if e, ok := c.entries[key]; ok {
		c.recent.MoveToFront(e)
		c.hits++
		c.mu.Unlock()
		return e.Value.(cacheEntry).value.(T)
	}
	c.misses++
	c.mu.Unlock()
	v := compute()
	c.put(key, v)
	return v
}

func (c *cache) put(key cacheKey, v derived) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if _, ok := c.entries[key]; ok {
		return
	}
	c.entries[key] = c.recent.PushFront(cacheEntry{key, v})
	c.bytes += v.bytes() + entryBytes
	for c.bytes > cacheBytes && c.recent.Len() > 1 {
		e := c.recent.Back()
		old := c.recent.Remove(e).(cacheEntry)
		delete(c.entries, old.key)
		c.bytes -= old.value.bytes() + entryBytes
	}
}
