package api

import (
	"context"
	"errors"
	"time"

	"github.com/labstack/echo/v4"

	"jingwei/api/internal/request"
	"jingwei/geo"
	"jingwei/geo/live"
)

// maxWait is how long a read waits for the feed position of ?after=.
const maxWait = 5 * time.Second

// maxWaiters is how many requests may wait for a feed position at the same time.
const maxWaiters = 64

// maxAhead is how many transactions a position may lie beyond what the index has seen: more is not a write that is
// about to arrive but a number that somebody made up.
const maxAhead = 1_000_000

// organizationFilters are the parameters that choose organizations in every answer of the live index.
func organizationFilters() []string { return []string{"kind", "level", "status", "division"} }

// reportFilters are those that choose reports.
func reportFilters() []string { return []string{"category", "status", "state", "division"} }

// pointQuery reads the day and the given filters. Each names a category column of the layer but for division, which
// holds what lies below it too.
func (s *Server) pointQuery(q *request.Query, filters []string) live.Query {
	query := live.Query{Day: q.Day("datetime", s.today())}
	for _, name := range filters {
		f := geo.In(name, q.List(name)...)
		if name == "division" {
			f = geo.Within(q.Division(name))
		}
		query.Filter = geo.And(query.Filter, f)
	}
	return query
}

// snapshot returns the newest view of the index, one that has reached ?after= when that is given. The header
// Jingwei-Position names what it stands on.
func (s *Server) snapshot(c echo.Context, index PointIndex, q *request.Query) (*live.Snapshot, error) {
	if at, ok := q.Position("after"); ok && q.Err() == nil {
		if err := s.waitFor(c, index, at); err != nil {
			return nil, err
		}
	}
	if err := q.Err(); err != nil {
		return nil, err
	}
	snapshot := index.Snapshot()
	if snapshot == nil {
		return nil, errLoading()
	}
	c.Response().Header().Set("Jingwei-Position", snapshot.Position().String())
	return snapshot, nil
}

// organizationSnapshot returns the newest view of the organizations that the caller may see, and whether that is the
// internal one.
func (s *Server) organizationSnapshot(c echo.Context, q *request.Query) (*live.Snapshot, bool, error) {
	index, internal, err := s.index(c)
	if err != nil {
		return nil, false, err
	}
	snapshot, err := s.snapshot(c, index, q)
	return snapshot, internal, err
}

// waitFor waits until the index has reached a position. Requests that wait have a pool of their own and leave the one of
// those being answered, so that waiting never keeps others out.
func (s *Server) waitFor(c echo.Context, index PointIndex, at geo.FeedPosition) error {
	if snapshot := index.Snapshot(); snapshot != nil && snapshot.Position().Epoch == at.Epoch {
		if snapshot.Position().Covers(at.Snapshot) {
			return nil
		}
		if now := snapshot.Position().Xmax; at.Xmax > now && at.Xmax-now > maxAhead {
			return geo.Invalid("after", "the position lies far beyond everything that was written: use a value of the header Jingwei-Position")
		}
	}
	if !s.waiting.take() {
		return &geo.Error{Kind: geo.ErrUnavailable, Field: "after", Message: "too many requests wait for a position; try again in a few seconds"}
	}
	defer s.waiting.free()
	t, admitted := c.Get(keyTicket).(*ticket)
	if admitted {
		t.leave(s.slots)
	}
	if err := waitBounded(c.Request().Context(), index, at); err != nil || !admitted {
		return err
	}
	return t.enter(s.slots)
}

func waitBounded(ctx context.Context, index PointIndex, at geo.FeedPosition) error {
	bounded, cancel := context.WithTimeout(ctx, maxWait)
	defer cancel()
	err := index.Wait(bounded, at)
	if errors.Is(err, context.DeadlineExceeded) {
		return &geo.Error{Kind: geo.ErrUnavailable, Field: "after", Message: "the index has not reached this position within 5 seconds; try again"}
	}
	return err
}

func errLoading() error {
	return &geo.Error{Kind: geo.ErrUnavailable, Message: "the index is loading; try again in a few seconds"}
}
