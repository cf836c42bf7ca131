package postgis

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/jackc/pgx/v5"

	"jingwei/geo"
)

// reorganization is a merge or a split while it is done, in a transaction that holds the lock of the tree.
type reorganization struct {
	reach
	tx      pgx.Tx
	op      *operation
	date    geo.Day
	sources []geo.ID
	locked  map[geo.ID]lockedOrganization
	moves   map[geo.ID]geo.ID // who gets which superior
}

type lockedOrganization struct {
	organizationWrite
	known []standing
}

// reorganize runs f in a transaction that is the only one to change the tree, and returns what it did; nothing is kept of
// a preview, which lets all others go on.
func (s *Store) reorganize(ctx context.Context, see, in geo.Scope, date, today geo.Day, op *operation, preview bool, f func(o *reorganization) (geo.Reorganization, error)) (done geo.Reorganization, at geo.FeedPosition, err error) {
	if date > today {
		return done, at, geo.Invalid("date", "the day is not later than today")
	}
	run := func(tx pgx.Tx) (err error) {
		written := *op
		done, err = f(&reorganization{reach: s.reach(see, in, today), tx: tx, op: &written, date: date, locked: map[geo.ID]lockedOrganization{}})
		return err
	}
	if preview {
		if err := s.tryWithin(ctx, in, run); err != nil {
			return geo.Reorganization{}, at, err
		}
		return done, at, nil
	}
	err = s.writeWithin(ctx, in, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, sqlLockTree); err != nil {
			return err
		}
		return run(tx)
	})
	if err != nil {
		return geo.Reorganization{}, at, err
	}
	return done, s.positionAfter(ctx), nil
}

const sqlDirectlyBelow = `
select distinct v.organization_id from jingwei.organization_version v
where v.parent_id = any($1) and upper_inf(v.recorded) and v.valid && jingwei.days($2, null) and v.organization_id <> all($1)
order by v.organization_id
limit $3`

// subordinates returns who is directly below the sources on the day or later, but for these themselves.
func (o *reorganization) subordinates(ctx context.Context) ([]geo.ID, error) {
	rows, err := o.tx.Query(ctx, sqlDirectlyBelow, o.sources, int32(o.date), geo.MostMoved+1)
	if err != nil {
		return nil, err
	}
	ids, err := pgx.CollectRows(rows, pgx.RowTo[geo.ID])
	if err == nil && len(ids) > geo.MostMoved {
		err = &geo.Error{Kind: geo.ErrTooLarge, Message: fmt.Sprintf("more than %d organizations are below: move some of them first", geo.MostMoved)}
	}
	return ids, err
}

// admitAll refuses those whom the writer may not write to before anything is told of what is below them, in the order and with
// the fields of lockAll.
func (o *reorganization) admitAll(ctx context.Context, fields map[geo.ID]string) error {
	for _, id := range slices.Sorted(maps.Keys(fields)) {
		known, err := standings(ctx, o.tx, id, o.today)
		if err != nil {
			return err
		}
		if err := o.admit(id, known); err != nil {
			return inField(err, fields[id])
		}
	}
	return nil
}

// lockAll locks, in the order of their ids, those at the versions that somebody has seen, and those that are moved.
// fields names the member of the request of each of the former.
func (o *reorganization) lockAll(ctx context.Context, seen map[geo.ID]geo.VersionOf, fields map[geo.ID]string) error {
	ids := slices.Collect(maps.Keys(o.moves))
	ids = append(ids, slices.Collect(maps.Keys(seen))...)
	slices.Sort(ids)
	for _, id := range slices.Compact(ids) {
		v, named := seen[id]
		if err := o.lockOne(ctx, id, v.Version, named); err != nil {
			return inField(err, fields[id])
		}
	}
	return nil
}

func (o *reorganization) lockOne(ctx context.Context, id geo.ID, version int32, named bool) error {
	w, known, err := o.lock(ctx, o.tx, id, o.op)
	if err != nil {
		return err
	}
	if w.retired != nil {
		return geo.NotFound("there is no organization %d", id)
	}
	if named {
		err = o.expect(ctx, o.tx, w, version)
	}
	o.locked[id] = lockedOrganization{w, known}
	return err
}

// inField names the member of the request that an error is about.
func inField(err error, field string) error {
	var stale *geo.StaleError
	var fault *geo.Error
	switch {
	case field == "":
	case errors.As(err, &stale):
		stale.Field = field
	case errors.As(err, &fault) && fault.Field == "":
		fault.Field = field
	}
	return err
}

