package geo

import "slices"

// Role is what somebody does for the organizations of a subtree. Who has none is a viewer and sees what everyone sees.
type Role string

// Roles.
const (
	RoleRegistrar     Role = "registrar"      // registers organizations
	RoleReviewer      Role = "reviewer"       // checks what was registered
	RoleReportOfficer Role = "report_officer" // handles reports
	RoleAnalyst       Role = "analyst"        // reads everything, changes nothing
	RolePublisher     Role = "publisher"      // publishes documents and themes
	RoleDutyOfficer   Role = "duty_officer"   // commands in an emergency
	RoleAdministrator Role = "administrator"  // may do everything, and grants
)

// Roles are all roles in the order in which they are shown.
func Roles() []Role {
	return []Role{RoleRegistrar, RoleReviewer, RoleReportOfficer, RoleAnalyst, RolePublisher, RoleDutyOfficer, RoleAdministrator}
}

// Valid reports whether the role exists.
func (r Role) Valid() bool { return slices.Contains(Roles(), r) }

// Action is something that not everyone may do.
type Action string

// Actions. A read is of what the public does not see; what everyone sees needs no action.
const (
	ActionReadOrganization  Action = "organization.read"  // drafts and the like, and who wrote a version
	ActionWriteOrganization Action = "organization.write" // register, alter, move, retire
	ActionReadReport        Action = "report.read"        // restricted ones, and where exactly a report lies
	ActionReadAccount       Action = "account.read"
	ActionWriteAccount      Action = "account.write" // open, disable, recover, hand over
	ActionGrant             Action = "grant.write"
	ActionReadAudit         Action = "audit.read"
	ActionAsk               Action = "task.ask" // ask organizations for what they have not told yet
)

// Actions are all actions.
func Actions() []Action {
	return []Action{ActionReadOrganization, ActionWriteOrganization, ActionReadReport, ActionReadAccount, ActionWriteAccount, ActionGrant, ActionReadAudit, ActionAsk}
}

// Reads reports whether the action changes nothing.
func (a Action) Reads() bool {
	return a == ActionReadOrganization || a == ActionReadReport || a == ActionReadAccount || a == ActionReadAudit
}

// Permits reports whether the role includes the action, in the subtree that it is granted on.
func (r Role) Permits(a Action) bool {
	switch r {
	case RoleAdministrator:
		return slices.Contains(Actions(), a)
	case RoleReviewer:
		return a == ActionReadOrganization || a == ActionWriteOrganization || a == ActionAsk
	case RoleRegistrar:
		return a == ActionReadOrganization || a == ActionWriteOrganization
	case RoleReportOfficer, RoleAnalyst, RoleDutyOfficer:
		return a == ActionReadOrganization || a == ActionReadReport
	case RolePublisher:
		return a == ActionReadOrganization
	}
	return false
}

// Grant gives a role on an organization and all below it, on the days Valid. Organization 0 stands for all organizations.
type Grant struct {
	ID           ID
	Account      ID
	Role         Role
	Organization ID
	Valid        DayRange
}

// Validate checks what needs no database. The first fault is returned as *Error with the JSON name of the field.
func (g Grant) Validate() error {
	if !g.Role.Valid() {
		return Invalid("role", "there is no role %q: %v are known", g.Role, Roles())
	}
	if g.Valid.Empty() {
		return Invalid("valid_to", "the grant must begin before it ends")
	}
	return nil
}
