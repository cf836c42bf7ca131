package api

import (
	"github.com/labstack/echo/v4"

	"jingwei/api/internal/request"
	"jingwei/geo"
	"jingwei/geo/live"
)

// cellPart is the points in a cell of a tile.
func cellPart(cell live.Tile, after live.Cursor) part {
	return part{
		summarize: func(v pointView, counts ...string) (live.Summary, error) {
			return v.SummarizeTile(v.query, cell, counts...)
		},
		list: func(v pointView, limit int) ([]live.Feature, *string, error) {
			features, next, err := v.ListTile(v.query, cell, after, limit)
			return features, formatCursor(next), err
		},
	}
}

// listCell answers the members of a cluster, by the name of its cell. The parameters are those of the tile, so that its query
// serves here too.
func (s *Server) listCell(c echo.Context) error {
	l, ok := layerNamed(c.Param("layer"))
	if !ok {
		return unknownLayer("layer", c.Param("layer"))
	}
	layer := s.pointsOf(l)
	if layer == nil {
		return geo.NotFound("the layer %s has no clusters", l.name)
	}
	address, err := tileAddress(c)
	if err != nil {
		return err
	}
	cell, err := live.Tile{Z: address.Z, X: address.X, Y: address.Y}.Cell(c.Param("cell"))
	if err != nil {
		return err
	}
	q := request.ParseQuery(c.QueryString(), append(parameters(layer), "cells", "limit", "cursor", "after")...)
	q.OneOf("cells", defaultCells, 0, 8, 16, 32, 64) // the name of the cell says it
	of := cellPart(cell, readCursor(q))
	if layer == s.reports {
		return s.writeReports(c, q, of)
	}
	return s.writeOrganizations(c, q, of)
}
