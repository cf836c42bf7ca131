package api

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/labstack/echo/v4"

	"jingwei/api/internal/request"
	"jingwei/geo"
	"jingwei/tiles"
)

// Page sizes of the history of an organization.
const (
	historyPage = 50
	mostHistory = 200
)

// fieldChange is the JSON of a member that has another value.
type fieldChange struct {
	Field   string   `json:"field"`
	Old     any      `json:"old"`
	New     any      `json:"new"`
	OldName *string  `json:"old_name,omitempty"` // of a superior
	NewName *string  `json:"new_name,omitempty"`
	Metres  *float64 `json:"metres,omitempty"` // that a place moved
}

// organizationWrite is the JSON of a write to an organization.
type organizationWrite struct {
	Version   *int32        `json:"version"`
	Action    string        `json:"action"`
	Recorded  time.Time     `json:"recorded"`
	Author    string        `json:"author"`
	ValidFrom *string       `json:"valid_from"`
	ValidTo   *string       `json:"valid_to"`
	Changes   []fieldChange `json:"changes"`
	Content   *organization `json:"content"`
}

// contentChanges tells in which members contents differ. names are those of superiors.
func contentChanges(fields []string, before, after geo.OrganizationContent, names map[geo.ID]string) []fieldChange {
	changes := make([]fieldChange, len(fields))
	for i, field := range fields {
		c := fieldChange{Field: field, Old: memberOf(before, field), New: memberOf(after, field)}
		switch field {
		case "parent":
			c.OldName, c.NewName = nameIn(names, before.Parent), nameIn(names, after.Parent)
		case "location":
			metres := geo.Distance(before.Location, after.Location)
			c.Metres = &metres
		}
		changes[i] = c
	}
	return changes
}

func nameIn(names map[geo.ID]string, id geo.ID) *string {
	if name, ok := names[id]; ok {
		return &name
	}
	return nil
}

// memberOf returns the value of a member of the JSON of an organization.
func memberOf(c geo.OrganizationContent, field string) any {
	o := organizationOf(geo.Organization{OrganizationContent: c})
	switch field {
	case "parent":
		return o.Parent
	case "location":
		return o.Location
	case "location_accuracy_m":
		return o.LocationAccuracyM
	case "jurisdiction":
		return corners(c.Jurisdiction)
	}
	return map[string]string{
		"code": o.Code, "kind": o.Kind, "level": o.Level, "name": o.Name, "short_name": o.ShortName, "division": o.Division,
		"location_source": o.LocationSource, "source_crs": o.SourceCRS, "location_state": o.LocationState, "address": o.Address,
		"phone": o.Phone, "uscc": o.USCC, "status": o.Status,
	}[field]
}

// corners is what a change tells of an area; null for none.
func corners(m *geo.MultiPolygon) *int {
	if m == nil || len(*m) == 0 {
		return nil
	}
	n := 0
	for _, polygon := range *m {
		for _, ring := range polygon {
			n += max(len(ring)-1, 0)
		}
	}
	return &n
}

func organizationWriteOf(w geo.OrganizationWrite, names map[geo.ID]string) organizationWrite {
	out := organizationWrite{
		Action: w.Action, Recorded: w.Recorded.UTC(), Author: w.Author, Changes: []fieldChange{},
		ValidFrom: optionalDay(w.Valid.From), ValidTo: optionalDay(w.Valid.To),
	}
	if w.Version != 0 {
		out.Version = &w.Version
	}
	if w.After != nil {
		o := organizationOf(*w.After)
		o.Jurisdiction = nil // which may be larger than all the rest of a page
		out.Content = &o
	}
	var before, after geo.OrganizationContent
	if w.Before != nil {
		before = w.Before.OrganizationContent
	}
	if w.After != nil {
		after = w.After.OrganizationContent
	}
	before.Code, after.Code = w.CodeBefore, w.CodeAfter
	for _, c := range contentChanges(w.Fields, before, after, names) {
		switch c.Field {
		case "valid_from":
			c.Old, c.New = optionalDay(w.Existed.From), optionalDay(w.Exists.From)
		case "valid_to":
			c.Old, c.New = optionalDay(w.Existed.To), optionalDay(w.Exists.To)
		}
		out.Changes = append(out.Changes, c)
	}
	return out
}

func (s *Server) listOrganizationHistory(c echo.Context) error {
	q := request.ParseQuery(c.QueryString(), paramEdition, "limit", "cursor")
	limit, before := q.Limit("limit", historyPage, mostHistory), q.Time("cursor")
	id, a, err := s.readTargetOf(c, q)
	if err != nil {
		return err
	}
	h, err := s.config.History.OrganizationHistory(c.Request().Context(), a.scope(geo.ActionReadOrganization), id, before, limit)
	if err != nil {
		return fmt.Errorf("history of organization %d: %w", id, err)
	}
	list := struct {
		Items []organizationWrite `json:"items"`
		Next  *string             `json:"next"`
	}{Items: items(h.Writes, func(w geo.OrganizationWrite) organizationWrite { return organizationWriteOf(w, h.Names) })}
	if h.More {
		next := h.Writes[len(h.Writes)-1].Recorded.UTC().Format(time.RFC3339Nano)
		list.Next = &next
	}
	setSharing(c, a)
	s.linkNext(c, list.Next)
	return s.writeJSON(c, http.StatusOK, list)
}

// getOrganizationAt answers what held on a day. Its tag is none for If-Match, which wants that of what holds today.
func (s *Server) getOrganizationAt(c echo.Context, id geo.ID, a audience, day geo.Day, recorded time.Time) error {
	o, err := s.config.History.OrganizationAt(c.Request().Context(), a.scope(geo.ActionReadOrganization), id, day, recorded)
	if err != nil {
		return fmt.Errorf("organization %d on %s: %w", id, day, err)
	}
	setSharing(c, a)
	tag := `"` + strconv.Itoa(int(o.Version)) + "@" + day.String() + `"`
	c.Response().Header().Set("ETag", tag)
	if tiles.Matches(ifNoneMatch(c), tag) {
		return c.NoContent(http.StatusNotModified)
	}
	body, err := encodeJSON(organizationOf(o))
	if err != nil {
		return err
	}
	return c.Blob(http.StatusOK, "application/json", body)
}

// staleness is what a problem tells beside the sentence to whom holds an old version: enough to merge what they have with
// what is there.
type staleness struct {
	BaseVersion int32         `json:"base_version"`
	Current     organization  `json:"current"`
	Author      string        `json:"author"`
	Recorded    time.Time     `json:"recorded"`
	Changes     []fieldChange `json:"changes"` // null when it is not known what the old version said
}

func stalenessOf(e *geo.StaleError) *staleness {
	out := &staleness{BaseVersion: e.Base, Current: organizationOf(e.Present), Author: e.Author, Recorded: e.Recorded.UTC()}
	if e.Was != nil {
		was, is := e.Was.OrganizationContent, e.Present.OrganizationContent
		out.Changes = slices.Clip(contentChanges(geo.Difference(was, is), was, is, e.Names))
	}
	return out
}
