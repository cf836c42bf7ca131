package postgis

import (
	"context"
	"fmt"

	"jingwei/geo"
)

const sqlPosition = `
select f.epoch, jingwei.feed_alive(), pg_is_in_recovery(), f.horizon, pg_current_snapshot()::text
from jingwei.feed f`

// feedHead is the state of the feed as one snapshot sees it.
type feedHead struct {
	epoch    string
	alive    bool // false: the epoch is to be renewed
	replica  bool
	horizon  uint64 // greatest transaction whose changes were dropped
	snapshot geo.Snapshot
}

// position is where a reader stands that has read everything the snapshot sees. In recovery a snapshot does not list
// what runs, so that only what lies below its xmin counts as seen.
func (h feedHead) position() geo.FeedPosition {
	snapshot := h.snapshot
	if h.replica {
		snapshot = geo.Snapshot{Xmin: snapshot.Xmin, Xmax: snapshot.Xmin}
	}
	return geo.FeedPosition{Epoch: h.epoch, Snapshot: snapshot}
}

func readHead(ctx context.Context, q querier) (feedHead, error) {
	var (
		h    feedHead
		text string
	)
	err := q.QueryRow(ctx, sqlPosition).Scan(&h.epoch, &h.alive, &h.replica, &h.horizon, &text)
	if err != nil {
		return feedHead{}, err
	}
	h.snapshot, err = geo.ParseSnapshot(text)
	return h, err
}

// Position returns the present position of the feed: whoever has reached it sees every transaction that was committed
// before the call.
func (s *Store) Position(ctx context.Context) (geo.FeedPosition, error) {
	for range 3 {
		h, err := readHead(ctx, s.public)
		if err != nil {
			return geo.FeedPosition{}, fmt.Errorf("feed position: %w", explain(err))
		}
		if h.alive {
			return h.position(), nil
		}
		if err := s.renewFeed(ctx); err != nil {
			return geo.FeedPosition{}, err
		}
	}
	return geo.FeedPosition{}, fmt.Errorf("feed position: %w: the epoch does not hold", geo.ErrUnavailable)
}

// positionAfter returns the position after a write that is committed: what goes wrong from there on does not undo it,
// so that it is logged, and the position is zero.
func (s *Store) positionAfter(ctx context.Context) geo.FeedPosition {
	at, err := s.Position(ctx)
	if err != nil {
		s.log.WarnContext(ctx, "a write is committed, its position is not known", "error", err)
	}
	return at
}

const sqlRenewFeed = `select jingwei.feed_renew()`

// renewFeed begins a new epoch after a crash, a failover or a restore.
func (s *Store) renewFeed(ctx context.Context) error {
	if _, err := s.owner.Exec(ctx, sqlRenewFeed); err != nil {
		return fmt.Errorf("renew feed: %w", explain(err))
	}
	s.log.InfoContext(ctx, "the change feed begins a new epoch")
	return nil
}
