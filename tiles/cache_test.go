package tiles_test

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"jingwei/tiles"
)

// give returns a fill that answers at once and counts.
func give(value string, fills *int) func(context.Context) ([]byte, error) {
	return func(context.Context) ([]byte, error) {
		*fills++
		return []byte(value), nil
	}
}

func TestCacheKeeps(t *testing.T) {
	c, fills := tiles.NewCache(1<<20), 0
	for range 3 {
		for _, key := range []string{"a", "b", ""} {
			got, err := c.Get(t.Context(), key, give("answer of "+key, &fills))
			if err != nil || string(got) != "answer of "+key {
				t.Fatalf("%q: %q, %v", key, got, err)
			}
		}
	}
	s := c.Stats()
	if fills != 3 || s.Misses != 3 || s.Hits != 6 || s.Shared != 0 || s.Entries != 3 {
		t.Errorf("%d fills, %+v", fills, s)
	}
}

// TestCacheShares: many misses at a time are one fill. The bubble of synctest ends only when every goroutine has.
func TestCacheShares(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := tiles.NewCache(1 << 20)
		release, fills, done := make(chan struct{}), 0, atomic.Int32{}
		for range 50 {
			go func() {
				got, err := c.Get(t.Context(), "k", func(context.Context) ([]byte, error) {
					fills++
					<-release
					return []byte("v"), nil
				})
				if err != nil || string(got) != "v" {
					t.Errorf("%q, %v", got, err)
				}
				done.Add(1)
			}()
		}
		synctest.Wait()
		close(release)
		synctest.Wait()
		if s := c.Stats(); fills != 1 || done.Load() != 50 || s.Misses != 1 || s.Shared != 49 || s.Hits != 0 {
			t.Errorf("%d fills, %d done, %+v", fills, done.Load(), s)
		}
	})
}

// TestCacheFirstLeaves: the fill goes on for the second caller when the first, whose context began it, has gone.
func TestCacheFirstLeaves(t *testing.T) {
	type tag struct{}
	synctest.Test(t, func(t *testing.T) {
		c, release := tiles.NewCache(1<<20), make(chan struct{})
		fill := func(ctx context.Context) ([]byte, error) {
			select {
			case <-ctx.Done():
				return nil, ctx.Err()
			case <-release:
				return fmt.Append(nil, ctx.Value(tag{})), nil
			}
		}
		first, cancel := context.WithCancel(context.WithValue(t.Context(), tag{}, "of the first"))
		left := make(chan error, 1)
		go func() { _, err := c.Get(first, "k", fill); left <- err }()
		synctest.Wait()
		answered := make(chan string, 1)
		go func() {
			got, err := c.Get(t.Context(), "k", fill)
			answered <- fmt.Sprintf("%s %v", got, err)
		}()
		synctest.Wait()
		cancel()
		if err := <-left; !errors.Is(err, context.Canceled) {
			t.Errorf("the first gets %v", err)
		}
		synctest.Wait()
		close(release)
		if got := <-answered; got != "of the first <nil>" {
			t.Errorf("the second gets %s", got)
		}
	})
}

// TestCacheLastLeaves: the fill is cancelled when nobody waits, and the next caller starts another at once.
func TestCacheLastLeaves(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := tiles.NewCache(1 << 20)
		cancelled, stop := make(chan struct{}), make(chan struct{})
		slow := func(ctx context.Context) ([]byte, error) {
			<-ctx.Done()
			close(cancelled)
			<-stop // a query that takes its time to end
			return nil, ctx.Err()
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		left := make(chan error, 2)
		for range 2 {
			go func() { _, err := c.Get(ctx, "k", slow); left <- err }()
		}
		for range 2 {
			if err := <-left; !errors.Is(err, context.DeadlineExceeded) {
				t.Errorf("a caller gets %v", err)
			}
		}
		<-cancelled
		fills := 0
		if got, err := c.Get(t.Context(), "k", give("new", &fills)); err != nil || string(got) != "new" {
			t.Errorf("the next gets %q, %v", got, err)
		}
		close(stop)
		synctest.Wait()
		if got, err := c.Get(t.Context(), "k", slow); err != nil || string(got) != "new" {
			t.Errorf("after the cancelled fill: %q, %v", got, err)
		}
	})
}

