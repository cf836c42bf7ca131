package postgis

import (
	"context"
	"fmt"

	"jingwei/geo"
)

// MergeOrganizations lets the sources end on the day, and the target go on in their place: what is below them goes below
// the target, or where m says. The target itself stays as it is. All of it is done or nothing. The answer tells also which
// grants on the sources give nothing any more: of accounts in the scope accounts one by one, of others how many. The
// position is as of CreateOrganization.
//
// Sources, target and every new superior must lie in the scope in; kinds of errors are those of ReplaceOrganization, and of
// a version out of date the error is a *geo.StaleError that names which. A target that is below a source, or is not there
// on all days from the day on, is geo.ErrConflict; more than geo.MostMoved subordinates are geo.ErrTooLarge.
func (s *Store) MergeOrganizations(ctx context.Context, see, in, accounts geo.Scope, m geo.OrganizationMerge, today geo.Day, author string) (geo.Reorganization, geo.FeedPosition, error) {
	err := m.Validate()
	var (
		done geo.Reorganization
		at   geo.FeedPosition
	)
	if err == nil {
		op := &operation{action: geo.WriteMerge, author: author}
		done, at, err = s.reorganize(ctx, see, in, m.Date, today, op, m.Preview, func(o *reorganization) (geo.Reorganization, error) {
			return o.merge(ctx, m, accounts)
		})
	}
	if err != nil {
		return geo.Reorganization{}, at, fmt.Errorf("merge into organization %d: %w", m.Target.ID, err)
	}
	return done, at, nil
}

func (o *reorganization) merge(ctx context.Context, m geo.OrganizationMerge, accounts geo.Scope) (geo.Reorganization, error) {
	none := geo.Reorganization{}
	seen, fields := map[geo.ID]geo.VersionOf{m.Target.ID: m.Target}, map[geo.ID]string{m.Target.ID: "target"}
	for _, s := range m.Sources {
		o.sources = append(o.sources, s.ID)
		seen[s.ID], fields[s.ID] = s, "sources"
	}
	if err := o.admitAll(ctx, fields); err != nil {
		return none, err
	}
	if err := o.place(ctx, m); err != nil {
		return none, err
	}
	if err := o.lockAll(ctx, seen, fields); err != nil {
		return none, err
	}
	for _, id := range o.sources {
		if err := o.checkSource(id); err != nil {
			return none, err
		}
	}
	if err := o.checkHeir(ctx, m.Target.ID, "target"); err != nil {
		return none, err
	}
	for _, id := range m.Children {
		if err := o.checkHeir(ctx, id, "children"); err != nil {
			return none, err
		}
	}
	if err := o.move(ctx); err != nil {
		return none, err
	}
	for _, id := range o.sources {
		if err := o.link(ctx, id, m.Target.ID, geo.LinkMergedInto); err != nil {
			return none, err
		}
	}
	told := auditedSuccession{Into: []geo.ID{m.Target.ID}, Date: o.date.String(), Moved: len(o.moves)}
	if err := o.retireAll(ctx, o.sources, told); err != nil {
		return none, err
	}
	told.Into, told.From = nil, o.sources
	if err := o.locked[m.Target.ID].audit(ctx, o.tx, geo.AuditMergeOrganization, nil, nil, told); err != nil {
		return none, err
	}
	return o.tell(ctx, o.sources, []geo.ID{m.Target.ID}, o.sources, accounts)
}

// place decides who goes where.
func (o *reorganization) place(ctx context.Context, m geo.OrganizationMerge) error {
	below, err := o.subordinates(ctx)
	if err != nil {
		return err
	}
	o.moves = map[geo.ID]geo.ID{}
	for _, id := range below {
		o.moves[id] = m.Target.ID
	}
	for id, parent := range m.Children {
		if o.moves[id] == 0 {
			return geo.Invalid("children", "organization %d is not directly below one of the sources", id)
		}
		o.moves[id] = parent
	}
	return nil
}
