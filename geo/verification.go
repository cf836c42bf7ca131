package geo

import (
	"fmt"
	"math"
	"slices"
	"time"
)

// Limits of verification.
const (
	MaxEvidenceLength = 1000 // characters of an evidence or a reason
	LeastDeviceReachM = 100  // metres within which a device counts as being on the spot, whatever the accuracy of the location
	LeastMoveM        = 1    // metres that a location may always be moved without being another one
	// MostReachM is the most metres of both, whatever the accuracy: who hardly knows where a location is cannot say that something is there.
	MostReachM = MostAccuracyM
)

// TechnicalCheck is the author of steps that the program takes by itself.
const TechnicalCheck = "technical check"

// Causes of a step.
const (
	CauseHand    = "hand"    // somebody took it
	CauseCheck   = "check"   // the technical check found nothing
	CauseMoved   = "moved"   // the location was moved by more than its accuracy: it is another one
	CauseChanged = "changed" // its accuracy or its division became another one than was verified
	CauseWritten = "written" // the operator wrote the state together with the content; it may be the same one, of another location
	CauseUndone  = "undone"  // the write before was taken back, and with the location came what was verified of it
)

// LocationStates are the six steps of verifying a location, in their order: a location is reported 自主填报, checked 技术校验 by
// the program, compared 人工比对 with a source by somebody, approved 二次核准 by somebody else, inspected 实地检验 in the field and
// confirmed 终端确认 by those who are there.
func LocationStates() []string {
	return []string{LocationReported, LocationChecked, LocationCompared, LocationApproved, LocationInspected, LocationConfirmed}
}

// NextLocationState returns the state that follows; "" after the last, and after one that is none of the six.
func NextLocationState(state string) string {
	states := LocationStates()
	if i := slices.Index(states, state); i >= 0 && i+1 < len(states) {
		return states[i+1]
	}
	return ""
}

// EarlierLocationStates returns the states that a location can be sent back to, first to last: those before its own. One of a
// state that is none of the six can be sent back to all of them.
func EarlierLocationStates(state string) []string {
	states := LocationStates()
	if i := slices.Index(states, state); i >= 0 {
		return states[:i]
	}
	return states
}

// LocationStep is one step that was taken. Where somebody's device was is not kept, only how far from the location.
type LocationStep struct {
	ID           ID
	Organization ID
	Version      int32 // number of the write that it belongs to
	From, To     string
	Cause        string // one of the causes
	Account      ID     // who took it; 0 for the program and the operator
	Author       string
	At           time.Time
	Evidence     string
	Reason       string
	Location     Position // that the step is about
	AccuracyM    float64  // of the location, metres; 0 for unknown
	// DistanceM is metres from the location: of the device that confirmed it, or of where it was before it was moved. Negative for none.
	DistanceM float64
}

// DeviceFix is where a device says that it is.
type DeviceFix struct {
	At        Position
	AccuracyM float64 // metres
}

// LocationMove is a step that somebody asks for: on To the next state, or Back to an earlier one.
type LocationMove struct {
	To, Back string // one of them
	Evidence string // what To rests on
	Reason   string // of Back, or why a location is confirmed from elsewhere
	Device   *DeviceFix
}

// LocationStanding is what a step starts from.
type LocationStanding struct {
	State      string
	At         Position
	AccuracyM  float64
	ComparedBy Actor // who compared last; the zero value when nobody is known to have
}

// Validate checks what needs nothing else. The first fault is returned as *Error with the JSON name of the field.
func (m LocationMove) Validate() error {
	switch {
	case m.To == "" && m.Back == "":
		return Invalid("to", "say which step to take: to with the next state, or back with an earlier one")
	case m.To != "" && m.Back != "":
		return Invalid("back", "one step at a time: to or back, not both")
	case m.Back != "" && m.Reason == "":
		return Invalid("reason", "say why the location is sent back, so that it can be put right")
	case m.Device != nil && m.To != LocationConfirmed:
		return Invalid("device", "where a device is only counts for confirmed")
	case m.Device != nil && !(m.Device.AccuracyM >= 0 && m.Device.AccuracyM <= 1e7):
		return Invalid("device", "the accuracy of the device is a distance in metres")
	}
	if err := checkText("evidence", m.Evidence, 0, MaxEvidenceLength); err != nil {
		return err
	}
	return checkText("reason", m.Reason, 0, MaxEvidenceLength)
}

// Actions are those of which one lets somebody take the step, for a location in the state. Who may take a step may also take
// it back, and who verifies may send back from any state.
func (m LocationMove) Actions(state string) []Action {
	switch {
	case m.To == LocationConfirmed:
		return []Action{ActionConfirmLocation}
	case m.Back != "" && state == LocationConfirmed:
		return []Action{ActionVerifyLocation, ActionConfirmLocation}
	}
	return []Action{ActionVerifyLocation}
}

