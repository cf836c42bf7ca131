package postgis

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"jingwei/geo"
)

const sqlCodes = `
select c.code, c.zh, c.en from jingwei.code c where c.list = $1 order by c.rank, c.code`

const sqlCodeList = `
select exists (select from jingwei.code_list l where l.list = $1)`

// Codes returns the values of a code list ("organization_kind", "report_state" ...) in the order in which they are shown,
// those that operators have added among them. A list that does not exist is geo.ErrNotFound.
func (s *Store) Codes(ctx context.Context, list string) ([]geo.Code, error) {
	rows, err := s.public.Query(ctx, sqlCodes, list)
	if err != nil {
		return nil, fmt.Errorf("codes of %s: %w", list, explain(err))
	}
	codes, err := pgx.CollectRows(rows, pgx.RowToStructByPos[geo.Code])
	if err != nil {
		return nil, fmt.Errorf("codes of %s: %w", list, explain(err))
	}
	if len(codes) > 0 {
		return codes, nil
	}
	exists := false
	if err := s.public.QueryRow(ctx, sqlCodeList, list).Scan(&exists); err != nil {
		return nil, fmt.Errorf("codes of %s: %w", list, explain(err))
	}
	if !exists {
		return nil, geo.NotFound("there is no code list %q", list)
	}
	return codes, nil
}

const sqlReportCategories = `
select c.code, c.zh, c.en, c.sensitive, c.due_days from jingwei.report_category c order by c.rank, c.code`

// ReportCategories returns the categories of reports in the order in which they are shown.
func (s *Store) ReportCategories(ctx context.Context) ([]geo.ReportCategory, error) {
	rows, err := s.public.Query(ctx, sqlReportCategories)
	if err != nil {
		return nil, fmt.Errorf("report categories: %w", explain(err))
	}
	categories, err := pgx.CollectRows(rows, pgx.RowToStructByPos[geo.ReportCategory])
	if err != nil {
		return nil, fmt.Errorf("report categories: %w", explain(err))
	}
	return categories, nil
}
