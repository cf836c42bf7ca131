package tiles

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"strings"
)

// encoding is part of every tag. It goes up when a new version of the program makes other bytes of the same data:
// encoders, compression levels.
const encoding = "1"

// ETag returns a strong entity tag (RFC 9110 §8.8.3), quoted, that stands for all parts and their order. It is the same
// on every node and after every start. Parts are all that the bytes depend on: version, filter, scope and Coding, for a
// strong tag belongs to one coding only.
func ETag(parts ...string) string {
	h := sha256.New()
	var size [8]byte
	for _, part := range append([]string{encoding}, parts...) {
		binary.LittleEndian.PutUint64(size[:], uint64(len(part)))
		h.Write(size[:])
		h.Write([]byte(part))
	}
	// 128 bits: no two representations of a URL will ever meet by chance.
	return `"` + base64.RawURLEncoding.EncodeToString(h.Sum(nil)[:16]) + `"`
}

// Matches reports whether the header If-None-Match (RFC 9110 §13.1.2) names the tag, so that 304 is the answer. Tags are
// compared weakly (§8.8.3.2), as proxies weaken those of what they compress. "*" names any tag but the empty one. Several
// header lines are to be joined with commas. What stands behind a syntax error is not read.
func Matches(ifNoneMatch, etag string) bool {
	if etag == "" {
		return false
	}
	rest := strings.Trim(ifNoneMatch, " \t")
	if rest == "*" {
		return true
	}
	for {
		rest = strings.TrimLeft(rest, " \t,")
		tag, after, ok := cutTag(rest)
		if !ok {
			return false
		}
		if strings.TrimPrefix(tag, "W/") == strings.TrimPrefix(etag, "W/") {
			return true
		}
		rest = strings.TrimLeft(after, " \t")
		if rest != "" && rest[0] != ',' {
			return false
		}
	}
}

// cutTag takes an entity tag off the front of s. Commas may stand within the quotes.
func cutTag(s string) (tag, rest string, ok bool) {
	open := 0
	if strings.HasPrefix(s, "W/") {
		open = 2
	}
	if len(s) <= open || s[open] != '"' {
		return "", "", false
	}
	end := strings.IndexByte(s[open+1:], '"')
	if end < 0 {
		return "", "", false
	}
	end += open + 2
	return s[:end], s[end:], true
}
