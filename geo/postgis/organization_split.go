package postgis

import (
	"context"
	"fmt"
	"slices"

	"jingwei/geo"
)

// SplitOrganization lets organizations come from another, which ends on the day unless it is kept. New ones are registered
// from that day on. What is below the source goes below the primary target, or where s says; that of one that is kept stays
// unless s says otherwise. Everything else is as of MergeOrganizations.
func (s *Store) SplitOrganization(ctx context.Context, see, in, accounts geo.Scope, p geo.OrganizationSplit, today geo.Day, author string) (geo.Reorganization, geo.FeedPosition, error) {
	for i, t := range p.Targets {
		if t.Existing.ID == 0 {
			p.Targets[i].Content = complete(t.Content)
		}
	}
	err := p.Validate()
	var (
		done geo.Reorganization
		at   geo.FeedPosition
	)
	if err == nil {
		op := &operation{action: geo.WriteSplit, author: author}
		done, at, err = s.reorganize(ctx, see, in, p.Date, today, op, p.Preview, func(o *reorganization) (geo.Reorganization, error) {
			return o.split(ctx, p, accounts)
		})
	}
	if err != nil {
		return geo.Reorganization{}, at, fmt.Errorf("split organization %d: %w", p.Source.ID, err)
	}
	return done, at, nil
}

func (o *reorganization) split(ctx context.Context, p geo.OrganizationSplit, accounts geo.Scope) (geo.Reorganization, error) {
	none := geo.Reorganization{}
	o.sources = []geo.ID{p.Source.ID}
	if err := o.admitAll(ctx, map[geo.ID]string{p.Source.ID: "source"}); err != nil {
		return none, err
	}
	below, err := o.subordinates(ctx)
	if err != nil {
		return none, err
	}
	targets, err := o.share(ctx, p, below)
	if err != nil {
		return none, err
	}
	if err := o.move(ctx); err != nil {
		return none, err
	}
	for _, id := range targets {
		if err := o.link(ctx, p.Source.ID, id, geo.LinkSplitInto); err != nil {
			return none, err
		}
	}
	told := auditedSuccession{Into: targets, Date: o.date.String(), Moved: len(o.moves)}
	if p.Keep {
		return o.keep(ctx, p.Source.ID, targets, told, accounts)
	}
	if err := o.retireAll(ctx, o.sources, told); err != nil {
		return none, err
	}
	return o.tell(ctx, o.sources, targets, o.sources, accounts)
}

// share locks all that is there, makes the targets that are not, and decides who of those below goes to which.
func (o *reorganization) share(ctx context.Context, p geo.OrganizationSplit, below []geo.ID) ([]geo.ID, error) {
	target := map[geo.ID]int{} // of those who move
	for _, id := range below {
		if !p.Keep {
			target[id] = p.Primary
		}
	}
	for id, i := range p.Children {
		target[id] = i
	}
	o.moves = map[geo.ID]geo.ID{}
	for id := range target {
		o.moves[id] = 0
	}
	for id := range p.Children {
		if !slices.Contains(below, id) {
			return nil, geo.Invalid("children", "organization %d is not directly below the source", id)
		}
	}
	seen, fields := map[geo.ID]geo.VersionOf{p.Source.ID: p.Source}, map[geo.ID]string{p.Source.ID: "source"}
	for _, t := range p.Targets {
		if t.Existing.ID != 0 {
			seen[t.Existing.ID], fields[t.Existing.ID] = t.Existing, "targets"
		}
	}
	if err := o.lockAll(ctx, seen, fields); err != nil {
		return nil, err
	}
	if err := o.checkSource(p.Source.ID); err != nil {
		return nil, err
	}
	targets := make([]geo.ID, len(p.Targets))
	for i, t := range p.Targets {
		var err error
		if targets[i], err = o.target(ctx, t, p.Source.ID); err != nil {
			return nil, err
		}
	}
	for id, i := range target {
		o.moves[id] = targets[i]
	}
	return targets, nil
}

// target returns the id of a target, which is made if it is new.
func (o *reorganization) target(ctx context.Context, t geo.SplitTarget, source geo.ID) (geo.ID, error) {
	if t.Existing.ID != 0 {
		return t.Existing.ID, o.checkHeir(ctx, t.Existing.ID, "targets")
	}
	days := geo.DayRange{From: o.date, To: geo.MaxDay}
	if t.Beside {
		t.Content.Parent = standingFrom(o.locked[source].known, o.date)[0].parent
	}
	if err := o.checkHeir(ctx, t.Content.Parent, "parent"); err != nil {
		return 0, err
	}
	w, err := o.insertIdentity(ctx, o.tx, t.Content.Code, "", o.op)
	if err != nil {
		return 0, err
	}
	return w.id, w.create(ctx, o.tx, &t.Content, days, o.today)
}

// keep lets the source go on as it is; its history tells of the split.
func (o *reorganization) keep(ctx context.Context, source geo.ID, targets []geo.ID, told auditedSuccession, accounts geo.Scope) (geo.Reorganization, error) {
	w := o.locked[source]
	now, _, err := w.contentFrom(ctx, o.tx, o.date)
	if err != nil {
		return geo.Reorganization{}, err
	}
	if err := w.replace(ctx, o.tx, o.reach, w.known, now.OrganizationContent, o.date); err != nil {
		return geo.Reorganization{}, err
	}
	if err := w.audit(ctx, o.tx, geo.AuditSplitOrganization, nil, nil, told); err != nil {
		return geo.Reorganization{}, err
	}
	return o.tell(ctx, o.sources, targets, nil, accounts)
}
