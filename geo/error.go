package geo

import (
	"errors"
	"fmt"
)

// Kinds of errors. Each is mapped to an HTTP status in one place (api). Test with errors.Is.
var (
	// ErrNotFound: the object does not exist, or is hidden from the caller.
	ErrNotFound = errors.New("not found")
	// ErrInvalid: the input breaks a rule; *Error names the field.
	ErrInvalid = errors.New("invalid")
	// ErrConflict: the input contradicts something that is stored (a duplicate code, a missing parent).
	ErrConflict = errors.New("conflict")
	// ErrStale: the object has changed since the version that the caller holds.
	ErrStale = errors.New("stale version")
	// ErrForbidden: the caller may not do this.
	ErrForbidden = errors.New("forbidden")
	// ErrTooLarge: the input or the answer exceeds a stated limit.
	ErrTooLarge = errors.New("too large")
	// ErrUnavailable: overloaded, still loading, or the database is away; trying again later helps.
	ErrUnavailable = errors.New("unavailable")
)

// Error is an error whose Message may be shown to a person. The zero Kind counts as internal.
type Error struct {
	Kind    error              // one of the kinds above
	Field   string             // the input at fault, as the caller named it; "" when none
	Reason  string             // a word for programs that tells faults of one kind and field apart, and never changes; "" when none
	Message string             // a sentence that says what to do
	Figures map[string]float64 // those of the message, for programs that say it in words of their own; nil when there are none
}

// Error returns the message with the field in front.
func (e *Error) Error() string {
	if e.Field == "" {
		return e.Message
	}
	return e.Field + ": " + e.Message
}

// Unwrap returns the kind, so that errors.Is(err, ErrInvalid) holds.
func (e *Error) Unwrap() error { return e.Kind }

// Invalid returns an *Error of kind ErrInvalid about field.
func Invalid(field, format string, args ...any) error {
	return &Error{Kind: ErrInvalid, Field: field, Message: fmt.Sprintf(format, args...)}
}

// NotFound returns an *Error of kind ErrNotFound.
func NotFound(format string, args ...any) error {
	return &Error{Kind: ErrNotFound, Message: fmt.Sprintf(format, args...)}
}

// EarlyError refuses other content from a day on which the organization did not exist yet. It unwraps to an *Error of kind
// ErrInvalid about valid_from, with the reason before-beginning.
type EarlyError struct {
	Day   Day // that was asked for
	Since Day // the first on which the organization exists, of those from Day on
}

// Error says what may be sent instead.
func (e *EarlyError) Error() string { return e.Unwrap().Error() }

// Unwrap returns the *Error.
func (e *EarlyError) Unwrap() error {
	return &Error{Kind: ErrInvalid, Field: "valid_from", Reason: "before-beginning", Message: fmt.Sprintf(
		"on %s the organization did not exist: it does from %s on, and what is said of it changes on that day or later; to move its beginning, send what is said of it then as it is", e.Day, e.Since)}
}

// ReasonSuperiorAbsent is the reason of an ErrInvalid about parent: the superior does not exist on all of the days.
const ReasonSuperiorAbsent = "superior-absent"

// AbsentSuperiorError refuses a superior that does not exist on some of the days on which an organization is to be below it. It unwraps
// to an *Error of kind ErrInvalid about parent, with the reason ReasonSuperiorAbsent.
type AbsentSuperiorError struct {
	Superior ID
	Day      Day // the first on which it does not exist
	Since    Day // the first after that on which it does; MaxDay when it never does
}

// Error says what may be sent instead.
func (e *AbsentSuperiorError) Error() string { return e.Unwrap().Error() }

// Unwrap returns the *Error.
func (e *AbsentSuperiorError) Unwrap() error {
	message := fmt.Sprintf("on %s organization %d does not exist any more: choose another superior", e.Day, e.Superior)
	if e.Since < MaxDay {
		message = fmt.Sprintf("on %s organization %d does not exist: it does from %s on; choose another superior, or a day from then on", e.Day, e.Superior, e.Since)
	}
	return &Error{Kind: ErrInvalid, Field: "parent", Reason: ReasonSuperiorAbsent, Message: message}
}
