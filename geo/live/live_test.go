package live_test

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"math/rand/v2"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"

	"jingwei/geo"
	"jingwei/geo/live"
	"jingwei/tiles/mvt"
)

func TestTileAt(t *testing.T) {
	for _, c := range []struct {
		lon, lat float64
		z        uint32
		want     live.Tile
	}{
		{0, 0, 0, live.Tile{}},
		{0, 0, 1, live.Tile{Z: 1, X: 1, Y: 1}},
		{-180, 90, 2, live.Tile{Z: 2}},
		{180, -90, 2, live.Tile{Z: 2, X: 3, Y: 3}},
		{120.1551, 30.2741, 14, live.Tile{Z: 14, X: 13660, Y: 6745}},
	} {
		p, err := geo.NewPosition(c.lon, c.lat)
		if err != nil {
			t.Fatal(err)
		}
		if got := live.TileAt(p, c.z); got != c.want {
			t.Errorf("%v at z%d: %v, want %v", p, c.z, got, c.want)
		}
	}
}

func TestWrongTiles(t *testing.T) {
	s := loaded(t, 10).Snapshot()
	for _, c := range []struct {
		name       string
		q          live.Query
		z, x, y    uint32
		cells      int
		fieldWrong string
	}{
		{"zoom too deep", live.Query{Days: geo.On(0)}, 23, 0, 0, 16, "z"},
		{"x beyond the zoom", live.Query{Days: geo.On(0)}, 3, 8, 0, 16, "z"},
		{"cells", live.Query{Days: geo.On(0)}, 3, 0, 0, 17, "cells"},
		{"number as text", live.Query{Filter: geo.In("size", "a")}, 3, 0, 0, 16, "filter"},
		{"unknown column", live.Query{Filter: geo.In("colour", "a")}, 3, 0, 0, 16, "filter"},
		{"column hidden from the public", live.Query{Filter: geo.In("secret", "x")}, 3, 0, 0, 16, "filter"},
		{"infix of a division", live.Query{Filter: geo.Filter{Root: &geo.Operation{Op: "like", Args: []geo.Node{geo.Property("division"), geo.Text("%33")}}}}, 3, 0, 0, 16, "filter"},
	} {
		_, err := s.Tile(c.q, c.z, c.x, c.y, c.cells)
		var e *geo.Error
		if !errors.As(err, &e) || e.Field != c.fieldWrong || !errors.Is(err, geo.ErrInvalid) {
			t.Errorf("%s: %v, want an error about %s", c.name, err, c.fieldWrong)
		}
	}
}

// TestExpansionZoom follows a cluster: at its expansion zoom it is no longer one, and one zoom before it still is.
func TestExpansionZoom(t *testing.T) {
	for _, d := range []int32{1, 10, 1000, 50_000, 10_000_000} {
		a := geo.Position{Lon: 1201551000, Lat: 302741000}
		b := geo.Position{Lon: a.Lon + d, Lat: a.Lat}
		x := live.New(layer(), live.Public)
		load(t, x, []geo.Point{point(1, a), point(2, b)})
		zoom, ok := expansion(t, x.Snapshot(), a, 0)
		if !ok {
			if d >= 1000 { // closer ones may meet in one cell of the deepest zoom
				t.Errorf("%d units apart: no expansion zoom", d)
			}
			continue
		}
		if zoom > 0 {
			if _, still := expansion(t, x.Snapshot(), a, zoom-1); !still {
				t.Errorf("%d units apart: two features already at z%d", d, zoom-1)
			}
		}
		if _, still := expansion(t, x.Snapshot(), a, zoom); still {
			t.Errorf("%d units apart: still a cluster at z%d", d, zoom)
		}
	}
}

func TestCoincidentPointsHaveNoExpansionZoom(t *testing.T) {
	p := geo.Position{Lon: 1201551000, Lat: 302741000}
	x := live.New(layer(), live.Public)
	load(t, x, []geo.Point{point(1, p), point(2, p)})
	f := onlyFeature(t, x.Snapshot(), p, 22)
	if n, _ := f.Property("point_count"); fmt.Sprint(n) != "2" {
		t.Errorf("point_count %v, want 2", n)
	}
	if zoom, ok := f.Property("expansion_zoom"); ok {
		t.Errorf("expansion_zoom %v for points that coincide", zoom)
	}
}

