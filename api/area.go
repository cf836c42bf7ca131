package api

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"
	"github.com/paulmach/orb"

	"jingwei/api/internal/request"
	"jingwei/geo"
	"jingwei/geo/live"
	"jingwei/tiles"
)

// mostAreas is how many areas one request may ask about.
const mostAreas = 1000

// area is where points are counted.
type area struct {
	id     any // of the feature that it came as; nil for none
	region live.Region
	set    *tiles.BoundarySet // that has the outline of a division; nil for other areas
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
		within, err := s.readWithin(c, q, r)
		return []area{within}, false, err
	case boxed:
		return []area{{region: live.In(extent)}}, false, q.Err()
	}
	return []area{{region: live.In(geo.World)}}, false, q.Err()
}

// readWithin reads COLLECTION/ID of an area that is known here: a division of any level, by its code, a grid, or the
// jurisdiction of an organization. It is known as ?after= wants it, and taken as it is on the day that is asked about, of several
// the last.
func (s *Server) readWithin(c echo.Context, q *request.Query, r aggregateRequest) (area, error) {
	text := q.Text(paramWithin, 100)
	if err := s.await(c, r.index, q); err != nil {
		return area{}, err
	}
	collection, id, _ := strings.Cut(text, "/")
	l, ok := layerNamed(collection)
	switch {
	case ok && l.area != nil:
		region, err := s.withinArea(c, collection, id, r)
		return area{region: region}, err
	case ok && (l.level != 0 || collection == "divisions"):
		return s.withinDivision(c.Request().Context(), id, s.lastDay(r.days))
	}
	return area{}, geo.Invalid(paramWithin, "%q is not divisions/CODE, provinces/CODE, prefectures/CODE, counties/CODE, townships/CODE, grids/ID or jurisdictions/ID", text)
}

func (s *Server) withinDivision(ctx context.Context, text string, day geo.Day) (area, error) {
	code, err := geo.ParseDivisionCode(paramWithin, text)
	if err != nil {
		return area{}, err
	}
	shape, err := s.config.Divisions.DivisionShape(ctx, code, day)
	if err != nil {
		return area{}, fmt.Errorf("within division %s: %w", code, err)
	}
	if !shape.Holds {
		return area{}, geo.NotFound("there is no division %s on %s", code, day)
	}
	region, err := regionOf(shape.GeoJSON)
	set := tiles.BoundarySetOf(shape.Set)
	return area{region: region, set: &set}, err
}

// withinArea returns a grid, or a jurisdiction that the audience may see.
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

// sentFeature is a Feature of GeoJSON, as far as it matters here.
type sentFeature struct {
	Type     string
	ID       json.RawMessage // as it is written: a number may have more digits than floating point keeps
	Geometry json.RawMessage
}

// parseAreas reads GeoJSON (RFC 7946): a Polygon or MultiPolygon, a Feature of one, or a FeatureCollection of up to 1,000.
func parseAreas(text []byte) (areas []area, many bool, err error) {
	var whole struct {
		sentFeature
		Features []*sentFeature
	}
	if err := json.Unmarshal(text, &whole); err != nil {
		return nil, false, geo.Invalid(paramGeometry, "this is not a GeoJSON object")
	}
	switch whole.Type {
	case "FeatureCollection":
		many = true
	case "Feature":
		whole.Features = []*sentFeature{&whole.sentFeature}
	default:
		region, err := regionOf(text)
		return []area{{region: region}}, false, err
	}
	if len(whole.Features) == 0 || len(whole.Features) > mostAreas {
		return nil, many, geo.Invalid(paramGeometry, "from 1 to %d areas can be asked about; there are %d", mostAreas, len(whole.Features))
	}
	for i, f := range whole.Features {
		a, err := f.area()
		if err != nil {
			return nil, many, f.fault(i, err)
		}
		areas = append(areas, a)
	}
	return areas, many, nil
}

func (f *sentFeature) area() (a area, err error) {
	switch {
	case f == nil:
		return a, geo.Invalid(paramGeometry, "is null")
	case f.Type != "Feature":
		return a, geo.Invalid(paramGeometry, "a Feature is needed, not %.40q", f.Type)
	case len(f.Geometry) == 0 || string(f.Geometry) == "null":
		return a, geo.Invalid(paramGeometry, "it has no geometry")
	case len(f.ID) > 0 && string(f.ID) != "null":
		a.id = f.ID
	}
	a.region, err = regionOf(f.Geometry)
	return a, err
}

// fault says in which of the features a fault lies: by its number from 1, and by its id.
func (f *sentFeature) fault(i int, err error) error {
	var inside *geo.Error
	if !errors.As(err, &inside) {
		return err
	}
	name := strconv.Itoa(i + 1)
	if f != nil && len(f.ID) > 0 {
		name += fmt.Sprintf(" (id %.60s)", f.ID)
	}
	return geo.Invalid(inside.Field, "feature %s: %s", name, inside.Message)
}

// regionOf reads a Polygon or MultiPolygon.
func regionOf(geometry []byte) (live.Region, error) {
	polygons, err := geo.ParseCoordinates(geometry)
	if err != nil {
		return nil, err
	}
	shape := make(orb.MultiPolygon, len(polygons))
	for i, rings := range polygons {
		shape[i] = make(orb.Polygon, len(rings))
		for j, positions := range rings {
			shape[i][j] = make(orb.Ring, len(positions))
			for k, p := range positions {
				shape[i][j][k] = orb.Point{p[0], p[1]}
			}
		}
	}
	return live.NewPolygons(shape)
}
