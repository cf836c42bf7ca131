package postgis

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"jingwei/geo"
)

// ReportTable is a table of generated reports. ID and Version are ignored; Organization, Grid and DuplicateOf are ids.
// A table with a method SetBase(geo.ID) is told, before the first row is asked for, which id row 0 gets (row i gets base +
// i), so that DuplicateOf may name a report of the table: one before it, or among the rows up to the next multiple of
// 5000. Report is called from one goroutine, for rising i.
type ReportTable interface {
	Len() int
	Report(i int) geo.Report
}

const sqlCopyReports = `
copy jingwei.report (id, category, text, lon_e7, lat_e7, location_accuracy_m, division_code, grid_id, organization_id, state,
    status, visibility, channel, duplicate_of, received_at, dispatched_at, accepted_at, done_at, replied_at, called_back_at,
    closed_at, due_at, redo, handover)
from stdin (format binary)`

const reportColumns = 24

// LoadReports writes the reports of a table under the name part and returns how many were written now: the same part
// again goes on where it was interrupted, or does nothing. Rows are committed by the thousand while others' writes go on;
// one reload of the layer "reports" at the end tells consumers. A part that was begun with another number of rows is
// geo.ErrConflict; a row that breaks a rule is *geo.Error with its field.
func (s *Store) LoadReports(ctx context.Context, part string, table ReportTable, progress Progress) (int, error) {
	base := geo.ID(0)
	p := partLoad[*copyBuffer]{
		name: part, total: table.Len(),
		begin: func(b geo.ID) {
			base = b
			tellBase(table, b)
		},
		prepare: func(lo, hi int) (*copyBuffer, error) {
			rows := newCopyBuffer((hi - lo) * 512)
			for i := lo; i < hi; i++ {
				rows.report(base+geo.ID(i), table.Report(i))
			}
			return rows, nil
		},
		write: func(ctx context.Context, tx pgx.Tx, rows *copyBuffer) error {
			return rows.send(ctx, tx, sqlCopyReports)
		},
	}
	n, err := p.load(ctx, s, bulkLoad{layer: geo.ReportLayer().Name, table: "jingwei.report", action: "report.load"}, progress)
	if err != nil {
		return n, fmt.Errorf("load reports %s: %w", part, err)
	}
	return n, nil
}

// tellBase tells a table that wants to know the id of its row 0.
func tellBase(table any, base geo.ID) {
	if t, ok := table.(interface{ SetBase(geo.ID) }); ok {
		t.SetBase(base)
	}
}

// report writes a row of sqlCopyReports.
func (b *copyBuffer) report(id geo.ID, r geo.Report) {
	b.row(reportColumns)
	b.bigint(int64(id))
	b.text(r.Category)
	b.text(r.Text)
	b.integer(r.At.Lon)
	b.integer(r.At.Lat)
	b.float(r.AccuracyM)
	b.bigint(int64(r.Division))
	b.idOrNull(r.Grid)
	b.idOrNull(r.Organization)
	b.text(r.State)
	b.text(r.Status)
	b.text(r.Visibility)
	b.text(r.Channel)
	b.idOrNull(r.DuplicateOf)
	t := r.Times
	b.instant(t.Received)
	b.instant(t.Dispatched)
	b.instant(t.Accepted)
	b.instant(t.Done)
	b.instant(t.Replied)
	b.instant(t.CalledBack)
	b.instant(t.Closed)
	b.instant(t.Due)
	b.integer(r.Redo)
	b.integer(r.Handover)
}