// Take returns the step, without id and time, or says what it lacks: ErrInvalid with the field for what the caller can put
// right, ErrConflict for an order that does not hold, ErrForbidden for a second approval by who compared. It does not
// decide who may take the step otherwise; see Actions.
func (m LocationMove) Take(from LocationStanding, by Actor) (LocationStep, error) {
	step := LocationStep{
		From: from.State, To: m.To, Cause: CauseHand, Account: by.Account, Author: by.Name, Evidence: m.Evidence, Reason: m.Reason,
		Location: from.At, AccuracyM: from.AccuracyM, DistanceM: -1,
	}
	if err := m.Validate(); err != nil {
		return step, err
	}
	if m.Back != "" {
		step.To = m.Back
		return step, m.backwards(from.State)
	}
	if err := m.onwards(from.State); err != nil {
		return step, err
	}
	if m.To == LocationConfirmed {
		return m.confirm(step, from)
	}
	if m.Evidence == "" {
		return step, Invalid("evidence", "say what the step rests on: a source, a document, a photo, a visit")
	}
	if m.To == LocationApproved && same(from.ComparedBy, by) {
		return step, &Error{Kind: ErrForbidden, Reason: "second-person", Message: "the second approval is for somebody else than who compared: ask another reviewer"}
	}
	return step, nil
}

func (m LocationMove) backwards(state string) error {
	if slices.Contains(EarlierLocationStates(state), m.Back) {
		return nil
	}
	if !slices.Contains(LocationStates(), m.Back) {
		return Invalid("back", "%q is no state of a location: %v", m.Back, LocationStates())
	}
	return &Error{Kind: ErrConflict, Field: "back", Message: "the location is " + state + ": it can be sent back to an earlier state only"}
}

func (m LocationMove) onwards(state string) error {
	if !slices.Contains(LocationStates(), m.To) {
		return Invalid("to", "%q is no state of a location: %v", m.To, LocationStates())
	}
	next := NextLocationState(state)
	switch {
	case m.To == next:
		return nil
	case next == "":
		return &Error{Kind: ErrConflict, Field: "to", Message: "the location is " + state + ": no step follows; send it back when something is wrong"}
	}
	return &Error{Kind: ErrConflict, Field: "to", Message: "the location is " + state + ": the next step is " + next + ", and none is left out"}
}

// confirm holds the device against the location. One that does not know where it is shows nothing.
func (m LocationMove) confirm(step LocationStep, from LocationStanding) (LocationStep, error) {
	reach := within(LeastDeviceReachM, from.AccuracyM)
	near := false
	if m.Device != nil {
		step.DistanceM = Distance(from.At, m.Device.At)
		near = step.DistanceM <= reach && m.Device.AccuracyM > 0 && m.Device.AccuracyM <= reach
	}
	switch {
	case near || m.Reason != "":
		return step, nil
	case m.Device == nil:
		return step, Invalid("device", "confirm on the spot with the position of your device, or give a reason")
	case step.DistanceM > reach:
		return step, &Error{Kind: ErrInvalid, Field: "device", Reason: "device-far", Figures: map[string]float64{"distance_m": step.DistanceM, "limit_m": reach},
			Message: fmt.Sprintf("the device is %.0f m away from the location, more than %.0f m: go there, correct the location, or give a reason", step.DistanceM, reach)}
	}
	return step, &Error{Kind: ErrInvalid, Field: "device", Reason: "device-vague", Figures: map[string]float64{"accuracy_m": m.Device.AccuracyM, "limit_m": reach},
		Message: fmt.Sprintf("the device knows where it is to %.0f m only, %.0f m are needed: wait for a better fix, or give a reason", m.Device.AccuracyM, reach)}
}

// same reports whether two actors are one: by account, else by name. Nobody is the same as nobody known.
func same(a, b Actor) bool {
	if a.Account != 0 || b.Account != 0 {
		return a.Account == b.Account
	}
	return a.Name != "" && a.Name == b.Name
}

// WritesLocationState reports whether the actor may write the state of a location together with the content: the operator
// and commands on the machine, such as imports. All others take steps.
func (a Actor) WritesLocationState() bool {
	switch a.Named().Via {
	case ViaOperator, ViaCLI, ViaSystem:
		return true
	}
	return false
}

// Moved returns how far a location lies from where it was verified, in metres, and whether that is so much that it is another
// one: more than the accuracy that it was verified with, but 1 m at least and MostReachM at most.
func Moved(was Position, accuracyM float64, now Position) (metres float64, another bool) {
	metres = Distance(was, now)
	return metres, metres > within(LeastMoveM, accuracyM)
}

// within returns the accuracy of a location as the room that it leaves, in metres.
func within(least, accuracyM float64) float64 {
	return math.Min(math.Max(accuracyM, least), MostReachM)
}

// SameVerified reports whether what was verified of the location of one content is known of that of the other.
func SameVerified(a, b OrganizationContent) bool {
	return a.Location == b.Location && verifiedAlike(a, b)
}

func verifiedAlike(a, b OrganizationContent) bool {
	return a.LocationAccuracyM == b.LocationAccuracyM && a.Division == b.Division
}

// Renewal returns why what was verified of a location holds no more when an organization with the content before gets the content
// now: CauseMoved with how far it lies from where it was verified (at, with an accuracy) in metres; CauseChanged, for another accuracy,
// be it worse or better, or another division, with a negative distance. "" when it is the same location.
func Renewal(before, now OrganizationContent, at Position, accuracyM float64) (cause string, metres float64) {
	if now.Location != before.Location {
		if metres, another := Moved(at, accuracyM, now.Location); another {
			return CauseMoved, metres
		}
	}
	if !verifiedAlike(before, now) {
		return CauseChanged, -1
	}
	return "", -1
}
