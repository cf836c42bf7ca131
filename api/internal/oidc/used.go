package oidc

import (
	"sync"
	"time"
)

// mostUsed bounds the memory of used states to a few megabytes.
const mostUsed = 1 << 16

// used remembers the states that were used while they could be used again. Beyond mostUsed the oldest are forgotten:
// refusing new ones instead would let anybody lock everybody out. A state is still bound to its browser then, and the
// provider takes a code only once. Safe for concurrent use.
type used struct {
	mu    sync.Mutex
	known map[string]bool
	queue []usedState // in the order in which they were used, which is that in which they are forgotten
}

type usedState struct {
	value string
	until time.Time
}

func newUsed() *used { return &used{known: map[string]bool{}} }

// take uses a state and reports whether it was not used before.
func (u *used) take(value string, now time.Time) bool {
	u.mu.Lock()
	defer u.mu.Unlock()
	for len(u.queue) > 0 && (!now.Before(u.queue[0].until) || len(u.queue) >= mostUsed) {
		delete(u.known, u.queue[0].value)
		u.queue = u.queue[1:]
	}
	if u.known[value] {
		return false
	}
	u.known[value] = true
	// A minute more than it is fresh, for clocks that differ.
	u.queue = append(u.queue, usedState{value: value, until: now.Add(StateLife + time.Minute)})
	return true
}
