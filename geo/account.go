package geo

import (
	"regexp"
	"strings"
	"time"
)

// Limits of accounts.
const (
	LeastPasswordLength = 10  // characters
	MostPasswordLength  = 128 // characters
)

// Reasons for which a password is refused, for programs that say in words of their own what is wrong. They never change.
const (
	PasswordShort      = "password-short"
	PasswordLong       = "password-long"
	PasswordCharacters = "password-characters" // one that may not be written again, such as a line break
	PasswordName       = "password-name"       // a name of the account is in it
	PasswordSimple     = "password-simple"     // digits and punctuation only, or a few characters over and over
	PasswordCommon     = "password-common"     // on the list of common ones
	PasswordSame       = "password-same"       // it is the present one
	PasswordCurrent    = "password-current"    // the present one that was sent is wrong, or its name is locked
)

// Account is somebody who signs in: an office or a person at work, never a member as such. It belongs to an
// organization, whose administrators look after it.
type Account struct {
	ID           ID
	Version      int32  // counts writes from 1; the ETag of the resource is `"Version"`
	Name         string // for signing in; unique, lower case
	DisplayName  string
	Organization ID   // 0 for an account that only administrators of everything look after
	Path         []ID // of the organization, from the topmost down; nil when Organization is 0
	// OrganizationName is what the organization is called in its newest content; "" when Organization is 0. Writes ignore it.
	OrganizationName string
	Disabled         bool // cannot sign in, and its sessions and tokens are void
	MustChange       bool // the password was set by somebody else: it must be changed before anything else
	HasPassword      bool // false until an invitation was taken up, and for those that sign in elsewhere only
	CreatedAt        time.Time
	SignedInAt       time.Time // zero before the first time
}

// accountName is what a name looks like: letters of any script are kept out, so that no two names look the same.
var accountName = regexp.MustCompile(`^[a-z][a-z0-9._-]{2,63}$`)

// CleanAccountName returns the form in which a name is kept: without spaces around it, in lower case.
func CleanAccountName(name string) string { return strings.ToLower(strings.TrimSpace(name)) }

// Validate checks what needs no database. The first fault is returned as *Error with the JSON name of the field.
func (a Account) Validate() error {
	if !accountName.MatchString(a.Name) {
		return Invalid("name", "a name has 3 to 64 of the characters a-z, 0-9, dot, hyphen and underscore, and begins with a letter")
	}
	switch a.Name { // names that the history gives to what is no account
	case "token", "operator", "system", "import", "sample", "cli", "session", "anonymous", "everyone", NobodyName:
		return Invalid("name", "the name %s is taken", a.Name)
	}
	return checkText("display_name", a.DisplayName, 1, MaxNameLength)
}

// Session is a browser in which somebody is signed in.
type Session struct {
	ID        ID
	Account   ID
	CreatedAt time.Time
	SeenAt    time.Time // to the minute
	ExpiresAt time.Time // at the latest; sooner when it is not used
	Address   string    // where it was opened from
	Agent     string    // what the browser called itself then
}

// Token is a key that a program of somebody's signs in with. What it opens is never more than what its account may do.
type Token struct {
	ID         ID
	Account    ID
	Name       string
	ReadOnly   bool
	Grants     []ID // of the account's grants those that it carries; nil for all of them
	CreatedAt  time.Time
	ExpiresAt  time.Time
	LastUsedAt time.Time // to the minute; zero before the first time
}

// Validate checks what needs no database. The first fault is returned as *Error with the JSON name of the field.
func (t Token) Validate() error { return checkText("name", t.Name, 1, MaxNameLength) }

// LinkPurpose says what a one-time link is for.
type LinkPurpose string

// Purposes of one-time links.
const (
	LinkFirst    LinkPurpose = "first"    // opens the first account, an administrator's of everything
	LinkInvite   LinkPurpose = "invite"   // sets the first password of an account
	LinkRecovery LinkPurpose = "recovery" // sets a new password
)

// Link is a one-time link as its holder sees it. Only its hash is kept.
type Link struct {
	Purpose     LinkPurpose
	Account     ID // 0 for LinkFirst
	AccountName string
	ExpiresAt   time.Time
}

// AccountQuery chooses accounts. They are listed by name.
type AccountQuery struct {
	Scope        Scope  // only those that belong to it
	Organization ID     // only those of this organization and all below it; 0 for no such condition
	Text         string // the beginning of the name, or part of the display name, in capitals or not; "" for all
	After        string // only names after this one
	Limit        int    // at least 1
}
