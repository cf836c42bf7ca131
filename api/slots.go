package api

import "jingwei/geo"

// slots bounds how many requests do something at the same time; its capacity is the number.
type slots chan struct{}

// take occupies a slot and reports whether there was one; it never waits.
func (s slots) take() bool {
	select {
	case s <- struct{}{}:
		return true
	default:
		return false
	}
}

// free gives a slot back.
func (s slots) free() { <-s }

const keyTicket = "ticket"

// ticket is a request's place among those being answered, which it leaves while it waits for something else. It belongs
// to the request's goroutine.
type ticket struct{ held bool }

func (t *ticket) leave(s slots) {
	if t.held {
		t.held = false
		s.free()
	}
}

// enter takes a place again.
func (t *ticket) enter(s slots) error {
	if t.held = s.take(); !t.held {
		return errBusy()
	}
	return nil
}

func errBusy() error {
	return &geo.Error{Kind: geo.ErrUnavailable, Message: "the server has as many requests as it can answer; try again in a few seconds"}
}
