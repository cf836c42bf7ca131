package api

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"time"

	"github.com/labstack/echo/v4"

	"jingwei/api/internal/request"
	"jingwei/geo"
)

// signedIn lets only those pass whom a session makes known: what is about signing in is not for programs, whose tokens
// could be prolonged or widened by it.
func (s *Server) signedIn(next echo.HandlerFunc) echo.HandlerFunc {
	return s.known(func(c echo.Context) error {
		if s.caller(c).via != viaSession {
			return &geo.Error{Kind: geo.ErrForbidden, Message: "this is for people who are signed in, not for tokens"}
		}
		return next(c)
	})
}

// writePrivate answers with what is for the caller alone. It is not compressed: answers hold secrets.
func writePrivate(c echo.Context, status int, v any) error {
	body, err := encodeJSON(v)
	if err != nil {
		return err
	}
	c.Response().Header().Set("Cache-Control", "no-store")
	return c.Blob(status, "application/json", body)
}

// readBody reads the body of a request that takes no parameters.
func readBody(c echo.Context, allowed ...string) (*request.Object, error) {
	if err := request.ParseQuery(c.QueryString()).Err(); err != nil {
		return nil, err
	}
	o := request.ReadObject(c.Request(), allowed...)
	return o, o.Err()
}

// scope is the JSON of where an action is granted.
type scope struct {
	All   bool     `json:"all"`
	Roots []geo.ID `json:"roots"`
}

// whoAsks is the JSON of who is signed in and what they may do.
type whoAsks struct {
	Account   *account         `json:"account"`
	Grants    []grant          `json:"grants"`
	Actions   map[string]scope `json:"actions"`
	CSRFToken *string          `json:"csrf_token"`
	SessionID *geo.ID          `json:"session_id"`
	Via       string           `json:"via"`
}

func (s *Server) getSession(c echo.Context) error {
	if err := request.ParseQuery(c.QueryString()).Err(); err != nil {
		return err
	}
	return s.answerSession(c, s.caller(c))
}

// answerSession answers with who u is.
func (s *Server) answerSession(c echo.Context, u caller) error {
	today := s.today()
	out := whoAsks{Grants: []grant{}, Actions: map[string]scope{}, Via: u.via}
	for _, a := range geo.Actions() {
		in := u.Scope(a, today)
		out.Actions[string(a)] = scope{in.All, append([]geo.ID{}, in.Roots...)}
	}
	if u.via == viaSession {
		out.CSRFToken, out.SessionID = &u.csrf, &u.session.ID
	}
	if u.Account != 0 {
		ctx := c.Request().Context()
		a, err := s.config.Accounts.Account(ctx, u.Account, today)
		if err != nil {
			return err
		}
		held, err := s.config.Grants.HeldGrants(ctx, today, u.Account)
		if err != nil {
			return err
		}
		own := accountOf(a)
		out.Account = &own
		held = slices.DeleteFunc(held, func(h geo.HeldGrant) bool { // a token carries some only
			return !slices.ContainsFunc(u.Grants, func(g geo.Grant) bool { return g.ID == h.ID })
		})
		out.Grants = items(held, grantOf)
	}
	return writePrivate(c, http.StatusOK, out)
}

func (s *Server) endSession(c echo.Context) error {
	if err := request.ParseQuery(c.QueryString()).Err(); err != nil {
		return err
	}
	u := s.caller(c)
	err := s.config.OwnSessions.EndSession(c.Request().Context(), u.Account, u.session.ID)
	if err != nil && !errors.Is(err, geo.ErrNotFound) {
		return err
	}
	s.setCookie(c, "")
	return noContent(c)
}

