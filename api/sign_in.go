package api

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"jingwei/api/internal/limit"
	"jingwei/api/internal/request"
	"jingwei/geo"
)

// Kinds of refusals of those that sign in. A failure is the same for a name that is unknown, a wrong password, an account
// that is disabled or has none, and a name that is locked.
var (
	errSignIn  = errors.New("sign-in")
	errTooMany = errors.New("too many attempts")
)

// A client may try so many passwords and links in a minute, and so many clients are remembered. So many requests work on
// passwords at the same time, waiting for their turn among them: those beyond are refused before they cost anything.
const (
	attemptsPerMinute = 10
	mostClients       = 100_000
	mostHashing       = 16
)

// limitAttempts refuses a client that tries secrets too often.
func (s *Server) limitAttempts(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		if ok, after := s.attempts.Allow(limit.Client(c.RealIP())); !ok {
			return s.tooMany(c, limitSignIn, after)
		}
		return next(c)
	}
}

// admitHashing lets only so many requests pass as can have their turn with a password soon.
func (s *Server) admitHashing(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		client := s.clientOf(c)
		if !s.hashing.take(client) {
			return errHashing()
		}
		defer s.hashing.free(client)
		return next(c)
	}
}

// provider is the JSON of a provider of identities with whom one can sign in.
type provider struct {
	Name  string `json:"name"`
	Title string `json:"title"`
}

// ways is the JSON of the ways to sign in.
type ways struct {
	Password  bool       `json:"password"`
	Providers []provider `json:"providers"`
	First     bool       `json:"first"`
}

func (s *Server) getSignIn(c echo.Context) error {
	if err := request.ParseQuery(c.QueryString()).Err(); err != nil {
		return err
	}
	any, err := s.config.SignIns.AnyAdministrator(c.Request().Context())
	if err != nil {
		return err
	}
	return writePrivate(c, http.StatusOK, ways{Password: true, Providers: s.offeredProviders(c), First: !any})
}

func (s *Server) createSession(c echo.Context) error {
	o, err := readBody(c, "name", "password")
	if err != nil {
		return err
	}
	name, password := o.Text("name", ""), o.Verbatim("password", geo.MostPasswordLength)
	if err := o.Err(); err != nil {
		return err
	}
	attempt, err := s.checkAttempt(c, name, password)
	if err != nil {
		return err
	}
	secret, n := s.newSession(c)
	err = s.config.SignIns.OpenSession(c.Request().Context(), attempt.Account, attempt.Password, n)
	if errors.Is(err, geo.ErrNotFound) {
		return errSignIn // disabled, or the password changed, while it was compared
	}
	if err != nil {
		return fmt.Errorf("sign in: %w", err)
	}
	return s.answerSignedIn(c, secret)
}

// checkAttempt compares a password with that of a name. The work is the same for every name that is not locked, and for a
// locked one none is done, whether there is such an account or not. A failure is in the audit.
func (s *Server) checkAttempt(c echo.Context, name, password string) (geo.SignInAttempt, error) {
	ctx := c.Request().Context()
	attempt, err := s.config.SignIns.AttemptSignIn(ctx, name, s.config.Now())
	if err != nil {
		return attempt, fmt.Errorf("sign in: %w", err)
	}
	if attempt.Locked {
		return attempt, cmp.Or(s.signInFailed(c, 0, ""), errSignIn)
	}
	ok, err := s.config.Passwords.Verify(ctx, attempt.Password, password)
	if err != nil {
		return attempt, s.refund(ctx, name, busyHashing(err)) // the password was not looked at
	}
	if !ok || attempt.Account == 0 || attempt.Password == "" {
		return attempt, cmp.Or(s.signInFailed(c, attempt.Account, ""), errSignIn)
	}
	return attempt, nil
}

// refund gives back an attempt that must not count, even when the client has gone, and returns what went wrong.
func (s *Server) refund(ctx context.Context, name string, err error) error {
	return errors.Join(err, s.config.SignIns.RefundSignIn(context.WithoutCancel(ctx), name))
}

// hashPassword turns a password that somebody chose into its stored form; names are theirs, which it must not hold.
func (s *Server) hashPassword(ctx context.Context, password string, names ...string) (string, error) {
	if err := s.config.CheckPassword(password, names...); err != nil {
		return "", err
	}
	phc, err := s.config.Passwords.Hash(ctx, password)
	return phc, busyHashing(err)
}

func errHashing() error {
	return &geo.Error{Kind: geo.ErrUnavailable, Message: "too many people are signing in at this moment; nothing was changed, try again in a few seconds"}
}

// busyHashing says for people that too many passwords are being worked on.
func busyHashing(err error) error {
	if !errors.Is(err, geo.ErrUnavailable) {
		return err
	}
	return fmt.Errorf("%w: %w", errHashing(), err)
}

// newSession draws the secrets of a session for the browser that sends the request.
func (s *Server) newSession(c echo.Context) (geo.Secret, geo.NewSession) {
	secret := geo.NewSecret()
	agent := strings.Map(func(r rune) rune {
		if r < ' ' {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(c.Request().UserAgent(), "?"))
	return secret, geo.NewSession{Hash: secret.Hash(), CSRF: string(geo.NewSecret()), At: s.config.Now(), Address: c.RealIP(), Agent: agent}
}

// setCookie gives the browser the cookie of a session, or takes it away when secret is "".
func (s *Server) setCookie(c echo.Context, secret geo.Secret) {
	cookie := http.Cookie{
		Name: sessionCookie, Value: string(secret), Path: "/", HttpOnly: true, SameSite: http.SameSiteLaxMode,
		MaxAge: int(geo.SessionMost / time.Second), Secure: strings.HasPrefix(s.baseURL(c), "https://"),
	}
	if secret == "" {
		cookie.MaxAge = -1
	}
	c.SetCookie(&cookie)
}

// answerSignedIn answers with a session that was just opened.
func (s *Server) answerSignedIn(c echo.Context, secret geo.Secret) error {
	u := caller{via: viaSession}
	var err error
	u.Authority, u.session, u.csrf, u.mustChange, err = s.config.Sessions.AuthorityOfSession(c.Request().Context(), secret.Hash(), s.config.Now())
	if err != nil {
		return fmt.Errorf("sign in: %w", err)
	}
	s.setCookie(c, secret)
	return s.answerSession(c, u)
}
