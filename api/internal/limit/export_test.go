package limit

// Known returns how many keys are kept, and how many bytes they have together.
func (l *Limiter) Known() (keys, bytes int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for key := range l.known {
		bytes += len(key)
	}
	return len(l.known), bytes
}
