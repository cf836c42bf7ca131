package main_test

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"slices"
	"strings"
	"testing"

	"golang.org/x/sync/errgroup"

	"jingwei/geo"
	"jingwei/tiles/mvt"
)

// Bounds of the walk: so many tiles per zoom are asked for, half of them the largest, and none may be larger.
const (
	walkWidth  = 2000
	walkZoom   = 14
	mostOfTile = 500_000
)

// china is an extent around the country and its seas.
func china() geo.Extent { return geo.Extent{West: 73, South: 3, East: 136, North: 54} }

// walkedLayer is a layer of /tiles with the query to ask it with, the first zoom at which it shows something, and what
// the tiles then hold. There are no polygons of townships, only their label points. The layer of grids begins at zoom 8,
// but those that are smaller than 9 pixels, as nearly all are before zoom 12, are left out.
type walkedLayer struct {
	name, query string
	from        int
	holds       func(z int) string
}

func walkedLayers() []walkedLayer {
	always := func(name string) func(int) string { return func(int) string { return name } }
	return []walkedLayer{
		{"organizations", "", 0, always("organizations")},
		{"organizations", "cells=64", 0, always("organizations")},
		{"organizations", "cells=0", 0, always("organizations")},
		{"reports", "", 0, always("reports")},
		{"reports", "cells=0", 0, always("reports")},
		{"divisions", "", 0, always("divisions")},
		{"provinces", "", 0, always("divisions")},
		{"prefectures", "", 2, always("divisions")},
		{"counties", "", 4, always("divisions")},
		{"townships", "", 7, always("division_labels")},
		{"boundary_lines", "", 0, always("boundary_lines")},
		{"grids", "", 12, always("grids")},
		{"jurisdictions", "", 8, always("jurisdictions")},
	}
}

// walkAll goes down to z14 of every layer of a server with the data of the country: no tile is too large, and every
// zoom of every layer shows something.
func walkAll(t *testing.T, base string) {
	t.Helper()
	for _, layer := range walkedLayers() {
		t.Run(strings.TrimSuffix(layer.name+"?"+layer.query, "?"), func(t *testing.T) { layer.walk(t, base) })
	}
}

// walked is a tile with its size in bytes, uncompressed.
type walked struct{ z, x, y, size int }

// walk goes down below the tiles with content, before the first zoom of the layer below those of organizations. Where a
// zoom has more tiles than it can ask for, it takes those below the largest ones and some at random.
func (l walkedLayer) walk(t *testing.T, base string) {
	rng := rand.New(rand.NewPCG(1, 2))
	level := []walked{{}}
	for z := range walkZoom + 1 {
		if z < l.from {
			walkedLayers()[0].measure(t, base, level)
		} else {
			l.measure(t, base, level)
		}
		asked := len(level)
		level = slices.DeleteFunc(level, func(w walked) bool { return w.size == 0 })
		if len(level) == 0 {
			t.Fatalf("z%d: none of %d tiles shows anything", z, asked)
		}
		slices.SortFunc(level, func(a, b walked) int {
			return cmp.Or(cmp.Compare(b.size, a.size), cmp.Compare(a.x, b.x), cmp.Compare(a.y, b.y))
		})
		if z < l.from {
			level = below(level, rng)
			continue
		}
		t.Logf("z%d: %d tiles, %d with content, largest %d bytes", z, asked, len(level), level[0].size)
		for _, w := range level {
			if w.size > mostOfTile {
				t.Errorf("tile %d/%d/%d has %d bytes", w.z, w.x, w.y, w.size)
			}
		}
		l.checkContent(t, base, level[0])
		level = below(level, rng)
	}
}

// checkContent: the tile, the largest of its zoom, holds features of what the layer shows there.
func (l walkedLayer) checkContent(t *testing.T, base string, w walked) {
	t.Helper()
	body, err := l.tile(t.Context(), base, w)
	if err != nil {
		t.Fatal(err)
	}
	tile, err := mvt.Decode(body)
	if err != nil {
		t.Fatalf("tile %d/%d/%d: %v", w.z, w.x, w.y, err)
	}
	if !slices.ContainsFunc(tile.Layers, func(in mvt.TileLayer) bool { return in.Name == l.holds(w.z) && len(in.Features) > 0 }) {
		t.Errorf("tile %d/%d/%d, of %d bytes, holds no %s", w.z, w.x, w.y, len(body), l.holds(w.z))
	}
}

// below returns the tiles of the next zoom, as many as the walk is wide.
func below(level []walked, rng *rand.Rand) []walked {
	var next []walked
	for _, w := range level {
		for i := range 4 {
			next = append(next, walked{z: w.z + 1, x: 2*w.x + i%2, y: 2*w.y + i/2})
		}
	}
	if len(next) <= walkWidth {
		return next
	}
	rest := next[walkWidth/2:]
	rng.Shuffle(len(rest), func(i, j int) { rest[i], rest[j] = rest[j], rest[i] })
	return next[:walkWidth]
}

func (l walkedLayer) measure(t *testing.T, base string, level []walked) {
	t.Helper()
	group, ctx := errgroup.WithContext(t.Context())
	group.SetLimit(4)
	for i := range level {
		group.Go(func() error {
			body, err := l.tile(ctx, base, level[i])
			level[i].size = len(body)
			return err
		})
	}
	if err := group.Wait(); err != nil {
		t.Fatal(err)
	}
}

func (l walkedLayer) tile(ctx context.Context, base string, w walked) ([]byte, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, fmt.Sprintf("%s/tiles/%s/%d/%d/%d?%s", base, l.name, w.z, w.x, w.y, l.query), nil)
	if err != nil {
		return nil, err
	}
	r.Header.Set("Accept-Encoding", "identity")
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		return nil, err
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err == nil && answer.StatusCode != http.StatusOK {
		err = fmt.Errorf("%s %d/%d/%d: %s", l.name, w.z, w.x, w.y, answer.Status)
	}
	return body, err
}
