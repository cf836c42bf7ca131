package password

import "golang.org/x/crypto/argon2"

// Task is one computation of Argon2id (RFC 9106).
type Task struct {
	Password  []byte // normalized
	Salt      []byte
	Memory    uint32 // KiB
	Passes    uint32
	Lanes     uint8
	KeyLength uint8 // bytes
}

// Engine is where keys are computed. It is asked for as many at the same time as its Hasher has places.
type Engine interface {
	// Derive returns the key of a task. The error is geo.ErrUnavailable when what computes has failed and may not the
	// next time.
	Derive(Task) (key []byte, err error)
}

// Here is the Engine that computes in the program itself.
type Here struct{}

// Derive computes the key of a task; there is no error.
func (Here) Derive(t Task) ([]byte, error) {
	return argon2.IDKey(t.Password, t.Salt, t.Passes, t.Memory, t.Lanes, uint32(t.KeyLength)), nil
}
