package api

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"

	"github.com/labstack/echo/v4"

	"jingwei/api/internal/request"
	"jingwei/geo"
	"jingwei/geo/live"
	"jingwei/tiles"
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
	return division{
		Code: d.Code.String(), Level: int(d.Level), LevelName: d.Level.String(), Kind: d.Kind, Parent: optionalCode(d.Parent), Name: d.Name, Pinyin: d.Pinyin,
		Label: optionalCoordinates(d.Label, d.HasLabel), Box: box(d.Extent, d.HasExtent), Organizations: organizations,
		ValidFrom: optionalDay(d.Valid.From), ValidTo: optionalDay(d.Valid.To),
	}
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
	divisionSuccessions
}

// countedDivisions adds the number of organizations in each division as of the day of q. An organization that is filed under a code
// that is no division on the day counts for the division that holds the territory.
func (s *Server) countedDivisions(ctx context.Context, snapshot *live.Snapshot, q live.Query, divisions []geo.Division) ([]division, error) {
	refiling, err := s.config.Divisions.Refiling(ctx, q.Days.Last())
	if err != nil {
		return nil, fmt.Errorf("former codes: %w", err)
	}
	counts, err := countRefiled(snapshot, q, items(divisions, func(d geo.Division) geo.DivisionCode { return d.Code }), refiling)
	if err != nil {
		return nil, fmt.Errorf("count organizations of divisions: %w", err)
	}
	out := make([]division, len(divisions))
	for i, d := range divisions {
		out[i] = divisionOf(d, counts[i])
	}
	return out, nil
}

// countRefiled counts the rows of each code, with those of codes that count for it and without those that count elsewhere.
func countRefiled(snapshot *live.Snapshot, q live.Query, codes []geo.DivisionCode, refiling *geo.Refiling) ([]int, error) {
	counts, err := snapshot.CountDivisions(q, codes)
	if err != nil {
		return nil, err
	}
	return counts, refile(snapshot, q, codes, counts, refiling)
}

// refile adds to the counts of codes what counts for them and lies outside, and takes off what lies inside and counts
// elsewhere.
func refile(snapshot *live.Snapshot, q live.Query, codes []geo.DivisionCode, counts []int, refiling *geo.Refiling) error {
	type move struct{ place, sign int }
	var moves []move
	var moved []geo.DivisionCode
	for i, code := range codes {
		gained, ceded := refiling.Of(code)
		for n, other := range slices.Concat(gained, ceded) {
			sign := 1
			if n >= len(gained) {
				sign = -1
			}
			moves, moved = append(moves, move{i, sign}), append(moved, other)
		}
	}
	amounts, err := snapshot.CountDivisions(q, moved)
	if err != nil {
		return err
	}
	for i, m := range moves {
		counts[m.place] += m.sign * amounts[i]
	}
	return nil
}

func (s *Server) getDivision(c echo.Context) error {
	q := request.ParseQuery(c.QueryString(), "datetime", paramEdition)
	day := q.Day("datetime", s.today())
	code, err := geo.ParseDivisionCode("code", c.Param("code"))
	if err != nil {
		return err
	}
	snapshot, a, err := s.organizationSnapshot(c, q)
	if err != nil {
		return err
	}
	seen := live.Query{Days: geo.On(day), Filter: s.organizations.seenBy(a).filter}
	detail, err := s.divisionDetail(c.Request().Context(), snapshot, code, seen)
	if err != nil {
		return err
	}
	setSharing(c, a)
	return s.writeJSON(c, http.StatusOK, detail)
}

func (s *Server) divisionDetail(ctx context.Context, snapshot *live.Snapshot, code geo.DivisionCode, q live.Query) (divisionDetail, error) {
	d, ancestors, err := s.config.Divisions.Division(ctx, code, q.Days.Last())
	if err != nil {
		return divisionDetail{}, fmt.Errorf("division %s: %w", code, err)
	}
	children, err := s.config.Divisions.CountDivisionChildren(ctx, code, q.Days.Last())
	if err != nil {
		return divisionDetail{}, fmt.Errorf("children of %s: %w", code, err)
	}
	counted, err := s.countedDivisions(ctx, snapshot, q, []geo.Division{d})
	if err != nil {
		return divisionDetail{}, err
	}
	detail := divisionDetail{division: counted[0], ChildrenCount: children, Ancestors: items(ancestors, func(a geo.Division) divisionAncestor {
		return divisionAncestor{Code: a.Code.String(), Name: a.Name, Level: int(a.Level), Pinyin: a.Pinyin}
	})}
	detail.divisionSuccessions, err = s.successionsOf(ctx, code)
	return detail, err
}

// divisionCode reads the code of a path that takes no parameters.
func divisionCode(c echo.Context) (geo.DivisionCode, error) {
	if err := request.ParseQuery(c.QueryString()).Err(); err != nil {
		return 0, err
	}
	return geo.ParseDivisionCode("code", c.Param("code"))
}

func (s *Server) getDivisionShape(c echo.Context) error {
	code, err := divisionCode(c)
	if err != nil {
		return err
	}
	shape, err := s.config.Divisions.DivisionShape(c.Request().Context(), code, s.today())
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
	Code string            `json:"code"`
	Name string            `json:"name"`
	Set  tiles.BoundarySet `json:"set"`
}

// shapeFeature puts the geometry, which is JSON already, into a feature without decoding it.
func shapeFeature(s geo.DivisionShape) feature {
	return feature{Type: "Feature", ID: s.Code.String(), Geometry: s.GeoJSON, Properties: featureProperties{
		Code: s.Code.String(), Name: s.Name, Set: tiles.BoundarySetOf(s.Set),
	}}
}
