package main

import (
	"context"
	"fmt"
	"strings"

	"jingwei/testdata/bench"
)

// clusteredTiles is how many tiles of each zoom from 0 on are asked for; Martin takes long for the first ones.
var clusteredTiles = []int{1, 1, 1, 2, 2, 3, 4, 6, 8}

// tooLong is how many milliseconds an answer of Martin may take for it to be asked again in the next run.
const tooLong = 5000

// measureClustered compares the time to answer of what a map shows of the whole country and of provinces: our clusters, which hold
// every point, and Martin's tiles of every point. One connection, so that nobody waits for others.
func measureClustered(ctx context.Context, p *peers) (string, error) {
	martin, err := startMartin(ctx, p, noCache)
	if err != nil {
		return "", err
	}
	defer martin.stop()
	p.ensureRaw()
	rows := [][]string{{"zoom", "tiles", "Jingwei p50, ms", "Martin p50, ms", "ratio", "Martin CPU, ms", "Jingwei bytes", "Martin bytes", "Martin runs"}}
	for z, n := range clusteredTiles {
		drawn := bench.Draw(p.places, bench.Weights{uint32(z): 1}, 1000, seed)
		tiles := bench.Distinct(drawn, n)
		ours, theirs, err := p.clusteredAt(ctx, martin, tiles)
		if err != nil {
			return "", err
		}
		row := []string{fmt.Sprint(z), fmt.Sprint(len(tiles)), figure(ours.median(p50)), "no answer", "–", "", figure(ours.median(size)), "", fmt.Sprint(len(theirs))}
		if theirs.failed() == 0 {
			row[3], row[4] = figure(theirs.median(p50)), times(theirs.median(p50), ours.median(p50))
			row[5], row[7] = figure(theirs.median(cpu)), figure(theirs.median(size))
		}
		rows = append(rows, row)
	}
	return strings.Join([]string{
		"Clusters of 16 cells per side (Jingwei, every point counted) and all points (Martin, no LIMIT). One connection, identity, no caches: between two runs other tiles push these out of ours. Where one answer of Martin takes more than 5 s it is asked once. CPU of ours is too little to be measured.\n",
		table(rows...),
	}, "\n"), nil
}

// ensureRaw has tiles to push others out of the cache with.
func (p *peers) ensureRaw() {
	if len(p.raw) == 0 {
		p.raw = bench.Distinct(bench.Draw(p.places, bench.Weights{10: 1, 11: 1, 12: 1}, 4*rawTiles, seed), rawTiles)
	}
}

// clusteredAt asks both for the tiles in turn. Martin is asked once only where one answer takes so long that nothing else matters.
func (p *peers) clusteredAt(ctx context.Context, martin *server, tiles []bench.Tile) (ours, theirs reports, err error) {
	before, err := p.cacheHits(ctx)
	if err != nil {
		return nil, nil, err
	}
	for range p.runs {
		if _, err := p.ask(ctx, p.ours.asking(everyPoint), p.raw, "--connections", "2"); err != nil {
			return nil, nil, err
		}
		r, err := p.ask(ctx, p.ours, tiles, "--connections", "1")
		if err != nil {
			return nil, nil, err
		}
		ours = append(ours, r)
		if len(theirs) > 0 && theirs[0].Max > tooLong {
			continue
		}
		if r, err = p.ask(ctx, martin, tiles, "--connections", "1"); err != nil {
			return nil, nil, err
		}
		theirs = append(theirs, r)
	}
	after, err := p.cacheHits(ctx)
	if err == nil && after != before {
		err = fmt.Errorf("%d of our tiles came from the cache", after-before)
	}
	return ours, theirs, err
}
