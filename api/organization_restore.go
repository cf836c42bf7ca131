package api

import (
	"fmt"
	"math"
	"net/http"

	"github.com/labstack/echo/v4"

	"jingwei/api/internal/request"
	"jingwei/geo"
)

func (s *Server) restoreOrganization(c echo.Context) error {
	id, ifVersion, err := writeTarget(c)
	if err != nil {
		return err
	}
	o := request.ReadObject(c.Request(), "version", "parent")
	version := int32(o.Int("version", 0, 1, math.MaxInt32))
	var parent *geo.ID
	if o.Has("parent") {
		p := o.ID("parent")
		parent = &p
	}
	if err := o.Err(); err != nil {
		return err
	}
	see, in := s.reach(c)
	restored, at, err := s.config.History.RestoreOrganization(c.Request().Context(), see, in, id, ifVersion, version, parent, s.today(), s.caller(c).Name)
	if err != nil {
		return fmt.Errorf("restore organization %d: %w", id, err)
	}
	return writeOrganization(c, http.StatusOK, restored, &at)
}

func (s *Server) undoOrganization(c echo.Context) error {
	id, version, err := writeTarget(c)
	if err != nil {
		return err
	}
	see, in := s.reach(c)
	done, at, err := s.config.History.UndoOrganization(c.Request().Context(), see, in, id, version, s.today(), s.caller(c).Name)
	if err != nil {
		return fmt.Errorf("undo of organization %d: %w", id, err)
	}
	setPosition(c, at)
	c.Response().Header().Set("Cache-Control", "no-store")
	return s.writeJSON(c, http.StatusOK, struct {
		Items []reorganized `json:"items"`
	}{items(done, reorganizedOf)})
}
