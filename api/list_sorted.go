package api

import (
	"encoding/base64"
	"encoding/binary"
	"strings"

	"jingwei/api/internal/request"
	"jingwei/geo"
	"jingwei/geo/live"
)

const paramSort = "sortby"

// sortedPart reads in which order the points in a box are listed, by one of the columns, with - before it from the greatest down
// (OGC API - Features - Part 8), and where the page begins.
func sortedPart(q *request.Query, e geo.Extent, columns []string) part {
	var choices []string
	for _, column := range columns {
		choices = append(choices, column, "-"+column)
	}
	choice := q.Choice(paramSort, choices...)
	by := live.Sort{Column: columns[choice/2], Descending: choice%2 == 1}
	after, err := parseSortCursor(q.Text("cursor", mostSortCursor), choices[choice])
	if err != nil {
		q.Fail(err)
	}
	return part{
		summarize: summarizeBox(e),
		list: func(v pointView, limit int) ([]live.Feature, *string, error) {
			features, next, err := v.ListSorted(v.query, e, by, after, limit)
			return features, formatSortCursor(next, choices[choice]), err
		},
	}
}

// sortCursorMark begins every cursor of a sorted list: no other cursor has it.
const sortCursorMark = "s."

// mostSortCursor is more characters than any cursor of a sorted list has: the longest name is 200 characters of 4 bytes, with 6
// letters of pinyin each.
const mostSortCursor = 3000

// formatSortCursor writes a cursor of the order sortby as opaque text; nil for the zero cursor, which says that there is no next
// page.
func formatSortCursor(c live.SortCursor, sortby string) *string {
	if c == (live.SortCursor{}) {
		return nil
	}
	b := binary.BigEndian.AppendUint64(nil, uint64(c.ID))
	b = append(b, sortby+"\x00"+c.Value...)
	text := sortCursorMark + base64.RawURLEncoding.EncodeToString(b)
	return &text
}

// parseSortCursor reads a cursor; that of another order is none.
func parseSortCursor(s, sortby string) (live.SortCursor, error) {
	if s == "" {
		return live.SortCursor{}, nil
	}
	text, marked := strings.CutPrefix(s, sortCursorMark)
	b, err := base64.RawURLEncoding.Strict().DecodeString(text)
	if !marked || err != nil || len(b) < 8 {
		return live.SortCursor{}, errCursor()
	}
	id := binary.BigEndian.Uint64(b)
	order, value, _ := strings.Cut(string(b[8:]), "\x00")
	if order != sortby || id == 0 || id > uint64(geo.MaxID) {
		return live.SortCursor{}, errCursor()
	}
	return live.SortCursor{Value: value, ID: geo.ID(id)}, nil
}
