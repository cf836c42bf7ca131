package api

import (
	"encoding/base64"
	"fmt"
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"

	"jingwei/api/internal/request"
	"jingwei/geo"
)

// Page sizes of the tree of organizations.
const (
	childrenPage = 100
	mostChildren = 1000
)

// organizationNode is the JSON of an organization in the tree.
type organizationNode struct {
	ID       geo.ID `json:"id"`
	Name     string `json:"name"`
	Kind     string `json:"kind"`
	Level    string `json:"level"`
	Status   string `json:"status"`
	Children int    `json:"children"`
}

type nodeList struct {
	Items         []organizationNode `json:"items"`
	NumberMatched int                `json:"numberMatched"`
	Next          *string            `json:"next"`
}

func (s *Server) listOrganizationChildren(c echo.Context) error {
	q := request.ParseQuery(c.QueryString(), "parent", "datetime", "limit", "cursor", paramEdition)
	parent, day, limit := q.ID("parent"), q.Day("datetime", s.today()), q.Limit("limit", childrenPage, mostChildren)
	after, err := parseNodeCursor(q.Text("cursor", 2000))
	if err != nil {
		return err
	}
	a, err := s.audience(c, q)
	if err != nil {
		return err
	}
	ctx, see := c.Request().Context(), a.scope(geo.ActionReadOrganization)
	if err := s.sees(c, a, geo.AuditObject{Kind: "organization", ID: parent}, geo.ActionReadOrganization); err != nil {
		return err
	}
	nodes, err := s.config.Organizations.OrganizationChildren(ctx, see, parent, after, limit, day)
	if err != nil {
		return fmt.Errorf("children of organization %d: %w", parent, err)
	}
	n, err := s.config.Organizations.CountOrganizationChildren(ctx, see, parent, day)
	if err != nil {
		return fmt.Errorf("children of organization %d: %w", parent, err)
	}
	list := nodeList{Items: items(nodes, func(o geo.OrganizationNode) organizationNode { return organizationNode(o) }), NumberMatched: n}
	if len(nodes) == limit {
		list.Next = formatNodeCursor(nodes[limit-1])
	}
	setSharing(c, a)
	s.linkNext(c, list.Next)
	return s.writeJSON(c, http.StatusOK, list)
}

// formatNodeCursor writes where a page ends as opaque text.
func formatNodeCursor(last geo.OrganizationNode) *string {
	text := base64.RawURLEncoding.EncodeToString([]byte(last.ID.String() + " " + last.Name))
	return &text
}

func parseNodeCursor(text string) (geo.NodeCursor, error) {
	if text == "" {
		return geo.NodeCursor{}, nil
	}
	wrong := geo.Invalid("cursor", "this is not the next of a page; begin without cursor")
	b, err := base64.RawURLEncoding.Strict().DecodeString(text)
	number, name, ok := strings.Cut(string(b), " ")
	if err != nil || !ok || strings.ContainsRune(name, 0) || strings.ToValidUTF8(name, "") != name {
		return geo.NodeCursor{}, wrong
	}
	id, err := geo.ParseID("cursor", number)
	if err != nil {
		return geo.NodeCursor{}, wrong
	}
	return geo.NodeCursor{Name: name, ID: id}, nil
}