func TestCacheErrors(t *testing.T) {
	c, broken := tiles.NewCache(1<<20), errors.New("database is away")
	for name, x := range map[string]struct {
		fill func(context.Context) ([]byte, error)
		want string
	}{
		"error":  {func(context.Context) ([]byte, error) { return nil, broken }, "database is away"},
		"panic":  {func(context.Context) ([]byte, error) { panic("nil map") }, "panic in the fill of an answer: nil map"},
		"goexit": {func(context.Context) ([]byte, error) { runtime.Goexit(); return nil, nil }, "ended early"},
	} {
		if _, err := c.Get(t.Context(), name, x.fill); err == nil || !strings.Contains(err.Error(), x.want) {
			t.Errorf("%s: %v", name, err)
		}
		fills := 0
		if got, err := c.Get(t.Context(), name, give("well", &fills)); err != nil || string(got) != "well" || fills != 1 {
			t.Errorf("%s is kept: %q, %v", name, got, err)
		}
	}
}

func TestCacheEndedCaller(t *testing.T) {
	c, fills := tiles.NewCache(1<<20), 0
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := c.Get(ctx, "k", give("v", &fills)); !errors.Is(err, context.Canceled) || fills != 0 {
		t.Errorf("%v after %d fills", err, fills)
	}
}

func TestCacheEmptyAnswersCount(t *testing.T) {
	c, fills := tiles.NewCache(100_000), 0
	for i := range 10_000 {
		if _, err := c.Get(t.Context(), fmt.Sprint(i), give("", &fills)); err != nil {
			t.Fatal(err)
		}
	}
	if s := c.Stats(); s.Entries == 0 || s.Entries > 1000 || s.Bytes > 100_000 {
		t.Errorf("%+v", s)
	}
}

func TestCacheWithoutRoom(t *testing.T) {
	for _, size := range []int64{0, 300} {
		c, fills := tiles.NewCache(size), 0
		for range 2 {
			if got, err := c.Get(t.Context(), "k", give(strings.Repeat("x", 500), &fills)); err != nil || len(got) != 500 {
				t.Fatal(err)
			}
		}
		if s := c.Stats(); fills != 2 || s.Entries != 0 || s.Bytes != 0 {
			t.Errorf("%d fills, %+v", fills, s)
		}
	}
}

// TestCacheModel holds the cache against a list of keys, the last used in front.
func TestCacheModel(t *testing.T) {
	const room = 5
	rapid.Check(t, func(t *rapid.T) {
		value := make([]byte, 1000)
		one := tiles.NewCache(1 << 20)
		_, _ = one.Get(context.Background(), "0", func(context.Context) ([]byte, error) { return value, nil })
		c := tiles.NewCache(room * one.Stats().Bytes)
		var model []byte
		for _, key := range rapid.SliceOf(rapid.ByteRange('0', '9')).Draw(t, "keys") {
			filled := false
			_, err := c.Get(context.Background(), string(key), func(context.Context) ([]byte, error) {
				filled = true
				return value, nil
			})
			at := strings.IndexByte(string(model), key)
			if err != nil || filled != (at < 0) {
				t.Fatalf("key %c filled: %v, model %s", key, filled, model)
			}
			if at >= 0 {
				model = append(model[:at], model[at+1:]...)
			}
			model = append([]byte{key}, model[:min(len(model), room-1)]...)
			if diff := cmp.Diff(len(model), c.Stats().Entries); diff != "" {
				t.Fatalf("entries, -want +got:\n%s", diff)
			}
		}
	})
}

func BenchmarkCacheHit(b *testing.B) {
	c, fills := tiles.NewCache(1<<20), 0
	fill := give("v", &fills)
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			if _, err := c.Get(b.Context(), "k", fill); err != nil {
				b.Error(err)
			}
		}
	})
}
