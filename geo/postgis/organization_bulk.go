package postgis

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"jingwei/geo"
)

// ChangeOrganizations lets the members that b sets hold for all of its organizations, from today on, also where something else is
// planned; what else is said of them stays. It is one operation, done as a whole or not at all. One of which it holds already
// is not written to. The answer is in the order of b; the position is as of CreateOrganization.
//
// The organizations must lie in the scope in, and so must a new superior of those that did not have it. Kinds of errors are
// those of ReplaceOrganization, but for a superior that would close a circle, which is geo.ErrConflict; of a version out of date
// the error is a *geo.StaleError. What is about one of the organizations has the field "organizations" and names it, what is
// about a value or the superior the name of that.
func (s *Store) ChangeOrganizations(ctx context.Context, see, in geo.Scope, b geo.OrganizationBulk, today geo.Day, author string) ([]geo.ChangedOrganization, geo.FeedPosition, error) {
	err := b.Validate()
	var (
		done []geo.ChangedOrganization
		at   geo.FeedPosition
	)
	if err == nil {
		op := &operation{action: geo.WriteBulk, author: author}
		_, at, err = s.reorganize(ctx, see, in, today, today, op, b.Preview, func(o *reorganization) (_ geo.Reorganization, err error) {
			done, err = o.change(ctx, b)
			return geo.Reorganization{}, err
		})
	}
	if err != nil {
		return nil, geo.FeedPosition{}, fmt.Errorf("change of %d organizations: %w", len(b.Organizations), err)
	}
	return done, at, nil
}

const fieldOrganizations = "organizations"

func (o *reorganization) change(ctx context.Context, b geo.OrganizationBulk) ([]geo.ChangedOrganization, error) {
	seen, fields, ids := map[geo.ID]geo.VersionOf{}, map[geo.ID]string{}, []geo.ID{}
	for _, v := range b.Organizations {
		ids = append(ids, v.ID)
		fields[v.ID] = fieldOrganizations
		if v.Version == 0 {
			v.Version = anyVersion
		}
		seen[v.ID] = v
	}
	if err := o.lockAll(ctx, seen, fields); err != nil {
		return nil, err
	}
	changed, planned := map[geo.ID]bool{}, map[geo.ID][]geo.Day{}
	for _, id := range o.deepestFirst(ids) {
		var err error
		if changed[id], planned[id], err = o.changeOne(ctx, o.locked[id], b.Set); err != nil {
			return nil, aboutOrganization(err, id)
		}
	}
	stand, err := reorganized(ctx, o.tx, o.reach, ids)
	if err != nil {
		return nil, err
	}
	done := make([]geo.ChangedOrganization, len(stand))
	for i, x := range stand {
		if b.Preview {
			x.Version = o.locked[x.ID].version - 1
		}
		done[i] = geo.ChangedOrganization{Reorganized: x, Changed: changed[x.ID], Planned: planned[x.ID]}
	}
	return done, nil
}

// deepestFirst returns organizations in an order in which none comes after one that it is below: so the audit tells of each
// what it left before those above it leave that.
func (o *reorganization) deepestFirst(ids []geo.ID) []geo.ID {
	depth := func(id geo.ID) (deepest int) {
		for _, x := range o.locked[id].known {
			deepest = max(deepest, len(x.path))
		}
		return deepest
	}
	return slices.SortedStableFunc(slices.Values(ids), func(a, b geo.ID) int { return depth(b) - depth(a) })
}

// changeOne reports whether it wrote to the organization, and the days from which on something else was planned.
func (o *reorganization) changeOne(ctx context.Context, org lockedOrganization, set geo.OrganizationSet) (changed bool, planned []geo.Day, err error) {
	known := standingFrom(org.known, o.date)
	if len(known) == 0 {
		return false, nil, &geo.Error{Kind: geo.ErrConflict, Message: fmt.Sprintf("it exists no more on %s", o.date)}
	}
	changes, err := o.changes(ctx, org, func(c *geo.OrganizationContent) { *c = set.On(*c) })
	if err != nil || len(changes) == 0 {
		return false, nil, err
	}
	for _, c := range changes {
		if c.content.Parent != c.before.Parent {
			if err := o.expectSuperior(ctx, o.tx, c.content.Parent, c.span); err != nil {
				return false, nil, err
			}
		}
		if c.span.From > max(known[0].valid.From, o.date) {
			planned = append(planned, c.span.From)
		}
	}
	return true, planned, o.say(ctx, org, changes)
}

// aboutOrganization names the organization that a fault is about, unless it is one of what was set: of a value, or of the superior
// itself. That an organization cannot have this superior contradicts what is stored.
func aboutOrganization(err error, id geo.ID) error {
	var fault *geo.Error
	if !errors.As(explain(err), &fault) || fault.Reason == geo.ReasonSuperiorAbsent {
		return err
	}
	named := *fault
	switch circle := fault.Field == "parent" && errors.Is(fault.Kind, geo.ErrInvalid); {
	case circle:
		named.Kind = geo.ErrConflict
	case slices.Contains([]string{"status", "kind", "level", "parent"}, fault.Field):
		return &named
	}
	named.Field, named.Message = fieldOrganizations, fmt.Sprintf("organization %d: %s", id, fault.Message)
	return &named
}
