package api

import (
	"github.com/labstack/echo/v4"

	"jingwei/api/internal/request"
	"jingwei/geo"
)

// Values of the parameter edition.
const (
	editionPublic   = "public"
	editionInternal = "internal"
)

// paramEdition says whether an answer is to hold what everyone sees, or what the caller sees. Who sends a token wants the
// latter unless they say otherwise; a cookie alone says nothing.
const paramEdition = "edition"

// audience is for whom an answer is made. The zero value is everyone.
type audience struct {
	caller
	internal bool    // what everyone sees and more
	day      geo.Day // on which grants count
}

// audience reads for whom the answer is to be made.
func (s *Server) audience(c echo.Context, q *request.Query) (audience, error) {
	u := s.caller(c)
	a := audience{caller: u, internal: u.Known() && u.via != viaSession, day: s.today()}
	if q.Has(paramEdition) {
		a.internal = q.Choice(paramEdition, editionPublic, editionInternal) == 1
	}
	if a.internal && !u.Known() {
		return audience{}, request.ErrUnauthorized
	}
	return a, nil
}

// scope returns where the audience sees more than everyone by the action.
func (a audience) scope(action geo.Action) geo.Scope {
	if !a.internal {
		return geo.Scope{}
	}
	return a.Scope(action, a.day)
}

// reach returns which organizations, beside those that everyone sees, the caller may see, and which they may write to.
func (s *Server) reach(c echo.Context) (see, in geo.Scope) {
	u, today := s.caller(c), s.today()
	return u.Scope(geo.ActionReadOrganization, today), u.Scope(geo.ActionWriteOrganization, today)
}

// sight is what an audience sees of a layer of points: an index, and a condition on its rows.
type sight struct {
	index  PointIndex
	see    geo.Scope // of the internal edition; empty for the public one
	filter geo.Filter
	within geo.Filter // of the rows that not everyone sees, those that the audience does; the zero Filter for an edition as a whole
}

// seenBy returns what the audience sees of the layer. Whoever may see nothing that is hidden sees the public edition.
func (p *pointLayer) seenBy(a audience) sight {
	scope := a.scope(p.action)
	switch {
	case scope.Empty():
		return sight{index: p.editions.Public}
	case scope.All:
		return sight{index: p.editions.Internal, see: scope}
	}
	s := sight{index: p.editions.Internal, see: scope, filter: scope.Filter(), within: scope.Filter()}
	if p.open.Root != nil {
		s.filter = geo.Or(p.open, s.within)
	}
	return s
}

// setSharing says who may store the answer: everyone, always asking again before using it, or only the caller.
func setSharing(c echo.Context, a audience) {
	h := c.Response().Header()
	h.Add("Vary", "Accept, Accept-Encoding, Authorization")
	if a.internal {
		h.Set("Cache-Control", "private, no-cache")
		return
	}
	h.Set("Cache-Control", "public, no-cache")
}
