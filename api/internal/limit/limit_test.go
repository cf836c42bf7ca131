package limit_test

import (
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/time/rate"
	"pgregory.net/rapid"

	"jingwei/api/internal/limit"
)

// clock is one that stands still until it is put forward.
type clock struct{ at time.Time }

func newClock() *clock { return &clock{time.Date(2026, 1, 31, 12, 0, 0, 0, time.UTC)} }

func (c *clock) now() time.Time { return c.at }

func (c *clock) forward(d time.Duration) { c.at = c.at.Add(d) }

func TestAllow(t *testing.T) {
	c := newClock()
	l := limit.NewAt(c.now, 0.5, 3, 10)
	steps := []struct {
		after time.Duration
		key   string
		ok    bool
		retry time.Duration
	}{
		{0, "a", true, 0},
		{0, "a", true, 0},
		{0, "a", true, 0},
		{0, "a", false, 2 * time.Second},
		{0, "b", true, 0}, // another key has a bucket of its own
		{500 * time.Millisecond, "a", false, 1500 * time.Millisecond},
		{1500 * time.Millisecond, "a", true, 0},
		{0, "a", false, 2 * time.Second},
		{time.Hour, "a", true, 0}, // no more than the burst comes together
		{0, "a", true, 0},
		{0, "a", true, 0},
		{0, "a", false, 2 * time.Second},
	}
	for i, s := range steps {
		c.forward(s.after)
		if ok, retry := l.Allow(s.key); ok != s.ok || retry != s.retry {
			t.Errorf("step %d: Allow(%s) = %v, %v; want %v, %v", i, s.key, ok, retry, s.ok, s.retry)
		}
	}
}

// That keys are forgotten cannot be seen: each is answered as if all were kept for ever.
func TestForgettingIsInvisible(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		perSecond := rapid.SampledFrom([]float64{0.1, 1.0 / 3, 1, 7}).Draw(t, "rate")
		burst := rapid.IntRange(1, 5).Draw(t, "burst")
		c := newClock()
		l := limit.NewAt(c.now, perSecond, burst, 8)
		kept := map[string]*rate.Limiter{}
		for range rapid.IntRange(1, 200).Draw(t, "steps") {
			c.forward(time.Duration(rapid.IntRange(0, 3000).Draw(t, "milliseconds")) * time.Millisecond)
			key := rapid.SampledFrom([]string{"a", "b", "c", "d", "e", "f", "g", "h"}).Draw(t, "key")
			if kept[key] == nil {
				kept[key] = rate.NewLimiter(rate.Limit(perSecond), burst)
			}
			ok, retry := l.Allow(key)
			if want := kept[key].AllowN(c.at, 1); ok != want || ok != (retry == 0) {
				t.Fatalf("Allow(%s) = %v, %v; want %v", key, ok, retry, want)
			}
			if !ok {
				early, late := kept[key].TokensAt(c.at.Add(retry-time.Microsecond)), kept[key].TokensAt(c.at.Add(retry+time.Microsecond))
				if early >= 1 || late < 1 {
					t.Fatalf("after %v there are %v to %v tokens", retry, early, late)
				}
			}
		}
	})
}

// However many keys come, so many are kept at most, who is held back stays so, and newcomers share one bucket.
func TestKeysAreBounded(t *testing.T) {
	const most = 100
	c := newClock()
	l := limit.NewAt(c.now, 1, 2, most)
	spend := func(key string) (spent int) {
		for range 5 {
			if ok, _ := l.Allow(key); ok {
				spent++
			}
		}
		return spent
	}
	for i := range most {
		if n := spend(strconv.Itoa(i)); n != 2 {
			t.Fatalf("key %d was allowed %d times, want 2", i, n)
		}
	}
	allowed := 0
	for i := range 10_000 {
		allowed += spend("flood " + strconv.Itoa(i))
	}
	if allowed != 2 {
		t.Errorf("all keys without room were allowed %d times, want 2 together", allowed)
	}
	for i := range most {
		if ok, _ := l.Allow(strconv.Itoa(i)); ok {
			t.Errorf("key %d is no longer held back", i)
		}
	}
	if keys, _ := l.Known(); keys != most {
		t.Errorf("%d keys are kept, want %d", keys, most)
	}
	c.forward(2 * time.Second)
	for i := range most / 2 {
		if ok, _ := l.Allow("newcomer " + strconv.Itoa(i)); !ok {
			t.Errorf("newcomer %d found no room after a rest", i)
		}
	}
	if keys, _ := l.Known(); keys != most/2 {
		t.Errorf("%d keys are kept after a rest, want %d: those that rested make room faster than others come", keys, most/2)
	}
}

// The key that rests longest is forgotten first, whichever came first.
func TestRestedKeysMakeRoom(t *testing.T) {
	c := newClock()
	l := limit.NewAt(c.now, 1, 3, 2)
	for range 3 {
		l.Allow("spent")
	}
	l.Allow("new") // full again after one second, the other after three
	c.forward(time.Second)
	for i, want := range []bool{true, true, true, false} {
		if ok, _ := l.Allow("newcomer"); ok != want {
			t.Errorf("try %d of a newcomer: %v, want %v", i, ok, want)
		}
	}
	for i, want := range []bool{true, false} { // one second has brought one token
		if ok, _ := l.Allow("spent"); ok != want {
			t.Errorf("try %d of who has spent all: %v, want %v", i, ok, want)
		}
	}
}

// Keys of any length cost the same memory and stay apart.
func TestLongKeys(t *testing.T) {
	l := limit.NewAt(newClock().now, 1, 1, 100)
	long := strings.Repeat("x", 1<<20)
	for i := range 50 {
		key := long + strconv.Itoa(i)
		if ok, _ := l.Allow(key); !ok {
			t.Errorf("long key %d is taken for another", i)
		}
		if ok, _ := l.Allow(key); ok {
			t.Errorf("long key %d is not recognized", i)
		}
	}
	if keys, bytes := l.Known(); keys != 50 || bytes > 50*64 {
		t.Errorf("%d keys of %d bytes are kept", keys, bytes)
	}
}

func TestAllowConcurrently(t *testing.T) {
	const burst, keys, callers, tries = 100, 7, 8, 500
	l := limit.NewAt(newClock().now, 1, burst, keys)
	var allowed [keys]atomic.Int64
	var all sync.WaitGroup
	for range callers {
		all.Go(func() {
			for i := range tries {
				if ok, _ := l.Allow(strconv.Itoa(i % keys)); ok {
					allowed[i%keys].Add(1)
				}
			}
		})
	}
	all.Wait()
	for i := range allowed {
		if n := allowed[i].Load(); n != burst {
			t.Errorf("key %d was allowed %d times, want %d", i, n, burst)
		}
	}
}

func BenchmarkAllow(b *testing.B) {
	const keys = 100_000
	names := make([]string, keys)
	for i := range names {
		names[i] = limit.Client("10." + strconv.Itoa(i>>16) + "." + strconv.Itoa(i>>8&255) + "." + strconv.Itoa(i&255))
	}
	l := limit.New(0.01, 10, keys)
	for _, name := range names {
		l.Allow(name)
	}
	b.ReportAllocs()
	i := 0
	for b.Loop() {
		l.Allow(names[i*7919%keys])
		i++
	}
}
