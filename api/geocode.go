package api

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/labstack/echo/v4"

	"jingwei/api/internal/request"
	"jingwei/geo"
	"jingwei/geo/gazetteer"
	"jingwei/geo/live"
)

// Numbers of candidates for an address.
const (
	candidatesPage = 5
	mostCandidates = 50
)

// What stands for the place of a candidate.
const (
	placedByDivision     = "division"
	placedByOrganization = "organization"
)

// namedDivision is the JSON of a division that an address names, or lies in.
type namedDivision struct {
	Code  string            `json:"code"`
	Name  string            `json:"name"`
	Level geo.DivisionLevel `json:"level"`
}

func namedDivisionOf(d geo.Division) namedDivision {
	return namedDivision{d.Code.String(), d.Name, d.Level}
}

// meantDivision tells divisions of one name apart.
type meantDivision struct {
	namedDivision
	Address string `json:"address"`
}

// addressPart is the JSON of a piece of an address that was understood.
type addressPart struct {
	Start int           `json:"start"`
	End   int           `json:"end"`
	Text  string        `json:"text"`
	Code  string        `json:"code"`
	Name  string        `json:"name"`
	How   gazetteer.How `json:"how"`
}

type addressWarning struct {
	Kind      string          `json:"kind"`
	Text      string          `json:"text"`
	Divisions []meantDivision `json:"divisions"`
	Count     int             `json:"count"`
}

// namedOrganization is the organization that the rest of an address names.
type namedOrganization struct {
	ID   geo.ID `json:"id"`
	Name string `json:"name"`
}

// addressCandidate is the JSON of a place that an address may mean.
type addressCandidate struct {
	Address      string             `json:"address"`
	Divisions    []namedDivision    `json:"divisions"`
	CertainLevel geo.DivisionLevel  `json:"certain_level"`
	Parts        []addressPart      `json:"parts"`
	Rest         string             `json:"rest"`
	Location     *coordinates       `json:"location"`
	PlacedBy     *string            `json:"placed_by"`
	PlacedLevel  *geo.DivisionLevel `json:"placed_level"`
	Organization *namedOrganization `json:"organization"`
	AccuracyM    *float64           `json:"accuracy_m"`
	Confidence   float64            `json:"confidence"`
	Warnings     []addressWarning   `json:"warnings"`
}

func addressCandidateOf(g *gazetteer.Gazetteer, c gazetteer.Candidate) addressCandidate {
	meant := func(d geo.Division) meantDivision {
		return meantDivision{namedDivisionOf(d), gazetteer.Address(g.Chain(d.Code))}
	}
	out := addressCandidate{
		Address: gazetteer.Address(c.Divisions), Divisions: items(c.Divisions, namedDivisionOf), CertainLevel: c.Certain, Rest: c.Rest,
		Parts: items(c.Parts, func(p gazetteer.Part) addressPart {
			return addressPart{p.Start, p.End, p.Text, p.Division.Code.String(), p.Division.Name, p.How}
		}),
		Warnings: items(c.Warnings, func(w gazetteer.Warning) addressWarning {
			return addressWarning{w.Kind, w.Text, items(w.Divisions, meant), w.Count}
		}),
		Confidence: c.Confidence, Location: optionalCoordinates(c.Place.At, c.HasPlace),
	}
	if c.HasPlace {
		by, level := placedByDivision, c.PlacedLevel()
		out.PlacedBy, out.PlacedLevel, out.AccuracyM = &by, &level, optionalMetres(c.Place.AccuracyM)
	}
	return out
}

// optionalMetres is null for 0, which is unknown.
func optionalMetres(m float64) *float64 {
	if m == 0 {
		return nil
	}
	return &m
}

// names returns the names of today's divisions.
func (s *Server) names() (*gazetteer.Gazetteer, error) {
	g := s.config.Gazetteer.Gazetteer()
	if g == nil {
		return nil, &geo.Error{Kind: geo.ErrUnavailable, Message: "the names of divisions are being read; try again in a few seconds"}
	}
	return g, nil
}

// geocode answers the places that an address may mean. It is of public data only.
func (s *Server) geocode(c echo.Context) error {
	q := request.ParseQuery(c.QueryString(), "q", "limit")
	address, limit := q.Text("q", gazetteer.MostText), q.Limit("limit", candidatesPage, mostCandidates)
	if err := q.Err(); err != nil {
		return err
	}
	g, err := s.names()
	if err != nil {
		return err
	}
	found, err := g.Find(address, limit)
	if err != nil {
		return err
	}
	list := items(found, func(c gazetteer.Candidate) addressCandidate { return addressCandidateOf(g, c) })
	if len(list) > 0 {
		if err := s.placeByOrganization(c.Request().Context(), found[0], &list[0]); err != nil {
			return err
		}
	}
	setSharing(c, audience{})
	return s.writeJSON(c, http.StatusOK, struct {
		Items          []addressCandidate `json:"items"`
		NumberReturned int                `json:"numberReturned"`
	}{list, len(list)})
}

// mostNamesakes is how many organizations are looked at for one that the rest of an address names.
const mostNamesakes = 20

// placeByOrganization moves a candidate to the one public organization within its division whose name the rest of the
// address begins, when there is exactly one.
func (s *Server) placeByOrganization(ctx context.Context, c gazetteer.Candidate, out *addressCandidate) error {
	if !maybeOrganization(c.Rest) {
		return nil
	}
	text, err := geo.NewSearchText(c.Rest)
	if err != nil {
		return nil // nothing that can be looked for
	}
	snapshot := s.organizations.editions.Public.Snapshot()
	if snapshot == nil {
		return errLoading(s.organizations.editions.Public)
	}
	within := live.Query{Filter: geo.Within(c.Divisions[len(c.Divisions)-1].Code), Days: geo.On(s.today())}
	found, err := live.Search(text, mostNamesakes, live.Source{Snapshot: snapshot, Query: within})
	if err != nil {
		return fmt.Errorf("organization of an address: %w", err)
	}
	hits := slices.DeleteFunc(found.Hits, func(h geo.SearchHit) bool { return h.Match != geo.MatchExact && h.Match != geo.MatchPrefix })
	if len(hits) != 1 {
		return nil
	}
	org, err := s.config.Organizations.Organization(ctx, geo.Scope{}, hits[0].ID)
	if errors.Is(err, geo.ErrNotFound) {
		return nil // it has gone since
	}
	if err != nil {
		return fmt.Errorf("organization of an address: %w", err)
	}
	by := placedByOrganization
	out.PlacedBy, out.PlacedLevel, out.AccuracyM = &by, nil, optionalMetres(org.LocationAccuracyM)
	out.Location, out.Organization = optionalCoordinates(org.Location, true), &namedOrganization{org.ID, org.Name}
	return nil
}

// maybeOrganization reports whether what is left of an address can be a name: one of some length, neither a road nor a number.
func maybeOrganization(rest string) bool {
	n := utf8.RuneCountInString(rest)
	return n >= 3 && n <= geo.MaxSearchText && !strings.ContainsAny(rest, "0123456789０１２３４５６７８９") &&
		!slices.ContainsFunc([]string{"路", "街", "巷", "弄", "道", "号"}, func(end string) bool { return strings.HasSuffix(rest, end) })
}
