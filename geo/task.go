package geo

import (
	"slices"
	"time"
)

// Field is something that an organization may be asked to tell of itself, by its name in the HTTP interface.
type Field string

// Fields that can be asked for.
const (
	FieldShortName    Field = "short_name"
	FieldAddress      Field = "address"
	FieldPhone        Field = "phone"
	FieldUSCC         Field = "uscc"
	FieldLocation     Field = "location"
	FieldJurisdiction Field = "jurisdiction"
)

// AskedFields are all fields that can be asked for, in the order in which they are shown.
func AskedFields() []Field {
	return []Field{FieldShortName, FieldAddress, FieldPhone, FieldUSCC, FieldLocation, FieldJurisdiction}
}

// Minutes returns how long it takes to answer for the field, confirming it only when it is known: what an office is charged
// for asking. 0 for what is no field that can be asked for.
func (f Field) Minutes(known bool) float64 {
	if known && slices.Contains(AskedFields(), f) {
		return 0.2
	}
	switch f {
	case FieldShortName, FieldPhone:
		return 0.5
	case FieldAddress, FieldUSCC:
		return 1
	case FieldLocation:
		return 3
	case FieldJurisdiction:
		return 10
	}
	return 0
}

// Burden is how much one organization was asked for.
type Burden struct {
	Fields  int
	Minutes float64
}

// BurdenBudget is the most that one organization may be asked for in a calendar month of China, by all offices together.
func BurdenBudget() Burden { return Burden{Fields: 10, Minutes: 30} }

// AnswerHolds is for how many days what was answered or confirmed is not asked for again.
const AnswerHolds = 365

// MaxAsked is the most organizations that are asked at once.
const MaxAsked = 50_000

// States of tasks.
const (
	TaskOpen      = "open"
	TaskDone      = "done"      // all that was asked for is there
	TaskDeclined  = "declined"  // cannot be answered, for a reason
	TaskWithdrawn = "withdrawn" // nobody waits for it any more
)

// Reasons for which a field is not asked for.
const (
	SkipKnown  = "known"  // it is there
	SkipRecent = "recent" // it was answered or confirmed less than AnswerHolds days ago
	SkipOpen   = "open"   // somebody waits for it already
	SkipBudget = "budget" // the organization would be asked for more than BurdenBudget in this month
)

// Ask is what an office wants to know of organizations.
type Ask struct {
	ID      ID
	Title   string
	Note    string // what to heed in answering; "" for nothing
	Fields  []Field
	Confirm bool // ask whether it still holds, too, for what is known
	Due     Day  // 0 for none
	// Whom: the organizations named, or all active ones below Within (itself included) of one of the kinds (any for none).
	Organizations []ID
	Within        ID // 0 for none
	Kinds         []string
}

// Limits of an ask's texts, in characters.
const (
	MaxAskTitle = 200
	MaxAskNote  = 2000
)

// Validate checks what needs no database. The first fault is returned as *Error with the JSON name of the field.
func (a Ask) Validate(today Day) error {
	if err := checkText("title", a.Title, 1, MaxAskTitle); err != nil {
		return err
	}
	if err := checkText("note", a.Note, 0, MaxAskNote); err != nil {
		return err
	}
	if len(a.Fields) == 0 {
		return Invalid("fields", "say what is asked for: %v", AskedFields())
	}
	for i, f := range a.Fields {
		if !slices.Contains(AskedFields(), f) {
			return Invalid("fields", "%q cannot be asked for: %v can", f, AskedFields())
		}
		if slices.Contains(a.Fields[:i], f) {
			return Invalid("fields", "%q stands there twice", f)
		}
	}
	if a.Due != 0 && a.Due < today {
		return Invalid("due", "the day has passed")
	}
	switch named := len(a.Organizations); {
	case (named > 0) == (a.Within != 0):
		return Invalid("organizations", "name the organizations, or one with all below it as within")
	case named > MaxAsked:
		return Invalid("organizations", "at most %d organizations can be asked at once", MaxAsked)
	case named > 0 && len(a.Kinds) > 0:
		return Invalid("kinds", "kinds choose among those below an organization; these are named one by one")
	}
	return nil
}

// Skipped is how many fields of how many organizations are not asked for, and why.
type Skipped struct {
	Reason        string // one of the Skip constants
	Organizations int
	Fields        int
}

// AskOutcome is what became of an ask, or would.
type AskOutcome struct {
	ID      ID // 0 when nothing was asked
	Chosen  int
	Tasks   int
	Burden  Burden // of all tasks together
	Skipped []Skipped
}

// AskProgress is an ask with the tasks that came of it, as far as a reader may see them.
type AskProgress struct {
	Ask       // without whom it was addressed to
	Author    string
	CreatedAt time.Time
	Ended     time.Time // when it was withdrawn; zero while it was not
	Open      int
	Done      int
	Declined  int
	Withdrawn int
}

// Task is what one organization is asked for.
type Task struct {
	ID           ID
	Ask          ID
	Organization ID
	Name         string // of the organization
	Division     DivisionCode
	Title        string
	Note         string
	Fields       []Field // what is left of those asked for
	Known        []Field // those of Fields that are there: they only need to be confirmed
	Minutes      float64
	Due          Day // 0 for none
	State        string
	Reason       string // why it was declined
	Author       string // who asks
	CreatedAt    time.Time
	AnsweredBy   string
	AnsweredAt   time.Time // zero for not yet
}

// TaskQuery chooses tasks. Zero fields choose all.
type TaskQuery struct {
	State        string
	Ask          ID
	Organization ID // and all below it
	After        ID // of the last task of the page before
	Limit        int
}

// MonthBurden is how much the organizations of a subtree were asked for in a month.
type MonthBurden struct {
	Asked     int     // organizations that were asked for anything
	Fields    int     // together
	Minutes   float64 // together
	Answered  int     // tasks
	Open      int     // tasks
	MostField int     // of one organization
	MostMin   float64 // of one organization
}
