package postgis

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/jackc/pgx/v5"

	"jingwei/geo"
)

// Limits of a search.
const (
	maxSearchText = 100 // characters
	maxSearchHits = 100
)

// Search looks for divisions, for organizations that are active and for all in the scope, that q names on the day: exact
// name, then code, beginning of the name, part of the name, pinyin, initials (the Match constants of geo, in this order). Within one way of matching
// divisions down to townships come first, then organizations, then villages; each by name or level, then code or id.
// At most limit hits, never more than 100. A q without text is geo.ErrInvalid, a wait of more than two seconds behind
// other searches and tiles geo.ErrUnavailable.
func (s *Store) Search(ctx context.Context, see geo.Scope, q string, limit int, day geo.Day) (hits []geo.SearchHit, err error) {
	text, err := searchText(q)
	if err != nil {
		return nil, err
	}
	limit = min(max(limit, 1), maxSearchHits)
	leave, err := s.lane(see).slow.enter(ctx)
	if err != nil {
		return nil, fmt.Errorf("search: %w", err)
	}
	defer leave()
	err = s.read(ctx, see, func(v sight) error {
		if hits, err = v.searchTiers(ctx, text, limit, day); err != nil {
			return err
		}
		return v.addContext(ctx, hits, day)
	})
	if err != nil {
		return nil, fmt.Errorf("search: %w", explain(err))
	}
	return hits, nil
}

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

// found names a hit: a division by its id or a version of an organization by its row.
type found struct{ division, row int64 }

// searchTiers asks one way of matching after the other until there are enough hits: most searches end early, and the
// wide ways at the end only run for rare words.
func (v sight) searchTiers(ctx context.Context, text string, limit int, day geo.Day) ([]geo.SearchHit, error) {
	var (
		all     []found
		matches []string
	)
	for _, tier := range tiersFor(text) {
		list, err := v.searchTier(ctx, tier, limit+len(all), day)
		if err != nil {
			return nil, err
		}
		for _, hit := range list {
			if len(all) < limit && !slices.Contains(all, hit) {
				all, matches = append(all, hit), append(matches, tier.match)
			}
		}
		if len(all) == limit {
			break
		}
	}
	return v.readHits(ctx, all, matches)
}

// searchTier runs one way of matching. The statement is planned for its very words: how rare they are decides whether
// the index of grams or that of names is walked.
func (v sight) searchTier(ctx context.Context, tier searchTier, limit int, day geo.Day) ([]found, error) {
	args := append([]any{pgx.QueryExecModeCacheDescribe, int32(day), limit}, tier.args...)
	rows, err := v.Query(ctx, tier.bothSQL(v), append(args, v.scope)...)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (found, error) {
		var f found
		return f, row.Scan(&f.division, &f.row)
	})
}

const sqlHits = `
select case when d.id is null then 'organization' else 'division' end, coalesce(v.organization_id, 0), coalesce(d.code, 0),
       coalesce(d.name, v.name), coalesce(d.kind, v.kind), coalesce(d.level, 0), coalesce(v.division_code, d.parent, 0),
       coalesce(v.lon_e7 / 1e7::float8, st_x(d.label)), coalesce(v.lat_e7 / 1e7::float8, st_y(d.label)),
       st_xmin(s.box), st_ymin(s.box), st_xmax(s.box), st_ymax(s.box), f.match
from unnest($2::bigint[], $3::bigint[], $4::text[]) with ordinality f (division, row_id, match, n)
left join jingwei.division d on d.id = f.division
left join {versions} v on v.row_id = f.row_id and {visible v}` + divisionExtent + `
where d.id is not null or v.row_id is not null
order by f.n`

// readHits reads what is shown of the hits, in their order. What has gone since it was found is left out.
func (v sight) readHits(ctx context.Context, all []found, matches []string) ([]geo.SearchHit, error) {
	if len(all) == 0 {
		return nil, nil
	}
	divisions, rowIDs := make([]int64, len(all)), make([]int64, len(all))
	for i, f := range all {
		divisions[i], rowIDs[i] = f.division, f.row
	}
	rows, err := v.Query(ctx, v.sql(sqlHits), v.scope, divisions, rowIDs, matches)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, scanHit)
}

func scanHit(rows pgx.CollectableRow) (geo.SearchHit, error) {
	var (
		hit                                geo.SearchHit
		lon, lat, west, south, east, north *float64
	)
	err := rows.Scan(&hit.Type, &hit.ID, &hit.Code, &hit.Name, &hit.Kind, &hit.Level, &hit.Division,
		&lon, &lat, &west, &south, &east, &north, &hit.Match)
	if err != nil {
		return hit, err
	}
	if lon != nil && lat != nil {
		if hit.Location, err = geo.NewPosition(*lon, *lat); err != nil {
			return hit, err
		}
		hit.HasLocation = true
	}
	if west != nil {
		hit.Extent, hit.HasExtent = geo.Extent{West: *west, South: *south, East: *east, North: *north}, true
	}
	return hit, nil
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

// addContext fills in where the hits lie. Division is the parent of a division and the place of an organization, so
// that one rule serves both.
func (v sight) addContext(ctx context.Context, hits []geo.SearchHit, day geo.Day) error {
	codes := make([]int64, 0, len(hits))
	for _, hit := range hits {
		codes = append(codes, int64(hit.Division))
	}
	slices.Sort(codes)
	rows, err := v.Query(ctx, sqlContext, slices.Compact(codes), int32(day))
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
