package geo

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// Via says how somebody came to do something.
type Via string

// Ways of doing something.
const (
	ViaSession  Via = "session"  // signed in with a browser
	ViaToken    Via = "token"    // a program with a personal token
	ViaOperator Via = "operator" // the token in the data directory
	ViaCLI      Via = "cli"      // a command on the machine
	ViaSystem   Via = "system"   // the program by itself
)

// Actor is who does something and from where, as the audit tells it. The zero value is the system.
type Actor struct {
	Account   ID     // 0 for what is no account
	Name      string // of the account, else "operator" or "system"
	Via       Via
	Address   string // of the client; "" for what comes from the machine itself
	RequestID string // of the request, by which its log line is found; "" for none
}

// NobodyName is the name of whoever is not known, in entries of attempts to sign in.
const NobodyName = "nobody"

type actorKey struct{}

// WithActor returns a context in which whatever is written is done by a.
func WithActor(ctx context.Context, a Actor) context.Context {
	return context.WithValue(ctx, actorKey{}, a)
}

// ActorOf returns who acts in ctx: the system, by its name, where nobody was told.
func ActorOf(ctx context.Context) Actor {
	a, _ := ctx.Value(actorKey{}).(Actor)
	return a.Named()
}

// Named fills in the system for whoever is not told.
func (a Actor) Named() Actor {
	if a.Via == "" {
		a.Via = ViaSystem
	}
	if a.Name == "" {
		a.Name = string(ViaSystem)
	}
	return a
}

// Actions of the audit that more than one place writes. Others stand where they are written: the kind of what was changed
// and how, "grant.end". A view bears the name of the Action that it needs, "report.read".
const (
	AuditCreateOrganization  = "organization.create"
	AuditReplaceOrganization = "organization.replace"
	AuditRetireOrganization  = "organization.retire"
	AuditRestoreOrganization = "organization.restore"
	AuditCancelPlan          = "organization.cancel"
	AuditUndoOrganization    = "organization.undo"  // the last write was taken back
	AuditMergeOrganization   = "organization.merge" // it went into another, or another into it
	AuditSplitOrganization   = "organization.split"
	AuditLeaveOrganization   = "organization.leave" // went to another superior; of where to, its replace tells
	AuditSignInFailed        = "sign-in.failed"
	AuditLocationStep        = "location.step"
	AuditInterrupted         = "load.interrupted" // a bulk load died; what it had committed stays
)

// AuditObject is what an entry is about. The zero value is nothing in particular.
type AuditObject struct {
	Kind string // organization, account, grant ...
	ID   ID
}

// AuditEntry is one thing that was done, or one look at something protected. It holds no secret: no password, no key, nor
// the hash of one.
type AuditEntry struct {
	ID     ID        // given by the database, rising with time; ignored when an entry is written
	At     time.Time // as ID
	Actor  Actor
	Action string // lower case, parts joined by dots and hyphens
	Object AuditObject
	// Path says whose administrators may read the entry: the organizations from the topmost down to the one that the object
	// is or belongs to, since then. Empty, only administrators of everything may.
	Path         []ID
	Before       json.RawMessage // content before; nil for none
	After        json.RawMessage // content after, or what else there is to tell; nil for none
	Sealed       bool            // as ID
	Organization string          // name now of the last of Path; "" for none; as ID
}

// Names of actions and of kinds of objects.
var (
	auditAction = regexp.MustCompile(`^[a-z][a-z0-9_.-]{0,62}$`)
	auditKind   = regexp.MustCompile(`^([a-z][a-z0-9_]{0,62})?$`)
)

// Validate checks what the program itself says: an entry that is refused is a mistake of the program.
func (e AuditEntry) Validate() error {
	if !auditAction.MatchString(e.Action) {
		return Invalid("action", "%q is no action: lower case, digits, dots and hyphens", e.Action)
	}
	if !auditKind.MatchString(e.Object.Kind) {
		return Invalid("kind", "%q is no kind of object: lower case, digits and underscores", e.Object.Kind)
	}
	return nil
}

// MaxAuditPage is the most entries that one question is answered with.
const MaxAuditPage = 1000

// AuditQuery asks for entries. Zero fields ask for everything.
type AuditQuery struct {
	From, To     time.Time // From <= time < To
	Actor        string    // name, exactly
	Action       string    // exactly
	Object       AuditObject
	Organization ID          // entries about it, or about what belongs to it or lies below it
	Limit        int         // at most MaxAuditPage; 0 is that many
	After        AuditCursor // only what is older than this
}

// AuditCursor is the place of an entry among all, newest first. The zero value is before the newest.
type AuditCursor struct {
	At time.Time
	ID ID
}

// AuditHead names the last seal of a chain, and with it everything before. The zero value is that of a chain without a
// seal.
type AuditHead struct {
	N    int64 // number of the seal, from 1
	Hash [32]byte
}

// ParseAuditHead reads "number:hash", the hash in hexadecimal. Other input is ErrInvalid with the field "head".
func ParseAuditHead(s string) (AuditHead, error) {
	number, sum, _ := strings.Cut(strings.TrimSpace(s), ":")
	n, err := strconv.ParseInt(number, 10, 64)
	hash, wrong := hex.DecodeString(sum)
	if err != nil || wrong != nil || n < 1 || len(hash) != len(AuditHead{}.Hash) {
		return AuditHead{}, Invalid("head", "this is not the head of an audit: a number, a colon and 64 hexadecimal digits, as doctor prints it")
	}
	return AuditHead{N: n, Hash: [32]byte(hash)}, nil
}

// String returns the form that ParseAuditHead reads.
func (h AuditHead) String() string {
	return strconv.FormatInt(h.N, 10) + ":" + hex.EncodeToString(h.Hash[:])
}

// AuditFault says what is wrong with the chain in one place.
type AuditFault struct {
	Seal    int64 // number of the seal; 0 for entries that are in none
	Message string
}

// MostAuditFaults is how many faults a report tells one by one.
const MostAuditFaults = 100

// AuditReport is what a check of the whole audit found.
type AuditReport struct {
	Entries, Seals int64        // checked
	Head           AuditHead    // the last seal
	Faults         []AuditFault // the first MostAuditFaults; none when everything is as it was written
	FaultCount     int64        // all
	Unsealed       int64        // entries that wait for their seal: they could still be altered unnoticed
	OldestUnsealed time.Time    // zero when there are none
}
