package api

import (
	"sync"

	"jingwei/geo"
)

// pool has places for requests that do something at the same time, for everybody together and for one client: one that takes
// all of its own keeps nobody else out.
type pool struct {
	most, share int

	mu    sync.Mutex
	taken int
	of    map[string]int // by client; those without any are not in it
}

// newPool returns a pool of which one client may have a quarter.
func newPool(most int) *pool { return &pool{most: most, share: max(1, most/4), of: map[string]int{}} }

// claimed is what became of a claim to a place.
type claimed int

const (
	placed     claimed = iota
	shareTaken         // the client has all of its own
	full
)

// take occupies a place for a client and reports whether there was one; it never waits. Those who are "", since they cannot
// be told apart, may have all.
func (p *pool) take(client string) bool { return p.claim(client) == placed }

// claim is take, and tells why there was none.
func (p *pool) claim(client string) claimed {
	p.mu.Lock()
	defer p.mu.Unlock()
	switch {
	case client != "" && p.of[client] >= p.share:
		return shareTaken
	case p.taken >= p.most:
		return full
	}
	p.taken++
	p.of[client]++
	return placed
}

// free gives a place of the client back.
func (p *pool) free(client string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.taken--
	if p.of[client]--; p.of[client] == 0 {
		delete(p.of, client)
	}
}

const keyTicket = "ticket"

// ticket is a request's place among those being answered, which it leaves while it waits for something else. It belongs
// to the request's goroutine.
type ticket struct {
	client string
	held   bool
}

func (t *ticket) leave(p *pool) {
	if t.held {
		t.held = false
		p.free(t.client)
	}
}

// enter takes a place again.
func (t *ticket) enter(p *pool) error {
	if t.held = p.take(t.client); !t.held {
		return errBusy()
	}
	return nil
}

func errBusy() error {
	return &geo.Error{Kind: geo.ErrUnavailable, Message: "the server has as many requests as it can answer at the same time, or as many of yours; try again in a few seconds"}
}
