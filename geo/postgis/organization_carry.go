package postgis

import (
	"context"
	"slices"

	"github.com/jackc/pgx/v5"

	"jingwei/geo"
)

// carry lets what is planned for later days follow a change of what holds until then, as geo.Follow says. It is a matter of
// the present days alone: what is said of days that are over leaves what is planned as it is.
func (w organizationWrite) carry(ctx context.Context, tx pgx.Tx, r reach, known []standing, before, after geo.OrganizationContent, span geo.DayRange) ([]contentChange, error) {
	if span.To <= r.today || len(geo.Difference(before, after)) == 0 {
		return nil, nil
	}
	var changes []contentChange
	for _, x := range known {
		if x.valid.From < span.To {
			continue
		}
		c, err := w.carryOne(ctx, tx, r, x, before, after)
		if err != nil {
			return nil, err
		}
		if c != nil {
			changes = append(changes, *c)
		}
	}
	return changes, nil
}

func (w organizationWrite) carryOne(ctx context.Context, tx pgx.Tx, r reach, x standing, before, after geo.OrganizationContent) (*contentChange, error) {
	c := contentChange{span: x.valid}
	var err error
	if c.before, c.from, err = w.contentFrom(ctx, tx, x.valid.From); err != nil {
		return nil, err
	}
	c.before.Code = after.Code
	c.content = geo.Follow(c.before.OrganizationContent, before, after)
	fields := geo.Difference(c.before.OrganizationContent, c.content)
	if len(fields) == 0 {
		return nil, nil
	}
	if c.content.Parent != c.before.Parent {
		if err := r.admitSuperior(ctx, tx, c.content.Parent, c.span); err != nil {
			return nil, err
		}
	}
	said := c.content
	switch { // as the statement wants it: nil for what stays, without polygons for none
	case !slices.Contains(fields, "jurisdiction"):
		said.Jurisdiction = nil
	case said.Jurisdiction == nil:
		said.Jurisdiction = &geo.MultiPolygon{}
	}
	err = w.beyond(ctx, tx, func(w organizationWrite) (err error) {
		c.into, err = w.say(ctx, tx, c.before, said, c.span)
		return err
	})
	return &c, err
}

const (
	sqlWriteScopeNow = `select current_setting('jingwei.write_scope')`
	sqlWriteScopeTo  = `select set_config('jingwei.write_scope', $1, true)`
)

// beyond runs f with a write that no scope keeps from any day. It is for what follows from a write to an organization that the
// writer may write to: on days to come that may lie elsewhere, and what is known of it holds there, too.
func (w organizationWrite) beyond(ctx context.Context, tx pgx.Tx, f func(w organizationWrite) error) error {
	var scope string
	if err := tx.QueryRow(ctx, sqlWriteScopeNow).Scan(&scope); err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, sqlWriteScopeTo, geo.Everywhere().Key()); err != nil {
		return err
	}
	w.in = geo.Everywhere()
	if err := f(w); err != nil {
		return err
	}
	_, err := tx.Exec(ctx, sqlWriteScopeTo, scope)
	return err
}
