package postgis

import (
	"context"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5"

	"jingwei/geo"
)

// Tally counts what an import did with its rows.
type Tally struct {
	New       int `json:"new"`       // were not known
	Changed   int `json:"changed"`   // were known otherwise
	Unchanged int `json:"unchanged"` // were known as they are
	Kept      int `json:"kept"`      // were altered here by others since, and stay as they are
}

func (t *Tally) add(other Tally) {
	t.New += other.New
	t.Changed += other.Changed
	t.Unchanged += other.Unchanged
	t.Kept += other.Kept
}

// DivisionTable is a table of the divisions of an edition, superiors before inferiors, no code twice at a level.
type DivisionTable interface {
	Len() int
	// Division returns division i. Its Pinyin may hold fewer syllables than the name has characters, for the first
	// ones; the rest, or all, is made from the name. Validity, label and extent are ignored.
	Division(i int) geo.Division
}

const sqlStageEdition = `
create temporary table load_edition (
    code bigint, level smallint, kind text, parent bigint, name text collate "C", pinyin text collate "C", read boolean,
    letters text, initials text, grams text[],
    id bigint, state text not null default 'new', until date, label geometry,
    constraint load_edition_pkey primary key (code, level)
) on commit drop`

// What is known of the day of the edition began on that day, or before. A row without kind, and a pinyin that no table
// gave, say nothing of them.
const sqlCompareEdition = `
update load_edition l
set id = d.id, label = d.label, until = upper(d.valid),
    kind = coalesce(nullif(l.kind, ''), d.kind),
    pinyin = case when known.pinyin then d.pinyin else l.pinyin end,
    letters = case when known.pinyin then d.letters else l.letters end,
    initials = case when known.pinyin then d.initials else l.initials end,
    state = case when d.valid_from = jingwei.day($1) then 'changed' else 'follows' end
from load_edition m
join jingwei.division d on d.code = m.code and d.level = m.level and d.valid @> jingwei.day($1)
cross join lateral (select not m.read and m.name = d.name as pinyin) known
where m.code = l.code and m.level = l.level`

const sqlTallyEdition = `
select count(*) filter (where state = 'new'), count(*) filter (where state in ('changed', 'follows'))
from load_edition`

// Most rows of most imports are known: they are told apart before their search keys are made and staged.
const sqlNewsOfEdition = `
select l.n - 1
from unnest($2::bigint[], $3::smallint[], $4::text[], $5::bigint[], $6::text[], $7::text[])
     with ordinality l (code, level, kind, parent, name, pinyin, n)
where not exists (
    select from jingwei.division d
    where d.code = l.code and d.level = l.level and d.valid @> jingwei.day($1)
      and l.kind in ('', d.kind) and nullif(l.parent, 0) is not distinct from d.parent and l.name = d.name
      and l.pinyin in ('', d.pinyin))
order by l.n`

// newsOfEdition returns those of the divisions that are not known as they are on the day. A pinyin that a
// table gave is compared in full; without one that of the database holds.
func newsOfEdition(ctx context.Context, tx pgx.Tx, all []geo.Division, edition geo.Day) ([]geo.Division, error) {
	codes, parents := make([]geo.DivisionCode, len(all)), make([]geo.DivisionCode, len(all))
	levels, kinds := make([]int16, len(all)), make([]string, len(all))
	names, pinyins := make([]string, len(all)), make([]string, len(all))
	for i, d := range all {
		codes[i], parents[i], levels[i], kinds[i], names[i], pinyins[i] = d.Code, d.Parent, int16(d.Level), d.Kind, d.Name, d.Pinyin
	}
	places, err := column[int64](ctx, tx, sqlNewsOfEdition, int32(edition), codes, levels, kinds, parents, names, pinyins)
	if err != nil {
		return nil, err
	}
	news := make([]geo.Division, len(places))
	for i, n := range places {
		news[i] = all[n]
	}
	return news, nil
}

const sqlCorrectEdition = `
update jingwei.division d
set kind = l.kind, parent = nullif(l.parent, 0), name = l.name, pinyin = l.pinyin, letters = l.letters,
    initials = l.initials, grams = l.grams
from load_edition l
where l.state = 'changed' and d.id = l.id`

const sqlCloseEdition = `
update jingwei.division d
set valid = daterange(lower(d.valid), jingwei.day($1))
from load_edition l
where l.state = 'follows' and d.id = l.id`

// A row ends where what is known of later days begins.
const sqlInsertEdition = `
insert into jingwei.division (code, level, kind, parent, name, pinyin, letters, initials, grams, valid, label)
select l.code, l.level, l.kind, nullif(l.parent, 0), l.name, l.pinyin, l.letters, l.initials, l.grams,
       daterange(jingwei.day($1), coalesce(l.until, (
           select min(lower(d.valid)) from jingwei.division d
           where d.code = l.code and d.level = l.level and d.valid_from > jingwei.day($1)))),
       coalesce(l.label, ` + shapeLabel + `)
from load_edition l
where l.state in ('new', 'follows')
order by l.code, l.level`

