package api

import (
	"net/http"
	"time"

	"github.com/labstack/echo/v4"

	"jingwei/api/internal/request"
	"jingwei/geo"
)

// Days for which a token is valid.
const (
	usualTokenDays = 90
	mostTokenDays  = 366
)

// personalToken is the JSON of a token of one's own, without the token itself.
type personalToken struct {
	ID         geo.ID     `json:"id"`
	Name       string     `json:"name"`
	ReadOnly   bool       `json:"read_only"`
	Grants     []geo.ID   `json:"grants"`
	CreatedAt  time.Time  `json:"created_at"`
	ExpiresAt  time.Time  `json:"expires_at"`
	LastUsedAt *time.Time `json:"last_used_at"`
}

func tokenOf(t geo.Token) personalToken {
	return personalToken{t.ID, t.Name, t.ReadOnly, t.Grants, t.CreatedAt.UTC(), t.ExpiresAt.UTC(), optionalTime(t.LastUsedAt)}
}

func (s *Server) listTokens(c echo.Context) error {
	if err := request.ParseQuery(c.QueryString()).Err(); err != nil {
		return err
	}
	all, err := s.config.Tokens.Tokens(c.Request().Context(), s.caller(c).Account)
	if err != nil {
		return err
	}
	return writePrivate(c, http.StatusOK, itemList[personalToken]{items(all, tokenOf)})
}

func (s *Server) createToken(c echo.Context) error {
	o, err := readBody(c, "name", "read_only", "grants", "expires_in_days")
	if err != nil {
		return err
	}
	now := s.config.Now()
	t := geo.Token{
		Account: s.caller(c).Account, Name: o.Text("name", ""), ReadOnly: o.Bool("read_only", false), Grants: o.IDs("grants"),
		ExpiresAt: now.AddDate(0, 0, o.Int("expires_in_days", usualTokenDays, 1, mostTokenDays)),
	}
	if err := o.Err(); err != nil {
		return err
	}
	secret := geo.NewTokenSecret()
	t, err = s.config.Tokens.CreateToken(c.Request().Context(), t, secret.Hash(), now)
	if err != nil {
		return err
	}
	return writePrivate(c, http.StatusCreated, struct {
		Token geo.Secret    `json:"token"`
		Item  personalToken `json:"item"`
	}{secret, tokenOf(t)})
}

func (s *Server) endToken(c echo.Context) error {
	id, err := pathID(c)
	if err != nil {
		return err
	}
	if err := s.config.Tokens.EndToken(c.Request().Context(), s.caller(c).Account, id); err != nil {
		return err
	}
	return noContent(c)
}
