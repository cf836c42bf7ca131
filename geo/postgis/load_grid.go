package postgis

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"jingwei/geo"
)

// GridTable is a table of generated grids. ID is ignored; Organization is an id. A table with a method SetBase(geo.ID) is
// told which id row 0 gets, as with ReportTable.
type GridTable interface {
	Len() int
	Grid(i int) geo.Grid
}

const sqlCopyGrids = `
copy jingwei.grid (id, code, kind, name, division_code, organization_id, geometry, valid)
from stdin (format binary)`

const gridColumns = 8

// LoadGrids writes the grids of a table under the name part, as LoadReports does with reports; the layer is "grids". A
// code that another grid has on some of the days is geo.ErrConflict.
func (s *Store) LoadGrids(ctx context.Context, part string, table GridTable, progress Progress) (int, error) {
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
				g := table.Grid(i)
				if g.Valid.Empty() {
					return nil, geo.Invalid("valid_from", "grid %s: the days of validity are empty", g.Code)
				}
				rows.grid(base+geo.ID(i), g)
			}
			return rows, nil
		},
		write: func(ctx context.Context, tx pgx.Tx, rows *copyBuffer) error { return rows.send(ctx, tx, sqlCopyGrids) },
	}
	n, err := p.load(ctx, s, bulkLoad{layer: "grids", table: "jingwei.grid", action: "grid.load"}, progress)
	if err != nil {
		return n, fmt.Errorf("load grids %s: %w", part, err)
	}
	return n, nil
}

// grid writes a row of sqlCopyGrids.
func (b *copyBuffer) grid(id geo.ID, g geo.Grid) {
	b.row(gridColumns)
	b.bigint(int64(id))
	b.text(g.Code)
	b.text(g.Kind)
	b.text(g.Name)
	b.bigint(int64(g.Division))
	b.idOrNull(g.Organization)
	b.multiPolygon(g.Shape)
	b.days(g.Valid)
}
