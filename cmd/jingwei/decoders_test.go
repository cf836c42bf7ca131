package main_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"jingwei/tiles/mvt"
)

// corpus is tiles of the sample that hold all there is: clusters, points, outlines, labels, several layers, filters.
func corpus() []string {
	return []string{
		"/tiles/organizations/0/0/0", "/tiles/organizations/5/26/12?cells=64", "/tiles/organizations/10/853/421?cells=0", "/tiles/organizations/14/13655/6751",
		"/tiles/organizations/9/426/210?kind=village_committee&cells=8", "/tiles/reports/8/213/105", "/tiles/divisions/7/106/52", "/tiles/divisions,organizations/9/426/210",
		"/tiles/jurisdictions/12/3413/1687", "/tiles/organizations/22/0/0",
	}
}

// checkDecoders compares what two decoders that are not ours read in the tiles of the corpus with what ours does: the one of
// MapLibre, and GDAL's where it is installed.
func (p *program) checkDecoders(t *testing.T) {
	t.Helper()
	dir := t.TempDir()
	files, tiles, features := []string{}, []mvt.Tile{}, 0
	for _, path := range corpus() {
		body := p.get(t, path).body
		tile, err := mvt.Decode(body)
		if err != nil {
			t.Fatalf("%s: %v", path, err)
		}
		// GDAL reads the address from the name.
		parts := strings.Split(strings.SplitN(path, "?", 2)[0], "/")
		file := filepath.Join(append([]string{dir, fmt.Sprint(len(files))}, parts[3:]...)...) + ".mvt"
		if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, body, 0o600); err != nil {
			t.Fatal(err)
		}
		files, tiles = append(files, file), append(tiles, tile)
		for _, l := range tile.Layers {
			features += len(l.Features)
		}
	}
	if features < 500 {
		t.Fatalf("the corpus has %d features: too few to say anything", features)
	}
	compareVectorTile(t, files, tiles)
	compareGDAL(t, files, tiles)
}

// decoded is a layer as the scripts print it.
type decoded struct {
	Name     string `json:"name"`
	Extent   uint32 `json:"extent"`
	Features [][]any
}

func compareVectorTile(t *testing.T, files []string, tiles []mvt.Tile) {
	t.Helper()
	command := exec.CommandContext(t.Context(), "node", append([]string{"scripts/decode.mjs"}, files...)...)
	command.Dir = "../../api/web"
	command.Stderr = os.Stderr
	out, err := command.Output()
	if err != nil {
		t.Fatal(err)
	}
	lines := bytes.Split(bytes.TrimSpace(out), []byte("\n"))
	if len(lines) != len(files) {
		t.Fatalf("%d of %d tiles decoded", len(lines), len(files))
	}
	for i, line := range lines {
		var theirs []decoded
		if err := json.Unmarshal(line, &theirs); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(asJSON(t, ours(tiles[i])), asJSON(t, theirs)); diff != "" {
			t.Errorf("%s: @mapbox/vector-tile reads something else (-ours +theirs)\n%s", files[i], diff)
		}
	}
}

// ours returns what our decoder reads, in the form of the script.
func ours(tile mvt.Tile) []decoded {
	all := []decoded{}
	for _, l := range tile.Layers {
		d := decoded{Name: l.Name, Extent: l.Extent, Features: [][]any{}}
		for _, f := range l.Features {
			paths := [][][2]int32{}
			for _, path := range f.Paths() {
				if f.Type == mvt.Point {
					for _, v := range path { // each point is a path of its own there
						paths = append(paths, [][2]int32{{v.X, v.Y}})
					}
					continue
				}
				positions := [][2]int32{}
				for _, v := range path {
					positions = append(positions, [2]int32{v.X, v.Y})
				}
				paths = append(paths, positions)
			}
			d.Features = append(d.Features, []any{f.ID, f.Type, paths, properties(f)})
		}
		all = append(all, d)
	}
	return all
}

func properties(f mvt.Feature) map[string]any {
	all := map[string]any{}
	for _, p := range f.Properties {
		all[p.Key] = p.Value
	}
	return all
}

func asJSON(t *testing.T, v any) any {
	t.Helper()
	text, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	var plain any
	if err := json.Unmarshal(text, &plain); err != nil {
		t.Fatal(err)
	}
	return plain
}

// worldEdge is half of the length of the equator in web mercator, in metres.
const worldEdge = 20037508.342789244

// compareGDAL compares names and sizes of the layers, and of points where they stand and what they say.
func compareGDAL(t *testing.T, files []string, tiles []mvt.Tile) {
	t.Helper()
	if _, err := exec.LookPath("ogr2ogr"); err != nil {
		t.Log("GDAL is not installed: its reading of the tiles is not compared (apt-get install gdal-bin)")
		return
	}
	for i, file := range files {
		for _, l := range tiles[i].Layers {
			out, err := exec.CommandContext(t.Context(), "ogr2ogr", "-oo", "CLIP=NO", "-f", "GeoJSON", "/vsistdout/", file, l.Name).Output()
			if err != nil {
				t.Fatalf("ogr2ogr of %s: %v", file, err)
			}
			var collection struct {
				Features []struct {
					Properties map[string]any
					Geometry   struct {
						Type        string
						Coordinates json.RawMessage
					}
				}
			}
			if err := json.Unmarshal(out, &collection); err != nil {
				t.Fatal(err)
			}
			if len(collection.Features) != len(l.Features) {
				t.Errorf("%s: GDAL reads %d features of %s, there are %d", file, len(collection.Features), l.Name, len(l.Features))
				continue
			}
			for n, f := range collection.Features {
				want := asJSON(t, properties(l.Features[n])).(map[string]any)
				for key, value := range f.Properties {
					if value != nil && key != "mvt_id" && fmt.Sprint(value) != fmt.Sprint(want[key]) {
						t.Errorf("%s: GDAL reads %s=%v of feature %d of %s, we wrote %v", file, key, value, n, l.Name, want[key])
					}
				}
				var at [2]float64
				if f.Geometry.Type != "Point" || json.Unmarshal(f.Geometry.Coordinates, &at) != nil {
					continue
				}
				if v := l.Features[n].Paths()[0][0]; !stands(file, at, v, l.Extent) {
					t.Errorf("%s: GDAL places feature %d of %s at %v, we wrote %v", file, n, l.Name, at, v)
				}
			}
		}
	}
}

// stands reports whether a position in metres is that of the vertex in the tile that the name of the file tells.
func stands(file string, at [2]float64, v mvt.Vertex, extent uint32) bool {
	var z, x, y int
	parts := strings.Split(strings.TrimSuffix(file, ".mvt"), "/")
	if _, err := fmt.Sscan(strings.Join(parts[len(parts)-3:], " "), &z, &x, &y); err != nil {
		return false
	}
	size := 2 * worldEdge / math.Exp2(float64(z))
	wantX := -worldEdge + size*(float64(x)+float64(v.X)/float64(extent))
	wantY := worldEdge - size*(float64(y)+float64(v.Y)/float64(extent))
	return math.Abs(at[0]-wantX) < size/float64(extent)/2 && math.Abs(at[1]-wantY) < size/float64(extent)/2
}
