package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"
	"net/http"
	"slices"
	"strings"
	"time"

	"jingwei/testdata/bench"
)

const (
	polygons    = 20
	vertices    = 500
	leastPoints = 100_000
)

// polygon is an outline as GeoJSON and what it holds.
type polygon struct {
	geometry string
	count    int
}

// measureAggregates compares counts within polygons: our interface over HTTP, with the polygon as its body, and SQL over a prepared
// statement on one connection, on a table of places and nothing else with a GiST index, clustered on it.
func measureAggregates(ctx context.Context, p *peers) (string, error) {
	all, err := p.drawPolygons(ctx)
	if err != nil {
		return "", err
	}
	var ours, theirs []time.Duration
	var oursP99, ratios []float64
	for range p.runs {
		var a, b []time.Duration
		for _, g := range all {
			mine, yours, err := p.both(ctx, g)
			if err != nil {
				return "", err
			}
			a, b = append(a, mine), append(b, yours)
		}
		slices.Sort(a)
		slices.Sort(b)
		ratios = append(ratios, float64(bench.Percentile(b, 0.5))/float64(bench.Percentile(a, 0.5)))
		oursP99 = append(oursP99, bench.Percentile(a, 1).Seconds()*1000)
		ours, theirs = append(ours, a...), append(theirs, b...)
	}
	slices.Sort(ours)
	slices.Sort(theirs)
	ms := func(d time.Duration) float64 { return d.Seconds() * 1000 }
	least, most := all[0].count, all[0].count
	for _, g := range all {
		least, most = min(least, g.count), max(most, g.count)
	}
	row := func(name string, share float64) []string {
		a, b := ms(bench.Percentile(ours, share)), ms(bench.Percentile(theirs, share))
		return []string{name, figure(a), figure(b), times(b, a)}
	}
	return strings.Join([]string{
		fmt.Sprintf("%d polygons of %d vertices round places drawn by population; they hold %s to %s organizations, and both answers are equal for each. `POST /ogc/collections/organizations/aggregate` over HTTP against "+
			"`select count(*) from bench.places where st_covers($1, location)`, prepared, GiST, clustered, warm. Median of the ratios of runs: %s× (slowest of ours, median of runs: %s ms).\n",
			len(all), vertices, thousands(least), thousands(most), figure(bench.Median(ratios)), figure(bench.Median(oursP99))),
		table([]string{"", "Jingwei, ms", "PostGIS, ms", "ratio"}, row("p50", 0.5), row("p90", 0.9), row("slowest", 1)),
	}, "\n"), nil
}

// drawPolygons draws outlines with bays and capes, and enlarges each until it holds points enough.
func (p *peers) drawPolygons(ctx context.Context) (all []polygon, err error) {
	random := rand.New(rand.NewPCG(seed, 1))
	for len(all) < polygons {
		centre := p.places[random.IntN(len(p.places))]
		shape := random.Uint64()
		for radius := 0.4; radius < 12; radius *= 1.3 {
			g := polygon{geometry: outline(centre, radius, shape)}
			if g.count, _, err = p.ourCount(ctx, g.geometry); err != nil {
				return nil, err
			}
			if g.count >= leastPoints {
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
