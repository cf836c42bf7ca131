package password

// Cost is what a computation was asked for.
type Cost struct {
	Password              string
	Memory, Passes        uint32
	Lanes                 uint8
	SaltLength, KeyLength int
}

// NewWith returns a Hasher that lets derive stand for Argon2; the key is what derive returns, cut or filled up with
// zeros to its length.
func NewWith(parallel int, derive func(Cost) string) *Hasher { return NewOn(standIn(derive), parallel) }

type standIn func(Cost) string

func (derive standIn) Derive(t Task) ([]byte, error) {
	key := make([]byte, t.KeyLength)
	copy(key, derive(Cost{string(t.Password), t.Memory, t.Passes, t.Lanes, len(t.Salt), int(t.KeyLength)}))
	return key, nil
}

// Frame and ParseTask are a task on its way to a process.
func (t Task) Frame() []byte { return t.frame() }

func ParseTask(frame []byte) (Task, error) { return parseTask(frame) }

// Idle returns how many processes wait for a task, of which it is not known that they have died.
func (w *Workers) Idle() (n int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, p := range w.idle {
		if p.alive() {
			n++
		}
	}
	return n
}

// Reparse reads a stored hash and writes it again.
func Reparse(phc string) (string, error) {
	d, err := parse(phc)
	return d.String(), err
}
