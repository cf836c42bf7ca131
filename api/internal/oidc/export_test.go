package oidc

import "time"

// Used gives tests the memory of used states.
type Used struct{ *used }

// MostUsed is how many states it remembers.
const MostUsed = mostUsed

// NewUsed returns an empty memory.
func NewUsed() Used { return Used{newUsed()} }

// Take uses a state.
func (u Used) Take(value string, now time.Time) bool { return u.take(value, now) }

// Len returns how many states are remembered.
func (u Used) Len() int { return len(u.known) }
