package api

import (
	"fmt"
	"math"
	"net/http"

	"github.com/labstack/echo/v4"

	"jingwei/api/internal/request"
	"jingwei/geo"
)

// reorganized is the JSON of an organization as a merge, a split or an undoing left it.
type reorganized struct {
	ID      geo.ID  `json:"id"`
	Version int32   `json:"version"`
	Name    string  `json:"name"`
	Parent  *geo.ID `json:"parent"`
	Retired bool    `json:"retired"`
}

func reorganizedOf(o geo.Reorganized) reorganized {
	out := reorganized{ID: o.ID, Version: o.Version, Name: o.Name, Retired: o.Retired}
	if o.Parent != 0 {
		out.Parent = &o.Parent
	}
	return out
}

// strandedGrant is the JSON of a grant that gives nothing any more.
type strandedGrant struct {
	ID           geo.ID   `json:"id"`
	Account      geo.ID   `json:"account"`
	AccountName  string   `json:"account_name"`
	DisplayName  string   `json:"display_name"`
	Role         geo.Role `json:"role"`
	Organization geo.ID   `json:"organization"`
}

// reorganization is the JSON of what a merge or a split did.
type reorganization struct {
	Sources      []reorganized   `json:"sources"`
	Targets      []reorganized   `json:"targets"`
	Moved        []reorganized   `json:"moved"`
	Grants       []strandedGrant `json:"grants"`
	HiddenGrants int             `json:"hidden_grants"`
	Preview      bool            `json:"preview"`
}

func versionOf(o *request.Object) geo.VersionOf {
	return geo.VersionOf{ID: o.ID("id"), Version: int32(o.Int("version", 0, 1, math.MaxInt32))}
}

// readVersion reads which organization at which version somebody means.
func readVersion(o *request.Object, field string) (geo.VersionOf, error) {
	v := versionOf(o)
	if o.Err() != nil || v.ID == 0 {
		return v, geo.Invalid(field, `{"id": …, "version": …} is needed, the version as somebody has seen it`)
	}
	return v, nil
}

// writeReorganization answers what was done, or would be.
func (s *Server) writeReorganization(c echo.Context, done geo.Reorganization, at geo.FeedPosition, preview bool) error {
	setPosition(c, at)
	c.Response().Header().Set("Cache-Control", "no-store")
	return s.writeJSON(c, http.StatusOK, reorganization{
		Sources: items(done.Sources, reorganizedOf), Targets: items(done.Targets, reorganizedOf), Moved: items(done.Moved, reorganizedOf),
		Grants:       items(done.Grants, func(g geo.StrandedGrant) strandedGrant { return strandedGrant(g) }),
		HiddenGrants: done.HiddenGrants, Preview: preview,
	})
}

func (s *Server) mergeOrganizations(c echo.Context) error {
	if err := request.ParseQuery(c.QueryString()).Err(); err != nil {
		return err
	}
	m, err := readMerge(c.Request(), s.today())
	if err != nil {
		return err
	}
	see, in := s.reach(c)
	accounts := s.caller(c).Scope(geo.ActionReadAccount, s.today())
	done, at, err := s.config.History.MergeOrganizations(c.Request().Context(), see, in, accounts, m, s.today(), s.caller(c).Name)
	if err != nil {
		return fmt.Errorf("merge into organization %d: %w", m.Target.ID, err)
	}
	return s.writeReorganization(c, done, at, m.Preview)
}

func readMerge(r *http.Request, today geo.Day) (m geo.OrganizationMerge, err error) {
	o := request.ReadObject(r, "sources", "target", "date", "children", "preview")
	m.Date, m.Preview = o.Day("date", today), o.Bool("preview", false)
	for _, source := range o.Objects("sources", "id", "version") {
		v, err := readVersion(source, "sources")
		if err != nil {
			return m, err
		}
		m.Sources = append(m.Sources, v)
	}
	m.Children = map[geo.ID]geo.ID{}
	for _, child := range o.Objects("children", "id", "parent") {
		id, parent := child.ID("id"), child.ID("parent")
		if child.Err() != nil || id == 0 || parent == 0 {
			return m, geo.Invalid("children", `{"id": …, "parent": …} is needed: who goes below whom`)
		}
		m.Children[id] = parent
	}
	target := o.Object("target", "id", "version")
	if err := o.Err(); err != nil {
		return m, err
	}
	m.Target, err = readVersion(target, "target")
	return m, err
}

