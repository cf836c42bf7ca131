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
	// mostHitsBefore is how many hits may come before those of an answer.
	mostHitsBefore = 900
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
	q := request.ParseQuery(c.QueryString(), "q", paramType, paramOrganization, "limit", "offset", "datetime", paramEdition, "after")
	x := readSearch(q, s.today())
	if err := q.Err(); err != nil {
		return err
	}
	a, err := s.audience(c, q)
	if err != nil {
		return err
	}
	result := searchResult{Items: []searchHit{}}
	if x.wants(geo.HitCoordinate) {
		result.Items = coordinateHits(x.typed)
	}
	if len(result.Items) == 0 || utf8.RuneCountInString(x.typed) <= geo.MaxSearchText {
		if err := s.searchNames(c, q, a, x, &result); err != nil {
			return err
		}
	} else {
		result.Items = cutOut(result.Items, x.offset, x.offset+x.limit)
	}
	result.NumberReturned = len(result.Items)
	setSharing(c, a)
	return s.writeJSON(c, http.StatusOK, result)
}

// paramType says what kinds of hits are wanted.
const paramType = "type"

// searched is what is asked of the search box.
type searched struct {
	typed         string
	types         []string // of hits; nil for all
	below         []geo.ID // the organizations at or below which others are looked for; nil for everywhere
	offset, limit int
	day           geo.Day
}

func (x searched) wants(hit string) bool { return x.types == nil || slices.Contains(x.types, hit) }

func readSearch(q *request.Query, today geo.Day) searched {
	x := searched{
		typed: q.Text("q", crs.MostText), types: q.List(paramType), below: q.IDs(paramOrganization),
		offset: q.Offset("offset", mostHitsBefore), limit: q.Limit("limit", searchPage, mostHits), day: q.Day("datetime", today),
	}
	known := []string{geo.HitOrganization, geo.HitDivision, geo.HitAddress, geo.HitCoordinate}
	for _, hit := range x.types {
		if !slices.Contains(known, hit) {
			q.Fail(geo.Invalid(paramType, "nothing that is found is of the type %q: use %s", hit, strings.Join(known, ", ")))
		}
	}
	return x
}

// searchNames adds divisions, organizations and addresses to the result, which has coordinates only, and cuts the page out of it.
func (s *Server) searchNames(c echo.Context, q *request.Query, a audience, x searched, result *searchResult) error {
	text, err := geo.NewSearchText(x.typed)
	if err != nil {
		return err
	}
	if err := s.sees(c, a, geo.AuditObject{Kind: "organization"}, geo.ActionReadOrganization); err != nil {
		return err
	}
	sight, ctx := s.organizations.seenBy(a), c.Request().Context()
	within, err := question{sight: sight}.below(x.below)
	if err != nil {
		return err
	}
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
	most := x.offset + x.limit
	found, err := live.Search(text, most, live.Source{Snapshot: divisions, Query: live.Query{Days: geo.On(x.day)}, Silent: !x.wants(geo.HitDivision)},
		live.Source{Snapshot: organizations, Query: live.Query{Filter: geo.And(sight.filter, within), Days: geo.On(x.day)}, Silent: !x.wants(geo.HitOrganization)})
	if err != nil {
		return fmt.Errorf("search: %w", err)
	}
	addresses, err := s.addresses(ctx, x, most)
	if err != nil {
		return err
	}
	coordinates := len(result.Items)
	result.counted(found.Count + len(addresses) + coordinates)
	hits := cutOut(amongHits(found.Hits, addresses), x.offset-coordinates, most-coordinates)
	if err := s.config.Hits.PlaceHits(ctx, hits, x.day); err != nil {
		return fmt.Errorf("search: %w", err)
	}
	result.Items = append(cutOut(result.Items, x.offset, most), items(hits, searchHitOf)...)
	return nil
}

// cutOut returns items from one place to before another, as far as there are such.
func cutOut[T any](all []T, from, to int) []T {
	from, to = max(from, 0), max(to, 0)
	return all[min(from, len(all)):min(to, len(all))]
}

// addresses asks the geocoder, when there is one and addresses are wanted.
func (s *Server) addresses(ctx context.Context, x searched, most int) ([]geo.SearchHit, error) {
	if s.config.Geocoder == nil || !x.wants(geo.HitAddress) {
		return nil, nil
	}
	found, err := s.config.Geocoder.Geocode(ctx, x.typed, min(most, mostAddresses), x.day)
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
