package api

import (
	"context"
	"fmt"
	"math"
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"

	"jingwei/api/internal/request"
	"jingwei/geo"
	"jingwei/geo/live"
	"jingwei/tiles"
)

// Parameters of aggregates.
const (
	paramBox      = "bbox"
	paramGeometry = "geometry"
	paramWithin   = "within"
	paramGroupBy  = "group_by"
	paramNumber   = "number"
)

// aggregateRequest is a request for an aggregate, understood.
type aggregateRequest struct {
	question
	audience audience
	areas    []area
	many     bool // the areas came as a collection: each has a line of its own
	by       []live.By
	names    []string // of the groupings, as the answer calls them
	number   string
}

// aggregate counts the points of a collection within areas.
func (s *Server) aggregate(c echo.Context) error {
	layer, err := s.collection(c)
	if err != nil {
		return err
	}
	q := request.ParseQuery(c.QueryString(), append(parameters(layer), paramBox, paramGeometry, paramWithin, paramGroupBy, paramNumber, "after")...)
	r, err := s.readAggregate(c, q, layer)
	if err != nil {
		return err
	}
	v, err := s.answer(c, r.question, q)
	if err != nil {
		return err
	}
	setSharing(c, r.audience)
	answer, err := r.answerOf(c.Request().Context(), v)
	if err != nil {
		return fmt.Errorf("aggregate of %s: %w", layer.name(), err)
	}
	return s.writeJSON(c, http.StatusOK, answer)
}

// collection returns the layer of points that the path names.
func (s *Server) collection(c echo.Context) (*pointLayer, error) {
	if p := s.pointsNamed(c.Param("id")); p != nil {
		return p, nil
	}
	return nil, geo.NotFound("there is no collection of points %s; there are organizations and reports", c.Param("id"))
}

func (s *Server) readAggregate(c echo.Context, q *request.Query, layer *pointLayer) (r aggregateRequest, err error) {
	if r.question, r.audience, err = s.ask(c, q, layer); err != nil {
		return r, err
	}
	r.number = q.Text(paramNumber, 100)
	for _, name := range q.List(paramGroupBy) {
		by, err := readGrouping(name)
		if err != nil {
			return r, err
		}
		r.by, r.names = append(r.by, by), append(r.names, groupingName(by))
	}
	if len(r.names) == 2 && r.names[0] == r.names[1] {
		return r, geo.Invalid(paramGroupBy, "%s stands there twice", r.names[0])
	}
	if err := q.Err(); err != nil {
		return r, err
	}
	r.areas, r.many, err = s.readAreas(c, q, r)
	return r, err
}

// readGrouping reads a column, division:LEVEL, hexagon:METRES or square:METRES.
func readGrouping(text string) (live.By, error) {
	kind, size, ok := strings.Cut(text, ":")
	switch {
	case !ok && kind != "division" && kind != "hexagon" && kind != "square":
		return live.By{Column: kind}, nil
	case kind == "division":
		level, err := geo.ParseDivisionLevel(paramGroupBy, size)
		return live.By{Level: level}, err
	case kind == "hexagon", kind == "square":
		metres, ok := geo.ParseDecimal(size)
		if !ok || !(metres >= geo.LeastBin && metres <= geo.MostBin) {
			return live.By{}, geo.Invalid(paramGroupBy, "%q: write the width in metres, from %g to %g, such as hexagon:10000", text, geo.LeastBin, geo.MostBin)
		}
		return live.By{Bins: geo.Bins{Hexagons: kind == "hexagon", Metres: metres}}, nil
	}
	return live.By{}, geo.Invalid(paramGroupBy, "%q is not a column, division:LEVEL, hexagon:METRES or square:METRES", text)
}

func groupingName(by live.By) string {
	switch {
	case by.Level != 0:
		return "division"
	case by.Bins != geo.Bins{}:
		return "bin"
	}
	return by.Column
}

// aggregated is the JSON of an aggregate of one area.
type aggregated struct {
	ID     any              `json:"id,omitempty"` // of the feature that the area came as
	Count  int              `json:"count"`
	Groups []map[string]any `json:"groups"`
	*numbers
	BoundarySet *tiles.BoundarySet `json:"boundary_set,omitempty"` // that the outline of a division was taken from
}

// numbers is the JSON of the sums of a number column.
type numbers struct {
	Numbers int      `json:"numbers"` // points that have one
	Sum     int64    `json:"sum"`
	Min     *int64   `json:"min"`
	Max     *int64   `json:"max"`
	Mean    *float64 `json:"mean"`
}

// answerOf makes one aggregate, or of a collection of areas one for each.
func (r aggregateRequest) answerOf(ctx context.Context, v pointView) (any, error) {
	budget := live.NewBudget()
	lines := make([]aggregated, len(r.areas))
	for i, a := range r.areas {
		groups, err := v.Aggregate(ctx, live.Aggregation{Query: v.query, Region: a.region, By: r.by, Number: r.number, Budget: budget})
		if err != nil {
			return nil, err
		}
		lines[i] = r.line(a, groups)
	}
	if r.many {
		return map[string]any{"areas": lines}, nil
	}
	return lines[0], nil
}

// line writes the groups of an area, and what they are together.
func (r aggregateRequest) line(a area, groups []live.Group) aggregated {
	whole := live.Group{Min: math.MaxInt64, Max: math.MinInt64}
	line := aggregated{ID: a.id, Groups: []map[string]any{}, BoundarySet: a.set}
	for _, g := range groups {
		whole.Count, whole.Numbers, whole.Sum = whole.Count+g.Count, whole.Numbers+g.Numbers, whole.Sum+g.Sum
		if g.Numbers > 0 {
			whole.Min, whole.Max = min(whole.Min, g.Min), max(whole.Max, g.Max)
		}
		if len(r.by) > 0 {
			line.Groups = append(line.Groups, r.group(g))
		}
	}
	line.Count = whole.Count
	if r.number != "" {
		line.numbers = numbersOf(whole)
	}
	return line
}

func (r aggregateRequest) group(g live.Group) map[string]any {
	values := map[string]any{"count": g.Count}
	for i, name := range r.names {
		if values[name] = g.Keys[i]; r.by[i].Bins != (geo.Bins{}) {
			values["outline"] = r.by[i].Bins.Outline(g.Bin)
		}
	}
	if r.number != "" {
		n := numbersOf(g)
		values["numbers"], values["sum"], values["min"], values["max"], values["mean"] = n.Numbers, n.Sum, n.Min, n.Max, n.Mean
	}
	return values
}

func numbersOf(g live.Group) *numbers {
	n := &numbers{Numbers: g.Numbers, Sum: g.Sum}
	if g.Numbers > 0 {
		mean := g.Mean()
		n.Min, n.Max, n.Mean = &g.Min, &g.Max, &mean
	}
	return n
}
