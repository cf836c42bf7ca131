package api

import (
	"context"
	"fmt"
	"slices"

	"github.com/labstack/echo/v4"

	"jingwei/api/internal/request"
	"jingwei/geo"
	"jingwei/geo/live"
)

// Parameters that choose points beside those of the layers' columns.
const (
	paramFilter       = "filter"
	paramLanguage     = "filter-lang"
	paramOrganization = "organization"
)

// question is what is asked of a layer of points, for an audience.
type question struct {
	sight
	layer  *pointLayer
	filter geo.Filter // with that of the sight
	days   geo.DayRange
}

// columnParameters are the names of those that choose points by the value of a column.
func columnParameters(layers ...*pointLayer) []string {
	var names []string
	for _, l := range layers {
		for _, v := range l.filters {
			if !slices.Contains(names, v.column) {
				names = append(names, v.column)
			}
		}
	}
	return names
}

// parameters are the names of those that choose points, in every answer of the live indexes of the layers.
func parameters(layers ...*pointLayer) []string {
	names := columnParameters(layers...)
	if len(layers) > 0 {
		names = append(names, "division", paramOrganization, "from", "to", paramFilter, paramLanguage)
	}
	return append(names, "datetime", paramEdition)
}

// questions reads the parameters that choose points, one question per layer: a parameter chooses from the layers that have
// it, a filter from those that have all of its properties. A value that no layer knows is refused, since nothing else tells a
// mistake from an empty answer.
func (s *Server) questions(ctx context.Context, q *request.Query, a audience, layers ...*pointLayer) ([]question, error) {
	days, division := q.Days("datetime", s.today()), q.Division("division")
	common := geo.And(geo.Within(division), began(q))
	chosen, below := readFilter(q), q.IDs(paramOrganization)
	if err := q.Err(); err != nil {
		return nil, err
	}
	questions := make([]question, len(layers))
	for i, l := range layers {
		questions[i] = question{sight: l.seenBy(a), layer: l, days: days}
		if err := questions[i].checkDays(); err != nil {
			return nil, err
		}
		own, err := questions[i].below(below)
		if err != nil {
			return nil, err
		}
		conditions := []geo.Filter{common, questions[i].sight.filter, own}
		for _, v := range l.filters {
			conditions = append(conditions, geo.In(v.column, q.List(v.column)...))
		}
		questions[i].filter = geo.And(conditions...)
	}
	if err := q.Err(); err != nil {
		return nil, err
	}
	for _, name := range columnParameters(layers...) {
		if err := s.checkValues(ctx, name, q.List(name), a, layers); err != nil {
			return nil, err
		}
	}
	if err := s.choose(questions, chosen); err != nil {
		return nil, err
	}
	return questions, s.checkDivision(ctx, division, s.lastDay(days), a)
}

// question is questions for one layer.
func (s *Server) question(ctx context.Context, q *request.Query, a audience, layer *pointLayer) (question, error) {
	questions, err := s.questions(ctx, q, a, layer)
	if err != nil {
		return question{}, err
	}
	return questions[0], nil
}

// ask reads for whom the answer is, puts into the audit what they see of a layer, and reads what is asked of it.
func (s *Server) ask(c echo.Context, q *request.Query, layer *pointLayer) (question, audience, error) {
	a, err := s.audience(c, q)
	if err != nil {
		return question{}, a, err
	}
	if err := s.sees(c, a, geo.AuditObject{}, layer.action); err != nil {
		return question{}, a, err
	}
	x, err := s.question(c.Request().Context(), q, a, layer)
	return x, a, err
}

// checkDays refuses an interval to those who see hidden rows here and not there: of several rows of an object the index shows the
// last, and were that hidden from them, what they see before would be gone, and so tell of it.
func (x question) checkDays() error {
	if x.days == geo.On(x.days.From) || x.within.Root == nil || x.layer.open.Root == nil {
		return nil
	}
	return geo.Invalid("datetime", "with a scope of your own ask for a single day; an interval of days is answered with edition=public, or to those who see everything")
}

// lastDay is the last day of days, today when they have no end and have begun: what is drawn from the database has one day.
func (s *Server) lastDay(days geo.DayRange) geo.Day {
	if days.To == geo.MaxDay {
		return max(s.today(), days.From)
	}
	return days.Last()
}

