package api

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
