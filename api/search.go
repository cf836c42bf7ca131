package api

import (
	"fmt"
	"net/http"

	"github.com/labstack/echo/v4"

	"jingwei/api/internal/request"
	"jingwei/geo"
)

// Page sizes of the search box.
const (
	searchPage = 20
	mostHits   = 100
)

// searchHit is the JSON of a hit. Which of its members are written depends on the type.
type searchHit struct {
	Type     string             `json:"type"`
	ID       geo.ID             `json:"id,omitempty"`
	Code     string             `json:"code,omitempty"`
	Name     string             `json:"name"`
	Kind     *string            `json:"kind,omitempty"`
	Level    *geo.DivisionLevel `json:"level,omitempty"`
	Division string             `json:"division"`
	Context  string             `json:"context"`
	Location *coordinates       `json:"location"`
	Box      *[4]float64        `json:"bbox"`
	Match    string             `json:"match"`
}

func searchHitOf(h geo.SearchHit) searchHit {
	out := searchHit{
		Type: h.Type, Name: h.Name, Division: h.Division.String(), Context: h.Context, Match: h.Match,
		Location: optionalCoordinates(h.Location, h.HasLocation), Box: box(h.Extent, h.HasExtent),
	}
	if h.Type == geo.HitDivision {
		out.Code, out.Level = h.Code.String(), &h.Level
		return out
	}
	out.ID, out.Kind = h.ID, &h.Kind
	return out
}

func (s *Server) search(c echo.Context) error {
	q := request.ParseQuery(c.QueryString(), "q", "limit", "datetime", paramEdition)
	text := q.Text("q", maxSearchText)
	limit := q.Limit("limit", searchPage, mostHits)
	day := q.Day("datetime", s.today())
	if err := q.Err(); err != nil {
		return err
	}
	if text == "" {
		return geo.Invalid("q", "a text to search for is needed")
	}
	a, err := s.audience(c, q)
	if err != nil {
		return err
	}
	if err := s.sees(c, a, geo.AuditObject{Kind: "organization"}, geo.ActionReadOrganization); err != nil {
		return err
	}
	hits, err := s.config.Search.Search(c.Request().Context(), a.scope(geo.ActionReadOrganization), text, limit, day)
	if err != nil {
		return fmt.Errorf("search: %w", err)
	}
	setSharing(c, a)
	list := []any{}
	for _, h := range s.addressHits(text, day, hits) {
		list = append(list, h)
	}
	for _, h := range hits {
		list = append(list, searchHitOf(h))
	}
	list = list[:min(len(list), limit)]
	return s.writeJSON(c, http.StatusOK, struct {
		Items          []any `json:"items"`
		NumberReturned int   `json:"numberReturned"`
	}{list, len(list)})
}
