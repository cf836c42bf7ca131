package geo

// Kinds of links between organizations that tell what became of one.
const (
	LinkMergedInto = "merged_into" // it ended, and another went on in its place
	LinkSplitInto  = "split_into"  // another came from it
)

// MostMoved is how many subordinates one merge or split may give another superior.
const MostMoved = 1000

// VersionOf names an organization at the version that somebody has seen.
type VersionOf struct {
	ID      ID
	Version int32
}

// OrganizationMerge says which organizations go into another, as of a day that is not later than today.
type OrganizationMerge struct {
	Sources []VersionOf
	Target  VersionOf
	Date    Day
	// Children says where subordinates of the sources go that do not go below the target.
	Children map[ID]ID
	Preview  bool // nothing is written: what would be is told
}

// Validate checks what needs no database.
func (m OrganizationMerge) Validate() error {
	if len(m.Sources) == 0 {
		return Invalid("sources", "name the organizations that are to be merged")
	}
	seen := map[ID]bool{m.Target.ID: true}
	for _, s := range m.Sources {
		if seen[s.ID] {
			return Invalid("sources", "organization %d is named twice", s.ID)
		}
		seen[s.ID] = true
	}
	return nil
}

// SplitTarget is what an organization is split into: one that exists, or a new one.
type SplitTarget struct {
	Existing VersionOf // ID 0 for a new one
	Content  OrganizationContent
	Beside   bool // a new one has the superior of the source, whatever Content says
}

// OrganizationSplit says into what an organization is split, as of a day that is not later than today.
type OrganizationSplit struct {
	Source  VersionOf
	Targets []SplitTarget
	Primary int // index of the target that gets the subordinates
	Date    Day
	// Children says which target gets a subordinate that the primary one does not get.
	Children map[ID]int
	// Keep lets the source go on, with the subordinates that Children does not name.
	Keep    bool
	Preview bool // as of OrganizationMerge
}

// Validate checks what needs no database.
func (s OrganizationSplit) Validate() error {
	if least := map[bool]int{true: 1, false: 2}[s.Keep]; len(s.Targets) < least {
		return Invalid("targets", "at least %d organizations are needed that it is split into", least)
	}
	if s.Primary < 0 || s.Primary >= len(s.Targets) {
		return Invalid("primary", "the number of one of the targets is needed, from 0")
	}
	seen := map[ID]bool{s.Source.ID: true}
	for _, t := range s.Targets {
		if t.Existing.ID == 0 {
			if err := t.Content.Validate(); err != nil {
				return err
			}
			continue
		}
		if seen[t.Existing.ID] {
			return Invalid("targets", "organization %d is named twice", t.Existing.ID)
		}
		seen[t.Existing.ID] = true
	}
	for id, i := range s.Children {
		if i < 0 || i >= len(s.Targets) {
			return Invalid("children", "subordinate %d is to go to target %d, which there is not", id, i)
		}
	}
	return nil
}

// Reorganized is an organization as a merge, a split or an undoing left it.
type Reorganized struct {
	ID      ID
	Version int32
	Name    string
	Parent  ID // 0 for none
	Retired bool
}

// StrandedGrant is a grant on an organization that was retired: it gives nothing any more, and nobody moved it.
type StrandedGrant struct {
	ID           ID
	Account      ID
	AccountName  string
	DisplayName  string
	Role         Role
	Organization ID
}

// Reorganization is what a merge or split did.
type Reorganization struct {
	Sources, Targets, Moved []Reorganized
	Grants                  []StrandedGrant // of accounts that the reader may see
	HiddenGrants            int             // of others
}

// OrganizationSuccessor is an organization that another went into, or came from.
type OrganizationSuccessor struct {
	Kind    string // LinkMergedInto or LinkSplitInto
	Date    Day
	ID      ID
	Name    string // today, else last
	Retired bool
	After   bool // it follows on the one that is asked about, which else follows on it
}
