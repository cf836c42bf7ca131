package postgis

import (
	"context"

	"github.com/jackc/pgx/v5"
	"github.com/twpayne/go-geom"
	"github.com/twpayne/go-geom/encoding/ewkb"

	"jingwei/geo"
)

const sqlStageLines = `
create temporary table load_line (
    kind text, name text, ewkb bytea,
    constraint load_line_pkey primary key (kind, name)
) on commit drop`

const sqlReadLines = `
create temporary table read_line on commit drop as
select b.id as set_id, l.kind, l.name, st_geomfromewkb(l.ewkb) as geometry
from load_line l
join jingwei.boundary_set b on b.name = $1`

const sqlTallyLines = `
select count(*) filter (where g.kind is null), count(*) filter (where not st_orderingequals(g.geometry, r.geometry)),
       count(*) filter (where st_orderingequals(g.geometry, r.geometry))
from read_line r
left join jingwei.boundary_line g on g.set_id = r.set_id and g.kind = r.kind and g.name = r.name`

const sqlMergeLines = `
insert into jingwei.boundary_line as g (set_id, kind, name, geometry)
select r.set_id, r.kind, r.name, r.geometry
from read_line r
order by r.kind, r.name
on conflict (set_id, kind, name) do update
set geometry = excluded.geometry
where not st_orderingequals(g.geometry, excluded.geometry)`

func loadLines(ctx context.Context, tx pgx.Tx, set geo.BoundarySet, lines []geo.BoundaryLine, tally *BoundaryTally) (int, error) {
	changed, err := keepBoundarySet(ctx, tx, set)
	if err != nil {
		return 0, err
	}
	source := pgx.CopyFromSlice(len(lines), func(i int) ([]any, error) {
		data, err := ewkb.Marshal(multiLineString(lines[i].Lines), ewkb.NDR)
		return []any{lines[i].Kind, lines[i].Name, data}, err
	})
	if _, err := stageAndMerge(ctx, tx, sqlStageLines, "load_line", []string{"kind", "name", "ewkb"}, source, sqlReadLines, set.Name); err != nil {
		return 0, err
	}
	var counted BoundaryTally
	if err := tx.QueryRow(ctx, sqlTallyLines).Scan(&counted.New, &counted.Changed, &counted.Unchanged); err != nil {
		return 0, err
	}
	tag, err := tx.Exec(ctx, sqlMergeLines)
	if err != nil {
		return 0, err
	}
	tally.add(counted)
	return changed + int(tag.RowsAffected()), nil
}

func multiLineString(lines [][]geo.Position) *geom.MultiLineString {
	coordinates := make([][]geom.Coord, len(lines))
	for i, line := range lines {
		for _, p := range line {
			lon, lat := p.Degrees()
			coordinates[i] = append(coordinates[i], geom.Coord{lon, lat})
		}
	}
	return geom.NewMultiLineString(geom.XY).MustSetCoords(coordinates).SetSRID(srid)
}
