// Package password hashes the passwords of accounts and judges new ones. It knows nothing of accounts, of requests or of
// where the hashes are kept.
//
// Passwords are compared in Unicode normalization form NFKC (UAX #15), as NIST SP 800-63B section 3.1.1.2 advises: the
// full-width letters and the ideographic space of a Chinese keyboard equal the ASCII ones, and it does not matter how a
// system composes accents. Case and spaces count.
package password

import "golang.org/x/text/unicode/norm"

// normalize returns the form of a password that is hashed and judged.
func normalize(password string) string { return norm.NFKC.String(password) }
