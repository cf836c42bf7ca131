package main

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"jingwei/testdata/bench"
)

const (
	rawTiles     = 1800
	closedLoop   = "8"      // connections
	cacheOfTiles = 64 << 20 // bytes, as in api
)

// everyPoint asks for all points rather than clusters.
const everyPoint = "?cells=0"

// compareRaw finds the tiles of zooms 10 to 14 that both answer with the same features and properties, and says how many those are.
func (p *peers) compareRaw(ctx context.Context, martin *server) (string, error) {
	drawn := bench.Draw(p.places, bench.Weights{10: 1, 11: 1, 12: 1, 13: 1, 14: 1}, 4*rawTiles, seed)
	tiles := bench.Distinct(drawn, rawTiles)
	same, features, err := sameTiles(ctx, p.ours.asking(everyPoint), martin, tiles)
	if err != nil {
		return "", err
	}
	if len(same) < rawTiles/2 {
		return "", fmt.Errorf("only %d of %d tiles are the same", len(same), len(tiles))
	}
	p.raw = same
	return fmt.Sprintf("%s tiles of z10–z14 drawn by population, each once. Both answer the same %s features with the same properties in %s of them, which are measured; "+
		"the others would exceed 500 kB, where Jingwei answers clusters.\n", thousands(len(tiles)), thousands(features), thousands(len(same))), nil
}

// measureRaw compares raw points without any cache: Martin's is off, and ours is too small for the tiles that are asked for in a
// circle, so that each has gone when it is asked for again. The counter of hits says whether that is so.
func measureRaw(ctx context.Context, p *peers) (string, error) {
	martin, err := startMartin(ctx, p, noCache)
	if err != nil {
		return "", err
	}
	defer martin.stop()
	about, err := p.compareRaw(ctx, martin)
	if err != nil {
		return "", err
	}
	before, err := p.cacheHits(ctx)
	if err != nil {
		return "", err
	}
	all, err := p.inTurn(ctx,
		question{p.ours.asking(everyPoint), p.raw, []string{"--connections", closedLoop, "--passes", "3"}},
		question{martin, p.raw, []string{"--connections", closedLoop}})
	if err != nil {
		return "", err
	}
	after, err := p.cacheHits(ctx)
	if err != nil {
		return "", err
	}
	ours, theirs := all[0], all[1]
	if bytes := ours.median(size) * float64(len(p.raw)); bytes < 1.1*cacheOfTiles {
		return "", fmt.Errorf("the tiles are %g bytes together, which the cache could hold", bytes)
	}
	if ours.failed()+theirs.failed() > 0 {
		return "", errors.New("there were failures")
	}
	rows := [][]string{{"", "Jingwei", "Martin", "ratio"}}
	rows = append(rows,
		pair("tiles per second", ours, theirs, perSecond, false),
		pair("p50, ms", ours, theirs, p50, true),
		pair("p99, ms", ours, theirs, p99, true),
		pair("CPU of servers, ms per tile", ours, theirs, cpu, true),
		pair("bytes per tile", ours, theirs, size, true))
	return strings.Join([]string{about, fmt.Sprintf("Closed loop, %s connections, identity, no caches (hits of ours in all runs: %d).\n", closedLoop, after-before), table(rows...)}, "\n"), nil
}

// pair writes a row of two medians and how many times better ours is; less is better where that is said.
func pair(name string, ours, theirs reports, of func(bench.Report) float64, less bool) []string {
	a, b := ours.median(of), theirs.median(of)
	if less {
		return []string{name, figure(a), figure(b), times(b, a)}
	}
	return []string{name, figure(a), figure(b), times(a, b)}
}
