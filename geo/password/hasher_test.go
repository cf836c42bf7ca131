package password_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"jingwei/geo"
	"jingwei/geo/password"
)

func TestHash(t *testing.T) {
	h := password.New(1)
	const secret = "经纬 correct horse"
	first, err := h.Hash(t.Context(), secret)
	if err != nil {
		t.Fatal(err)
	}
	second, err := h.Hash(t.Context(), secret)
	if err != nil {
		t.Fatal(err)
	}
	if first == second {
		t.Errorf("two hashes of one password are the same: %s", first)
	}
	if !strings.HasPrefix(first, "$argon2id$v=19$m=19456,t=2,p=1$") || len(first) != 97 {
		t.Errorf("hash is %s", first)
	}
	for word, want := range map[string]bool{
		secret: true, "经纬　ｃｏｒｒｅｃｔ　ｈｏｒｓｅ": true, // full width
		"经纬 Correct horse": false, "经纬 correct horse ": false, "": false,
	} {
		got, err := h.Verify(t.Context(), first, word)
		if err != nil || got != want {
			t.Errorf("Verify(%q) = %v, %v; want %v", word, got, err, want)
		}
	}
}

// The hashes are what argon2-cffi 25.1, which holds the reference implementation, makes of the passwords.
func TestVerifyHashesOfOthers(t *testing.T) {
	h := password.New(1)
	for phc, word := range map[string]string{
		"$argon2id$v=19$m=19456,t=2,p=1$c2l4dGVlbiBieXRlcyBvaw$bAfnes5HACCDehV3nD4BAoSgv8xaEH/F3i1SkZIIJbI":                               "correct horse battery staple",
		"$argon2id$v=19$m=19456,t=2,p=1$MDEyMzQ1Njc4OWFiY2RlZg$meDuVJHSelBpgqFgddpx7oA3uL+9RVrcJ5f7aGeNgEw":                               "经纬東経",
		"$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc":                                          "password",
		"$argon2id$v=19$m=256,t=3,p=4$c29tZXNhbHQ$Wh/MXezeCDXz3caRIUMTqqnMi06VsyMhOfMONe6F5qHtkAi5LMUpymTgF/40M6dlefpOIjUzl17j2DHRZ2w2gw": "password",
	} {
		if ok, err := h.Verify(t.Context(), phc, word); !ok || err != nil {
			t.Errorf("Verify(%s, %q) = %v, %v", phc, word, ok, err)
		}
		if ok, err := h.Verify(t.Context(), phc, word+"x"); ok || err != nil {
			t.Errorf("Verify(%s, %q) = %v, %v", phc, word+"x", ok, err)
		}
	}
}

// An account without a password, or none at all, costs what one with a password costs, and lets nobody in.
func TestVerifyWithoutHash(t *testing.T) {
	var costs []password.Cost
	h := password.NewWith(1, func(c password.Cost) string {
		costs = append(costs, c)
		return "" // the key that a hash of nothing would have
	})
	phc, err := h.Hash(t.Context(), "secret")
	if err != nil {
		t.Fatal(err)
	}
	if ok, err := h.Verify(t.Context(), phc, "secret"); !ok || err != nil {
		t.Errorf("with the hash: %v, %v", ok, err)
	}
	if ok, err := h.Verify(t.Context(), "", "secret"); ok || err != nil {
		t.Errorf("without a hash: %v, %v", ok, err)
	}
	want := password.Cost{Password: "secret", Memory: 19456, Passes: 2, Lanes: 1, SaltLength: 16, KeyLength: 32}
	if len(costs) != 3 || costs[0] != want || costs[1] != want || costs[2] != want {
		t.Errorf("costs are %+v, want three of %+v", costs, want)
	}
}

// gauge stands for Argon2: it counts how many computations are under way and lets each go on with one word of gate.
type gauge struct {
	mu        sync.Mutex
	now, most int
	gate      chan struct{}
}

func (g *gauge) derive(password.Cost) string {
	g.add(1)
	<-g.gate
	g.add(-1)
	return ""
}