// checkSource refuses a source that does not exist on the day, or is elsewhere from then on.
func (o *reorganization) checkSource(id geo.ID) error {
	known := standingFrom(o.locked[id].known, o.date)
	if len(known) == 0 || !known[0].valid.Contains(o.date) {
		return &geo.Error{Kind: geo.ErrConflict, Field: "date", Message: fmt.Sprintf("organization %d does not exist on %s", id, o.date)}
	}
	return o.admitDays(known)
}

const sqlBelowSources = `
with recursive up as (
    select v.parent_id, v.valid * jingwei.days($2, null) as span
    from jingwei.organization_version v
    where v.organization_id = $1 and upper_inf(v.recorded) and v.valid && jingwei.days($2, null)
    union
    select v.parent_id, v.valid * up.span
    from up
    join jingwei.organization_version v on v.organization_id = up.parent_id and upper_inf(v.recorded) and v.valid && up.span
)
select exists (select from up where up.parent_id = any($3))`

// checkHeir refuses an organization that others are to be given to, 0 for none, unless it exists from the day on, always,
// is no source nor below one, and may be written to.
func (o *reorganization) checkHeir(ctx context.Context, id geo.ID, field string) error {
	days := geo.DayRange{From: o.date, To: geo.MaxDay}
	if err := o.admitSuperior(ctx, o.tx, id, days); err != nil {
		return inFieldOf(err, field)
	}
	if id == 0 {
		return nil
	}
	known, err := standings(ctx, o.tx, id, o.today)
	if err != nil {
		return err
	}
	if !uncovered(standingFrom(known, o.date), days).Empty() {
		return &geo.Error{Kind: geo.ErrConflict, Field: field, Message: fmt.Sprintf("organization %d does not exist on all days from %s on", id, o.date)}
	}
	var below bool
	if err := o.tx.QueryRow(ctx, sqlBelowSources, id, int32(o.date), o.sources).Scan(&below); err != nil {
		return err
	}
	if below || slices.Contains(o.sources, id) {
		return &geo.Error{Kind: geo.ErrConflict, Field: field, Message: fmt.Sprintf("organization %d is, or is below, one that others come from: choose or move it first", id)}
	}
	return nil
}

// inFieldOf names another member of the request than parent.
func inFieldOf(err error, field string) error {
	var fault *geo.Error
	if errors.As(err, &fault) {
		fault.Field = field
	}
	return err
}

// move gives all that move their new superiors, on those days from the day on on which they are below a source.
func (o *reorganization) move(ctx context.Context) error {
	for _, id := range slices.Sorted(maps.Keys(o.moves)) {
		if err := o.moveOne(ctx, o.locked[id], o.moves[id]); err != nil {
			return err
		}
	}
	return nil
}

func (o *reorganization) moveOne(ctx context.Context, child lockedOrganization, parent geo.ID) error {
	changes, err := o.changes(ctx, child, func(c *geo.OrganizationContent) {
		if slices.Contains(o.sources, c.Parent) {
			c.Parent = parent
		}
	})
	if err != nil {
		return err
	}
	return o.say(ctx, child, changes)
}

// changes returns what set makes of all that is said of an organization on the day and later, as far as that is something else.
func (o *reorganization) changes(ctx context.Context, org lockedOrganization, set func(c *geo.OrganizationContent)) (all []contentChange, err error) {
	for _, x := range standingFrom(org.known, o.date) {
		c := contentChange{span: geo.DayRange{From: max(x.valid.From, o.date), To: x.valid.To}}
		if c.before, c.from, err = org.contentFrom(ctx, o.tx, c.span.From); err != nil {
			return nil, err
		}
		c.content = c.before.OrganizationContent
		if set(&c.content); len(geo.Difference(c.before.OrganizationContent, c.content)) == 0 {
			continue
		}
		if err := o.admitDays([]standing{x}); err != nil {
			return nil, err
		}
		all = append(all, c)
	}
	return all, nil
}

