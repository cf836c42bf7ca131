package api

import (
	"context"
	"errors"
	"fmt"
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

// pointLayer is a layer of points that live indexes answer.
type pointLayer struct {
	editions Editions
	title    string        // for people, in the plural
	action   geo.Action    // lets see what the public edition does not show
	open     geo.Filter    // what everyone sees as it is; the zero Filter when everyone sees it changed or not at all
	filters  []*vocabulary // each a parameter that chooses points by the value of the column of its name
}

func (p *pointLayer) name() string { return p.editions.Public.Layer().Name }

// pointLayers returns all layers of points.
func (s *Server) pointLayers() []*pointLayer { return []*pointLayer{s.organizations, s.reports} }

// pointsNamed returns the layer of points of a name; nil for none.
func (s *Server) pointsNamed(name string) *pointLayer {
	for _, p := range s.pointLayers() {
		if p.name() == name {
			return p
		}
	}
	return nil
}

// snapshot returns the newest view of the index, one that has reached ?after= when that is given. The header
// Jingwei-Position names what it stands on.
func (s *Server) snapshot(c echo.Context, index PointIndex, q *request.Query) (*live.Snapshot, error) {
	if err := s.await(c, index, q); err != nil {
		return nil, err
	}
	snapshot := index.Snapshot()
	if snapshot == nil {
		return nil, errLoading(index)
	}
	c.Response().Header().Set("Jingwei-Position", snapshot.Position().String())
	return snapshot, nil
}

// answer returns the newest view of what is asked, one that has reached ?after= when that is given. The header Jingwei-Position
// names what it stands on.
func (s *Server) answer(c echo.Context, x question, q *request.Query) (pointView, error) {
	if err := s.await(c, x.index, q); err != nil {
		return pointView{}, err
	}
	v, err := s.view(c.Request().Context(), x)
	if err == nil {
		c.Response().Header().Set("Jingwei-Position", v.Position().String())
	}
	return v, err
}

// await waits until the index has reached ?after=, when that is given.
func (s *Server) await(c echo.Context, index PointIndex, q *request.Query) error {
	if at, ok := q.Position("after"); ok && q.Err() == nil {
		if err := s.waitFor(c, index, at); err != nil {
			return err
		}
	}
	return q.Err()
}

// organizationSnapshot returns the newest view of the organizations, and for whom it is.
func (s *Server) organizationSnapshot(c echo.Context, q *request.Query) (*live.Snapshot, audience, error) {
	a, err := s.audience(c, q)
	if err != nil {
		return nil, a, err
	}
	if err := s.sees(c, a, geo.AuditObject{}, geo.ActionReadOrganization); err != nil {
		return nil, a, err
	}
	snapshot, err := s.snapshot(c, s.organizations.seenBy(a).index, q)
	return snapshot, a, err
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
	client := s.clientOf(c)
	if !s.waiting.take(client) {
		return &geo.Error{Kind: geo.ErrUnavailable, Field: "after", Message: "too many requests wait for a position; try again in a few seconds"}
	}
	defer s.waiting.free(client)
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

func errLoading(index PointIndex) error {
	return &geo.Error{Kind: geo.ErrUnavailable, Message: fmt.Sprintf("the index of %s is loading; try again in a few seconds", index.Layer().Name)}
}
