package api

import (
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"net/http"
	"strconv"

	"github.com/labstack/echo/v4"

	"jingwei/api/internal/request"
	"jingwei/geo"
	"jingwei/geo/live"
)

// Page sizes of lists.
const (
	organizationPage = 50
	mostItems        = 1000
)

// organizationSummary is the JSON of an organization as the live index holds it.
type organizationSummary struct {
	ID                geo.ID      `json:"id"`
	Name              string      `json:"name"`
	Kind              string      `json:"kind"`
	Level             string      `json:"level"`
	Status            string      `json:"status"`
	Division          string      `json:"division"`
	Location          coordinates `json:"location"`
	LocationState     string      `json:"location_state"`
	LocationSource    string      `json:"location_source"`
	LocationAccuracyM float64     `json:"location_accuracy_m"`
	Code              string      `json:"code"`
}

type organizationList struct {
	Items          []organizationSummary     `json:"items"`
	NumberMatched  int                       `json:"numberMatched"`
	NumberReturned int                       `json:"numberReturned"`
	Next           *string                   `json:"next"`
	Counts         map[string]map[string]int `json:"counts"`
}

func (s *Server) listOrganizations(c echo.Context) error {
	filters := organizationFilters()
	q := request.ParseQuery(c.QueryString(), append(filters, "datetime", "bbox", "limit", "cursor", "after")...)
	query := s.pointQuery(q, filters)
	extent, _ := q.Extent("bbox")
	limit := q.Limit("limit", organizationPage, mostItems)
	after, err := parseCursor(q.Text("cursor", 100))
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
	list, err := listFrom(snapshot, index.Layer(), query, extent, after, limit)
	if err != nil {
		return err
	}
	setSharing(c, internal)
	s.linkNext(c, list.Next)
	return s.writeJSON(c, http.StatusOK, list)
}

func listFrom(snapshot *live.Snapshot, layer geo.PointLayer, q live.Query, e geo.Extent, after live.Cursor, limit int) (organizationList, error) {
	summary, err := snapshot.Summarize(q, e)
	if err != nil {
		return organizationList{}, fmt.Errorf("count organizations: %w", err)
	}
	features, next, err := snapshot.List(q, e, after, limit)
	if err != nil {
		return organizationList{}, fmt.Errorf("list organizations: %w", err)
	}
	column := columnsOf(layer)
	list := organizationList{NumberMatched: summary.Count, NumberReturned: len(features), Next: formatCursor(next), Counts: summary.Counts}
	list.Items = items(features, func(f live.Feature) organizationSummary { return summaryOf(f, column) })
	return list, nil
}

// columnsOf maps the names of a layer's columns to their places in a row.
func columnsOf(layer geo.PointLayer) map[string]int {
	places := map[string]int{}
	for i, c := range layer.Columns {
		places[c.Name] = i
	}
	return places
}

func summaryOf(f live.Feature, column map[string]int) organizationSummary {
	value := func(name string) string { return f.Values[column[name]] }
	accuracy, _ := strconv.ParseFloat(value("location_accuracy_m"), 64) // "" is unknown, which is 0
	return organizationSummary{
		ID: f.ID, Name: value("name"), Kind: value("kind"), Level: value("level"), Status: value("status"),
		Division: f.Division.String(), Location: coordinatesOf(f.At), LocationState: value("location_state"),
		LocationSource: value("location_source"), LocationAccuracyM: accuracy, Code: value("code"),
	}
}

// linkNext names the next page in the header Link (RFC 8288) with all other parameters as they were.
func (s *Server) linkNext(c echo.Context, cursor *string) {
	if cursor == nil {
		return
	}
	values := c.QueryParams()
	values.Set("cursor", *cursor)
	c.Response().Header().Set("Link", "<"+s.baseURL(c)+c.Request().URL.Path+"?"+values.Encode()+`>; rel="next"`)
}

const cursorLength = 8 + 8 + 4

// formatCursor writes a cursor as opaque text; nil for the zero cursor, which says that there is no next page.
func formatCursor(c live.Cursor) *string {
	if c == (live.Cursor{}) {
		return nil
	}
	b := binary.BigEndian.AppendUint64(nil, c.Key)
	b = binary.BigEndian.AppendUint64(b, uint64(c.ID))
	b = binary.BigEndian.AppendUint32(b, uint32(c.From))
	text := base64.RawURLEncoding.EncodeToString(b)
	return &text
}

func parseCursor(s string) (live.Cursor, error) {
	if s == "" {
		return live.Cursor{}, nil
	}
	b, err := base64.RawURLEncoding.Strict().DecodeString(s)
	if err != nil || len(b) != cursorLength {
		return live.Cursor{}, geo.Invalid("cursor", "this is not the next of a page; begin without cursor")
	}
	return live.Cursor{
		Key: binary.BigEndian.Uint64(b), ID: geo.ID(binary.BigEndian.Uint64(b[8:])),
		From: geo.Day(binary.BigEndian.Uint32(b[16:])),
	}, nil
}