func (s *Server) changePassword(c echo.Context) error {
	o, err := readBody(c, "current", "new")
	if err != nil {
		return err
	}
	current, chosen := o.Verbatim("current", geo.MostPasswordLength), o.Verbatim("new", geo.MostPasswordLength)
	if err := o.Err(); err != nil {
		return err
	}
	ctx, u := c.Request().Context(), s.caller(c)
	own, err := s.config.Accounts.Account(ctx, u.Account, s.today())
	if err != nil {
		return err
	}
	if err := s.checkChosen(current, chosen, own.Name, own.DisplayName); err != nil {
		return err
	}
	attempt, err := s.checkAttempt(c, u.Name, current)
	if errors.Is(err, errSignIn) {
		return &geo.Error{Kind: geo.ErrInvalid, Field: "current", Reason: geo.PasswordCurrent,
			Message: "this is not your present password, or it was tried too often: wait some minutes then"}
	}
	if err != nil {
		return err
	}
	phc, err := s.config.Passwords.Hash(ctx, chosen)
	if err != nil {
		return s.refund(ctx, u.Name, busyHashing(err))
	}
	secret, n := s.newSession(c)
	if err := s.config.SignIns.ChangePassword(ctx, u.Account, attempt.Password, phc, n); err != nil {
		return fmt.Errorf("change password: %w", err)
	}
	s.setCookie(c, secret)
	return noContent(c)
}

// checkChosen judges a new password. It comes before the present one is looked at: whoever searches for a password that is
// taken must not be locked for it.
func (s *Server) checkChosen(current, chosen string, names ...string) error {
	if current == chosen {
		return &geo.Error{Kind: geo.ErrInvalid, Field: "new", Reason: geo.PasswordSame, Message: "this is the password that you have"}
	}
	return fieldOf(s.config.CheckPassword(chosen, names...), "new")
}

// fieldOf gives a fault the name under which the client sent what is at fault.
func fieldOf(err error, name string) error {
	var fault *geo.Error
	if errors.As(err, &fault) && fault.Field != "" {
		return &geo.Error{Kind: fault.Kind, Field: name, Reason: fault.Reason, Message: fault.Message}
	}
	return err
}

func (s *Server) changeProfile(c echo.Context) error {
	o, err := readBody(c, "display_name")
	if err != nil {
		return err
	}
	name := o.Text("display_name", "")
	if err := o.Err(); err != nil {
		return err
	}
	a, err := s.config.Accounts.RenameSelf(c.Request().Context(), s.caller(c).Account, name, s.today())
	if err != nil {
		return err
	}
	return writeAccount(c, http.StatusOK, a)
}

// session is the JSON of a session of one's own.
type session struct {
	ID        geo.ID    `json:"id"`
	CreatedAt time.Time `json:"created_at"`
	SeenAt    time.Time `json:"seen_at"`
	ExpiresAt time.Time `json:"expires_at"`
	Address   string    `json:"address"`
	Agent     string    `json:"agent"`
	Current   bool      `json:"current"`
}

func (s *Server) listSessions(c echo.Context) error {
	if err := request.ParseQuery(c.QueryString()).Err(); err != nil {
		return err
	}
	u := s.caller(c)
	all, err := s.config.OwnSessions.Sessions(c.Request().Context(), u.Account, s.config.Now())
	if err != nil {
		return err
	}
	return writePrivate(c, http.StatusOK, itemList[session]{items(all, func(v geo.Session) session {
		return session{v.ID, v.CreatedAt.UTC(), v.SeenAt.UTC(), v.ExpiresAt.UTC(), v.Address, v.Agent, v.ID == u.session.ID}
	})})
}

func (s *Server) endOwnSession(c echo.Context) error {
	id, err := pathID(c)
	if err != nil {
		return err
	}
	u := s.caller(c)
	if err := s.config.OwnSessions.EndSession(c.Request().Context(), u.Account, id); err != nil {
		return err
	}
	if id == u.session.ID {
		s.setCookie(c, "")
	}
	return noContent(c)
}

// pathID reads the id of an address that takes no parameters.
func pathID(c echo.Context) (geo.ID, error) {
	if err := request.ParseQuery(c.QueryString()).Err(); err != nil {
		return 0, err
	}
	return geo.ParseID("id", c.Param("id"))
}
