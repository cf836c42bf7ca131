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
func (s *Server) readAreas(c echo.Context, q *request.Query) (areas []area, many bool, err error) {
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
		region, err := s.readWithin(c.Request().Context(), q.Text(paramWithin, 100))
		return []area{{region: region}}, false, err
	case boxed:
		return []area{{region: live.In(extent)}}, false, q.Err()
	}
	return []area{{region: live.In(geo.World)}}, false, q.Err()
}

// readWithin reads COLLECTION/ID of an area that is known here: a division of any level, by its code.
func (s *Server) readWithin(ctx context.Context, text string) (live.Region, error) {
	collection, id, _ := strings.Cut(text, "/")
	l, ok := layerNamed(collection)
	if !ok || l.level == 0 && collection != "divisions" {
		return nil, geo.Invalid(paramWithin, "%q is not provinces/CODE, prefectures/CODE, counties/CODE, townships/CODE or villages/CODE", text)
	}
	code, err := geo.ParseDivisionCode(paramWithin, id)
	if err != nil {
		return nil, err
	}
	shape, err := s.config.Divisions.DivisionShape(ctx, code)
	if err != nil {
		return nil, fmt.Errorf("within %s: %w", text, err)
	}
	areas, _, err := parseAreas(shape.GeoJSON)
	if err != nil {
		return nil, err
	}
	return areas[0].region, nil
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
