package mvt_test

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/paulmach/orb"
	orbmvt "github.com/paulmach/orb/encoding/mvt"
	"github.com/paulmach/orb/geojson"
	"pgregory.net/rapid"

	"jingwei/tiles/mvt"
)

func text(t testing.TB, tile mvt.Tile) string {
	t.Helper()
	var b strings.Builder
	if err := mvt.Dump(&b, tile); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// TestDecodeOrb reads tiles that orb made: polygons with holes, lines, points, of version 1 and 2.
func TestDecodeOrb(t *testing.T) {
	fc := geojson.NewFeatureCollection()
	for i, g := range []orb.Geometry{
		orb.Point{10, 20},
		orb.MultiPoint{{1, 2}, {3, 4}},
		orb.LineString{{0, 0}, {10, 0}, {10, 10}},
		orb.MultiLineString{{{0, 0}, {1, 1}}, {{5, 5}, {6, 6}}},
		orb.Polygon{{{0, 0}, {100, 0}, {100, 100}, {0, 100}, {0, 0}}, {{10, 10}, {10, 20}, {20, 20}, {10, 10}}},
		orb.MultiPolygon{{{{0, 0}, {10, 0}, {10, 10}, {0, 0}}}, {{{20, 20}, {30, 20}, {30, 30}, {20, 20}}}},
	} {
		f := geojson.NewFeature(g)
		f.ID = i + 1
		f.Properties = geojson.Properties{"name": "杭州", "n": i - 2, "share": 0.5, "yes": true, "big": uint64(1) << 60}
		fc.Append(f)
	}
	one, two := orbmvt.NewLayer("one", fc), orbmvt.NewLayer("two", fc)
	two.Version, two.Extent = 2, 512
	b, err := orbmvt.Marshal(orbmvt.Layers{one, two})
	if err != nil {
		t.Fatal(err)
	}
	tile, err := mvt.Decode(b)
	if err != nil {
		t.Fatal(err)
	}
	golden(t, "orb.txt", text(t, tile))
}

// TestOrbDecodes has orb read points that we wrote.
func TestOrbDecodes(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		want := geojson.NewFeatureCollection()
		l := mvt.NewLayer("points", 4096)
		for range rapid.IntRange(1, 20).Draw(t, "points") {
			x, y := rapid.Int32Range(-64, 4160).Draw(t, "x"), rapid.Int32Range(-64, 4160).Draw(t, "y")
			id, n := rapid.Uint64Range(0, 1<<53-1).Draw(t, "id"), rapid.Int64Range(-1<<53, 1<<53).Draw(t, "n")
			name := rapid.String().Draw(t, "name")
			f := geojson.NewFeature(orb.Point{float64(x), float64(y)})
			f.ID, f.Properties = float64(id), geojson.Properties{"name": name, "n": float64(n)}
			want.Append(f)
			l.Point(id, true, x, y, []uint32{l.Key("name"), l.String(name), l.Key("n"), l.Int(n)})
		}
		got, err := orbmvt.Unmarshal(l.AppendTo(nil))
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want.Features, got[0].Features); diff != "" || got[0].Version != 2 || got[0].Extent != 4096 {
			t.Fatalf("version %d, extent %d, -want +got:\n%s", got[0].Version, got[0].Extent, diff)
		}
	})
}

// script prints a tile in the form of jsFeature. The viewer's MapLibre reads tiles with this library.
const script = `
import {VectorTile} from '@mapbox/vector-tile';
import {PbfReader} from 'pbf';
import {readFileSync} from 'node:fs';
const tile = new VectorTile(new PbfReader(readFileSync(0)));
const out = [];
for (const name of Object.keys(tile.layers)) {
  const layer = tile.layers[name];
  for (let i = 0; i < layer.length; i++) {
    const f = layer.feature(i);
    const vertices = f.loadGeometry().flat().map(p => [p.x, p.y]);
    out.push({layer: name, extent: layer.extent, version: layer.version, id: f.id ?? -1, type: f.type, properties: f.properties, vertices});
  }
}
console.log(JSON.stringify(out));
`

type jsFeature struct {
	Layer           string
	Extent, Version uint32
	ID              int64
	Type            mvt.GeomType
	Properties      map[string]any
	Vertices        [][2]int32
}

// TestVectorTileJS has the library of MapLibre read what we wrote; it needs Node and the packages of the viewer.
func TestVectorTileJS(t *testing.T) {
	modules, err := filepath.Abs("../../api/web/node_modules")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(modules, "@mapbox/vector-tile")); err != nil {
		t.Skip("the packages of the viewer are not installed")
	}
	node, err := exec.LookPath("node")
	if err != nil {
		t.Skip("no node")
	}
	tile := shapes().AppendTo(organizations().AppendTo(nil))
	cmd := exec.CommandContext(t.Context(), node, "--input-type=module", "-e", script)
	cmd.Dir, cmd.Stdin = filepath.Dir(modules), bytes.NewReader(tile)
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	var got []jsFeature
	if err := json.Unmarshal(out, &got); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(asJS(t, tile), got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

// asJS is our own reading in the form of the script: numbers are float64, rings closed, no id is -1.
func asJS(t *testing.T, b []byte) []jsFeature {
	tile, err := mvt.Decode(b)
	if err != nil {
		t.Fatal(err)
	}
	var out []jsFeature
	for _, l := range tile.Layers {
		for _, f := range l.Features {
			js := jsFeature{Layer: l.Name, Extent: l.Extent, Version: l.Version, ID: -1, Type: f.Type, Properties: map[string]any{}}
			if f.HasID {
				js.ID = int64(f.ID)
			}
			for _, p := range f.Properties {
				js.Properties[p.Key] = p.Value
				if n, ok := p.Value.(int64); ok {
					js.Properties[p.Key] = float64(n)
				}
			}
			for _, path := range f.Paths() {
				if f.Type == mvt.Polygon {
					path = append(path, path[0])
				}
				for _, v := range path {
					js.Vertices = append(js.Vertices, [2]int32{v.X, v.Y})
				}
			}
			out = append(out, js)
		}
	}
	return out
}
