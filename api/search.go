package api

import (
	"context"
	"fmt"
	"math"
	"net/http"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/labstack/echo/v4"

	"jingwei/api/internal/request"
	"jingwei/geo"
	"jingwei/geo/crs"
	"jingwei/geo/live"
)

// Page sizes of the search box.
const (
	searchPage = 20
	mostHits   = 100
	// mostAddresses is how many addresses stand among the hits.
	mostAddresses = 5
	// namesPatience is how long a search waits for names of divisions that have just changed.
	namesPatience = 250 * time.Millisecond
)

// searchHit is the JSON of a hit. Which of its members are written depends on the type.
type searchHit struct {
	Type            string             `json:"type"`
	ID              geo.ID             `json:"id,omitempty"`
	Code            string             `json:"code,omitempty"`
	Name            string             `json:"name"`
	Kind            *string            `json:"kind,omitempty"`
	Level           *geo.DivisionLevel `json:"level,omitempty"`
	Division        string             `json:"division"`
	Context         string             `json:"context"`
	Location        *coordinates       `json:"location"`
	Box             *[4]float64        `json:"bbox"`
	Match           string             `json:"match"`
	Matched         *matchedPiece      `json:"matched,omitempty"`
	Understood      *understood        `json:"understood,omitempty"`
	*addressReading                    // of an address
}

// matchedPiece is the JSON of what matched; From and To are in characters.
type matchedPiece struct {
	Field string `json:"field"`
	Text  string `json:"text"`
	From  int    `json:"from"`
	To    int    `json:"to"`
}

func searchHitOf(h geo.SearchHit) searchHit {
	out := searchHit{
		Type: h.Type, Name: h.Name, Division: h.Division.String(), Context: h.Context, Match: h.Match.String(),
		Location: optionalCoordinates(h.Location, h.HasLocation), Box: box(h.Extent, h.HasExtent),
	}
	if p := h.Piece; p.Field != "" {
		out.Matched = &matchedPiece{p.Field, p.Text, p.From, p.To}
	}
	switch h.Type {
	case geo.HitDivision:
		out.Code, out.Level = h.Code.String(), &h.Level
	case geo.HitAddress:
		out.Code, out.Level, out.addressReading = h.Code.String(), &h.Level, addressReadingOf(*h.Address)
	case geo.HitOrganization:
		out.ID, out.Kind = h.ID, &h.Kind
	}
	return out
}

// searchResult is the JSON of an answer: NumberMatched up to live.MostCounted, above it Estimate.
type searchResult struct {
	Items          []searchHit `json:"items"`
	NumberReturned int         `json:"numberReturned"`
	NumberMatched  *int        `json:"numberMatched,omitempty"`
	Estimate       *int        `json:"estimate,omitempty"`
}

// counted says how much matches.
func (r *searchResult) counted(n int) {
	if n <= live.MostCounted {
		r.NumberMatched = &n
		return
	}
	n = rounded(n)
	r.Estimate = &n
}

// rounded returns n, more than 99, with its first two digits: an estimate pretends no more.
func rounded(n int) int {
	step := 1
	for n/step >= 100 {
		step *= 10
	}
	return (n + step/2) / step * step
}

// search answers what was typed into the search box: a coordinate, names of divisions and organizations, addresses.
func (s *Server) search(c echo.Context) error {
	q := request.ParseQuery(c.QueryString(), "q", "limit", "datetime", paramEdition, "after")
	typed, limit, day := q.Text("q", crs.MostText), q.Limit("limit", searchPage, mostHits), q.Day("datetime", s.today())
	if err := q.Err(); err != nil {
		return err
	}
	a, err := s.audience(c, q)
	if err != nil {
		return err
	}
	result := searchResult{Items: coordinateHits(typed)}
	if len(result.Items) == 0 || utf8.RuneCountInString(typed) <= geo.MaxSearchText {
		if err := s.searchNames(c, q, a, typed, limit, day, &result); err != nil {
			return err
		}
	}
	result.Items = result.Items[:min(limit, len(result.Items))]
	result.NumberReturned = len(result.Items)
	setSharing(c, a)
	return s.writeJSON(c, http.StatusOK, result)
}

// searchNames adds divisions, organizations and addresses to the result, which has coordinates only.
func (s *Server) searchNames(c echo.Context, q *request.Query, a audience, typed string, limit int, day geo.Day, result *searchResult) error {
	text, err := geo.NewSearchText(typed)
	if err != nil {
		return err
	}
	if err := s.sees(c, a, geo.AuditObject{Kind: "organization"}, geo.ActionReadOrganization); err != nil {
		return err
	}
	sight, ctx := s.organizations.seenBy(a), c.Request().Context()
	organizations, err := s.snapshot(c, sight.index, q)
	if err != nil {
		return err
	}
	patience := namesPatience
	if q.Has("after") {
		patience = maxWait
	}
	divisions, err := s.config.DivisionNames.Names(ctx, patience)
	if err != nil {
		return fmt.Errorf("search: %w", err)
	}
	found, err := live.Search(text, limit, live.Source{Snapshot: divisions, Query: live.Query{Days: geo.On(day)}},
		live.Source{Snapshot: organizations, Query: live.Query{Filter: sight.filter, Days: geo.On(day)}})
	if err != nil {
		return fmt.Errorf("search: %w", err)
	}
	if err := s.config.Hits.PlaceHits(ctx, found.Hits, day); err != nil {
		return fmt.Errorf("search: %w", err)
	}
	addresses, err := s.addresses(ctx, typed, limit, day)
	if err != nil {
		return err
	}
	coordinates := len(result.Items)
	result.Items = append(result.Items, items(amongHits(found.Hits, addresses), searchHitOf)...)
	result.counted(found.Count + len(addresses) + coordinates)
	return nil
}

// addresses asks the geocoder, when there is one.
func (s *Server) addresses(ctx context.Context, typed string, limit int, day geo.Day) ([]geo.SearchHit, error) {
	if s.config.Geocoder == nil {
		return nil, nil
	}
	found, err := s.config.Geocoder.Geocode(ctx, typed, min(limit, mostAddresses), day)
	if err != nil {
		return nil, fmt.Errorf("search: addresses: %w", err)
	}
	return found, nil
}

// amongHits puts addresses behind the names that are, or begin with, what was typed.
func amongHits(hits, addresses []geo.SearchHit) []geo.SearchHit {
	at := slices.IndexFunc(hits, func(h geo.SearchHit) bool { return h.Match > geo.MatchPrefix })
	if at < 0 {
		at = len(hits)
	}
	return slices.Insert(hits, at, addresses...)
}

// coordinateHits returns the places that a text names as a coordinate, the likeliest first; none for other texts.
func coordinateHits(typed string) []searchHit {
	hits := []searchHit{}
	readings, err := crs.Read(typed, "")
	if err != nil {
		return hits
	}
	for _, r := range readings {
		one, err := coordinateOf(r)
		if err != nil {
			continue
		}
		hits = append(hits, searchHit{
			Type: geo.HitCoordinate, Name: degrees(r.Lon, r.Lat), Location: &one.WGS84, Match: geo.MatchExact.String(), Understood: &one.Understood,
		})
	}
	return hits
}

// degrees writes a position for people: longitude, latitude.
func degrees(lon, lat float64) string {
	write := func(v float64) string {
		return strings.TrimRight(strings.TrimRight(fmt.Sprintf("%.7f", math.Round(v*1e7)/1e7), "0"), ".")
	}
	return write(lon) + ", " + write(lat)
}
