// Command generate writes the data files of the sample: illustrative cells and positions for the real divisions and
// committees of Zhejiang. The same inputs and seed give the same bytes (on one processor architecture: Go may fuse
// floating-point operations on others).
//
//	go run ./testdata/sample/generate -counties counties.csv -divisions zhejiang-5level.csv -world world.zh.json -out testdata/sample
package main

import (
	"flag"
	"fmt"
	"log"
	"os"
)

func main() {
	var in inputs
	flag.StringVar(&in.counties, "counties", "", "CSV of the county units of China with their label points")
	flag.StringVar(&in.divisions, "divisions", "", "CSV of Zhejiang's divisions of five levels")
	flag.StringVar(&in.world, "world", "", "GeoJSON of the countries of the world")
	out := flag.String("out", "testdata/sample", "folder to write to")
	seed := flag.Uint64("seed", 33, "seed of everything that is random")
	flag.Parse()
	if err := run(in, *out, *seed); err != nil {
		log.SetFlags(0)
		log.Fatal(err)
	}
}

func run(in inputs, out string, seed uint64) error {
	data, err := read(in)
	if err != nil {
		return err
	}
	files, err := build(data, seed)
	if err != nil {
		return err
	}
	for _, f := range files {
		if err := os.WriteFile(out+"/"+f.name, f.content, 0o644); err != nil {
			return fmt.Errorf("write the sample: %w", err)
		}
	}
	return nil
}

type inputs struct{ counties, divisions, world string }

type file struct {
	name    string
	content []byte
}

// build makes the files: coast and islands, mesh, counties, townships, villages, in this order.
func build(data *source, seed uint64) ([]file, error) {
	c := newCounties(data, seed)
	land := newLand(data.china(), c, seed)
	m := newMesh(sites(c, land, seed), land)
	m.assignCounties(c)
	if err := m.assignTownships(c, data, seed); err != nil {
		return nil, err
	}
	cells, err := m.shapes(data, c)
	if err != nil {
		return nil, err
	}
	points := place(data, cells, seed)
	divisions, err := divisionsFile(data, points)
	if err != nil {
		return nil, err
	}
	townships, err := cellsFile(data, cells)
	if err != nil {
		return nil, err
	}
	base, err := landFile(data, land)
	if err != nil {
		return nil, err
	}
	return []file{divisions, townships, base}, nil
}
