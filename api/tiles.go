package api

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"sync"

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

// pointsOf returns the layer of points that a layer of tiles shows; nil for none.
func (s *Server) pointsOf(l tileLayer) *pointLayer {
	if !l.points {
		return nil
	}
	return s.pointsNamed(l.name)
}

// pointsIn returns the layers of points in a set.
func (s *Server) pointsIn(set tileSet) []*pointLayer {
	var layers []*pointLayer
	for _, l := range set {
		if p := s.pointsOf(l); p != nil {
			layers = append(layers, p)
		}
	}
	return layers
}

// tileParameters are the names that a request for the set may use.
func (s *Server) tileParameters(set tileSet, more ...string) []string {
	layers := s.pointsIn(set)
	names := parameters(layers...)
	if len(layers) > 0 {
		names = append(names, "cells")
	}
	return append(names, more...)
}

// tileRequest is a request for a tile, understood.
type tileRequest struct {
	set      tileSet
	address  tiles.Address
	queries  []tiles.Query // one per layer of the set
	after    *geo.FeedPosition
	audience audience
}

func tileAddress(c echo.Context) (tiles.Address, error) {
	return tiles.ParseAddress(c.Param("z"), c.Param("x"), c.Param("y"))
}

func (s *Server) readTileRequest(c echo.Context) (t tileRequest, err error) {
	if t.set, err = parseTileSet(c.Param("layer")); err != nil {
		return t, err
	}
	if t.address, err = tileAddress(c); err != nil {
		return t, err
	}
	q := request.ParseQuery(c.QueryString(), s.tileParameters(t.set, "after")...)
	if t.audience, err = s.audience(c, q); err != nil {
		return t, err
	}
	for _, p := range s.pointsIn(t.set) {
		if err := s.sees(c, t.audience, geo.AuditObject{}, p.action); err != nil {
			return t, err
		}
	}
	if at, ok := q.Position("after"); ok {
		t.after = &at
	}
	t.queries, err = s.tileQueries(c.Request().Context(), q, t.set, t.audience)
	return t, err
}

// tileQueries reads what the tiles of each layer of the set are to show.
func (s *Server) tileQueries(ctx context.Context, q *request.Query, set tileSet, a audience) ([]tiles.Query, error) {
	days, cells := q.Days("datetime", s.today()), q.OneOf("cells", defaultCells, 0, 8, 16, 32, 64)
	points, err := s.questions(ctx, q, a, s.pointsIn(set)...)
	if err != nil {
		return nil, err
	}
	queries := make([]tiles.Query, len(set))
	for i, l := range set {
		queries[i] = tiles.Query{Days: geo.On(s.lastDay(days)), Cells: cells}
		if l.points {
			queries[i].Days, queries[i].Filter, points = days, points[0].filter, points[1:]
		}
	}
	return queries, nil
}

func (s *Server) getTile(c echo.Context) error {
	t, err := s.readTileRequest(c)
	if err != nil {
		return err
	}
	if t.after != nil {
		for _, p := range s.pointsIn(t.set) {
			if err := s.waitFor(c, p.seenBy(t.audience).index, *t.after); err != nil {
				return err
			}
		}
	}
	setSharing(c, t.audience)
	for range tileTries {
		var answers []tiles.Answer
		if answers, err = s.answers(c.Request().Context(), t); err != nil {
			return err
		}
		if err = s.writeTile(c, t.tag(answers), answers); !errors.Is(err, errMoved) {
			return err
		}
	}
	return err
}

// source returns what makes the tiles of a layer.
func (s *Server) source(l tileLayer, a audience) tiles.Source {
	switch p := s.pointsOf(l); {
	case p != nil:
		return pointSource{s, question{sight: p.seenBy(a), layer: p}}
	case l.area != nil:
		return areaSource{s.config.Polygons, l}
	}
	return divisionSource{s.config.Polygons, l, &s.outlines}
}

