package password

import (
	"encoding/base64"
	"errors"
	"fmt"
	"strings"

	"golang.org/x/crypto/argon2"
)

// Limits of stored hashes that are verified: they admit what other programs make by default, and keep a row of the
// database from costing the server its memory or its time.
const (
	mostMemory = 64 << 10 // KiB
	mostPasses = 10
	mostLanes  = 4
	leastBytes = 8 // of salt; of the key twice that
	mostBytes  = 64
)

// errFormat is the error of a stored hash. It does not repeat the hash, which must not get into a log.
var errFormat = errors.New("password: the stored hash is not one of Argon2id in PHC form")

// cost is what computing a hash takes.
type cost struct {
	memory uint32 // KiB
	passes uint32
	lanes  uint8
}

// digest is a hash of a password with all that is needed to compute it again.
type digest struct {
	cost
	salt, key []byte
}

// task returns the computation of the key of a password, normalized, with the salt, cost and length of key of d.
func (d digest) task(password string) Task {
	return Task{Password: []byte(password), Salt: d.salt, Memory: d.memory, Passes: d.passes, Lanes: d.lanes, KeyLength: uint8(len(d.key))}
}

// String returns the PHC string: $argon2id$v=19$m=19456,t=2,p=1$SALT$KEY, base64 without padding.
func (d digest) String() string {
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, d.memory, d.passes, d.lanes,
		base64.RawStdEncoding.EncodeToString(d.salt), base64.RawStdEncoding.EncodeToString(d.key))
}

// parse reads what String writes, and nothing else: what it accepts, String returns to the byte. Anything else, or
// beyond the limits, is errFormat.
func parse(phc string) (digest, error) {
	parts := strings.Split(phc, "$")
	if len(parts) != 6 {
		return digest{}, errFormat
	}
	var d digest
	_, err := fmt.Sscanf(parts[3], "m=%d,t=%d,p=%d", &d.memory, &d.passes, &d.lanes)
	salt, badSalt := base64.RawStdEncoding.DecodeString(parts[4])
	key, badKey := base64.RawStdEncoding.DecodeString(parts[5])
	d.salt, d.key = salt, key
	if errors.Join(err, badSalt, badKey) != nil || !bounded(d.cost, len(salt), len(key)) || d.String() != phc {
		return digest{}, errFormat
	}
	return d, nil
}

// bounded reports whether a computation keeps the limits. Argon2 needs 8 KiB for each lane (RFC 9106 section 3.1).
func bounded(c cost, salt, key int) bool {
	return c.lanes >= 1 && c.lanes <= mostLanes && c.passes >= 1 && c.passes <= mostPasses &&
		c.memory >= 8*uint32(c.lanes) && c.memory <= mostMemory &&
		salt >= leastBytes && salt <= mostBytes && key >= 2*leastBytes && key <= mostBytes
}
