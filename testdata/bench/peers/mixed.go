package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"strings"

	"jingwei/testdata/bench"
)

const (
	mixFile   = "testdata/out/mix.txt"
	mixTiles  = 1200
	martinMix = 8 // the first zoom whose tiles of all points a browser could still show
)

// measureMix measures the tiles that people look at, drawn by population over all zooms: ours as the map asks for them, and
// Martin's from zoom 8 on, each with its cache, which is empty at first and fills as it goes.
func measureMix(ctx context.Context, p *peers) (string, error) {
	drawn := bench.Draw(p.places, bench.AllZooms(), mixTiles, seed)
	if err := writeMix(drawn); err != nil {
		return "", err
	}
	var near []bench.Tile
	for _, t := range drawn {
		if t.Z >= martinMix {
			near = append(near, t)
		}
	}
	rows := [][]string{{"", "Jingwei z0–z16", "Jingwei z8–z16", "Martin z8–z16", "Martin / Jingwei z8–z16"}}
	all, err := p.mixed(ctx, drawn, near)
	if err != nil {
		return "", err
	}
	for _, line := range []struct {
		name string
		of   func(bench.Report) float64
	}{{"tiles per second", perSecond}, {"p50, ms", p50}, {"p99, ms", p99}, {"CPU of servers, ms per tile", cpu}, {"bytes per tile", size}} {
		whole, ours, theirs := all[0].median(line.of), all[1].median(line.of), all[2].median(line.of)
		rows = append(rows, []string{line.name, figure(whole), figure(ours), figure(theirs), times(theirs, ours)})
	}
	return strings.Join([]string{
		fmt.Sprintf("%s tiles drawn by population over z0–z16, %s of them of z8–z16; Jingwei's as its map asks for them (16 cells per side), Martin's with all points. Closed loop, %s connections, gzip, caches on and empty at the beginning of each run.\n",
			thousands(len(drawn)), thousands(len(near)), closedLoop),
		table(rows...),
	}, "\n"), nil
}

// mixed starts Martin anew for each run, so that its cache is empty, and pushes everything out of ours.
func (p *peers) mixed(ctx context.Context, drawn, near []bench.Tile) ([3]reports, error) {
	var all [3]reports
	p.ensureRaw()
	args := []string{"--connections", closedLoop, "--coding", "gzip"}
	for range p.runs {
		martin, err := startMartin(ctx, p, withCache)
		if err != nil {
			return all, err
		}
		for i, q := range []question{{p.ours, drawn, args}, {p.ours, near, args}, {martin, near, args}} {
			if q.server == p.ours {
				if _, err := p.ask(ctx, p.ours.asking(everyPoint), p.raw, "--connections", "2"); err != nil {
					martin.stop()
					return all, err
				}
			}
			r, err := p.ask(ctx, q.server, q.tiles, q.args...)
			if err != nil {
				martin.stop()
				return all, err
			}
			all[i] = append(all[i], r)
		}
		martin.stop()
	}
	if all[0].failed()+all[1].failed()+all[2].failed() > 0 {
		return all, errors.New("there were failures")
	}
	return all, nil
}

// writeMix keeps the list, for the generator to be run by hand.
func writeMix(tiles []bench.Tile) error {
	var list bytes.Buffer
	for _, t := range tiles {
		fmt.Fprintf(&list, "/tiles/organizations/%s\n", t)
	}
	if err := os.MkdirAll("testdata/out", 0o755); err != nil { //nolint:gosec // what is built may be read
		return err
	}
	return os.WriteFile(mixFile, list.Bytes(), 0o644) //nolint:gosec // likewise
}
