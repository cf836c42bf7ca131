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
func NewWith(parallel int, derive func(Cost) string) *Hasher {
	h := New(parallel)
	h.derive = func(password string, d digest) []byte {
		key := make([]byte, len(d.key))
		copy(key, derive(Cost{password, d.memory, d.passes, d.lanes, len(d.salt), len(d.key)}))
		return key
	}
	return h
}

// Reparse reads a stored hash and writes it again.
func Reparse(phc string) (string, error) {
	d, err := parse(phc)
	return d.String(), err
}
