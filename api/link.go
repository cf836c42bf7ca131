package api

import (
	"fmt"
	"net/http"
	"time"

	"github.com/labstack/echo/v4"

	"jingwei/geo"
)

// madeLink is the JSON of a one-time link that was just made: it is shown once.
type madeLink struct {
	URL       string    `json:"url"`
	ExpiresAt time.Time `json:"expires_at"`
}

// newLink draws a one-time link that is valid for a while.
func (s *Server) newLink(c echo.Context, valid time.Duration) (madeLink, geo.NewLink) {
	secret, until := geo.NewSecret(), s.config.Now().Add(valid)
	return madeLink{LinkURL(s.linkBase(c), secret), until.UTC()}, geo.NewLink{Hash: secret.Hash(), ExpiresAt: until}
}

// LinkURL is the address of a one-time link at a server that clients reach under base. The secret stands behind the #, so
// that no server and no log on the way sees it.
func LinkURL(base string, secret geo.Secret) string { return base + "/console#/link/" + string(secret) }

// linkPurpose is the JSON of what a link is for.
type linkPurpose struct {
	Purpose     geo.LinkPurpose `json:"purpose"`
	AccountName string          `json:"account_name"`
	ExpiresAt   time.Time       `json:"expires_at"`
}

// linkSecret reads the secret of a link. What can be none is looked up all the same: the answer is as for one that opens
// nothing.
func linkSecret(text string) geo.Secret {
	secret, err := geo.ParseSecret("link", text)
	if err != nil {
		return geo.Secret(text)
	}
	return secret
}

func (s *Server) inspectLink(c echo.Context) error {
	o, err := readBody(c, "link")
	if err != nil {
		return err
	}
	secret := linkSecret(o.Text("link", ""))
	if err := o.Err(); err != nil {
		return err
	}
	l, err := s.config.Links.InspectLink(c.Request().Context(), secret.Hash(), s.config.Now())
	if err != nil {
		return err
	}
	return writePrivate(c, http.StatusOK, linkPurpose{l.Purpose, l.AccountName, l.ExpiresAt.UTC()})
}

// redemption is what somebody sends to use a link.
type redemption struct {
	secret   geo.Secret
	password string
	first    geo.Account // name and display name of the first account
}

func readRedemption(c echo.Context) (redemption, error) {
	o, err := readBody(c, "link", "password", "name", "display_name")
	if err != nil {
		return redemption{}, err
	}
	r := redemption{secret: linkSecret(o.Text("link", "")), password: o.Verbatim("password", geo.MostPasswordLength)}
	r.first.Name, r.first.DisplayName = geo.CleanAccountName(o.Text("name", "")), o.Text("display_name", "")
	return r, o.Err()
}

func (s *Server) redeemLink(c echo.Context) error {
	r, err := readRedemption(c)
	if err != nil {
		return err
	}
	ctx := c.Request().Context()
	l, err := s.config.Links.InspectLink(ctx, r.secret.Hash(), s.config.Now())
	if err != nil {
		return err
	}
	names, err := r.names(l)
	if err != nil {
		return err
	}
	phc, err := s.hashPassword(ctx, r.password, names...)
	if err != nil {
		return err
	}
	secret, n := s.newSession(c)
	if err := s.config.Links.RedeemLink(ctx, r.secret.Hash(), phc, r.first, n); err != nil {
		return fmt.Errorf("redeem link: %w", err)
	}
	return s.answerSignedIn(c, secret)
}

// names returns the names that the password must not hold. The first account is named by who opens it; all others have
// been named.
func (r redemption) names(l geo.Link) ([]string, error) {
	if l.Purpose == geo.LinkFirst {
		return []string{r.first.Name, r.first.DisplayName}, r.first.Validate()
	}
	if r.first.Name != "" || r.first.DisplayName != "" {
		return nil, geo.Invalid("name", "the account has a name already: %s", l.AccountName)
	}
	return []string{l.AccountName}, nil
}
