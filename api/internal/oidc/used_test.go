package oidc_test

import (
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"jingwei/api/internal/oidc"
)

// TestUsedStatesAreForgotten: not before they are too old, and never more of them than the bound.
func TestUsedStatesAreForgotten(t *testing.T) {
	u, now := oidc.NewUsed(), time.Now()
	if !u.Take("a", now) || u.Take("a", now) || u.Take("a", now.Add(oidc.StateLife)) {
		t.Error("a state is taken twice, or not at all")
	}
	now = now.Add(oidc.StateLife + time.Minute)
	if !u.Take("b", now) || u.Len() != 1 {
		t.Errorf("%d states are remembered, want the one of now", u.Len())
	}
	for i := range oidc.MostUsed + 10 {
		u.Take(strconv.Itoa(i), now)
	}
	if u.Len() != oidc.MostUsed || u.Take(strconv.Itoa(oidc.MostUsed), now) {
		t.Errorf("%d states are remembered, or not the latest", u.Len())
	}
}

func TestOneOfManyResumes(t *testing.T) {
	b := newBench(t)
	address, sealed := b.begin(t)
	answer := b.remote.Visit(t, address, jane())
	var (
		won atomic.Int32
		all sync.WaitGroup
	)
	for range 8 {
		all.Go(func() {
			if resumed(b, sealed, answer) == nil {
				won.Add(1)
			}
		})
	}
	all.Wait()
	if won.Load() != 1 {
		t.Errorf("%d of 8 resumed", won.Load())
	}
}
