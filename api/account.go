package api

import (
	"net/http"
	"strconv"
	"time"

	"github.com/labstack/echo/v4"

	"jingwei/api/internal/request"
	"jingwei/geo"
)

// Page sizes of accounts.
const (
	accountPage  = 50
	mostAccounts = 200
)

// organizationName is the JSON of an organization that something belongs to.
type organizationName struct {
	ID   geo.ID `json:"id"`
	Name string `json:"name"`
}

// account is the JSON of an account.
type account struct {
	ID           geo.ID            `json:"id"`
	Version      int32             `json:"version"`
	Name         string            `json:"name"`
	DisplayName  string            `json:"display_name"`
	Organization *organizationName `json:"organization"`
	Disabled     bool              `json:"disabled"`
	MustChange   bool              `json:"must_change"`
	HasPassword  bool              `json:"has_password"`
	CreatedAt    time.Time         `json:"created_at"`
	SignedInAt   *time.Time        `json:"signed_in_at"`
}

func accountOf(a geo.Account) account {
	out := account{
		ID: a.ID, Version: a.Version, Name: a.Name, DisplayName: a.DisplayName, Disabled: a.Disabled, MustChange: a.MustChange,
		HasPassword: a.HasPassword, CreatedAt: a.CreatedAt.UTC(), SignedInAt: optionalTime(a.SignedInAt),
	}
	if a.Organization != 0 {
		out.Organization = &organizationName{a.Organization, a.OrganizationName}
	}
	return out
}

func writeAccount(c echo.Context, status int, a geo.Account) error {
	c.Response().Header().Set("ETag", strconv.Quote(strconv.Itoa(int(a.Version))))
	return writePrivate(c, status, accountOf(a))
}

func (s *Server) listAccounts(c echo.Context) error {
	params := request.ParseQuery(c.QueryString(), "q", "organization", "limit", "cursor")
	q := geo.AccountQuery{
		Scope: s.caller(c).Scope(geo.ActionReadAccount, s.today()), Text: params.Text("q", geo.MaxNameLength),
		Organization: params.ID("organization"), After: params.Text("cursor", geo.MaxNameLength),
	}
	limit := params.Limit("limit", accountPage, mostAccounts)
	if err := params.Err(); err != nil {
		return err
	}
	if q.Scope.Empty() {
		return &geo.Error{Kind: geo.ErrForbidden, Message: "you look after no accounts"}
	}
	q.Limit = limit + 1
	found, err := s.config.Accounts.Accounts(c.Request().Context(), q, s.today())
	if err != nil {
		return err
	}
	return writePage(s, c, found, limit, func(a geo.Account) string { return a.Name }, accountOf)
}

// visibleAccount returns the account of the address if the caller may see it; others do not exist for them.
func (s *Server) visibleAccount(c echo.Context) (geo.Account, error) {
	id, err := pathID(c)
	if err != nil {
		return geo.Account{}, err
	}
	a, err := s.config.Accounts.Account(c.Request().Context(), id, s.today())
	if err != nil {
		return geo.Account{}, err
	}
	if !s.caller(c).May(geo.ActionReadAccount, geo.Object{Path: a.Path}, s.today()) {
		return geo.Account{}, geo.NotFound("there is no such account")
	}
	return a, nil
}

func (s *Server) getAccount(c echo.Context) error {
	a, err := s.visibleAccount(c)
	if err != nil {
		return err
	}
	return writeAccount(c, http.StatusOK, a)
}

func (s *Server) createAccount(c echo.Context) error {
	o, err := readBody(c, "name", "display_name", "organization", "grants")
	if err != nil {
		return err
	}
	a := geo.Account{Name: o.Text("name", ""), DisplayName: o.Text("display_name", ""), Organization: o.ID("organization")}
	var grants []geo.Grant
	for _, each := range o.Objects("grants", grantFields()...) {
		g, err := readGrant(each, s.today())
		if err != nil {
			return err
		}
		grants = append(grants, g)
	}
	if err := o.Err(); err != nil {
		return err
	}
	link, n := s.newLink(c, geo.InviteValid)
	a, err = s.config.Accounts.CreateAccount(c.Request().Context(), s.caller(c).Authority, a, grants, n, s.config.Now())
	if err != nil {
		return err
	}
	c.Response().Header().Set("Location", s.prefix+"/api/accounts/"+a.ID.String())
	return writePrivate(c, http.StatusCreated, struct {
		Account account  `json:"account"`
		Link    madeLink `json:"link"`
	}{accountOf(a), link})
}

func (s *Server) replaceAccount(c echo.Context) error {
	a, err := s.visibleAccount(c)
	if err != nil {
		return err
	}
	version, err := request.IfMatch(c.Request().Header.Get("If-Match"))
	if err != nil {
		return err
	}
	if version != a.Version { // what is not sent stays as it was read
		return &geo.Error{Kind: geo.ErrStale, Message: "the account has changed since you read it; read it again"}
	}
	o := request.ReadObject(c.Request(), "display_name", "organization", "disabled")
	a.DisplayName, a.Disabled = o.Text("display_name", a.DisplayName), o.Bool("disabled", a.Disabled)
	if o.Has("organization") {
		a.Organization = o.ID("organization")
	}
	if err := o.Err(); err != nil {
		return err
	}
	a, err = s.config.Accounts.ReplaceAccount(c.Request().Context(), s.caller(c).Authority, a, s.config.Now())
	if err != nil {
		return err
	}
	return writeAccount(c, http.StatusOK, a)
}

func (s *Server) recoverAccount(c echo.Context) error {
	id, err := pathID(c)
	if err != nil {
		return err
	}
	link, n := s.newLink(c, geo.RecoveryValid)
	if err := s.config.Accounts.CreateRecovery(c.Request().Context(), s.caller(c).Authority, id, n, s.config.Now()); err != nil {
		return err
	}
	return writePrivate(c, http.StatusCreated, link)
}

func (s *Server) handOverAccount(c echo.Context) error {
	id, err := pathID(c)
	if err != nil {
		return err
	}
	o := request.ReadObject(c.Request(), "to")
	to := o.ID("to")
	if err := o.Err(); err != nil {
		return err
	}
	if to == 0 {
		return geo.Invalid("to", "the id of the account that takes over is needed")
	}
	if err := s.config.Accounts.HandOver(c.Request().Context(), s.caller(c).Authority, id, to, s.config.Now()); err != nil {
		return err
	}
	return noContent(c)
}

func (s *Server) endAccess(c echo.Context) error {
	id, err := pathID(c)
	if err != nil {
		return err
	}
	if err := s.config.Accounts.EndAccess(c.Request().Context(), s.caller(c).Authority, id, s.config.Now()); err != nil {
		return err
	}
	return noContent(c)
}