// say makes changes one write to an organization.
func (o *reorganization) say(ctx context.Context, org lockedOrganization, changes []contentChange) error {
	if err := org.touch(ctx, o.tx, org.code, nil); err != nil {
		return err
	}
	for i := range changes {
		c := &changes[i]
		var err error
		if c.into, err = org.say(ctx, o.tx, c.before, c.content, c.span); err != nil {
			return err
		}
	}
	if err := org.note(ctx, o.tx); err != nil {
		return err
	}
	return org.auditChanges(ctx, o.tx, changes)
}

const sqlInsertOrganizationLink = `
insert into jingwei.organization_link (from_id, to_id, kind, valid, operation)
values ($1, $2, $3, jingwei.days($4, $4 + 1), $5)
on conflict do nothing`

// link tells that a source went into another, before the source ends: who may write that is told by what is known of both.
// It was told already when the same happened on the same day and the source came back since.
func (o *reorganization) link(ctx context.Context, from, to geo.ID, kind string) error {
	if o.op.id == 0 { // nothing was moved
		if err := o.tx.QueryRow(ctx, `select jingwei.next_id()`).Scan(&o.op.id); err != nil {
			return err
		}
	}
	_, err := o.tx.Exec(ctx, sqlInsertOrganizationLink, from, to, kind, int32(o.date), o.op.id)
	return err
}

// retireAll ends organizations, those first that are below others of them.
func (o *reorganization) retireAll(ctx context.Context, ids []geo.ID, told any) error {
	depth := func(id geo.ID) int {
		known := standingFrom(o.locked[id].known, o.date)
		return len(known[0].path)
	}
	ids = slices.SortedStableFunc(slices.Values(ids), func(a, b geo.ID) int { return depth(b) - depth(a) })
	for _, id := range ids {
		if err := o.locked[id].retire(ctx, o.tx, o.date, told); err != nil {
			return err
		}
	}
	return nil
}

const sqlReorganized = `
select o.id, o.version, v.name, coalesce(v.parent_id, 0), o.retired is not null
from unnest($1::bigint[]) with ordinality as wanted (id, n)
join jingwei.organization o on o.id = wanted.id
join jingwei.organization_version v on v.row_id = jingwei.present_row(o.id, jingwei.day($2))
order by wanted.n`

// reorganized tells how organizations stand, in their order.
func reorganized(ctx context.Context, tx pgx.Tx, r reach, ids []geo.ID) ([]geo.Reorganized, error) {
	rows, err := tx.Query(ctx, sqlReorganized, ids, int32(r.today))
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, pgx.RowToStructByPos[geo.Reorganized])
}

// An account belongs to where its organization is.
const sqlStrandedGrants = `
select g.id, g.account_id, t.name, t.display_name, g.role, g.organization_id, $3 = '*' or coalesce(jingwei.within(text2ltree(array_to_string(v.path, '.')), $3), false)
from jingwei.role_grant g
join jingwei.account t on t.id = g.account_id` + sqlPlace + `
where g.organization_id = any($2) and g.ended_at is null and (upper_inf(g.valid) or upper(g.valid) > jingwei.day($1))
order by t.name, g.id`

// tell says what was done, with the grants on those that ended: of accounts that belong to the scope accounts by name.
func (o *reorganization) tell(ctx context.Context, sources, targets, ended []geo.ID, accounts geo.Scope) (done geo.Reorganization, err error) {
	for _, part := range []struct {
		to  *[]geo.Reorganized
		ids []geo.ID
	}{{&done.Sources, sources}, {&done.Targets, targets}, {&done.Moved, slices.Sorted(maps.Keys(o.moves))}} {
		if *part.to, err = reorganized(ctx, o.tx, o.reach, part.ids); err != nil {
			return done, err
		}
	}
	rows, err := o.tx.Query(ctx, sqlStrandedGrants, int32(o.today), ended, accounts.Key())
	if err != nil {
		return done, err
	}
	var (
		g    geo.StrandedGrant
		seen bool
	)
	_, err = pgx.ForEachRow(rows, []any{&g.ID, &g.Account, &g.AccountName, &g.DisplayName, &g.Role, &g.Organization, &seen}, func() error {
		if seen {
			done.Grants = append(done.Grants, g)
		} else {
			done.HiddenGrants++
		}
		return nil
	})
	return done, err
}

// auditedSuccession is what the audit tells of a merge or split beside what was.
type auditedSuccession struct {
	From  []geo.ID `json:"from,omitempty"`
	Into  []geo.ID `json:"into,omitempty"`
	Date  string   `json:"date"`
	Moved int      `json:"moved"` // subordinates
}
