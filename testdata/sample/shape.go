package sample

import (
	"encoding/json"
	"fmt"

	"jingwei/geo"
	"jingwei/testdata/sample/outline"
)

// Shape is the cell of a division.
type Shape = geo.DivisionShape

// BoundarySet describes the cells: illustrative, without a review number because they depict no real boundary.
func BoundarySet() geo.BoundarySet {
	return geo.BoundarySet{
		Name: "zhejiang-sample",
		Source: "Generated Voronoi cells (示意): not real boundaries. Seeds: county label points; coast: world-geo-json-zh; " +
			"islands and everything below the counties made up",
		Edition:      "1",
		CRS:          "EPSG:4326",
		Licence:      "CC0-1.0",
		Illustrative: true,
		Default:      true,
	}
}

// Shapes returns the cells of the province, 11 prefectures, 90 counties and 1,387 townships in the order of Divisions:
// valid GeoJSON MultiPolygons, exteriors counterclockwise. Neighbours have equal vertices along their common border,
// and a cell is exactly the union of the cells below it.
func Shapes() ([]Shape, error) {
	divisions, err := Divisions()
	if err != nil {
		return nil, err
	}
	townships, err := townshipCells()
	if err != nil {
		return nil, err
	}
	edges := upward(townships)
	set := BoundarySet()
	var out []Shape
	for _, d := range divisions {
		if d.Level > geo.Township {
			continue
		}
		polygons, err := outline.Polygons(outline.Cancel(edges[d.Code]))
		if err != nil {
			return nil, fmt.Errorf("cell of %s: %w", d.Code, err)
		}
		out = append(out, Shape{Set: set, Code: d.Code, Name: d.Name, GeoJSON: outline.AppendMultiPolygon(nil, polygons)})
	}
	return out, nil
}

// upward collects the edges of all townships below each division, level by level, so that edges inside a division are
// dropped early.
func upward(townships map[geo.DivisionCode][]outline.Polygon) map[geo.DivisionCode][]outline.Edge {
	out := map[geo.DivisionCode][]outline.Edge{}
	below := map[geo.DivisionCode][]outline.Edge{}
	for code, polygons := range townships {
		below[code] = outline.Edges(polygons...)
		out[code] = below[code]
	}
	for level := geo.Township; level > geo.Province; level-- {
		above := map[geo.DivisionCode][]outline.Edge{}
		for code, edges := range below {
			above[parent(code, level)] = append(above[parent(code, level)], edges...)
		}
		for code, edges := range above {
			above[code] = outline.Cancel(edges)
			out[code] = above[code]
		}
		below = above
	}
	return out
}

// townshipCells reads the stored cells.
func townshipCells() (map[geo.DivisionCode][]outline.Polygon, error) {
	text, err := unzip("townships", townshipsFile)
	if err != nil {
		return nil, err
	}
	var collection struct {
		Features []struct {
			ID       string
			Geometry struct{ Coordinates json.RawMessage }
		}
	}
	if err := json.Unmarshal(text, &collection); err != nil {
		return nil, fmt.Errorf("townships of the sample: %w", err)
	}
	out := make(map[geo.DivisionCode][]outline.Polygon, len(collection.Features))
	for _, f := range collection.Features {
		code, err := geo.ParseDivisionCode("id", f.ID)
		if err != nil {
			return nil, fmt.Errorf("townships of the sample: %w", err)
		}
		if out[code], err = outline.ParseMultiPolygon(f.Geometry.Coordinates); err != nil {
			return nil, fmt.Errorf("township %s of the sample: %w", code, err)
		}
	}
	return out, nil
}
