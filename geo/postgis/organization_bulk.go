package postgis

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"jingwei/geo"
)

// ChangeOrganizations lets the members that b sets hold for all of its organizations, from today to the end of what holds then
// of each; what else is said of them stays. It is one operation, done as a whole or not at all. One of which it holds already
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
	changed := map[geo.ID]bool{}
	for _, id := range o.deepestFirst(ids) {
		var err error
		if changed[id], err = o.changeOne(ctx, o.locked[id], b.Set); err != nil {
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
		done[i] = geo.ChangedOrganization{Reorganized: x, Changed: changed[x.ID]}
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

// changeOne reports whether it wrote to the organization.
func (o *reorganization) changeOne(ctx context.Context, org lockedOrganization, set geo.OrganizationSet) (bool, error) {
	known := standingFrom(org.known, o.date)
	if len(known) == 0 {
		return false, &geo.Error{Kind: geo.ErrConflict, Message: fmt.Sprintf("it exists no more on %s", o.date)}
	}
	span := geo.DayRange{From: max(known[0].valid.From, o.date), To: known[0].valid.To}
	before, from, err := org.contentFrom(ctx, o.tx, span.From)
	if err != nil {
		return false, err
	}
	content := set.On(before.OrganizationContent)
	if len(geo.Difference(before.OrganizationContent, content)) == 0 {
		return false, nil
	}
	if err := o.admitDays(known[:1]); err != nil {
		return false, err
	}
	if content.Parent != before.Parent {
		if err := o.admitSuperior(ctx, o.tx, content.Parent, span); err != nil {
			return false, err
		}
	}
	if err := org.touch(ctx, o.tx, org.code, nil); err != nil {
		return false, err
	}
	into, err := org.say(ctx, o.tx, before, content, span)
	if err != nil {
		return false, err
	}
	if err := org.note(ctx, o.tx); err != nil {
		return false, err
	}
	return true, org.auditChange(ctx, o.tx, from, into, before, auditedOf(org.version, content, span))
}

// aboutOrganization names the organization that a fault is about, unless it is one of what was set: of a value, or of the superior
// itself. That an organization cannot have this superior contradicts what is stored.
func aboutOrganization(err error, id geo.ID) error {
	var fault *geo.Error
	if !errors.As(explain(err), &fault) {
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
