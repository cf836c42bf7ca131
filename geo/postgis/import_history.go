package postgis

import (
	"context"
	"fmt"
	"slices"

	"github.com/jackc/pgx/v5"

	"jingwei/geo"
)

// ImportHistory brings the history of codes into the divisions as geo.MergeHistory says. told is in the order of code
// and first day. Changed counts the divisions whose end became known. As ImportDivisions otherwise.
func (s *Store) ImportHistory(ctx context.Context, told []geo.Division, dry bool, progress Progress) (Tally, error) {
	romanizer := newRomanizer()
	var total Tally
	batch := func(ctx context.Context, tx pgx.Tx, lo, hi int) (int, error) {
		// A code whose rows the bounds of the batch cut is merged with the batch where it begins.
		for lo > 0 && lo < len(told) && told[lo].Code == told[lo-1].Code {
			lo++
		}
		for hi < len(told) && told[hi].Code == told[hi-1].Code {
			hi++
		}
		tally, err := importHistory(ctx, tx, romanizer, told[min(lo, hi):hi], dry)
		if err != nil {
			return 0, err
		}
		total.add(tally)
		if dry {
			return 0, nil
		}
		return tally.New + tally.Changed, nil
	}
	load := bulkLoad{layer: "divisions", table: "jingwei.division", action: "division.import-history", report: func() any { return total }}
	if _, err := s.bulk(ctx, load, len(told), progress, batch); err != nil {
		return total, fmt.Errorf("import the history of divisions: %w", err)
	}
	return total, nil
}

const sqlEndDivisions = `
update jingwei.division d
set valid = daterange(lower(d.valid), jingwei.day(l.until))
from unnest($1::bigint[], $2::int[]) l (id, until)
where d.id = l.id`

func importHistory(ctx context.Context, tx pgx.Tx, r *romanizer, told []geo.Division, dry bool) (Tally, error) {
	known, err := knownDivisions(ctx, tx, told)
	if err != nil {
		return Tally{}, err
	}
	var (
		t            Tally
		added, ended []geo.Division
	)
	for len(told) > 0 {
		n := slices.IndexFunc(told, func(d geo.Division) bool { return d.Code != told[0].Code || d.Level != told[0].Level })
		if n < 0 {
			n = len(told)
		}
		more, shorter := geo.MergeHistory(known[told[0].Code][told[0].Level], told[:n])
		added, ended = append(added, more...), append(ended, shorter...)
		t.add(Tally{New: len(more), Changed: len(shorter), Unchanged: max(0, n-len(more))})
		told = told[n:]
	}
	if dry {
		return t, nil
	}
	ids, ends := make([]geo.ID, len(ended)), make([]int32, len(ended))
	for i, d := range ended {
		ids[i], ends[i] = d.ID, int32(d.Valid.To)
	}
	if _, err := tx.Exec(ctx, sqlEndDivisions, ids, ends); err != nil {
		return t, err
	}
	return t, insertDivisions(ctx, tx, r, added)
}

const sqlKnownDivisions = `
select d.id, d.code, d.level, d.name, jingwei.day_number(lower(d.valid)), jingwei.day_number(upper(d.valid))
from jingwei.division d
where d.code = any($1)
order by d.code, d.level, d.valid_from`

// knownDivisions returns what is known of the codes of told, by code and level, in the order of days.
func knownDivisions(ctx context.Context, tx pgx.Tx, told []geo.Division) (map[geo.DivisionCode]map[geo.DivisionLevel][]geo.Division, error) {
	codes := make([]geo.DivisionCode, 0, len(told))
	for _, d := range told {
		codes = append(codes, d.Code)
	}
	rows, err := tx.Query(ctx, sqlKnownDivisions, slices.Compact(codes))
	if err != nil {
		return nil, err
	}
	known := map[geo.DivisionCode]map[geo.DivisionLevel][]geo.Division{}
	var (
		d        geo.Division
		from, to *int32
	)
	_, err = pgx.ForEachRow(rows, []any{&d.ID, &d.Code, &d.Level, &d.Name, &from, &to}, func() error {
		d.Valid = dayRange(from, to)
		if known[d.Code] == nil {
			known[d.Code] = map[geo.DivisionLevel][]geo.Division{}
		}
		known[d.Code][d.Level] = append(known[d.Code][d.Level], d)
		return nil
	})
	return known, err
}

func insertDivisions(ctx context.Context, tx pgx.Tx, r *romanizer, divisions []geo.Division) error {
	source := pgx.CopyFromSlice(len(divisions), func(i int) ([]any, error) { return divisionLoadRow(r, divisions[i]), nil })
	_, err := stageAndMerge(ctx, tx, sqlStageDivisions, "load_division", divisionLoadColumns(), source, sqlMergeDivisions)
	return err
}
