package api

import (
	"context"
	"fmt"
	"html"
	"net/http"
	"slices"
	"strings"

	"github.com/labstack/echo/v4"

	"jingwei/api/internal/request"
	"jingwei/geo"
	"jingwei/tiles"
)

func (s *Server) getTileJSON(c echo.Context) error {
	set, err := parseTileSet(c.Param("layer"))
	if err != nil {
		return err
	}
	q := request.ParseQuery(c.QueryString(), s.tileParameters(set)...)
	a, err := s.audience(c, q)
	if err != nil {
		return err
	}
	// The tiles' URLs carry the parameters on, so they are checked here.
	if _, err := s.tileQueries(c.Request().Context(), q, set, a); err != nil {
		return err
	}
	t := s.tileJSON(set, s.baseURL(c), c.QueryParams().Encode(), a)
	if err := s.attribute(c.Request().Context(), &t, set); err != nil {
		return err
	}
	setSharing(c, a)
	return s.writeJSON(c, http.StatusOK, t)
}

// attribute names the sources of what the tiles show. Clients put the attribution into their pages as HTML, so texts,
// which come with the data, are escaped.
func (s *Server) attribute(ctx context.Context, t *tiles.TileJSON, set tileSet) error {
	texts := []string{s.config.Attribution}
	if set.hasDivisions() {
		drawn, ok, err := s.boundarySet(ctx)
		if err != nil {
			return err
		}
		if ok {
			shown := tiles.BoundarySetOf(drawn)
			t.BoundarySet = &shown
			texts = append(texts, shown.Attribution())
		}
	}
	texts = slices.DeleteFunc(texts, func(text string) bool { return text == "" })
	t.Attribution = html.EscapeString(strings.Join(slices.Compact(texts), " · "))
	return nil
}

// boundarySet returns the set of boundaries that maps draw, and false when there is none.
func (s *Server) boundarySet(ctx context.Context) (geo.BoundarySet, bool, error) {
	sets, err := s.config.Polygons.BoundarySets(ctx)
	if err != nil {
		return geo.BoundarySet{}, false, fmt.Errorf("boundary sets: %w", err)
	}
	i := slices.IndexFunc(sets, func(b geo.BoundarySet) bool { return b.Default })
	if i < 0 {
		return geo.BoundarySet{}, false, nil
	}
	return sets[i], true, nil
}

func (s *Server) tileJSON(set tileSet, base, query string, a audience) tiles.TileJSON {
	t := tiles.TileJSON{MinZoom: maxZoom, Bounds: tiles.Bounds(tiles.Address{}.Extent())}
	for i, l := range set {
		if i > 0 {
			t.Name += ","
		}
		t.Name += l.name
		t.MinZoom, t.MaxZoom = min(t.MinZoom, l.minZoom), max(t.MaxZoom, l.maxZoom)
		if p := s.pointsOf(l); p != nil {
			t.VectorLayers = append(t.VectorLayers, vectorLayer(l, describePoints(p), pointFields(p.seenBy(a).index, a)))
		}
		if l.area != nil {
			t.VectorLayers = append(t.VectorLayers, vectorLayer(l, l.area.description, l.area.fields))
		}
		if l.polygons {
			t.VectorLayers = append(t.VectorLayers, divisionLayers(l)...)
		}
		if l.lines {
			t.VectorLayers = append(t.VectorLayers, lineLayer(l))
		}
	}
	address := base + "/tiles/" + t.Name + "/{z}/{x}/{y}"
	if query != "" {
		address += "?" + query
	}
	t.Tiles = []string{address}
	return t
}

func vectorLayer(l tileLayer, description string, fields map[string]string) tiles.VectorLayer {
	return tiles.VectorLayer{ID: l.name, Description: description, Fields: fields, MinZoom: &l.minZoom, MaxZoom: &l.maxZoom}
}

// describePoints says what the points are and what clusters count.
func describePoints(p *pointLayer) string {
	text := p.title
	for _, column := range p.editions.Public.Layer().Columns {
		if column.Counted {
			text += "; clusters also have count_" + strings.ToUpper(column.Name) + " per " + column.Name
		}
	}
	if p.editions.Public.Layer().Generalise != nil {
		text += "; without the token the points are generalised"
	}
	return text
}

func pointFields(index PointIndex, a audience) map[string]string {
	fields := map[string]string{
		"cluster": "Boolean: true for several points drawn as one", "point_count": "Number of points in the cluster",
		"point_count_abbreviated": "String: point_count in short", "expansion_zoom": "Number: the zoom at which the cluster opens; absent when no zoom tells its points apart",
		"cell":     "String: the name of the cluster's cell, whose points /tiles/{layer}/cells/{z}/{x}/{y}/{cell} lists",
		"division": "String: code of the division, 12 digits",
	}
	for _, column := range index.Layer().Columns {
		if !column.Public && !a.internal || !column.Shown() {
			continue
		}
		fields[column.Name] = "String"
		if column.Role == geo.ColumnNumber {
			fields[column.Name] = "Number"
		}
	}
	return fields
}

func divisionLayers(l tileLayer) []tiles.VectorLayer {
	labels := map[string]string{"code": "String: 12 digits", "name": "String", "pinyin": "String", "level": "Number: 1 province to 5 village"}
	shapes := map[string]string{"parent": "String: code of the division above", "illustrative": "Boolean: not a depiction of real boundaries"}
	for name, description := range labels {
		shapes[name] = description
	}
	return []tiles.VectorLayer{
		{ID: "divisions", Description: "Divisions as polygons", Fields: shapes, MinZoom: &l.minZoom, MaxZoom: &l.maxZoom},
		{ID: "division_labels", Description: "Label points of divisions", Fields: labels, MinZoom: &l.minZoom, MaxZoom: &l.maxZoom},
	}
}

func lineLayer(l tileLayer) tiles.VectorLayer {
	return tiles.VectorLayer{ID: "boundary_lines", Description: "Lines that are the border of no division", MinZoom: &l.minZoom, MaxZoom: &l.maxZoom,
		Fields: map[string]string{"kind": "String: south_china_sea, undefined, national, provincial, special_region, other", "name": "String",
			"illustrative": "Boolean: not a depiction of real boundaries"}}
}
