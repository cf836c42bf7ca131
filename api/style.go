package api

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/labstack/echo/v4"

	"jingwei/api/internal/request"
	"jingwei/geo"
)

// lightStyle holds the layers of the light style; the sources, whose URLs are absolute, are added per request. It has
// no glyphs and no sprite, so that MapLibre draws all text with the fonts of the reader's system.
//
//go:embed light.json
var lightStyle []byte

// style is a MapLibre style (style specification, version 8).
type style struct {
	Version  int               `json:"version"`
	Name     string            `json:"name"`
	Metadata map[string]any    `json:"metadata"`
	Sources  map[string]source `json:"sources"`
	Layers   []json.RawMessage `json:"layers"`
}

// source is a source of a style; which members are set depends on the type.
type source struct {
	Type        string   `json:"type"`
	Data        string   `json:"data,omitempty"`
	Tiles       []string `json:"tiles,omitempty"`
	TileSize    int      `json:"tileSize,omitempty"`
	MinZoom     int      `json:"minzoom,omitempty"`
	MaxZoom     int      `json:"maxzoom,omitempty"`
	Attribution string   `json:"attribution,omitempty"`
}

// layerOfRaster is a style layer that shows an operator's base map.
type layerOfRaster struct {
	ID       string            `json:"id"`
	Type     string            `json:"type"`
	Source   string            `json:"source"`
	Layout   map[string]string `json:"layout"`
	Metadata map[string]any    `json:"metadata"`
}

func (s *Server) getLightStyle(c echo.Context) error {
	if err := request.ParseQuery(c.QueryString()).Err(); err != nil {
		return err
	}
	set, _, err := s.boundarySet(c.Request().Context())
	if err != nil {
		return err
	}
	light, err := s.lightStyle(s.baseURL(c), set)
	if err != nil {
		return err
	}
	body, err := encodeJSON(light)
	if err != nil {
		return err
	}
	return s.writeTagged(c, "application/json", body)
}

// layerOfSeaLine is the line in the South China Sea as part of the land, which stands in until boundaries bring their own.
const layerOfSeaLine = "dash-line"

// lightStyle completes the light style for a server at base whose maps draw a set of boundaries, the zero one for none.
func (s *Server) lightStyle(base string, set geo.BoundarySet) (style, error) {
	var light style
	if err := json.Unmarshal(lightStyle, &light); err != nil {
		return style{}, fmt.Errorf("light style: %w", err)
	}
	if set.SeaLine {
		light.Layers = slices.DeleteFunc(light.Layers, func(l json.RawMessage) bool { return layerOf(l).ID == layerOfSeaLine })
	}
	light.Sources["base"] = source{Type: "geojson", Data: base + "/basemaps/land.json"}
	for _, l := range tileLayers() {
		if slices.ContainsFunc(light.Layers, func(shown json.RawMessage) bool { return layerOf(shown).Source == l.name }) {
			light.Sources[l.name] = source{Type: "vector", Tiles: []string{base + "/tiles/" + l.name + "/{z}/{x}/{y}"},
				MinZoom: l.minZoom, MaxZoom: l.maxZoom, Attribution: s.config.Attribution}
		}
	}
	return light, s.addBaseMaps(&light, base)
}

// addBaseMaps puts the operator's raster maps over the land and below everything else, hidden but for the default one.
// PMTiles archives are left out: a style that names them works only where their protocol is installed.
func (s *Server) addBaseMaps(light *style, base string) error {
	place := slices.IndexFunc(light.Layers, func(l json.RawMessage) bool { return layerOf(l).ID == "divisions-fill" })
	for _, m := range s.base.maps {
		if m.Type != baseMapRaster {
			continue
		}
		id := "basemap-" + m.Name
		light.Sources[id] = source{Type: "raster", Tiles: []string{base + m.tilePath()}, TileSize: m.TileSize,
			MinZoom: m.MinZoom, MaxZoom: m.MaxZoom, Attribution: m.fullAttribution()}
		visibility := "none"
		if m.Default {
			visibility = "visible"
		}
		layer, err := json.Marshal(layerOfRaster{ID: id, Type: "raster", Source: id, Layout: map[string]string{"visibility": visibility},
			Metadata: map[string]any{"jingwei:title": m.Title}})
		if err != nil {
			return fmt.Errorf("layer of base map %s: %w", m.Name, err)
		}
		light.Layers = slices.Insert(light.Layers, place, json.RawMessage(layer))
		place++
	}
	return nil
}

// styleLayer is what is read of a layer of a style.
type styleLayer struct{ ID, Source string }

func layerOf(layer json.RawMessage) styleLayer {
	var l styleLayer
	_ = json.Unmarshal(layer, &l) // what cannot be read is not the layer looked for
	return l
}
