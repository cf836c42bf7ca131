package api

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"

	"github.com/labstack/echo/v4"

	"jingwei/api/internal/request"
	"jingwei/geo"
	"jingwei/geo/live"
)

// divisionPage is large enough for the children of any division.
const divisionPage = 200

// maxSearchText is the longest text to search for, in characters.
const maxSearchText = 100

// division is the JSON of a division.
type division struct {
	Code          string       `json:"code"`
	Level         int          `json:"level"`
	LevelName     string       `json:"level_name"`
	Kind          string       `json:"kind"`
	Parent        *string      `json:"parent"`
	Name          string       `json:"name"`
	Pinyin        string       `json:"pinyin"`
	Label         *coordinates `json:"label"`
	Box           *[4]float64  `json:"bbox"`
	Organizations int          `json:"organizations"`
	ValidFrom     *string      `json:"valid_from"`
	ValidTo       *string      `json:"valid_to"`
}

func divisionOf(d geo.Division, organizations int) division {
	out := division{
		Code: d.Code.String(), Level: int(d.Level), LevelName: d.Level.String(), Kind: d.Kind, Name: d.Name, Pinyin: d.Pinyin,
		Label: optionalCoordinates(d.Label, d.HasLabel), Box: box(d.Extent, d.HasExtent), Organizations: organizations,
		ValidFrom: optionalDay(d.Valid.From), ValidTo: optionalDay(d.Valid.To),
	}
	if d.Parent != 0 {
		parent := d.Parent.String()
		out.Parent = &parent
	}
	return out
}

type divisionAncestor struct {
	Code   string `json:"code"`
	Name   string `json:"name"`
	Level  int    `json:"level"`
	Pinyin string `json:"pinyin"`
}

type divisionDetail struct {
	division
	Ancestors     []divisionAncestor `json:"ancestors"`
	ChildrenCount int                `json:"children_count"`
}

// divisionSelection says which divisions a list is to hold.
type divisionSelection struct {
	parent geo.DivisionCode // 0 for the provinces
	q      string           // when set, parent does not count
	level  geo.DivisionLevel
	limit  int
	day    geo.Day
}

func (s *Server) readDivisionSelection(q *request.Query) (divisionSelection, error) {
	sel := divisionSelection{
		q: q.Text("q", maxSearchText), level: geo.DivisionLevel(q.OneOf("level", 0, 1, 2, 3, 4, 5)),
		limit: q.Limit("limit", divisionPage, mostItems), day: q.Day("datetime", s.today()),
	}
	if q.Text("parent", maxSearchText) != "root" {
		sel.parent = q.Division("parent")
	}
	switch {
	case q.Err() != nil:
		return sel, q.Err()
	case q.Has("q") && sel.q == "":
		return sel, geo.Invalid("q", "a text to search for is needed")
	case q.Has("q") && q.Has("parent"):
		return sel, geo.Invalid("parent", "give parent or q, not both")
	case q.Has("level") && !q.Has("q") && !q.Has("parent"):
		return sel, geo.Invalid("level", "give parent or q beside level")
	}
	return sel, nil
}

func (s *Server) listDivisions(c echo.Context) error {
	q := request.ParseQuery(c.QueryString(), "parent", "level", "q", "limit", "datetime")
	sel, err := s.readDivisionSelection(q)
	if err != nil {
		return err
	}
	index, internal, err := s.index(c)
	if err != nil {
		return err
	}
	snapshot, err := s.snapshot(c, index, q)
	if err != nil {
		return err
	}
	divisions, err := s.selectDivisions(c.Request().Context(), sel)
	if err != nil {
		return err
	}
	listed, err := countedDivisions(snapshot, divisions, sel.day)
	if err != nil {
		return err
	}
	setSharing(c, internal)
	return s.writeJSON(c, http.StatusOK, struct {
		Items          []division `json:"items"`
		NumberReturned int        `json:"numberReturned"`
	}{listed, len(listed)})
}

func (s *Server) selectDivisions(ctx context.Context, sel divisionSelection) ([]geo.Division, error) {
	if sel.q != "" {
		found, err := s.config.Divisions.SearchDivisions(ctx, sel.q, sel.level, sel.limit, sel.day)
		if err != nil {
			return nil, fmt.Errorf("search divisions: %w", err)
		}
		return found, nil
	}
	children, err := s.config.Divisions.DivisionChildren(ctx, sel.parent, sel.day)
	if err != nil {
		return nil, fmt.Errorf("children of %s: %w", sel.parent, err)
	}
	if len(children) == 0 && sel.parent != 0 {
		if _, _, err := s.config.Divisions.Division(ctx, sel.parent, sel.day); err != nil {
			return nil, fmt.Errorf("parent: %w", err)
		}
	}
	var chosen []geo.Division
	for _, d := range children {
		if sel.level == 0 || d.Level == sel.level {
			chosen = append(chosen, d)
		}
	}
	return chosen[:min(len(chosen), sel.limit)], nil
}

