package api

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/labstack/echo/v4"
	"golang.org/x/text/language"

	"jingwei/api/internal/oidc"
	"jingwei/api/internal/request"
	"jingwei/geo"
)

// IdentityStore knows which accounts people have who sign in at an OpenID provider.
type IdentityStore interface {
	// AccountOfIdentity returns the account that is bound to a subject of an issuer. When there is none, it is create, with a
	// number behind its name if that is taken, or geo.ErrNotFound when create is nil. A disabled one is geo.ErrForbidden.
	AccountOfIdentity(ctx context.Context, issuer, subject string, create *geo.Account) (geo.ID, error)
	// ReplaceClaimedGrants lets the grants that an account has from providers be these, as claimed now; others stay.
	ReplaceClaimedGrants(ctx context.Context, account geo.ID, grants []geo.Grant, now time.Time) error
}

// IdentityProvider is an OpenID provider that the operator configured. ReadIdentityProviders makes it.
type IdentityProvider = oidc.Config

// ReadIdentityProviders reads a JSON list of OpenID providers and checks it; lookup finds the values of environment
// variables. The first fault is a *geo.Error that names the provider.
func ReadIdentityProviders(r io.Reader, lookup func(string) (string, bool)) ([]IdentityProvider, error) {
	return oidc.Read(r, lookup)
}

const (
	// oidcCookie is the name of the cookie that a browser has while somebody is at the provider.
	oidcCookie = "jingwei_oidc"
	// oidcWaiters is how many requests may wait for one provider: one that hangs keeps nothing else from being answered.
	oidcWaiters = 32
)

// identityProvider is a provider, and the requests that wait for it.
type identityProvider struct {
	*oidc.Provider
	waiting slots
}

func newIdentityProviders(c Config) (map[string]identityProvider, error) {
	providers := map[string]identityProvider{}
	for _, config := range c.IdentityProviders {
		p, err := oidc.New(config, oidc.Options{Now: c.Now})
		if err != nil {
			return nil, fmt.Errorf("api: %w", err)
		}
		providers[config.Name] = identityProvider{Provider: p, waiting: make(slots, oidcWaiters)}
	}
	if len(providers) > 0 && c.Identities == nil {
		return nil, errors.New("api: the configuration has IdentityProviders and lacks Identities")
	}
	return providers, nil
}

// offeredProviders are the providers to sign in at, with titles in the language that the client prefers.
func (s *Server) offeredProviders(c echo.Context) []provider {
	english := prefersEnglish(c.Request().Header.Get("Accept-Language"))
	return items(s.config.IdentityProviders, func(p IdentityProvider) provider {
		if english {
			return provider{Name: p.Name, Title: p.Title.En}
		}
		return provider{Name: p.Name, Title: p.Title.Zh}
	})
}

// prefersEnglish reports whether a header Accept-Language (RFC 9110 §12.5.4) puts English before Chinese.
func prefersEnglish(header string) bool {
	tags, _, _ := language.ParseAcceptLanguage(header) // what cannot be read prefers nothing
	for _, tag := range tags {
		if base, _ := tag.Base(); base.String() == "en" || base.String() == "zh" {
			return base.String() == "en"
		}
	}
	return false
}

func (s *Server) identityProvider(c echo.Context) (identityProvider, error) {
	p, ok := s.providers[c.Param("provider")]
	if !ok {
		return identityProvider{}, geo.NotFound("there is no such provider to sign in at")
	}
	return p, nil
}

// startOIDC sends the browser to the provider.
func (s *Server) startOIDC(c echo.Context) error {
	p, err := s.identityProvider(c)
	if err != nil {
		return err
	}
	q := request.ParseQuery(c.QueryString(), "return")
	back := "/console"
	if q.Has("return") {
		back = q.Text("return", oidc.MaxReturn)
	}
	if err := q.Err(); err != nil {
		return err
	}
	if err := oidc.CheckReturn(back); err != nil {
		return err
	}
	if !p.waiting.take() {
		return s.refuseSignIn(c, errBusy())
	}
	defer p.waiting.free()
	address, sealed, err := p.Begin(c.Request().Context(), s.callbackURL(c), back)
	if err != nil {
		return s.refuseSignIn(c, err)
	}
	s.setOIDCCookie(c, sealed, int(oidc.StateLife.Seconds()))
	return redirect(c, address)
}

