package api

import (
	"fmt"

	"github.com/labstack/echo/v4"

	"jingwei/api/internal/request"
	"jingwei/geo"
)

// maxListName is the longest name of a code list, in characters.
const maxListName = 63

// code is the JSON of a value of a code list.
type code struct {
	Code string `json:"code"`
	Zh   string `json:"zh"`
	En   string `json:"en"`
}

// reportCategory is the JSON of a category of reports.
type reportCategory struct {
	code
	Sensitive bool `json:"sensitive"`
	DueDays   int  `json:"due_days"`
}

// itemList is the JSON of a list that is given as a whole.
type itemList[T any] struct {
	Items []T `json:"items"`
}

func (s *Server) listCodes(c echo.Context) error {
	if err := request.ParseQuery(c.QueryString()).Err(); err != nil {
		return err
	}
	name := c.Param("list")
	if len(name) > maxListName {
		return geo.NotFound("there is no code list with such a long name")
	}
	codes, err := s.config.Codes.Codes(c.Request().Context(), name)
	if err != nil {
		return fmt.Errorf("codes of %s: %w", name, err)
	}
	return s.writeList(c, itemList[code]{items(codes, func(v geo.Code) code { return code{v.Code, v.Zh, v.En} })})
}

func (s *Server) listReportCategories(c echo.Context) error {
	if err := request.ParseQuery(c.QueryString()).Err(); err != nil {
		return err
	}
	all, err := s.config.Codes.ReportCategories(c.Request().Context())
	if err != nil {
		return fmt.Errorf("report categories: %w", err)
	}
	return s.writeList(c, itemList[reportCategory]{items(all, func(v geo.ReportCategory) reportCategory {
		return reportCategory{code{v.Code, v.Zh, v.En}, v.Sensitive, v.DueDays}
	})})
}

// writeList answers with a list that changes rarely, by its tag.
func (s *Server) writeList(c echo.Context, list any) error {
	body, err := encodeJSON(list)
	if err != nil {
		return err
	}
	return s.writeTagged(c, "application/json", body)
}
