package main_test

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"os"
	"slices"
	"strings"
	"testing"

	"golang.org/x/sync/errgroup"
)

// Bounds of the walk: so many tiles per zoom are asked for, half of them the largest, and none may be larger.
const (
	walkWidth  = 4000
	walkZoom   = 14
	mostOfTile = 500_000
)

// TestNationalWalk goes down from z0 to z14 of every layer of a running server and looks for a tile that is too large.
// Where a zoom has more tiles than it can ask for, it takes those below the largest ones and some at random.
func TestNationalWalk(t *testing.T) {
	base := os.Getenv("JINGWEI_NATIONAL_URL")
	if base == "" {
		t.Skip("needs a server with the data of the country: JINGWEI_NATIONAL_URL=http://127.0.0.1:8080")
	}
	for _, layer := range []string{"organizations", "organizations?cells=64", "organizations?cells=0", "reports", "divisions", "counties", "jurisdictions", "grids"} {
		t.Run(layer, func(t *testing.T) { walk(t, base, layer) })
	}
}

// walked is a tile with its size in bytes, uncompressed.
type walked struct{ z, x, y, size int }

func walk(t *testing.T, base, layer string) {
	t.Helper()
	rng := rand.New(rand.NewPCG(1, 2))
	level := []walked{{}}
	for z := range walkZoom + 1 {
		measure(t, base, layer, level)
		slices.SortFunc(level, func(a, b walked) int {
			return cmp.Or(cmp.Compare(b.size, a.size), cmp.Compare(a.x, b.x), cmp.Compare(a.y, b.y))
		})
		full := 0
		for _, w := range level {
			if w.size > 0 {
				full++
			}
			if w.size > mostOfTile {
				t.Errorf("%s: tile %d/%d/%d has %d bytes", layer, w.z, w.x, w.y, w.size)
			}
		}
		t.Logf("%s z%d: %d tiles, %d with content, largest %d bytes", layer, z, len(level), full, level[0].size)
		level = below(level, rng)
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

func measure(t *testing.T, base, layer string, level []walked) {
	t.Helper()
	group, ctx := errgroup.WithContext(t.Context())
	group.SetLimit(4)
	for i := range level {
		group.Go(func() (err error) {
			level[i].size, err = tileSize(ctx, base, layer, level[i])
			return err
		})
	}
	if err := group.Wait(); err != nil {
		t.Fatal(err)
	}
}

func tileSize(ctx context.Context, base, layer string, w walked) (int, error) {
	name, query, _ := strings.Cut(layer, "?")
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, fmt.Sprintf("%s/tiles/%s/%d/%d/%d?%s", base, name, w.z, w.x, w.y, query), nil)
	if err != nil {
		return 0, err
	}
	r.Header.Set("Accept-Encoding", "identity")
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		return 0, err
	}
	defer answer.Body.Close()
	n, err := io.Copy(io.Discard, answer.Body)
	if err == nil && answer.StatusCode != http.StatusOK {
		err = fmt.Errorf("%s %d/%d/%d: %s", layer, w.z, w.x, w.y, answer.Status)
	}
	return int(n), err
}