// countedDivisions adds the number of organizations in each division as of day.
func countedDivisions(snapshot *live.Snapshot, divisions []geo.Division, day geo.Day) ([]division, error) {
	codes := items(divisions, func(d geo.Division) geo.DivisionCode { return d.Code })
	counts, err := snapshot.CountDivisions(live.Query{Day: day}, codes)
	if err != nil {
		return nil, fmt.Errorf("count organizations of divisions: %w", err)
	}
	out := make([]division, len(divisions))
	for i, d := range divisions {
		out[i] = divisionOf(d, counts[i])
	}
	return out, nil
}

func (s *Server) getDivision(c echo.Context) error {
	q := request.ParseQuery(c.QueryString(), "datetime")
	day := q.Day("datetime", s.today())
	code, err := geo.ParseDivisionCode("code", c.Param("code"))
	if err != nil {
		return err
	}
	index, internal, err := s.index(c)
	if err != nil {
		return err
	}
	snapshot, err := s.snapshot(c, index, q)
	if err != nil {
		return err
	}
	detail, err := s.divisionDetail(c.Request().Context(), snapshot, code, day)
	if err != nil {
		return err
	}
	setSharing(c, internal)
	return s.writeJSON(c, http.StatusOK, detail)
}

func (s *Server) divisionDetail(ctx context.Context, snapshot *live.Snapshot, code geo.DivisionCode, day geo.Day) (divisionDetail, error) {
	d, ancestors, err := s.config.Divisions.Division(ctx, code, day)
	if err != nil {
		return divisionDetail{}, fmt.Errorf("division %s: %w", code, err)
	}
	children, err := s.config.Divisions.CountDivisionChildren(ctx, code, day)
	if err != nil {
		return divisionDetail{}, fmt.Errorf("children of %s: %w", code, err)
	}
	counted, err := countedDivisions(snapshot, []geo.Division{d}, day)
	if err != nil {
		return divisionDetail{}, err
	}
	return divisionDetail{division: counted[0], ChildrenCount: children, Ancestors: items(ancestors, func(a geo.Division) divisionAncestor {
		return divisionAncestor{Code: a.Code.String(), Name: a.Name, Level: int(a.Level), Pinyin: a.Pinyin}
	})}, nil
}

func (s *Server) getDivisionShape(c echo.Context) error {
	if err := request.ParseQuery(c.QueryString()).Err(); err != nil {
		return err
	}
	code, err := geo.ParseDivisionCode("code", c.Param("code"))
	if err != nil {
		return err
	}
	shape, err := s.config.Divisions.DivisionShape(c.Request().Context(), code)
	if err != nil {
		return fmt.Errorf("shape of %s: %w", code, err)
	}
	body, err := encodeJSON(shapeFeature(shape))
	if err != nil {
		return err
	}
	return s.writeTagged(c, "application/geo+json", body)
}

// feature is a GeoJSON feature (RFC 7946 §3.2) of a division.
type feature struct {
	Type       string            `json:"type"`
	ID         string            `json:"id"`
	Geometry   json.RawMessage   `json:"geometry"`
	Properties featureProperties `json:"properties"`
}

type featureProperties struct {
	Code string      `json:"code"`
	Name string      `json:"name"`
	Set  boundarySet `json:"set"`
}

type boundarySet struct {
	Name         string `json:"name"`
	Source       string `json:"source"`
	ReviewNumber string `json:"review_number"`
	Edition      string `json:"edition"`
	Licence      string `json:"licence"`
	Illustrative bool   `json:"illustrative"`
	Incomplete   bool   `json:"incomplete,omitempty"`
}

func boundarySetOf(b geo.BoundarySet) boundarySet {
	return boundarySet{Name: b.Name, Source: b.Source, ReviewNumber: b.ReviewNumber, Edition: b.Edition, Licence: b.Licence,
		Illustrative: b.Illustrative, Incomplete: b.Incomplete}
}

// shapeFeature puts the geometry, which is JSON already, into a feature without decoding it.
func shapeFeature(s geo.DivisionShape) feature {
	return feature{Type: "Feature", ID: s.Code.String(), Geometry: s.GeoJSON, Properties: featureProperties{
		Code: s.Code.String(), Name: s.Name, Set: boundarySetOf(s.Set),
	}}
}