// expansion returns the expansion zoom of the cluster in the tile that holds p; false when there is none.
func expansion(t *testing.T, s *live.Snapshot, p geo.Position, z uint32) (uint32, bool) {
	at := live.TileAt(p, z)
	tile, err := s.Tile(live.Query{Days: geo.On(0)}, at.Z, at.X, at.Y, 16)
	if err != nil {
		t.Fatal(err)
	}
	decoded, err := mvt.Decode(tile)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range decoded.Layers[0].Features {
		if zoom, ok := f.Property("expansion_zoom"); ok {
			var n uint32
			fmt.Sscan(fmt.Sprint(zoom), &n)
			return n, true
		}
	}
	return 0, false
}

func onlyFeature(t *testing.T, s *live.Snapshot, p geo.Position, z uint32) mvt.Feature {
	at := live.TileAt(p, z)
	tile, err := s.Tile(live.Query{Days: geo.On(0)}, at.Z, at.X, at.Y, 16)
	if err != nil {
		t.Fatal(err)
	}
	decoded, err := mvt.Decode(tile)
	if err != nil || len(decoded.Layers) != 1 || len(decoded.Layers[0].Features) != 1 {
		t.Fatalf("tile %v: %v, %v; want one feature", at, decoded, err)
	}
	return decoded.Layers[0].Features[0]
}

func TestWait(t *testing.T) {
	x := live.New(layer(), live.Public)
	at := func(xid uint64) geo.FeedPosition {
		return geo.FeedPosition{Epoch: "e", Snapshot: geo.Snapshot{Xmin: xid, Xmax: xid}}
	}
	done := make(chan error)
	go func() { done <- x.Wait(t.Context(), at(7)) }()
	if err := x.Load(nothing(), at(5)); err != nil {
		t.Fatal(err)
	}
	if _, err := x.Apply(nil, nil, at(7)); err != nil {
		t.Fatal(err)
	}
	if err := <-done; err != nil {
		t.Errorf("wait: %v", err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Millisecond)
	defer cancel()
	if err := x.Wait(ctx, at(8)); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("waiting for what does not come: %v", err)
	}
	if err := x.Wait(ctx, geo.FeedPosition{Epoch: "other"}); !errors.Is(err, geo.ErrInvalid) {
		t.Errorf("position of another epoch: %v", err)
	}
	go func() { done <- x.Wait(t.Context(), geo.FeedPosition{Epoch: "next"}) }()
	if err := x.Load(nothing(), geo.FeedPosition{Epoch: "next"}); err != nil {
		t.Fatal(err)
	}
	if err := <-done; err != nil {
		t.Errorf("position of an epoch that comes: %v", err)
	}
}

// TestAppliedHidesWhatThePublicCannotSee: an edit of a hidden row is no event in the public edition.
func TestAppliedHidesWhatThePublicCannotSee(t *testing.T) {
	p := point(1, geo.Position{Lon: 1, Lat: 1})
	p.Public = false
	for _, c := range []struct {
		edition live.Edition
		events  int
	}{{live.Public, 0}, {live.Internal, 1}} {
		x := live.New(layer(), c.edition)
		load(t, x, nil)
		a, err := x.Apply([]geo.ID{1}, []geo.Point{p}, geo.FeedPosition{Epoch: "e"})
		if err != nil {
			t.Fatal(err)
		}
		if len(a.IDs) != c.events || len(a.Tiles(14)) != c.events {
			t.Errorf("%s edition: %v, want %d events", c.edition, a, c.events)
		}
	}
}

// TestHiddenColumnsChangeNothing: what changes in a hidden column only is no event and no other fingerprint for the
// public, and both for those who see it.
func TestHiddenColumnsChangeNothing(t *testing.T) {
	for _, edition := range []live.Edition{live.Public, live.Internal} {
		x := live.New(layer(), edition)
		p := point(1, geo.Position{Lon: 1, Lat: 1})
		load(t, x, []geo.Point{p})
		before := x.Snapshot().Fingerprint(0, 0, 0)
		p.Version, p.Values = 2, []string{"名", "village", "open", "x", "5"}
		a, err := x.Apply([]geo.ID{1}, []geo.Point{p}, geo.FeedPosition{Epoch: "e"})
		if err != nil {
			t.Fatal(err)
		}
		shown := edition == live.Internal
		if changed := x.Snapshot().Fingerprint(0, 0, 0) != before; changed != shown || (len(a.IDs) > 0) != shown {
			t.Errorf("%s edition: fingerprint changed %v, events %v", edition, changed, a.IDs)
		}
	}
}