func (s *Server) answers(ctx context.Context, t tileRequest) ([]tiles.Answer, error) {
	answers := make([]tiles.Answer, len(t.set))
	for i, l := range t.set {
		if !l.points && t.address.Z < uint32(l.minZoom) {
			answers[i] = noTile()
			continue
		}
		a, err := s.source(l, t.audience).Tile(ctx, t.queries[i], t.address)
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

// tag returns the parts of the entity tag that do not depend on the coding: all that decides the bytes. The scope of who
// asks is part of the filters, and their edition stands here, so that what one may see never answers another.
func (t tileRequest) tag(answers []tiles.Answer) []string {
	parts := []string{t.address.String(), strconv.FormatBool(t.audience.internal)}
	for i, a := range answers {
		parts = append(parts, t.set[i].name, a.Version)
	}
	return parts
}

// tileTries is how often a tile is begun whose data change while it is made.
const tileTries = 3

// errMoved says that a tile shows a later state than its tag names. Kept under that tag it would make one tag stand for two
// answers.
var errMoved = &geo.Error{Kind: geo.ErrUnavailable, Message: "what the tile shows is being changed; try again in a few seconds"}

// writeTile answers 304 before anything is encoded or compressed; else the finished bytes, made once per tag.
func (s *Server) writeTile(c echo.Context, parts []string, answers []tiles.Answer) error {
	choice, _ := tiles.Negotiate(c.Request().Header.Get("Accept-Encoding"))
	etag := tiles.ETag(append(parts, string(choice.Coding), strconv.FormatBool(choice.Always))...)
	h := c.Response().Header()
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

// positionOf returns the position that all layers have reached: that of the one that is furthest behind. "" when there is
// none, or when each has seen something that another has not.
func positionOf(answers []tiles.Answer) string {
	for _, a := range answers {
		ahead := func(b tiles.Answer) bool {
			return b.Position.Epoch == "" || b.Position.Epoch == a.Position.Epoch && b.Position.Covers(a.Position.Snapshot)
		}
		if a.Position.Epoch != "" && !slices.ContainsFunc(answers, func(b tiles.Answer) bool { return !ahead(b) }) {
			return a.Position.String()
		}
	}
	return ""
}

// encodeTile puts the layers one after the other, which is how protobuf merges messages, and compresses them.
func (s *Server) encodeTile(ctx context.Context, answers []tiles.Answer, choice tiles.Choice) ([]byte, error) {
	var body []byte
	for _, a := range answers {
		part, err := a.Encode(ctx)
		if err != nil {
			return nil, fmt.Errorf("encode tile: %w", err)
		}
		if body == nil {
			body = part // nearly always the only one
			continue
		}
		body = append(body, part...)
	}
	return s.code(choice, body)
}

// pointSource makes tiles of a live index, for an audience.
type pointSource struct {
	server *Server
	question
}

// Tile implements tiles.Source. The version stands for the rows in the tile and for how they are asked for.
func (p pointSource) Tile(ctx context.Context, q tiles.Query, a tiles.Address) (tiles.Answer, error) {
	p.filter, p.days = q.Filter, q.Days
	v, err := p.server.view(ctx, p.question)
	if err != nil {
		return tiles.Answer{}, err
	}
	fingerprint, err := p.fingerprint(v.Snapshot, a)
	if err != nil {
		return tiles.Answer{}, err
	}
	return tiles.Answer{
		Version: fmt.Sprintf("%d %x %d %s %s %s", live.EncoderVersion, fingerprint, q.Cells, q.Days, v.set, q.Filter.Canonical()),
		Encode: func(context.Context) ([]byte, error) {
			return v.Tile(v.query, a.Z, a.X, a.Y, q.Cells)
		},
		Position: v.Position(),
	}, nil
}

// fingerprint stands for the rows of a tile that the audience may see, and for no others: not even that something hidden
// changed is to be seen.
func (s sight) fingerprint(snapshot *live.Snapshot, a tiles.Address) (uint64, error) {
	if s.within.Root == nil {
		return snapshot.Fingerprint(a.Z, a.X, a.Y), nil
	}
	return snapshot.FingerprintWithin(s.within, a.Z, a.X, a.Y)
}

// unlessMoved returns err, or errMoved when a tile is not of the generation that its version names.
func unlessMoved(err error, got, want string) error {
	if err == nil && got != want {
		return errMoved
	}
	return err
}

// areaSource makes tiles of areas that have a table of their own.
type areaSource struct {
	polygons PolygonTiles
	layer    tileLayer
}

// Tile implements tiles.Source. The version is the generation of the areas in the tile.
func (s areaSource) Tile(ctx context.Context, q tiles.Query, a tiles.Address) (tiles.Answer, error) {
	generation, err := s.layer.area.generation(s.polygons)(ctx, a.Z, a.X, a.Y)
	if err != nil {
		return tiles.Answer{}, fmt.Errorf("generation of %s: %w", s.layer.name, err)
	}
	return tiles.Answer{
		Version: generation + " " + q.Days.Last().String(),
		Encode: func(ctx context.Context) ([]byte, error) {
			tile, of, err := s.layer.area.tile(s.polygons)(ctx, a.Z, a.X, a.Y, q.Days.Last())
			return tile, unlessMoved(err, of, generation)
		},
	}, nil
}

// outlines remembers the deepest level that the default boundary set has outlines of.
type outlines struct {
	mu         sync.Mutex
	generation string
	level      geo.DivisionLevel
}

// deepest returns that level as of a generation of the divisions. Without a set, or one without outlines, it is the village:
// labels alone follow the zoom.
func (o *outlines) deepest(ctx context.Context, polygons PolygonTiles, generation string) (geo.DivisionLevel, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.generation == generation {
		return o.level, nil
	}
	sets, err := polygons.BoundarySets(ctx)
	if err != nil {
		return 0, fmt.Errorf("boundary sets: %w", err)
	}
	o.generation, o.level = generation, geo.Village
	for _, set := range sets {
		if set.Default && set.Deepest > 0 {
			o.level = set.Deepest
		}
	}
	return o.level, nil
}

// divisionSource makes tiles of divisions.
type divisionSource struct {
	polygons PolygonTiles
	layer    tileLayer
	outlines *outlines
}

// Tile implements tiles.Source. The version is the generation of the divisions' data.
func (d divisionSource) Tile(ctx context.Context, q tiles.Query, a tiles.Address) (tiles.Answer, error) {
	generation, err := d.polygons.DivisionGeneration(ctx)
	if err != nil {
		return tiles.Answer{}, fmt.Errorf("generation of divisions: %w", err)
	}
	level := d.layer.levelAt(a.Z)
	if d.layer.level == 0 {
		deepest, err := d.outlines.deepest(ctx, d.polygons, generation)
		if err != nil {
			return tiles.Answer{}, err
		}
		level = min(level, deepest)
	}
	return tiles.Answer{
		Version: fmt.Sprintf("%s %d %s", generation, level, q.Days.Last()),
		Encode:  func(ctx context.Context) ([]byte, error) { return d.encode(ctx, generation, level, q.Days.Last(), a) },
	}, nil
}

// encode puts polygons and lines one after the other, as encodeTile does with layers.
func (d divisionSource) encode(ctx context.Context, generation string, level geo.DivisionLevel, day geo.Day, a tiles.Address) (tile []byte, err error) {
	if d.layer.polygons {
		var of string
		tile, of, err = d.polygons.DivisionTileAndGeneration(ctx, level, a.Z, a.X, a.Y, day)
		if err := unlessMoved(err, of, generation); err != nil {
			return nil, err
		}
	}
	if !d.layer.lines {
		return tile, nil
	}
	lines, err := d.polygons.BoundaryLineTile(ctx, a.Z, a.X, a.Y)
	return append(tile, lines...), err
}
