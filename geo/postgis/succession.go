package postgis

import (
	"context"
	"fmt"

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
	if _, err := s.bulk(ctx, "divisions", "jingwei.division_succession", len(all), progress, batch); err != nil {
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
	rows, err := s.pool.Query(ctx, sql, args...)
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

// Only what a code took over as a whole counts for it: of one that was split nobody knows which part of a figure went
// where. A code that is a division again on the day keeps its own. The year falls at each step back. Counties only: a
// prefecture is what its counties are, and some of them may have gone elsewhere.
const sqlAbsorbed = `
with recursive wanted as (
    select w.code, w.hi from unnest($1::bigint[], $2::bigint[]) w (code, hi)
), back as (
    select w.code, w.hi, s.old, s.year
    from wanted w
    join jingwei.division_succession s on s.new >= w.code and s.new < w.hi
    where s.kind in ('recode', 'merge') and s.year <= $3
    union
    select b.code, b.hi, s.old, s.year
    from back b
    join jingwei.division_succession s on s.new = b.old
    where s.kind in ('recode', 'merge') and s.year <= b.year
)
select distinct b.code, b.old from back b
where (b.old < b.code or b.old >= b.hi) and b.old % 100000000 <> 0
  and not exists (select from jingwei.division d where d.code = b.old and d.valid @> jingwei.day($4))
order by b.code, b.old`

// Absorbed returns, for each of the codes, the former counties outside it that it, or one below it, took over as a whole
// by the day: what is filed under their codes counts for it.
func (s *Store) Absorbed(ctx context.Context, codes []geo.DivisionCode, day geo.Day) (map[geo.DivisionCode][]geo.DivisionCode, error) {
	ends := make([]geo.DivisionCode, len(codes))
	for i, code := range codes {
		_, ends[i] = code.Range()
	}
	rows, err := s.pool.Query(ctx, sqlAbsorbed, codes, ends, day.Time().Year(), int32(day))
	if err != nil {
		return nil, fmt.Errorf("former codes of divisions: %w", explain(err))
	}
	absorbed := map[geo.DivisionCode][]geo.DivisionCode{}
	var code, old geo.DivisionCode
	_, err = pgx.ForEachRow(rows, []any{&code, &old}, func() error {
		absorbed[code] = append(absorbed[code], old)
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("former codes of divisions: %w", explain(err))
	}
	return absorbed, nil
}
