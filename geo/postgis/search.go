package postgis

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/jackc/pgx/v5"

	"jingwei/geo"
)

// maxSearchText is how many characters can be searched for.
const maxSearchText = geo.MaxSearchText

func searchText(q string) (string, error) {
	q = strings.Join(strings.Fields(q), " ")
	if q == "" {
		return "", geo.Invalid("q", "a text to search for is needed")
	}
	if !utf8.ValidString(q) || strings.ContainsRune(q, 0) {
		return "", geo.Invalid("q", "the text is not UTF-8")
	}
	if utf8.RuneCountInString(q) > maxSearchText {
		return "", geo.Invalid("q", "at most %d characters can be searched for", maxSearchText)
	}
	return q, nil
}

// Every chain starts at a division of a hit and climbs; only what stands above the start (for an organization, also
// the start itself down to the township) is shown, and of that nothing that only groups others: 市辖区 and 县 of a
// municipality, counties directly below a province.
const sqlContext = `
with recursive up as (
    select d.code as start, d.code, d.parent, d.level, d.name
    from jingwei.division d
    where d.code = any($1) and d.valid @> jingwei.day($2) and d.parent is distinct from d.code
    union all
    select up.start, d.code, d.parent, d.level, d.name
    from up join jingwei.division d
        on d.code = up.parent and d.valid @> jingwei.day($2) and d.parent is distinct from d.code and d.level < up.level
)
select start, string_agg(name, ' › ' order by level) from up
where level <= 4 and code::text !~ '^((11|12|31|50)0[12]|\d\d90)0{8}$'
group by start order by start`

// CompleteHits fills in what an index of names does not hold, as of the day: where the hits lie, and of divisions the place of
// their label and their extent in the default boundary set. Of a hit that is an organization nothing is read but the names of
// the divisions above it.
func (s *Store) CompleteHits(ctx context.Context, hits []geo.SearchHit, day geo.Day) error {
	if len(hits) == 0 {
		return nil
	}
	if err := s.addContext(ctx, hits, day); err != nil {
		return fmt.Errorf("hits of a search: %w", explain(err))
	}
	if err := s.addPlaces(ctx, hits, day); err != nil {
		return fmt.Errorf("hits of a search: %w", explain(err))
	}
	return nil
}

// addContext fills in where the hits lie. Division is the parent of a division and the place of an organization, so
// that one rule serves both.
func (s *Store) addContext(ctx context.Context, hits []geo.SearchHit, day geo.Day) error {
	codes := make([]int64, 0, len(hits))
	for _, hit := range hits {
		codes = append(codes, int64(hit.Division))
	}
	slices.Sort(codes)
	rows, err := s.public.Query(ctx, sqlContext, slices.Compact(codes), int32(day))
	if err != nil {
		return err
	}
	context := map[geo.DivisionCode]string{}
	var (
		code geo.DivisionCode
		path string
	)
	_, err = pgx.ForEachRow(rows, []any{&code, &path}, func() error {
		context[code] = path
		return nil
	})
	for i := range hits {
		hits[i].Context = context[hits[i].Division]
	}
	return err
}

const sqlHitPlaces = `
select` + divisionColumns + `
from jingwei.division d` + divisionExtent + `
where d.code = any($1) and d.valid @> jingwei.day($2) and d.parent is distinct from d.code`

// addPlaces fills in label and extent of the divisions.
func (s *Store) addPlaces(ctx context.Context, hits []geo.SearchHit, day geo.Day) error {
	var codes []int64
	for _, hit := range hits {
		if hit.Type == geo.HitDivision {
			codes = append(codes, int64(hit.Code))
		}
	}
	if codes == nil {
		return nil
	}
	list, err := s.divisions(ctx, sqlHitPlaces, codes, int32(day))
	if err != nil {
		return err
	}
	for i := range hits {
		for _, d := range list {
			if hits[i].Type == geo.HitDivision && hits[i].Code == d.Code {
				hits[i].Location, hits[i].HasLocation = d.Label, d.HasLabel
				hits[i].Extent, hits[i].HasExtent = d.Extent, d.HasExtent
			}
		}
	}
	return nil
}

const sqlDivisionNames = `
select d.code, d.level, d.kind, coalesce(d.parent, 0), d.name, d.letters, d.initials,
       jingwei.day_number(lower(d.valid)), jingwei.day_number(upper(d.valid)), d.id
from jingwei.division d
where d.parent is distinct from d.code`

// DivisionNames yields what every code stood for, as rows of geo.DivisionLayer in no order, and returns the generation of
// divisions that they are of (DivisionGeneration): while it is the same, so are they. An error of yield ends it and is returned.
func (s *Store) DivisionNames(ctx context.Context, yield func(geo.Point) error) (generation string, err error) {
	if generation, err = s.DivisionGeneration(ctx); err != nil {
		return "", err
	}
	rows, err := s.public.Query(ctx, sqlDivisionNames)
	if err != nil {
		return "", fmt.Errorf("names of divisions: %w", explain(err))
	}
	var (
		d                 geo.Division
		from, to          *int32
		letters, initials string
	)
	_, err = pgx.ForEachRow(rows, []any{&d.Code, &d.Level, &d.Kind, &d.Parent, &d.Name, &letters, &initials, &from, &to, &d.ID}, func() error {
		return yield(geo.Point{
			ID: geo.ID(d.Code), Version: int64(d.ID), Valid: dayRange(from, to), Division: d.Parent, Public: true,
			Values: []string{d.Name, d.Kind, strconv.Itoa(int(d.Level)), d.Code.String(), geo.SearchKeys{Pinyin: letters, Initials: initials}.Text()},
		})
	})
	if err != nil {
		return "", fmt.Errorf("names of divisions: %w", explain(err))
	}
	return generation, nil
}
