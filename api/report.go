package api

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"jingwei/api/internal/request"
	"jingwei/geo"
	"jingwei/geo/live"
)

// reportSummary is the JSON of a report as the live index holds it.
type reportSummary struct {
	ID         geo.ID      `json:"id"`
	Category   string      `json:"category"`
	Status     string      `json:"status"`
	State      string      `json:"state"`
	Division   string      `json:"division"`
	Location   coordinates `json:"location"`
	ReceivedOn string      `json:"received_on"`
}

func reportSummaryOf(f live.Feature, column map[string]int) reportSummary {
	return reportSummary{
		ID: f.ID, Category: f.Values[column["category"]], Status: f.Values[column["status"]], State: f.Values[column["state"]],
		Division: f.Division.String(), Location: coordinatesOf(f.At), ReceivedOn: f.Valid.From.String(),
	}
}

// reportList is the JSON of a page of reports. Generalised says that they stand in the middle of cells, not where the
// matters are.
type reportList struct {
	page[reportSummary]
	Generalised bool `json:"generalised"`
}

func (s *Server) listReports(c echo.Context) error {
	q, of := s.boxRequest(c, s.reports)
	return s.writeReports(c, q, of)
}

// writeReports answers a page of the reports in a part.
func (s *Server) writeReports(c echo.Context, q *request.Query, of part) error {
	list, internal, err := listPart(s, c, q, s.reports, of, reportSummaryOf, "status", "state")
	if err != nil {
		return err
	}
	return s.writeJSON(c, http.StatusOK, reportList{page: list, Generalised: !internal})
}
