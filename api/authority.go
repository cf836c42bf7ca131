package api

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"jingwei/api/internal/request"
	"jingwei/geo"
)

// Ways in which somebody is known.
const (
	viaSession  = "session"  // a cookie of a browser
	viaToken    = "token"    // a key of an account's program
	viaOperator = "operator" // the token in the data directory
)

// operatorName is what the history names for writes with the operator's token.
const operatorName = "token"

// sessionCookie is the name of the cookie of a session.
const sessionCookie = "jingwei_session"

// csrfHeader brings along what a page of another origin cannot know.
const csrfHeader = "X-CSRF-Token"

// tokenPrefix is how the tokens of accounts begin, so that scanners of leaked secrets find them.
const tokenPrefix = "jw_"

const keyCaller = "caller"

// Kinds of refusals of somebody who is known.
var (
	errCSRF           = errors.New("csrf")
	errChangePassword = errors.New("password change")
)

// Sessions tells who a session or a token belongs to. Unknown, ended and disabled ones are geo.ErrNotFound.
type Sessions interface {
	AuthorityOfSession(ctx context.Context, hash [32]byte, now time.Time) (u geo.Authority, session geo.Session, csrf string, mustChange bool, err error)
	AuthorityOfToken(ctx context.Context, hash [32]byte, now time.Time) (geo.Authority, geo.Token, error)
}

// caller is who sends a request and how they are known; the zero value is the public.
type caller struct {
	geo.Authority
	via        string // "" for the public
	session    geo.Session
	csrf       string // of the session
	mustChange bool   // the password, before anything else
}

// caller returns who sends the request, as identified by authenticate.
func (s *Server) caller(c echo.Context) caller {
	u, _ := c.Get(keyCaller).(caller)
	return u
}

// actor is who sends the request, as the audit tells it.
func (u caller) actor(c echo.Context) geo.Actor {
	a := geo.Actor{Account: u.Account, Name: u.Name, Via: geo.Via(u.via), Address: c.RealIP(), RequestID: requestID(c)}
	switch {
	case u.Operator:
		a.Name = string(geo.ViaOperator)
	case !u.Known(): // somebody who signs in, until that is done
		a.Name, a.Via = geo.NobodyName, geo.ViaSession
	}
	return a
}

// authenticate finds out who sends a request. A wrong token is refused, never silently taken for the public; the same goes
// for a session that is over where the request says that it is wanted.
//
// The cookie counts only where the request asks for more than the public has: the answer of a public address depends on
// no cookie, so that it can be shared by everyone's caches.
func (s *Server) authenticate(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		u, err := s.identify(c.Request())
		if err != nil && (isPublicPath(c.Request().URL.Path) || !errors.Is(err, request.ErrUnauthorized)) {
			return err
		}
		if err := setCaller(c, u); err != nil {
			return err
		}
		if u.Known() { // the answer is for them, not for pages of other origins that have it loaded
			c.Response().Header().Set("Cross-Origin-Resource-Policy", "same-origin")
		}
		return next(c)
	}
}

// setCaller makes it known to what follows who sends the request, unless they may not send it.
func setCaller(c echo.Context, u caller) error {
	if err := checkPassable(c.Request(), u); err != nil {
		return err
	}
	c.Set(keyCaller, u)
	c.SetRequest(c.Request().WithContext(geo.WithActor(c.Request().Context(), u.actor(c))))
	return nil
}

func (s *Server) identify(r *http.Request) (caller, error) {
	if header := r.Header.Get("Authorization"); header != "" {
		return s.bearer(r.Context(), header)
	}
	if !cookieCounts(r) {
		return caller{}, nil
	}
	cookie, err := r.Cookie(sessionCookie)
	if err != nil || cookie.Value == "" || s.config.Sessions == nil {
		return caller{}, nil
	}
	u := caller{via: viaSession}
	u.Authority, u.session, u.csrf, u.mustChange, err = s.config.Sessions.AuthorityOfSession(r.Context(), sha256.Sum256([]byte(cookie.Value)), s.config.Now())
	if errors.Is(err, geo.ErrNotFound) {
		return caller{}, nil // as without a cookie: where somebody must be known, that is 401
	}
	if err != nil {
		return caller{}, fmt.Errorf("session: %w", err)
	}
	return u, nil
}

