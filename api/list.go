package api

import (
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"net/http"

	"github.com/labstack/echo/v4"

	"jingwei/api/internal/request"
	"jingwei/geo"
	"jingwei/geo/live"
)

// Page sizes of lists.
const (
	pointPage = 50
	mostItems = 1000
)

// page is the JSON of one page of a list that a live index answers; T is the JSON of an item.
type page[T any] struct {
	Items          []T                       `json:"items"`
	NumberMatched  int                       `json:"numberMatched"`
	NumberReturned int                       `json:"numberReturned"`
	Next           *string                   `json:"next"`
	Counts         map[string]map[string]int `json:"counts"`
}

// summarize turns a row of an index into the JSON of an item; column says where in the row the values of a name stand.
type summarize[T any] func(f live.Feature, column map[string]int) T

// part is what a list is of, and in which order: a box, or a cell of a tile.
type part struct {
	summarize func(v pointView, counts ...string) (live.Summary, error)
	list      func(v pointView, limit int) ([]live.Feature, *string, error) // with the cursor of the next page; nil for none
}

func boxPart(e geo.Extent, after live.Cursor) part {
	return part{
		summarize: summarizeBox(e),
		list: func(v pointView, limit int) ([]live.Feature, *string, error) {
			features, next, err := v.List(v.query, e, after, limit)
			return features, formatCursor(next), err
		},
	}
}

func summarizeBox(e geo.Extent) func(v pointView, counts ...string) (live.Summary, error) {
	return func(v pointView, counts ...string) (live.Summary, error) { return v.Summarize(v.query, e, counts...) }
}

// boxRequest reads what a list of a layer is of: the points in a box, in the order of the index or sorted by one of the columns.
func (s *Server) boxRequest(c echo.Context, layer *pointLayer, columns ...string) (*request.Query, part) {
	names := append(parameters(layer), "bbox", "limit", "cursor", "after")
	sorts := len(columns) > 0
	if sorts {
		names = append(names, paramSort)
	}
	q := request.ParseQuery(c.QueryString(), names...)
	extent, _ := q.Extent("bbox")
	if sorts && q.Has(paramSort) {
		return q, sortedPart(q, extent, columns)
	}
	return q, boxPart(extent, readCursor(q))
}

// listPart reads the rest of the request for a page of a part of a layer and makes it, and sets the headers. Beside the counted
// columns those named in counts are counted. It reports whether the page is of the internal edition.
func listPart[T any](s *Server, c echo.Context, q *request.Query, layer *pointLayer, of part, summary summarize[T], counts ...string) (page[T], bool, error) {
	limit := q.Limit("limit", pointPage, mostItems)
	x, a, err := s.ask(c, q, layer)
	if err != nil {
		return page[T]{}, false, err
	}
	v, err := s.answer(c, x, q)
	if err != nil {
		return page[T]{}, false, err
	}
	list, err := pageOf(v, of, limit, summary, counts)
	if err != nil {
		return page[T]{}, false, fmt.Errorf("list %s: %w", layer.name(), err)
	}
	setSharing(c, a)
	s.linkNext(c, list.Next)
	return list, x.index == layer.editions.Internal, nil
}

func pageOf[T any](v pointView, of part, limit int, summary summarize[T], counts []string) (page[T], error) {
	counted, err := of.summarize(v, counts...)
	if err != nil {
		return page[T]{}, err
	}
	features, next, err := of.list(v, limit)
	if err != nil {
		return page[T]{}, err
	}
	column := columnsOf(v.Layer())
	return page[T]{NumberMatched: counted.Count, NumberReturned: len(features), Next: next, Counts: counted.Counts,
		Items: items(features, func(f live.Feature) T { return summary(f, column) })}, nil
}

// columnsOf maps the names of a layer's columns to their places in a row.
func columnsOf(layer geo.PointLayer) map[string]int {
	places := map[string]int{}
	for i, c := range layer.Columns {
		places[c.Name] = i
	}
	return places
}

// writePage answers with a private page of a list, in which cursorOf an item names the page behind it; found has one more than the
// page when there are more.
func writePage[T, J any](s *Server, c echo.Context, found []T, limit int, cursorOf func(T) string, of func(T) J) error {
	var next *string
	if len(found) > limit {
		found = found[:limit]
		cursor := cursorOf(found[limit-1])
		next = &cursor
	}
	s.linkNext(c, next)
	return writePrivate(c, http.StatusOK, struct {
		Items []J     `json:"items"`
		Next  *string `json:"next"`
	}{items(found, of), next})
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

// readCursor reads the cursor of a list in the order of the index.
func readCursor(q *request.Query) live.Cursor {
	after, err := parseCursor(q.Text("cursor", 100))
	if err != nil {
		q.Fail(err)
	}
	return after
}

func parseCursor(s string) (live.Cursor, error) {
	if s == "" {
		return live.Cursor{}, nil
	}
	b, err := base64.RawURLEncoding.Strict().DecodeString(s)
	if err != nil || len(b) != cursorLength {
		return live.Cursor{}, errCursor()
	}
	return live.Cursor{
		Key: binary.BigEndian.Uint64(b), ID: geo.ID(binary.BigEndian.Uint64(b[8:])),
		From: geo.Day(binary.BigEndian.Uint32(b[16:])),
	}, nil
}

func errCursor() error {
	return geo.Invalid("cursor", "this is not the next of a page of this list; begin without cursor")
}
