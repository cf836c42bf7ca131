package postgis

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/jackc/pgx/v5"

	"jingwei/geo"
)

// reach is where somebody may look and where they may write, today.
type reach struct {
	see, in geo.Scope
	today   geo.Day
}

func (s *Store) reach(see, in geo.Scope, today geo.Day) reach {
	if s.bare.predicate {
		see, in = geo.Everywhere(), geo.Everywhere()
	}
	return reach{see: see, in: in, today: today}
}

// seen reports whether content of an organization may be seen.
func (r reach) seen(x standing) bool { return x.status == geo.StatusActive || r.see.Covers(x.path) }

// standing is where an organization stands in the tree on some days, as known now.
type standing struct {
	path    []geo.ID // from the topmost organization down to itself
	status  string
	parent  geo.ID
	valid   geo.DayRange
	present bool // it is what is said of it today, else the latest
}

// Of one that is retired and of which nothing is known any more, what was known last counts.
const sqlStandings = `
select string_to_array(v.path::text, '.')::bigint[], v.status, coalesce(v.parent_id, 0),
       jingwei.day_number(lower(v.valid)), jingwei.day_number(upper(v.valid)), v.row_id = jingwei.present_row($1, jingwei.day($2))
from jingwei.organization_version v
where v.organization_id = $1 and (upper_inf(v.recorded) or v.row_id = jingwei.present_row($1, jingwei.day($2)))
order by lower(v.valid) nulls first`

// standings returns what is known now of where an organization stands, by day.
func standings(ctx context.Context, tx pgx.Tx, id geo.ID, today geo.Day) ([]standing, error) {
	rows, err := tx.Query(ctx, sqlStandings, id, int32(today))
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (standing, error) {
		var (
			x        standing
			from, to *int32
		)
		err := row.Scan(&x.path, &x.status, &x.parent, &from, &to, &x.present)
		x.valid = dayRange(from, to)
		return x, err
	})
}

// standingFrom returns those that hold on a day or later.
func standingFrom(known []standing, from geo.Day) []standing {
	for len(known) > 0 && known[0].valid.To <= from {
		known = known[1:]
	}
	return known
}

// admit refuses an organization that lies elsewhere today. One that may not be seen does not exist.
func (r reach) admit(id geo.ID, known []standing) error {
	for _, x := range known {
		switch {
		case !x.present:
		case r.in.Covers(x.path):
			return nil
		case r.seen(x):
			return &geo.Error{Kind: geo.ErrForbidden, Message: fmt.Sprintf("organization %d is not one of those that you may change", id)}
		}
	}
	return geo.NotFound("there is no organization %d", id)
}

// admitDays refuses days on which an organization lies elsewhere.
func (r reach) admitDays(known []standing) error {
	for _, x := range known {
		if !r.in.Covers(x.path) {
			return elsewhereThen()
		}
	}
	return nil
}

func elsewhereThen() error {
	return &geo.Error{Kind: geo.ErrForbidden, Field: "valid_from", Message: "on some of these days the organization is not one of those that you may change"}
}

// admitSuperior refuses an organization as the superior of another on the days, when it lies elsewhere. The tree must be
// locked.
func (r reach) admitSuperior(ctx context.Context, tx pgx.Tx, id geo.ID, days geo.DayRange) error {
	if r.in.All {
		return nil
	}
	if id == 0 {
		return &geo.Error{Kind: geo.ErrForbidden, Field: "parent", Message: "you may not have an organization without a superior: name the one that it belongs to"}
	}
	known, err := standings(ctx, tx, id, r.today)
	if err != nil {
		return err
	}
	seen := slices.ContainsFunc(known, func(x standing) bool { return x.present && r.seen(x) })
	known = standingFrom(known, days.From)
	switch {
	case len(known) == 0 || known[0].valid.From >= days.To:
		return noSuperior(id, days.From)
	case r.in.Covers(known[0].path):
		return nil
	case seen:
		return &geo.Error{Kind: geo.ErrForbidden, Field: "parent", Message: fmt.Sprintf("organization %d is not one of those that you may change", id)}
	}
	return noSuperior(id, days.From)
}

// expectSuperior is admitSuperior for one that was not the superior on these days: it must exist on all of them.
func (r reach) expectSuperior(ctx context.Context, tx pgx.Tx, id geo.ID, days geo.DayRange) error {
	if err := r.admitSuperior(ctx, tx, id, days); err != nil || id == 0 {
		return err
	}
	var retired bool
	err := tx.QueryRow(ctx, `select o.retired is not null from jingwei.organization o where o.id = $1`, id).Scan(&retired)
	if errors.Is(err, pgx.ErrNoRows) || retired {
		return nil // its path tells
	}
	if err != nil {
		return err
	}
	known, err := standings(ctx, tx, id, r.today)
	if err != nil {
		return err
	}
	return covering(id, standingFrom(known, days.From), days)
}

// covering refuses a superior that does not exist on all days; known is what is known of where it stands from the first on.
func covering(id geo.ID, known []standing, days geo.DayRange) error {
	gap := uncovered(known, days)
	if gap.Empty() {
		return nil
	}
	return &geo.AbsentSuperiorError{Superior: id, Day: gap.From, Since: gap.To}
}

// uncovered returns the first of the days on which nothing is known, up to the next on which something is; empty for none.
func uncovered(known []standing, days geo.DayRange) geo.DayRange {
	next := days.From
	for _, x := range known {
		if x.valid.From > next {
			return geo.DayRange{From: next, To: x.valid.From}
		}
		next = x.valid.To
	}
	if next >= days.To {
		return geo.DayRange{}
	}
	return geo.DayRange{From: next, To: geo.MaxDay}
}

// noSuperior is what a superior is that does not exist or may not be seen.
func noSuperior(id geo.ID, from geo.Day) error {
	return &geo.Error{Kind: geo.ErrConflict, Field: "parent", Message: fmt.Sprintf("there is no organization %d%s", id, onDay(from))}
}
