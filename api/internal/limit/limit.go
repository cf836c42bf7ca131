// Package limit bounds how often something may happen per key.
package limit

import (
	"sync"
	"time"
)

// Limiter is a bucket of permissions per key. It is safe for concurrent use.
type Limiter struct {
	mu    sync.Mutex
	rate  float64 // permissions per second
	burst float64
	most  int
	keys  map[string]bucket
}

type bucket struct {
	left float64
	at   time.Time
}

// New returns a limiter that gives every key burst permissions at once and rate more per second. It remembers most keys.
func New(rate float64, burst, most int) *Limiter {
	return &Limiter{rate: rate, burst: float64(burst), most: most, keys: map[string]bucket{}}
}

// Allow takes a permission of key; when none is left it says after which time there is one.
func (l *Limiter) Allow(key string) (ok bool, retryAfter time.Duration) {
	l.mu.Lock()
	defer l.mu.Unlock()
	now := time.Now()
	b, known := l.keys[key]
	if !known {
		l.makeRoom(now)
		b.left = l.burst
	} else {
		b.left = l.refilled(b, now)
	}
	b.at = now
	if ok = b.left >= 1; ok {
		b.left--
	} else {
		retryAfter = time.Duration((1 - b.left) / l.rate * float64(time.Second))
	}
	l.keys[key] = b
	return ok, retryAfter
}

func (l *Limiter) refilled(b bucket, now time.Time) float64 {
	return min(l.burst, b.left+now.Sub(b.at).Seconds()*l.rate)
}

// makeRoom forgets keys whose buckets are full again, and any when there are still too many.
func (l *Limiter) makeRoom(now time.Time) {
	if len(l.keys) < l.most {
		return
	}
	for key, b := range l.keys {
		if l.refilled(b, now) >= l.burst {
			delete(l.keys, key)
		}
	}
	for key := range l.keys {
		if len(l.keys) < l.most {
			return
		}
		delete(l.keys, key)
	}
}