// began reads from and to: the days on which what is valid began.
func began(q *request.Query) geo.Filter {
	var conditions []geo.Filter
	from, to := q.Day("from", geo.MinDay), q.Day("to", geo.MaxDay)
	for op, d := range map[string]geo.Day{">=": from, "<=": to} {
		if d != geo.MinDay && d != geo.MaxDay {
			conditions = append(conditions, geo.Filter{Root: &geo.Operation{Op: op, Args: []geo.Node{geo.Property("valid_from"), geo.Date(d)}}})
		}
	}
	if from > to {
		q.Fail(geo.Invalid("to", "%s lies before %s, which is from", to, from))
	}
	return geo.And(conditions...)
}

func readFilter(q *request.Query) geo.Filter {
	if q.Has(paramLanguage) {
		q.Choice(paramLanguage, "cql2-json")
	}
	return q.Filter(paramFilter)
}

// below returns the condition that a point belongs to one of the organizations or below it, as far as the audience may see
// where a point belongs.
func (x question) below(ids []geo.ID) (geo.Filter, error) {
	if len(ids) == 0 {
		return geo.Filter{}, nil
	}
	if x.see.Empty() {
		return geo.Filter{}, geo.Invalid(paramOrganization, "what is public does not say where in the tree a point belongs; ask with edition=internal for what you may see")
	}
	return geo.And(geo.Scope{Roots: ids}.Filter(), x.within), nil
}

// choose adds a client's filter to the questions about layers that have its properties.
func (s *Server) choose(questions []question, f geo.Filter) error {
	if f.Root == nil || len(questions) == 0 {
		return nil
	}
	var wrong []error
	for i, x := range questions {
		err := s.config.Filters.CheckFilter(x.ids(f))
		switch {
		case err == nil:
			questions[i].filter = geo.And(x.filter, x.confined(f))
		case s.knows(x, f):
			return err
		default:
			wrong = append(wrong, err)
		}
	}
	if len(wrong) == len(questions) {
		return wrong[0]
	}
	return nil
}

// knows reports whether the layer has all properties of a filter.
func (s *Server) knows(x question, f geo.Filter) bool {
	known := s.config.Filters.Queryables(x.layer.name(), x.see.Empty())
	return !slices.ContainsFunc(f.Properties(), func(name string) bool {
		return !slices.ContainsFunc(known, func(q geo.Queryable) bool { return q.Name == name })
	})
}

// confined keeps a filter that names what the public edition does not have from points that the audience sees as everyone
// does: it would tell of them what it does not tell everyone.
func (x question) confined(f geo.Filter) geo.Filter {
	if !slices.ContainsFunc(f.Properties(), func(name string) bool { return name == geo.PathColumn || name == "parent" }) {
		return f
	}
	return geo.And(f, x.within)
}

// ids is the question that the database is asked.
func (x question) ids(f geo.Filter) geo.IDQuery {
	return geo.IDQuery{Layer: x.layer.name(), See: x.see, Filter: f, Days: x.days}
}

// pointView is a snapshot and what is asked of it.
type pointView struct {
	*live.Snapshot
	query live.Query
	set   string // stands for the members of the query; "" when there are none
}

// view returns the newest view of what is asked: what the index does not hold is looked up in the database, and true at the
// very position of the snapshot.
func (s *Server) view(ctx context.Context, x question) (pointView, error) {
	snapshot := x.index.Snapshot()
	if snapshot == nil {
		return pointView{}, errLoading(x.index)
	}
	inside, outside := split(snapshot, x.filter)
	v := pointView{Snapshot: snapshot, query: live.Query{Filter: inside, Days: x.days}}
	if outside.Root == nil {
		return v, nil
	}
	found, err := s.sets.find(ctx, x.ids(outside), x.index)
	if err != nil {
		return pointView{}, fmt.Errorf("filter of %s: %w", x.layer.name(), err)
	}
	v.Snapshot, v.query.Members, v.set = found.snapshot, found.members, found.tag
	return v, nil
}

// split returns the conditions that the index can answer, and the others.
func split(snapshot *live.Snapshot, f geo.Filter) (inside, outside geo.Filter) {
	if snapshot.Answers(f) {
		return f, geo.Filter{}
	}
	var in, out []geo.Filter
	for _, part := range f.Conjuncts() {
		if snapshot.Answers(part) {
			in = append(in, part)
			continue
		}
		out = append(out, part)
	}
	return geo.And(in...), geo.And(out...)
}
