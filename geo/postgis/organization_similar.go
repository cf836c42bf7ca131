package postgis

import (
	"cmp"
	"context"
	_ "embed"
	"fmt"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"

	"jingwei/geo"
)

//go:embed similar.sql
var sqlSimilar string

// SimilarOrganizations returns organizations of today that may be the one that is asked about, of those that are active and all in
// the scope: with the same code or unified social credit code, or close by, for as much as is known of both places, with a name that is alike. The same codes come
// first, then what is more alike, then what is nearer.
func (s *Store) SimilarOrganizations(ctx context.Context, see geo.Scope, q geo.SimilarQuery) (found []geo.SimilarOrganization, err error) {
	err = s.read(ctx, see, func(v sight) error {
		found, err = v.similar(ctx, q, s.today())
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("similar organizations: %w", explain(err))
	}
	slices.SortStableFunc(found, func(a, b geo.SimilarOrganization) int {
		return cmp.Or(cmp.Compare(rank(a), rank(b)), cmp.Compare(b.Alike, a.Alike), cmp.Compare(a.DistanceM, b.DistanceM), cmp.Compare(a.ID, b.ID))
	})
	return found[:min(len(found), q.MostHits)], nil
}

// rank is 0 for what has a code in common.
func rank(o geo.SimilarOrganization) int {
	if o.Reasons[0] == geo.SimilarName {
		return 1
	}
	return 0
}

func (v sight) similar(ctx context.Context, q geo.SimilarQuery, day geo.Day) ([]geo.SimilarOrganization, error) {
	lon, lat := q.At.Degrees()
	var pairs []string
	if q.HasAt && q.Name != "" {
		pairs = needles(geo.NameCore(q.Name))
	}
	sql := strings.NewReplacer("{versions}", v.searched("organization_version"), "{organizations}", v.relation("organization"), "{visible v}", v.visible("v", 1)).Replace(sqlSimilar)
	rows, err := v.Query(ctx, sql, v.scope, int32(day), q.Code, q.USCC, lon, lat, q.RadiusM, pairs, int64(q.Except), q.HasAt, float64(geo.MostSimilarSlackM))
	if err != nil {
		return nil, err
	}
	all, err := pgx.CollectRows(rows, scanSimilar)
	if err != nil {
		return nil, err
	}
	var kept []geo.SimilarOrganization
	for _, o := range all {
		if o.Alike = geo.NamesAlike(q.Name, o.Name); o.Alike >= geo.LeastAlike && o.near {
			o.Reasons = append(o.Reasons, geo.SimilarName)
		}
		if len(o.Reasons) > 0 {
			kept = append(kept, o.SimilarOrganization)
		}
	}
	return kept, nil
}

// similarRow is an organization that has a code in common or is close by.
type similarRow struct {
	geo.SimilarOrganization
	near bool
}

func scanSimilar(rows pgx.CollectableRow) (similarRow, error) {
	var (
		o          similarRow
		code, uscc bool
	)
	err := rows.Scan(&o.ID, &o.Name, &o.Kind, &o.Status, &o.Division, &o.Location.Lon, &o.Location.Lat, &o.Code, &o.DistanceM, &o.near, &code, &uscc)
	if code {
		o.Reasons = append(o.Reasons, geo.SimilarCode)
	}
	if uscc {
		o.Reasons = append(o.Reasons, geo.SimilarUSCC)
	}
	return o, err
}

const sqlTaken = `
select exists (select from jingwei.organization o where o.code = $1 and o.retired is null and o.id <> $3),
       exists (select from jingwei.organization_version v
               where v.uscc = $2 and upper_inf(v.recorded) and v.organization_id <> $3 and v.valid @> jingwei.day($4))`

// CodesTaken reports whether any organization but except, seen or not, has the code or the unified social credit code today.
// It tells no more of what is hidden than the attempt to use the code would.
func (s *Store) CodesTaken(ctx context.Context, code, uscc string, except geo.ID) (codeTaken, usccTaken bool, err error) {
	err = s.offices.QueryRow(ctx, sqlTaken, code, uscc, except, int32(s.today())).Scan(&codeTaken, &usccTaken)
	if err != nil {
		return false, false, fmt.Errorf("codes taken: %w", explain(err))
	}
	return codeTaken, usccTaken, nil
}
