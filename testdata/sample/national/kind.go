package national

import "jingwei/geo"

// kind is a kind of organization.
type kind uint8

const (
	localCommittee kind = iota
	workingCommittee
	partyCommittee
	generalBranch
	branch
	jointBranch
	functionalBranch
	temporaryBranch
	mobileBranch
	retiredBranch
	gridBranch
)

// kindCodes are the values of the code list organization_kind.
var kindCodes = [...]string{
	"local_committee", "working_committee", "party_committee", "general_branch", "branch", "joint_branch",
	"functional_branch", "temporary_branch", "mobile_branch", "retired_branch", "grid_branch",
}

// Running shares of the kinds of branches from branch on: below villages, in units, and of those that stand alone.
var (
	branchesOfVillages = [...]float64{0.44, 0.51, 0.56, 0.58, 0.63, 0.69, 1}
	branchesInUnits    = [...]float64{0.89, 0.89, 0.92, 0.94, 0.95, 1}
	branchesAlone      = [...]float64{0.76, 0.95, 0.965, 0.98, 0.99, 1}
)

func branchKind(s *stream, shares []float64) kind { return branch + kind(s.pick(shares)) }

// levelCode is the value of the code list organization_level.
func levelCode(level uint8) string {
	if level == unitLevel {
		return "unit"
	}
	return geo.DivisionLevel(level).String()
}
