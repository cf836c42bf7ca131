package postgis

import (
	"context"
	"fmt"
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

const sqlHitPlaces = `
select` + divisionColumns + `
from jingwei.division d` + divisionExtent + `
where d.code = any($1) and d.valid @> jingwei.day($2) and d.parent is distinct from d.code`

// PlaceHits fills in what an index of names does not hold: of the hits that are divisions the place of their label and their extent
// in the default boundary set, as of the day.
func (s *Store) PlaceHits(ctx context.Context, hits []geo.SearchHit, day geo.Day) error {
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
		return fmt.Errorf("places of divisions: %w", err)
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
