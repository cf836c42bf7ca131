package geo

import "time"

// How long somebody stays signed in.
const (
	SessionIdle = 12 * time.Hour     // without being seen
	SessionMost = 7 * 24 * time.Hour // whatever they do
)

// How long one-time links can be used.
const (
	InviteValid   = 7 * 24 * time.Hour
	RecoveryValid = 24 * time.Hour
	FirstValid    = 24 * time.Hour
)

// Lock-out: after so many failures in a row a name is locked, for a time that doubles with each further failure. A name
// that nobody tried for a day has no failures.
const (
	FreeFailures      = 5
	FirstLock         = 30 * time.Second
	LongestLock       = 15 * time.Minute
	FailuresForgotten = 24 * time.Hour
)

// SignInAttempt is what is known when somebody tries to sign in with a name. It looks the same, but for Password, whether
// there is such an account or not.
type SignInAttempt struct {
	Locked   bool   // after too many failures in a row: no password is looked at
	Account  ID     // 0 when there is none that could sign in
	Password string // argon2id in PHC form; "" when no password is right
}

// NewSession is a session to be opened.
type NewSession struct {
	Hash    [32]byte  // of the cookie
	CSRF    string    // what writes with the cookie must bring along
	At      time.Time // when it begins
	Address string    // where it is opened from
	Agent   string    // what the browser calls itself; cut to 200 characters
}

// NewLink is a one-time link to be made.
type NewLink struct {
	Hash      [32]byte // of the secret in it
	ExpiresAt time.Time
}
