package postgis

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"jingwei/geo"
)

// maxDivisionHits limits SearchDivisions.
const maxDivisionHits = 1000

// SearchDivisions looks for divisions that q names on the day, in the ways and the order of Search; level 0 looks at
// all levels. At most limit divisions, never more than 1000. A q without text is geo.ErrInvalid.
func (s *Store) SearchDivisions(ctx context.Context, q string, level geo.DivisionLevel, limit int, day geo.Day) ([]geo.Division, error) {
	text, err := searchText(q)
	if err != nil {
		return nil, err
	}
	limit = min(max(limit, 1), maxDivisionHits)
	leave, err := s.public.slow.enter(ctx)
	if err != nil {
		return nil, fmt.Errorf("search divisions: %w", err)
	}
	defer leave()
	list := []geo.Division{}
	seen := map[geo.ID]bool{}
	for _, tier := range tiersFor(text) {
		found, err := s.searchDivisionTier(ctx, tier, level, limit+len(list), day)
		if err != nil {
			return nil, fmt.Errorf("search divisions: %w", explain(err))
		}
		for _, d := range found {
			if !seen[d.ID] && len(list) < limit {
				seen[d.ID] = true
				list = append(list, d)
			}
		}
		if len(list) == limit {
			break
		}
	}
	return list, nil
}

func (s *Store) searchDivisionTier(ctx context.Context, tier searchTier, level geo.DivisionLevel, limit int, day geo.Day) ([]geo.Division, error) {
	args := append([]any{pgx.QueryExecModeCacheDescribe, int32(day), limit}, tier.args...)
	rows, err := s.public.Query(ctx, tier.divisionSQL(), append(args, int32(level))...)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, scanDivision)
}
