package postgis

import (
	"context"
	"errors"

	"github.com/jackc/pgx/v5"

	"jingwei/geo"
)

// spatialFunctions are those of PostGIS behind the spatial predicates.
func spatialFunctions() map[string]string {
	return map[string]string{
		"s_intersects": "st_intersects", "s_equals": "st_equals", "s_disjoint": "st_disjoint", "s_touches": "st_touches",
		"s_within": "st_within", "s_overlaps": "st_overlaps", "s_crosses": "st_crosses", "s_contains": "st_contains",
	}
}

func (c *filterSQL) spatial(o *geo.Operation) (expression, error) {
	for _, a := range o.Args {
		if g, ok := a.(geo.Geometry); ok && g.Type == "GeometryCollection" && o.Op != "s_intersects" && o.Op != "s_disjoint" {
			return expression{}, geo.Invalid("filter", "a GeometryCollection goes with s_intersects and s_disjoint, not %s", o.Op)
		}
	}
	a, b, err := c.sides(o, geo.ValueGeometry, "compares geometries")
	return expression{sql: spatialFunctions()[o.Op] + "(" + a + ", " + b + ")", is: kindPredicate}, err
}

// shape writes a geometry out.
func (c *filterSQL) shape(n geo.Node) (expression, error) {
	g, ok := n.(geo.Geometry)
	if box, isBox := n.(geo.Box); isBox {
		g, ok = outline(geo.Extent(box)), true
	}
	if _, any := g.Extent(); !ok || !any {
		return expression{}, geo.Invalid("filter", "a geometry without positions chooses nothing")
	}
	text := string(g.AppendGeoJSON(nil))
	c.shapes = append(c.shapes, text)
	return expression{sql: "st_setsrid(st_geomfromgeojson(" + c.param(text, "text") + "), 4326)", is: valueKind(geo.ValueGeometry)}, nil
}

// outline returns the box as a polygon, as two when it crosses the antimeridian, or as the line or point that it is.
func outline(e geo.Extent) geo.Geometry {
	sw, ne := geo.Vertex{e.West, e.South}, geo.Vertex{e.East, e.North}
	switch {
	case e.West > e.East:
		west, east := e, e
		west.East, east.West = 180, -180
		parts := []geo.Geometry{outline(west), outline(east)}
		if parts[0].Type == "Polygon" && parts[1].Type == "Polygon" {
			return geo.Geometry{Type: "MultiPolygon", Parts: [][][]geo.Vertex{parts[0].Parts[0], parts[1].Parts[0]}}
		}
		return geo.Geometry{Type: "GeometryCollection", Members: parts}
	case sw == ne:
		return geo.Geometry{Type: "Point", Parts: [][][]geo.Vertex{{{sw}}}}
	case e.West == e.East || e.South == e.North:
		return geo.Geometry{Type: "LineString", Parts: [][][]geo.Vertex{{{sw, ne}}}}
	}
	return geo.Geometry{Type: "Polygon", Parts: [][][]geo.Vertex{{{sw, {e.East, e.South}, ne, {e.West, e.North}, sw}}}}
}

const sqlInvalidShape = `
select st_isvalidreason(st_geomfromgeojson(g.text))
from unnest($1::text[]) with ordinality g (text, n)
where not st_isvalid(st_geomfromgeojson(g.text))
order by g.n
limit 1`

// checkShapes refuses outlines that cross themselves, of which nobody knows what lies inside.
func checkShapes(ctx context.Context, q querier, shapes []string) error {
	if len(shapes) == 0 {
		return nil
	}
	var reason string
	err := q.QueryRow(ctx, sqlInvalidShape, shapes).Scan(&reason)
	switch {
	case errors.Is(err, pgx.ErrNoRows):
		return nil
	case err != nil:
		return err
	}
	return geo.Invalid("filter", "a geometry is not valid: %s", reason)
}
