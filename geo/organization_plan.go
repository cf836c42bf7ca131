package geo

import "time"

// Plan is a change that is to come: from a day on something else holds than the day before.
type Plan struct {
	Valid         DayRange // of what holds from then on
	Before, After Organization
	Fields        []string  // the members that differ, as of Difference
	Author        string    // of the write that planned it; "" for who may not be told
	Recorded      time.Time // when it was planned
	Version       int32     // of that write
}

// Follow returns what is planned for a later day after what holds until then changed from before to after: members that the
// plan leaves as they were before follow, its own changes stay. A place follows as one, with its source, accuracy and system;
// the state of its verification is known of the place and holds wherever that is the same.
func Follow(planned, before, after OrganizationContent) OrganizationContent {
	out := planned
	out.Code = after.Code // which is no affair of days
	follow(&out.Parent, before.Parent, after.Parent)
	follow(&out.Kind, before.Kind, after.Kind)
	follow(&out.Level, before.Level, after.Level)
	follow(&out.Name, before.Name, after.Name)
	follow(&out.ShortName, before.ShortName, after.ShortName)
	follow(&out.Division, before.Division, after.Division)
	follow(&out.Address, before.Address, after.Address)
	follow(&out.Phone, before.Phone, after.Phone)
	follow(&out.USCC, before.USCC, after.USCC)
	follow(&out.Status, before.Status, after.Status)
	if sameArea(planned.Jurisdiction, before.Jurisdiction) {
		out.Jurisdiction = after.Jurisdiction
	}
	out.followPlace(before, after)
	return out
}

func follow[T comparable](planned *T, before, after T) {
	if *planned == before {
		*planned = after
	}
}

func (c *OrganizationContent) followPlace(before, after OrganizationContent) {
	stays, moved := c.Location == before.Location, after.Location != before.Location
	switch {
	case stays && moved:
		c.Location, c.LocationSource, c.LocationAccuracyM, c.SourceCRS = after.Location, after.LocationSource, after.LocationAccuracyM, after.SourceCRS
	case stays:
		follow(&c.LocationSource, before.LocationSource, after.LocationSource)
		follow(&c.LocationAccuracyM, before.LocationAccuracyM, after.LocationAccuracyM)
		follow(&c.SourceCRS, before.SourceCRS, after.SourceCRS)
	}
	if SameVerified(*c, after) && (!SameVerified(before, after) || after.LocationState != before.LocationState) {
		c.LocationState = after.LocationState
	}
}

// PlansOf returns the changes that rows of an organization plan for days after today, by day. Rows are as of HistoryOf.
func PlansOf(rows []OrganizationVersion, today Day) []Plan {
	present := known(rows, time.Unix(1<<40, 0), false)
	plans := []Plan{}
	for i := 1; i < len(present); i++ {
		before, after := present[i-1], present[i]
		fields := Difference(before.OrganizationContent, after.OrganizationContent)
		if after.Valid.From <= today || before.Valid.To != after.Valid.From || len(fields) == 0 {
			continue
		}
		p := Plan{Valid: after.Valid, Before: before, After: after, Fields: fields}
		p.find(rows)
		plans = append(plans, p)
	}
	return plans
}

// find tells who planned it: the newest write since which what the plan changes is planned for its day. Later writes that it
// merely followed are not his.
func (p *Plan) find(rows []OrganizationVersion) {
	writes, _ := HistoryOf(rows, nil, time.Time{}, len(rows)*2)
	for _, w := range writes {
		p.Author, p.Recorded, p.Version = w.Author, w.Recorded, w.Version
		if !p.planned(known(rows, w.Recorded, true)) {
			return
		}
	}
}

// planned reports whether the same was planned for the day by what was said at another time.
func (p *Plan) planned(said []Organization) bool {
	before, after := on(said, p.Valid.From-1), on(said, p.Valid.From)
	if before == nil || after == nil {
		return false
	}
	own := Follow(after.OrganizationContent, before.OrganizationContent, p.Before.OrganizationContent)
	return len(Difference(own, p.After.OrganizationContent)) == 0
}
