package geo

// MostChanged is how many organizations one OrganizationBulk may name.
const MostChanged = 500

// OrganizationBulk says what of many organizations is to be the same from today on.
type OrganizationBulk struct {
	Organizations []VersionOf // in a preview version 0 is whichever there is
	Set           OrganizationSet
	Preview       bool // as of OrganizationMerge
}

// OrganizationSet is values of members of organizations; "", and 0 of the superior, leave them as they are.
type OrganizationSet struct {
	Status, Kind, Level string
	Parent              ID
}

// On returns the content with what is set.
func (s OrganizationSet) On(c OrganizationContent) OrganizationContent {
	for _, m := range []struct {
		field *string
		value string
	}{{&c.Status, s.Status}, {&c.Kind, s.Kind}, {&c.Level, s.Level}} {
		if m.value != "" {
			*m.field = m.value
		}
	}
	if s.Parent != 0 {
		c.Parent = s.Parent
	}
	return c
}

// Validate checks what needs no database.
func (b OrganizationBulk) Validate() error {
	switch n := len(b.Organizations); {
	case n == 0:
		return Invalid("organizations", "name the organizations that are to be changed")
	case n > MostChanged:
		return Invalid("organizations", "%d organizations are too many: at most %d", n, MostChanged)
	case b.Set == OrganizationSet{}:
		return Invalid("set", "name what is to be the same: status, kind, level or parent")
	}
	seen := map[ID]bool{}
	for _, o := range b.Organizations {
		switch {
		case seen[o.ID]:
			return Invalid("organizations", "organization %d is named twice", o.ID)
		case o.Version == 0 && !b.Preview:
			return Invalid("organizations", "the version of organization %d is needed, as somebody has seen it", o.ID)
		}
		seen[o.ID] = true
	}
	return nil
}

// ChangedOrganization is an organization as an OrganizationBulk left it; in a preview with its present version.
type ChangedOrganization struct {
	Reorganized
	Changed bool  // it was not so before
	Planned []Day // first days of content that was planned and said something else of what is set; it says that now
}
