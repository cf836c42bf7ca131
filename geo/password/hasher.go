package password

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"time"

	"jingwei/geo"
)

// Cost of new hashes: Argon2id with 19 MiB, two passes and one lane, the least that the OWASP Password Storage Cheat
// Sheet advises; more would let fewer people sign in at the same time as the map is drawn. Salt and key have the lengths
// of RFC 9106 section 4.
const (
	memory     = 19 << 10 // KiB
	passes     = 2
	lanes      = 1
	saltLength = 16 // bytes
	keyLength  = 32 // bytes
)

// How many wait, and for how long. A computation takes some 25 ms to 100 ms, so who waits behind all others is served
// within the time on any machine that is not overloaded by something else.
const (
	waitersPerPlace = 16
	patience        = 2 * time.Second
)

// Hasher computes hashes of passwords, a bounded number at the same time: each takes a core and 19 MiB while it lasts.
// It is safe for concurrent use.
type Hasher struct {
	running chan struct{} // a place for each computation
	waiting chan struct{} // a place for each caller that waits for one of running
	engine  Engine
}

// New returns a Hasher that computes in the program itself, at most parallel hashes at the same time, at least one. As
// many as 16 times that number wait for their turn.
func New(parallel int) *Hasher { return NewOn(Here{}, parallel) }

// NewOn is New with another Engine.
func NewOn(engine Engine, parallel int) *Hasher {
	parallel = max(parallel, 1)
	return &Hasher{
		running: make(chan struct{}, parallel),
		waiting: make(chan struct{}, parallel*waitersPerPlace),
		engine:  engine,
	}
}

// Hash returns the hash of a password with a new salt, in PHC form (97 characters of ASCII). It does not judge the
// password: Check does. The error is geo.ErrUnavailable when too many wait or the turn does not come within two
// seconds, that of ctx, or that of the Engine. What has begun is not interrupted.
func (h *Hasher) Hash(ctx context.Context, password string) (phc string, err error) {
	d := blank()
	_, _ = rand.Read(d.salt) // never fails: see its documentation
	if d.key, err = h.compute(ctx, password, d); err != nil {
		return "", err
	}
	return d.String(), nil
}

// Verify reports whether phc is the hash of the password. An empty phc, of an account that has no password or does not
// exist, is of none: the answer is false and takes the same work, so that its time does not tell which accounts exist.
// Errors are those of Hash, and one of no kind for a phc that cannot be read.
func (h *Hasher) Verify(ctx context.Context, phc, password string) (bool, error) {
	d := blank()
	if phc != "" {
		var err error
		if d, err = parse(phc); err != nil {
			return false, err
		}
	}
	key, err := h.compute(ctx, password, d)
	if err != nil {
		return false, err
	}
	same := subtle.ConstantTimeCompare(key, d.key) == 1
	return same && phc != "", nil
}

// blank returns a digest of the cost of new ones, with zeros for salt and key.
func blank() digest {
	return digest{cost{memory, passes, lanes}, make([]byte, saltLength), make([]byte, keyLength)}
}

// compute has the key of a password derived when its turn has come.
func (h *Hasher) compute(ctx context.Context, password string, d digest) ([]byte, error) {
	if err := h.enter(ctx); err != nil {
		return nil, err
	}
	defer h.leave()
	t := d.task(normalize(password))
	defer clear(t.Password)
	return h.engine.Derive(t)
}

// enter takes a place for a computation, which leave gives back. Those who wait come first: while there are any, no
// place is free for who has just come.
func (h *Hasher) enter(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	select {
	case h.running <- struct{}{}:
		return nil
	default:
	}
	select {
	case h.waiting <- struct{}{}:
		defer func() { <-h.waiting }()
	default:
		return errBusy()
	}
	late := time.NewTimer(patience)
	defer late.Stop()
	select {
	case h.running <- struct{}{}:
		return nil
	case <-late.C:
		return errBusy()
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (h *Hasher) leave() { <-h.running }

func errBusy() error {
	return &geo.Error{Kind: geo.ErrUnavailable, Message: "the server has more passwords to check than it can; try again in a few seconds"}
}
