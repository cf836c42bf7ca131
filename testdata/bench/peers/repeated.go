package main

import (
	"context"
	"fmt"
	"strings"

	"jingwei/testdata/bench"
)

const repeatedTiles = 300

// measureRepeated compares tiles that both have in their caches, and answers to If-None-Match: in an open loop at one rate, and as
// many as each can.
func measureRepeated(ctx context.Context, p *peers) (string, error) {
	martin, err := startMartin(ctx, p, withCache)
	if err != nil {
		return "", err
	}
	defer martin.stop()
	drawn := bench.Draw(p.places, bench.Weights{12: 1, 13: 1, 14: 1}, 4*repeatedTiles, seed)
	tiles, _, err := sameTiles(ctx, p.ours.asking(everyPoint), martin, bench.Distinct(drawn, repeatedTiles))
	if err != nil {
		return "", err
	}
	rows := [][]string{{"", "Jingwei", "Martin", "Jingwei / Martin"}}
	for _, kind := range []struct {
		name string
		args []string
	}{
		{"tiles, identity", []string{"--warm"}},
		{"304", []string{"--revalidate"}},
		{"tiles, gzip", []string{"--warm", "--coding", "gzip"}},
	} {
		more, err := p.repeated(ctx, martin, tiles, kind.name, kind.args)
		if err != nil {
			return "", err
		}
		rows = append(rows, more...)
	}
	return strings.Join([]string{
		fmt.Sprintf("%d raw tiles of z12–z14, the same from both, in both caches (ours 64 MB, which is not changed; Martin's 1 GB). Open loop: %g requests per second over 16 connections for 4 seconds, time counted from when each was due. "+
			"Saturated: closed loop, 16 connections, 2 seconds.\n", len(tiles), p.rate),
		table(rows...),
	}, "\n"), nil
}

func (p *peers) repeated(ctx context.Context, martin *server, tiles []bench.Tile, name string, args []string) ([][]string, error) {
	points := p.ours.asking(everyPoint)
	open := append([]string{"--connections", "16", "--seconds", "4", "--rate", fmt.Sprint(p.rate)}, args...)
	closed := append([]string{"--connections", "16", "--seconds", "2"}, args...)
	all, err := p.inTurn(ctx, question{points, tiles, open}, question{martin, tiles, open}, question{points, tiles, closed}, question{martin, tiles, closed})
	if err != nil {
		return nil, err
	}
	for i, r := range all {
		if r.failed() > 0 {
			return nil, fmt.Errorf("%s: %d failures of question %d", name, r.failed(), i)
		}
	}
	row := func(what string, a, b reports, of func(bench.Report) float64) []string {
		return []string{name + ": " + what, figure(a.median(of)), figure(b.median(of)), times(a.median(of), b.median(of))}
	}
	return [][]string{
		row("open loop, p50 ms", all[0], all[1], p50),
		row("open loop, p99 ms", all[0], all[1], p99),
		row("saturated, per second", all[2], all[3], perSecond),
		row("saturated, p99 ms", all[2], all[3], p99),
		row("CPU of servers, ms each", all[2], all[3], cpu),
		row("bytes each", all[2], all[3], size),
	}, nil
}
