package api

import (
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"jingwei/api/internal/request"
	"jingwei/geo"
)

// Page sizes of the audit. One entry more is asked for, to know whether there is a next page.
const (
	auditPage        = 50
	mostAuditEntries = geo.MaxAuditPage / 2
)

// auditObject is what an entry is about.
type auditObject struct {
	Kind string  `json:"kind"`
	ID   *geo.ID `json:"id"`
}

// reference names an organization.
type reference struct {
	ID   geo.ID `json:"id"`
	Name string `json:"name"` // now; "" when it is retired or unknown
}

// auditEntry is the JSON of an entry of the audit.
type auditEntry struct {
	ID           geo.ID          `json:"id"`
	At           time.Time       `json:"at"`
	Actor        string          `json:"actor"`
	Account      *geo.ID         `json:"account"`
	Via          geo.Via         `json:"via"`
	Address      string          `json:"address"`
	Action       string          `json:"action"`
	Object       *auditObject    `json:"object"`
	Organization *reference      `json:"organization"`
	Before       json.RawMessage `json:"before"`
	After        json.RawMessage `json:"after"`
	RequestID    string          `json:"request_id"`
	Sealed       bool            `json:"sealed"`
}

func auditEntryOf(e geo.AuditEntry) auditEntry {
	out := auditEntry{
		ID: e.ID, At: e.At.UTC(), Actor: e.Actor.Name, Account: optionalID(e.Actor.Account), Via: e.Actor.Via, Address: e.Actor.Address,
		Action: e.Action, Before: e.Before, After: e.After, RequestID: e.Actor.RequestID, Sealed: e.Sealed,
	}
	if e.Object.Kind != "" {
		out.Object = &auditObject{Kind: e.Object.Kind, ID: optionalID(e.Object.ID)}
	}
	if n := len(e.Path); n > 0 {
		out.Organization = &reference{ID: e.Path[n-1], Name: e.Organization}
	}
	return out
}

// optionalID is null for no object.
func optionalID(id geo.ID) *geo.ID {
	if id == 0 {
		return nil
	}
	return &id
}

// auditList is the JSON of a page of the audit.
type auditList struct {
	Items []auditEntry `json:"items"`
	Next  *string      `json:"next"`
}

func (s *Server) listAudit(c echo.Context) error {
	scope := s.caller(c).Scope(geo.ActionReadAudit, s.today())
	if scope.Empty() {
		return &geo.Error{Kind: geo.ErrForbidden, Message: "the audit is for administrators"}
	}
	q, err := readAuditQuery(c.QueryString())
	if err != nil {
		return err
	}
	if err := s.viewed(c, geo.ActionReadAudit, geo.AuditObject{}); err != nil {
		return err
	}
	limit := q.Limit
	q.Limit++
	entries, err := s.config.Audit.AuditEntries(c.Request().Context(), scope, q)
	if err != nil {
		return fmt.Errorf("list audit: %w", err)
	}
	list := auditList{}
	if len(entries) > limit {
		entries = entries[:limit]
		list.Next = formatAuditCursor(entries[limit-1])
	}
	list.Items = items(entries, auditEntryOf)
	c.Response().Header().Set("Cache-Control", "no-store")
	s.linkNext(c, list.Next)
	return s.writeJSON(c, http.StatusOK, list)
}

func readAuditQuery(raw string) (geo.AuditQuery, error) {
	q := request.ParseQuery(raw, "from", "to", "actor", "action", "object", "organization", "limit", "cursor")
	out := geo.AuditQuery{Actor: q.Text("actor", geo.MaxNameLength), Action: q.Text("action", 63), Limit: q.Limit("limit", auditPage, mostAuditEntries)}
	for name, at := range map[string]*time.Time{"from": &out.From, "to": &out.To} {
		if day := q.Day(name, geo.MaxDay); day != geo.MaxDay {
			*at = day.Begin()
		}
	}
	object, organization, cursor := q.Text("object", 100), q.Text("organization", 20), q.Text("cursor", 100)
	if err := q.Err(); err != nil {
		return out, err
	}
	var err error
	if out.Object, err = parseAuditObject(object); err != nil {
		return out, err
	}
	if organization != "" {
		if out.Organization, err = geo.ParseID("organization", organization); err != nil {
			return out, err
		}
	}
	out.After, err = parseAuditCursor(cursor)
	return out, err
}

// parseAuditObject reads "kind:id" or "kind"; "" is nothing in particular.
func parseAuditObject(s string) (geo.AuditObject, error) {
	kind, number, one := strings.Cut(s, ":")
	o := geo.AuditObject{Kind: kind}
	if !one {
		return o, nil
	}
	if kind == "" {
		return o, geo.Invalid("object", "a kind is needed before the colon, for example organization:12")
	}
	var err error
	o.ID, err = geo.ParseID("object", number)
	return o, err
}

const auditCursorLength = 8 + 8

// formatAuditCursor writes the place of an entry as opaque text.
func formatAuditCursor(e geo.AuditEntry) *string {
	b := binary.BigEndian.AppendUint64(nil, uint64(e.At.UnixMicro()))
	text := base64.RawURLEncoding.EncodeToString(binary.BigEndian.AppendUint64(b, uint64(e.ID)))
	return &text
}

func parseAuditCursor(s string) (geo.AuditCursor, error) {
	if s == "" {
		return geo.AuditCursor{}, nil
	}
	b, err := base64.RawURLEncoding.Strict().DecodeString(s)
	if err != nil || len(b) != auditCursorLength {
		return geo.AuditCursor{}, geo.Invalid("cursor", "this is not the next of a page; begin without cursor")
	}
	at, id := int64(binary.BigEndian.Uint64(b)), geo.ID(binary.BigEndian.Uint64(b[8:]))
	if at < 0 || at > latestMicros || id < 1 || id > geo.MaxID {
		return geo.AuditCursor{}, geo.Invalid("cursor", "this is not the next of a page; begin without cursor")
	}
	return geo.AuditCursor{At: time.UnixMicro(at).UTC(), ID: id}, nil
}

// latestMicros is a time, in microseconds of Unix, far from any that the database cannot hold.
const latestMicros = 1 << 53
