package postgis

import (
	"cmp"
	"context"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5"

	"jingwei/geo"
)

const sqlStageDivisions = `
create temporary table load_division (
    code bigint, level smallint, kind text, parent bigint, name text, pinyin text, letters text, initials text, grams text[],
    from_day int, to_day int, lon float8, lat float8,
    constraint load_division_pkey unique nulls not distinct (code, level, from_day)
) on commit drop`

// shapeLabel is the label of the shape of l, or null: shapes may have come before their divisions.
const shapeLabel = `(
           select g.label from jingwei.division_shape g
           join jingwei.boundary_set b on b.id = g.set_id
           where g.code = l.code and g.level = l.level and g.max_zoom = 30
           order by b.is_default desc, b.illustrative, g.set_id
           limit 1)`

// What is known of other days stays, and so does an end: a row holds until what is known of later days begins, and one
// that would begin amid known days is none.
const sqlMergeDivisions = `
insert into jingwei.division as d (code, level, kind, parent, name, pinyin, letters, initials, grams, valid, label)
select l.code, l.level, l.kind, nullif(l.parent, 0), l.name, l.pinyin, l.letters, l.initials, l.grams,
       daterange(lower(told.valid), least(upper(told.valid), later.day)),
       coalesce(st_setsrid(st_makepoint(l.lon, l.lat), 4326), ` + shapeLabel + `)
from load_division l
cross join lateral (select jingwei.days(l.from_day, l.to_day) as valid) told
cross join lateral (select coalesce(lower(told.valid), '-infinity') as day) first
cross join lateral (
    select min(k.valid_from) as day from jingwei.division k
    where k.code = l.code and k.level = l.level and k.valid_from > first.day) later
where not exists (
    select from jingwei.division k
    where k.code = l.code and k.level = l.level and k.valid_from < first.day and k.valid @> first.day)
order by l.code, l.from_day
on conflict (code, level, valid_from) do update
set kind = excluded.kind, parent = excluded.parent, name = excluded.name,
    pinyin = excluded.pinyin, letters = excluded.letters, initials = excluded.initials, grams = excluded.grams,
    valid = daterange(lower(d.valid), least(upper(d.valid), upper(excluded.valid))), label = coalesce(d.label, excluded.label)
where (d.kind, d.parent, d.name, d.pinyin, d.letters, d.initials, d.grams, d.valid, d.label) is distinct from
      (excluded.kind, excluded.parent, excluded.name, excluded.pinyin, excluded.letters, excluded.initials, excluded.grams,
       daterange(lower(d.valid), least(upper(d.valid), upper(excluded.valid))), coalesce(d.label, excluded.label))`

// LoadDivisions inserts divisions or, where code, level and first day are known, updates them; it returns how many rows
// differ from before. Days that other rows tell of stay theirs; an end and a label that are known stay: what was
// imported in between is kept. Rows are committed by the thousand, one reload of the layer "divisions" at the end tells
// consumers. ID and Extent are ignored; a Pinyin (syllables separated by spaces) that is empty is made from the name.
// Loading the same again changes nothing.
func (s *Store) LoadDivisions(ctx context.Context, divisions []geo.Division, progress Progress) (int, error) {
	romanizer := newRomanizer()
	batch := func(ctx context.Context, tx pgx.Tx, lo, hi int) (int, error) {
		rows := divisions[lo:hi]
		source := pgx.CopyFromSlice(len(rows), func(i int) ([]any, error) { return divisionLoadRow(romanizer, rows[i]), nil })
		return stageAndMerge(ctx, tx, sqlStageDivisions, "load_division", divisionLoadColumns(), source, sqlMergeDivisions)
	}
	n, err := s.bulk(ctx, bulkLoad{layer: "divisions", table: "jingwei.division", action: "division.load"}, len(divisions), progress, batch)
	if err != nil {
		return n, fmt.Errorf("load divisions: %w", err)
	}
	return n, nil
}

// divisionLoadColumns are what divisionLoadRow gives.
func divisionLoadColumns() []string {
	return []string{"code", "level", "kind", "parent", "name", "pinyin", "letters", "initials", "grams", "from_day", "to_day", "lon", "lat"}
}

func divisionLoadRow(r *romanizer, d geo.Division) []any {
	syllables := strings.Fields(strings.ToLower(d.Pinyin))
	if len(syllables) == 0 {
		syllables = r.syllables([]rune(d.Name))
	}
	keys := syllableKeys(syllables, d.Name)
	var lon, lat *float64
	if d.HasLabel {
		x, y := d.Label.Degrees()
		lon, lat = &x, &y
	}
	return []any{int64(d.Code), int16(d.Level), d.Kind, int64(d.Parent), d.Name, strings.Join(syllables, " "), keys.letters,
		keys.initials, keys.grams, nullDay(d.Valid.From), nullDay(d.Valid.To), lon, lat}
}

// stageAndMerge copies rows into a temporary table and runs the statement that brings them where they belong; it
// returns the number of rows that this changed.
func stageAndMerge(ctx context.Context, tx pgx.Tx, create, stage string, columns []string, rows pgx.CopyFromSource, merge string, args ...any) (int, error) {
	if _, err := tx.Exec(ctx, create); err != nil {
		return 0, err
	}
	source := faultSource{CopyFromSource: rows}
	_, err := tx.CopyFrom(ctx, pgx.Identifier{stage}, columns, &source)
	if err := cmp.Or(source.fault, err); err != nil {
		return 0, err
	}
	tag, err := tx.Exec(ctx, merge, args...)
	return int(tag.RowsAffected()), err
}

// faultSource remembers why a row could not be made: of CopyFrom comes only the server's word that it was broken off.
type faultSource struct {
	pgx.CopyFromSource
	fault error
}

// Values returns the next row.
func (f *faultSource) Values() ([]any, error) {
	values, err := f.CopyFromSource.Values()
	f.fault = err
	return values, err
}
