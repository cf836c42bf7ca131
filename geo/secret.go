package geo

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base32"
	"strings"
)

// Secret is what somebody holds to show who they are: the value of a cookie, a one-time link, the key of a program. The
// database knows its hash only.
type Secret string

// secretBytes is the length of what a secret is drawn from: nobody guesses 256 bits, so that a plain hash is enough.
const secretBytes = 32

// tokenMark begins the keys of programs, so that scanners of leaked secrets find them.
const tokenMark = "jw_"

// crockford is the alphabet of secrets: base 32 without letters that look like others, for those that are typed from paper
// (https://www.crockford.com/base32.html).
var crockford = base32.NewEncoding("0123456789abcdefghjkmnpqrstvwxyz").WithPadding(base32.NoPadding)

// NewSecret draws a secret of 52 letters and digits.
func NewSecret() Secret {
	var b [secretBytes]byte
	_, _ = rand.Read(b[:]) // never fails
	return Secret(crockford.EncodeToString(b[:]))
}

// NewTokenSecret draws the key of a program: a secret behind "jw_".
func NewTokenSecret() Secret { return tokenMark + NewSecret() }

// Hash returns the SHA-256 of the text.
func (s Secret) Hash() [32]byte { return sha256.Sum256([]byte(s)) }

// ParseSecret reads a secret as NewSecret writes it. Capitals, spaces, hyphens and letters that look alike (o for 0, i and
// l for 1) are taken as they are meant. What can be no secret is ErrInvalid with the given field, and not repeated.
func ParseSecret(field, text string) (Secret, error) {
	s := strings.NewReplacer(" ", "", "-", "", "o", "0", "i", "1", "l", "1").Replace(strings.ToLower(strings.TrimSpace(text)))
	b, err := crockford.DecodeString(s)
	if err != nil || len(b) != secretBytes || crockford.EncodeToString(b) != s {
		return "", Invalid(field, "this is not complete: 52 letters and digits are needed")
	}
	return Secret(s), nil
}
