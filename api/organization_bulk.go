package api

import (
	"fmt"
	"net/http"

	"github.com/labstack/echo/v4"

	"jingwei/api/internal/request"
	"jingwei/geo"
)

// changedOrganization is the JSON of an organization as a change of many left it.
type changedOrganization struct {
	reorganized
	Changed bool     `json:"changed"`
	Planned []string `json:"planned"`
}

func (s *Server) changeOrganizations(c echo.Context) error {
	if err := request.ParseQuery(c.QueryString()).Err(); err != nil {
		return err
	}
	b, err := readBulk(c.Request())
	if err != nil {
		return err
	}
	see, in := s.reach(c)
	done, at, err := s.config.History.ChangeOrganizations(c.Request().Context(), see, in, b, s.today(), s.caller(c).Name)
	if err != nil {
		return fmt.Errorf("change organizations: %w", err)
	}
	setPosition(c, at)
	c.Response().Header().Set("Cache-Control", "no-store")
	return s.writeJSON(c, http.StatusOK, struct {
		Items   []changedOrganization `json:"items"`
		Preview bool                  `json:"preview"`
	}{items(done, func(o geo.ChangedOrganization) changedOrganization {
		return changedOrganization{reorganizedOf(o.Reorganized), o.Changed, items(o.Planned, geo.Day.String)}
	}), b.Preview})
}

func readBulk(r *http.Request) (b geo.OrganizationBulk, err error) {
	o := request.ReadObject(r, "organizations", "set", "preview")
	b.Preview = o.Bool("preview", false)
	for _, one := range o.ManyObjects("organizations", geo.MostChanged, "id", "version") {
		v := geo.VersionOf{ID: one.ID("id")}
		// A preview does without: whether a version is needed is for the domain to say.
		if one.Has("version") {
			v = versionOf(one)
		}
		if one.Err() != nil || v.ID == 0 {
			return b, geo.Invalid("organizations", `{"id": …, "version": …} is needed, the version as somebody has seen it`)
		}
		b.Organizations = append(b.Organizations, v)
	}
	set := o.Object("set", "status", "kind", "level", "parent")
	if err := o.Err(); err != nil {
		return b, err
	}
	for name, to := range map[string]*string{"status": &b.Set.Status, "kind": &b.Set.Kind, "level": &b.Set.Level} {
		*to = set.Text(name, "")
		if set.Err() == nil && set.Has(name) && *to == "" {
			return b, geo.Invalid(name, "no organization is without it: leave it out, or name a value")
		}
	}
	b.Set.Parent = set.ID("parent")
	if err := set.Err(); err != nil {
		return b, err
	}
	if set.Has("parent") && b.Set.Parent == 0 {
		return b, geo.Invalid("parent", "name a superior; one alone is put on top with PUT")
	}
	return b, b.Validate()
}
