package postgis

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"jingwei/geo"
)

const sqlDivisionHistory = `
select` + divisionColumns + `
from jingwei.division d` + divisionExtent + `
where d.code = $1 and d.parent is distinct from d.code
order by lower(d.valid) nulls first, d.level, d.id`

// DivisionHistory returns what a code has stood for, the oldest first: one row per range of days with one name, superior
// and kind. A code that no division ever had gives an empty list.
func (s *Store) DivisionHistory(ctx context.Context, code geo.DivisionCode) ([]geo.Division, error) {
	list, err := s.divisions(ctx, sqlDivisionHistory, code)
	if err != nil {
		return nil, fmt.Errorf("history of division %s: %w", code, err)
	}
	return list, nil
}

const sqlDivisionCodes = `
select d.code from jingwei.division d
where d.level = $1 and d.code >= $2 and d.code < $3 and d.valid @> jingwei.day($4)
order by d.code`

// DivisionCodes returns the codes of the divisions of a level that exist on the day, within one division or, when within
// is 0, in the nation, in order. A division that repeats its superior where a level is left out is among them.
func (s *Store) DivisionCodes(ctx context.Context, level geo.DivisionLevel, within geo.DivisionCode, day geo.Day) ([]geo.DivisionCode, error) {
	lo, hi := within.Range()
	rows, err := s.public.Query(ctx, sqlDivisionCodes, int32(level), lo, hi, int32(day))
	if err != nil {
		return nil, fmt.Errorf("codes of divisions: %w", explain(err))
	}
	codes, err := pgx.CollectRows(rows, pgx.RowTo[geo.DivisionCode])
	if err != nil {
		return nil, fmt.Errorf("codes of divisions: %w", explain(err))
	}
	return codes, nil
}

const sqlDivisionKnown = `
select exists (select from jingwei.division d where d.code = $1)
    or exists (select from jingwei.division_shape g where g.code = $1)`

// DivisionKnown reports whether any division has or had the code, or any boundary set an outline for it.
func (s *Store) DivisionKnown(ctx context.Context, code geo.DivisionCode) (bool, error) {
	var known bool
	if err := s.public.QueryRow(ctx, sqlDivisionKnown, code).Scan(&known); err != nil {
		return false, fmt.Errorf("division %s: %w", code, explain(err))
	}
	return known, nil
}
