package api

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"jingwei/api/internal/request"
	"jingwei/geo"
)

// grant is the JSON of a grant.
type grant struct {
	ID           geo.ID            `json:"id"`
	Role         geo.Role          `json:"role"`
	Organization *organizationName `json:"organization"`
	ValidFrom    *string           `json:"valid_from"`
	ValidTo      *string           `json:"valid_to"`
	Source       string            `json:"source"`
	CreatedBy    string            `json:"created_by"`
}

func grantOf(g geo.HeldGrant) grant {
	out := grant{
		ID: g.ID, Role: g.Role, ValidFrom: optionalDay(g.Valid.From), ValidTo: optionalDay(g.Valid.To), Source: g.Source, CreatedBy: g.CreatedBy,
	}
	if g.Organization != 0 {
		out.Organization = &organizationName{g.Organization, g.OrganizationName}
	}
	return out
}

// grantFields are the fields that a client may send.
func grantFields() []string { return []string{"role", "organization", "valid_from", "valid_to"} }

// readGrant reads a grant; a missing first day is today, a missing end is none.
func readGrant(o *request.Object, today geo.Day) (geo.Grant, error) {
	g := geo.Grant{
		Role: geo.Role(o.Text("role", "")), Organization: o.ID("organization"),
		Valid: geo.DayRange{From: o.Day("valid_from", today), To: o.Day("valid_to", geo.MaxDay)},
	}
	if err := o.Err(); err != nil {
		return g, err
	}
	if !o.Has("organization") {
		return g, geo.Invalid("organization", "an organization is needed; null stands for all of them")
	}
	return g, g.Validate()
}

func (s *Server) listGrants(c echo.Context) error {
	a, err := s.visibleAccount(c)
	if err != nil {
		return err
	}
	today := s.today()
	held, err := s.config.Grants.HeldGrants(c.Request().Context(), today, a.ID)
	if err != nil {
		return err
	}
	u := s.caller(c)
	return writePrivate(c, http.StatusOK, itemList[grant]{items(held, func(g geo.HeldGrant) grant {
		if !g.Public && !u.May(geo.ActionReadOrganization, geo.Object{Path: g.Path}, today) {
			g.OrganizationName = "" // hidden from them
		}
		return grantOf(g)
	})})
}

func (s *Server) createGrant(c echo.Context) error {
	id, err := pathID(c)
	if err != nil {
		return err
	}
	g, err := readGrant(request.ReadObject(c.Request(), grantFields()...), s.today())
	if err != nil {
		return err
	}
	g.Account = id
	held, err := s.config.Grants.Grant(c.Request().Context(), s.caller(c).Authority, g, s.config.Now())
	if err != nil {
		return err
	}
	c.Response().Header().Set("Location", s.prefix+"/api/accounts/"+id.String()+"/grants/"+held.ID.String())
	return writePrivate(c, http.StatusCreated, grantOf(held))
}

func (s *Server) endGrant(c echo.Context) error {
	id, err := pathID(c)
	if err != nil {
		return err
	}
	grant, err := geo.ParseID("grant", c.Param("grant"))
	if err != nil {
		return err
	}
	if err := s.config.Grants.EndGrant(c.Request().Context(), s.caller(c).Authority, id, grant, s.config.Now()); err != nil {
		return err
	}
	return noContent(c)
}
