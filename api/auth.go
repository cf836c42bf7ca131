package api

import (
	"github.com/labstack/echo/v4"

	"jingwei/api/internal/request"
	"jingwei/geo"
)

// author is what the history names for writes with the token, until there are accounts.
const author = "token"

// privileged reports whether the request carries the token; a wrong one is an error, never a silent public answer.
func (s *Server) privileged(c echo.Context) (bool, error) {
	return request.Bearer(c.Request().Header.Get("Authorization"), s.config.WriteToken)
}

// scopeOf returns what whoever holds the token, or does not, may see beyond what everyone sees.
func scopeOf(privileged bool) geo.Scope {
	if privileged {
		return geo.Everywhere()
	}
	return geo.Scope{}
}

// authenticate refuses a wrong token on every public path, also where the token makes no difference: who sends one is to
// learn that it does not hold.
func (s *Server) authenticate(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		if isPublicPath(c.Request().URL.Path) {
			if _, err := s.privileged(c); err != nil {
				return err
			}
		}
		return next(c)
	}
}

// authorize lets only the holder of the token pass.
func (s *Server) authorize(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		ok, err := s.privileged(c)
		if err != nil {
			return err
		}
		if !ok {
			return request.ErrUnauthorized
		}
		return next(c)
	}
}

// setSharing says who may store the answer: everyone, always asking again before using it, or only the caller.
func setSharing(c echo.Context, internal bool) {
	h := c.Response().Header()
	h.Add("Vary", "Accept, Accept-Encoding, Authorization")
	if internal {
		h.Set("Cache-Control", "private, no-cache")
		return
	}
	h.Set("Cache-Control", "public, no-cache")
}
