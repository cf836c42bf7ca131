package api

import (
	"encoding/json"

	"github.com/labstack/echo/v4"

	"jingwei/geo"
)

// viewed puts into the audit that the caller sees something protected, before it is answered: without it there is no
// answer. What was seen is not told.
func (s *Server) viewed(c echo.Context, action geo.Action, object geo.AuditObject) error {
	ctx := c.Request().Context()
	return s.views.record(ctx, s.caller(c).session.ID, geo.AuditEntry{Actor: geo.ActorOf(ctx), Action: string(action), Object: object})
}

// sees is viewed for an audience, and for those of the actions only by which it sees more than everyone.
func (s *Server) sees(c echo.Context, a audience, object geo.AuditObject, actions ...geo.Action) error {
	for _, action := range actions {
		if a.scope(action).Empty() {
			continue
		}
		if err := s.viewed(c, action, object); err != nil {
			return err
		}
	}
	return nil
}

// seesAccount lets whoever may read accounts pass with a view of the account that the address names, or of all.
func (s *Server) seesAccount(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		if s.caller(c).Scope(geo.ActionReadAccount, s.today()).Empty() {
			return next(c) // which refuses
		}
		id, _ := geo.ParseID("id", c.Param("id")) // none for a list
		if err := s.viewed(c, geo.ActionReadAccount, geo.AuditObject{Kind: "account", ID: id}); err != nil {
			return err
		}
		return next(c)
	}
}

// signInFailed puts into the audit that somebody could not show who they are; account is 0 when nobody has the name. The
// name itself is not told: it may be a password by mistake. provider is where they came from, "" for a password.
func (s *Server) signInFailed(c echo.Context, account geo.ID, provider string) error {
	ctx := c.Request().Context()
	e := geo.AuditEntry{Actor: geo.ActorOf(ctx), Action: geo.AuditSignInFailed, Object: geo.AuditObject{Kind: "account", ID: account}}
	if account == 0 {
		e.Path = []geo.ID{} // not the affair of whoever is signed in with the same browser
	}
	if provider != "" {
		e.After, _ = json.Marshal(map[string]string{"provider": provider}) // a text always marshals
	}
	return s.views.put(ctx, e, nil)
}