// TestTilesStayUnderTheCap: too much for one tile becomes fewer clusters, and none is dropped.
func TestTilesStayUnderTheCap(t *testing.T) {
	x := live.New(layer(), live.Public)
	points := spread(60_000)
	for i := range points {
		points[i].Values[0] = strings.Repeat("名", 60) + strconv.Itoa(i) // so that single features are large
	}
	load(t, x, points)
	for z := range uint32(4) {
		sum := 0
		for tx := range uint32(1) << z {
			for ty := range uint32(1) << z {
				for _, cells := range []int{0, 64} {
					tile, err := x.Snapshot().Tile(live.Query{Days: geo.On(0)}, z, tx, ty, cells)
					if err != nil {
						t.Fatal(err)
					}
					if len(tile) > live.MaxTileBytes {
						t.Errorf("%d/%d/%d, %d cells: %d bytes", z, tx, ty, cells, len(tile))
					}
					if cells == 0 {
						sum += total(t, tile)
					}
				}
			}
		}
		if sum != len(points) {
			t.Errorf("z%d: sum of counts %d, want %d", z, sum, len(points))
		}
	}
}

// total adds up the points of a tile.
func total(t *testing.T, tile []byte) int {
	t.Helper()
	decoded, err := mvt.Decode(tile)
	if err != nil {
		t.Fatal(err)
	}
	sum := 0
	for _, l := range decoded.Layers {
		for _, f := range l.Features {
			n := 1
			if v, ok := f.Property("point_count"); ok {
				fmt.Sscan(fmt.Sprint(v), &n)
			}
			sum += n
		}
	}
	return sum
}

// TestManyFiltersStayBounded asks with ever new long filters, as a hostile client would.
func TestManyFiltersStayBounded(t *testing.T) {
	x := live.New(layer(), live.Public)
	load(t, x, spread(100))
	long := strings.Repeat("x", 50_000)
	for i := range 2000 {
		q := live.Query{Filter: geo.In("kind", long+strconv.Itoa(i))}
		if _, err := x.Snapshot().Tile(q, 0, 0, 0, 16); err != nil {
			t.Fatal(err)
		}
	}
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	if m.HeapAlloc > 80<<20 {
		t.Errorf("%d MB of heap after 2,000 filters of 50 kB", m.HeapAlloc>>20)
	}
	runtime.KeepAlive(x)
}

func nothing() iter.Seq2[geo.Point, error] { return func(func(geo.Point, error) bool) {} }

func point(id geo.ID, at geo.Position) geo.Point {
	return geo.Point{ID: id, Version: int64(id), At: at, Valid: geo.Always, Public: true,
		Division: 330102001001, Values: []string{"名", "village", "open", "", "5"}}
}

func load(t testing.TB, x *live.Index, points []geo.Point) {
	t.Helper()
	err := x.Load(func(yield func(geo.Point, error) bool) {
		for _, p := range points {
			if !yield(p, nil) {
				return
			}
		}
	}, geo.FeedPosition{Epoch: "e"})
	if err != nil {
		t.Fatal(err)
	}
}

// loaded returns a public index of n points.
func loaded(t testing.TB, n int) *live.Index {
	x := live.New(layer(), live.Public)
	load(t, x, spread(n))
	return x
}

// spread returns n points over the world, the same at every call.
func spread(n int) []geo.Point {
	rng := rand.New(rand.NewPCG(1, 2))
	points := make([]geo.Point, n)
	for i := range points {
		points[i] = point(geo.ID(i+1), geo.Position{Lon: rng.Int32N(3_600_000_000/2) - 900_000_000, Lat: rng.Int32N(1_700_000_000) - 850_000_000})
		points[i].Values[1] = [...]string{"village", "community", "school"}[i%3]
	}
	return points
}
