package api

import (
	"container/list"
	"sync"
)

// recent keeps values by key, the most recently used ones, up to a number of bytes; the newest is kept whatever it takes. It is
// safe for concurrent use.
type recent[V interface{ bytes() int }] struct {
	capacity int

	mu      sync.Mutex
	entries map[string]*list.Element
	order   list.List // of entry[V], the last used in front
	bytes   int
}

type entry[V any] struct {
	key   string
	value V
}

func newRecent[V interface{ bytes() int }](capacity int) *recent[V] {
	return &recent[V]{capacity: capacity, entries: map[string]*list.Element{}}
}

// get returns the value of a key.
func (r *recent[V]) get(key string) (value V, ok bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	e, ok := r.entries[key]
	if !ok {
		return value, false
	}
	r.order.MoveToFront(e)
	return e.Value.(entry[V]).value, true
}

// put keeps a value in the place of the one of its key.
func (r *recent[V]) put(key string, value V) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.remove(r.entries[key])
	r.entries[key] = r.order.PushFront(entry[V]{key, value})
	r.bytes += value.bytes()
	for r.bytes > r.capacity && r.order.Len() > 1 {
		r.remove(r.order.Back())
	}
}

// drop takes out the value of a key, if there is one.
func (r *recent[V]) drop(key string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.remove(r.entries[key])
}

// remove takes out an entry, if it is one; r.mu is held.
func (r *recent[V]) remove(e *list.Element) {
	if e == nil {
		return
	}
	old := r.order.Remove(e).(entry[V])
	delete(r.entries, old.key)
	r.bytes -= old.value.bytes()
}
