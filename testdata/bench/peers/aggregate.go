package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"
	"net/http"
	"strconv"
	"strings"
	"time"

	"jingwei/testdata/bench"
)

const vertices = 500

// sizes are how many points polygons hold at least, and how many of them there are.
var sizes = []struct{ least, polygons int }{{100_000, 20}, {1_000_000, 10}}

// polygon is an outline as GeoJSON and what it holds.
type polygon struct {
	geometry string
	count    int
}

// measureAggregates compares counts within polygons: our interface over HTTP, with the polygon as its body, and SQL over a prepared
// statement on one connection, on a table of places and nothing else with a GiST index, clustered on it.
func measureAggregates(ctx context.Context, p *peers) (string, error) {
	rows := [][]string{{"polygons", "hold", "Jingwei p50, ms", "PostGIS p50, ms", "ratio of p50", "Jingwei slowest, ms", "PostGIS slowest, ms"}}
	for _, size := range sizes {
		all, err := p.drawPolygons(ctx, size.least, size.polygons)
		if err != nil {
			return "", err
		}
		ours, theirs, err := p.countAll(ctx, all)
		if err != nil {
			return "", err
		}
		least, most := all[0].count, all[0].count
		for _, g := range all {
			least, most = min(least, g.count), max(most, g.count)
		}
		rows = append(rows, []string{strconv.Itoa(len(all)), thousands(least) + "–" + thousands(most),
			figure(ours.median(p50)), figure(theirs.median(p50)), times(theirs.median(p50), ours.median(p50)), figure(ours.median(slowest)), figure(theirs.median(slowest))})
	}
	return strings.Join([]string{
		fmt.Sprintf("Polygons of %d vertices round places drawn by population; both answers are equal for each. `POST /ogc/collections/organizations/aggregate` over HTTP, the polygon as GeoJSON in its body, against "+
			"`select count(*) from bench.places where st_covers($1, location)`, prepared, on a table of ids and places with GiST, clustered, warm. One question at a time.\n", vertices),
		table(rows...),
	}, "\n"), nil
}

func slowest(r bench.Report) float64 { return r.Max }

// countAll asks both about all polygons, one after the other, as often as there are runs.
func (p *peers) countAll(ctx context.Context, all []polygon) (ours, theirs reports, err error) {
	for range p.runs {
		var a, b []time.Duration
		for _, g := range all {
			mine, other, err := p.both(ctx, g)
			if err != nil {
				return nil, nil, err
			}
			a, b = append(a, mine), append(b, other)
		}
		var mine, other bench.Report
		mine.Summarise(a, 0)
		other.Summarise(b, 0)
		ours, theirs = append(ours, mine), append(theirs, other)
	}
	return ours, theirs, nil
}

// drawPolygons draws so many outlines with bays and capes, and enlarges each until it holds points enough.
func (p *peers) drawPolygons(ctx context.Context, least, polygons int) (all []polygon, err error) {
	random := rand.New(rand.NewPCG(seed, 1))
	for len(all) < polygons {
		centre := p.places[random.IntN(len(p.places))]
		shape := random.Uint64()
		for radius := 0.4; radius < 25; radius *= 1.2 {
			g := polygon{geometry: outline(centre, radius, shape)}
			if g.count, _, err = p.ourCount(ctx, g.geometry); err != nil {
				return nil, err
			}
			if g.count >= least {
				all = append(all, g)
				break
			}
		}
	}
	return all, nil
}

// outline returns a polygon whose edges do not cross each other: its vertices turn round the centre once, at distances from half the
// radius to the whole, in degrees.
func outline(centre bench.Place, radius float64, shape uint64) string {
	random := rand.New(rand.NewPCG(shape, 2))
	ring := make([][2]float64, 0, vertices+1)
	for i := range vertices {
		angle := 2 * math.Pi * float64(i) / vertices
		r := radius * (0.75 + 0.2*math.Sin(7*angle) + 0.05*random.Float64())
		ring = append(ring, [2]float64{centre.Lon + r*math.Cos(angle), centre.Lat + r*math.Sin(angle)})
	}
	text, err := json.Marshal(map[string]any{"type": "Polygon", "coordinates": [][][2]float64{append(ring, ring[0])}})
	if err != nil {
		panic(err) // numbers are always written
	}
	return string(text)
}

// both asks both about a polygon and checks that they agree.
func (p *peers) both(ctx context.Context, g polygon) (ours, theirs time.Duration, err error) {
	count, ours, err := p.ourCount(ctx, g.geometry)
	if err != nil {
		return 0, 0, err
	}
	var counted int
	began := time.Now()
	if err := p.database.QueryRow(ctx, `select count(*) from bench.places where st_covers(st_setsrid(st_geomfromgeojson($1), 4326), location)`, g.geometry).Scan(&counted); err != nil {
		return 0, 0, err
	}
	theirs = time.Since(began)
	if counted != count {
		return 0, 0, fmt.Errorf("PostGIS counts %d in a polygon and we %d: %s", counted, count, g.geometry)
	}
	return ours, theirs, nil
}

func (p *peers) ourCount(ctx context.Context, geometry string) (count int, took time.Duration, err error) {
	began := time.Now()
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, p.ours.base+"/ogc/collections/organizations/aggregate", bytes.NewReader([]byte(geometry)))
	if err != nil {
		return 0, 0, err
	}
	request.Header.Set("Content-Type", "application/geo+json")
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return 0, 0, err
	}
	defer response.Body.Close()
	var answer struct{ Count int }
	if err := json.NewDecoder(response.Body).Decode(&answer); err != nil {
		return 0, 0, err
	}
	took = time.Since(began)
	if response.StatusCode != http.StatusOK {
		err = fmt.Errorf("aggregate: status %d", response.StatusCode)
	}
	return answer.Count, took, err
}
