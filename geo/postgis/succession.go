package postgis

import (
	"context"
	"fmt"
	"sync"

	"github.com/jackc/pgx/v5"

	"jingwei/geo"
)

const sqlStageSuccessions = `
create temporary table load_succession (
    old bigint, new bigint, year smallint, kind text,
    constraint load_succession_pkey primary key (old, new, year)
) on commit drop`

const sqlTallySuccessions = `
select count(*) filter (where s.id is null), count(*) filter (where s.kind <> l.kind), count(*) filter (where s.kind = l.kind)
from load_succession l
left join jingwei.division_succession s on (s.old, s.new, s.year) = (l.old, l.new, l.year)`

const sqlMergeSuccessions = `
insert into jingwei.division_succession as s (old, new, year, kind)
select l.old, l.new, l.year, l.kind from load_succession l
order by l.old, l.year, l.new
on conflict (old, new, year) do update
set kind = excluded.kind
where s.kind <> excluded.kind`

// ImportSuccessions brings in which code followed which; what is known and not named stays. As ImportDivisions otherwise.
func (s *Store) ImportSuccessions(ctx context.Context, all []geo.Succession, dry bool, progress Progress) (Tally, error) {
	var total Tally
	batch := func(ctx context.Context, tx pgx.Tx, lo, hi int) (int, error) {
		source := pgx.CopyFromSlice(hi-lo, func(i int) ([]any, error) {
			s := all[lo+i]
			return []any{int64(s.Old), int64(s.New), int16(s.Year), s.Kind}, nil
		})
		if _, err := stageAndMerge(ctx, tx, sqlStageSuccessions, "load_succession", []string{"old", "new", "year", "kind"}, source, `select`); err != nil {
			return 0, err
		}
		var t Tally
		if err := tx.QueryRow(ctx, sqlTallySuccessions).Scan(&t.New, &t.Changed, &t.Unchanged); err != nil {
			return 0, err
		}
		total.add(t)
		if dry {
			return 0, nil
		}
		tag, err := tx.Exec(ctx, sqlMergeSuccessions)
		return int(tag.RowsAffected()), err
	}
	load := bulkLoad{layer: "divisions", table: "jingwei.division_succession", action: "succession.import", report: func() any { return total }}
	if _, err := s.bulk(ctx, load, len(all), progress, batch); err != nil {
		return total, fmt.Errorf("import successions of divisions: %w", err)
	}
	return total, nil
}

const (
	sqlSuccessors = `
select s.old, s.new, s.year, s.kind from jingwei.division_succession s
where s.old = $1
order by s.year, s.new`
	sqlPredecessors = `
select s.old, s.new, s.year, s.kind from jingwei.division_succession s
where s.new = $1
order by s.year, s.old`
	sqlSuccessions = `
select s.old, s.new, s.year, s.kind from jingwei.division_succession s
order by s.old, s.year, s.new`
)

// Successors returns where the territory of a code went, in the order of years; nothing when it never changed.
func (s *Store) Successors(ctx context.Context, code geo.DivisionCode) ([]geo.Succession, error) {
	return s.successions(ctx, sqlSuccessors, code)
}

// Predecessors returns the codes whose territory, or part of it, came to a code, in the order of years.
func (s *Store) Predecessors(ctx context.Context, code geo.DivisionCode) ([]geo.Succession, error) {
	return s.successions(ctx, sqlPredecessors, code)
}

// Lineage returns all successions, to follow the codes of one edition to another.
func (s *Store) Lineage(ctx context.Context) (*geo.Lineage, error) {
	all, err := s.successions(ctx, sqlSuccessions)
	if err != nil {
		return nil, err
	}
	return geo.NewLineage(all), nil
}

func (s *Store) successions(ctx context.Context, sql string, args ...any) ([]geo.Succession, error) {
	rows, err := s.public.Query(ctx, sql, args...)
	if err != nil {
		return nil, fmt.Errorf("successions of divisions: %w", explain(err))
	}
	list, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (geo.Succession, error) {
		var s geo.Succession
		return s, row.Scan(&s.Old, &s.New, &s.Year, &s.Kind)
	})
	if err != nil {
		return nil, fmt.Errorf("successions of divisions: %w", explain(err))
	}
	return list, nil
}

// Refilings are kept for so many days of one generation.
const keptRefilings = 16

// refilings remembers what is worked out from successions and tenures until either changes.
type refilings struct {
	mu          sync.Mutex
	generation  string
	successions []geo.Succession
	tenures     []geo.Tenure
	byDay       map[geo.Day]*geo.Refiling
}

// Refiling returns which division counts, on the day, what is filed under county codes that are none on it.
func (s *Store) Refiling(ctx context.Context, day geo.Day) (*geo.Refiling, error) {
	generation, err := s.DivisionGeneration(ctx)
	if err != nil {
		return nil, err
	}
	r := &s.refilings
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.generation != generation {
		successions, err := s.successions(ctx, sqlSuccessions)
		if err != nil {
			return nil, err
		}
		tenures, err := s.tenures(ctx)
		if err != nil {
			return nil, err
		}
		r.generation, r.successions, r.tenures, r.byDay = generation, successions, tenures, nil
	}
	if r.byDay[day] == nil {
		if r.byDay == nil || len(r.byDay) >= keptRefilings {
			r.byDay = map[geo.Day]*geo.Refiling{}
		}
		r.byDay[day] = geo.NewRefiling(r.successions, r.tenures, day)
	}
	return r.byDay[day], nil
}

const sqlTenures = `
select d.code, jingwei.day_number(lower(d.valid)), jingwei.day_number(upper(d.valid))
from jingwei.division d
where d.level <= 3
order by d.code, d.level, d.valid_from`

// tenures returns the days of all counties and above.
func (s *Store) tenures(ctx context.Context) ([]geo.Tenure, error) {
	rows, err := s.public.Query(ctx, sqlTenures)
	if err != nil {
		return nil, fmt.Errorf("days of divisions: %w", explain(err))
	}
	list, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (geo.Tenure, error) {
		var t geo.Tenure
		var from, to *int32
		err := row.Scan(&t.Code, &from, &to)
		t.Valid = dayRange(from, to)
		return t, err
	})
	if err != nil {
		return nil, fmt.Errorf("days of divisions: %w", explain(err))
	}
	return list, nil
}
