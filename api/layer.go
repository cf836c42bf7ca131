package api

import (
	"context"
	"slices"
	"strings"

	"jingwei/geo"
)

// tileLayer is a layer of /tiles.
type tileLayer struct {
	name             string
	points           bool              // from the live index of that name
	polygons, lines  bool              // of divisions; lines are those of the default boundary set
	level            geo.DivisionLevel // of a division layer; 0 when it follows the zoom
	area             *areaLayer        // set for areas with a table of their own
	minZoom, maxZoom int               // what TileJSON says; polygons are empty below, deeper tiles are answered as well
}

// areaLayer says how the tiles of a layer of areas are made and described.
type areaLayer struct {
	tile        func(PolygonTiles) func(ctx context.Context, z, x, y uint32, day geo.Day) (tile []byte, generation string, err error)
	generation  func(PolygonTiles) func(ctx context.Context, z, x, y uint32) (string, error)
	description string
	fields      map[string]string
}

// areaZoom is the first zoom at which areas of villages and blocks are drawn.
const areaZoom = 8

// tileLayers returns all layers. Points reach deeper than polygons: a cluster must be able to open.
func tileLayers() []tileLayer {
	return []tileLayer{
		{name: "organizations", points: true, maxZoom: 18},
		{name: "reports", points: true, maxZoom: 18},
		{name: "divisions", polygons: true, lines: true, maxZoom: 14},
		{name: "provinces", polygons: true, level: geo.Province, maxZoom: 14},
		{name: "prefectures", polygons: true, level: geo.Prefecture, minZoom: 2, maxZoom: 14},
		{name: "counties", polygons: true, level: geo.County, minZoom: 4, maxZoom: 14},
		{name: "townships", polygons: true, level: geo.Township, minZoom: 7, maxZoom: 14},
		{name: "boundary_lines", lines: true, maxZoom: 14},
		{name: "grids", area: gridLayer(), minZoom: areaZoom, maxZoom: 14},
		{name: "jurisdictions", area: jurisdictionLayer(), minZoom: areaZoom, maxZoom: 14},
	}
}

func gridLayer() *areaLayer {
	return &areaLayer{
		tile: func(p PolygonTiles) func(context.Context, uint32, uint32, uint32, geo.Day) ([]byte, string, error) {
			return p.GridTile
		},
		generation: func(p PolygonTiles) func(context.Context, uint32, uint32, uint32) (string, error) {
			return p.GridGeneration
		},
		description: "Grids, the areas below a village or community that one organization looks after",
		fields: map[string]string{"code": "String", "name": "String", "kind": "String", "division": "String: code of the division, 12 digits",
			"organization": "Number: id of the organization responsible; absent for none"},
	}
}

func jurisdictionLayer() *areaLayer {
	return &areaLayer{
		tile: func(p PolygonTiles) func(context.Context, uint32, uint32, uint32, geo.Day) ([]byte, string, error) {
			return p.JurisdictionTile
		},
		generation: func(p PolygonTiles) func(context.Context, uint32, uint32, uint32) (string, error) {
			return p.JurisdictionGeneration
		},
		description: "Areas that organizations look after; the feature id is the organization's",
		fields:      map[string]string{"name": "String", "kind": "String", "level": "String", "division": "String: code of the division, 12 digits"},
	}
}

func layerNamed(name string) (tileLayer, bool) {
	layers := tileLayers()
	i := slices.IndexFunc(layers, func(l tileLayer) bool { return l.name == name })
	if i < 0 {
		return tileLayer{}, false
	}
	return layers[i], true
}

// levelAt returns the level of divisions that the layer shows at a zoom.
func (l tileLayer) levelAt(zoom uint32) geo.DivisionLevel {
	switch {
	case l.level != 0:
		return l.level
	case zoom <= 4:
		return geo.Province
	case zoom <= 7:
		return geo.Prefecture
	case zoom <= 10:
		return geo.County
	}
	return geo.Township
}

// tileSet is one or several layers served as one tile.
type tileSet []tileLayer

// parseTileSet reads a comma list of layers. All division layers fill the same layers of the vector tile, so one of
// them must do; "divisions" holds the lines already.
func parseTileSet(names string) (tileSet, error) {
	var set tileSet
	polygons, lines := 0, 0
	for name := range strings.SplitSeq(names, ",") {
		l, ok := layerNamed(name)
		if !ok {
			return nil, unknownLayer("layer", name)
		}
		if slices.ContainsFunc(set, func(other tileLayer) bool { return other.name == name }) {
			return nil, geo.Invalid("layer", "the layer %s is named twice", name)
		}
		if l.polygons {
			polygons++
		}
		if l.lines {
			lines++
		}
		set = append(set, l)
	}
	if polygons > 1 {
		return nil, geo.Invalid("layer", "one tile can hold only one layer of divisions")
	}
	if lines > 1 {
		return nil, geo.Invalid("layer", "the layer divisions holds the boundary lines already")
	}
	return set, nil
}

func unknownLayer(field, name string) error {
	var names []string
	for _, l := range tileLayers() {
		names = append(names, l.name)
	}
	if field != "layer" { // a parameter, not the address
		return geo.Invalid(field, "there is no layer %.40q; the layers are %s", name, strings.Join(names, ", "))
	}
	return &geo.Error{Kind: geo.ErrNotFound, Field: field, Message: "there is no such layer; the layers are " + strings.Join(names, ", ")}
}

func (t tileSet) hasDivisions() bool {
	return slices.ContainsFunc(t, func(l tileLayer) bool { return l.polygons || l.lines })
}
