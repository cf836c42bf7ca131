// Package limit bounds how often somebody may do something: a bucket of tokens for each client or account that tries.
package limit

import (
	"crypto/sha256"
	"math"
	"strings"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// longestKey is the length in bytes up to which keys are kept as they are: longer ones, which clients can make at will,
// are kept as their hash.
const longestKey = 64

// Limiter lets each key do something a number of times at once, and then as often as its rate says. It keeps a bounded
// number of keys and forgets those that have rested long enough to begin anew, so that nothing has to be cleaned up. It
// is safe for concurrent use.
type Limiter struct {
	perSecond rate.Limit
	burst     int
	most      int
	now       func() time.Time

	mu     sync.Mutex
	known  map[string]*bucket
	rested queue   // those of known; the first is full again first
	shared *bucket // of all keys that found no room
}

// bucket is what a key has left.
type bucket struct {
	key    string
	tokens *rate.Limiter
	full   time.Time // when it is full again if nothing more is taken
	place  int       // in the queue
}

// New returns a Limiter that allows each key burst times at once and then perSecond, both above zero. It keeps at most
// most keys, a few hundred bytes each. When so many are kept and none has rested, all further keys share one bucket until
// one has: somebody with very many addresses can slow down newcomers, but neither fill the memory nor make the Limiter
// forget whom it holds back.
func New(perSecond float64, burst, most int) *Limiter {
	return NewAt(time.Now, perSecond, burst, most)
}

// NewAt is New with a clock.
func NewAt(now func() time.Time, perSecond float64, burst, most int) *Limiter {
	l := &Limiter{perSecond: rate.Limit(perSecond), burst: burst, most: most, now: now, known: map[string]*bucket{}}
	l.shared = &bucket{tokens: l.newTokens()}
	return l
}

func (l *Limiter) newTokens() *rate.Limiter { return rate.NewLimiter(l.perSecond, l.burst) }

// Allow takes a token of the key and reports whether there was one. If not, nothing is taken, and retryAfter says how
// long it is until there will be one; it is 0 otherwise.
func (l *Limiter) Allow(key string) (ok bool, retryAfter time.Duration) {
	if len(key) > longestKey {
		sum := sha256.Sum256([]byte(key))
		key = string(sum[:])
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	now := l.now()
	l.forget(now)
	b := l.bucket(key)
	ok = b.tokens.AllowN(now, 1)
	left := b.tokens.TokensAt(now)
	if !ok {
		return false, l.timeFor(1 - left)
	}
	b.full = now.Add(l.timeFor(float64(l.burst) - left))
	if b != l.shared {
		l.rested.moved(b)
	}
	return true, 0
}

// forget drops keys that are as good as new. At most two, so that no call takes long; each call adds one at most.
func (l *Limiter) forget(now time.Time) {
	for range 2 {
		b := l.rested.first()
		if b == nil || b.full.After(now) {
			return
		}
		l.rested.removeFirst()
		delete(l.known, b.key)
	}
}

// bucket returns that of the key, a new one if there is room, or the shared one.
func (l *Limiter) bucket(key string) *bucket {
	if b := l.known[key]; b != nil {
		return b
	}
	if len(l.known) >= l.most {
		return l.shared
	}
	b := &bucket{key: strings.Clone(key), tokens: l.newTokens()} // key may be part of a whole request
	l.known[b.key] = b
	l.rested.add(b)
	return b
}

// timeFor returns how long it takes until so many tokens have come, rounded up.
func (l *Limiter) timeFor(tokens float64) time.Duration {
	return time.Duration(math.Ceil(tokens / float64(l.perSecond) * float64(time.Second)))
}