// ImportDivisions brings the table of an edition into the divisions: its rows hold from the day on, until what is known
// of later days. What the table does not name stays. Loading the same again changes nothing. Rows are committed by the
// thousand, so that others' writes go on and an interrupted import is finished by another; one reload of the layer
// "divisions" at the end tells consumers. With dry nothing is written, and the tally says what would be.
func (s *Store) ImportDivisions(ctx context.Context, table DivisionTable, edition geo.Day, dry bool, progress Progress) (Tally, error) {
	romanizer := newRomanizer()
	var total Tally
	batch := func(ctx context.Context, tx pgx.Tx, lo, hi int) (int, error) {
		tally, err := importEdition(ctx, tx, romanizer, table, lo, hi, edition, dry)
		if err != nil {
			return 0, err
		}
		total.add(tally)
		if dry {
			return 0, nil
		}
		return tally.New + tally.Changed, nil
	}
	load := bulkLoad{layer: "divisions", table: "jingwei.division", action: "division.import", report: func() any { return total }}
	if _, err := s.bulk(ctx, load, table.Len(), progress, batch); err != nil {
		return total, fmt.Errorf("import divisions: %w", err)
	}
	return total, nil
}

func importEdition(ctx context.Context, tx pgx.Tx, r *romanizer, table DivisionTable, lo, hi int, edition geo.Day, dry bool) (t Tally, err error) {
	all := make([]geo.Division, hi-lo)
	for i := range all {
		all[i] = table.Division(lo + i)
		all[i].Pinyin = completePinyin(r, all[i])
	}
	news, err := newsOfEdition(ctx, tx, all, edition)
	t.Unchanged = len(all) - len(news)
	if err != nil || len(news) == 0 {
		return t, err
	}
	source := pgx.CopyFromSlice(len(news), func(i int) ([]any, error) { return editionRow(r, news[i]), nil })
	columns := []string{"code", "level", "kind", "parent", "name", "pinyin", "read", "letters", "initials", "grams"}
	if _, err := stageAndMerge(ctx, tx, sqlStageEdition, "load_edition", columns, source, sqlCompareEdition, int32(edition)); err != nil {
		return t, err
	}
	if err := tx.QueryRow(ctx, sqlTallyEdition).Scan(&t.New, &t.Changed); err != nil || dry {
		return t, err
	}
	if t.Changed > 0 {
		if _, err := tx.Exec(ctx, sqlCorrectEdition); err != nil {
			return t, err
		}
		if _, err := tx.Exec(ctx, sqlCloseEdition, int32(edition)); err != nil {
			return t, err
		}
	}
	if t.New+t.Changed > 0 {
		_, err = tx.Exec(ctx, sqlInsertEdition, int32(edition))
	}
	return t, err
}

// completePinyin makes the syllables that a table does not give from the rest of the name; "" when it gives none.
func completePinyin(r *romanizer, d geo.Division) string {
	syllables := strings.Fields(strings.ToLower(d.Pinyin))
	if name := []rune(d.Name); len(syllables) > 0 && len(syllables) < len(name) {
		syllables = append(syllables, r.syllables(name[len(syllables):])...)
	}
	return strings.Join(syllables, " ")
}

func editionRow(r *romanizer, d geo.Division) []any {
	syllables := strings.Fields(d.Pinyin)
	read := len(syllables) > 0
	if !read {
		syllables = r.syllables([]rune(d.Name))
	}
	keys := syllableKeys(syllables, d.Name)
	return []any{int64(d.Code), int16(d.Level), d.Kind, int64(d.Parent), d.Name, strings.Join(syllables, " "), read,
		keys.letters, keys.initials, keys.grams}
}

const sqlDivisionLevels = `
select d.code, min(d.level) from jingwei.division d
where d.code = any($1) and d.valid @> jingwei.day($2)
group by d.code`

// DivisionLevels returns the levels of those of the codes that are divisions on the day.
func (s *Store) DivisionLevels(ctx context.Context, codes []geo.DivisionCode, day geo.Day) (map[geo.DivisionCode]geo.DivisionLevel, error) {
	levels := map[geo.DivisionCode]geo.DivisionLevel{}
	rows, err := s.public.Query(ctx, sqlDivisionLevels, codes, int32(day))
	if err != nil {
		return nil, fmt.Errorf("levels of divisions: %w", explain(err))
	}
	var (
		code  geo.DivisionCode
		level geo.DivisionLevel
	)
	_, err = pgx.ForEachRow(rows, []any{&code, &level}, func() error {
		levels[code] = level
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("levels of divisions: %w", explain(err))
	}
	return levels, nil
}
