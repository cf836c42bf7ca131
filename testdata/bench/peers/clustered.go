package main

import (
	"context"
	"fmt"
	"strings"

	"jingwei/testdata/bench"
)

// clusteredTiles is how many tiles of each zoom from 0 on are asked for; Martin takes long for the first ones.
var clusteredTiles = []int{1, 1, 1, 2, 3, 4, 6, 8, 8}

// measureClustered compares the time to answer of what a map shows of the whole country and of provinces: our clusters, which hold
// every point, and Martin's tiles of every point. One connection, so that nobody waits for others.
func measureClustered(ctx context.Context, p *peers) (string, error) {
	martin, err := startMartin(ctx, p, noCache)
	if err != nil {
		return "", err
	}
	defer martin.stop()
	p.ensureRaw()
	rows := [][]string{{"zoom", "tiles", "Jingwei p50, ms", "Martin p50, ms", "ratio", "Jingwei CPU, ms", "Martin CPU, ms", "Jingwei bytes", "Martin bytes", "Martin fails"}}
	for z, n := range clusteredTiles {
		drawn := bench.Draw(p.places, bench.Weights{uint32(z): 1}, 1000, seed)
		tiles := bench.Distinct(drawn, n)
		ours, theirs, err := p.clusteredAt(ctx, martin, tiles)
		if err != nil {
			return "", err
		}
		row := []string{fmt.Sprint(z), fmt.Sprint(len(tiles)), figure(ours.median(p50)), "no answer", "–", figure(ours.median(cpu)), "", figure(ours.median(size)), "", fmt.Sprint(theirs.failed())}
		if theirs.failed() == 0 {
			row[3], row[4] = figure(theirs.median(p50)), times(theirs.median(p50), ours.median(p50))
			row[6], row[8] = figure(theirs.median(cpu)), figure(theirs.median(size))
		}
		rows = append(rows, row)
	}
	return strings.Join([]string{
		"Clusters of 16 cells per side (Jingwei, every point counted) and all points (Martin, no LIMIT). One connection, identity, no caches: between two runs other tiles push these out of ours.\n",
		table(rows...),
	}, "\n"), nil
}

// ensureRaw has tiles to push others out of the cache with.
func (p *peers) ensureRaw() {
	if len(p.raw) == 0 {
		p.raw = bench.Distinct(bench.Draw(p.places, bench.Weights{10: 1, 11: 1, 12: 1}, 4*rawTiles, seed), rawTiles)
	}
}

func (p *peers) clusteredAt(ctx context.Context, martin *server, tiles []bench.Tile) (ours, theirs reports, err error) {
	before, err := p.cacheHits(ctx)
	if err != nil {
		return nil, nil, err
	}
	all, err := p.inTurn(ctx,
		question{p.ours.asking(everyPoint), p.raw, []string{"--connections", "2"}},
		question{p.ours, tiles, []string{"--connections", "1"}},
		question{martin, tiles, []string{"--connections", "1", "--timeout", "90s"}})
	if err != nil {
		return nil, nil, err
	}
	after, err := p.cacheHits(ctx)
	if err == nil && after != before {
		err = fmt.Errorf("%d of our tiles came from the cache", after-before)
	}
	return all[1], all[2], err
}
