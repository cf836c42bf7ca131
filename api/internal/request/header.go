package request

import (
	"errors"
	"strconv"
	"strings"

	"jingwei/geo"
)

// Kinds of errors about headers.
var (
	// ErrPreconditionRequired: a write lacks If-Match (RFC 6585 §3).
	ErrPreconditionRequired = errors.New("precondition required")
	// ErrUnauthorized: the bearer token is missing or wrong (RFC 6750 §3).
	ErrUnauthorized = errors.New("unauthorized")
)

// IfMatch reads the version from the header If-Match (RFC 9110 §13.1.1), `"3"` or `"3-2026-01-31"`: which day the content
// ends on does not count, since only a write raises the version. A missing header is
// ErrPreconditionRequired. Any other entity tag than one of ours can match nothing and is geo.ErrStale; * would match
// whatever is there, which is what the header is to prevent, and is geo.ErrInvalid.
func IfMatch(header string) (int32, error) {
	tag := strings.TrimSpace(header)
	if tag == "" {
		return 0, &geo.Error{Kind: ErrPreconditionRequired, Field: "If-Match",
			Message: "read the object first and send its ETag in If-Match, so that nobody's change is lost"}
	}
	opaque, weak := strings.CutPrefix(tag, "W/")
	if len(opaque) < 2 || opaque[0] != '"' || opaque[len(opaque)-1] != '"' || strings.Contains(opaque[1:len(opaque)-1], `"`) {
		return 0, geo.Invalid("If-Match", `one entity tag is needed, the ETag of the object, for example "3" with its quotation marks`)
	}
	number, until, dated := strings.Cut(opaque[1:len(opaque)-1], "-")
	version, err := strconv.ParseInt(number, 10, 32)
	if dated && err == nil {
		_, err = geo.ParseDay("If-Match", until)
	}
	if weak || err != nil || version < 1 {
		return 0, &geo.Error{Kind: geo.ErrStale, Field: "If-Match", Message: "the object has no such version; read it again"}
	}
	return int32(version), nil
}

// IdempotencyKey reads the header Idempotency-Key, by which a request is known that is sent once more: 8 to 100 letters, digits and
// hyphens, with or without quotation marks around them; "" when it is missing.
func IdempotencyKey(header string) (string, error) {
	key := strings.Trim(strings.TrimSpace(header), `"`)
	if header == "" {
		return "", nil
	}
	odd := func(r rune) bool {
		return !('a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9' || r == '-' || r == '_')
	}
	if len(key) < 8 || len(key) > 100 || strings.ContainsFunc(key, odd) {
		return "", geo.Invalid("Idempotency-Key", "a key has 8 to 100 letters, digits and hyphens; a random UUID will do")
	}
	return key, nil
}

// Bearer reads the token from the header Authorization (RFC 6750 §2.1); false when it holds none.
func Bearer(header string) (token string, ok bool) {
	scheme, token, _ := strings.Cut(header, " ")
	token = strings.TrimSpace(token)
	return token, strings.EqualFold(scheme, "Bearer") && token != ""
}