// bearer reads the header Authorization (RFC 6750 §2.1): the operator's token or one of an account.
func (s *Server) bearer(ctx context.Context, header string) (caller, error) {
	wrong := &geo.Error{Kind: request.ErrUnauthorized, Field: "Authorization", Message: "the token is not valid"}
	token, ok := request.Bearer(header)
	if !ok {
		return caller{}, wrong
	}
	hash := sha256.Sum256([]byte(token))
	// Hashes have equal lengths, so that the comparison does not tell the length of the token.
	if own := sha256.Sum256([]byte(s.config.WriteToken)); s.config.WriteToken != "" && subtle.ConstantTimeCompare(hash[:], own[:]) == 1 {
		return caller{Authority: geo.Authority{Name: operatorName, Operator: true}, via: viaOperator}, nil
	}
	if !strings.HasPrefix(token, tokenPrefix) || s.config.Sessions == nil {
		return caller{}, wrong
	}
	u, _, err := s.config.Sessions.AuthorityOfToken(ctx, hash, s.config.Now())
	if errors.Is(err, geo.ErrNotFound) {
		return caller{}, wrong
	}
	if err != nil {
		return caller{}, fmt.Errorf("token: %w", err)
	}
	return caller{Authority: u, via: viaToken}, nil
}

// ownPaths are addresses that are about whoever asks, so that the cookie always counts there.
var ownPaths = [...]string{"/api/session", "/api/sessions", "/api/tokens", "/api/accounts", "/api/grants", "/api/audit", "/api/tasks", "/api/asks", "/api/burden"}

// cookieCounts reports whether the request asks for what is not everyone's: by its address, by being a write, or by
// edition=internal.
func cookieCounts(r *http.Request) bool {
	if changes(r) || r.URL.Query().Get("edition") == editionInternal {
		return true
	}
	for _, p := range ownPaths {
		if r.URL.Path == p || strings.HasPrefix(r.URL.Path, p+"/") {
			return true
		}
	}
	return false
}

// refuseForeign refuses writes that a page of another origin makes a browser send (net/http's check of Sec-Fetch-Site and
// Origin). Programs that are no browsers send neither.
func (s *Server) refuseForeign(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		if r := c.Request(); !changes(r) && !cookieCounts(r) {
			return next(c)
		}
		if err := s.origins.Check(c.Request()); err != nil {
			return &geo.Error{Kind: errCSRF, Field: "Origin", Message: "a page of another origin sent this write; it was not carried out"}
		}
		return next(c)
	}
}

// isUnsafe reports whether a method is one to change things with (RFC 9110 §9.2.1).
func isUnsafe(method string) bool {
	switch method {
	case http.MethodGet, http.MethodHead, http.MethodOptions, http.MethodTrace:
		return false
	}
	return true
}

// checkPassable refuses what somebody known may not do, whatever is granted to them: a write that a page of another
// origin could have sent, and anything but a new password while the present one was chosen by somebody else.
func checkPassable(r *http.Request, u caller) error {
	if u.via != viaSession {
		return nil
	}
	given := r.Header.Get(csrfHeader)
	if changes(r) && !isSignIn(r) && subtle.ConstantTimeCompare([]byte(given), []byte(u.csrf)) != 1 {
		return &geo.Error{Kind: errCSRF, Field: csrfHeader, Message: "the write lacks the csrf_token of the session; read GET /api/session again"}
	}
	if u.mustChange && !mayWhilePasswordIsForeign(r) {
		return &geo.Error{Kind: errChangePassword, Message: "somebody else chose your password: change it first"}
	}
	return nil
}

// changes reports whether a request is one to change things with. A question whose area does not fit into an address is asked
// with POST and changes nothing.
func changes(r *http.Request) bool {
	asks := r.Method == http.MethodPost && strings.HasPrefix(r.URL.Path, pathCollections+"/") && strings.HasSuffix(r.URL.Path, "/aggregate")
	return isUnsafe(r.Method) && !asks
}

// isSignIn reports whether a request begins a session, for which no token can be had before. Pages of other origins are
// kept from it by the server's check of the origin.
func isSignIn(r *http.Request) bool {
	return r.Method == http.MethodPost && (r.URL.Path == "/api/session" || strings.HasPrefix(r.URL.Path, "/api/links/"))
}

func mayWhilePasswordIsForeign(r *http.Request) bool {
	switch r.URL.Path {
	case "/api/session":
		return true
	case "/api/session/password":
		return r.Method == http.MethodPut
	}
	return isSignIn(r) || !strings.HasPrefix(r.URL.Path, "/api/") && !changes(r) && r.URL.Query().Get("edition") != editionInternal
}

// known lets only those pass who are somebody, and still are when a write is complete.
func (s *Server) known(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		if !s.caller(c).Known() {
			return request.ErrUnauthorized
		}
		if err := s.renew(c); err != nil {
			return err
		}
		if !s.caller(c).Known() {
			return request.ErrUnauthorized
		}
		return next(c)
	}
}