func (g *gauge) add(n int) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.now += n
	g.most = max(g.most, g.now)
}

// However many come at the same time, only so many compute and only so many wait; the others are told at once.
func TestConcurrencyIsBounded(t *testing.T) {
	const parallel, callers = 3, 200
	const admitted = parallel + 16*parallel
	synctest.Test(t, func(t *testing.T) {
		g := &gauge{gate: make(chan struct{})}
		h := password.NewWith(parallel, g.derive)
		answers := make(chan error, callers)
		for i := range callers {
			go func() {
				var err error
				if i%2 == 0 {
					_, err = h.Hash(t.Context(), "secret")
				} else {
					_, err = h.Verify(t.Context(), "", "secret")
				}
				answers <- err
			}()
		}
		synctest.Wait()
		if g.now != parallel {
			t.Errorf("%d compute, want %d", g.now, parallel)
		}
		if len(answers) != callers-admitted {
			t.Errorf("%d were refused at once, want %d", len(answers), callers-admitted)
		}
		for range len(answers) {
			if err := <-answers; !errors.Is(err, geo.ErrUnavailable) {
				t.Errorf("refused with %v", err)
			}
		}
		for range admitted {
			g.gate <- struct{}{}
			synctest.Wait()
			if err := <-answers; err != nil {
				t.Errorf("admitted and then refused with %v", err)
			}
		}
		if g.most != parallel {
			t.Errorf("up to %d computed at the same time, want %d", g.most, parallel)
		}
	})
}

// Who waits is served in turn, leaves with its context, or gives up after two seconds; its place is free again then.
func TestWaiting(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := &gauge{gate: make(chan struct{})}
		h := password.NewWith(1, g.derive)
		call := func(ctx context.Context) chan error {
			answer := make(chan error, 1)
			go func() {
				_, err := h.Verify(ctx, "", "secret")
				answer <- err
			}()
			synctest.Wait()
			return answer
		}
		begun := time.Now()
		leaving, leave := context.WithCancel(t.Context())
		computing := call(t.Context())
		leavers := make([]chan error, 16)
		for i := range leavers {
			leavers[i] = call(leaving)
		}
		leave()
		for _, leaver := range leavers {
			if err := <-leaver; !errors.Is(err, context.Canceled) || time.Since(begun) != 0 {
				t.Errorf("who left was told %v after %v", err, time.Since(begun))
			}
		}
		waiting := call(t.Context())
		if err := <-waiting; !errors.Is(err, geo.ErrUnavailable) || time.Since(begun) != 2*time.Second {
			t.Errorf("who waited was told %v after %v", err, time.Since(begun))
		}
		next := call(t.Context())
		g.gate <- struct{}{}
		if err := <-computing; err != nil {
			t.Errorf("what had begun ended with %v", err)
		}
		g.gate <- struct{}{}
		if err := <-next; err != nil {
			t.Errorf("the next was told %v", err)
		}
		if g.most != 1 {
			t.Errorf("up to %d computed at the same time, want 1", g.most)
		}
	})
}

// Nothing is computed for a request that has ended.
func TestEndedContext(t *testing.T) {
	ended, end := context.WithCancel(t.Context())
	end()
	h := password.NewWith(1, func(password.Cost) string {
		t.Error("something was computed")
		return ""
	})
	if _, err := h.Hash(ended, "secret"); !errors.Is(err, context.Canceled) {
		t.Errorf("Hash ended with %v", err)
	}
	if _, err := h.Verify(ended, "", "secret"); !errors.Is(err, context.Canceled) {
		t.Errorf("Verify ended with %v", err)
	}
}

// A Hasher for no computation at all would let nobody in.
func TestNewOfNothing(t *testing.T) {
	if _, err := password.New(0).Hash(t.Context(), "secret"); err != nil {
		t.Error(err)
	}
}

func BenchmarkHash(b *testing.B) {
	h := password.New(1)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := h.Hash(b.Context(), "correct horse battery staple"); err != nil {
			b.Fatal(err)
		}
	}
}
