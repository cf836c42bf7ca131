package api

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"jingwei/api/internal/request"
	"jingwei/geo"
	"jingwei/geo/live"
	"jingwei/tiles"
)

const contentTypeMVT = "application/vnd.mapbox-vector-tile"

// tileCacheBytes is what finished, compressed tiles may take.
const tileCacheBytes = 64 << 20

// defaultCells is the number of clusters per side of a tile.
const defaultCells = 16

// maxZoom is the deepest zoom that is answered.
const maxZoom = tiles.MaxZoom

// tileLayer is a layer of /tiles. Exactly one of points, areas and the division members says where it comes from.
type tileLayer struct {
	name             string
	points           []string          // parameters that choose features of the live index
	areas            bool              // polygons of a table of its own
	polygons, lines  bool              // of divisions; lines are those of the default boundary set
	level            geo.DivisionLevel // of a division layer; 0 when it follows the zoom
	minZoom, maxZoom int               // what TileJSON says; polygons are empty below, deeper tiles are answered as well
}

// tileLayers returns all layers. Points reach deeper than polygons: a cluster must be able to open.
func tileLayers() []tileLayer {
	return []tileLayer{
		{name: "organizations", points: organizationFilters(), maxZoom: 18},
		{name: "reports", points: reportFilters(), maxZoom: 18},
		{name: "divisions", polygons: true, lines: true, maxZoom: 14},
		{name: "provinces", polygons: true, level: geo.Province, maxZoom: 14},
		{name: "prefectures", polygons: true, level: geo.Prefecture, minZoom: 2, maxZoom: 14},
		{name: "counties", polygons: true, level: geo.County, minZoom: 4, maxZoom: 14},
		{name: "townships", polygons: true, level: geo.Township, minZoom: 7, maxZoom: 14},
		{name: "boundary_lines", lines: true, maxZoom: 14},
		{name: "jurisdictions", areas: true, minZoom: 8, maxZoom: 14},
		{name: "grids", areas: true, minZoom: 8, maxZoom: 14},
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
		if set.has(name) {
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
		return geo.Invalid(field, "there is no such layer; the layers are %s", strings.Join(names, ", "))
	}
	return &geo.Error{Kind: geo.ErrNotFound, Field: field, Message: "there is no such layer; the layers are " + strings.Join(names, ", ")}
}

func (t tileSet) has(name string) bool {
	return slices.ContainsFunc(t, func(l tileLayer) bool { return l.name == name })
}

func (t tileSet) hasDivisions() bool {
	return slices.ContainsFunc(t, func(l tileLayer) bool { return l.polygons || l.lines })
}

// filters returns the parameters that choose points. Those that several layers read differently, as status, cannot be
// used for both at once: what remains then is what all of them have in common.
func (t tileSet) filters() []string {
	var names []string
	layers := 0
	for _, l := range t {
		if l.points != nil {
			names = l.points
			layers++
		}
	}
	if layers > 1 {
		return []string{"division"}
	}
	return names
}

// parameters are the names that a request for the set may use.
func (t tileSet) parameters(more ...string) []string {
	names := []string{"datetime"}
	if filters := t.filters(); filters != nil {
		names = append(append(names, "cells"), filters...)
	}
	return append(names, more...)
}

// tileRequest is a request for a tile, understood.
type tileRequest struct {
	set     tileSet
	address tiles.Address
	query   tiles.Query
	after   *geo.FeedPosition
}

func tileAddress(c echo.Context) (tiles.Address, error) {
	return tiles.ParseAddress(c.Param("z"), c.Param("x"), c.Param("y"))
}

func (s *Server) readTileRequest(c echo.Context) (tileRequest, error) {
	set, err := parseTileSet(c.Param("layer"))
	if err != nil {
		return tileRequest{}, err
	}
	address, err := tileAddress(c)
	if err != nil {
		return tileRequest{}, err
	}
	q := request.ParseQuery(c.QueryString(), set.parameters("after")...)
	t := tileRequest{set: set, address: address, query: s.tileQuery(q, set)}
	if at, ok := q.Position("after"); ok {
		t.after = &at
	}
	return t, q.Err()
}

func (s *Server) tileQuery(q *request.Query, set tileSet) tiles.Query {
	p := s.pointQuery(q, set.filters())
	return tiles.Query{Filter: p.Filter, Day: p.Day, Cells: q.OneOf("cells", defaultCells, 0, 8, 16, 32, 64)}
}

func (s *Server) getTile(c echo.Context) error {
	t, err := s.readTileRequest(c)
	if err != nil {
		return err
	}
	internal, err := s.privileged(c)
	if err != nil {
		return err
	}
	for _, l := range t.set {
		if t.after == nil || l.points == nil {
			continue
		}
		if err := s.waitFor(c, s.pointIndex(l.name, internal), *t.after); err != nil {
			return err
		}
	}
	answers, err := s.answers(c.Request().Context(), t, internal)
	if err != nil {
		return err
	}
	return s.writeTile(c, t.tag(answers, internal), answers, internal)
}

// source returns what makes the tiles of a layer.
func (s *Server) source(l tileLayer, internal bool) tiles.Source {
	switch {
	case l.points != nil:
		return pointSource{s.pointIndex(l.name, internal)}
	case l.areas:
		return areaSource{s.config.Polygons, l}
	}
	return divisionSource{s.config.Polygons, l}
}

func (s *Server) answers(ctx context.Context, t tileRequest, internal bool) ([]tiles.Answer, error) {
	answers := make([]tiles.Answer, len(t.set))
	for i, l := range t.set {
		if l.points == nil && t.address.Z < uint32(l.minZoom) {
			answers[i] = noTile()
			continue
		}
		a, err := s.source(l, internal).Tile(ctx, t.query, t.address)
		if err != nil {
			return nil, fmt.Errorf("tile %s of %s: %w", t.address, l.name, err)
		}
		answers[i] = a
	}
	return answers, nil
}

// noTile is what polygons answer below the zooms that they are made for: a whole level of them would be one huge tile.
func noTile() tiles.Answer {
	return tiles.Answer{Version: "none", Encode: func(context.Context) ([]byte, error) { return nil, nil }}
}

// tag returns the parts of the entity tag that do not depend on the coding: all that decides the bytes, and the scope,
// so that what one caller may see never answers another.
func (t tileRequest) tag(answers []tiles.Answer, internal bool) []string {
	parts := []string{t.address.String(), strconv.FormatBool(internal)}
	for i, a := range answers {
		parts = append(parts, t.set[i].name, a.Version)
	}
	return parts
}

// writeTile answers 304 before anything is encoded or compressed; else the finished bytes, made once per tag.
func (s *Server) writeTile(c echo.Context, parts []string, answers []tiles.Answer, internal bool) error {
	choice, _ := tiles.Negotiate(c.Request().Header.Get("Accept-Encoding"))
	etag := tiles.ETag(append(parts, string(choice.Coding), strconv.FormatBool(choice.Always))...)
	h := c.Response().Header()
	setSharing(c, internal)
	h.Set("ETag", etag)
	if at := positionOf(answers); at != "" {
		h.Set("Jingwei-Position", at)
	}
	if tiles.Matches(ifNoneMatch(c), etag) {
		return c.NoContent(http.StatusNotModified)
	}
	coded, err := s.cache.Get(c.Request().Context(), etag, func(ctx context.Context) ([]byte, error) {
		return s.encodeTile(ctx, answers, choice)
	})
	if err != nil {
		return err
	}
	return writeCoded(c, contentTypeMVT, coded)
}

// positionOf returns the position that all point layers of the tile have reached; "" without any.
func positionOf(answers []tiles.Answer) string {
	var least geo.FeedPosition
	for _, a := range answers {
		if a.Position.Epoch != "" && (least.Epoch == "" || a.Position.Xmax < least.Xmax) {
			least = a.Position
		}
	}
	if least.Epoch == "" {
		return ""
	}
	return least.String()
}

// encodeTile puts the layers one after the other, which is how protobuf merges messages, and compresses them.
func (s *Server) encodeTile(ctx context.Context, answers []tiles.Answer, choice tiles.Choice) ([]byte, error) {
	var body []byte
	for _, a := range answers {
		part, err := a.Encode(ctx)
		if err != nil {
			return nil, fmt.Errorf("encode tile: %w", err)
		}
		body = append(body, part...)
	}
	return s.code(choice, body)
}

// pointSource makes tiles of a live index.
type pointSource struct{ index PointIndex }

// Tile implements tiles.Source. The version stands for the rows in the tile and for how they are asked for.
func (p pointSource) Tile(_ context.Context, q tiles.Query, a tiles.Address) (tiles.Answer, error) {
	snapshot := p.index.Snapshot()
	if snapshot == nil {
		return tiles.Answer{}, errLoading()
	}
	return tiles.Answer{
		Version: fmt.Sprintf("%d %x %d %s %s", live.EncoderVersion, snapshot.Fingerprint(a.Z, a.X, a.Y), q.Cells, q.Day, q.Filter.Canonical()),
		Encode: func(context.Context) ([]byte, error) {
			return snapshot.Tile(live.Query{Filter: q.Filter, Day: q.Day}, a.Z, a.X, a.Y, q.Cells)
		},
		Position: snapshot.Position(),
	}, nil
}

// divisionSource makes tiles of divisions.
type divisionSource struct {
	polygons PolygonTiles
	layer    tileLayer
}

// Tile implements tiles.Source. The version is the generation of the divisions' data.
func (d divisionSource) Tile(ctx context.Context, q tiles.Query, a tiles.Address) (tiles.Answer, error) {
	generation, err := d.polygons.DivisionGeneration(ctx)
	if err != nil {
		return tiles.Answer{}, fmt.Errorf("generation of divisions: %w", err)
	}
	level := d.layer.levelAt(a.Z)
	return tiles.Answer{
		Version: fmt.Sprintf("%s %d %s", generation, level, q.Day),
		Encode:  func(ctx context.Context) ([]byte, error) { return d.encode(ctx, level, q.Day, a) },
	}, nil
}

// encode puts polygons and lines one after the other, as encodeTile does with layers.
func (d divisionSource) encode(ctx context.Context, level geo.DivisionLevel, day geo.Day, a tiles.Address) (tile []byte, err error) {
	if d.layer.polygons {
		if tile, err = d.polygons.DivisionTile(ctx, level, a.Z, a.X, a.Y, day); err != nil {
			return nil, err
		}
	}
	if !d.layer.lines {
		return tile, nil
	}
	lines, err := d.polygons.BoundaryLineTile(ctx, a.Z, a.X, a.Y)
	return append(tile, lines...), err
}

// areaSource makes tiles of grids and of the jurisdictions of organizations.
type areaSource struct {
	polygons PolygonTiles
	layer    tileLayer
}

// Tile implements tiles.Source. The version is the generation of the layer's data.
func (s areaSource) Tile(ctx context.Context, q tiles.Query, a tiles.Address) (tiles.Answer, error) {
	read, draw := s.polygons.GridGeneration, s.polygons.GridTile
	if s.layer.name == "jurisdictions" {
		read, draw = s.polygons.JurisdictionGeneration, s.polygons.JurisdictionTile
	}
	generation, err := read(ctx)
	if err != nil {
		return tiles.Answer{}, fmt.Errorf("generation of %s: %w", s.layer.name, err)
	}
	return tiles.Answer{
		Version: fmt.Sprintf("%s %s", generation, q.Day),
		Encode: func(ctx context.Context) ([]byte, error) {
			tile, _, err := draw(ctx, a.Z, a.X, a.Y, q.Day)
			return tile, err
		},
	}, nil
}
