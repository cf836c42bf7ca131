package postgis

import (
	"context"
	"fmt"
	"math"

	"github.com/jackc/pgx/v5"
	"golang.org/x/sync/errgroup"

	"jingwei/geo"
)

// MostParts is how many parts of one layer are read at once at most: both layers may be read at the same time, and a
// connection of the feed must be left for who follows changes meanwhile.
const MostParts = (feedConns - 1) / 2

const sqlExportSnapshot = `select pg_export_snapshot()`

const sqlPages = `select (pg_relation_size($1::regclass) / current_setting('block_size')::bigint)::bigint`

// loadParts reads a layer in as many parts as there are functions: the first in tx, the others on connections of their own
// that see what tx sees.
func (f *Feed) loadParts(ctx context.Context, tx pgx.Tx, source pointSource, parts []func(geo.Point) error) error {
	var pages int64
	if err := tx.QueryRow(ctx, sqlPages, source.table).Scan(&pages); err != nil {
		return err
	}
	if err := source.prepare(ctx, tx); err != nil {
		return err
	}
	beside, err := source.readBeside(ctx, tx)
	if err != nil {
		return err
	}
	ranges := splitPages(pages, len(parts))
	if len(parts) == 1 {
		return source.eachOf(ctx, tx, beside, ranges[0], parts[0])
	}
	var snapshot string
	if err := tx.QueryRow(ctx, sqlExportSnapshot).Scan(&snapshot); err != nil {
		return err
	}
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() error { return source.eachOf(ctx, tx, beside, ranges[0], parts[0]) })
	for i, yield := range parts[1:] {
		group.Go(func() error {
			return f.besides(ctx, snapshot, func(tx pgx.Tx) error { return source.eachOf(ctx, tx, beside, ranges[i+1], yield) })
		})
	}
	return group.Wait()
}

// besides runs do in a transaction that sees an exported snapshot.
func (f *Feed) besides(ctx context.Context, snapshot string, do func(tx pgx.Tx) error) error {
	options := pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly}
	return pgx.BeginTxFunc(ctx, f.store.feed, options, func(tx pgx.Tx) error {
		// A literal, since the statement takes no parameters; the name is PostgreSQL's own.
		if _, err := tx.Exec(ctx, fmt.Sprintf(`set transaction snapshot '%s'`, snapshot)); err != nil {
			return err
		}
		return do(tx)
	})
}

// pageRange is the pages first <= p < end of a table, as tuple ids.
type pageRange struct{ first, end string }

// splitPages returns n runs that hold all pages, also those that come while they are read.
func splitPages(pages int64, n int) []pageRange {
	ranges := make([]pageRange, n)
	for i := range ranges {
		first, end := pages*int64(i)/int64(n), pages*int64(i+1)/int64(n)
		if i == n-1 {
			end = math.MaxUint32
		}
		ranges[i] = pageRange{fmt.Sprintf("(%d,0)", first), fmt.Sprintf("(%d,0)", end)}
	}
	return ranges
}

// eachOf yields the points of a run of pages.
func (s pointSource) eachOf(ctx context.Context, tx pgx.Tx, beside *textByID, r pageRange, yield func(geo.Point) error) error {
	if err := s.prepare(ctx, tx); err != nil {
		return err
	}
	return s.each(ctx, tx, newPointReader(beside), yield, s.all, r.first, r.end)
}

// prepare sets how the rest of a transaction reads. Workers of PostgreSQL's own have no gain beside the other parts.
func (s pointSource) prepare(ctx context.Context, tx pgx.Tx) error {
	_, err := tx.Exec(ctx, `set local work_mem = '128MB'; set local max_parallel_workers_per_gather = 0; `+s.plan)
	return err
}