func (s *Server) splitOrganization(c echo.Context) error {
	if err := request.ParseQuery(c.QueryString()).Err(); err != nil {
		return err
	}
	p, err := readSplit(c.Request(), s.today())
	if err != nil {
		return err
	}
	see, in := s.reach(c)
	accounts := s.caller(c).Scope(geo.ActionReadAccount, s.today())
	done, at, err := s.config.History.SplitOrganization(c.Request().Context(), see, in, accounts, p, s.today(), s.caller(c).Name)
	if err != nil {
		return fmt.Errorf("split organization %d: %w", p.Source.ID, err)
	}
	return s.writeReorganization(c, done, at, p.Preview)
}

// Most targets of a split.
const mostTargets = 50

func readSplit(r *http.Request, today geo.Day) (p geo.OrganizationSplit, err error) {
	o := request.ReadObject(r, "source", "targets", "primary", "date", "children", "keep", "preview")
	p.Date, p.Primary, p.Keep, p.Preview = o.Day("date", today), o.Int("primary", 0, 0, mostTargets-1), o.Bool("keep", false), o.Bool("preview", false)
	for _, target := range o.Objects("targets", append(organizationFields(), "id", "version")...) {
		t, err := readSplitTarget(target)
		if err != nil {
			return p, err
		}
		p.Targets = append(p.Targets, t)
	}
	if len(p.Targets) > mostTargets {
		return p, geo.Invalid("targets", "%d targets are too many: at most %d", len(p.Targets), mostTargets)
	}
	p.Children = map[geo.ID]int{}
	for _, child := range o.Objects("children", "id", "target") {
		id, target := child.ID("id"), child.Int("target", -1, 0, mostTargets-1)
		if child.Err() != nil || id == 0 {
			return p, geo.Invalid("children", `{"id": …, "target": …} is needed: who goes to which of the targets, from 0`)
		}
		p.Children[id] = target
	}
	source := o.Object("source", "id", "version")
	if err := o.Err(); err != nil {
		return p, err
	}
	p.Source, err = readVersion(source, "source")
	return p, err
}

// readSplitTarget reads an organization that exists, or the content of a new one. One without the member parent gets the
// superior of the source.
func readSplitTarget(o *request.Object) (geo.SplitTarget, error) {
	if o.Has("id") {
		v, err := readVersion(o, "targets")
		if err == nil && (o.Has("name") || o.Has("kind")) {
			err = geo.Invalid("targets", "a target is either one that exists, with id and version, or the content of a new one")
		}
		return geo.SplitTarget{Existing: v}, err
	}
	t := geo.SplitTarget{Content: organizationInputOf(o, 0).content, Beside: !o.Has("parent")}
	switch {
	case o.Err() != nil:
		return t, o.Err()
	case o.Has("version"):
		return t, geo.Invalid("version", "a new organization has no version yet")
	case o.Has("valid_from"):
		return t, geo.Invalid("valid_from", "a new organization begins on the date of the split")
	}
	return t, checkOrganization(t.Content)
}

// successor is the JSON of an organization that another went into, or came from.
type successor struct {
	Kind    string `json:"kind"`
	Date    string `json:"date"`
	ID      geo.ID `json:"id"`
	Name    string `json:"name"`
	Retired bool   `json:"retired"`
}

func (s *Server) listOrganizationSuccession(c echo.Context) error {
	id, a, err := s.readTarget(c)
	if err != nil {
		return err
	}
	list, err := s.config.History.OrganizationSuccession(c.Request().Context(), a.scope(geo.ActionReadOrganization), id)
	if err != nil {
		return fmt.Errorf("succession of organization %d: %w", id, err)
	}
	out := struct {
		Predecessors []successor `json:"predecessors"`
		Successors   []successor `json:"successors"`
	}{[]successor{}, []successor{}}
	for _, o := range list {
		one := successor{o.Kind, o.Date.String(), o.ID, o.Name, o.Retired}
		if o.After {
			out.Successors = append(out.Successors, one)
		} else {
			out.Predecessors = append(out.Predecessors, one)
		}
	}
	setSharing(c, a)
	return s.writeJSON(c, http.StatusOK, out)
}
