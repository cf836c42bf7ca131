package api

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"
	"github.com/paulmach/orb"
	"github.com/paulmach/orb/geojson"

	"jingwei/api/internal/request"
	"jingwei/geo"
	"jingwei/geo/live"
)

// mostAreas is how many areas one request may ask about.
const mostAreas = 1000

// area is where points are counted.
type area struct {
	id     any // of the feature that it came as; nil for none
	region live.Region
}

// readAreas reads where to count: the body of a POST, or one of the parameters bbox, geometry and within, or nothing, which is
// everywhere. many tells that a collection was given.
func (s *Server) readAreas(c echo.Context, q *request.Query, r aggregateRequest) (areas []area, many bool, err error) {
	extent, boxed := q.Extent(paramBox)
	given := 0
	for _, name := range []string{paramBox, paramGeometry, paramWithin} {
		if q.Has(name) {
			given++
		}
	}
	if c.Request().Method == http.MethodPost {
		given++
	}
	if given > 1 {
		return nil, false, geo.Invalid(paramGeometry, "one area is asked about at a time: a body, or one of bbox, geometry and within")
	}
	switch {
	case c.Request().Method == http.MethodPost:
		body, err := request.ReadBody(c.Request())
		if err != nil {
			return nil, false, err
		}
		return parseAreas(body)
	case q.Has(paramGeometry):
		return parseAreas([]byte(q.Text(paramGeometry, maxBody)))
	case q.Has(paramWithin):
		region, err := s.readWithin(c, q, r)
		return []area{{region: region}}, false, err
	case boxed:
		return []area{{region: live.In(extent)}}, false, q.Err()
	}
	return []area{{region: live.In(geo.World)}}, false, q.Err()
}

// readWithin reads COLLECTION/ID of an area that is known here: a division of any level, by its code, a grid, or the
// jurisdiction of an organization. It is known as ?after= wants it.
func (s *Server) readWithin(c echo.Context, q *request.Query, r aggregateRequest) (live.Region, error) {
	text := q.Text(paramWithin, 100)
	if err := s.await(c, r.index, q); err != nil {
		return nil, err
	}
	collection, id, _ := strings.Cut(text, "/")
	l, ok := layerNamed(collection)
	switch {
	case ok && l.area != nil:
		return s.withinArea(c, collection, id, r)
	case ok && (l.level != 0 || collection == "divisions"):
		return s.withinDivision(c.Request().Context(), id)
	}
	return nil, geo.Invalid(paramWithin, "%q is not divisions/CODE, provinces/CODE, prefectures/CODE, counties/CODE, townships/CODE, grids/ID or jurisdictions/ID", text)
}

func (s *Server) withinDivision(ctx context.Context, text string) (live.Region, error) {
	code, err := geo.ParseDivisionCode(paramWithin, text)
	if err != nil {
		return nil, err
	}
	shape, err := s.config.Divisions.DivisionShape(ctx, code)
	if err != nil {
		return nil, fmt.Errorf("within division %s: %w", code, err)
	}
	areas, _, err := parseAreas(shape.GeoJSON)
	if err != nil {
		return nil, err
	}
	return areas[0].region, nil
}

// withinArea returns a grid, or a jurisdiction that the audience may see, as it is on the day that is asked about, of several
// the last.
func (s *Server) withinArea(c echo.Context, collection, text string, r aggregateRequest) (live.Region, error) {
	id, err := geo.ParseID(paramWithin, text)
	if err != nil {
		return nil, err
	}
	ctx, day := c.Request().Context(), s.lastDay(r.days)
	var shape orb.MultiPolygon
	switch collection {
	case "grids":
		shape, err = s.config.Areas.GridShape(ctx, id, day)
	default:
		if err := s.sees(c, r.audience, geo.AuditObject{Kind: "organization", ID: id}, geo.ActionReadOrganization); err != nil {
			return nil, err
		}
		shape, err = s.config.Areas.JurisdictionShape(ctx, r.audience.scope(geo.ActionReadOrganization), id, day)
	}
	if err != nil {
		return nil, fmt.Errorf("within %s/%d: %w", collection, id, err)
	}
	return live.NewPolygons(shape)
}

// parseAreas reads GeoJSON (RFC 7946): a Polygon or MultiPolygon, a Feature of one, or a FeatureCollection of up to 1,000.
func parseAreas(text []byte) (areas []area, many bool, err error) {
	var head struct{ Type string }
	if err := json.Unmarshal(text, &head); err != nil {
		return nil, false, geo.Invalid(paramGeometry, "this is not a GeoJSON object")
	}
	var features []*geojson.Feature
	switch head.Type {
	case "FeatureCollection":
		collection, err := geojson.UnmarshalFeatureCollection(text)
		if err != nil {
			return nil, true, geo.Invalid(paramGeometry, "this is not a FeatureCollection of Polygons or MultiPolygons")
		}
		features, many = collection.Features, true
	case "Feature":
		feature, err := geojson.UnmarshalFeature(text)
		if err != nil {
			return nil, false, geo.Invalid(paramGeometry, "this is not a Feature of a Polygon or MultiPolygon")
		}
		features = []*geojson.Feature{feature}
	default:
		geometry, err := geojson.UnmarshalGeometry(text)
		if err != nil {
			return nil, false, geo.Invalid(paramGeometry, "this is not a Polygon or MultiPolygon")
		}
		features = []*geojson.Feature{{Geometry: geometry.Geometry()}}
	}
	if len(features) == 0 || len(features) > mostAreas {
		return nil, many, geo.Invalid(paramGeometry, "from 1 to %d areas can be asked about; there are %d", mostAreas, len(features))
	}
	for i, f := range features {
		if f == nil {
			return nil, many, geo.Invalid(paramGeometry, "feature %d is null", i+1)
		}
		region, err := regionOf(f.Geometry)
		if err != nil {
			return nil, many, fmt.Errorf("feature %d: %w", i+1, err)
		}
		areas = append(areas, area{id: f.ID, region: region})
	}
	return areas, many, nil
}

func regionOf(g orb.Geometry) (live.Region, error) {
	switch g := g.(type) {
	case orb.Polygon:
		return live.NewPolygons(orb.MultiPolygon{g})
	case orb.MultiPolygon:
		return live.NewPolygons(g)
	}
	return nil, geo.Invalid(paramGeometry, "only a Polygon or a MultiPolygon has an inside")
}
