package postgis

import (
	"context"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"
)

// Rows in no seal, in some of the gaps between those that are in one: those that the last seal must have seen, and those
// that wait.
const sqlOutside = `
select count(*) filter (where not a.seen), min(a.at) filter (where not a.seen and isfinite(a.at)),
       count(*) filter (where a.seen), coalesce((array_agg(a.id order by a.id) filter (where a.seen))[1:10], '{}')
from (select a.id, a.at, $3 <> '' and pg_visible_in_snapshot(a.xid, nullif($3, '')::pg_snapshot) as seen
      from unnest($1::bigint[], $2::bigint[]) g (lo, hi)
      join jingwei.audit a on a.id >= g.lo and a.id < g.hi) a`

// outsideGaps is how many gaps are looked into at once.
const outsideGaps = 1000

// checkOutside looks for rows that are in no seal.
func (v *verification) checkOutside(ctx context.Context, tx pgx.Tx) error {
	life := ""
	if err := tx.QueryRow(ctx, `select jingwei.database_life()`).Scan(&life); err != nil {
		return err
	}
	snapshot := v.last.snapshot
	if life != v.last.life {
		snapshot = "" // of a database that is not this one: it does not tell what it must have seen
	}
	for gaps := range slices.Chunk(v.sealed.gaps(), outsideGaps) {
		lows, highs := make([]int64, len(gaps)), make([]int64, len(gaps))
		for i, g := range gaps {
			lows[i], highs[i] = g.lo, g.hi
		}
		var (
			waiting, inserted int64
			oldest            *time.Time
			ids               []int64
		)
		if err := tx.QueryRow(ctx, sqlOutside, lows, highs, snapshot).Scan(&waiting, &oldest, &inserted, &ids); err != nil {
			return err
		}
		v.report.Unsealed += waiting
		if oldest != nil && (v.report.OldestUnsealed.IsZero() || oldest.Before(v.report.OldestUnsealed)) {
			v.report.OldestUnsealed = *oldest
		}
		if inserted > 0 {
			v.fault(0, "%d entries were inserted beside the chain, the first %v", inserted, ids)
		}
	}
	return nil
}
