package postgis

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"

	"jingwei/geo"
)

// daysAhead is for how many days partitions of the feed are made in advance.
const daysAhead = 7

const (
	sqlPartitions = `select jingwei.feed_partitions($1)`
	sqlForget     = `
select jingwei.feed_forget(clock_timestamp() - f.retention) from jingwei.feed f`
)

// MaintainFeed makes the partitions of the change feed for the coming days, drops those older than the retention that
// jingwei.feed states, recording the horizon, and does FinishLoads. Call it at start and then every hour or so; several
// nodes may: while one is at it, the others leave the partitions to it. It waits for no writer longer than 100 ms: what
// is locked is left to the next call.
func (s *Store) MaintainFeed(ctx context.Context) error {
	return errors.Join(s.maintainPartitions(ctx), s.FinishLoads(ctx))
}

func (s *Store) maintainPartitions(ctx context.Context) error {
	var made, dropped int
	if err := s.owner.QueryRow(ctx, sqlPartitions, daysAhead).Scan(&made); err != nil {
		return fmt.Errorf("partitions of the feed: %w", explain(err))
	}
	if err := s.owner.QueryRow(ctx, sqlForget).Scan(&dropped); err != nil {
		return fmt.Errorf("retention of the feed: %w", explain(err))
	}
	if made > 0 || dropped > 0 {
		s.log.DebugContext(ctx, "change feed maintained", "partitions_made", made, "partitions_dropped", dropped)
	}
	return nil
}

// The clock of the program may be ahead of that of the database, by which paths are those of today.
const (
	sqlPlannedMoves = `select exists (select from jingwei.planned_move m where m.day <= least(jingwei.day($1), jingwei.today()))`
	sqlTurnPaths    = `
with due as (delete from jingwei.planned_move m where m.day <= least(jingwei.day($1), jingwei.today()) returning m.organization_id, m.day)
select jingwei.move_paths(d.organization_id, jingwei.day_number(min(d.day)), null)
from due d group by d.organization_id`
)

// TurnPaths lets what is below organizations that have another superior since today follow them. Call it every minute or so; several
// nodes may.
func (s *Store) TurnPaths(ctx context.Context, today geo.Day) error {
	var due bool
	err := s.owner.QueryRow(ctx, sqlPlannedMoves, int32(today)).Scan(&due)
	if err == nil && due {
		err = pgx.BeginFunc(ctx, s.owner, func(tx pgx.Tx) error {
			return errors.Join(exec(ctx, tx, sqlLockTree), exec(ctx, tx, sqlTurnPaths, int32(today)))
		})
	}
	if err != nil {
		return fmt.Errorf("moves of today: %w", explain(err))
	}
	return nil
}