// finishOIDC takes the browser back from the provider. Whatever the provider adds to the address is its own business, so
// unknown parameters are no error here.
func (s *Server) finishOIDC(c echo.Context) error {
	p, err := s.identityProvider(c)
	if err != nil {
		return err
	}
	answer := c.QueryParams()
	var sealed string
	if cookie, err := c.Cookie(oidcCookie); err == nil {
		sealed = cookie.Value
	}
	st, err := p.Resume(sealed, answer.Get("state"))
	if err != nil {
		return s.refuseSignIn(c, err) // a sign-in that goes on in another tab keeps its cookie
	}
	s.setOIDCCookie(c, "", -1)
	if !p.waiting.take() {
		return s.refuseSignIn(c, errBusy())
	}
	defer p.waiting.free()
	if err := s.signInAs(c, p, st, answer); err != nil {
		return s.refuseSignIn(c, errors.Join(err, s.signInFailed(c, 0, c.Param("provider"))))
	}
	return redirect(c, s.prefix+st.Return)
}

// signInAs opens a session for who the provider says has come.
func (s *Server) signInAs(c echo.Context, p identityProvider, st oidc.State, answer url.Values) error {
	ctx := c.Request().Context()
	who, err := p.Finish(ctx, st, s.callbackURL(c), answer)
	if err != nil {
		return err
	}
	account, err := s.config.Identities.AccountOfIdentity(ctx, who.Issuer, who.Subject, who.Account)
	if err != nil {
		return err
	}
	if err := s.config.Identities.ReplaceClaimedGrants(ctx, account, who.Grants, s.config.Now()); err != nil {
		return err
	}
	return s.openSession(c, account)
}

// openSession signs the browser in as somebody who has shown elsewhere who they are.
func (s *Server) openSession(c echo.Context, account geo.ID) error {
	secret, n := s.newSession(c)
	err := s.config.SignIns.OpenSession(c.Request().Context(), account, "", n)
	if errors.Is(err, geo.ErrNotFound) {
		return fmt.Errorf("%w: the account was disabled meanwhile", geo.ErrForbidden)
	}
	if err != nil {
		return err
	}
	s.setCookie(c, secret)
	return nil
}

// refuseSignIn sends the browser back to the page of signing in, with a code that the page has a sentence for. What went
// wrong is for the log only: the provider's texts are not ours, and what they say is not for everyone.
func (s *Server) refuseSignIn(c echo.Context, cause error) error {
	code, level := "failed", slog.LevelError
	for _, k := range []struct {
		err   error
		code  string
		level slog.Level
	}{
		{oidc.ErrDenied, "denied", slog.LevelInfo},
		{oidc.ErrExpired, "expired", slog.LevelInfo},
		{geo.ErrForbidden, "disabled", slog.LevelInfo},
		{geo.ErrNotFound, "no-account", slog.LevelInfo},
		{geo.ErrUnavailable, "unavailable", slog.LevelWarn},
		{context.DeadlineExceeded, "unavailable", slog.LevelWarn},
		{context.Canceled, "unavailable", slog.LevelDebug}, // nobody is there to be told
	} {
		if errors.Is(cause, k.err) {
			code, level = k.code, k.level
			break
		}
	}
	s.log.LogAttrs(c.Request().Context(), level, "sign-in refused", slog.String("request_id", requestID(c)),
		slog.String("provider", c.Param("provider")), slog.String("code", code), slog.Any("error", cause))
	return redirect(c, s.prefix+"/console#/sign-in?error="+code)
}

// redirect sends the browser elsewhere with GET. Nobody keeps the answer, and where it leads to does not learn the
// address, which may hold a code.
func redirect(c echo.Context, to string) error {
	h := c.Response().Header()
	h.Set("Cache-Control", "no-store")
	h.Set("Referrer-Policy", "no-referrer")
	return c.Redirect(http.StatusSeeOther, to)
}

// callbackURL is where the provider sends the browser back to; operators register it there.
func (s *Server) callbackURL(c echo.Context) string {
	return s.baseURL(c) + callbackPath(c)
}

func callbackPath(c echo.Context) string { return "/api/oidc/" + c.Param("provider") + "/callback" }

// setOIDCCookie keeps the state of a sign-in, for the way back only: the browser is sent there by another site, so Lax is
// as strict as it can be. A negative age takes the cookie away.
func (s *Server) setOIDCCookie(c echo.Context, sealed string, age int) {
	c.SetCookie(&http.Cookie{
		Name: oidcCookie, Value: sealed, Path: s.prefix + callbackPath(c), MaxAge: age,
		HttpOnly: true, Secure: strings.HasPrefix(s.baseURL(c), "https:"), SameSite: http.SameSiteLaxMode,
	})
}
